#ifndef EVALRUN_BASE_PAGED_H
#define EVALRUN_BASE_PAGED_H
/*
 * A growing table of numbers by index, in pages: nothing is ever moved, and
 * what was never written takes no memory. Numbers are 0 until set.
 *
 *     struct paged t = { 0 };
 *     *paged_put(&t, sample->index) = 7;
 *     paged_get(&t, 3);
 *     paged_release(&t);
 */
#include <stddef.h>
#include <stdint.h>

struct paged { /* all zero is a valid empty table */
    uint32_t **page;
    size_t n_page, cap;
};

uint32_t *paged_put(struct paged *t, uint32_t index);
uint32_t paged_get(const struct paged *t, uint32_t index);
/* The first index from `from` on whose number is not 0; above UINT32_MAX: none. */
uint64_t paged_next(const struct paged *t, uint64_t from);
void paged_release(struct paged *t);

#endif
