/* Characters that differ, and how varied a text is. */
#include <math.h>
#include <stdio.h>

#include "tests/scorers/written.h"

static void edits(void **state)
{
    static const struct {
        const char *draws, *targets;
        double similarity, distance;
    } cases[] = {
        { "kitten", "sitting", 1 - 3.0 / 7, 3 },
        { "北京大学", "北京的大学", 0.8, 1 },
        { "abc", "abc", 1, 0 },
        { "", "abc", 0, 3 },
        { "", " ", 1, 0 }, /* nothing, and nothing is wanted */
        { "abcdef", "abc", 0.5, 3 },
        { "abc", "xyzw|abd", 2.0 / 3, 1 },
        { "abc|abd", "abc", 1 - 1.0 / 6, 0.5 },
    };
    struct written w;
    (void)state;
    written_open(&w, "{\"use\":\"edit\"}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        written_score(&w, cases[i].draws, cases[i].targets);
        if (fabs(w.stat[0] - cases[i].similarity) > 1e-12 ||
            fabs(w.stat[ANSWER_END] - cases[i].distance) > 1e-12)
            fail_msg("'%s' and '%s': %g, %g", cases[i].draws, cases[i].targets, w.stat[0],
                     w.stat[ANSWER_END]);
    }
    written_close(&w);
}

static void varied(void **state)
{
    struct written w;
    (void)state;
    written_open(&w, "{\"use\":\"distinct\"}");
    written_score(&w, "a b a b a b", "x");
    assert_float_equal(w.stat[0], 2 / 6.0, 1e-12); /* distinct-1 */
    assert_float_equal(w.stat[ANSWER_END], 2 / 5.0, 1e-12);
    assert_float_equal(w.stat[ANSWER_END + 1], 2 / 4.0, 1e-12);
    assert_float_equal(w.stat[ANSWER_END + 2], 1 / 3.0, 1e-12); /* abab baba abab */
    assert_float_equal(w.stat[ANSWER_END + 3], 6, 0);
    written_score(&w, "ab abc c", "x"); /* tokens are compared, not their letters */
    assert_float_equal(w.stat[0], 1, 0);
    written_score(&w, "", "x");
    for (size_t i = ANSWER_END; i < ANSWER_END + 4; i++)
        assert_float_equal(w.stat[0] + w.stat[i], 0, 0);
    written_close(&w);
    written_open(&w, "{\"use\":\"distinct[zh-char]\"}");
    written_score(&w, "好，好好 好", "x");
    assert_float_equal(w.stat[0], 0.25, 1e-12);
    assert_float_equal(w.stat[ANSWER_END + 2], 0, 0);
    assert_float_equal(w.stat[ANSWER_END + 3], 4, 0);
    written_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits),
        cmocka_unit_test(varied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
