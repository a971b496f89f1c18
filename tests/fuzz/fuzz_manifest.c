/* run.json: one that is read is itself again when written, has no difference
 * from itself, and gives its tasks an identity that does not depend on how it
 * was written. */
#include "evaluator/journal/manifest.h"
#include "tests/fuzz/fuzz.h"

static void compare(const struct manifest *a, const char *dir)
{
    struct strbuf diff = STRBUF_INIT;
    struct manifest b;
    struct err e = { 0 };
    char *copy = xprintf("%s/copy", dir);
    assert(manifest_write(dir, a->tree, &e) == 0); /* there already, and agrees */
    assert(manifest_write(copy, a->tree, &e) == 0);
    assert(manifest_read(&b, copy, &e) == 0);
    manifest_diff(&diff, a->tree, b.tree);
    assert(diff.len == 0 && a->n_task == b.n_task);
    const cJSON *x = json_get(a->tree, "tasks")->child, *y = json_get(b.tree, "tasks")->child;
    for (; x; x = x->next, y = y->next) {
        char first[65], second[65];
        manifest_identity(first, x, a->model);
        manifest_identity(second, y, b.model);
        assert(strcmp(first, second) == 0);
    }
    manifest_release(&b);
    strbuf_release(&diff);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *dir = fuzz_folder("", "run.json", data, size);
    struct manifest m;
    struct err e = { 0 };
    if (manifest_read(&m, dir, &e) == 0) {
        compare(&m, dir);
        manifest_release(&m);
    } else {
        assert(fuzz_explained(&e));
    }
    fuzz_folder_remove(dir);
    return 0;
}
