#include "scorers/stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include <cmocka.h>

static bool near(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance;
}

/* Newcombe, Statistics in Medicine 17 (1998), table I, method 3. */
static void wilson_of_newcombe(void **state)
{
    (void)state;
    static const struct {
        double right;
        size_t n;
        double low, high;
    } cases[] = {
        { 81, 263, 0.2553, 0.3662 },
        { 15, 148, 0.0624, 0.1605 },
        { 0, 20, 0.0000, 0.1611 },
        { 1, 29, 0.0061, 0.1718 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct interval ci = stats_wilson(cases[i].right, cases[i].n);
        assert_true(near(ci.low, cases[i].low, 0.00005));
        assert_true(near(ci.high, cases[i].high, 0.00005));
    }
}

/* The bounds are where the score test just fails to reject. */
static void wilson_inverts_the_score_test(void **state)
{
    (void)state;
    for (size_t n = 1; n < 200; n += 7)
        for (size_t right = 0; right <= n; right++) {
            double p = (double)right / (double)n;
            struct interval ci = stats_wilson((double)right, n);
            const double bound[] = { ci.low, ci.high };
            assert_true(ci.low >= 0 && ci.low <= p && p <= ci.high && ci.high <= 1);
            for (int k = 0; k < 2; k++) {
                double variance = bound[k] * (1 - bound[k]) / (double)n;
                bool edge = bound[k] < 1e-12 || bound[k] > 1 - 1e-12;
                assert_true(edge || near((p - bound[k]) * (p - bound[k]),
                                         STATS_Z * STATS_Z * variance, 1e-12));
            }
        }
}

static void wilson_without_samples(void **state)
{
    (void)state;
    struct interval ci = stats_wilson(0, 0);
    assert_true(ci.low == 0 && ci.high == 1);
}

static void standard_error(void **state)
{
    (void)state;
    static const double x[] = { 2, 4, 4, 4, 5, 5, 7, 9 }; /* squares about 5 sum to 32 */
    assert_true(near(stats_standard_error(x, 8), sqrt(32.0 / 7 / 8), 1e-15));
    assert_true(stats_standard_error(x, 1) == 0);
    assert_true(stats_standard_error(x, 0) == 0);
    assert_true(near(stats_deviation(x, 8), sqrt(32.0 / 7), 1e-15));
    assert_true(stats_deviation(x, 1) == 0);
    assert_true(stats_deviation(x, 0) == 0);
    for (size_t n = 2; n < 30; n++) { /* equal numbers do not spread, however they round */
        double third[30];
        for (size_t i = 0; i < n; i++)
            third[i] = 1.0 / 3;
        assert_true(stats_standard_error(third, n) == 0);
        assert_true(stats_deviation(third, n) == 0);
    }
}

static void stratum_variance_is_never_zero(void **state)
{
    (void)state;
    assert_true(near(stats_stratum_variance(8, 10), 0.75 * 0.25 / 10, 1e-15));
    assert_true(stats_stratum_variance(3, 3) > 0);
    assert_true(stats_stratum_variance(0, 1) > 0);
}

/* Over strata as reports do it: those without samples do not count. */
static struct interval macro_interval(const double *right, const size_t *n, size_t k,
                                      double *mean)
{
    struct macro m = { 0 };
    for (size_t i = 0; i < k; i++)
        if (n[i])
            stats_macro_add(&m, right[i] / (double)n[i], stats_stratum_variance(right[i], n[i]));
    *mean = stats_macro_mean(&m);
    return stats_normal(*mean, stats_macro_variance(&m), 0, 1);
}

static void macro_counts_strata_alike(void **state)
{
    (void)state;
    static const double right[] = { 8, 0, 50 };
    static const size_t n[] = { 10, 0, 100 }; /* the empty one does not count */
    double mean = 0, variance = 0;
    struct interval ci = macro_interval(right, n, 3, &mean);
    assert_true(near(mean, 0.65, 1e-15));
    variance = 0.75 * 0.25 / 10 + 0.25 / 100;
    assert_true(near(ci.high - mean, STATS_Z * sqrt(variance) / 2, 1e-12));
    assert_true(near(mean - ci.low, STATS_Z * sqrt(variance) / 2, 1e-12));
}

static void macro_is_clipped(void **state)
{
    (void)state;
    static const double right[] = { 2, 3 };
    static const size_t n[] = { 2, 3 };
    double mean = 0;
    struct interval ci = macro_interval(right, n, 2, &mean);
    assert_true(mean == 1 && ci.high == 1 && ci.low < 0.8 && ci.low > 0);
}

static void macro_of_nothing_is_no_number(void **state)
{
    (void)state;
    const struct macro none = { 0 };
    assert_true(isnan(stats_macro_mean(&none)));
    assert_true(isnan(stats_macro_variance(&none)));
}

/* How often the interval holds the truth, over draws from a fixed generator. */
static double coverage(double p, size_t n, size_t strata)
{
    enum { DRAWS = 4000, MOST = 67 };
    uint64_t seed = 42;
    size_t held = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
        double right[MOST] = { 0 }, mean = 0;
        size_t size[MOST];
        for (size_t s = 0; s < strata; s++) {
            size[s] = n;
            for (size_t i = 0; i < n; i++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                right[s] += (double)(seed >> 33) / 2147483648.0 < p;
            }
        }
        struct interval ci = strata > 1 ? macro_interval(right, size, strata, &mean)
                                        : stats_wilson(right[0], n);
        held += ci.low <= p && p <= ci.high;
    }
    return (double)held / DRAWS;
}

static void intervals_hold_the_truth(void **state)
{
    (void)state;
    static const double p[] = { 0.25, 0.5, 0.75, 0.9 };
    for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
        assert_true(near(coverage(p[i], 150, 1), 0.95, 0.02));
        assert_true(coverage(p[i], 5, 67) > 0.92); /* as with --limit 5 */
        assert_true(coverage(p[i], 8, 67) > 0.93);
        assert_true(coverage(p[i], 12, 12) > 0.93);
        assert_true(near(coverage(p[i], 60, 20), 0.95, 0.02));
    }
}

/* ---- bootstrap */

static double mean_of(const double *row, size_t n, size_t width)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += row[i * width];
    return sum / (double)n;
}

/* The second number counts the rows, so that rows may be added up. */
static double ratio_of(const double *row, size_t n, size_t width)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < n; i++) {
        sum += row[i * width];
        count += row[i * width + 1];
    }
    return sum / count;
}

static double none_of(const double *row, size_t n, size_t width)
{
    (void)n;
    (void)width;
    return row[0] > 0 ? NAN : 0;
}

static void fill(double *row, size_t n, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        row[2 * i] = (double)(*seed >> 33) / 2147483648.0;
        row[2 * i + 1] = 1;
    }
}

/* Of a mean it is what the normal distribution gives, for few rows and for many. */
static void bootstrap_of_a_mean(void **state)
{
    (void)state;
    static const size_t sizes[] = { 40, 100, 900, 5000 };
    static double row[2 * 5000], x[5000];
    uint64_t seed = 3;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t n = sizes[k];
        fill(row, n, &seed);
        for (size_t i = 0; i < n; i++)
            x[i] = row[2 * i];
        double value = mean_of(row, n, 2), half = STATS_Z * stats_standard_error(x, n);
        for (int sums = 0; sums < 2; sums++) {
            const struct resampled r = { row, n, 2, sums ? ratio_of : mean_of, sums };
            double variance;
            struct interval ci = stats_bootstrap(&variance, value, &r);
            assert_true(near((value - ci.low) / half, 1, 0.12));
            assert_true(near((ci.high - value) / half, 1, 0.12));
            assert_true(near(STATS_Z * sqrt(variance) / half, 1, 0.08));
        }
    }
}

static void bootstrap_is_the_same_each_time(void **state)
{
    (void)state;
    double row[2 * 30], a, b;
    uint64_t seed = 4;
    fill(row, 30, &seed);
    const struct resampled r = { row, 30, 2, mean_of, false };
    struct interval first = stats_bootstrap(&a, 0.5, &r), again = stats_bootstrap(&b, 0.5, &r);
    assert_true(first.low == again.low && first.high == again.high && a == b);
}

static void bootstrap_of_too_little(void **state)
{
    (void)state;
    double row[] = { 1, 1, 0, 1 }, variance = 0;
    const struct resampled one = { row, 1, 2, mean_of, false };
    const struct resampled undefined = { row, 2, 2, none_of, false };
    assert_true(isnan(stats_bootstrap(&variance, 1, &one).low) && isnan(variance));
    variance = 0;
    assert_true(isnan(stats_bootstrap(&variance, 1, &undefined).high) && isnan(variance));
}

/* Of fixed draws, how often the interval of a mean holds the truth. */
static void bootstrap_holds_the_truth(void **state)
{
    (void)state;
    enum { DRAWS = 400, N = 60 };
    double row[2 * N], variance;
    uint64_t seed = 5;
    size_t held = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
        fill(row, N, &seed);
        const struct resampled r = { row, N, 2, ratio_of, true };
        struct interval ci = stats_bootstrap(&variance, mean_of(row, N, 2), &r);
        held += ci.low <= 0.5 && 0.5 <= ci.high;
    }
    assert_true(near((double)held / DRAWS, 0.95, 0.03));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_of_newcombe),
        cmocka_unit_test(wilson_inverts_the_score_test),
        cmocka_unit_test(wilson_without_samples),
        cmocka_unit_test(standard_error),
        cmocka_unit_test(stratum_variance_is_never_zero),
        cmocka_unit_test(macro_counts_strata_alike),
        cmocka_unit_test(macro_is_clipped),
        cmocka_unit_test(macro_of_nothing_is_no_number),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(bootstrap_of_a_mean),
        cmocka_unit_test(bootstrap_is_the_same_each_time),
        cmocka_unit_test(bootstrap_of_too_little),
        cmocka_unit_test(bootstrap_holds_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
