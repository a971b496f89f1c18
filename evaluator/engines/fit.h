#ifndef EVALRUN_EVALUATOR_ENGINES_FIT_H
#define EVALRUN_EVALUATOR_ENGINES_FIT_H
/*
 * How an over-long prompt is shortened: the rules named FIT_* in flow.h, over
 * token counts that the engine supplies. No tokenizer and no model in here.
 *
 *     struct fit_prompt p = { .message = q->message, .n = q->n_message,
 *         .rule = q->fit, .limit = 2048, .count = count, .self = &mine };
 *     struct fit_result r;
 *     fit_apply(&r, &p, mem);
 *     if (!r.fits) ...                    the sample fails with "too_long"
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/flow.h"
#include "base/mem.h"

/* Tokens of the prompt that has only the messages marked in keep[]. */
typedef size_t (*fit_count)(void *self, const bool *keep);

struct fit_prompt {
    const struct message *message;
    size_t n;
    enum fit rule;
    size_t limit; /* tokens that the prompt may have */
    fit_count count;
    void *self;
};

struct fit_result {
    bool *keep; /* per message; lives in mem */
    uint32_t shots_dropped;
    bool header_dropped;
    bool fits; /* with FIT_CUT_LEFT: true, the caller cuts tokens */
};

void fit_apply(struct fit_result *out, const struct fit_prompt *p, struct arena *mem);

/* FIT_CUT_LEFT: tokens to take off the left end of prompt + continuation
 * (n_whole tokens, of which n_prompt are the prompt) so that the inputs, all
 * but the last token, fill at most ctx cells and the prompt has at most
 * max_prompt tokens (0 = no such limit). Returns n_whole when no token of the
 * prompt would be left. */
size_t fit_cut(size_t n_whole, size_t n_prompt, size_t ctx, size_t max_prompt);

#endif
