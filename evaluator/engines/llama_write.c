#include "evaluator/engines/llama_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <llama.h>

#include "base/utf8.h"

/* --- choosing a token ---------------------------------------------------- */

struct choice {
    float p;
    int32_t id;
};

struct sampler {
    double temperature, top_p;
    uint64_t state;
    struct choice *choice; /* one per token of the vocabulary */
    size_t n_vocab;
};

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int likeliest_first(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;
    if (x->p != y->p)
        return x->p > y->p ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int32_t best_token(const float *row, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (row[i] > row[best])
            best = i;
    return (int32_t)best;
}

static int32_t choose(struct sampler *s, const float *row)
{
    int32_t best = best_token(row, s->n_vocab);
    if (s->temperature <= 0)
        return best;
    size_t n = 0;
    double sum = 0;
    for (size_t i = 0; i < s->n_vocab; i++) {
        double p = exp((double)(row[i] - row[best]) / s->temperature);
        sum += p;
        if (p > 1e-9)
            s->choice[n++] = (struct choice){ .p = (float)p, .id = (int32_t)i };
    }
    qsort(s->choice, n, sizeof *s->choice, likeliest_first);
    if (s->top_p > 0 && s->top_p < 1) {
        double mass = 0;
        size_t kept = 0;
        while (kept < n && mass < s->top_p * sum)
            mass += (double)s->choice[kept++].p;
        n = kept > 0 ? kept : 1;
    }
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += (double)s->choice[i].p;
    double at = (double)(next_random(&s->state) >> 11) * 0x1p-53 * total;
    for (size_t i = 0; i + 1 < n; i++) {
        at -= (double)s->choice[i].p;
        if (at < 0)
            return s->choice[i].id;
    }
    return s->choice[n - 1].id;
}

/* --- one draw ------------------------------------------------------------ */

/* Cut at the first stop string; searching starts where one could be new. */
static bool stopped(struct strbuf *text, size_t old, const struct decode *d)
{
    size_t cut = text->len;
    for (size_t i = 0; i < d->n_stop; i++) {
        size_t len = strlen(d->stop[i]);
        if (len == 0)
            continue;
        size_t from = old >= len ? old - len + 1 : 0;
        for (size_t k = from; k + len <= cut; k++)
            if (memcmp(text->s + k, d->stop[i], len) == 0) {
                cut = k;
                break;
            }
    }
    bool found = cut < text->len;
    strbuf_cut(text, cut);
    return found;
}

static int write_one(struct out *out, struct forward *f, const struct text *t, size_t at,
                     const float *row, struct sampler *s, const struct request *q,
                     struct arena *mem, struct err *e)
{
    struct strbuf text = STRBUF_INIT, mended = STRBUF_INIT;
    size_t max = encoding_max_tokens(q);
    int rc = 0;
    *out = (struct out){ .cut = true };
    while (out->n_token < max) {
        int32_t id = choose(s, row);
        size_t old = text.len;
        if (llama_vocab_is_eog(t->vocab, id)) {
            out->cut = false;
            break;
        }
        out->n_token++;
        if (!llama_vocab_is_control(t->vocab, id))
            text_piece(&text, t, id);
        if (stopped(&text, old, &q->decode)) {
            out->cut = false;
            break;
        }
        if (out->n_token < max && (rc = forward_next(f, id, at++, &row, e)) < 0)
            break;
    }
    utf8_repair(&mended, text.s, text.len);
    out->text = arena_strndup(mem, mended.s, mended.len);
    strbuf_release(&text);
    strbuf_release(&mended);
    return rc;
}

int write_text(struct out *out, struct forward *f, const struct text *t, const struct encoding *p,
               const struct request *q, uint64_t seed, struct arena *mem, struct err *e)
{
    const float *row;
    const int32_t *id = p->prompt.id + p->tokens_cut;
    size_t n = p->prompt.n - p->tokens_cut;
    if (forward_begin(f, id, n, p->shared, &row, e) < 0)
        return e->code;
    struct sampler s = { .temperature = q->decode.temperature, .top_p = q->decode.top_p,
                         .n_vocab = forward_vocab(f) };
    s.choice = xcalloc(s.n_vocab, sizeof *s.choice);
    float *first = xcalloc(s.n_vocab, sizeof *first);
    memcpy(first, row, s.n_vocab * sizeof *first);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < q->n_out; i++) {
        uint64_t mix = seed ^ (q->decode.seed * 0xD1342543DE82EF95u) ^ (i + 1);
        s.state = next_random(&mix);
        forward_fork(f);
        rc = write_one(&out[i], f, t, n, first, &s, q, mem, e);
    }
    forward_end(f);
    free(first);
    free(s.choice);
    return rc;
}
