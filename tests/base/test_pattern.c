/* Patterns: what matches, what does not, and what is given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pattern.h"

static struct pattern *made(const char *text)
{
    struct err e = { 0 };
    struct pattern *p = NULL;
    if (pattern_new(&p, text, &e) < 0)
        fail_msg("%s: %s", text, e.text);
    return p;
}

static const struct {
    const char *pattern, *text;
    size_t group;
    const char *first, *last; /* NULL: no match */
} finds[] = {
    { "[A-D]", "the B or the C", 0, "B", "C" },
    { "[A-D]", "none", 0, NULL, NULL },
    { "答案[是为]?：?([ABCD])", "答案是：B。后来答案C", 1, "B", "C" },
    { "选\\s*([A-D])", "选\u3000D", 1, "D", "D" },     /* \s knows the ideographic space */
    { "\\d+", "第１２题", 0, "１２", "１２" },         /* and \d full-width digits */
    { "\\bword\\b", "字word字", 0, NULL, NULL },      /* as in Python: 字 is a letter */
    { "\\p{Lu}", "是Ｂ", 0, "Ｂ", "Ｂ" },
    { "(?i)answer\\s*:\\s*([a-d])", "ANSWER : C", 1, "C", "C" },
    { "^b$", "a\nb", 0, NULL, NULL },
    { "(?m)^b$", "a\nb", 0, "b", "b" },
    { "a$", "a\n", 0, "a", "a" },
    { "a.b", "a\nb", 0, NULL, NULL },
    { "(?s)a.b", "a\nb", 0, "a\nb", "a\nb" },
    { "(x)|(y)", "y", 1, "", "" },                    /* the group took no part */
    { "x*", "aé", 0, "", "" },                        /* empty matches move on */
    { "[A-D](?=选项)", "A选项，C", 0, "A", "A" },
    { "a+", "aa b aaa", 0, "aa", "aaa" },
    { "", "", 0, "", "" },
};

static void assert_span(const char *text, enum found found, const struct match *m,
                        const char *want)
{
    assert_int_equal(found, want ? FOUND_MATCH : FOUND_NOTHING);
    if (!want)
        return;
    assert_int_equal(m->len, strlen(want));
    assert_memory_equal(text + m->from, want, m->len);
    assert_true(m->end >= m->from + m->len && m->end <= strlen(text));
}

static void test_find(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        struct match m;
        struct pattern *p = made(finds[i].pattern);
        const char *text = finds[i].text;
        size_t len = strlen(text);
        enum found found = pattern_find(p, text, len, 0, finds[i].group, &m);
        assert_span(text, found, &m, finds[i].first);
        found = pattern_find_last(p, text, len, finds[i].group, &m);
        assert_span(text, found, &m, finds[i].last);
        pattern_free(p);
    }
}

static void test_from(void **state)
{
    (void)state;
    struct match m;
    struct pattern *p = made("(?<=a)b");
    assert_int_equal(pattern_find(p, "ab ab", 5, 1, 0, &m), FOUND_MATCH);
    assert_int_equal(m.from, 1); /* what is behind still counts */
    assert_int_equal(pattern_find(p, "ab ab", 5, 2, 0, &m), FOUND_MATCH);
    assert_int_equal(m.from, 4);
    assert_int_equal(pattern_find(p, "ab ab", 5, 5, 0, &m), FOUND_NOTHING);
    pattern_free(p);
}

static void test_groups(void **state)
{
    (void)state;
    struct pattern *p = made("(a)(?:b)(?<name>c)");
    assert_int_equal(pattern_groups(p), 2);
    pattern_free(p);
    p = made("abc");
    assert_int_equal(pattern_groups(p), 0);
    pattern_free(p);
    pattern_free(NULL);
}

static const struct {
    const char *pattern, *why;
} wrongs[] = {
    { "答案(是", "at byte 10: missing closing parenthesis" },
    { "a)", "at byte 1: unmatched closing parenthesis" },
    { "[A-D", "at byte 4: missing terminating ] for character class" },
};

static void test_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct pattern *p = NULL;
        struct err e = { 0 };
        assert_int_equal(pattern_new(&p, wrongs[i].pattern, &e), ERR_INPUT);
        assert_string_equal(e.text, wrongs[i].why);
        assert_null(p);
    }
}

/* Steps double with every letter, or memory grows with every letter: both are
 * given up, which is neither a match nor none. */
static void test_limit(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        size_t len;
    } bad[] = { { "^(a+)+$", 40 }, { "^(a|aa)+$", 60 }, { "^(?:(a)|b)*$", 400000 } };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct match m = { 7, 7, 7 };
        struct pattern *p = made(bad[i].pattern);
        char *text = xmalloc(bad[i].len + 2);
        memset(text, 'a', bad[i].len);
        memcpy(text + bad[i].len, "!", 2);
        assert_int_equal(pattern_find(p, text, bad[i].len + 1, 0, 0, &m), FOUND_LIMIT);
        assert_int_equal(pattern_find_last(p, text, bad[i].len + 1, 0, &m), FOUND_LIMIT);
        assert_int_equal(m.from, 7); /* and nothing is said of where */
        pattern_free(p);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),  cmocka_unit_test(test_from), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_wrong), cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
