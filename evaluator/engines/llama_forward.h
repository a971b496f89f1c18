#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_FORWARD_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_FORWARD_H
/* Insides of llama_score.h, for llama_score.c and llama_group.c only. */
#include "evaluator/engines/llama_score.h"
#include "evaluator/engines/llama_trunk.h"

enum { FIRST = 1 }; /* the first sequence of those that come and go */

struct llama_batch;
struct llama_memory_i;

/* One token to decode, for the sequences first .. first + n_seq - 1. Its row
 * of logits scores the next token of c[0 .. n_c - 1]; no row without them. */
struct entry {
    int32_t token, pos;
    size_t first, n_seq;
    struct candidate *c;
    size_t n_c;
};

/* Log-probabilities of the trunk's own tokens, for questions that score them. */
struct trunk_score {
    bool known;
    double *logprob;  /* of token i, i >= 1 */
    bool *greedy;
    float *last;      /* the row of logits behind the trunk */
};

struct forward {
    struct llama_context *ctx;
    struct llama_memory_i *cache; /* libllama calls the pointer llama_memory_t */
    struct llama_batch *batch;
    size_t n_vocab, n_ctx;
    bool forgetful; /* a recurrent model: nothing can be shared or taken back */
    bool no_share, exact;
    struct shape shape;
    int32_t *before; /* the question before: what all its candidates began with */
    size_t n_before;
    size_t n_alike;  /* of these, what the one before that had too */
    enum tails tails;
    struct trunk trunk;
    struct trunk_score score;
    struct entry *entry;
    size_t n_entry, cap_entry;
    struct work work;
};

/* What decoding a question needs to know of it. All are functions of the
 * question alone. */
struct layout {
    struct candidate **c; /* those with something to score */
    size_t n;
    size_t fork; /* inputs that all of them share */
    size_t row;  /* the first row of logits needed */
    bool inside; /* which is one of the trunk */
    const int32_t *next; /* the question after it */
    size_t n_next;
};

static inline size_t candidate_inputs(const struct candidate *c)
{
    return c->n - 1;
}

/* False when there is nothing to decode. The caller frees out->c. */
bool forward_layout(struct layout *out, const struct forward *f, struct question *q);

/* Plan the trunk of a question; bring it into the cache. */
void forward_plan(struct forward *f, const struct question *q, const struct layout *l);
MUST_USE int forward_trunk(struct forward *f, const int32_t *id, const struct layout *l,
                           struct err *e);

/* The trunk as the beginning of n_seq sequences; their tokens from `from` on
 * forgotten; everything forgotten. */
void forward_enter(struct forward *f, size_t first, size_t n_seq);
void forward_leave(struct forward *f, size_t first, size_t n_seq, size_t from);
void forward_forget(struct forward *f);

/* List tokens from .. to - 1 of c[0] for all n candidates; decode what is
 * listed, and score. */
void forward_add(struct forward *f, struct candidate *c, size_t n, size_t from, size_t to,
                 size_t first, size_t n_seq);

/* The same for all tokens from `from` on, as a tree: candidates (sorted by their
 * tokens) that go on alike share them. Candidate k is sequence first + k. */
void forward_tree(struct forward *f, struct candidate *c, size_t n, size_t from, size_t first);
MUST_USE int forward_run(struct forward *f, struct err *e);

#endif
