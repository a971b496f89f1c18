/* Every filter, on what makes it stumble. Expected values are Python's, or those of
 * the functions of lm-evaluation-harness 0.4.13 that a filter stands for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tasks/filters.h"

static const struct {
    const char *filter, *arg, *text, *result, *error; /* one of both */
} cases[] = {
    { "strip", NULL, " \t\xE3\x80\x80 a b \n", "a b", NULL },
    { "lstrip", NULL, "\xC2\xA0 a ", "a ", NULL },
    { "rstrip", NULL, " a \xE3\x80\x80\r\n", " a", NULL },
    { "rstrip", NULL, "\xE3\x80\x80", "", NULL },
    { "words", NULL, "a_b_", "a b ", NULL },
    { "lower", NULL, "ÄB \xC4\xB0 ΟΔΟΣ ΟΔΟΣ. Σ", "äb i\xCC\x87 οδος οδος. σ", NULL },
    { "upper", NULL, "straße ﬁn ŉ ά中", "STRASSE FIN ʼN Ά中", NULL },
    { "capitalize", NULL, "éCOLE is Here. NOW", "École is here. now", NULL },
    { "capitalize", NULL, "ßA", "Ssa", NULL },
    { "capitalize", NULL, "Ǆa \"B", "ǅa \"b", NULL },
    { "capitalize", NULL, "", "", NULL },
    { "capitalize", NULL, "2ND", "2nd", NULL },
    { "lower_first", NULL, "ABC", "aBC", NULL },
    { "lower_first", NULL, "中B", "中B", NULL },
    { "lower_first", NULL, "", "", NULL },
    { "drop_last", NULL, "他走了。", "他走了", NULL },
    { "drop_last", NULL, "ab", "a", NULL },
    { "drop_last", NULL, "", "", NULL },
    { "letter", NULL, "0", "A", NULL },
    { "letter", NULL, "25", "Z", NULL },
    { "letter", NULL, "26", NULL, "filter letter: '26' is not a number from 0 to 25" },
    { "letter", NULL, "x", NULL, "filter letter: 'x' is not a number from 0 to 25" },
    { "letter", NULL, "", NULL, "filter letter: '' is not a number from 0 to 25" },
    { "letter", NULL, "-1", NULL, "filter letter: '-1' is not a number from 0 to 25" },
    { "letter", NULL, "001", NULL, "filter letter: '001' is not a number from 0 to 25" },
    { "before_blank", NULL, "The _ ran_", "The ", NULL },
    { "after_blank", NULL, "The _ ran_", " ran_", NULL },
    { "before_blank", NULL, "no", NULL, "filter before_blank: there is no '_' in the text" },
    { "after_blank", NULL, "no", NULL, "filter after_blank: there is no '_' in the text" },
    { "before_last_space", NULL, "a b  c", "a b ", NULL },
    { "after_last_space", NULL, "a b  c", "c", NULL },
    { "before_last_space", NULL, "abc", "", NULL },
    { "after_last_space", NULL, "abc", "abc", NULL },
    { "drop", "aa", "baaaab a", "bb a", NULL },
    { "else", "[NULL]", "", "[NULL]", NULL },
    { "else", "[NULL]", " ", " ", NULL },
    { "first_words", "2", " a\n\xE3\x80\x80 中文\tc d", "a 中文", NULL },
    { "first_words", "9", "\n a  b \n", "a b", NULL },
    { "first_words", "1", " \n", "", NULL },
    { "first_words", "0", "a", NULL, "filter first_words: '0' is not a number from 1 on" },
    { "first_words", "2x", "a", NULL, "filter first_words: '2x' is not a number from 1 on" },
    { "first_words", " 2", "a", NULL, "filter first_words: ' 2' is not a number from 1 on" },
    /* preprocess() of the harness's utils */
    { "unbracket", NULL, "  How to swim [title] Go [step] in [sub[x] a   b  \n",
      "How to swim. Go in a  b", NULL },
    { "unbracket", NULL, "[a\nb] [c] [d", "[a\nb] [d", NULL },
    { "unbracket", NULL, "x [title][header] y    z", "x. y  z", NULL },
    { "unbracket", NULL, "[header] a", " a", NULL },
    /* its detokenizer */
    { "detokenize", NULL,
      " = Robert <unk> = \n \n In 2006 , he starred @-@ in ( a  b ) \" x y \" the boys ' 1 @,@ 000 "
      "@.@ 5 ; N = = = = 3 ° C 's ' q ' { z } [ w ] ! ok ? no : yes . end \n",
      " = Robert <unk> =\n\nIn 2006, he starred-in (a  b) \"x y\" the boys'1,000.5; 1 ==== "
      "3°C's'q' {z} [w]! ok? no: yes. end\n",
      NULL },
    { "detokenize", NULL, "/' 5/ /' x/ ( \xE3\x80\x80 ) (a ' b", "/'[0-9]/ /' x/ () (a ' b", NULL },
    { "detokenize", NULL, "= = = = = = = N N N", "======= 1 N N", NULL },
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf b = STRBUF_INIT;
        struct err e = { 0 };
        const struct filter *f = filter_find(cases[i].filter, &e);
        assert_non_null(f);
        strbuf_puts(&b, " kept_ ");
        strbuf_puts(&b, cases[i].text);
        const struct filtered text = { &b, strlen(" kept_ "), cases[i].arg, &e };
        int rc = f->apply(&text);
        assert_int_equal(rc, cases[i].error ? ERR_INPUT : 0);
        if (cases[i].error) {
            assert_string_equal(e.text, cases[i].error);
        } else {
            assert_memory_equal(b.s, " kept_ ", strlen(" kept_ "));
            assert_string_equal(b.s + strlen(" kept_ "), cases[i].result);
            assert_int_equal(b.len, strlen(b.s));
        }
        strbuf_release(&b);
    }
}

static void test_unknown(void **state)
{
    (void)state;
    struct err e = { 0 };
    assert_null(filter_find("capitalise", &e));
    assert_string_equal(e.text, "unknown filter 'capitalise' (did you mean 'capitalize'?)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
