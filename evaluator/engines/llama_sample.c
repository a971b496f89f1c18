#include "evaluator/engines/llama_sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct choice {
    float p;
    int32_t id;
};

struct sampler {
    size_t n_vocab;
    struct choice *choice; /* one per token of the vocabulary */
    float *row;            /* a copy, for penalties */
    uint32_t *seen, now;   /* seen[id] == now: penalised in this row already */
};

struct sampler *sampler_new(size_t n_vocab)
{
    struct sampler *s = xcalloc(1, sizeof *s);
    s->n_vocab = n_vocab;
    s->choice = xcalloc(n_vocab, sizeof *s->choice);
    s->row = xcalloc(n_vocab, sizeof *s->row);
    s->seen = xcalloc(n_vocab, sizeof *s->seen);
    return s;
}

void sampler_free(struct sampler *s)
{
    if (!s)
        return;
    free(s->choice);
    free(s->row);
    free(s->seen);
    free(s);
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* One after the other: with their sum or difference, draw 1 of seed 1 would be
 * draw 0 of seed 2. */
uint64_t sampler_seed(uint64_t engine_seed, uint64_t sample_seed, size_t draw)
{
    uint64_t mix = engine_seed;
    mix = next_random(&mix) ^ sample_seed;
    mix = next_random(&mix) ^ draw;
    return next_random(&mix);
}

static int32_t best_token(const float *row, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (row[i] > row[best])
            best = i;
    return (int32_t)best;
}

static void penalise(struct sampler *s, const int32_t *id, size_t n, float penalty)
{
    for (size_t i = 0; i < n; i++) {
        if (id[i] < 0 || (size_t)id[i] >= s->n_vocab || s->seen[id[i]] == s->now)
            continue;
        s->seen[id[i]] = s->now;
        float *x = &s->row[id[i]];
        *x = *x > 0 ? *x / penalty : *x * penalty;
    }
}

static int likeliest_first(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;
    if (x->p != y->p)
        return x->p > y->p ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* How many of the sorted choices stay; sum is the mass of the whole row. */
static size_t keep(const struct choice *c, size_t n, double sum, const struct decode *d)
{
    if (d->top_k > 0 && (size_t)d->top_k < n) {
        n = (size_t)d->top_k;
        sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += (double)c[i].p;
    }
    if (d->top_p > 0 && d->top_p < 1) {
        double mass = 0;
        size_t kept = 0;
        while (kept < n && mass < d->top_p * sum)
            mass += (double)c[kept++].p;
        n = kept > 0 ? kept : 1;
    }
    while (d->min_p > 0 && n > 1 && (double)c[n - 1].p < d->min_p * (double)c[0].p)
        n--;
    return n;
}

static int32_t draw(const struct choice *c, size_t n, uint64_t *state)
{
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += (double)c[i].p;
    double at = (double)(next_random(state) >> 11) * 0x1p-53 * total;
    for (size_t i = 0; i + 1 < n; i++) {
        at -= (double)c[i].p;
        if (at < 0)
            return c[i].id;
    }
    return c[n - 1].id;
}

int32_t sampler_choose(struct sampler *s, const float *row, const struct decode *d,
                       const int32_t *prompt, size_t n_prompt, const int32_t *had, size_t n_had,
                       uint64_t *state)
{
    if (d->repeat_penalty > 0 && d->repeat_penalty != 1) {
        memcpy(s->row, row, s->n_vocab * sizeof *row);
        s->now++;
        penalise(s, prompt, n_prompt, (float)d->repeat_penalty);
        penalise(s, had, n_had, (float)d->repeat_penalty);
        row = s->row;
    }
    int32_t best = best_token(row, s->n_vocab);
    if (d->temperature <= 0)
        return best;
    size_t n = 0;
    double sum = 0;
    for (size_t i = 0; i < s->n_vocab; i++) {
        double p = exp((double)(row[i] - row[best]) / d->temperature);
        sum += p;
        if (p > 1e-9)
            s->choice[n++] = (struct choice){ .p = (float)p, .id = (int32_t)i };
    }
    qsort(s->choice, n, sizeof *s->choice, likeliest_first);
    return draw(s->choice, keep(s->choice, n, sum, d), state);
}
