#ifndef EVALRUN_SCORERS_SCORER_H
#define EVALRUN_SCORERS_SCORER_H
/*
 * Traces in, numbers out; pure. score() fills the statistics of one sample;
 * a metric's fold() turns n rows of statistics into the figure. Since every
 * metric is a fold over rows, intervals, groups and paired tests are written
 * once (stats.h).
 *
 * To add a scorer: 1 score_<name>.c, 2 a row in scorers.c, 3 its keys in the
 * table of docs/task-format.md (read it with spec.h), 4 tests/scorers/test_score_<name>.c.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"

struct equipment; /* equipment.h */

/* What a metric has no use for is left out of its row, so that the last members
 * are named: { "acc", "it is right", true, true, .stat = ACC }. */
struct metric {
    const char *name; /* "acc" */
    const char *help;
    bool up;          /* higher is better */
    bool proportion;  /* a mean of shares from 0 to 1, mostly 0/1: shown in % */
    size_t stat;      /* for proportions and means: which statistic */
    /* NULL: the mean of `stat`. Else from n > 0 rows of n_stat numbers; NAN where
     * they have no figure. */
    double (*fold)(const double *stat, size_t n, size_t n_stat);
    /* With a fold: its squared standard error, from the same rows; NAN where it
     * is not known. NULL: not known in closed form. */
    double (*variance)(const double *stat, size_t n, size_t n_stat);
    /* What 1 is on the scale of the package that the metric comes from, for
     * `evalrun metric`: 100 where that one prints per cent and the metric is a
     * proportion. 0: the same scale. */
    double scale;
    /* The value of one sample, where that is not the figure of its row alone
     * (sentence BLEU); NULL: it is. */
    double (*line)(const double *stat, size_t n_stat);
    /* With a fold: the figure of n rows is that of the one row of their sums. Its
     * interval (stats_bootstrap) then takes less time. */
    bool sums;
};

struct scorer_type {
    const char *name, *help;
    const char *const *stat; /* names of the statistics, NULL-ended */
    size_t n_stat;
    const struct metric *metric; /* ends with a NULL name; the first is shown
                                    when a task does not say */
    /* Check the task's spec {"use": name, ...}; unknown keys are errors. */
    MUST_USE int (*compile)(void **rule, const cJSON *spec, struct err *e);
    /* Fill answer and stat[n_stat] (from t->mem). A trace with a failed turn
     * never reaches a scorer. */
    MUST_USE int (*score)(const void *rule, const struct trace *t, struct score *out,
                          struct err *e);
    void (*free)(void *rule);
    /* Optional: what a compiled rule is given before it scores, TOOL_* of equipment.h,
     * and how; equip() does so. */
    unsigned wants;
    void (*equip)(void *rule, const struct equipment *q);
    /* Optional. How the figure was reckoned, made in mem, in the form of the package
     * that the metric comes from
     * ("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"); NULL where the
     * metric has none. n_ref: right answers of each sample; 0 = some have more than
     * others, or it is not known. */
    const char *(*signature)(const void *rule, const struct metric *m, size_t n_ref,
                             struct arena *mem);
};

extern const struct scorer_type *const scorer_types[]; /* NULL-ended */
const struct scorer_type *scorer_find(const char *name);
const struct metric *metric_find(const struct scorer_type *s, const char *name);

/* The metric's figure over n rows of n_stat numbers, row by row; NAN when
 * n is 0. */
double metric_fold(const struct metric *m, const double *stat, size_t n, size_t n_stat);

/* The metric's value for one sample, from its row; NAN where it has none. */
double metric_line(const struct metric *m, const double *stat, size_t n_stat);

#endif
