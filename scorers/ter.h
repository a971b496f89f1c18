#ifndef EVALRUN_SCORERS_TER_H
#define EVALRUN_SCORERS_TER_H
/*
 * Translation edit rate (Snover et al. 2006) as sacrebleu 2.6.0 reckons it with its
 * defaults: words in small letters as white space parts them; insertions, deletions,
 * substitutions and shifts of up to 10 words over at most 50; shifts are taken
 * greedily, by Tercom's rules, until none helps or 1,000 were tried; the edit
 * distance looks only at 25 words beside the diagonal.
 */
#include <stddef.h>

#include "base/mem.h"

struct ter_counts {
    double edits;   /* beside the reference that needs fewest */
    double ref_len; /* words, the mean over the references */
};

void ter_count(struct ter_counts *out, const char *hyp, const char *const *ref, size_t n_ref,
               struct arena *mem);

/* 100 for as many edits as the references have words; 0 when both are nothing, 100
 * when only the references are. Lower is better. */
double ter_figure(const struct ter_counts *c);

#endif
