/* Scoring of mathematics and of numbers, and the majority of several draws. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "scorers/answer.h"
#include "scorers/scorer.h"

enum { RIGHT, MAJORITY = ANSWER_END, N_STAT, MAX_DRAWS = 8 };

struct result {
    double stat[N_STAT];
    int rc;
    struct err e;
};

static int compile(void **rule, const char *text, struct err *e)
{
    cJSON *spec = NULL;
    assert_int_equal(json_parse(&spec, text, strlen(text), e), 0);
    int rc = scorer_find(json_text(spec, "use", ""))->compile(rule, spec, e);
    cJSON_Delete(spec);
    return rc;
}

/* Draws end with a NULL. */
static struct result score(const char *spec, const char *const *draw, const char *target)
{
    struct out outs[MAX_DRAWS] = { { 0 } };
    struct result r = { .rc = 0 };
    struct arena mem = { 0 };
    size_t n = 0;
    for (; draw[n]; n++)
        outs[n].text = draw[n];
    struct turn turn = { .step = "answer", .q = { .ask = ASK_TEXT, .n_out = n },
                         .a = { .out = outs, .n_out = n }, .target = &target, .n_target = 1 };
    struct trace trace = { .turn = &turn, .n_turn = 1, .mem = &mem };
    struct score s = { 0 };
    void *rule = NULL;
    const struct scorer_type *type = scorer_find(strstr(spec, "\"math\"") ? "math" : "number");
    if (compile(&rule, spec, &r.e) < 0)
        fail_msg("%s", r.e.text);
    r.rc = type->score(rule, &trace, &s, &r.e);
    if (r.rc == 0) {
        assert_int_equal(s.n_stat, N_STAT);
        memcpy(r.stat, s.stat, sizeof r.stat);
    }
    type->free(rule);
    arena_release(&mem);
    return r;
}

static const char plus[] = "{\"use\": \"math\"}";
static const char hendrycks[] = "{\"use\": \"math\", \"rules\": \"hendrycks\", \"strip\": false}";
static const char dollars[] =
    "{\"use\": \"math\", \"rules\": \"hendrycks\", \"strip\": false, \"dollars\": true}";
static const char minerva[] = "{\"use\": \"math\", \"rules\": \"minerva\"}";
static const char within[] = "{\"use\": \"math\", \"rules\": \"within\"}";
static const char number[] = "{\"use\": \"number\"}";
static const char marked[] = "{\"use\": \"number\", \"extract\": [{\"regex\": \"答案是(.*)\"}],"
                             " \"extract_target\": [{\"regex\": \"#### (.*)\"}]}";

static const struct {
    const char *spec, *text, *target;
    double right, extracted;
} cases[] = {
    { plus, "\\frac{1}{2}", "0.5", 1, 1 },
    { plus, "2/4", "0.5", 1, 1 },
    { plus, "", "0.5", 0, 0 },
    { hendrycks, "\\frac12", "1/2", 1, 1 },
    { hendrycks, "2/4", "1/2", 0, 1 },
    { hendrycks, " x = 5", "5", 0, 1 }, /* more than two characters before the "=" */
    { dollars, "so $x=5$ and then $5$", "5", 0, 1 },
    { dollars, "so it is $5$.", "5", 1, 1 },
    { dollars, "5 costs $", "5costs$", 1, 1 },
    { minerva, "$10,000$ dollars", "10000", 1, 1 },
    { within, "The answer is \\boxed{x = 3}.", "3", 1, 1 },
    { within, "no idea", "none", 1, 1 }, /* as there: None is None */
    { number, "18 eggs", "18", 1, 1 },
    { number, "18 or 19", "18", 0, 1 },
    { number, "三百", "300", 1, 1 },
    { marked, "2+3，答案是 1,018 个。", "9 * 2\n#### 1018", 1, 1 },
    { marked, "1018", "#### 1018", 0, 0 },
    { "{\"use\": \"number\", \"tolerance\": 0.01}", "0.333", "1/3", 1, 1 },
    { "{\"use\": \"number\", \"absolute\": 0.5}", "0.7", "1.1", 1, 1 },
    { "{\"use\": \"math\", \"tolerance\": 0.01}", "0.333", "1/3", 1, 1 },
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *draw[] = { cases[i].text, NULL };
        struct result r = score(cases[i].spec, draw, cases[i].target);
        assert_int_equal(r.rc, 0);
        if (r.stat[RIGHT] != cases[i].right || r.stat[ANSWER_EXTRACTED] != cases[i].extracted ||
            r.stat[MAJORITY] != cases[i].right)
            fail_msg("%s: '%s' for '%s'", cases[i].spec, cases[i].text, cases[i].target);
    }
}

static void check_majority(const char *spec, const char *const *draw, const char *target,
                           double right, double majority)
{
    struct result r = score(spec, draw, target);
    assert_int_equal(r.rc, 0);
    assert_true(r.stat[RIGHT] == right);
    assert_true(r.stat[MAJORITY] == majority);
}

static void test_majority(void **state)
{
    (void)state;
    /* Equal answers in other words vote together. */
    const char *together[] = { "7", "0.5", "\\frac12", "7", "1/2", NULL };
    check_majority(plus, together, "0.5", 0.6, 1);
    /* Of equals the first drawn. */
    const char *tie[] = { "7", "8", "8", "7", NULL };
    check_majority(number, tie, "7", 0.5, 1);
    check_majority(number, tie, "8", 0.5, 0);
    /* Draws without an answer do not vote. */
    const char *silent[] = { "x", "y", "z", "答案是9", NULL };
    check_majority(marked, silent, "#### 9", 0.25, 1);
    const char *nobody[] = { "x", "y", NULL };
    check_majority(marked, nobody, "#### 9", 0, 0);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct { const char *spec, *error; } bad[] = {
        { "{\"use\": \"math\", \"rules\": \"sympy\"}",
          "rules: unknown word 'sympy' (known: hendrycks, minerva, within, plus)" },
        { "{\"use\": \"math\", \"rules\": \"minerva\", \"tolerance\": 0.1}",
          "tolerance: the rules 'minerva' compare text; leave it out, or take the rules 'plus'" },
        { "{\"use\": \"number\", \"tolerance\": 1}",
          "tolerance: a number from 0 to less than 1 is wanted" },
        { "{\"use\": \"number\", \"absolute\": \"1\"}",
          "absolute: a number from 0 to less than 1 is wanted" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        void *rule = NULL;
        struct err e = { 0 };
        assert_int_equal(compile(&rule, bad[i].spec, &e), ERR_INPUT);
        assert_string_equal(e.text, bad[i].error);
    }
    const char *draw[] = { "5", NULL };
    struct result r = score(number, draw, "five or six");
    assert_int_equal(r.rc, ERR_INPUT);
    assert_string_equal(r.e.text, "step 'answer': the right answer 'five or six' is not one "
                                  "number; 'extract_target' can find it there");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_majority),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
