/* Run directories: what reads and folds is printed in each format, stored and
 * scored anew. The first line is run.json, the others are the journal. */
#include "reports/report.h"
#include "tests/fuzz/fuzz.h"

static void print_all(const struct report *r)
{
    for (int by = BY_NONE; by <= BY_SUBSET; by++)
        for (const struct format *const *f = formats; *f; f++) {
            const struct report_style style = { .by = (enum report_by)by, .columns = 80,
                                                .zh = by == BY_CATEGORY };
            struct strbuf out = STRBUF_INIT;
            struct err e = { 0 };
            size_t bad;
            int rc = (*f)->render(r, &style, &out, &e);
            assert(rc == 0 ? utf8_valid(out.s, out.len, &bad) : fuzz_explained(&e));
            strbuf_release(&out);
        }
}

static void report(const char *dir, bool rescore)
{
    struct report *r = report_new();
    struct err e = { 0 };
    r->rescore = rescore;
    if (report_add(r, dir, &e) == 0 && report_finish(r, &e) == 0)
        print_all(r);
    else
        assert(fuzz_explained(&e));
    report_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t line = end ? (size_t)(end - data) : size, rest = end ? line + 1 : size;
    char *dir = fuzz_folder("", "run.json", data, line);
    char *path = xprintf("%s/mine.plain.0-of-1.jsonl", dir);
    write_bytes(path, data + rest, size - rest);
    report(dir, false);
    report(dir, true);
    free(path);
    fuzz_folder_remove(dir);
    return 0;
}
