/* F1, exact match and containment of short answers, in three ways. */
#include <math.h>
#include <stdio.h>

#include "tests/scorers/written.h"

enum { F1, EM = ANSWER_END, CONTAINS, BOTH };

static const struct {
    const char *use, *draws, *targets;
    double f1, em, contains;
} cases[] = {
    { "f1", "The Eiffel Tower!", "eiffel tower", 1, 1, 1 },
    { "f1", "It is the Eiffel Tower", "eiffel tower|tower", 2.0 / 3, 0, 1 },
    { "f1", "a b c", "a b d", 0.5, 0, 0 },
    { "f1", "the", "an", 1, 1, 1 },
    { "f1", "no", "yes", 0, 0, 0 },
    { "f1", "|yes", "yes", 0.5, 0.5, 0.5 },
    { "f1", "yes|no", "yes", 0.5, 0.5, 0.5 },
    { "f1", "", "yes", 0, 0, 0 },
    { "f1[zh-char]", "《红楼梦》。", "红楼梦", 1, 1, 1 },
    { "f1[zh-char]", "是红楼梦", "红楼梦", 6.0 / 7, 0, 1 },
    { "f1[zh-char]", "曹雪芹", "高鹗|曹雪", 0.8, 0, 1 },
    { "f1[zh-char]", "GPT 4", "gpt-4", 1, 1, 1 },
    { "f1[zh-mixed]", "1964年，北京", "1964年北京", 1, 1, 1 },
    { "f1[zh-mixed]", "北京是中国首都", "中国的首都", 4.0 / 12, 0, 0 },
    { "f1[zh-mixed]", "京北", "北京", 0.5, 0, 0 },
    { "f1[zh-mixed]", "上海", "北京|上", 2.0 / 3, 0, 1 },
};

static void by_each_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct written w;
        char spec[80];
        snprintf(spec, sizeof spec, "{\"use\":\"%s\"}", cases[i].use);
        written_open(&w, spec);
        written_score(&w, cases[i].draws, cases[i].targets);
        if (fabs(w.stat[F1] - cases[i].f1) > 1e-12 || fabs(w.stat[EM] - cases[i].em) > 1e-12 ||
            fabs(w.stat[CONTAINS] - cases[i].contains) > 1e-12)
            fail_msg("%s of '%s' and '%s': f1 %.4f em %.4f contains %.4f", cases[i].use,
                     cases[i].draws, cases[i].targets, w.stat[F1], w.stat[EM],
                     w.stat[CONTAINS]);
        assert_float_equal(w.stat[BOTH], (w.stat[F1] + w.stat[EM]) / 2, 1e-12);
        written_close(&w);
    }
}

static void empty_answers_are_counted(void **state)
{
    struct written w;
    (void)state;
    written_open(&w, "{\"use\":\"f1\",\"extract\":[{\"regex\":\"is (.*)\"}]}");
    written_score(&w, "it is here", "here");
    assert_float_equal(w.stat[F1], 1, 0);
    assert_float_equal(w.stat[ANSWER_RULE], 1, 0);
    assert_string_equal(w.answer, "here");
    written_score(&w, "here", "here");
    assert_float_equal(w.stat[F1], 0, 0);
    assert_float_equal(w.stat[ANSWER_EXTRACTED], 0, 0);
    assert_string_equal(w.answer, "none");
    written_close(&w);
}

static void scales_and_signatures(void **state)
{
    static const char *const use[] = { "f1", "f1[zh-char]", "f1[zh-mixed]" };
    static const char *const em[] = { "em", "em[zh-char]", "em[zh-mixed]" };
    static const char *const signature[] = { "nrefs:1|refs:max|tok:english",
                                             "nrefs:1|refs:max|tok:zh-char",
                                             "nrefs:1|refs:max|tok:zh-mixed" };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct written w;
        char spec[80];
        snprintf(spec, sizeof spec, "{\"use\":\"%s\"}", use[i]);
        written_open(&w, spec);
        const struct metric *m = metric_find(w.type, use[i]);
        assert_non_null(m);
        assert_float_equal(m->scale, 100, 0);
        assert_non_null(metric_find(w.type, em[i]));
        assert_string_equal(w.type->signature(w.rule, m, 1, &w.mem), signature[i]);
        assert_non_null(strstr(w.type->signature(w.rule, m, 0, &w.mem), "nrefs:var"));
        assert_null(w.type->signature(w.rule, metric_find(w.type, "extracted"), 1, &w.mem));
        written_close(&w);
    }
}

static void bad_options(void **state)
{
    struct written w;
    (void)state;
    assert_int_equal(written_compile(&w, "{\"use\":\"f1\",\"labels\":[]}"), ERR_INPUT);
    assert_non_null(strstr(w.e.text, "unknown key 'labels'"));
    assert_int_equal(written_compile(&w, "{\"use\":\"f1[zh-mixed]\",\"show\":[\"f1\"]}"),
                     ERR_INPUT);
    assert_non_null(strstr(w.e.text, "show[0]: unknown metric 'f1'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_each_way),
        cmocka_unit_test(empty_answers_are_counted),
        cmocka_unit_test(scales_and_signatures),
        cmocka_unit_test(bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
