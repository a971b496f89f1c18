/* Marks for single letters, by the rules of GAOKAO-Bench (OBJ_score_evaluation.py). */
#include <math.h>
#include <stdio.h>

#include "tests/scorers/written.h"

enum { GOT = ANSWER_END, OF };

static const char spec[] = "{\"use\":\"marks\",\"sets\":[\"physics\"]}";

static void by_place(void **state)
{
    static const struct {
        const char *draws, *targets, *subset;
        double got, of;
    } cases[] = {
        { "ACB", "ACB", "reading", 3, 3 },
        { "ACD", "ACB", "reading", 2, 3 },
        { "BCA", "ACB", "reading", 1, 3 },
        { "AC", "ACB", "reading", 0, 3 }, /* another number of answers: none is right */
        { "ACBD", "ACB", "reading", 0, 3 },
        { "", "ACB", "reading", 0, 3 },
        { "AB", "AB", "physics", 1, 1 },
        { "A", "AB", "physics", 0.5, 1 },
        { "BA", "AB", "physics", 0.5, 1 }, /* all letters are right ones, the text is not */
        { "ABC", "AB", "physics", 0, 1 },
        { "", "AB", "physics", 0, 1 },
        { "AB", "AC", "", 1, 2 },
        { "甲乙", "甲丙", "", 1, 2 },
        { "AB|AC", "AC", "", 1.5, 2 },     /* draws: the mean */
        { "AB", "DD|AD|CD", "", 1, 2 },    /* right answers: the best */
    };
    struct written w;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        written_open(&w, spec);
        w.subset = cases[i].subset;
        written_score(&w, cases[i].draws, cases[i].targets);
        if (fabs(w.stat[GOT] - cases[i].got) > 1e-12 || fabs(w.stat[OF] - cases[i].of) > 1e-12)
            fail_msg("'%s' and '%s': %g of %g", cases[i].draws, cases[i].targets, w.stat[GOT],
                     w.stat[OF]);
        assert_float_equal(w.stat[0], cases[i].got / cases[i].of, 1e-12);
        written_close(&w);
    }
}

/* 20 of 20 and 0 of 1 are 20 of 21, and not a half. */
static void of_all_marks(void **state)
{
    struct written w;
    double rows[2 * WRITTEN_MAX];
    (void)state;
    written_open(&w, spec);
    w.subset = "cloze";
    written_score(&w, "ABCDABCDABCDABCDABCD", "ABCDABCDABCDABCDABCD");
    memcpy(rows, w.stat, w.type->n_stat * sizeof *rows);
    written_score(&w, "A", "B");
    memcpy(rows + w.type->n_stat, w.stat, w.type->n_stat * sizeof *rows);
    assert_float_equal(written_fold(&w, "marks", rows, 2), 20.0 / 21, 1e-12);
    written_close(&w);
}

/* ... where a mark of the one is worth 1.5 and of the other 4, 30 of 34. */
static void of_different_worth(void **state)
{
    struct written w;
    double rows[2 * WRITTEN_MAX];
    (void)state;
    written_open(&w, "{\"use\":\"marks\",\"worth\":{\"cloze\":1.5,\"history\":4}}");
    w.subset = "cloze";
    written_score(&w, "ABCDABCDABCDABCDABCD", "ABCDABCDABCDABCDABCD");
    assert_float_equal(w.stat[0], 1, 0);
    memcpy(rows, w.stat, w.type->n_stat * sizeof *rows);
    w.subset = "history";
    written_score(&w, "A", "B");
    memcpy(rows + w.type->n_stat, w.stat, w.type->n_stat * sizeof *rows);
    assert_float_equal(written_fold(&w, "marks", rows, 2), 30.0 / 34, 1e-12);
    w.subset = "another";
    written_score(&w, "A", "A");
    assert_float_equal(w.stat[OF], 1, 0);
    written_close(&w);
}

static void wrong_options(void **state)
{
    static const char *const specs[][2] = {
        { "{\"use\":\"marks\",\"sets\":\"physics\"}", "sets: a list of subsets is wanted" },
        { "{\"use\":\"marks\",\"sets\":[]}", "sets: a list of subsets is wanted" },
        { "{\"use\":\"marks\",\"sets\":[1]}", "sets: a list of subsets is wanted" },
        { "{\"use\":\"marks\",\"worth\":[2]}",
          "worth: an object of numbers by subset is wanted" },
        { "{\"use\":\"marks\",\"worth\":{\"a\":0}}", "worth: a: a number above 0 is wanted" },
        { "{\"use\":\"marks\",\"set\":[\"a\"]}", "unknown key 'set' (did you mean 'sets'?)" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct written w;
        assert_true(written_compile(&w, specs[i][0]) < 0);
        if (!strstr(w.e.text, specs[i][1]))
            fail_msg("%s", w.e.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_place),
        cmocka_unit_test(of_all_marks),
        cmocka_unit_test(of_different_worth),
        cmocka_unit_test(wrong_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
