#ifndef EVALRUN_SCORERS_CORPUS_H
#define EVALRUN_SCORERS_CORPUS_H
/*
 * What the scorers have in common whose figure is reckoned of counts that are added
 * up over all texts (BLEU, chrF, TER), and not a mean over the texts.
 *
 * Their first statistic is the text's own figure (that of one sentence), those of
 * answer.h follow, then these. Several draws of a sample are so many texts. An
 * answer that is not found is the empty text.
 */
#include "scorers/answer.h"
#include "scorers/scorer.h"

enum { CORPUS_TEXTS = ANSWER_END, CORPUS_REFS, CORPUS_END };
#define CORPUS_STATS "texts", "refs" /* texts scored, and their references in all */

/* The answer's text, or "". */
const char *corpus_text(const struct answers *a, size_t draw);

/* Fill the statistics up to CORPUS_REFS but the first. */
void corpus_stat(double *stat, const struct answers *a);

/* sum[n_stat]: all rows added up. */
void corpus_sum(double *sum, const double *stat, size_t n, size_t n_stat);

/* metric.line: the first statistic. */
double corpus_line(const double *stat, size_t n_stat);

/* "nrefs:1", or "nrefs:var" for 0. */
const char *corpus_refs(size_t n_ref, struct arena *mem);

#define CORPUS_VERSION "version:2.6.0" /* of sacrebleu, with which figures agree */

#endif
