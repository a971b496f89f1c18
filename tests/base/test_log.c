#include "base/clock.h"
#include "base/log.h"
#include "tests/base/scratch.h"

static void levels_decide(void **state)
{
    (void)state;
    enum log_level before = log_level();
    log_set_level(LOG_WARN);
    assert_int_equal(log_level(), LOG_WARN);
    struct capture c = capture_begin();
    log_error("run", "e%d", 1);
    log_warn("run", "w");
    log_info("run", "hidden");
    log_debug("run", "hidden");
    log_set_level(LOG_TRACE);
    log_at(LOG_TRACE, "engine", "t");
    log_set_level(before);
    char *text = capture_end(&c);
    assert_string_equal(text, "evalrun: error: run: e1\n"
                              "evalrun: warning: run: w\n"
                              "evalrun: trace: engine: t\n");
    free(text);
}

static void mark(void)
{
    fputs("<clear>", stderr);
}

static void the_hook_runs_before_each_line(void **state)
{
    (void)state;
    log_set_hook(mark);
    struct capture c = capture_begin();
    log_error("a", "x");
    log_at(LOG_TRACE, "a", "not printed, so no hook");
    log_set_hook(NULL);
    log_error("a", "y");
    char *text = capture_end(&c);
    assert_string_equal(text, "<clear>evalrun: error: a: x\n"
                              "evalrun: error: a: y\n");
    free(text);
}

static void clocks(void **state)
{
    (void)state;
    int64_t a = clock_ms(), b = clock_ms();
    assert_true(b >= a);
    char iso[32];
    clock_iso(iso);
    assert_int_equal(strlen(iso), 20);
    assert_memory_equal(iso, "20", 2);
    assert_true(iso[4] == '-' && iso[7] == '-' && iso[10] == 'T');
    assert_true(iso[13] == ':' && iso[16] == ':' && iso[19] == 'Z');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_decide),
        cmocka_unit_test(the_hook_runs_before_each_line),
        cmocka_unit_test(clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
