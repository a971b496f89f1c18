/* Answers by DROP's rules. The figures are those of process_results() in
 * lm-evaluation-harness 0.4.13, lm_eval/tasks/drop/utils.py. */
#include <math.h>
#include <stdio.h>

#include "tests/scorers/written.h"

enum { F1, EM = ANSWER_END, N_STAT };

#define OBJECT(number, spans, day, month, year)                                    \
    "{\"number\":\"" number "\",\"spans\":[" spans "],\"date\":{\"day\":\"" day    \
    "\",\"month\":\"" month "\",\"year\":\"" year "\"},\"hit_id\":\"x\"}"
#define NUMBER(n) OBJECT(n, "", "", "", "")
#define SPANS(...) OBJECT("", __VA_ARGS__, "", "", "")
#define TWO OBJECT("", "\"Dean Hollis\",\"Erik Lund\"", "", "", "")

static const struct {
    const char *draws, *targets;
    double f1, em;
} cases[] = {
    { " 3", NUMBER("3"), 1, 1 },
    { "three", NUMBER("3"), 0, 0 },
    { "3 field goals", NUMBER("3"), 0.5, 0 },
    { "3.0", NUMBER("3"), 1, 1 },
    { "4,600", NUMBER("4600"), 1, 1 },
    { "4,600 people", NUMBER("4600"), 0.67, 0 },
    { "1_000", NUMBER("1000"), 1, 1 },
    { "1e3", NUMBER("1000"), 1, 1 },
    { "1_000_", NUMBER("1000"), 1, 1 }, /* its marks go, and a number is left */
    { "1__000", NUMBER("1000"), 1, 1 },
    { "1_.5", NUMBER("1.5"), 0, 0 },
    /* only blanks and hyphens part tokens, and digits in a longer one are no number */
    { "42\nThe end", NUMBER("42"), 0, 0 },
    { "42\nyards", "42\nyards", 1, 1 },
    { "the\n5", NUMBER("5"), 0, 0 },
    { "the\n5", "the\n5", 1, 1 },
    { "one two three three two one", "one two three", 1, 0 }, /* a word counts once */
    { "0x10", NUMBER("16"), 0, 0 },
    { "$5.50.", NUMBER("5.5"), 0, 0 }, /* 550: the punctuation goes first */
    { "The Rovers", SPANS("\"Rovers\""), 1, 1 },
    { "Rovers", "Rovers", 1, 1 },
    { "Dean Hollis", TWO, 0.5, 0 },
    { "Dean Hollis and Erik Lund", TWO, 0.29, 0 },
    { "Erik Lund", "[\"Dean Hollis\",\"Erik Lund\"]", 0.5, 0 },
    { "8 July 1632", OBJECT("", "", "8", "July", "1632"), 1, 1 },
    { "July 1632", OBJECT("", "", "8", "July", "1632"), 0.8, 0 },
    { "in July", OBJECT("", "", "", "July", "1632"), 0, 0 }, /* its number is not there */
    { "45-64", SPANS("\"45 to 64\""), 0.8, 0 },
    { "from 45 to 64", SPANS("\"45 to 64\"") "|" SPANS("\"from 45 to 64\""), 1, 1 },
    { "Irish", SPANS("\"English\"") "|" SPANS("\"Irish\""), 1, 1 },
    { "17-yard pass", SPANS("\"17-yard\""), 0.8, 0 },
    { "don't know", SPANS("\"dont know\""), 1, 1 },
    { "U.S. Army", SPANS("\"US army\""), 1, 1 },
    { "one two three four five six", SPANS("\"six seven eight\""), 0.22, 0 },
    { "nan", SPANS("\"nan\""), 1, 1 },
    { "a", SPANS("\"the\""), 1, 1 }, /* nothing is left of either */
    { "x", SPANS("\"the\""), 0, 0 },
    { "x", SPANS("\" \""), 0, 0 },
    { "x", SPANS("\"\""), 0, 0 },
    { "", SPANS("\"x\""), 0, 0 },
    { "{", "{", 1, 1 }, /* no JSON: a text, of which nothing is left */
    { "3|4", NUMBER("3"), 0.5, 0.5 },
};

static void samples(void **state)
{
    struct written w;
    (void)state;
    written_open(&w, "{\"use\":\"drop\"}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        written_score(&w, cases[i].draws, cases[i].targets);
        if (fabs(w.stat[F1] - cases[i].f1) > 1e-12 || w.stat[EM] != cases[i].em)
            fail_msg("'%s' for %s: f1 %.17g em %g", cases[i].draws, cases[i].targets, w.stat[F1],
                     w.stat[EM]);
    }
    written_close(&w);
}

static void metric_names(void **state)
{
    struct written w;
    (void)state;
    written_open(&w, "{\"use\":\"drop\",\"show\":[\"drop_em\",\"drop_f1\"]}");
    written_score(&w, "3 goals", NUMBER("3"));
    assert_float_equal(written_fold(&w, "drop_f1", w.stat, 1), 0.67, 1e-12);
    assert_float_equal(written_fold(&w, "drop_em", w.stat, 1), 0, 0);
    written_close(&w);
    assert_int_equal(written_compile(&w, "{\"use\":\"drop\",\"fl\":1}"), ERR_INPUT);
    assert_non_null(strstr(w.e.text, "fl"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples),
        cmocka_unit_test(metric_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
