#ifndef EVALRUN_TESTS_BASE_SCRATCH_H
#define EVALRUN_TESTS_BASE_SCRATCH_H
/*
 * What the tests of base/ share: cmocka in the order it wants its headers, a
 * folder that is gone afterwards, and a look at what was printed to stderr.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

/* A fresh folder in *state; release it with scratch_teardown. */
static inline int scratch_setup(void **state)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = xprintf("%s/evalrun-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    *state = mkdtemp(dir);
    return *state ? 0 : -1;
}

static inline void scratch_remove(const char *dir)
{
    struct arena mem = { 0 };
    struct err e = { 0 };
    const char **names = NULL;
    size_t n = 0;
    if (file_list(&names, &n, dir, &mem, &e) < 0)
        n = 0;
    for (size_t i = 0; i < n; i++) {
        const char *path = arena_printf(&mem, "%s/%s", dir, names[i]);
        if (file_is_dir(path))
            scratch_remove(path);
        else
            unlink(path);
    }
    rmdir(dir);
    arena_release(&mem);
}

static inline int scratch_teardown(void **state)
{
    scratch_remove(*state);
    free(*state);
    return 0;
}

static inline void write_bytes(const char *path, const void *data, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static inline void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

/* Sends stderr to a file until capture_end() gives back what was written. */
struct capture {
    FILE *file;
    int saved;
};

static inline struct capture capture_begin(void)
{
    struct capture c = { .file = tmpfile(), .saved = dup(STDERR_FILENO) };
    assert_non_null(c.file);
    fflush(stderr);
    dup2(fileno(c.file), STDERR_FILENO);
    return c;
}

static inline char *capture_end(struct capture *c)
{
    fflush(stderr);
    dup2(c->saved, STDERR_FILENO);
    close(c->saved);
    long size = lseek(fileno(c->file), 0, SEEK_END);
    char *text = xcalloc((size_t)size + 1, 1);
    rewind(c->file);
    assert_int_equal(fread(text, 1, (size_t)size, c->file), size);
    fclose(c->file);
    return text;
}

#endif
