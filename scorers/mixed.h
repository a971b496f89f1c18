#ifndef EVALRUN_SCORERS_MIXED_H
#define EVALRUN_SCORERS_MIXED_H
/*
 * CMRC 2018's own way to compare a Chinese answer (its data/cmrc2018_evaluate.py,
 * version 5): a Chinese character is a token, what stands between them is cut into
 * English words, punctuation of a list of its own is left out.
 *
 * That script also cuts English into sentences before it cuts it into words, see
 * treebank.h for what differs.
 */
#include "base/mem.h"
#include "scorers/treebank.h"

/* Of the longest run of tokens that both have (not: of all they have in common):
 * the harmonic mean of its share of each. From 0 to 1; NAN when a pattern gave up. */
double mixed_f1(const char *answer, const char *target, const struct treebank *words,
               struct arena *mem);

/* Small letters, without white space at both ends and without the punctuation:
 * exact match compares this. */
const char *mixed_bare(const char *text, struct arena *mem);

/* The tokens that F1 compares; NULL when a pattern gave up. */
const char *const *mixed_tokens(size_t *n, const char *text, const struct treebank *words,
                               struct arena *mem);

#endif
