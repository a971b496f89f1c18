/*
 * The string rules against lm-evaluation-harness's own code, over recorded pairs
 * (tests/fixtures/math_vectors.py made them), and our rules against tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "scorers/math.h"
#include "scorers/math_parts.h"

enum { LINE_MAX_BYTES = 1 << 16, AT_LEAST = 2000 };

static const char vectors[] = "tests/scorers/cases/math.jsonl";

struct parts {
    struct math_hendrycks hendrycks;
    struct math_minerva minerva;
    struct math_within within;
    struct math *rules[MATH_PLUS + 1];
};

static void open_parts(struct parts *p)
{
    struct err e = { 0 };
    assert_int_equal(math_hendrycks_open(&p->hendrycks, &e), 0);
    assert_int_equal(math_minerva_open(&p->minerva, &e), 0);
    assert_int_equal(math_within_open(&p->within, &e), 0);
    for (size_t i = 0; i <= MATH_PLUS; i++)
        assert_int_equal(math_new(&p->rules[i], (enum math_rules)i, 1e-6, &e), 0);
}

static void close_parts(struct parts *p)
{
    math_hendrycks_close(&p->hendrycks);
    math_minerva_close(&p->minerva);
    math_within_close(&p->within);
    for (size_t i = 0; i <= MATH_PLUS; i++)
        math_free(p->rules[i]);
}

static const char *form(const struct parts *p, const char *rules, const char *text,
                        struct arena *mem)
{
    if (strcmp(rules, "hendrycks") == 0)
        return math_hendrycks(&p->hendrycks, false, text, mem);
    if (strcmp(rules, "minerva") == 0)
        return math_minerva(&p->minerva, text, mem);
    return math_within(&p->within, text, mem);
}

static void check_form(const char *mine, const cJSON *want, const char *rules, const char *text)
{
    const char *theirs = cJSON_IsString(want) ? want->valuestring : NULL;
    if (!mine != !theirs || (mine && strcmp(mine, theirs) != 0))
        fail_msg("%s makes of '%s': '%s', here '%s'", rules, text, theirs ? theirs : "(null)",
                 mine ? mine : "(null)");
}

static void check_rules(const struct parts *p, const cJSON *line, const char *rules,
                        enum math_rules which, struct arena *mem)
{
    const cJSON *want = json_get(line, rules);
    const char *a = json_text(line, "a", ""), *b = json_text(line, "b", "");
    check_form(form(p, rules, a, mem), cJSON_GetArrayItem(want, 0), rules, a);
    check_form(form(p, rules, b, mem), cJSON_GetArrayItem(want, 1), rules, b);
    bool equal = cJSON_IsTrue(cJSON_GetArrayItem(want, 2));
    if (math_same(p->rules[which], a, b, mem) != equal)
        fail_msg("%s: '%s' and '%s' are %s there", rules, a, b, equal ? "equal" : "not equal");
}

static void test_vectors(void **state)
{
    (void)state;
    struct line_reader *r;
    struct parts p = { 0 };
    struct arena mem = { 0 };
    struct err e = { 0 };
    const char *text;
    size_t len, n = 0;
    open_parts(&p);
    assert_int_equal(line_open(&r, vectors, LINE_MAX_BYTES, &e), 0);
    for (; line_next(r, &text, &len, &e) == 1; n++) {
        cJSON *line = NULL;
        assert_int_equal(json_parse(&line, text, len, &e), 0);
        check_rules(&p, line, "hendrycks", MATH_HENDRYCKS, &mem);
        check_rules(&p, line, "minerva", MATH_MINERVA, &mem);
        check_rules(&p, line, "agieval", MATH_WITHIN, &mem);
        (void)math_same(p.rules[MATH_PLUS], json_text(line, "a", ""), json_text(line, "b", ""),
                        &mem);
        cJSON_Delete(line);
        arena_clear(&mem);
    }
    assert_true(n >= AT_LEAST);
    line_close(r);
    close_parts(&p);
    arena_release(&mem);
}

/* Under "plus": the same, and not. docs/math.md has the kinds. */
static const struct {
    const char *a, *b;
    bool same;
} pairs[] = {
    { "\\frac{1}{2}", "0.5", true }, { "\\frac{1}{2}", "\\dfrac12", true },
    { "1/3", "0.333", false }, { "1/3", "0.33333333", true }, { "\\frac{10}{20}", "1/2", true },
    { "-\\frac{2}{3}", "\\frac{-2}{3}", true }, { "2\\frac{1}{2}", "2.5", true },
    { "-2\\frac{1}{2}", "-2.5", true }, { "2 1/2", "5/2", true }, { "3 4", "12", false },
    { "\\frac{\\sqrt{3}}{3}", "\\frac{1}{\\sqrt{3}}", true }, { "\\sqrt{8}", "2\\sqrt2", true },
    { "\\sqrt[3]{27}", "3", true }, { "sqrt(2)/2", "\\frac{\\sqrt{2}}{2}", true },
    { "\\sqrt{2}", "1.414", false }, { "2\\pi", "6.283", false }, { "2\\pi", "2π", true },
    { "π/4", "\\frac{\\pi}{4}", true }, { "2^{10}", "1024", true }, { "2^10", "1024", true },
    { "1.2\\times10^{5}", "120000", true }, { "1.2e5", "120,000", true },
    { "1.6\\times10^{-19}", "9.1\\times10^{-31}", false }, { "5\\times 10^{-3}", "0.005", true },
    { "1,000,000", "1000000", true }, { "10,\\!000", "10000", true }, { "10{,}000", "10000", true },
    { "50\\%", "0.5", true }, { "50\\%", "50", true }, { "50%", "\\frac{1}{2}", true },
    { "50", "0.5", false }, { "90^\\circ", "90", true }, { "90°", "90 degrees", true },
    { "12\\text{ cm}", "12", true }, { "12 cm", "12\\text{ cm}", true }, { "12 cm^2", "12", true },
    { "12 \\text{ cm}^2", "12 square cm", true }, { "5 m", "5", true }, { "5m", "5", false },
    { "12平方厘米", "12", true }, { "１８个", "18", true }, { "$18", "18 dollars", true },
    { "x=5", "5", true }, { "x = 5", "y = 5", true }, { "f(x) = x^2", "x^2", true },
    { "y=2x+3", "2x+3", true }, { "2x+y=3", "4x+2y=6", true }, { "2x+y=3", "2x+y=4", false },
    { "y=2x+3", "y-2x-3=0", false }, { "1+1=2", "2", true },
    { "(x+1)^2", "x^2+2x+1", true }, { "(x+1)^2", "x^2+2x+2", false },
    { "\\frac{x+1}{2}", "(x+1)/2", true }, { "2x", "x+x", true }, { "xy", "yx", true },
    { "\\sin 2x", "2\\sin x\\cos x", true }, { "\\sqrt{x-2}+1", "1+\\sqrt{x-2}", true },
    { "\\log_2 8", "3", true }, { "\\binom{5}{2}", "10", true }, { "5!", "120", true },
    { "|-3|", "3", true }, { "a_1+a_2", "a_2+a_1", true }, { "a_1", "a_2", false },
    { "(1,2)", "( 1 , 2 )", true }, { "(1,2)", "(2,1)", false }, { "(1,2)", "[1,2]", false },
    { "[2,5)", "[2, 5)", true }, { "[2,5)", "(2,5)", false },
    { "(-\\infty, 3]", "\\left(-\\infty,3\\right]", true }, { "(-∞,3]", "(-\\infty,3]", true },
    { "(-\\infty,0)\\cup(1,2)", "(1,2)\\cup(-\\infty,0)", true }, { "x\\in[1,2]", "[1,2]", true },
    { "\\left(\\frac{1}{2},3\\right)", "(0.5,3)", true }, { "(1,2),(3,4)", "(3,4),(1,2)", true },
    { "\\{1,2,3\\}", "\\{3,1,2\\}", true }, { "\\{1,2\\}", "\\{1,2,3\\}", false },
    { "\\{1\\}", "1", false }, { "1,2", "2, 1", true }, { "1 and 2", "1,2", true },
    { "1 \\text{ or } 2", "2,1", true }, { "1或2", "2，1", true }, { "1,2", "1,2,2", false },
    { "5;10", "$5$;$10$", true }, { "5;10", "10;5", false },
    { "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "\\begin{pmatrix}1\\\\ 4/2\\end{pmatrix}", true },
    { "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}",
      "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}", true },
    { "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "\\begin{pmatrix} 2 \\\\ 1 \\end{pmatrix}",
      false },
    { "3\\pm\\sqrt2", "3-\\sqrt2, 3+\\sqrt2", true }, { "3±√2", "3\\pm\\sqrt{2}", true },
    { "\\pm 2", "2,-2", true }, { "\\pm 2", "2", false },
    { "x>5", "5<x", true }, { "x \\ge 5", "x \\geq 5", true }, { "x>5", "x<5", false },
    { "1<x<3", "3>x>1", true }, { "x>5", "x\\ge 5", false },
    { "\\text{Evelyn}", "evelyn", true }, { "\\text{(C)}", "C", true }, { "A", "B", false },
    { "\\text{even}", "odd", false }, { "\\infty", "-\\infty", false },
    { "", "", true }, { "", "5", false }, { "+", "-", false }, { "\\frac{1}{0}", "5", false },
    { "((((((((((1))))))))))", "1", true }, { "五", "5", false },
    { "B.", "b", true }, { "()", "{}", false },
};

static void test_plus(void **state)
{
    (void)state;
    struct math *m;
    struct arena mem = { 0 };
    struct err e = { 0 };
    size_t n_bad = 0;
    assert_int_equal(math_new(&m, MATH_PLUS, 1e-6, &e), 0);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (size_t k = 0; k < 2; k++) {
            const char *a = k ? pairs[i].b : pairs[i].a, *b = k ? pairs[i].a : pairs[i].b;
            if (math_same(m, a, b, &mem) == pairs[i].same)
                continue;
            print_error("'%s' and '%s' must%s be equal; they are read as '%s' and '%s'\n", a, b,
                        pairs[i].same ? "" : " not", math_clean(a, &mem), math_clean(b, &mem));
            n_bad++;
        }
    assert_int_equal(n_bad, 0);
    math_free(m);
    arena_release(&mem);
}

/* No text takes for ever, or the stack. */
static void test_deep(void **state)
{
    (void)state;
    struct math *m;
    struct arena mem = { 0 };
    struct err e = { 0 };
    char deep[2001], sum[2001];
    memset(deep, '(', 1000);
    memset(deep + 1000, ')', 1000);
    for (size_t i = 0; i < 2000; i++)
        sum[i] = i % 2 ? ',' : '1';
    deep[2000] = sum[2000] = '\0';
    assert_int_equal(math_new(&m, MATH_PLUS, 1e-6, &e), 0);
    assert_false(math_same(m, deep, "1", &mem));
    assert_false(math_same(m, sum, "1", &mem));
    assert_true(math_same(m, sum, sum, &mem));
    math_free(m);
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_plus),
        cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
