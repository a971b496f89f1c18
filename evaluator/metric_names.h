#ifndef EVALRUN_EVALUATOR_METRIC_NAMES_H
#define EVALRUN_EVALUATOR_METRIC_NAMES_H
/*
 * Metrics of written text by name. The tokenization is part of it: "bleu[zh]". A
 * scorer's name is that of its first metric.
 */
#include "base/err.h"
#include "base/mem.h"
#include "scorers/scorer.h"

struct named_metric {
    const char *typed;
    const struct scorer_type *type;
    const struct metric *metric;
};

/* "bleu[13a],chrf". lang: NULL, or "zh" or "en", which completes a name whose
 * tokenization is left open. At most `max` names. */
MUST_USE int metric_names_read(struct named_metric *out, size_t *n, size_t max, const char *list,
                               const char *lang, struct arena *mem, struct err *e);

/* The name of the same metric for Chinese, in mem; NULL where there is none, or where
 * the tokenization was named. */
const char *metric_names_chinese(const struct named_metric *m, struct arena *mem);

#endif
