#ifndef EVALRUN_TESTS_REPORTS_FORMATS_H
#define EVALRUN_TESTS_REPORTS_FORMATS_H
/* One report with everything in it, for the tests of the formats. */
#include "reports/report.h"
#include "tests/reports/fixture.h"

static const struct fixture_task formats_tasks[] = {
    { .task = "zhtask", .recipe = "original", .lang = "zh", .average = "macro", .shots = 5,
      .n_subset = 3, .per_subset = 50, .sample = true },
    { .task = "entask", .recipe = "lm-eval", .lang = "en", .average = "micro", .chat = true,
      .n_subset = 2, .per_subset = 50, .n_expected = 14042, .n_subset_expected = 57,
      .partial = true, .limit = 50 },
};

FIXTURE struct report *formats_report(void)
{
    static const char *const dirs[] = { "one", "two", "three" };
    const struct fixture_run runs[] = {
        { .dir = "one", .label = "smollm2", .sha256 = "aaaa1111bbbb2222", .task = formats_tasks,
          .n_task = 2, .skill = 35, .n_failed = 3, .n_shortened = 2 },
        { .dir = "two", .label = "a|b, \"c\"", .sha256 = "cccc1111bbbb2222",
          .task = formats_tasks, .n_task = 2, .skill = 75 },
        { .dir = "three", .label = "通义千问", .task = formats_tasks, .n_task = 1, .skill = 95,
          .n_missing = 9, .torn = true },
    };
    struct report *r = report_new();
    struct err e = { 0 };
    for (size_t i = 0; i < 3; i++) {
        if (!file_exists(dirs[i]))
            fixture_write(&runs[i]);
        if (report_add(r, dirs[i], &e) < 0)
            fail_msg("%s", e.text);
    }
    if (report_finish(r, &e) < 0)
        fail_msg("%s", e.text);
    return r;
}

FIXTURE void formats_render(struct strbuf *out, const char *format,
                            const struct report_style *style)
{
    struct report *r = formats_report();
    struct err e = { 0 };
    assert_int_equal(format_find(format)->render(r, style, out, &e), 0);
    report_free(r);
}

/* Compare with a golden file, which UPDATE_GOLDEN=1 writes anew. */
FIXTURE void formats_golden(const char *format, const struct report_style *style,
                            const char *name)
{
    struct strbuf out = STRBUF_INIT, want = STRBUF_INIT;
    struct err e = { 0 };
    char path[512];
    const char *root = getenv("SRC");
    if (!root)
        skip();
    snprintf(path, sizeof path, "%s/tests/reports/golden/%s", root, name);
    formats_render(&out, format, style);
    if (getenv("UPDATE_GOLDEN") && file_write_atomic(path, out.s, out.len, &e) < 0)
        fail_msg("%s", e.text);
    if (file_read(&want, path, 1 << 20, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(out.s, want.s);
    strbuf_release(&out);
    strbuf_release(&want);
}

#endif
