#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_TRUNK_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_TRUNK_H
/*
 * The beginning of a prompt that stays in a KV cache for the next question:
 * which tokens are there, and in which batches they were decoded. Bookkeeping
 * only; the owner decodes and removes.
 *
 *     trunk_plan(&t, ...);              where the batches of this question end
 *     n = trunk_found(&t, id);          batches that are there already
 *     trunk_cut(&t, n);                 forget the rest (and remove it)
 *     while (n < t.n_next) ... trunk_add(&t, id);    after decoding batch n
 *
 * The plan depends on the question alone and a batch is found whole or not at
 * all, so a trunk has the same bits whoever left it there.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trunk {
    int32_t *id;
    size_t n;
    size_t *bound, n_bound; /* where its batches ended */
    size_t *next, n_next;   /* where those of the question at hand end */
};

void trunk_init(struct trunk *t, size_t n_ctx);
void trunk_release(struct trunk *t);

/* The first `limit` tokens of a prompt in batches of at most `step`. Its parts
 * (ending at cut[]) begin batches of their own, so that one can stay when the
 * next changes; parts of less than `least` tokens go with what follows. With
 * `on`, whole batches behind the last part too: a question may begin with a
 * document that nobody declared. */
void trunk_plan(struct trunk *t, const size_t *cut, size_t n_cut, size_t limit, size_t step,
                size_t least, bool on);

static inline size_t trunk_planned(const struct trunk *t)
{
    return t->n_next > 0 ? t->next[t->n_next - 1] : 0;
}

size_t trunk_found(const struct trunk *t, const int32_t *id);
void trunk_cut(struct trunk *t, size_t n_batch);
/* Where the next batch of the plan begins and ends. */
size_t trunk_next(const struct trunk *t, size_t *end);
void trunk_add(struct trunk *t, const int32_t *id);

#endif
