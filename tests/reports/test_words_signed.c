/* How metrics were reckoned: each text once, below the tables. */
#include "reports/words.h"
#include "tests/reports/fixture.h"

static const struct metric_figures bleu = {
    .metric = "bleu[13a]", .signature = "nrefs:1|tok:13a", .shown = true,
    .micro = { .n = 3, .resampled = true },
};
static const struct metric_figures chrf = {
    .metric = "chrf", .signature = "nrefs:1|nc:6", .shown = true, .micro = { .n = 3 },
};
static const struct metric_figures hidden = {
    .metric = "chrf++", .signature = "nrefs:1|nw:2", .micro = { .n = 3 },
};
static const struct metric_figures f1 = {
    .metric = "macro_f1", .shown = true, .micro = { .n = 3, .resampled = true },
};
static const struct metric_figures mcc = {
    .metric = "mcc", .shown = true, .micro = { .n = 3, .resampled = true },
};
static const struct metric_figures acc = { .metric = "acc", .shown = true, .micro = { .n = 3 } };

static void each_text_stands_once(void **state)
{
    (void)state;
    struct metric_figures one[] = { bleu, chrf, hidden, acc }, two[] = { f1, bleu, mcc, f1 };
    struct cell cell[] = { { .present = true, .metric = one, .n_metric = 4 },
                           { .present = true, .metric = two, .n_metric = 4 } };
    struct model_row row = { .cell = cell };
    const struct report r = { .row = &row, .n_row = 1, .n_column = 2 };
    struct arena mem = { 0 };
    struct signed_metrics list = signed_metrics(&r, false, &mem);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.entry[0].names, "bleu[13a]");
    assert_string_equal(list.entry[0].text,
                        "nrefs:1|tok:13a; interval by bootstrap over samples");
    assert_string_equal(list.entry[1].names, "chrf");
    assert_string_equal(list.entry[1].text, "nrefs:1|nc:6");
    assert_string_equal(list.entry[2].names, "macro_f1, mcc");
    assert_string_equal(list.entry[2].text, "interval by bootstrap over samples");
    list = signed_metrics(&r, true, &mem);
    assert_string_equal(list.entry[0].text, "nrefs:1|tok:13a；置信区间由样本自助法得出");
    arena_release(&mem);
}

/* A macro mean has no bootstrap of its own: its subsets have. */
static void a_macro_mean_is_by_that_of_its_subsets(void **state)
{
    (void)state;
    struct group subset = { .name = "s", .micro = { .n = 3, .resampled = true } };
    struct metric_figures m = { .metric = "macro_f1", .shown = true, .micro = { .n = 3 },
                                .subset = &subset, .n_subset = 1 };
    struct cell cell = { .present = true, .metric = &m, .n_metric = 1 };
    struct model_row row = { .cell = &cell };
    const struct report r = { .row = &row, .n_row = 1, .n_column = 1 };
    struct arena mem = { 0 };
    assert_int_equal(signed_metrics(&r, false, &mem).n, 1);
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_text_stands_once),
        cmocka_unit_test(a_macro_mean_is_by_that_of_its_subsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
