#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_SCORE_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_SCORE_H
/*
 * Decoding and log-probabilities.
 *
 * Same inputs, same bits: what batches a question is cut into depends on that
 * question alone. Its first `shared` tokens (header and examples) are decoded
 * in batches aligned at token 0 and stay in the KV cache, where the next
 * question with the same beginning finds them; the rest is always decoded in
 * batches of its own that start exactly behind them. Whether the shared part
 * was found or freshly computed leaves the cache in the same state.
 *
 * All continuations of a question go into one batch: tokens they have in
 * common belong to several sequences at once, then each one's own rest. So
 * letters that differ in their last token only cost one pass, and no scored
 * token is ever alone in its batch (one-token kernels round differently).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct llama_context;

enum {
    BATCH_TOKENS = 512,  /* tokens decoded at once */
    HOLD_BACK = 16,      /* tokens that are decoded together at least */
    ROUND_SEQUENCES = 32 /* continuations decoded together */
};

/* Prompt and continuation as tokens; those from `from` (>= 1) on are scored. */
struct candidate {
    const int32_t *id;
    size_t n, from;
    double logprob; /* the three results */
    uint32_t n_token;
    bool greedy;
};

struct forward;
struct forward *forward_new(struct llama_context *ctx);
void forward_free(struct forward *f);

/* Score n continuations that begin with `shared` tokens worth keeping. Each
 * must have at most ctx + 1 tokens. */
MUST_USE int forward_score(struct forward *f, struct candidate *c, size_t n, size_t shared,
                           struct err *e);

/* Writing: begin() decodes a prompt and returns the row of logits behind it;
 * fork() starts a draw from it (anew), next() appends one token to the draw and
 * returns the row behind that. Rows are valid until the next call. */
MUST_USE int forward_begin(struct forward *f, const int32_t *id, size_t n, size_t shared,
                           const float **row, struct err *e);
MUST_USE int forward_next(struct forward *f, int32_t id, size_t pos, const float **row,
                          struct err *e);
void forward_fork(struct forward *f);
void forward_end(struct forward *f);

size_t forward_vocab(const struct forward *f);

#endif
