/* Answers in texts: what the rules find, and what they must not find. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/pattern.h"
#include "base/extract.h"

static struct extract *made(const char *text)
{
    struct err e = { 0 };
    struct extract *x = NULL;
    cJSON *list = NULL;
    if (json_parse(&list, text, strlen(text), &e) < 0 || extract_new(&x, list, "extract", &e) < 0)
        fail_msg("%s: %s", text, e.text);
    cJSON_Delete(list);
    return x;
}

static const char letters[] =
    "[{\"regex\": [\"答案(?:是|为)?\\\\s*[：:]?\\\\s*([ABCD])\", \"选\\\\s*([ABCD])\"]},"
    " {\"regex\": \"(?i)answer is:?\\\\s*\\\\(?([A-D])\\\\b\", \"letter\": \"ABCD\"},"
    " {\"regex\": \"\\\\b[ABCD]\\\\b\", \"pick\": \"last\"}]";

static const struct {
    const char *rules, *text, *want; /* NULL: not found */
    size_t rule;
} finds[] = {
    { letters, "答案是：B。", "B", 1 },
    { letters, "应当选 C，因为 A 错了", "C", 1 },
    { letters, "选\u3000D", "D", 1 },
    { letters, "The answer is (C).", "C", 2 },
    { letters, "the answer is b, not A", "A", 3 }, /* a small b is none of the letters */
    { letters, "A or B, no: D.", "D", 3 },
    { letters, "CABBAGE and BAD", NULL, 0 },
    { letters, "", NULL, 0 },
    { letters, "不知道", NULL, 0 },
    { "[{\"regex\": \"x(\\\\d*)\"}, {\"regex\": \"y\"}]", "x y", "y", 2 }, /* an empty group */
    { "[{\"regex\": \"(a)|(b)\", \"group\": 2}]", "b", "b", 1 },
    { "[{\"regex\": \"(a)b\", \"group\": 0}]", "ab", "ab", 1 },
    { "[{\"regex\": \".*\", \"letter\": \"ABCD\"}]", "D then B", "B", 1 }, /* their order */
    { "[{\"regex\": \".+\", \"letter\": \"甲乙\"}]", "乙或甲", "甲", 1 },
    { "[{\"regex\": \"#### (.+)\", \"pick\": \"last\"}]", "#### 1\n#### 2 \n", "2", 1 },
    { "[{\"regex\": \"^B$\"}]", " B", NULL, 0 }, /* the caller strips, or does not */
    /* the first group that is not empty, of the first match or the last */
    { "[{\"regex\": \"(a)|(b)\"}]", "b a", "b", 1 },
    { "[{\"regex\": \"(-?[$0-9.,]{2,})|(-?[0-9]+)\", \"pick\": \"last\"}]",
      "she has 1,024 eggs and sells 7", "7", 1 },
    { "[{\"regex\": \"(-?[$0-9.,]{2,})|(-?[0-9]+)\", \"pick\": \"last\"}]", "5 of $18.", "$18.",
      1 },
    { "[{\"regex\": \"(a)?(b)?c\"}, {\"regex\": \"c\"}]", "c", "c", 2 },
    /* the answer is given, whatever matched */
    { "[{\"regex\": \"(?i)not plausible|\\\\bno\\\\b\", \"as\": \"no\"},"
      " {\"regex\": \"(?i)plausible\", \"as\": \"yes\"}]", "It is Not Plausible", "no", 1 },
    { "[{\"regex\": \"(x)?\", \"as\": \" y \"}]", "", " y ", 1 },
    /* rules of other subsets are passed over; these are asked of subset "s" */
    { "[{\"regex\": \"a\", \"subsets\": [\"t\", \"u\"]},"
      " {\"regex\": \"b\", \"subsets\": [\"t\", \"s\"]}]", "a b", "b", 2 },
    { "[{\"regex\": \"a\", \"subsets\": [\"t\"]}]", "a", NULL, 0 },
};

static void test_finds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        struct arena mem = { 0 };
        struct extraction got;
        struct extract *x = made(finds[i].rules);
        extract_apply(&got, x, finds[i].text, "s", &mem);
        if (finds[i].want)
            assert_string_equal(got.text, finds[i].want);
        else
            assert_null(got.text);
        assert_int_equal(got.rule, finds[i].rule);
        assert_false(got.limit);
        extract_free(x);
        arena_release(&mem);
    }
    extract_free(NULL);
}

/* A rule that gave up hides what the next would have found: that might be
 * something else than the answer. */
static void test_limit(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct extraction got;
    struct extract *x = made("[{\"regex\": \"z\"}, {\"regex\": \"^(a+)+$\"}, {\"regex\": \"a\"}]");
    extract_apply(&got, x, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "", &mem);
    assert_null(got.text);
    assert_true(got.limit);
    assert_int_equal(got.rule, 2);
    extract_free(x);
    /* so does one that gave up before it searched */
    x = made("[{\"whole\": true, \"remove\": [\"^(a+)+$\"]}, {\"regex\": \"a\"}]");
    extract_apply(&got, x, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "", &mem);
    assert_null(got.text);
    assert_true(got.limit);
    assert_int_equal(got.rule, 1);
    extract_free(x);
    arena_release(&mem);
}

static void test_fold(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    assert_string_equal(extract_fold_width("答案：Ａ，ｚＺ０９Ｂ！", &mem), "答案：A，zZ09B！");
    assert_string_equal(extract_fold_width("plain", &mem), "plain");
    assert_string_equal(extract_fold_width("", &mem), "");
    assert_string_equal(extract_strip("\u3000 x y\n", &mem), "x y");
    arena_release(&mem);
}

/* want: what Python 3.12's re.sub(pattern, "", text) says */
static const struct {
    const char *pattern, *text, *want;
} removals[] = {
    { ",", "1,024,000", "1024000" },
    { "(?s).*#### ", "a\nb #### 3 #### 4", "4" },
    { "\\.$", "18.", "18" },
    { "\\.$", "18.\n", "18\n" },
    { "[，。]", "你好，世界。", "你好世界" },
    { "a", "aaa", "" },
    { "z", "", "" },
    { "(?=好)", "你好", "你好" },
    { "(?<=你)好?", "你好好你", "你好你" },
};

static void test_removals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof removals / sizeof *removals; i++) {
        struct pattern *p = NULL;
        struct arena mem = { 0 };
        struct err e = { 0 };
        assert_int_equal(pattern_new(&p, removals[i].pattern, &e), 0);
        assert_string_equal(extract_remove(p, removals[i].text, &mem), removals[i].want);
        pattern_free(p);
        arena_release(&mem);
    }
}

static const struct {
    const char *rules, *error;
} mistakes[] = {
    { "[]", "extract: a list of rules is wanted" },
    { "{}", "extract: a list of rules is wanted" },
    { "[1]", "extract[0]: an object is wanted, such as {\"regex\": \"...\"}" },
    { "[{}]",
      "extract[0]: a finder is wanted: regex, number, boxed, code, json, option_text or whole" },
    { "[{\"regex\": []}]", "extract[0]: regex: the list is empty" },
    { "[{\"regex\": \"\"}]", "extract[0]: regex: a pattern is wanted" },
    { "[{\"regex\": \"a\"}, {\"regex\": \"答(a\"}]",
      "extract[1]: regex: at byte 5: missing closing parenthesis" },
    { "[{\"regex\": [\"a\", 7]}]", "extract[0]: regex[1]: a pattern is wanted" },
    { "[{\"regex\": [\"a\", \"[b\"]}]",
      "extract[0]: regex[1]: at byte 2: missing terminating ] for character class" },
    { "[{\"regex\": \"(a)\", \"group\": 2}]",
      "extract[0]: group: there is no group 2; the pattern has 1" },
    { "[{\"regex\": \"a\", \"group\": -1}]",
      "extract[0]: group: a whole number from 0 to 1000 is wanted" },
    { "[{\"regex\": \"a\", \"pick\": \"lsat\"}]",
      "extract[0]: pick: unknown word 'lsat' (did you mean 'last'?)" },
    { "[{\"regex\": \"a\", \"letter\": \"\"}]",
      "extract[0]: letter: letters are wanted, such as \"ABCD\"" },
    { "[{\"regex\": \"a\", \"as\": \"\"}]", "extract[0]: as: an answer is wanted" },
    { "[{\"regex\": \"a\", \"as\": \"b\", \"letter\": \"B\"}]",
      "extract[0]: as: the answer is given; leave out what makes another of it" },
    { "[{\"regex\": \"(a)\", \"as\": \"b\", \"group\": 1}]",
      "extract[0]: as: the answer is given; leave out what makes another of it" },
    { "[{\"regex\": \"a\", \"subsets\": []}]", "extract[0]: subsets: a list of names is wanted" },
    { "[{\"regex\": \"a\", \"subsets\": [\"s\", 1]}]",
      "extract[0]: subsets[1]: a name is wanted" },
    { "[{\"regex\": \"a\", \"number\": true}]",
      "extract[0]: 'regex' and 'number': a rule has one finder" },
    { "[{\"number\": false}]", "extract[0]: number: true is wanted" },
    { "[{\"boxed\": 1}]", "extract[0]: boxed: true is wanted" },
    { "[{\"option_text\": \"same\"}]", "extract[0]: option_text: true or \"equal\" is wanted" },
    { "[{\"json\": \"\"}]", "extract[0]: json: the path of a member is wanted" },
    { "[{\"code\": []}]", "extract[0]: code: the list is empty" },
    { "[{\"code\": [\"py\", 1]}]", "extract[0]: code[1]: a language is wanted" },
    { "[{\"whole\": true, \"pick\": \"last\"}]", "extract[0]: pick: 'whole' has no use for it" },
    { "[{\"boxed\": true, \"chinese\": true}]",
      "extract[0]: chinese: 'boxed' has no use for it" },
    { "[{\"number\": true, \"letter\": \"A\"}]",
      "extract[0]: letter: 'number' has no use for it" },
    { "[{\"regex\": \"a\", \"pick\": 0}]", "extract[0]: pick: matches are counted from 1" },
    { "[{\"regex\": \"a\", \"pick\": 1.5}]",
      "extract[0]: pick: a whole number from 0 to 1000 is wanted" },
    { "[{\"regex\": \"a\", \"most\": 2}]",
      "extract[0]: most: \"pick\": \"all\" is wanted with it" },
    { "[{\"regex\": \"a\", \"pick\": \"all\", \"count\": \"some\"}]",
      "extract[0]: count: a number or \"target\" is wanted" },
    { "[{\"regex\": \"a\", \"when\": \"(\"}]",
      "extract[0]: when: at byte 1: missing closing parenthesis" },
    { "[{\"regex\": \"a\", \"remove\": [\"b\", \"(\"]}]",
      "extract[0]: remove[1]: at byte 1: missing closing parenthesis" },
    { "[{\"regex\": \"a\", \"after\": \"b\", \"after_first\": \"c\"}]",
      "extract[0]: 'after' and 'after_first': one is wanted" },
    { "[{\"regex\": \"a\", \"after\": \"\"}]", "extract[0]: after: a text is wanted" },
    { "[{\"regex\": \"a\", \"line\": \"second\"}]",
      "extract[0]: line: unknown word 'second' (known: all, first, last)" },
    { "[{\"regex\": \"a\", \"map\": {}}]",
      "extract[0]: map: an object is wanted, such as {\"是\": \"yes\"}" },
    { "[{\"regex\": \"a\", \"map\": {\"a\": 1}}]", "extract[0]: map.a: an answer is wanted" },
    { "[{\"regex\": \"a\", \"trim\": \"\"}]", "extract[0]: trim: characters are wanted" },
    { "[{\"regex\": \"a\", \"name\": \"\"}]", "extract[0]: name: a name is wanted" },
    { "[{\"regex\": \"a\", \"as\": \"b\", \"only\": [\"b\"]}]",
      "extract[0]: as: the answer is given; leave out what makes another of it" },
    { "[{\"regx\": \"a\"}]", "extract[0]: unknown key 'regx' (did you mean 'regex'?)" },
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct err e = { 0 };
        struct extract *x = NULL;
        cJSON *list = NULL;
        const char *text = mistakes[i].rules;
        assert_int_equal(json_parse(&list, text, strlen(text), &e), 0);
        assert_int_equal(extract_new(&x, list, "extract", &e), ERR_INPUT);
        assert_string_equal(e.text, mistakes[i].error);
        assert_null(x);
        cJSON_Delete(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_removals),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
