#include "base/strbuf.h"
#include "tests/base/scratch.h"

static void empty_is_a_string(void **state)
{
    (void)state;
    struct strbuf a = STRBUF_INIT, b;
    strbuf_init(&b, 10);
    assert_string_equal(a.s, "");
    assert_string_equal(b.s, "");
    strbuf_clear(&a);
    strbuf_cut(&a, 0);
    strbuf_add(&a, "", 0);
    strbuf_puts(&a, "");
    assert_int_equal(a.cap, 0); /* nothing was allocated for nothing */
    strbuf_release(&a);
    strbuf_release(&b);
    strbuf_release(&b);
    assert_string_equal(b.s, "");
    assert_int_equal(b.limit, 10);
}

static void appends(void **state)
{
    (void)state;
    struct strbuf b = STRBUF_INIT;
    strbuf_puts(&b, "ab");
    strbuf_putc(&b, 'c');
    strbuf_pad(&b, '.', 3);
    strbuf_pad(&b, '!', 0);
    strbuf_printf(&b, "%d%s", 42, "");
    strbuf_printf(&b, "%s", "");
    assert_string_equal(b.s, "abc...42");
    assert_int_equal(b.len, 8);
    strbuf_release(&b);
}

static void bytes_may_hold_nul(void **state)
{
    (void)state;
    struct strbuf b = STRBUF_INIT;
    strbuf_add(&b, "a\0b", 3);
    strbuf_putc(&b, '\0');
    assert_int_equal(b.len, 4);
    assert_memory_equal(b.s, "a\0b\0\0", 5);
    strbuf_release(&b);
}

static void grows_without_limit(void **state)
{
    (void)state;
    struct strbuf b = STRBUF_INIT;
    for (int i = 0; i < 100000; i++)
        strbuf_putc(&b, (char)('a' + i % 26));
    assert_int_equal(b.len, 100000);
    assert_int_equal(strlen(b.s), 100000);
    assert_int_equal(b.s[99999], 'a' + 99999 % 26);
    assert_false(b.over);
    strbuf_release(&b);
}

static void long_formats_are_whole(void **state)
{
    (void)state;
    struct strbuf b = STRBUF_INIT;
    strbuf_printf(&b, "%*d", 70000, 1);
    assert_int_equal(b.len, 70000);
    assert_int_equal(b.s[69999], '1');
    strbuf_release(&b);
}

static void the_ceiling_drops_and_says_so(void **state)
{
    (void)state;
    struct strbuf b;
    strbuf_init(&b, 5);
    strbuf_puts(&b, "abcde");
    assert_false(b.over); /* exactly full is not over */
    strbuf_putc(&b, 'f');
    assert_true(b.over);
    strbuf_puts(&b, "");
    strbuf_printf(&b, "%d", 12345);
    assert_string_equal(b.s, "abcde");
    strbuf_clear(&b);
    assert_false(b.over);
    strbuf_puts(&b, "abcdefgh");
    assert_string_equal(b.s, "abcde");
    assert_true(b.over);
    strbuf_release(&b);
}

static void cut_and_clear_keep_memory(void **state)
{
    (void)state;
    struct strbuf b = STRBUF_INIT;
    strbuf_puts(&b, "hello");
    size_t cap = b.cap;
    strbuf_cut(&b, 9); /* longer than it is: nothing */
    assert_string_equal(b.s, "hello");
    strbuf_cut(&b, 2);
    assert_string_equal(b.s, "he");
    strbuf_clear(&b);
    assert_string_equal(b.s, "");
    assert_int_equal(b.cap, cap);
    strbuf_release(&b);
    assert_int_equal(b.cap, 0);
}

static void take_hands_over(void **state)
{
    (void)state;
    struct strbuf b;
    strbuf_init(&b, 3);
    char *nothing = strbuf_take(&b);
    assert_string_equal(nothing, "");
    strbuf_puts(&b, "xyz");
    char *s = strbuf_take(&b);
    assert_string_equal(s, "xyz");
    assert_string_equal(b.s, "");
    assert_int_equal(b.len, 0);
    assert_int_equal(b.limit, 3);
    strbuf_puts(&b, "new");
    assert_string_equal(s, "xyz");
    free(nothing);
    free(s);
    strbuf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_is_a_string),
        cmocka_unit_test(appends),
        cmocka_unit_test(bytes_may_hold_nul),
        cmocka_unit_test(grows_without_limit),
        cmocka_unit_test(long_formats_are_whole),
        cmocka_unit_test(the_ceiling_drops_and_says_so),
        cmocka_unit_test(cut_and_clear_keep_memory),
        cmocka_unit_test(take_hands_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
