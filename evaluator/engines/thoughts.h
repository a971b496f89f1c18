#ifndef EVALRUN_EVALUATOR_ENGINES_THOUGHTS_H
#define EVALRUN_EVALUATOR_ENGINES_THOUGHTS_H
/*
 * The thoughts of a reasoning model in a finished text, taken out before
 * scoring: what stands between decode.think_open and think_close. They come
 * first, or not at all: behind white space only, or with no opening mark where
 * the chat template wrote it. (The linked engine finds them while the text
 * grows, by the same rule: llama_draft.h.)
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/flow.h"

struct thoughts {
    const char *thinking; /* n_thinking bytes of the text; NULL = none */
    size_t n_thinking;
    const char *answer;   /* the end of the text, without white space before it */
    bool unclosed;        /* they never end; answer is "" */
};

void thoughts_find(struct thoughts *out, const char *text, const struct decode *d);

#endif
