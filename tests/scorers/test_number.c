/* Numbers in writing, and when two are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "scorers/number.h"

struct scene {
    struct number_reader *reader;
    struct arena mem;
};

static int open_scene(void **state)
{
    static struct scene s;
    struct err e = { 0 };
    s = (struct scene){ 0 };
    *state = &s;
    return number_reader_new(&s.reader, &e);
}

static int close_scene(void **state)
{
    struct scene *s = *state;
    number_reader_free(s->reader);
    arena_release(&s->mem);
    return 0;
}

static const struct {
    const char *text;
    double value; /* NAN: none, or two */
} cases[] = {
    { "18", 18 }, { "-18", -18 }, { "－１８", -18 }, { "１８ 个", 18 }, { "$1,234.50", 1234.5 },
    { "¥1,000", 1000 }, { "18 eggs a day", 18 }, { "一共 325 元", 325 }, { "about 0.5 kg", 0.5 },
    { ".5", 0.5 }, { "3/4", 0.75 }, { "20%", 0.2 }, { "百分之二十", 0.2 }, { "三分之二", 2 / 3.0 },
    { "三百二十五点六", 325.6 }, { "两千零五", 2005 }, { "1.5万", 15000 }, { "三亿", 3e8 },
    { "1.2×10^5", 120000 }, { "1.2 \\times 10^{-5}", 1.2e-5 }, { "6.02e23", 6.02e23 },
    { "3 * 10**2 m", 300 }, { "-1.6E-19 C", -1.6e-19 }, { "1e999", NAN },
    { "\\frac{3}{8}", 0.375 }, { "-\\dfrac{1}{4}", -0.25 }, { "\\frac34 米", 0.75 },
    { "2\\frac{1}{2}", 2.5 }, { "-2 1/2", -2.5 }, { "96\\%", 0.96 }, { "10{,}000", 10000 },
    { "\\$5", 5 }, { "2 3", NAN }, { "1/0", NAN },
    { "", NAN }, { "none", NAN }, { "没有", NAN },
    { "18 or 19", NAN }, { "一共 1.5万 元", NAN }, { "2×3", NAN },
};

static void test_read(void **state)
{
    struct scene *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct number n;
        bool found = number_read(&n, s->reader, cases[i].text, &s->mem);
        if (found != !isnan(cases[i].value) ||
            (found && fabs(n.value - cases[i].value) > 1e-12 * fabs(n.value)))
            fail_msg("'%s' is read as %s %g", cases[i].text, found ? "the number" : "none, not",
                     found ? n.value : cases[i].value);
    }
}

static bool same(struct scene *s, const char *a, const char *b, double relative, double absolute)
{
    struct number x, y;
    assert_true(number_read(&x, s->reader, a, &s->mem));
    assert_true(number_read(&y, s->reader, b, &s->mem));
    bool equal = number_same(&x, &y, relative, absolute);
    assert_int_equal(number_same(&y, &x, relative, absolute), equal);
    return equal;
}

static void test_same(void **state)
{
    struct scene *s = *state;
    assert_true(same(s, "18", "18.0", 0, 0));
    assert_true(same(s, "1,234", "1234", 0, 0));
    assert_false(same(s, "18", "19", 0.5, 5)); /* whole numbers are the same or not */
    assert_true(same(s, "0.333", "1/3", 0.01, 0));
    assert_false(same(s, "0.333", "1/3", 1e-4, 0));
    assert_true(same(s, "0.5", "1.4", 0, 0.95));
    assert_true(same(s, "20%", "0.2", 1e-9, 0));
    assert_true(same(s, "20%", "20", 1e-9, 0));
    assert_false(same(s, "20%", "2", 1e-9, 0));
    assert_false(same(s, "20%", "2000%", 1e-9, 0));
    assert_true(same(s, "-0.0", "0", 0, 0));
    assert_true(same(s, "三百二十五", "325", 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(test_same, open_scene, close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
