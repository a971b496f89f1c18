#ifndef EVALRUN_SCORERS_NGRAMS_H
#define EVALRUN_SCORERS_NGRAMS_H
/*
 * How many n-grams of a text are in other texts. Exact: an n-gram is told from
 * another by the n-gram it begins with and its last item, never by a hash alone.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct items { /* words or characters as numbers */
    const uint32_t *list;
    size_t n;
};

/* n_match[k], for every order k + 1 up to n_order: n-grams of `text` that one of the
 * others has, each counted at most as often as in the one of them that has it most
 * often. */
void ngrams_match(size_t *n_match, size_t n_order, const struct items *text,
                  const struct items *others, size_t n_other, struct arena *mem);

/* How many n-grams of this order (from 1) n items have. */
size_t ngrams_of(size_t n, size_t order);

#endif
