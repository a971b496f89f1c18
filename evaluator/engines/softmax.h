#ifndef EVALRUN_EVALUATOR_ENGINES_SOFTMAX_H
#define EVALRUN_EVALUATOR_ENGINES_SOFTMAX_H
/*
 * What a row of logits says: its maximum and the logarithm of its sum of
 * exponentials, so that log p(i) = (x[i] - max) - log_sum.
 *
 * Exponentials in float32, their sum in float64 from the first to the last.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row {
    const float *x; /* borrowed */
    float max;
    double log_sum;
    int32_t best; /* the first of equals */
};

/* False when the row holds no finite maximum or sum (NaN, infinities). */
bool row_read(struct row *out, const float *x, size_t n);

static inline double row_logprob(const struct row *r, int32_t id)
{
    return (double)(r->x[id] - r->max) - r->log_sum;
}

#endif
