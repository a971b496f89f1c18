#include "base/dirs.h"
#include "base/version.h"
#include "tests/base/scratch.h"

static int setup(void **state)
{
    static const char *const names[] = { "EVALRUN_SHARE", "EVALRUN_DATA",
                                         "XDG_DATA_HOME", "XDG_CACHE_HOME",
                                         "HOME" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    return scratch_setup(state);
}

static void found(int (*ask)(const char **, struct arena *, struct err *),
                  const char *want)
{
    struct arena mem = { 0 };
    struct err e = { 0 };
    const char *dir = NULL;
    if (ask(&dir, &mem, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(dir, want);
    arena_release(&mem);
}

static void refused(int (*ask)(const char **, struct arena *, struct err *),
                    int code, const char *message)
{
    struct arena mem = { 0 };
    struct err e = { 0 };
    const char *dir = NULL;
    assert_int_equal(ask(&dir, &mem, &e), code);
    assert_string_equal(e.text, message);
    arena_release(&mem);
}

static void data_by_precedence(void **state)
{
    (void)state;
    refused(dirs_data, ERR_USAGE,
            "neither XDG_DATA_HOME nor HOME is set; give --data-dir DIR");
    setenv("HOME", "/h", 1);
    found(dirs_data, "/h/.local/share/evalrun");
    setenv("XDG_DATA_HOME", "", 1); /* empty is as if unset */
    found(dirs_data, "/h/.local/share/evalrun");
    setenv("XDG_DATA_HOME", "/x", 1);
    found(dirs_data, "/x/evalrun");
    setenv("EVALRUN_DATA", "", 1);
    found(dirs_data, "/x/evalrun");
    setenv("EVALRUN_DATA", "/d/here", 1);
    found(dirs_data, "/d/here");
}

static void cache_by_precedence(void **state)
{
    (void)state;
    refused(dirs_cache, ERR_USAGE,
            "neither XDG_CACHE_HOME nor HOME is set; set XDG_CACHE_HOME");
    setenv("HOME", "/h", 1);
    found(dirs_cache, "/h/.cache/evalrun");
    setenv("XDG_CACHE_HOME", "/c", 1);
    found(dirs_cache, "/c/evalrun");
}

static void share_as_asked(void **state)
{
    const char *dir = *state;
    struct err e = { 0 };
    char *tasks = xprintf("%s/tasks", dir), *sets = xprintf("%s/datasets", dir);
    char *message = xprintf("EVALRUN_SHARE=%s: no tasks/ and datasets/ there",
                            dir);
    setenv("EVALRUN_SHARE", dir, 1);
    refused(dirs_share, ERR_INPUT, message);
    assert_int_equal(file_mkdirs(tasks, &e), 0);
    refused(dirs_share, ERR_INPUT, message);
    assert_int_equal(file_mkdirs(sets, &e), 0);
    found(dirs_share, dir);
    free(message);
    free(sets);
    free(tasks);
}

/* Nothing beside this test program: the sources it was built from. */
static void share_without_asking(void **state)
{
    (void)state;
    found(dirs_share, EVALRUN_SOURCE_DIR);
    setenv("EVALRUN_SHARE", "", 1);
    found(dirs_share, EVALRUN_SOURCE_DIR);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(data_by_precedence),
        TEST(cache_by_precedence),
        TEST(share_as_asked),
        TEST(share_without_asking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
