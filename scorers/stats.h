#ifndef EVALRUN_SCORERS_STATS_H
#define EVALRUN_SCORERS_STATS_H
/*
 * Uncertainty of figures. All functions are pure and deterministic.
 */
#include <stddef.h>

#define STATS_Z 1.959963984540054 /* 97.5% of the normal distribution */

struct interval {
    double low, high; /* 95% */
};

/* Wilson (1927) score interval for `right` of n. n = 0: [0,1]. */
struct interval stats_wilson(double right, size_t n);

/* Sample standard error of the mean: stddev(n-1)/sqrt(n); 0 when n < 2. */
double stats_standard_error(const double *x, size_t n);

/* Variance of one stratum's share of right answers: p(1 - p)/n with Laplace's
 * p = (right + 1)/(n + 2). Never 0, so that strata of one or two questions do
 * not pretend certainty. (With Agresti and Coull's n + 4 below the line the sum
 * over many small strata is too small: 67 strata of 5 questions and p = 0.5
 * would be covered by stats_macro() 83% of the time; so it is 93%.) n > 0. */
double stats_stratum_variance(double right, size_t n);

/* Interval of a macro mean over k strata (each stratum counts the same):
 * mean +- z * sqrt(sum of variances)/k, clipped to [0,1]. Strata with n = 0
 * do not count; all empty: mean NAN, [0,1]. mean may be NULL. */
struct interval stats_macro(const double *right, const size_t *n, size_t k, double *mean);

/* mean +- z * sqrt(variance), clipped to [low, high]. */
struct interval stats_normal(double mean, double variance, double low, double high);

#endif
