/* Lists of patterns and what is put in their place. The results are Python's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/substitute.h"

static void replaced(void **state)
{
    static const struct {
        struct substitution list[3];
        const char *text, *want;
    } cases[] = {
        { { { "([:,])([^\\d])", " \\1 \\2" } }, "a,b:1,c", "a , b:1 , c" },
        { { { "a", "b" }, { "b", "c" } }, "aab", "ccc" },
        { { { "x*", "-" } }, "abxd", "-a-b--d-" },
        { { { "x*", "-" } }, "中文", "-中-文-" },
        { { { "\\s+", " " } }, "a \t\xe3\x80\x80 b", "a b" },
        { { { "(a)|(b)", "[\\1\\2\\0]" } }, "ab", "[aa][bb]" },
        { { { "^", ">" } }, "", ">" },
        { { { "中", "\\0\\0" } }, "中", "中中" },
        { { { "z", "" } }, "abc", "abc" },
    };
    struct arena mem = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct substitute *s = NULL;
        struct err e;
        assert_int_equal(substitute_new(&s, cases[i].list, &e), 0);
        assert_string_equal(substitute_all(s, cases[i].text, &mem), cases[i].want);
        substitute_free(s);
    }
    substitute_free(NULL);
    arena_release(&mem);
}

static void bad_pattern(void **state)
{
    static const struct substitution list[] = { { "a", "b" }, { "(", "" }, { 0 } };
    struct substitute *s = NULL;
    struct err e;
    (void)state;
    assert_int_equal(substitute_new(&s, list, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, "'('"));
}

static void gives_up(void **state)
{
    static const struct substitution list[] = { { "(a+)+$", "" }, { 0 } };
    char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    struct substitute *s = NULL;
    struct arena mem = { 0 };
    struct err e;
    (void)state;
    assert_int_equal(substitute_new(&s, list, &e), 0);
    assert_null(substitute_all(s, text, &mem));
    substitute_free(s);
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaced),
        cmocka_unit_test(bad_pattern),
        cmocka_unit_test(gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
