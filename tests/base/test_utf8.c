#include "base/utf8.h"
#include "tests/base/scratch.h"

/* bad: offset of the first ill-formed byte, -1 when there is none. The splits
 * in literals keep hexadecimal escapes from swallowing the next letter. */
static void validity(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int bad;
    } cases[] = {
        { "", -1 },
        { "plain", -1 },
        { "中文，ＡＢ", -1 },
        { "\xF0\x9F\x98\x80", -1 }, /* U+1F600 */
        { "\xF4\x8F\xBF\xBF", -1 }, /* U+10FFFF */
        { "\xEF\xBF\xBE", -1 },     /* a noncharacter is a code point */
        { "a\x80", 1 },             /* continuation alone */
        { "\xC0\xAF", 0 },          /* overlong solidus */
        { "\xE0\x80\xAF", 0 },      /* overlong in three */
        { "\xF0\x80\x80\xAF", 0 },  /* overlong in four */
        { "\xED\xA0\x80", 0 },      /* surrogate */
        { "\xF4\x90\x80\x80", 0 },  /* beyond U+10FFFF */
        { "\xFF", 0 },
        { "ok\xE4\xB8", 2 }, /* cut short */
        { "\xE4\xB8"
          "a",
          0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t bad = 99;
        bool valid = utf8_valid(cases[i].text, strlen(cases[i].text), &bad);
        assert_int_equal(valid, cases[i].bad < 0);
        if (!valid)
            assert_int_equal(bad, cases[i].bad);
    }
    size_t bad;
    assert_true(utf8_valid("a\0b", 3, &bad)); /* NUL is a code point too */
}

/* Reads no further than it is told: the text is cut from a larger one. */
static void validity_stops_at_len(void **state)
{
    (void)state;
    size_t bad = 0;
    assert_false(utf8_valid("中", 2, &bad));
    assert_true(utf8_valid("中文", 3, &bad));
}

static void repair_counts_bytes(void **state)
{
    (void)state;
    struct strbuf b = STRBUF_INIT;
    assert_int_equal(utf8_repair(&b, "fine 好", strlen("fine 好")), 0);
    assert_string_equal(b.s, "fine 好");
    strbuf_clear(&b);
    assert_int_equal(utf8_repair(&b,
                                 "a\xFF"
                                 "b\xE4\xB8",
                                 5),
                     3);
    assert_string_equal(b.s, "a\xEF\xBF\xBD"
                             "b\xEF\xBF\xBD\xEF\xBF\xBD");
    size_t bad;
    assert_true(utf8_valid(b.s, b.len, &bad));
    strbuf_clear(&b);
    assert_int_equal(utf8_repair(&b, "", 0), 0);
    assert_string_equal(b.s, "");
    strbuf_release(&b);
}

static void decoding(void **state)
{
    (void)state;
    int32_t code;
    assert_int_equal(utf8_next("A", 1, &code), 1);
    assert_int_equal(code, 'A');
    assert_int_equal(utf8_next("é", 2, &code), 2);
    assert_int_equal(code, 0xE9);
    assert_int_equal(utf8_next("中x", 4, &code), 3);
    assert_int_equal(code, 0x4E2D);
    assert_int_equal(utf8_next("\xF0\x9F\x98\x80", 4, &code), 4);
    assert_int_equal(code, 0x1F600);
    assert_int_equal(utf8_next("\xFF", 1, &code), 1);
    assert_int_equal(code, 0xFFFD);
}

static void cutting_at_a_byte(void **state)
{
    (void)state;
    static const char text[] = "a¢中😀";
    static const size_t whole[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10 };
    for (size_t len = 0; len < sizeof whole / sizeof *whole; len++)
        assert_int_equal(utf8_whole(text, len), whole[len]);
}

static void chars_are_code_points(void **state)
{
    (void)state;
    assert_int_equal(utf8_chars(""), 0);
    assert_int_equal(utf8_chars("abc"), 3);
    assert_int_equal(utf8_chars("中文 ok"), 5);
    assert_int_equal(utf8_chars("e\xCC\x81"), 2); /* e, combining acute */
}

static void columns_are_cells(void **state)
{
    (void)state;
    assert_int_equal(utf8_columns(""), 0);
    assert_int_equal(utf8_columns("abc"), 3);
    assert_int_equal(utf8_columns("中文"), 4);
    assert_int_equal(utf8_columns("ＡＢ"), 4);         /* full-width letters */
    assert_int_equal(utf8_columns("，。"), 4);         /* Chinese punctuation */
    assert_int_equal(utf8_columns("ｱ"), 1);            /* half-width kana */
    assert_int_equal(utf8_columns("e\xCC\x81"), 1);    /* combining mark */
    assert_int_equal(utf8_columns("\xE2\x80\x8B"), 0); /* zero width space */
    assert_int_equal(utf8_columns("±…–"), 3);
    assert_int_equal(utf8_columns("\n\x1B"), 0); /* controls */
}

static const char *fit(struct strbuf *b, const char *s, size_t columns)
{
    strbuf_clear(b);
    utf8_fit(b, s, columns);
    assert_true(utf8_columns(b->s) <= columns);
    return b->s;
}

static void fitting(void **state)
{
    (void)state;
    struct strbuf b = STRBUF_INIT;
    assert_string_equal(fit(&b, "abc", 3), "abc");
    assert_string_equal(fit(&b, "abcd", 3), "ab…");
    assert_string_equal(fit(&b, "abcd", 1), "…");
    assert_string_equal(fit(&b, "abcd", 0), "");
    assert_string_equal(fit(&b, "", 0), "");
    assert_string_equal(fit(&b, "中文字", 6), "中文字");
    assert_string_equal(fit(&b, "中文字", 5), "中文…");
    assert_string_equal(fit(&b, "中文字", 4), "中…"); /* no half of a cell */
    assert_string_equal(fit(&b,
                            "e\xCC\x81"
                            "abc",
                            2),
                        "e\xCC\x81…");
    for (size_t columns = 0; columns < 20; columns++)
        fit(&b, "a中b文c字，ＡＢe\xCC\x81", columns);
    strbuf_clear(&b);
    strbuf_puts(&b, "x");
    utf8_fit(&b, "y", 5); /* appends */
    assert_string_equal(b.s, "xy");
    strbuf_release(&b);
}

static void strips(const char *text, const char *want)
{
    size_t len = 999;
    const char *kept = utf8_strip(text, &len);
    assert_int_equal(len, strlen(want));
    assert_memory_equal(kept, want, len);
}

static void stripping(void **state)
{
    (void)state;
    strips("", "");
    strips("abc", "abc");
    strips("  a b\t\n", "a b");
    strips(" \r\n\f\v", "");
    strips("　中 文　", "中 文");         /* U+3000 */
    strips("\xC2\xA0x\xC2\xA0", "x");     /* U+00A0 */
    strips("\xC2\x85x\xE2\x80\xA8", "x"); /* U+0085, U+2028 */
    strips("\x1C\x1D\x1E\x1Fx", "x");
    strips("\xE2\x80\x8Bx", "\xE2\x80\x8Bx"); /* U+200B stays */
    strips("\xEF\xBB\xBFx", "\xEF\xBB\xBFx"); /* a BOM stays */
    strips("\xE1\xA0\x8Ex", "\xE1\xA0\x8Ex"); /* U+180E stays */
}

/* str.isspace() of CPython 3.11 holds for these 29 code points and no others. */
static void spaces_are_those_of_python(void **state)
{
    (void)state;
    static const int32_t spaces[] = {
        0x09,   0x0A,   0x0B,   0x0C,   0x0D,   0x1C,   0x1D,   0x1E,
        0x1F,   0x20,   0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2002,
        0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A,
        0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
    };
    size_t at = 0;
    for (int32_t code = 1; code < 0xD800; code++) {
        char s[5] = { 0 };
        if (code < 0x80) {
            s[0] = (char)code;
        } else if (code < 0x800) {
            s[0] = (char)(0xC0 | code >> 6);
            s[1] = (char)(0x80 | (code & 0x3F));
        } else {
            s[0] = (char)(0xE0 | code >> 12);
            s[1] = (char)(0x80 | (code >> 6 & 0x3F));
            s[2] = (char)(0x80 | (code & 0x3F));
        }
        bool space = at < 29 && spaces[at] == code;
        at += space;
        size_t len;
        utf8_strip(s, &len);
        assert_int_equal(len, space ? 0 : strlen(s));
    }
    assert_int_equal(at, 29);
}

/* Expected: what Python's str.upper(), lower() and capitalize() give. */
static void kinds_are_general_categories(void **state)
{
    (void)state;
    static const struct {
        int32_t code;
        enum utf8_kind kind;
    } cases[] = { { 'a', UTF8_LETTER },      { 0x4E2D, UTF8_LETTER },     { 0x301, UTF8_MARK },
                  { '7', UTF8_NUMBER },      { 0x2168, UTF8_NUMBER },     { 0xBD, UTF8_NUMBER },
                  { '.', UTF8_PUNCTUATION }, { 0x3002, UTF8_PUNCTUATION },
                  { '_', UTF8_PUNCTUATION },
                  { '$', UTF8_SYMBOL },      { 0x1F600, UTF8_SYMBOL },    { '^', UTF8_SYMBOL },
                  { ' ', UTF8_SEPARATOR },   { 0x3000, UTF8_SEPARATOR },  { '\t', UTF8_OTHER },
                  { 0xFEFF, UTF8_OTHER } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (utf8_kind(cases[i].code) != cases[i].kind)
            fail_msg("U+%04X", (unsigned)cases[i].code);
}

static void letter_case(void **state)
{
    (void)state;
    static const struct {
        const char *text, *upper, *lower, *capitalized;
    } cases[] = {
        { "", "", "", "" },
        { "aB 中c", "AB 中C", "ab 中c", "Ab 中c" },
        { "ßé", "SSÉ", "ßé", "Ssé" },
        { "ǆǄ", "ǄǄ", "ǆǆ", "ǅǆ" },
        { "ΣΑΣ Σ", "ΣΑΣ Σ", "σας σ", "Σας σ" },
        { "Σ.Σ", "Σ.Σ", "σ.ς", "Σ.ς" },
        { "\xC4\xB0", "\xC4\xB0", "i\xCC\x87", "\xC4\xB0" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf b = STRBUF_INIT;
        size_t len = strlen(cases[i].text);
        utf8_upper(&b, cases[i].text, len);
        assert_string_equal(b.s, cases[i].upper);
        strbuf_clear(&b);
        utf8_lower(&b, cases[i].text, len);
        assert_string_equal(b.s, cases[i].lower);
        strbuf_clear(&b);
        utf8_capitalize(&b, cases[i].text, len);
        assert_string_equal(b.s, cases[i].capitalized);
        strbuf_release(&b);
    }
}

static void space_at_the_ends(void **state)
{
    (void)state;
    static const char text[] = " \t\xE3\x80\x80 a \xC2\xA0";
    assert_int_equal(utf8_space_before(text, sizeof text - 1), 6);
    assert_int_equal(utf8_space_after(text, sizeof text - 1), 3);
    assert_int_equal(utf8_space_before(text, 2), 2);
    assert_int_equal(utf8_space_after("\xE3\x80\x80", 3), 3);
    assert_int_equal(utf8_space_after("中", 3), 0);
    assert_int_equal(utf8_space_after("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letter_case),
        cmocka_unit_test(space_at_the_ends),
        cmocka_unit_test(validity),
        cmocka_unit_test(validity_stops_at_len),
        cmocka_unit_test(repair_counts_bytes),
        cmocka_unit_test(decoding),
        cmocka_unit_test(cutting_at_a_byte),
        cmocka_unit_test(chars_are_code_points),
        cmocka_unit_test(columns_are_cells),
        cmocka_unit_test(fitting),
        cmocka_unit_test(stripping),
        cmocka_unit_test(spaces_are_those_of_python),
        cmocka_unit_test(kinds_are_general_categories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
