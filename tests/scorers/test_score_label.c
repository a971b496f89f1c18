/* Written labels: F1 of each, their confusion, answers that are none. */
#include <math.h>
#include <stdio.h>

#include "tests/scorers/written.h"

enum { RIGHT, ANSWERED = ANSWER_END, GOLD, N_STAT };

#define SPEC "{\"use\":\"label\",\"labels\":[\"Joy\",\"anger\",\"悲伤\"]}"

static void labels(void **state)
{
    struct written w;
    (void)state;
    written_open(&w, SPEC);
    written_score(&w, "JOY", "Joy");
    assert_float_equal(w.stat[RIGHT], 1, 0);
    assert_float_equal(w.stat[ANSWERED], 1, 0);
    written_score(&w, "悲伤|joy", "anger"); /* the first draw counts */
    assert_float_equal(w.stat[RIGHT], 0, 0);
    assert_float_equal(w.stat[ANSWERED], 3, 0);
    assert_float_equal(w.stat[GOLD], 2, 0);
    written_score(&w, "rage", "anger");
    assert_float_equal(w.stat[ANSWERED], 0, 0);
    written_score(&w, "", "anger");
    assert_float_equal(w.stat[RIGHT] + w.stat[ANSWER_EXTRACTED] + w.stat[ANSWERED], 0, 0);
    struct turn turn;
    assert_int_equal(written_turns(&w, "joy", "fear", &turn, 1), ERR_INPUT);
    assert_string_equal(w.e.text, "the right answer 'fear' is none of the labels");
    written_close(&w);
}

/* Against scikit-learn 1.5: f1_score(gold, answers, labels=[1, 2, 3],
 * average="macro" and "micro", zero_division=0) and matthews_corrcoef(). */
static void figures(void **state)
{
    static const int gold[] = { 1, 1, 1, 2, 2, 3, 3, 3, 3, 2 };
    static const int answer[] = { 1, 2, 1, 2, 0, 3, 1, 3, 3, 2 };
    double rows[10 * N_STAT] = { 0 };
    struct written w;
    (void)state;
    written_open(&w, SPEC);
    for (size_t i = 0; i < 10; i++) {
        rows[i * N_STAT + RIGHT] = gold[i] == answer[i];
        rows[i * N_STAT + ANSWERED] = answer[i];
        rows[i * N_STAT + GOLD] = gold[i];
    }
    assert_float_equal(written_fold(&w, "label_acc", rows, 10), 0.7, 1e-12);
    assert_float_equal(written_fold(&w, "macro_f1", rows, 10),
                       (2 * 2 / 6.0 + 2 * 2 / 6.0 + 2 * 3 / 7.0) / 3, 1e-12);
    assert_float_equal(written_fold(&w, "micro_f1", rows, 10), 14 / 19.0, 1e-12);
    assert_float_equal(written_fold(&w, "mcc", rows, 10),
                       (7 * 10 - (3 * 3 + 3 * 3 + 4 * 3)) /
                           sqrt((100.0 - (1 + 9 + 9 + 9)) * (100.0 - (9 + 9 + 16))), 1e-12);
    /* all right; and always the same answer, for which MCC is not defined */
    for (size_t i = 0; i < 10; i++)
        rows[i * N_STAT + ANSWERED] = gold[i];
    assert_float_equal(written_fold(&w, "macro_f1", rows, 10), 1, 1e-12);
    assert_float_equal(written_fold(&w, "mcc", rows, 10), 1, 1e-12);
    for (size_t i = 0; i < 10; i++)
        rows[i * N_STAT + ANSWERED] = 1;
    assert_true(written_fold(&w, "mcc", rows, 10) == 0); /* and is no NAN */
    assert_float_equal(written_fold(&w, "macro_f1", rows, 10), 2 * 3 / 13.0 / 3, 1e-12);
    /* a damaged journal */
    rows[ANSWERED] = NAN;
    rows[N_STAT + ANSWERED] = 1e9;
    rows[2 * N_STAT + ANSWERED] = -1;
    assert_float_equal(written_fold(&w, "micro_f1", rows, 10), 0, 0);
    written_close(&w);
}

static void bad_options(void **state)
{
    static const char *const bad[][2] = {
        { "{\"use\":\"label\"}", "labels: a list of 2 to 64 texts is wanted" },
        { "{\"use\":\"label\",\"labels\":[\"a\"]}", "labels: a list of 2 to 64 texts is wanted" },
        { "{\"use\":\"label\",\"labels\":[\"a\",1]}", "labels[1]: text is wanted" },
        { "{\"use\":\"label\",\"labels\":[\"a\",\"\"]}", "labels[1]: text is wanted" },
        { "{\"use\":\"label\",\"labels\":[\"a\",\"A\"]}", "labels[1]: 'A' is there already" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct written w;
        assert_int_equal(written_compile(&w, bad[i][0]), ERR_INPUT);
        assert_string_equal(w.e.text, bad[i][1]);
    }
    struct written w; /* capitals may tell labels apart */
    written_open(&w, "{\"use\":\"label\",\"labels\":[\"a\",\"A\"],\"ignore_case\":false}");
    written_score(&w, "A", "A");
    assert_float_equal(w.stat[ANSWERED], 2, 0);
    written_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels),
        cmocka_unit_test(figures),
        cmocka_unit_test(bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
