#ifndef EVALRUN_SCORERS_BLEU_H
#define EVALRUN_SCORERS_BLEU_H
/*
 * BLEU (Papineni et al. 2002) as sacrebleu 2.6.0 reckons it. Counts of many texts
 * are added up, and the figure is reckoned of the sums.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "scorers/text_tokens.h"

enum { BLEU_ORDER = 4 };

struct bleu_counts {
    double hyp_len, ref_len; /* tokens; of several references the one nearest in length */
    double correct[BLEU_ORDER], total[BLEU_ORDER];
};

/* What an order without a match counts as (Chen and Cherry 2014). */
enum bleu_smooth {
    BLEU_EXP,   /* half, a quarter, ... of a match: mteval-v13a.pl */
    BLEU_FLOOR, /* `value` matches */
    BLEU_ADD_K, /* from order 2 on, `value` more matches of as many more */
    BLEU_NONE
};

struct bleu_rule {
    struct tokenizer tokenizer;
    bool lowercase;
};

/* The counts of one text beside n_ref > 0 references. */
void bleu_count(struct bleu_counts *out, const struct bleu_rule *rule, const char *hyp,
                const char *const *ref, size_t n_ref, struct arena *mem);

/* From 0 to 100. effective: only orders of which the text has n-grams count, as is
 * usual for single sentences. */
double bleu_figure(const struct bleu_counts *c, enum bleu_smooth smooth, double value,
                   bool effective);

#endif
