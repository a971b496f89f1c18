/*
 * The main program of a fuzz target built without libFuzzer: runs it once over
 * every file named, or found in a folder named, on the command line, and over
 * nothing at all. So the corpus is a regression test for any compiler. A corpus
 * that was not found is a failure, not a test that passed.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "%s: ", what);
    perror(path);
    exit(EXIT_FAILURE);
}

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t size = 0, room = 4096;
    uint8_t *data = malloc(room);

    if (!file || !data) {
        fail("cannot open", path);
    }
    for (size_t n; (n = fread(data + size, 1, room - size, file)) > 0;) {
        size += n;
        if (size == room) {
            room *= 2;
            data = realloc(data, room);
            if (!data) {
                fail("cannot read", path);
            }
        }
    }
    if (ferror(file)) {
        fail("cannot read", path);
    }
    fclose(file);
    /* An exact copy, so that a sanitizer sees a read past the end. */
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact) {
        fail("cannot read", path);
    }
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    free(data);
}

static size_t replay_folder(DIR *folder, const char *path)
{
    size_t n_file = 0;

    for (struct dirent *entry; (entry = readdir(folder));) {
        char name[4096];
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) >=
            (int)sizeof name) {
            fail("name too long", path);
        }
        replay_file(name);
        n_file++;
    }
    return n_file;
}

int main(int argc, char **argv)
{
    size_t n_file = 0;

    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder) {
            n_file += replay_folder(folder, argv[i]);
            closedir(folder);
        } else {
            replay_file(argv[i]);
            n_file++;
        }
    }
    printf("%zu inputs replayed\n", n_file);
    return n_file ? EXIT_SUCCESS : EXIT_FAILURE;
}
