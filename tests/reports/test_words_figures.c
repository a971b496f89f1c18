/* Digits, intervals and names as people read them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "reports/words.h"
#include "scorers/scorer.h"

static void figures(void **state)
{
    (void)state;
    static const struct {
        double value, low, high;
        bool proportion, brackets;
        const char *text, *gap;
    } cases[] = {
        { 0.319, 0.252, 0.395, true, true, "31.9 [25.2, 39.5]", "+31.9 [+25.2, +39.5]" },
        { 0.319, 0.252, 0.395, true, false, "31.9 ± 7.2", "+31.9 ± 7.2" },
        { -0.05, -0.2, 0.1, true, false, "-5.0 ±15.0", "-5.0 ±15.0" },
        { 0.319, NAN, NAN, true, false, "31.9", "+31.9" },
        { 4, 4, 4, false, false, "4.000", "+4.000" }, /* no width, no interval */
        { NAN, NAN, NAN, true, true, "-", "-" },
        { 9.9949, 9, 11, false, true, "9.995 [9.000, 11.000]", "+9.995 [+9.000, +11.000]" },
        { 23.456, 20, 26, false, false, "23.46 ±3.00", "+23.46 ±3.00" },
        { 234.56, 200, 260, false, false, "234.6 ±30.0", "+234.6 ±30.0" },
        { 1e300, NAN, NAN, false, false, "1e+300", "+1e+300" },
        { 23456.7, 23000, 24000, false, false, "23457 ± 500", "+23457 ± 500" },
    };
    struct arena mem = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct figure f = { .value = cases[i].value,
                                  .ci = { cases[i].low, cases[i].high } };
        assert_string_equal(figure_text(&f, cases[i].proportion, cases[i].brackets, &mem),
                            cases[i].text);
        assert_string_equal(gap_text(&f, cases[i].proportion, cases[i].brackets, &mem),
                            cases[i].gap);
    }
    assert_string_equal(figure_text(NULL, true, true, &mem), "-");
    assert_string_equal(number_text(4, false, &mem), "4");
    assert_string_equal(number_text(3.75, false, &mem), "3.750");
    assert_string_equal(number_text(0.25, true, &mem), "25.0");
    assert_string_equal(number_text(NAN, true, &mem), "-");
    arena_release(&mem);
}

static void directions(void **state)
{
    (void)state;
    const struct scorer_type *choice = scorer_find("choice");
    assert_string_equal(metric_arrow(metric_find(choice, "acc")), "");
    assert_string_equal(metric_arrow(metric_find(choice, "brier")), "↓");
    assert_string_equal(metric_arrow(metric_find(choice, "margin")), "↑");
    struct arena mem = { 0 };
    struct metric_figures m = { .metric = "ppl", .type = metric_find(choice, "ppl") };
    assert_string_equal(metric_text(&m, &mem), "ppl ↓");
    m.name = "second";
    assert_string_equal(metric_text(&m, &mem), "second ppl ↓");
    arena_release(&mem);
}

/* A metric goes without its name only where "accuracy in %" says it all. */
static void titles(void **state)
{
    (void)state;
    static const struct {
        const char *scorer, *metric, *title, *name;
    } cases[] = {
        { "choice", "acc", "accuracy in %", NULL },
        { "choice", "acc_norm", "accuracy in %", NULL },
        { "exact", "exact_match", "scores in %", "exact_match" },
        { "label", "macro_f1", "scores in %", "macro_f1" },
        { "pass", "pass@10", "scores in %", "pass@10" },
        { "perplexity", "char_perplexity", "scores in %", "char_perplexity ↓" },
    };
    struct arena mem = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct column column = {
            .headline = metric_find(scorer_find(cases[i].scorer), cases[i].metric),
        };
        const struct report r = { .column = &column, .n_column = 1 };
        const char *name = headline_text(&r, &column, &mem);
        assert_string_equal(title_text(&r, false), cases[i].title);
        assert_string_equal(name ? name : "", cases[i].name ? cases[i].name : "");
    }
    struct column both[] = { { .headline = metric_find(scorer_find("choice"), "acc") },
                             { .headline = metric_find(scorer_find("bleu[13a]"), "bleu[13a]") },
                             { .headline = metric_find(scorer_find("f1"), "f1") } };
    const struct report two = { .column = both, .n_column = 2 };
    assert_string_equal(title_text(&two, true), "准确率（%）"); /* an arrow marks the other */
    const struct report three = { .column = both, .n_column = 3 };
    assert_string_equal(title_text(&three, true), "得分（%）");
    arena_release(&mem);
}

/* Cut in the middle, never in a character. */
static void labels(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    assert_string_equal(row_label("qwen2-7b", 8, &mem), "qwen2-7b");
    assert_string_equal(row_label("qwen2-7b-instruct-q4_k_m", 16, &mem), "qwen2-7b-…q4_k_m");
    assert_string_equal(row_label("qwen2-7b-instruct #1a2b", 16, &mem), "qwen2-7b-… #1a2b");
    const char *zh = row_label("通义千问通义千问通义千问", 13, &mem);
    assert_string_equal(zh, "通义千…义千问");
    assert_true(utf8_columns(zh) <= 13);
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures),
        cmocka_unit_test(directions),
        cmocka_unit_test(titles),
        cmocka_unit_test(labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
