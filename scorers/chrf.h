#ifndef EVALRUN_SCORERS_CHRF_H
#define EVALRUN_SCORERS_CHRF_H
/*
 * chrF2 (Popović 2015) and chrF2++ (2017) as sacrebleu 2.6.0 reckons them: F with
 * beta 2 of the mean precision and recall over the n-grams of 1 to 6 characters,
 * white space left out, and for chrF++ those of 1 and 2 words.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

enum { CHRF_CHARS = 6, CHRF_WORDS = 2, CHRF_ORDER = CHRF_CHARS + CHRF_WORDS };

struct chrf_rule {
    size_t n_word; /* orders of words: 0, or CHRF_WORDS */
    bool lowercase;
};

struct chrf_counts { /* by order; words last */
    double hyp[CHRF_ORDER], ref[CHRF_ORDER], match[CHRF_ORDER];
};

/* The counts of one text beside that of its n_ref > 0 references which gives the
 * highest figure. */
void chrf_count(struct chrf_counts *out, const struct chrf_rule *rule, const char *hyp,
                const char *const *ref, size_t n_ref, struct arena *mem);

/* From 0 to 100, over the orders that both sides have n-grams of. */
double chrf_figure(const struct chrf_counts *c);

#endif
