#ifndef EVALRUN_SCORERS_EQUIPMENT_H
#define EVALRUN_SCORERS_EQUIPMENT_H
/*
 * What some scorers work with besides the trace, so that they stay functions of
 * what they are given: read by the program, once, when the first of them wants it.
 *
 *     struct equipment q = { 0 };
 *     type->compile(&rule, spec, e);
 *     equip(&q, type, rule, e);         nothing for most scorers
 *     ... type->score(rule, ...), type->free(rule)
 *     equipment_release(&q);
 */
#include "base/err.h"
#include "scorers/scorer.h"

enum tool {
    TOOL_SEGMENTER = 1, /* segmenter.h */
    TOOL_LANGUAGES = 2, /* language.h */
    TOOL_SENTENCES = 4, /* sentences.h */
};

struct equipment { /* all zero is empty; what a scorer wants is there, no more */
    struct segmenter *segmenter;
    struct languages *languages;
    struct sentences *sentences;
};

/* Give a compiled rule what its scorer wants, which is there until
 * equipment_release(): the rule scores nothing after that.
 *
 * The segmenter's files are those that scripts/setup.sh --jieba leaves in the cache,
 * or those of Debian's python3-jieba; other files than those of jieba 0.42.1 are
 * refused, since figures by other words are other figures. Those of languages and
 * sentences are left there by scripts/setup.sh --language. */
MUST_USE int equip(struct equipment *q, const struct scorer_type *type, void *rule,
                   struct err *e);
void equipment_release(struct equipment *q);

#endif
