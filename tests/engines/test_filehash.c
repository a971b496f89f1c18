/* The cache of file hashes: what it may believe, and what not. */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/hash.h"
#include "evaluator/engines/filehash.h"
#include "tests/base/scratch.h"

static void hash(char hex[SHA256_HEX], const char *path, const char *cache)
{
    struct err e = { 0 };
    if (filehash(hex, path, cache, &e) < 0)
        fail_msg("%s", e.text);
}

/* Another file of the same size and modification time, right after the first
 * was hashed: what a converter that is run again, or cp -p, leaves. */
static void changed_at_once(void **state)
{
    char *path = xprintf("%s/a.gguf", (const char *)*state);
    char first[SHA256_HEX], second[SHA256_HEX], want[SHA256_HEX];
    struct stat st;
    write_bytes(path, "one", 3);
    assert_int_equal(stat(path, &st), 0);
    hash(first, path, *state);
    write_bytes(path, "two", 3);
    const struct timespec times[] = { st.st_atim, st.st_mtim };
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    hash(second, path, *state);
    sha256_text(want, "two", 3);
    assert_string_equal(second, want);
    assert_string_not_equal(first, second);
    free(path);
}

/* A file at rest is hashed once: its entry is believed, even a wrong one. */
static void at_rest(void **state)
{
    char *path = xprintf("%s/b.gguf", (const char *)*state);
    char *dir = xprintf("%s/hashes", (const char *)*state);
    char hex[SHA256_HEX], want[SHA256_HEX];
    struct arena mem = { 0 };
    struct strbuf b = STRBUF_INIT;
    struct err e = { 0 };
    const char **name;
    size_t n = 0;
    write_bytes(path, "rest", 4);
    nanosleep(&(struct timespec){ .tv_sec = 4 }, NULL);
    hash(hex, path, *state);
    sha256_text(want, "rest", 4);
    assert_string_equal(hex, want);
    assert_int_equal(file_list(&name, &n, dir, &mem, &e), 0);
    assert_int_equal(n, 1);
    const char *entry = arena_printf(&mem, "%s/%s", dir, name[0]);
    assert_int_equal(file_read(&b, entry, 4096, &e), 0);
    memset(strstr(b.s, want), 'f', strlen(want));
    write_bytes(entry, b.s, b.len);
    hash(hex, path, *state);
    assert_int_equal(strspn(hex, "f"), SHA256_HEX - 1);
    nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    write_bytes(path, "REST", 4);
    hash(hex, path, *state);
    sha256_text(want, "REST", 4);
    assert_string_equal(hex, want);
    strbuf_release(&b);
    arena_release(&mem);
    free(dir);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changed_at_once),
        cmocka_unit_test(at_rest),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
