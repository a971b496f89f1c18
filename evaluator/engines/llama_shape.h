#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_SHAPE_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_SHAPE_H
/*
 * The shape that batches must have so that a row's bits do not depend on its
 * neighbours: ggml's CPU kernels take another way for one row, for quantised
 * weights also for fewer than 8, and for the rows behind the last multiple of 4
 * (measured; docs/engines.md). The same holds for the rows of logits. What is
 * missing is filled up with tokens behind the last one, which no real token
 * can see, and that are taken out of the cache again.
 */
#include <stdint.h>

struct llama_batch;

struct shape {
    int32_t least, step; /* rows: at least, and a multiple of; 1, 1 = any */
};

static inline int32_t shape_rows(const struct shape *s, int32_t n)
{
    n = n < s->least ? s->least : n;
    return (n + s->step - 1) / s->step * s->step;
}

/* Fill up a batch that has room for it. Returns how many tokens were added, to the
 * sequence of the last one; none where that belongs to several. */
int32_t shape_fill(struct llama_batch *b, const struct shape *s);

#endif
