/* pass@k of the draws of a step that runs programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "scorers/scorer.h"

enum { MOST = 200, MOST_STATS = 64 };

static int compile(void **rule, const char *text, struct err *e)
{
    cJSON *spec = NULL;
    assert_int_equal(json_parse(&spec, text, strlen(text), e), 0);
    int rc = scorer_find("pass")->compile(rule, spec, e);
    cJSON_Delete(spec);
    return rc;
}

/* The statistics of one question's draws, in row[]. */
static int score(double *row, const struct out *outs, size_t n, enum ask ask, struct err *e)
{
    struct out copy[MOST];
    struct arena mem = { 0 };
    void *rule = NULL;
    memcpy(copy, outs, n * sizeof *outs);
    struct turn turn = { .step = "tests", .q = { .ask = ask, .n_out = n },
                         .a = { .out = copy, .n_out = n } };
    struct trace trace = { .turn = &turn, .n_turn = 1, .mem = &mem };
    struct score s = { 0 };
    assert_int_equal(compile(&rule, "{\"use\": \"pass\"}", e), 0);
    int rc = scorer_find("pass")->score(rule, &trace, &s, e);
    if (rc == 0) {
        assert_int_equal(s.n_stat, scorer_find("pass")->n_stat);
        memcpy(row, s.stat, s.n_stat * sizeof *row);
        assert_string_equal(s.answer, copy[0].fault ? copy[0].fault : "passed");
    }
    scorer_find("pass")->free(rule);
    arena_release(&mem);
    return rc;
}

/* One question with n draws of which c passed. */
static void score_counts(double *row, size_t n, size_t c)
{
    struct out outs[MOST] = { { 0 } };
    struct err e = { 0 };
    for (size_t i = c; i < n; i++)
        outs[i].fault = "wrong";
    assert_int_equal(score(row, outs, n, ASK_EXEC, &e), 0);
}

static double figure(const char *metric, const double *rows, size_t n)
{
    const struct scorer_type *s = scorer_find("pass");
    const struct metric *m = metric_find(s, metric);
    assert_non_null(m);
    return metric_fold(m, rows, n, s->n_stat);
}

/* 1 - C(n-c, k) / C(n, k), which is what the product is. */
static double by_choosing(unsigned n, unsigned c, unsigned k)
{
    double none = 1;
    for (unsigned i = 0; i < k; i++)
        none *= n - c < i ? 0 : (double)(n - c - i) / (n - i);
    return 1 - none;
}

static void estimator(void **state)
{
    (void)state;
    double row[MOST_STATS];
    score_counts(row, 10, 3);
    assert_true(fabs(figure("pass@1", row, 1) - 0.3) < 1e-12);
    assert_true(fabs(figure("pass@5", row, 1) - (1 - 21.0 / 252.0)) < 1e-12);
    assert_true(fabs(figure("pass@10", row, 1) - 1) < 1e-12);
    assert_true(isnan(figure("pass@20", row, 1)));
    for (unsigned c = 0; c <= 200; c += 20) {
        score_counts(row, 200, c);
        assert_true(fabs(figure("pass@1", row, 1) - by_choosing(200, c, 1)) < 1e-12);
        assert_true(fabs(figure("pass@10", row, 1) - by_choosing(200, c, 10)) < 1e-12);
        assert_true(fabs(figure("pass@100", row, 1) - by_choosing(200, c, 100)) < 1e-12);
        assert_true(fabs(figure("pass@200", row, 1) - (c > 0)) < 1e-12);
    }
}

static void over_questions(void **state)
{
    (void)state;
    const size_t n_stat = scorer_find("pass")->n_stat;
    double rows[3 * MOST_STATS];
    score_counts(rows, 4, 4);
    score_counts(rows + n_stat, 4, 0);
    score_counts(rows + 2 * n_stat, 4, 1);
    assert_true(fabs(figure("pass@1", rows, 3) - 1.25 / 3) < 1e-12);
    assert_true(fabs(figure("pass@2", rows, 3) - 1.5 / 3) < 1e-12);
    assert_true(fabs(figure("wrong", rows, 3) - 1.75 / 3) < 1e-12);
    const struct metric *m = metric_find(scorer_find("pass"), "pass@2");
    assert_true(fabs(m->variance(rows, 3, n_stat) - 0.25 / 3) < 1e-12);
    /* one question with fewer draws */
    score_counts(rows + 2 * n_stat, 1, 1);
    assert_true(isnan(figure("pass@2", rows, 3)));
    assert_true(isnan(m->variance(rows, 3, n_stat)));
    assert_true(fabs(figure("pass@1", rows, 3) - 2.0 / 3) < 1e-12);
}

static void faults(void **state)
{
    (void)state;
    static const char *const all[] = { "wrong",  "error",  "compile",    "timeout",
                                       "memory", "output", "unfinished", "empty" };
    struct out outs[8] = { { 0 } };
    double row[MOST_STATS];
    struct err e = { 0 };
    for (size_t i = 0; i < 8; i++)
        outs[i].fault = all[i];
    assert_int_equal(score(row, outs, 8, ASK_EXEC, &e), 0);
    for (size_t i = 0; i < 8; i++)
        assert_true(fabs(figure(all[i], row, 1) - 0.125) < 1e-12);
    outs[0].fault = "bored";
    assert_int_equal(score(row, outs, 8, ASK_EXEC, &e), ERR_INPUT);
    assert_string_equal(e.text, "step 'tests': a program with the unknown fault 'bored'");
}

static void needs_programs(void **state)
{
    (void)state;
    struct out out = { .text = "x" };
    double row[MOST_STATS];
    struct err e = { 0 };
    void *rule = NULL;
    assert_int_equal(score(row, &out, 1, ASK_TEXT, &e), ERR_INPUT);
    assert_string_equal(e.text, "no step runs programs");
    assert_int_equal(compile(&rule, "{\"use\": \"pass\", \"k\": 3}", &e), ERR_INPUT);
    assert_int_equal(compile(&rule, "{\"use\": \"pass\", \"show\": [\"pass@3\"]}", &e), ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimator),
        cmocka_unit_test(over_questions),
        cmocka_unit_test(faults),
        cmocka_unit_test(needs_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
