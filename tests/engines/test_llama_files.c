/* Files that are no model, or no longer one: one line each, naming the file
 * and what to do. */
#include "tests/base/scratch.h"
#include "tests/engines/ask.h"

static void refused(const char *path, const char *want)
{
    struct engine_options o = test_options();
    struct engine *g = NULL;
    struct err e = { 0 };
    o.vocab_only = true;
    assert_true(engine_llama.open(&g, path, &o, &e) < 0);
    if (!strstr(e.text, want) || !strstr(e.text, path))
        fail_msg("'%s' does not say '%s'", e.text, want);
    assert_null(strchr(e.text, '\n'));
}

static void refuse_file(const char *dir, const void *data, size_t len, const char *want)
{
    char *path = xprintf("%s/model.gguf", dir);
    write_bytes(path, data, len);
    refused(path, want);
    free(path);
}

static void no_models(void **state)
{
    const char *scratch = *state;
    refused("/nonexistent/model.gguf", "No such file");
    refused(scratch, "a folder");
    refuse_file(scratch, "", 0, "the file is empty");
    refuse_file(scratch, "hello, this is no model at all", 30, "not a GGUF model");
    refuse_file(scratch, "lmgg0000000000000000000000000", 29, "GGUF only");
    refuse_file(scratch, "PK\003\004aaaaaaaaaaaaaaaaaaaaaaaa", 28, "convert");
    refuse_file(scratch, "version https://git-lfs.github.com/spec/v1\n", 43, "Git LFS");
    refuse_file(scratch, "GGUF\003\0\0\0", 8, "ends after 8 bytes");
    refuse_file(scratch, "GGUF\0\0\0\003aaaaaaaaaaaaaaaa", 24, "big-endian");
}

/* A real file, cut at several places; and with another architecture's name. */
static void damaged_models(void **state)
{
    const char *scratch = *state;
    const char *dir = getenv("TINY_DIR");
    char *path = xprintf("%s/qwen2.gguf", dir && *dir ? dir : "/nonexistent");
    struct strbuf b = STRBUF_INIT;
    struct err e = { 0 };
    if (!file_exists(path)) {
        fprintf(stderr, "SKIPPED: %s is not there\n", path);
        free(path);
        skip();
    }
    assert_int_equal(file_read(&b, path, 1u << 30, &e), 0);
    static const size_t part[] = { 1000, 2, 8 };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        size_t len = part[i] > 100 ? part[i] : b.len - b.len / part[i];
        refuse_file(scratch, b.s, len, "cannot load it");
    }
    for (size_t i = 0; i + 5 < 400 && i + 5 < b.len; i++)
        if (memcmp(b.s + i, "qwen2", 5) == 0)
            memcpy(b.s + i, "qwfn9", 5);
    refuse_file(scratch, b.s, b.len, "qwfn9");
    strbuf_release(&b);
    free(path);
}

static void bad_options(void **state)
{
    const char *scratch = *state;
    struct engine *g = NULL;
    struct err e = { 0 };
    struct engine_options o = test_options();
    o.ctx = 3;
    assert_int_equal(engine_llama.open(&g, scratch, &o, &e), ERR_USAGE);
    assert_non_null(strstr(e.text, "--ctx"));
    o = test_options();
    o.threads = -2;
    assert_int_equal(engine_llama.open(&g, scratch, &o, &e), ERR_USAGE);
    assert_non_null(strstr(e.text, "--threads"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_models),
        cmocka_unit_test(damaged_models),
        cmocka_unit_test(bad_options),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
