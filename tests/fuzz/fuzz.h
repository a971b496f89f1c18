#ifndef EVALRUN_TESTS_FUZZ_FUZZ_H
#define EVALRUN_TESTS_FUZZ_FUZZ_H
/*
 * What the fuzz targets share. A target is one function over bytes that must
 * neither crash, leak nor hang, and asserts what must hold of any input that
 * was accepted. Its corpus is a regression test; with clang and EVALRUN_FUZZ
 * it is a libFuzzer program:
 *
 *     tests/bin/fuzz_json -max_total_time=600 NEW_FOLDER tests/fuzz/corpus/json
 *
 * What it finds goes into the corpus under a name that says what it was.
 */
#include <assert.h>

#include "base/utf8.h"
#include "tests/base/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Is a refusal one that can be shown? */
static inline bool fuzz_explained(const struct err *e)
{
    size_t bad;
    return e->code < 0 && *e->text && utf8_valid(e->text, strlen(e->text), &bad);
}

/* The bytes as a string: up to the first NUL, if there is one. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
    char *s = xcalloc(size + 1, 1);
    if (size)
        memcpy(s, data, size);
    return s;
}

/* The bytes as the file `name` in a fresh folder, for what only reads files;
 * release the folder with fuzz_folder_remove(). */
static inline char *fuzz_folder(const char *below, const char *name, const uint8_t *data,
                                size_t size)
{
    struct err e = { 0 };
    void *dir = NULL;
    if (scratch_setup(&dir) < 0)
        abort();
    char *folder = xprintf("%s/%s", (char *)dir, below);
    char *path = xprintf("%s/%s", folder, name);
    if (file_mkdirs(folder, &e) < 0)
        abort();
    write_bytes(path, data, size);
    free(path);
    free(folder);
    return dir;
}

static inline void fuzz_folder_remove(char *dir)
{
    scratch_remove(dir);
    free(dir);
}

#endif
