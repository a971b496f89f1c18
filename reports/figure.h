#ifndef EVALRUN_REPORTS_FIGURE_H
#define EVALRUN_REPORTS_FIGURE_H
/*
 * Figures with their uncertainty, from numbers or from other figures. Pure.
 * docs/reports.md states the intervals.
 */
#include "reports/report.h"
#include "scorers/scorer.h"

struct figure figure_none(void); /* no value, no interval, n = 0 */

/* A share of n with Wilson's interval; none when n is 0. */
struct figure figure_share(double right, size_t n);

/* The mean of n numbers between the bounds, of which some are neither bound,
 * by their standard error. */
struct figure figure_mean(const double *x, size_t n, struct interval bounds);

/* A value with a normal interval; none when the variance is NAN. n is yours. */
struct figure figure_normal(double value, double variance, struct interval bounds);

/* A metric's figure of n rows of `width` numbers: the scorer's statistics where the
 * metric has a fold, else the one statistic that it is the mean of. `resample`: where
 * no interval is known in closed form, the bootstrap's. */
struct figure figure_metric(const struct metric *m, const double *row, size_t n, size_t width,
                            bool resample);

/* The mean of the chosen figures that have samples, each counting the same; a
 * single one keeps its own interval. n: the sum of theirs. */
struct figure figure_macro(const struct figure *list, const bool *chosen, size_t n,
                           struct interval bounds);

/* What a proportion lies between, or (false) any number. */
struct interval figure_bounds(bool proportion);

#endif
