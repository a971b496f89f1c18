#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "evaluator/engines/thoughts.h"

static void check(const char *text, const char *thinking, const char *answer, bool unclosed)
{
    const struct decode d = { .think_open = "<think>", .think_close = "</think>" };
    struct thoughts t;
    thoughts_find(&t, text, &d);
    assert_string_equal(t.answer, answer);
    assert_int_equal(t.unclosed, unclosed);
    assert_int_equal(t.thinking != NULL, thinking != NULL);
    if (!thinking)
        return;
    assert_int_equal(t.n_thinking, strlen(thinking));
    assert_memory_equal(t.thinking, thinking, t.n_thinking);
}

static void what_is_thought(void **state)
{
    (void)state;
    check("<think>eins</think>\n\nzwei", "eins", "zwei", false);
    check("\n <think></think>x", "", "x", false);
    check("想一想</think>答案", "想一想", "答案", false); /* opened by the template */
    check("<think>never ends", "never ends", "", true);
    check("plain", NULL, "plain", false);
    check("a tag <think> in the middle", NULL, "a tag <think> in the middle", false);
    check("So: <think>a</think> B", NULL, "So: <think>a</think> B", false);
    check("<thin", NULL, "<thin", false);
    check("", NULL, "", false);
    check("<think>a</think>b</think>c", "a", "b</think>c", false);
}

static void without_marks(void **state)
{
    (void)state;
    const struct decode d = { 0 };
    struct thoughts t;
    thoughts_find(&t, "<think>a</think>b", &d);
    assert_null(t.thinking);
    assert_string_equal(t.answer, "<think>a</think>b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_thought),
        cmocka_unit_test(without_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
