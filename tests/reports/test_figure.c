/* Intervals of figures that are folds of whole rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reports/figure.h"
#include "scorers/scorer.h"

enum { ROWS = 4, WIDTH = 32 };

/* The metric of n samples whose statistics all are 1 (all 2, from `other` on). */
static struct figure figure_of(const char *scorer, const char *metric, size_t n, size_t other,
                               bool resample)
{
    const struct scorer_type *type = scorer_find(scorer);
    double row[ROWS * WIDTH];
    assert_non_null(type);
    assert_true(n <= ROWS && type->n_stat <= WIDTH);
    for (size_t i = 0; i < n * type->n_stat; i++)
        row[i] = i / type->n_stat < other ? 1 : 2;
    return figure_metric(metric_find(type, metric), row, n, type->n_stat, resample);
}

/* All passed: as sure as Wilson's interval of n right ones, and no surer. */
static void test_all_alike(void **state)
{
    (void)state;
    for (size_t n = 1; n <= ROWS; n++) {
        const struct figure want = figure_share((double)n, n);
        const struct figure pass = figure_of("pass", "pass@1", n, n, false);
        const struct figure f1 = figure_of("label", "macro_f1", n, n, true);
        assert_true(pass.value == 1 && f1.value == 1 && pass.n == n);
        assert_true(pass.ci.low == want.ci.low && pass.ci.high == 1);
        assert_true(pass.variance == want.variance);
        assert_true(f1.ci.low == want.ci.low && !f1.resampled);
    }
}

static size_t stat_of(const struct scorer_type *type, const char *name)
{
    size_t k = 0;
    while (strcmp(type->stat[k], name) != 0)
        k++;
    return k;
}

/* Of one draw each, right or wrong: a share like any other. */
static void test_one_draw(void **state)
{
    (void)state;
    const struct figure want = figure_share(1, 2);
    double row[2 * WIDTH] = { 0 };
    const struct scorer_type *type = scorer_find("pass");
    const struct metric *m = metric_find(type, "pass@1");
    for (size_t i = 0; i < type->n_stat; i++)
        row[i] = 1;
    row[type->n_stat + stat_of(type, "draws")] = 1;
    const struct figure f = figure_metric(m, row, 2, type->n_stat, false);
    assert_true(f.value == 0.5 && f.ci.low == want.ci.low && f.ci.high == want.ci.high);
}

/* What is not resampled has no interval, and what is no share has none of Wilson's. */
static void test_not_shares(void **state)
{
    (void)state;
    assert_true(isnan(figure_of("label", "macro_f1", 3, 3, false).ci.low));
    const struct figure ter = figure_of("ter", "ter", 3, 3, true);
    assert_true(ter.ci.low == ter.value && ter.ci.high == ter.value);
    assert_true(figure_of("label", "macro_f1", 4, 2, true).n == 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_alike),
        cmocka_unit_test(test_one_draw),
        cmocka_unit_test(test_not_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
