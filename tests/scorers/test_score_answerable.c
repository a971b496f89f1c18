/* Questions that may have no answer. The figures are those that the rules of
 * evaluate-v2.0.py give, reckoned by hand. */
#include <math.h>
#include <stdio.h>

#include "tests/scorers/written.h"

enum { EXACT, F1 = ANSWER_END, HAS_ANSWER, SAID_NONE, P_NONE, N_STAT };

static const struct {
    const char *draws, *targets;
    double exact, f1, has, none;
} cases[] = {
    { "The Seine", "Seine|river Seine", 1, 1, 1, 0 },
    { "river Rhine", "river Seine", 0, 0.5, 1, 0 },
    { "", "Seine", 0, 0, 1, 1 },
    { "", "", 1, 1, 0, 1 },
    { "Seine", "", 0, 0, 0, 0 },
    { "Unanswerable.", "", 1, 1, 0, 1 },
    { "the", "Seine", 0, 0, 1, 1 },
    { "Seine", "the|.", 0, 0, 0, 0 }, /* nothing is left of these: no answer */
};

static void samples(void **state)
{
    struct written w;
    (void)state;
    written_open(&w, "{\"use\":\"answerable\",\"no_answer_text\":[\"unanswerable\"]}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        written_score(&w, cases[i].draws, cases[i].targets);
        if (w.stat[EXACT] != cases[i].exact || fabs(w.stat[F1] - cases[i].f1) > 1e-12 ||
            w.stat[HAS_ANSWER] != cases[i].has || w.stat[SAID_NONE] != cases[i].none)
            fail_msg("'%s' for '%s': exact %g f1 %g has %g none %g", cases[i].draws,
                     cases[i].targets, w.stat[EXACT], w.stat[F1], w.stat[HAS_ANSWER],
                     w.stat[SAID_NONE]);
        assert_true(isnan(w.stat[P_NONE]));
    }
    assert_true(isnan(written_fold(&w, "best_f1", w.stat, 1)));
    written_close(&w);
}

/* What no rule finds is not "no answer". */
static void not_found(void **state)
{
    struct written w;
    (void)state;
    written_open(&w, "{\"use\":\"answerable\",\"extract\":[{\"regex\":\"is (.*)\"}]}");
    written_score(&w, "nothing to see", "");
    assert_float_equal(w.stat[EXACT] + w.stat[SAID_NONE] + w.stat[ANSWER_EXTRACTED], 0, 0);
    written_close(&w);
    /* but nothing at all is, whoever found that out */
    written_open(&w, "{\"use\":\"answerable\"}");
    written_score(&w, "<think>Is it there?</think> \n", "");
    assert_float_equal(w.stat[EXACT] + w.stat[SAID_NONE], 2, 0);
    written_score(&w, " \n", "");
    assert_float_equal(w.stat[EXACT] + w.stat[SAID_NONE], 2, 0);
    written_close(&w);
}

static void probability(void **state)
{
    struct out out[1] = { { .logprob = log(0.25) } };
    struct turn turn[2] = { { .step = "none", .q.ask = ASK_LOGLIK, .q.n_out = 1,
                              .a.out = out, .a.n_out = 1 } };
    struct written w;
    (void)state;
    written_open(&w, "{\"use\":\"answerable\",\"no_answer\":\"none\"}");
    assert_int_equal(written_turns(&w, "Seine", "Seine", turn, 2), 0);
    assert_float_equal(w.stat[P_NONE], 0.25, 1e-12);
    written_close(&w);
    written_open(&w, "{\"use\":\"answerable\",\"no_answer\":\"other\"}");
    assert_true(written_turns(&w, "Seine", "Seine", turn, 2) < 0);
    assert_non_null(strstr(w.e.text, "other"));
    written_close(&w);
}

static void figures(void **state)
{
    static const struct {
        double exact, f1, has, none, p;
    } samples[] = {
        { 1, 1.0, 1, 0, 0.1 }, /* answered, rightly */
        { 0, 0.5, 1, 0, 0.2 }, /* half right */
        { 0, 0.0, 0, 0, 0.3 }, /* answered, and there is none */
        { 1, 1.0, 0, 1, 0.9 }, /* rightly none */
        { 0, 0.0, 1, 0, 0.8 }, /* wrong */
    };
    double rows[5 * N_STAT] = { 0 };
    struct written w;
    (void)state;
    written_open(&w, "{\"use\":\"answerable\"}");
    for (size_t i = 0; i < 5; i++) {
        double *row = rows + i * N_STAT;
        row[EXACT] = samples[i].exact;
        row[F1] = samples[i].f1;
        row[HAS_ANSWER] = samples[i].has;
        row[SAID_NONE] = samples[i].none;
        row[P_NONE] = samples[i].p;
    }
    assert_float_equal(written_fold(&w, "answerable_exact", rows, 5), 0.4, 1e-12);
    assert_float_equal(written_fold(&w, "answerable_f1", rows, 5), 0.5, 1e-12);
    assert_float_equal(written_fold(&w, "has_answer_exact", rows, 5), 1 / 3.0, 1e-12);
    assert_float_equal(written_fold(&w, "has_answer_f1", rows, 5), 0.5, 1e-12);
    assert_float_equal(written_fold(&w, "no_answer_exact", rows, 5), 0.5, 1e-12);
    assert_float_equal(written_fold(&w, "no_answer_f1", rows, 5), 0.5, 1e-12);
    /* nothing answered: 2; then 3, 3 (3.5), 2 (2.5), 2, 2 */
    assert_float_equal(written_fold(&w, "best_exact", rows, 5), 0.6, 1e-12);
    assert_float_equal(written_fold(&w, "best_f1", rows, 5), 0.7, 1e-12);
    assert_true(isnan(written_fold(&w, "no_answer_f1", rows, 2)));
    written_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples),
        cmocka_unit_test(not_found),
        cmocka_unit_test(probability),
        cmocka_unit_test(figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
