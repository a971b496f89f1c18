#define _XOPEN_SOURCE 700 /* posix_openpt */
#include <fcntl.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "tests/base/scratch.h"

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

/* Into a file, nothing comes before half a minute. */
static void silent_when_not_a_terminal(void **state)
{
    (void)state;
    struct capture c = capture_begin();
    struct progress *p = progress_new("t", 100, "tokens", false);
    for (size_t i = 0; i < 100; i++)
        progress_set(p, &(struct progress_state){ .done = i });
    sleep_ms(300);
    progress_set(p, &(struct progress_state){ .done = 100 });
    progress_free(p);
    char *text = capture_end(&c);
    assert_string_equal(text, "");
    free(text);
    progress_free(NULL);
}

/* A pseudo-terminal in the place of stderr. */
struct terminal {
    int master, saved;
};

static bool terminal_begin(struct terminal *t)
{
    t->master = posix_openpt(O_RDWR | O_NOCTTY);
    if (t->master < 0 || grantpt(t->master) < 0 || unlockpt(t->master) < 0)
        return false;
    const char *name = ptsname(t->master);
    int slave = name ? open(name, O_RDWR | O_NOCTTY) : -1;
    if (slave < 0)
        return false;
    fflush(stderr);
    t->saved = dup(STDERR_FILENO);
    dup2(slave, STDERR_FILENO);
    close(slave);
    return true;
}

static void terminal_end(struct terminal *t, char *text, size_t size)
{
    size_t len = 0;
    fflush(stderr);
    dup2(t->saved, STDERR_FILENO); /* its end is closed: reading comes to one */
    close(t->saved);
    for (ssize_t n; len + 1 < size; len += (size_t)n)
        if ((n = read(t->master, text + len, size - 1 - len)) <= 0)
            break;
    text[len] = '\0';
    close(t->master);
}

static size_t occurrences(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
        n++;
    return n;
}

static void one_line_on_a_terminal(void **state)
{
    (void)state;
    struct terminal t;
    char text[4096];
    if (!terminal_begin(&t))
        skip();
    struct progress *p = progress_new("demo", 200, "tokens", false);
    sleep_ms(300);
    struct progress_state s = { .done = 50, .failed = 2, .tokens = 9000 };
    size_t n_draw = 1; /* four a second, not a thousand, however slow we are */
    int64_t start = clock_ms();
    for (int i = 0; i < 1000; i++)
        progress_set(p, &s);
    n_draw += (size_t)(clock_ms() - start) / 250;
    log_error("run", "a line of the log");
    progress_free(p);
    log_error("run", "after");
    terminal_end(&t, text, sizeof text);
    assert_in_range(occurrences(text, "demo 50/200"), 1, n_draw);
    assert_in_range(occurrences(text, " tokens/s"), 1, n_draw);
    assert_in_range(occurrences(text, "ETA "), 1, n_draw);
    assert_in_range(occurrences(text, "2 failed"), 1, n_draw);
    /* cleared before its line, before the log line, and at the end */
    assert_in_range(occurrences(text, "\r\033[K"), 3, n_draw + 2);
    assert_non_null(strstr(text, "failed\r\033[Kevalrun: error: run: a line"));
    assert_non_null(strstr(text, "log\r\n\r\033[Kevalrun: error: run: after"));
}

static void quiet_is_quiet(void **state)
{
    (void)state;
    struct terminal t;
    char text[4096];
    if (!terminal_begin(&t))
        skip();
    struct progress *p = progress_new("demo", 0, "bytes", true);
    sleep_ms(300);
    progress_set(p, &(struct progress_state){ .done = 1 });
    progress_free(p);
    terminal_end(&t, text, sizeof text);
    assert_string_equal(text, "");
}

static void downloads_in_megabytes(void **state)
{
    (void)state;
    struct terminal t;
    char text[4096];
    if (!terminal_begin(&t))
        skip();
    struct progress *p = progress_new("file", 4000000, "bytes", false);
    sleep_ms(300);
    progress_set(p, &(struct progress_state){ .done = 1000000 });
    progress_free(p);
    terminal_end(&t, text, sizeof text);
    assert_int_equal(occurrences(text, "file 1.0/4.0 MB  "), 1);
    assert_int_equal(occurrences(text, "MB/s"), 1);
    assert_int_equal(occurrences(text, "failed"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silent_when_not_a_terminal),
        cmocka_unit_test(one_line_on_a_terminal),
        cmocka_unit_test(quiet_is_quiet),
        cmocka_unit_test(downloads_in_megabytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
