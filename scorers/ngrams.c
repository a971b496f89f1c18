/*
 * Order by order: the table has the n-grams of the others, and each place of a
 * text keeps where its n-gram stands there. The next order's key is that place
 * and the next item. A place of the text whose n-gram is in none of the others
 * cannot begin a longer one that is.
 */
#include "scorers/ngrams.h"

#include <string.h>

static const uint32_t NOWHERE = UINT32_MAX;

struct gram {
    uint64_t key;  /* 0: empty */
    uint32_t most; /* times it is in one of the others; less those matched */
    uint32_t now;  /* in the one being counted */
};

struct table {
    struct gram *gram;
    size_t mask;
    unsigned shift; /* leaves as many bits of a hash as the mask has */
};

static void table_init(struct table *t, size_t most, struct arena *mem)
{
    size_t size = 16;
    t->shift = 60;
    while (size < 2 * most) {
        size *= 2;
        t->shift--;
    }
    t->mask = size - 1;
    t->gram = arena_array(mem, size, sizeof *t->gram);
}

/* Never 0. */
static uint64_t key_of(uint32_t before, uint32_t item)
{
    return ((uint64_t)before + 1) << 32 | item;
}

/* Where the key stands, or the empty place for it. */
static size_t find(const struct table *t, uint64_t key)
{
    size_t i = (size_t)((key * 0x9E3779B97F4A7C15u) >> t->shift);
    while (t->gram[i].key != key && t->gram[i].key)
        i = (i + 1) & t->mask;
    return i;
}

size_t ngrams_of(size_t n, size_t order)
{
    return n < order ? 0 : n - order + 1;
}

static void add(const struct table *t, uint32_t *place, const struct items *text, size_t order)
{
    size_t n = ngrams_of(text->n, order);
    for (size_t i = 0; i < n; i++) {
        uint64_t key = key_of(place[i], text->list[i + order - 1]);
        place[i] = (uint32_t)find(t, key);
        struct gram *g = &t->gram[place[i]];
        g->key = key;
        g->now++;
        g->most = g->now > g->most ? g->now : g->most;
    }
}

static void count_anew(const struct table *t, const uint32_t *place, size_t n)
{
    for (size_t i = 0; i < n; i++)
        t->gram[place[i]].now = 0;
}

static size_t match(const struct table *t, uint32_t *place, const struct items *text,
                    size_t order)
{
    size_t n = ngrams_of(text->n, order), n_match = 0;
    for (size_t i = 0; i < n; i++) {
        if (place[i] == NOWHERE)
            continue;
        size_t at = find(t, key_of(place[i], text->list[i + order - 1]));
        struct gram *g = &t->gram[at];
        place[i] = g->key ? (uint32_t)at : NOWHERE;
        n_match += g->most > 0;
        g->most -= g->most > 0;
    }
    return n_match;
}

void ngrams_match(size_t *n_match, size_t n_order, const struct items *text,
                  const struct items *others, size_t n_other, struct arena *mem)
{
    size_t n_all = 0;
    for (size_t k = 0; k < n_other; k++)
        n_all += others[k].n;
    struct table t;
    table_init(&t, n_all, mem);
    uint32_t *place = arena_array(mem, n_all, sizeof *place);
    uint32_t *mine = arena_array(mem, text->n, sizeof *mine);
    for (size_t order = 1; order <= n_order; order++) {
        uint32_t *at = place;
        if (order > 1)
            memset(t.gram, 0, (t.mask + 1) * sizeof *t.gram);
        for (size_t k = 0; k < n_other; k++) {
            add(&t, at, &others[k], order);
            if (n_other > 1)
                count_anew(&t, at, ngrams_of(others[k].n, order));
            at += others[k].n;
        }
        n_match[order - 1] = match(&t, mine, text, order);
    }
}
