#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/base/scratch.h"

static void set_returns_its_code(void **state)
{
    (void)state;
    struct err e = { 0 };
    assert_int_equal(err_set(&e, ERR_INPUT, "row %d: %s", 7, "bad"), ERR_INPUT);
    assert_int_equal(e.code, ERR_INPUT);
    assert_string_equal(e.text, "row 7: bad");
}

static void codes_are_negative_and_differ(void **state)
{
    (void)state;
    const int codes[] = { ERR_USAGE, ERR_INPUT,  ERR_IO,
                          ERR_LIMIT, ERR_ENGINE, ERR_MISMATCH };
    for (size_t i = 0; i < 6; i++) {
        assert_true(codes[i] < 0);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(codes[i], codes[j]);
    }
}

static void in_prefixes_on_the_way_up(void **state)
{
    (void)state;
    struct err e = { 0 };
    err_set(&e, ERR_IO, "disk full");
    assert_int_equal(err_in(&e, "line %d", 3), ERR_IO);
    assert_int_equal(err_in(&e, "%s", "a.json"), ERR_IO);
    assert_string_equal(e.text, "a.json: line 3: disk full");
}

static void long_text_is_cut(void **state)
{
    (void)state;
    struct err e = { 0 };
    char big[3000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    err_set(&e, ERR_LIMIT, "%s", big);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    err_in(&e, "here");
    assert_memory_equal(e.text, "here: xxx", 9);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
}

/* Every length of prefix around the ceiling: never beyond, always ended. */
static void characters_are_not_cut(void **state)
{
    (void)state;
    for (size_t before = 0; before < 8; before++) {
        struct err e = { 0 };
        struct strbuf text = STRBUF_INIT;
        size_t bad;
        strbuf_pad(&text, 'x', before);
        while (text.len < 2000)
            strbuf_puts(&text, "¢中😀");
        err_set(&e, ERR_INPUT, "%s", text.s);
        assert_true(utf8_valid(e.text, strlen(e.text), &bad));
        assert_in_range(strlen(e.text), sizeof e.text - 4, sizeof e.text - 1);
        err_in(&e, "文件");
        assert_true(utf8_valid(e.text, strlen(e.text), &bad));
        assert_in_range(strlen(e.text), sizeof e.text - 4, sizeof e.text - 1);
        strbuf_release(&text);
    }
}

static void prefixes_near_the_ceiling(void **state)
{
    (void)state;
    for (int n = 1000; n < 1040; n++) {
        struct err e = { 0 };
        err_set(&e, ERR_IO, "tail");
        assert_int_equal(err_in(&e, "%*s", n, "w"), ERR_IO);
        assert_non_null(memchr(e.text, '\0', sizeof e.text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_returns_its_code),
        cmocka_unit_test(codes_are_negative_and_differ),
        cmocka_unit_test(in_prefixes_on_the_way_up),
        cmocka_unit_test(long_text_is_cut),
        cmocka_unit_test(characters_are_not_cut),
        cmocka_unit_test(prefixes_near_the_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
