/* ROUGE as a scorer: several right answers, several draws, no answer, wrong keys. */
#include <stdio.h>

#include "tests/scorers/written.h"

#include <math.h>

#include "scorers/equipment.h"
#include "scorers/segmenter.h"

static double stat_of(const struct written *w, const char *name)
{
    for (size_t i = 0; i < w->type->n_stat; i++)
        if (strcmp(w->type->stat[i], name) == 0)
            return w->stat[i];
    fail_msg("no statistic %s", name);
    return NAN;
}

static const struct {
    const char *spec, *draws, *targets, *stat;
    double value;
} cases[] = {
    { "{\"use\": \"rouge\"}", "a b c", "a b d", "rouge-1", 2.0 / 3 },
    { "{\"use\": \"rouge\"}", "a b c", "a b d", "rouge-2", 0.5 },
    { "{\"use\": \"rouge\"}", "a b c d", "a c", "rouge-l", 2.0 / 3 },
    { "{\"use\": \"rouge\"}", "a b c d", "a c", "rouge-l precision", 0.5 },
    { "{\"use\": \"rouge\"}", "a b c d", "a c", "rouge-l recall", 1 },
    { "{\"use\": \"rouge\"}", "running", "runs", "rouge-1", 0 },
    { "{\"use\": \"rouge[stem]\"}", "running", "runs", "rouge-1", 1 },
    { "{\"use\": \"rouge\"}", "中文", "中文", "rouge-1", 0 },
    { "{\"use\": \"rouge[zh-char]\"}", "中文", "中国", "rouge-1", 0.5 },
    { "{\"use\": \"rouge\"}", "a b", "c|a b|a", "rouge-1", 1 },
    { "{\"use\": \"rouge\", \"references\": \"max\"}", "a b", "c|a b|a", "rouge-1", 1 },
    { "{\"use\": \"rouge\", \"references\": \"mean\"}", "a b", "c|a b|a", "rouge-1", 5.0 / 9 },
    { "{\"use\": \"rouge\", \"references\": \"mean\"}", "a b", "c|a b|a", "rouge-1 recall",
      2.0 / 3 },
    /* each metric has the reference that is best for it */
    { "{\"use\": \"rouge\"}", "a b c", "c b a|a b x y", "rouge-1", 1 },
    { "{\"use\": \"rouge\"}", "a b c", "c b a|a b x y", "rouge-l", 4.0 / 7 },
    { "{\"use\": \"rouge\"}", "a b|", "a b", "rouge-1", 0.5 },
    { "{\"use\": \"rouge\"}", "a b|", "a b", "extracted", 0.5 },
    { "{\"use\": \"rouge\"}", "a b|c", "a b", "rouge-lsum recall", 0.5 },
    { "{\"use\": \"rouge\", \"extract\": [{\"regex\": \"x(.*)\"}]}", "a b", "a b", "rouge-1", 0 },
    { "{\"use\": \"rouge\", \"fold\": \"width\"}", "ａ ｂ", "a b", "rouge-1", 1 },
    /* a pair of tokens counts once, however often it comes */
    { "{\"use\": \"rouge[chinese-char]\"}", "好好好好", "好好", "rouge-1", 1 },
    { "{\"use\": \"rouge[zh-char]\"}", "好好好好", "好好", "rouge-1", 2.0 / 3 },
    { "{\"use\": \"rouge[chinese-char]\"}", "好好好好", "好好", "rouge-l precision", 0.5 },
};

static void values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct written w;
        written_open(&w, cases[i].spec);
        written_score(&w, cases[i].draws, cases[i].targets);
        double got = stat_of(&w, cases[i].stat);
        if (fabs(got - cases[i].value) > 1e-7)
            fail_msg("%s: '%s' of '%s': %s is %.9g, not %.9g", cases[i].spec, cases[i].draws,
                     cases[i].targets, cases[i].stat, got, cases[i].value);
        written_close(&w);
    }
}

/* Every way has metrics of its own names, and they are the statistics of that name. */
static void names(void **state)
{
    static const char *const ways[] = { "", "[stem]", "[zh-char]", "[zh-jieba]", "[chinese]",
                                        "[chinese-char]" };
    static const char *const kinds[] = { "rouge-1", "rouge-2", "rouge-l", "rouge-lsum" };
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        for (size_t k = 0; k < (i < 4 ? 4 : 3); k++) {
            char scorer[40], metric[40];
            snprintf(scorer, sizeof scorer, "rouge%s", ways[i]);
            snprintf(metric, sizeof metric, "%s%s", kinds[k], ways[i]);
            const struct scorer_type *type = scorer_find(scorer);
            assert_non_null(type);
            const struct metric *m = metric_find(type, metric);
            assert_non_null(m);
            assert_string_equal(type->stat[m->stat], kinds[k]);
            assert_int_equal(type->wants, i == 3 || i == 4 ? TOOL_SEGMENTER : 0);
            assert_null(type->stat[type->n_stat]);
        }
}

static void words_of_jieba(void **state)
{
    struct segmenter *s = NULL;
    struct written w;
    struct err e;
    (void)state;
    assert_int_equal(segmenter_open(&s, "tests/cases/jieba", &e), 0);
    written_open(&w, "{\"use\": \"rouge[zh-jieba]\"}");
    w.type->equip(w.rule, &(struct equipment){ .segmenter = s });
    written_score(&w, "图书馆，北京大学。", "北京大学图书馆");
    assert_true(stat_of(&w, "rouge-1") == 1);
    assert_true(stat_of(&w, "rouge-2") == 0); /* it is two words */
    written_close(&w);
    segmenter_close(s);
}

static void signatures(void **state)
{
    struct written w;
    (void)state;
    written_open(&w, "{\"use\": \"rouge[stem]\", \"references\": \"mean\"}");
    const struct metric *m = metric_find(w.type, "rouge-l[stem]");
    assert_string_equal(w.type->signature(w.rule, m, 3, &w.mem),
                        "nrefs:3|refs:mean|case:lc|tok:ascii|stem:porter|"
                        "version:rouge-score-0.1.2");
    assert_string_equal(w.type->signature(w.rule, m, 0, &w.mem),
                        "nrefs:var|refs:mean|case:lc|tok:ascii|stem:porter|"
                        "version:rouge-score-0.1.2");
    assert_null(w.type->signature(w.rule, metric_find(w.type, "extracted"), 1, &w.mem));
    written_close(&w);
    written_open(&w, "{\"use\": \"rouge[chinese]\"}");
    assert_string_equal(w.type->signature(w.rule, w.type->metric, 1, &w.mem),
                        "nrefs:1|refs:max|case:mixed|tok:jieba-0.42.1|"
                        "version:rouge-chinese-1.0.3");
    written_close(&w);
}

static const struct {
    const char *spec, *error;
} wrong[] = {
    { "{\"use\": \"rouge\", \"references\": \"min\"}",
      "references: unknown word 'min' (did you mean 'max'?)" },
    { "{\"use\": \"rouge\", \"stem\": true}", "unknown key 'stem'" },
    { "{\"use\": \"rouge[chinese]\", \"show\": [\"rouge-lsum[chinese]\"]}",
      "show[0]: unknown metric 'rouge-lsum[chinese]'" },
};

static void wrong_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct written w;
        assert_int_equal(written_compile(&w, wrong[i].spec), ERR_INPUT);
        if (strncmp(w.e.text, wrong[i].error, strlen(wrong[i].error)) != 0)
            fail_msg("%s, not %s", w.e.text, wrong[i].error);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),     cmocka_unit_test(names),
        cmocka_unit_test(words_of_jieba), cmocka_unit_test(signatures),
        cmocka_unit_test(wrong_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
