/* How many cores this process may use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evaluator/engines/cores.h"

static void lists(void **state)
{
    (void)state;
    assert_true(cores_listed("0-3,8\n", 0));
    assert_true(cores_listed("0-3,8\n", 3));
    assert_true(cores_listed("0-3,8\n", 8));
    assert_false(cores_listed("0-3,8\n", 4));
    assert_false(cores_listed("0-3,8\n", 9));
    assert_true(cores_listed("5", 5));
    assert_true(cores_listed("1,3,5-7", 6));
    assert_false(cores_listed("", 0));
    assert_false(cores_listed("\n", 0));
    assert_false(cores_listed("x-y", 0));
    assert_false(cores_listed("0-", 1));
}

static void some(void **state)
{
    (void)state;
    assert_in_range(cores_physical(), 1, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
