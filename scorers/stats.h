#ifndef EVALRUN_SCORERS_STATS_H
#define EVALRUN_SCORERS_STATS_H
/*
 * Uncertainty of figures. All functions are pure and deterministic.
 */
#include <stdbool.h>
#include <stddef.h>

#define STATS_Z 1.959963984540054 /* 97.5% of the normal distribution */

struct interval {
    double low, high; /* 95% */
};

/* Wilson (1927) score interval for `right` of n. n = 0: [0,1]. */
struct interval stats_wilson(double right, size_t n);

/* Sample standard deviation (divided by n - 1); 0 when n < 2. */
double stats_deviation(const double *x, size_t n);

/* Sample standard error of the mean: stddev(n-1)/sqrt(n); 0 when n < 2. */
double stats_standard_error(const double *x, size_t n);

/* Variance of one stratum's share of right answers: p(1 - p)/n with Laplace's
 * p = (right + 1)/(n + 2). Never 0, so that strata of one or two questions do
 * not pretend certainty. (With Agresti and Coull's n + 4 below the line the sum
 * over many small strata is too small: 67 strata of 5 questions and p = 0.5
 * would hold the truth 83% of the time; so they do 93%.) n > 0. */
double stats_stratum_variance(double right, size_t n);

/* A macro mean: the mean of k figures that count the same, whatever their
 * number of samples, each with the variance of its own. All zero is empty.
 *
 *     struct macro m = { 0 };
 *     stats_macro_add(&m, value, variance);    for each figure
 *     stats_normal(stats_macro_mean(&m), stats_macro_variance(&m), 0, 1);
 */
struct macro {
    double sum, variance; /* sums over the figures */
    size_t k;
};
void stats_macro_add(struct macro *m, double value, double variance);
double stats_macro_mean(const struct macro *m);     /* NAN when k is 0 */
double stats_macro_variance(const struct macro *m); /* sum of variances / k^2; NAN when k is 0 */

/* What a bootstrap needs: rows of `width` numbers, and the figure made of n of them
 * (NAN where they have none). */
struct resampled {
    const double *row;
    size_t n, width;
    double (*figure)(const double *row, size_t n, size_t width);
    bool sums; /* the figure of n rows is that of the one row of their sums */
};

/* 95% interval of the figure `value` of all rows by the bootstrap (Efron 1979): of
 * 1,000 resamples, drawn with a fixed seed, the 26th lowest and highest figure. At most
 * 1,024 rows are drawn each time (of sums, 128); of more rows, the distances from
 * `value` are scaled by sqrt(drawn / n) (Bickel, Götze and van Zwet 1997), so that any
 * n takes the same time. *variance: of the
 * figure, on the same ground. All NAN for fewer than two rows, and where a resample
 * has no figure. */
struct interval stats_bootstrap(double *variance, double value, const struct resampled *r);

/* mean +- z * sqrt(variance), clipped to [low, high]. */
struct interval stats_normal(double mean, double variance, double low, double high);

#endif
