#include "scorers/stats.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { N_RESAMPLE = 1000, TAIL = N_RESAMPLE / 40, MAX_DRAWN = 1024, MAX_SUMMED = 128 };

static double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

struct interval stats_wilson(double right, size_t n)
{
    if (!n)
        return (struct interval){ 0, 1 };
    double count = (double)n, p = right / count, z2 = STATS_Z * STATS_Z;
    double scale = 1 + z2 / count;
    double centre = (p + z2 / (2 * count)) / scale;
    double half = STATS_Z * sqrt(p * (1 - p) / count + z2 / (4 * count * count)) / scale;
    return (struct interval){ clip(centre - half, 0, p), clip(centre + half, p, 1) };
}

/* Reckoned from the first number, so that equal ones have exactly 0. */
static double squares_about_mean(const double *x, size_t n)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += (x[i] - x[0]) / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - x[0] - mean) * (x[i] - x[0] - mean);
    return squares;
}

double stats_deviation(const double *x, size_t n)
{
    return n < 2 ? 0 : sqrt(squares_about_mean(x, n) / ((double)n - 1));
}

double stats_standard_error(const double *x, size_t n)
{
    double count = (double)n;
    return n < 2 ? 0 : sqrt(squares_about_mean(x, n) / (count - 1) / count);
}

double stats_stratum_variance(double right, size_t n)
{
    double count = (double)n, p = (right + 1) / (count + 2);
    return p * (1 - p) / count;
}

struct interval stats_normal(double mean, double variance, double low, double high)
{
    double half = STATS_Z * sqrt(variance);
    return (struct interval){ clip(mean - half, low, high), clip(mean + half, low, high) };
}

void stats_macro_add(struct macro *m, double value, double variance)
{
    m->sum += value;
    m->variance += variance;
    m->k++;
}

double stats_macro_mean(const struct macro *m)
{
    return m->k ? m->sum / (double)m->k : NAN;
}

double stats_macro_variance(const struct macro *m)
{
    double k = (double)m->k;
    return m->k ? m->variance / (k * k) : NAN;
}

/* ---- bootstrap */

/* Steele, Lea and Flood 2014 (SplitMix64). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void add_row(double *sum, const double *row, size_t width)
{
    for (size_t k = 0; k < width; k++)
        sum[k] += row[k];
}

/* `drawn` rows with replacement, or the row of their sums. */
static void draw(double *out, const struct resampled *r, size_t drawn, uint64_t *state)
{
    if (r->sums)
        memset(out, 0, r->width * sizeof *out);
    for (size_t i = 0; i < drawn; i++) {
        size_t which = (size_t)((next_random(state) >> 32) * r->n >> 32);
        const double *row = &r->row[which * r->width];
        if (r->sums)
            add_row(out, row, r->width);
        else
            memcpy(&out[i * r->width], row, r->width * sizeof *out);
    }
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

struct interval stats_bootstrap(double *variance, double value, const struct resampled *r)
{
    const size_t most = r->sums ? MAX_SUMMED : MAX_DRAWN, drawn = r->n < most ? r->n : most;
    double figure[N_RESAMPLE], scale = sqrt((double)drawn / (double)r->n);
    uint64_t state = 20260101;
    *variance = NAN;
    if (r->n < 2)
        return (struct interval){ NAN, NAN };
    double *row = xcalloc(r->sums ? 1 : drawn, r->width * sizeof *row);
    for (size_t i = 0; i < N_RESAMPLE; i++) {
        draw(row, r, drawn, &state);
        figure[i] = r->figure(row, r->sums ? 1 : drawn, r->width);
    }
    free(row);
    double deviation = scale * stats_deviation(figure, N_RESAMPLE);
    if (isnan(deviation))
        return (struct interval){ NAN, NAN };
    *variance = deviation * deviation;
    qsort(figure, N_RESAMPLE, sizeof *figure, by_size);
    return (struct interval){ value + scale * (figure[TAIL] - value),
                              value + scale * (figure[N_RESAMPLE - 1 - TAIL] - value) };
}
