/* Why programs did not pass, as one line for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reports/words.h"
#include "scorers/scorer.h"

static struct metric_figures figures(const char *scorer, const char *metric, double value)
{
    const struct metric *type = metric_find(scorer_find(scorer), metric);
    assert_non_null(type);
    return (struct metric_figures){ .scorer = scorer, .metric = metric, .type = type,
                                    .up = type->up, .proportion = type->proportion,
                                    .micro = { .value = value, .n = 40 } };
}

static void shares_of_faults(void **state)
{
    (void)state;
    struct metric_figures list[] = {
        figures("pass", "pass@1", 0.25),  figures("pass", "wrong", 0.5),
        figures("pass", "error", 0),      figures("pass", "timeout", 0.25),
        figures("exact", "gave_up", 0.1), /* in the ledger */
    };
    struct ledger ledger = { .scorer = "exact" };
    struct cell cell = { .present = true, .metric = list, .n_metric = 5, .ledger = &ledger,
                         .n_ledger = 1 };
    struct column column = { .task = "t" };
    const struct model_row row = { .cell = &cell };
    const struct report r = { .column = &column, .n_column = 1 };
    struct arena mem = { 0 };
    assert_string_equal(used_text(&r, &row, 0, false, &mem),
                        "programs that did not pass: 50.0% wrong, 25.0% timeout");
    assert_string_equal(used_text(&r, &row, 0, true, &mem),
                        "未通过的程序：50.0% wrong，25.0% timeout");
    list[1].shown = list[3].shown = true; /* then they stand in the table */
    assert_null(used_text(&r, &row, 0, false, &mem));
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(shares_of_faults) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
