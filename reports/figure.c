#include "reports/figure.h"

#include <math.h>

struct figure figure_none(void)
{
    return (struct figure){ .value = NAN, .ci = { NAN, NAN }, .variance = NAN };
}

struct figure figure_share(double right, size_t n)
{
    if (!n)
        return figure_none();
    return (struct figure){ .value = right / (double)n,
                            .ci = stats_wilson(right, n),
                            .variance = stats_stratum_variance(right, n),
                            .n = n };
}

struct interval figure_bounds(bool proportion)
{
    return proportion ? (struct interval){ 0, 1 } : (struct interval){ -INFINITY, INFINITY };
}

struct figure figure_normal(double value, double variance, struct interval bounds)
{
    struct figure f = figure_none();
    f.value = value;
    f.variance = variance;
    if (!isnan(value) && !isnan(variance))
        f.ci = stats_normal(value, variance, bounds.low, bounds.high);
    return f;
}

struct figure figure_mean(const double *x, size_t n, struct interval bounds)
{
    if (!n)
        return figure_none();
    double sum = 0, error = stats_standard_error(x, n);
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    struct figure f = figure_normal(sum / (double)n, n > 1 ? error * error : NAN, bounds);
    f.n = n;
    return f;
}

struct figure figure_macro(const struct figure *list, const bool *chosen, size_t n,
                           struct interval bounds)
{
    struct macro mean = { 0 };
    size_t last = 0, n_sample = 0;
    for (size_t i = 0; i < n; i++) {
        if (!chosen[i] || !list[i].n)
            continue;
        stats_macro_add(&mean, list[i].value, list[i].variance);
        n_sample += list[i].n;
        last = i;
    }
    if (mean.k == 1)
        return list[last];
    struct figure f = figure_normal(stats_macro_mean(&mean), stats_macro_variance(&mean), bounds);
    f.n = n_sample;
    return f;
}

static double sum(const double *x, size_t n)
{
    double all = 0;
    for (size_t i = 0; i < n; i++)
        all += x[i];
    return all;
}

/* Shares within samples (of several options, of several orders) lie between
 * right and wrong; then Wilson's interval would be too wide. */
static bool is_binary(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0 && x[i] != 1)
            return false;
    return true;
}

static double clip(double x, struct interval bounds)
{
    return x < bounds.low ? bounds.low : x > bounds.high ? bounds.high : x;
}

static struct figure figure_bootstrap(const struct metric *m, const struct resampled *r)
{
    const struct interval bounds = figure_bounds(m->proportion);
    struct figure f = figure_none();
    f.value = r->figure(r->row, r->n, r->width);
    f.ci = stats_bootstrap(&f.variance, f.value, r);
    f.ci = (struct interval){ clip(f.ci.low, bounds), clip(f.ci.high, bounds) };
    f.resampled = !isnan(f.variance);
    return f;
}

static struct figure figure_fold(const struct metric *m, const double *row, size_t n,
                                 size_t width, bool resample)
{
    if (!m->variance && resample)
        return figure_bootstrap(m, &(struct resampled){ row, n, width, m->fold, m->sums });
    return figure_normal(metric_fold(m, row, n, width),
                         m->variance ? m->variance(row, n, width) : NAN,
                         figure_bounds(m->proportion));
}

/* Samples that all say the same prove little when they are few; nor do they vary by
 * what rounding leaves. And a mean of samples that are right or wrong is a share. */
static bool is_share(const struct figure *f, const struct metric *m, const double *row,
                     size_t width)
{
    if (isnan(f->value) || f->n == 1 || f->variance < 1e-20)
        return !isnan(f->value);
    for (size_t i = 0; i < f->n; i++)
        if (!m->variance || !is_binary(&row[i * width + m->stat], 1))
            return false;
    return true;
}

struct figure figure_metric(const struct metric *m, const double *row, size_t n, size_t width,
                            bool resample)
{
    if (!n)
        return figure_none();
    if (m->fold) {
        struct figure f = figure_fold(m, row, n, width, resample);
        f.n = n;
        bool wanted = m->proportion && (m->variance || resample);
        return wanted && is_share(&f, m, row, width) ? figure_share(f.value * (double)n, n) : f;
    }
    if (m->proportion && is_binary(row, n))
        return figure_share(sum(row, n), n);
    struct figure f = figure_mean(row, n, figure_bounds(m->proportion));
    return m->proportion && !(f.variance > 0) ? figure_share(sum(row, n), n) : f;
}
