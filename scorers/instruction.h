#ifndef EVALRUN_SCORERS_INSTRUCTION_H
#define EVALRUN_SCORERS_INSTRUCTION_H
/*
 * Instructions that can be checked by a program (Zhou et al. 2023): does a text
 * follow one of them? The 25 kinds of the original, with their Python's every
 * quirk, and kinds for Chinese texts ("zh:...").
 *
 * What lm-evaluation-harness 0.4.13 (lm_eval/tasks/ifeval/instructions.py) says of
 * a text is said here too, with two exceptions. Where an argument is missing it
 * draws one at random; here that is an error, and 0, which it takes for missing,
 * is 0. And langdetect, which it asks for the language, answers by chance; here
 * its numbers begin at the seed 0.
 *
 * To add a kind: 1 a check in instruction_words.c, instruction_form.c or instruction_zh.c, 2 its
 * row in the table there, 3 docs/ifeval.md, 4 tests/scorers/test_instruction.c.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "scorers/treebank.h"

struct languages; /* language.h */
struct sentences; /* sentences.h */

struct instruction_tools {
    const struct languages *languages;
    const struct sentences *sentences;
    const struct treebank *words;
};

/* A text and one instruction's arguments, as upstream names them. */
struct checking {
    const struct instruction_tools *tools;
    const cJSON *args; /* an object, or NULL */
    const char *text;  /* valid UTF-8 */
    bool *limit;       /* set when a pattern gave up on the text; then it does not
                          follow the instruction, whatever a check makes of it */
    struct arena *mem;
    struct err *e;
};

struct instruction_kind {
    const char *id; /* "keywords:existence" */
    /* 1 it follows, 0 it does not, <0 error: an argument is missing or wrong. */
    int (*check)(const struct checking *c);
};

/* Tables that end with a NULL id. */
extern const struct instruction_kind instruction_words[], instruction_form[], instruction_zh[];

/* NULL when there is no such kind. */
const struct instruction_kind *instruction_find(const char *id);

/* Does the text follow it? 1, 0 or an error. An empty text follows nothing. */
MUST_USE int instruction_check(const struct instruction_kind *kind, const struct checking *c);

/* The same of the text and of it without asterisks, each as it is, without its
 * first line, its last, and both; these six stripped of white space. */
MUST_USE int instruction_check_loosely(const struct instruction_kind *kind,
                                       const struct checking *c);

/* ---- for the checks */

/* An argument that is text, or an error. */
MUST_USE int check_text(const char **out, const struct checking *c, const char *key);
/* One that is a list of texts, in mem. */
MUST_USE int check_texts(const char *const **out, size_t *n, const struct checking *c,
                         const char *key);
/* One that is a whole number from 0. */
MUST_USE int check_count(size_t *out, const struct checking *c, const char *key);
/* n against the number at `key` by the relation at `relation`: "less than" or "at
 * least". */
MUST_USE int check_relation(const struct checking *c, size_t n, const char *key,
                            const char *relation);
/* How many matches follow one another. It is an error when the pattern, which may
 * come from the data, is none. */
MUST_USE int check_matches(size_t *out, const struct checking *c, const char *pattern,
                           const char *text);
/* The texts between the matches, in mem, as Python's re.split(). */
MUST_USE int check_split(const char *const **out, size_t *n, const struct checking *c,
                         const char *pattern, const char *text);
/* Every match's text, in mem, as Python's re.findall() without groups. */
MUST_USE int check_findall(const char *const **out, size_t *n, const struct checking *c,
                           const char *pattern, const char *text);

const char *check_strip(const char *text, struct arena *mem);
const char *check_lower(const char *text, struct arena *mem);
bool check_blank(const char *text);
/* At least one letter has a case, and all of those are capital (small), as Python's
 * str.isupper() (str.islower()). */
bool check_is_upper(const char *text, struct arena *mem);
bool check_is_lower(const char *text, struct arena *mem);

#endif
