#include "scorers/rouge.h"

#include <string.h>

/* How often an n-gram comes in each text. */
struct tally {
    uint64_t gram; /* + 1; 0 = the place is free */
    uint32_t prediction, reference;
};

static struct tally *find(struct tally *table, size_t mask, uint64_t gram)
{
    uint64_t h = (gram + 1) * 0x9E3779B97F4A7C15u;
    size_t i = (size_t)(h >> 32) & mask;
    while (table[i].gram && table[i].gram != gram + 1)
        i = (i + 1) & mask;
    table[i].gram = gram + 1;
    return &table[i];
}

static uint64_t gram_at(const struct rouge_tokens *t, size_t i, size_t n)
{
    return n == 1 ? t->id[i] : (uint64_t)t->id[i] << 32 | t->id[i + 1];
}

static size_t n_grams(const struct rouge_tokens *t, size_t n)
{
    return t->n < n ? 0 : t->n - n + 1;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

struct rouge_count rouge_ngrams(const struct rouge_tokens *prediction,
                                const struct rouge_tokens *reference, size_t n, bool once,
                                struct arena *mem)
{
    struct rouge_count c = { 0, n_grams(prediction, n), n_grams(reference, n) };
    size_t n_place = 16;
    while (n_place < 2 * (c.prediction + c.reference))
        n_place *= 2;
    struct tally *table = arena_array(mem, n_place, sizeof *table);
    for (size_t i = 0; i < c.prediction; i++)
        find(table, n_place - 1, gram_at(prediction, i, n))->prediction++;
    for (size_t i = 0; i < c.reference; i++)
        find(table, n_place - 1, gram_at(reference, i, n))->reference++;
    if (once)
        c = (struct rouge_count){ 0 };
    for (size_t i = 0; i < n_place; i++) {
        uint32_t both = least(table[i].prediction, table[i].reference);
        c.both += once ? both > 0 : both;
        c.prediction += once && table[i].prediction;
        c.reference += once && table[i].reference;
    }
    return c;
}

/* The row of the table of longest common subsequences for one more token: length[k]
 * is for the first k of n others, 0 for none. */
static void next_row(uint32_t *length, uint32_t token, const uint32_t *other, size_t n)
{
    uint32_t diagonal = 0, left = 0;
    for (size_t k = 0; k < n; k++) {
        uint32_t above = length[k + 1];
        uint32_t longer = above > left ? above : left;
        left = other[k] == token ? diagonal + 1 : longer;
        diagonal = above;
        length[k + 1] = left;
    }
}

struct rouge_count rouge_lcs(const struct rouge_tokens *prediction,
                             const struct rouge_tokens *reference, struct arena *mem)
{
    uint32_t *length = arena_array(mem, prediction->n + 1, sizeof *length);
    for (size_t i = 0; i < reference->n; i++)
        next_row(length, reference->id[i], prediction->id, prediction->n);
    return (struct rouge_count){ length[prediction->n], prediction->n, reference->n };
}

/* A sentence of each text, and where the table's way back turns to the left: a bit
 * for each pair of tokens. */
struct pair {
    const uint32_t *reference, *prediction;
    size_t n_reference, n_prediction;
    uint32_t *length;
    uint8_t *leftward;
};

static void set_row(const struct pair *p, size_t row)
{
    uint32_t diagonal = 0;
    for (size_t k = 0; k < p->n_prediction; k++) {
        size_t bit = row * p->n_prediction + k;
        uint32_t above = p->length[k + 1], left = p->length[k];
        uint32_t longer = above > left ? above : left;
        if (left > above)
            p->leftward[bit / 8] |= (uint8_t)(1u << bit % 8);
        p->length[k + 1] = p->prediction[k] == p->reference[row] ? diagonal + 1 : longer;
        diagonal = above;
    }
}

/* Mark the reference's tokens that are in the longest common subsequence. */
static void mark(bool *in_union, const struct pair *p)
{
    memset(p->leftward, 0, p->n_reference * p->n_prediction / 8 + 1);
    memset(p->length, 0, (p->n_prediction + 1) * sizeof *p->length);
    for (size_t i = 0; i < p->n_reference; i++)
        set_row(p, i);
    for (size_t i = p->n_reference, k = p->n_prediction; i && k;) {
        size_t bit = (i - 1) * p->n_prediction + k - 1;
        if (p->reference[i - 1] == p->prediction[k - 1]) {
            in_union[--i] = true;
            k--;
        } else if (p->leftward[bit / 8] >> bit % 8 & 1) {
            k--;
        } else {
            i--;
        }
    }
}

static size_t longest_sentence(const struct rouge_tokens *t)
{
    size_t longest = 0, from = 0;
    for (size_t i = 0; i < t->n_sentence; from = t->sentence[i++])
        if (t->sentence[i] - from > longest)
            longest = t->sentence[i] - from;
    return longest;
}

static void mark_all(bool *in_union, const struct rouge_tokens *prediction,
                     const struct rouge_tokens *reference, struct arena *mem)
{
    size_t n_row = longest_sentence(reference), n_column = longest_sentence(prediction);
    struct pair p = { .length = arena_array(mem, n_column + 1, sizeof *p.length),
                      .leftward = arena_alloc(mem, n_row * n_column / 8 + 1) };
    for (size_t i = 0, from = 0; i < reference->n_sentence; from = reference->sentence[i++]) {
        p.reference = reference->id + from;
        p.n_reference = reference->sentence[i] - from;
        for (size_t k = 0, at = 0; k < prediction->n_sentence; at = prediction->sentence[k++]) {
            p.prediction = prediction->id + at;
            p.n_prediction = prediction->sentence[k] - at;
            mark(in_union + from, &p);
        }
    }
}

/* How many of the marked tokens are in both texts, each of them once. */
static size_t count_marked(const bool *in_union, const struct rouge_tokens *prediction,
                           const struct rouge_tokens *reference, struct arena *mem)
{
    size_t n_place = 16, n = 0;
    while (n_place < 2 * (prediction->n + reference->n))
        n_place *= 2;
    struct tally *table = arena_array(mem, n_place, sizeof *table);
    for (size_t i = 0; i < prediction->n; i++)
        find(table, n_place - 1, prediction->id[i])->prediction++;
    for (size_t i = 0; i < reference->n; i++) {
        if (!in_union[i])
            continue;
        struct tally *t = find(table, n_place - 1, reference->id[i]);
        n += t->prediction > 0;
        t->prediction -= t->prediction > 0;
    }
    return n;
}

struct rouge_count rouge_lcs_union(const struct rouge_tokens *prediction,
                                   const struct rouge_tokens *reference, struct arena *mem)
{
    if (prediction->n_sentence <= 1 && reference->n_sentence <= 1)
        return rouge_lcs(prediction, reference, mem);
    bool *in_union = arena_array(mem, reference->n + 1, sizeof *in_union);
    mark_all(in_union, prediction, reference, mem);
    return (struct rouge_count){ count_marked(in_union, prediction, reference, mem),
                                 prediction->n, reference->n };
}

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

struct rouge_value rouge_google(struct rouge_count c)
{
    struct rouge_value v = { share(c.both, c.prediction), share(c.both, c.reference), 0 };
    if (v.precision + v.recall > 0)
        v.f = 2 * v.precision * v.recall / (v.precision + v.recall);
    return v;
}

struct rouge_value rouge_chinese(struct rouge_count c)
{
    struct rouge_value v = { share(c.both, c.prediction), share(c.both, c.reference), 0 };
    v.f = 2 * (v.precision * v.recall / (v.precision + v.recall + 1e-8));
    return v;
}
