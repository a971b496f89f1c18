/* Written answers: right, wrong, not found, not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "scorers/scorer.h"

enum { EXACT, EXTRACTED, RULE, LIMIT, THOUGHTS, MAJORITY, N_STAT };

struct result {
    double stat[N_STAT];
    char answer[64]; /* "none" when there is none */
    int rc;
    struct err e;
};

static int compile(void **rule, const char *text, struct err *e)
{
    cJSON *spec = NULL;
    assert_int_equal(json_parse(&spec, text, strlen(text), e), 0);
    int rc = scorer_find("exact")->compile(rule, spec, e);
    cJSON_Delete(spec);
    return rc;
}

static struct result score_turns(const char *spec, struct turn *turn, size_t n)
{
    struct result r = { .rc = 0 };
    struct arena mem = { 0 };
    struct trace trace = { .turn = turn, .n_turn = n, .mem = &mem };
    struct score s = { 0 };
    void *rule = NULL;
    if (compile(&rule, spec, &r.e) < 0)
        fail_msg("%s", r.e.text);
    r.rc = scorer_find("exact")->score(rule, &trace, &s, &r.e);
    if (r.rc == 0) {
        assert_int_equal(s.n_stat, N_STAT);
        memcpy(r.stat, s.stat, sizeof r.stat);
        snprintf(r.answer, sizeof r.answer, "%s", s.answer ? s.answer : "none");
    }
    scorer_find("exact")->free(rule);
    arena_release(&mem);
    return r;
}

/* Draws to one question with these right answers. */
static struct result score(const char *spec, const struct out *draw, size_t n,
                           const char *const *target, size_t n_target)
{
    struct out outs[4] = { { 0 } };
    memcpy(outs, draw, n * sizeof *draw);
    struct turn turn = { .step = "answer", .q = { .ask = ASK_TEXT, .n_out = n },
                         .a = { .out = outs, .n_out = n },
                         .target = target, .n_target = n_target };
    return score_turns(spec, &turn, 1);
}

static struct result score_text(const char *spec, const char *text, const char *target)
{
    return score(spec, &(struct out){ .text = text }, 1, &target, 1);
}

static const char plain[] = "{\"use\": \"exact\"}";
static const char letter[] =
    "{\"use\": \"exact\", \"fold\": \"width\", \"extract\": ["
    "{\"regex\": [\"答案是?[：:]?\\\\s*([A-D])\", \"选([A-D])\"]},"
    "{\"regex\": \"answer is \\\\(?([A-D])\"}]}";

/* lm-evaluation-harness's flexible GSM8K */
static const char numbers[] =
    "{\"use\": \"exact\", \"name\": \"flexible\", \"ignore_case\": true,"
    " \"extract\": [{\"regex\": \"(-?[$0-9.,]{2,})|(-?[0-9]+)\", \"pick\": \"last\"}],"
    " \"ignore\": [\",\", \"\\\\$\", \"(?s).*#### \", \"\\\\.$\"]}";

static void assert_stats(const struct result *r, double exact, double extracted, double rule,
                         double limit)
{
    assert_int_equal(r->rc, 0);
    assert_true(r->stat[EXACT] == exact);
    assert_true(r->stat[EXTRACTED] == extracted);
    assert_true(r->stat[RULE] == rule);
    assert_true(r->stat[LIMIT] == limit);
}

static const struct {
    const char *spec, *text, *target;
    double exact, extracted, rule;
    const char *answer;
} cases[] = {
    { plain, "42", "42", 1, 1, 0, "42" },
    { plain, " 42\n", "42", 1, 1, 0, "42" },
    { plain, "42.", "42", 0, 1, 0, "42." },
    { plain, "", "42", 0, 0, 0, "none" },
    { plain, " \n", "", 0, 0, 0, "none" }, /* no answer is never right */
    { plain, "Yes", "yes", 0, 1, 0, "Yes" },
    { "{\"use\": \"exact\", \"ignore_case\": true}", "Yes", "yes", 1, 1, 0, "Yes" },
    { "{\"use\": \"exact\", \"ignore_case\": true}", "Yes!", "yes", 0, 1, 0, "Yes!" },
    { "{\"use\": \"exact\", \"strip\": false}", " 42", "42", 0, 1, 0, " 42" },
    { "{\"use\": \"exact\", \"fold\": \"width\"}", "４２", "42", 1, 1, 0, "42" },
    { "{\"use\": \"exact\", \"fold\": \"width\"}", "42", "４２", 1, 1, 0, "42" },
    { letter, "答案是：Ｂ。", "B", 1, 1, 1, "B" },
    { letter, "我选Ｃ", "B", 0, 1, 1, "C" },
    { letter, "The answer is (C).", "C", 1, 1, 2, "C" },
    { letter, "I do not know", "C", 0, 0, 0, "none" },
    { " {\"use\": \"exact\", \"extract\": [{\"regex\": \"^B$\"}]}", " \u3000B\n", "B", 1, 1, 1,
      "B" },
    { " {\"use\": \"exact\", \"search\": \"whole\", \"extract\": [{\"regex\": \"^B$\"}]}", " B",
      "B", 0, 0, 0, "none" },
    { " {\"use\": \"exact\", \"search\": \"whole\", \"extract\": [{\"regex\": \"^ B\"}]}", " B",
      "B", 1, 1, 1, "B" },
    { numbers, "so 1,000 + 24 = $1,024.", "1,024", 1, 1, 1, "$1,024." },
    { numbers, "it is 1024", "He counts.\n#### 1,024", 1, 1, 1, "1024" },
    { numbers, "it is 1025", "#### 1,024", 0, 1, 1, "1025" },
    { "{\"use\": \"exact\", \"ignore\": [\"x\"]}", "x", "", 1, 1, 0, "x" }, /* nothing is left */
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result r = score_text(cases[i].spec, cases[i].text, cases[i].target);
        assert_stats(&r, cases[i].exact, cases[i].extracted, cases[i].rule, 0);
        assert_string_equal(r.answer, cases[i].answer);
    }
}

static void test_any_target(void **state)
{
    (void)state;
    static const char *const targets[] = { "北京", "北京市" };
    struct result r = score(plain, &(struct out){ .text = "北京市" }, 1, targets, 2);
    assert_stats(&r, 1, 1, 0, 0);
    r = score(plain, &(struct out){ .text = "京" }, 1, targets, 2);
    assert_stats(&r, 0, 1, 0, 0);
}

/* Means over the draws; the first draw's rule and answer; the majority, in which
 * answers that are equal here vote together. */
static void test_draws(void **state)
{
    (void)state;
    static const char *const target = "B";
    const struct out draws[] = { { .text = "nothing" }, { .text = "选B" }, { .text = "选A" },
                                 { .text = "the answer is B" } };
    struct result r = score(letter, draws, 4, &target, 1);
    assert_stats(&r, 0.5, 0.75, 0, 0);
    assert_string_equal(r.answer, "none");
    assert_true(r.stat[MAJORITY] == 1);
    static const char *const number = "#### 1,024";
    const struct out sums[] = { { .text = "7" }, { .text = "$1,024" }, { .text = "7" },
                                { .text = "1024." } };
    r = score(numbers, sums, 4, &number, 1);
    assert_true(r.stat[EXACT] == 0.5 && r.stat[MAJORITY] == 0); /* two each: 7 is first */
    r = score(numbers, sums + 1, 3, &number, 1);
    assert_true(r.stat[MAJORITY] == 1);
}

/* What an engine says is no answer is none, whatever its text. */
static void test_fault(void **state)
{
    (void)state;
    static const char *const target = "B";
    const struct out draws[] = { { .text = "选B", .fault = "thinking" }, { .text = "选B" } };
    struct result r = score(letter, draws, 2, &target, 1);
    assert_stats(&r, 0.5, 0.5, 0, 0);
}

static void test_limit(void **state)
{
    (void)state;
    struct result r = score_text(
        "{\"use\": \"exact\", \"extract\": [{\"regex\": \"^(a+)+$\"}, {\"regex\": \"a\"}]}",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "a");
    assert_stats(&r, 0, 0, -1, 1);
    assert_string_equal(r.answer, "none");
    r = score_text("{\"use\": \"exact\", \"ignore\": [\"^(a+)+$\"]}",
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "a");
    assert_stats(&r, 0, 1, 0, 1);
}

/* Thoughts that the engine left in the text are none of the answer, unless the task
 * says so; and that some were taken out is counted. */
static void test_thoughts(void **state)
{
    (void)state;
    static const char *const target = "B";
    const struct out draws[] = { { .text = "<think>选A</think>选B" }, { .text = "选B" },
                                 { .text = "选A</think>选B" }, { .text = "<think>选B" } };
    struct result r = score(letter, draws, 4, &target, 1);
    assert_stats(&r, 0.75, 0.75, 1, 0);
    assert_true(r.stat[THOUGHTS] == 0.75);
    assert_string_equal(r.answer, "B");
    r = score_text("{\"use\": \"exact\", \"thoughts\": \"keep\"}", "<think>B", "<think>B");
    assert_stats(&r, 1, 1, 0, 0);
    assert_true(r.stat[THOUGHTS] == 0);
}

/* Rules may ask for the options, and for how long the right answer is. */
static void test_options(void **state)
{
    (void)state;
    static const char *const target = "B C", *const options[] = { "北京", "上海" };
    struct out out = { .text = "应该是上海" };
    struct turn turn = { .step = "answer", .q = { .ask = ASK_TEXT, .n_out = 1 },
                         .a = { .out = &out, .n_out = 1 }, .target = &target, .n_target = 1,
                         .option = options, .n_option = 2 };
    struct result r = score_turns("{\"use\": \"exact\", \"extract\": "
                                  "[{\"option_text\": true}]}", &turn, 1);
    assert_string_equal(r.answer, "B");
    out.text = "ABCDE";
    r = score_turns("{\"use\": \"exact\", \"extract\": [{\"regex\": \"[A-G]\", "
                    "\"pick\": \"all\", \"most\": \"target\"}]}", &turn, 1);
    assert_string_equal(r.answer, "AB");
}

static void test_which_turn(void **state)
{
    (void)state;
    static const char *const target = "x";
    struct out right = { .text = "x" }, wrong = { .text = "y" };
    struct turn turn[3] = {
        { .step = "one", .q = { .ask = ASK_TEXT, .n_out = 1 }, .a = { .out = &right, .n_out = 1 },
          .target = &target, .n_target = 1 },
        { .step = "two", .q = { .ask = ASK_TEXT, .n_out = 1 }, .a = { .out = &wrong, .n_out = 1 },
          .target = &target, .n_target = 1 },
        { .step = "three", .q = { .ask = ASK_LOGLIK } },
    };
    struct turn more[2] = { turn[0], turn[1] };
    struct result r = score_turns(plain, turn, 3);
    assert_stats(&r, 0, 1, 0, 0);
    r = score_turns("{\"use\": \"exact\", \"on\": \"one\"}", turn, 3);
    assert_stats(&r, 1, 1, 0, 0);
    r = score_turns("{\"use\": \"exact\", \"on\": \"three\"}", turn, 3);
    assert_string_equal(r.e.text, "step 'three' writes no text");
    r = score_turns("{\"use\": \"exact\", \"on\": \"four\"}", turn, 3);
    assert_string_equal(r.e.text, "on: there is no step 'four'");
    r = score_turns(plain, turn + 2, 1);
    assert_string_equal(r.e.text, "no step writes text");
    more[1].step = "one~1"; /* the same in another order is not meant */
    r = score_turns(plain, more, 2);
    assert_stats(&r, 1, 1, 0, 0);
    turn[0].n_target = 0;
    r = score_turns(plain, turn, 1);
    assert_string_equal(r.e.text, "step 'one' has no right answer");
    turn[0].a.n_out = 0;
    r = score_turns(plain, turn, 1);
    assert_string_equal(r.e.text, "step 'one' has no text");
}

static const struct {
    const char *spec, *error;
} mistakes[] = {
    { "{\"use\": \"exact\", \"extrat\": []}",
      "unknown key 'extrat' (did you mean 'extract'?)" },
    { "{\"use\": \"exact\", \"show\": [\"exact\"]}",
      "show[0]: unknown metric 'exact' (known: exact_match, extracted, gave_up, thoughts, maj@n)" },
    { "{\"use\": \"exact\", \"ignore\": \",\"}", "ignore: a list of patterns is wanted" },
    { "{\"use\": \"exact\", \"ignore\": [\",\", 1]}", "ignore[1]: a pattern is wanted" },
    { "{\"use\": \"exact\", \"ignore\": [\"(\"]}",
      "ignore[0]: at byte 1: missing closing parenthesis" },
    { "{\"use\": \"exact\", \"ignore\": [\" *\"]}",
      "ignore[0]: ' *' matches the empty text; a pattern of what is to be taken out is wanted" },
    { "{\"use\": \"exact\", \"search\": \"all\"}",
      "search: unknown word 'all' (known: stripped, whole)" },
    { "{\"use\": \"exact\", \"thoughts\": \"kept\"}",
      "thoughts: unknown word 'kept' (did you mean 'keep'?)" },
    { "{\"use\": \"exact\", \"name\": \"\"}", "name: it is empty" },
    { "{\"use\": \"exact\", \"strip\": 1}", "strip: true or false is wanted" },
    { "{\"use\": \"exact\", \"fold\": \"widht\"}",
      "fold: unknown word 'widht' (did you mean 'width'?)" },
    { "{\"use\": \"exact\", \"extract\": \"A\"}", "extract: a list of rules is wanted" },
    { "{\"use\": \"exact\", \"extract\": [{\"regex\": \"答案(\"}]}",
      "extract[0]: regex: at byte 7: missing closing parenthesis" },
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        void *rule = NULL;
        struct err e = { 0 };
        assert_int_equal(compile(&rule, mistakes[i].spec, &e), ERR_INPUT);
        assert_string_equal(e.text, mistakes[i].error);
        assert_null(rule);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases), cmocka_unit_test(test_any_target),
        cmocka_unit_test(test_draws), cmocka_unit_test(test_fault),
        cmocka_unit_test(test_limit), cmocka_unit_test(test_which_turn),
        cmocka_unit_test(test_thoughts), cmocka_unit_test(test_options),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
