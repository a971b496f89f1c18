/* What each finder finds, where it searches, which it picks and what it makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/extract.h"
#include "base/strbuf.h"

static const char *const options[] = { "北京", "上海", "上海市", "5" };

struct finding {
    const char *rule, *text, *want; /* NULL: not found */
};

static struct extract *made(const char *rules)
{
    struct err e = { 0 };
    struct extract *x = NULL;
    cJSON *list = NULL;
    if (json_parse(&list, rules, strlen(rules), &e) < 0 || extract_new(&x, list, "extract", &e) < 0)
        fail_msg("%s: %s", rules, e.text);
    cJSON_Delete(list);
    return x;
}

static void check(const struct finding *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena mem = { 0 };
        struct extraction got;
        char *list = xprintf("[{%s}]", f[i].rule);
        struct extract *x = made(list);
        extract_find(&got, x, &(struct extract_input){ .text = f[i].text, .option = options,
                                                       .n_option = 4, .n_wanted = 3 }, &mem);
        if ((got.text == NULL) != (f[i].want == NULL) || got.limit ||
            (got.text && strcmp(got.text, f[i].want)))
            fail_msg("%s of '%s': '%s'%s", f[i].rule, f[i].text, got.text ? got.text : "nothing",
                     got.limit ? ", given up" : "");
        extract_free(x);
        free(list);
        arena_release(&mem);
    }
}

#define CHECK(list) check(list, sizeof(list) / sizeof *(list))

static void test_pick(void **state)
{
    (void)state;
    static const struct finding list[] = {
        { "\"regex\": \"[A-D]\", \"pick\": 2", "A B C", "B" },
        { "\"regex\": \"[A-D]\", \"pick\": 4", "A B C", NULL },
        { "\"regex\": \"[A-D]\", \"pick\": \"only\"", "so B it is", "B" },
        { "\"regex\": \"[A-D]\", \"pick\": \"only\"", "B, not C", NULL },
        { "\"regex\": \"[A-D]\", \"pick\": \"only\"", "", NULL },
        { "\"regex\": \"[A-D]\", \"pick\": \"all\"", "D, A, D", "DAD" },
        { "\"regex\": \"[A-D]\", \"pick\": \"all\", \"sort\": true", "D, A, D", "AD" },
        { "\"regex\": \"[A-D]\", \"pick\": \"all\", \"most\": 2", "D, A, B", "DA" },
        { "\"regex\": \"[A-D]\", \"pick\": \"all\", \"count\": 2", "D, A, B", NULL },
        { "\"regex\": \"[A-D]\", \"pick\": \"all\", \"count\": 3", "D, A, B", "DAB" },
        { "\"regex\": \"[A-D]\", \"pick\": \"all\", \"most\": \"target\"", "ABCD", "ABC" },
        { "\"regex\": \"[A-D]\", \"pick\": \"all\", \"count\": \"target\"", "ABCD", NULL },
        { "\"regex\": \"[一-龥]\", \"pick\": \"all\", \"sort\": true", "乙甲 乙", "乙甲" },
        /* a match of nothing but what follows is one match, not two */
        { "\"regex\": \"(?=([A-D]))\", \"pick\": \"all\"", "xA B", "AB" },
        { "\"regex\": \"(?=(x))\", \"pick\": 2", "x", NULL },
    };
    CHECK(list);
}

static void test_scope(void **state)
{
    (void)state;
    static const struct finding list[] = {
        { "\"whole\": true", " a b\n", "a b" },
        { "\"whole\": true", " \n", NULL },
        { "\"whole\": true, \"after\": \"答案\"", "答案1 答案2", "2" },
        { "\"whole\": true, \"after\": \"答案\"", "没有", NULL },
        { "\"whole\": true, \"after_first\": \"答案\"", "答案1 答案2", "1 答案2" },
        { "\"whole\": true, \"after\": [\"x\", \"xy\"]", "1xy2", "2" },
        { "\"whole\": true, \"after\": [\"xy\", \"x\"]", "1xy2", "2" },
        { "\"whole\": true, \"after\": [\"a:\", \"b:\"]", "b:1 a:2", "2" },
        { "\"whole\": true, \"after_first\": [\"a:\", \"b:\"]", "b:1 a:2", "1 a:2" },
        { "\"whole\": true, \"before\": [\".\", \"\\n\"]", "one\ntwo.", "one" },
        { "\"whole\": true, \"before\": \".\"", "no end", "no end" },
        { "\"whole\": true, \"after\": \"=\", \"before\": \";\"", "a;b=c;d", "c" },
        { "\"whole\": true, \"line\": \"last\"", "one\ntwo\n \n", "two" },
        { "\"whole\": true, \"line\": \"first\"", "\n\none\ntwo", "one" },
        { "\"whole\": true, \"line\": \"last\"", "\n \n", NULL },
        { "\"regex\": \"[A-D]\"", "Ｂ", NULL },
        { "\"regex\": \"[A-D]\", \"fold\": \"width\"", "Ｂ", "B" },
        { "\"whole\": true, \"remove\": [\"\\\\*+\", \"\\\\s\"]", "**A B**", "AB" },
        { "\"regex\": \"\\\\d+\", \"remove\": \",\"", "1,234", "1234" },
        { "\"whole\": true, \"when\": \"^a\"", "ab", "ab" },
        { "\"whole\": true, \"when\": \"^a\"", "ba", NULL },
        { "\"whole\": true, \"unless\": \"^a\"", "ab", NULL },
        { "\"whole\": true, \"unless\": \"^a\"", "ba", "ba" },
    };
    CHECK(list);
}

static void test_made(void **state)
{
    (void)state;
    static const struct finding list[] = {
        { "\"whole\": true, \"trim\": \"。.\\\"“”\"", "“北京。”", "北京" },
        { "\"whole\": true, \"trim\": \"。\"", "。。", NULL },
        { "\"whole\": true, \"keep_after\": \"=\"", "x = y = 3", "3" },
        { "\"whole\": true, \"keep_after\": \"=\"", "3", "3" },
        { "\"regex\": \"[是否]\", \"map\": {\"是\": \"yes\", \"否\": \"no\"}", "否", "no" },
        { "\"whole\": true, \"map\": {\"是\": \"yes\"}", "对", "对" },
        { "\"whole\": true, \"only\": [\"A\", \"B\"]", "A", "A" },
        { "\"whole\": true, \"only\": [\"A\", \"B\"]", "AB", NULL },
        { "\"regex\": \".+\", \"letter\": \"ABCD\"", "C or B", "B" },
        { "\"whole\": true, \"as\": \"yes\"", "whatever", "yes" },
    };
    CHECK(list);
}

static void test_boxed(void **state)
{
    (void)state;
    static const struct finding list[] = {
        { "\"boxed\": true", "so $\\boxed{\\frac{1}{2}}$.", "\\frac{1}{2}" },
        { "\"boxed\": true", "\\boxed{1} and \\boxed{2}", "1" },
        { "\"boxed\": true, \"pick\": \"last\"", "\\boxed{1} and \\boxed{2}", "2" },
        { "\"boxed\": true", "$\\boxed 5$", "5" },
        { "\"boxed\": true", "\\boxed{ A }", "A" },
        { "\"boxed\": true", "\\fbox{答案}", "答案" },
        { "\"boxed\": true", "\\boxed{\\{1,2\\}}", "\\{1,2\\}" },
        { "\"boxed\": true, \"pick\": \"last\"", "\\boxed{\\text{a}} \\boxed{never",
          "\\text{a}" },
        { "\"boxed\": true", "\\boxed{}", NULL },
        { "\"boxed\": true", "\\boxedX", NULL },
        { "\"boxed\": true", "boxed 5", NULL },
        { "\"boxed\": true", "\\boxed", NULL },
    };
    CHECK(list);
}

static void test_code(void **state)
{
    (void)state;
    static const struct finding list[] = {
        { "\"code\": true", "Here:\n```python\ndef f():\n    pass\n```\nDone",
          "def f():\n    pass" },
        { "\"code\": true", "```\n    indented\n```", "    indented" },
        { "\"code\": true", "~~~js\na\n```\nb\n~~~", "a\n```\nb" },
        { "\"code\": true", "````\n```\nx\n```\n````", "```\nx\n```" },
        { "\"code\": true", "```python\ncut short", "cut short" },
        { "\"code\": true", "```\na\n```\n```\nb\n```", "a" },
        { "\"code\": true, \"pick\": \"last\"", "```\na\n```\n```\nb\n```", "b" },
        { "\"code\": [\"python\", \"py\"]", "```sh\nls\n```\n```Python\nx = 1\n```", "x = 1" },
        { "\"code\": \"python\"", "```\nx = 1\n```", NULL },
        { "\"code\": true", "no ``` here ```", NULL },
        { "\"code\": true", "    ```\nx\n", NULL }, /* so far in it is no fence */
        { "\"code\": true", "```inline```", NULL },
        { "\"code\": true", "```\n\n```", NULL },
        { "\"code\": true", "", NULL },
    };
    CHECK(list);
}

static void test_json(void **state)
{
    (void)state;
    static const struct finding list[] = {
        { "\"json\": \"answer\"", "Sure: {\"answer\": \"B\"}", "B" },
        { "\"json\": \"answer\"", "```json\n{\n  \"answer\": 42\n}\n```", "42" },
        { "\"json\": \"a.b\"", "{\"a\": {\"b\": true}}", "true" },
        { "\"json\": \"a.1.b\"", "{\"a\": [0, {\"b\": \"x\"}]}", "x" },
        { "\"json\": \"answer\"", "{\"answer\": \"A\"} no, {\"answer\": \"B\"}", "A" },
        { "\"json\": \"answer\", \"pick\": \"last\"", "{\"answer\": \"A\"} {\"answer\": \"B\"}",
          "B" },
        { "\"json\": \"answer\"", "{x} { \"why\": \"y\" } {\"answer\": \"B\"}", "B" },
        { "\"json\": \"b\"", "{\"a\": {\"b\": 1}}", NULL },
        { "\"json\": \"a\"", "{\"a\": {\"b\": 1}}", NULL },
        { "\"json\": \"a\"", "{\"a\": null}", NULL },
        { "\"json\": \"answer\"", "{\"answer\": ", NULL },
        { "\"json\": \"答案\"", "{\"答案\": \"丙\"}", "丙" },
    };
    CHECK(list);
}

static void test_option_text(void **state)
{
    (void)state;
    static const struct finding list[] = {
        { "\"option_text\": true", "首都是北京。", "A" },
        { "\"option_text\": true", "是上海。", "B" },
        { "\"option_text\": true", "是上海市。", NULL }, /* two stand in it */
        { "\"option_text\": true", "北京, not 5", NULL },
        { "\"option_text\": true", "neither", NULL },
        { "\"option_text\": \"equal\"", " 上海市\n", "C" },
        { "\"option_text\": \"equal\"", "上海市。", NULL },
        { "\"option_text\": \"equal\", \"remove\": \"。\"", "上海市。", "C" },
    };
    CHECK(list);
}

/* Where a rule has the last word, none after it is tried. */
static void test_final(void **state)
{
    (void)state;
    static const struct finding list[] = {
        { "\"regex\": \"a(x?)\"}, {\"whole\": true", "ab", "ab" },
        { "\"regex\": \"a(x?)\", \"final\": true}, {\"whole\": true", "ab", NULL },
        { "\"regex\": \"a(x?)\", \"final\": true}, {\"whole\": true", "axb", "x" },
        { "\"regex\": \"a(x?)\", \"final\": true}, {\"whole\": true", "b", "b" },
    };
    CHECK(list);
}

/* A search that reads the same text over and over is given up. */
static void test_limit(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct extraction got;
    struct strbuf text = STRBUF_INIT;
    struct extract *x = made("[{\"json\": \"a\"}, {\"whole\": true}]");
    for (int i = 0; i < 40000; i++)
        strbuf_puts(&text, "{\"b\":");
    extract_apply(&got, x, text.s, "", &mem);
    assert_null(got.text);
    assert_true(got.limit);
    assert_int_equal(got.rule, 1);
    extract_free(x);
    strbuf_release(&text);
    arena_release(&mem);
}

static void test_labels(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct err e = { 0 };
    cJSON *list = NULL;
    const char *text = "[{\"regex\": \"a\", \"name\": \"所以\"}, {\"number\": true},"
                       " {\"boxed\": true}]";
    assert_int_equal(json_parse(&list, text, strlen(text), &e), 0);
    assert_string_equal(extract_label(list, 1, &mem), "所以");
    assert_string_equal(extract_label(list, 2, &mem), "number 2");
    assert_string_equal(extract_label(list, 3, &mem), "boxed 3");
    assert_string_equal(extract_label(list, 4, &mem), "rule 4");
    cJSON_Delete(list);
    arena_release(&mem);
}

static const struct {
    const char *text, *want;
    bool any;
} thoughts[] = {
    { "B", "B", false },
    { "<think>A?</think>B", "B", true },
    { "A?</think>\nB", "\nB", true },
    { "x<think>A?</think>B<think>C?</think>D", "xBD", true },
    { "B <think>and then", "B ", true },
    { "<think>A</think>B</think>C", "C", true },
    { "x<think>A</think>B</think>C", "C", true },
    { "<think></think>", "", true },
};

static void test_thoughts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof thoughts / sizeof *thoughts; i++) {
        struct arena mem = { 0 };
        bool any;
        assert_string_equal(extract_without_thoughts(&any, thoughts[i].text, &mem),
                            thoughts[i].want);
        assert_int_equal(any, thoughts[i].any);
        arena_release(&mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pick),  cmocka_unit_test(test_scope),
        cmocka_unit_test(test_made),  cmocka_unit_test(test_boxed),
        cmocka_unit_test(test_code),  cmocka_unit_test(test_json),
        cmocka_unit_test(test_limit), cmocka_unit_test(test_option_text),
        cmocka_unit_test(test_final), cmocka_unit_test(test_labels),
        cmocka_unit_test(test_thoughts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
