#include "datasets/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "datasets/keep.h"
#include "datasets/rows.h"

enum { MANIFEST_LIMIT = 4 << 20 };

static char *path_in(const char *data, const char *name, const char *file)
{
    return xprintf("%s/%s/%s", data, name, file);
}

int keep_lock(int *fd, const char *data, const char *name, struct err *e)
{
    *fd = -1;
    if (file_mkdirs(data, e) < 0)
        return e->code;
    int rc = 0;
    char *path = xprintf("%s/.%s.lock", data, name);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*fd < 0) {
        rc = err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    } else if (flock(*fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK)
            rc = err_set(e, ERR_IO, "another evalrun is writing '%s' in %s; wait until it has "
                         "ended", name, data);
        else
            rc = err_set(e, ERR_IO, "%s: cannot be locked: %s", path, strerror(errno));
        close(*fd);
        *fd = -1;
    }
    free(path);
    return rc;
}

void keep_unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}

static bool ends_with(const char *s, const char *end)
{
    size_t len = strlen(s), n = strlen(end);
    return len >= n && strcmp(s + len - n, end) == 0;
}

static bool is_named(const cJSON *manifest, const char *file)
{
    const cJSON *split;
    cJSON_ArrayForEach(split, json_get(manifest, "splits")) {
        const char *name = json_text(split, "file", "");
        if (strcmp(name, file) == 0)
            return true;
    }
    return false;
}

void keep_prune(const char *data, const char *name)
{
    struct err ignored = { 0 };
    struct arena mem = { 0 };
    cJSON *manifest = NULL;
    const char **files, *dir = arena_printf(&mem, "%s/%s", data, name);
    size_t n = 0;
    const char *path = arena_printf(&mem, "%s/manifest.json", dir);
    /* An unreadable manifest names nothing, but its files stay for a person. */
    if (file_exists(path) && json_read_file(&manifest, path, MANIFEST_LIMIT, &ignored) < 0)
        goto done;
    if (file_list(&files, &n, dir, &mem, &ignored) < 0)
        goto done;
    for (size_t i = 0; i < n; i++)
        if ((ends_with(files[i], ".jsonl.gz") || strstr(files[i], ".tmp.")) &&
            !is_named(manifest, files[i]))
            unlink(arena_printf(&mem, "%s/%s", dir, files[i]));
    if (!manifest)
        rmdir(dir); /* stays when it holds anything else */
done:
    cJSON_Delete(manifest);
    arena_release(&mem);
}

static int absent(const char *data, const char *name, struct err *e)
{
    return err_set(e, ERR_INPUT, "no data for '%s' in %s: 'evalrun data pull %s' downloads it, "
                   "'evalrun data import %s PATH' takes a copy you have, '--sample' uses the "
                   "small built-in set", name, data, name, name);
}

int store_manifest(cJSON **out, const char *data, const char *name, struct err *e)
{
    char *path = path_in(data, name, "manifest.json");
    cJSON *tree = NULL;
    int rc = 0;
    if (!*name || strchr(name, '/') || !file_exists(path)) {
        rc = absent(data, name, e);
        goto done;
    }
    rc = json_read_file(&tree, path, MANIFEST_LIMIT, e);
    if (rc < 0)
        goto done;
    if (!cJSON_IsObject(json_get(tree, "splits")) || json_number(tree, "format", 0) != 1) {
        rc = err_set(e, ERR_INPUT, "%s: not a manifest of format 1; import the data again with "
                     "this version", path);
        cJSON_Delete(tree);
        goto done;
    }
    *out = tree;
done:
    free(path);
    return rc;
}

static int not_imported(const cJSON *splits, const char *split, const char *name, struct err *e)
{
    const cJSON *s;
    struct strbuf has = STRBUF_INIT;
    cJSON_ArrayForEach(s, splits)
        strbuf_printf(&has, "%s%s", has.len ? ", " : "", s->string);
    (void)err_set(e, ERR_INPUT, "split '%s' of '%s' was not imported: the source had no file of "
                  "it; import again from a whole copy (imported: %s)", split, name,
                  has.len ? has.s : "none");
    strbuf_release(&has);
    return e->code;
}

int store_split(const char **path, const char **sha256, const cJSON *manifest, const char *data,
                const char *split, struct arena *mem, struct err *e)
{
    const char *name = json_text(manifest, "name", ""), *file, *hash;
    const cJSON *splits = json_get(manifest, "splits"), *s = json_get(splits, split);
    if (!s)
        return not_imported(splits, split, name, e);
    if (json_need_text(&file, s, "file", e) < 0 || json_need_text(&hash, s, "sha256", e) < 0)
        return err_in(e, "%s/%s/manifest.json: splits.%s", data, name, split);
    if (strchr(file, '/'))
        return err_set(e, ERR_INPUT, "%s/%s/manifest.json: splits.%s: '%s' is no file name",
                       data, name, split, file);
    *path = arena_printf(mem, "%s/%s/%s", data, name, file);
    *sha256 = arena_strdup(mem, hash);
    return 0;
}

void import_result_release(struct import_result *r)
{
    free(r->missing);
    *r = (struct import_result){ 0 };
}

/* Counts of the file against those of the manifest. */
static int verify_counts(const struct rows *rows, const cJSON *split, const char *path,
                         struct err *e)
{
    size_t n, sum = rows_count(rows);
    const struct tally *tally = rows_tally(rows, &n);
    const cJSON *subsets = json_get(split, "subsets");
    if ((double)sum != json_number(split, "rows", -1))
        return err_set(e, ERR_MISMATCH, "%s: %zu rows, the manifest says %.0f", path, sum,
                       json_number(split, "rows", -1));
    if ((size_t)cJSON_GetArraySize(subsets) != n)
        return err_set(e, ERR_MISMATCH, "%s: %zu subsets, the manifest says %d", path, n,
                       cJSON_GetArraySize(subsets));
    for (size_t i = 0; i < n; i++)
        if ((double)tally[i].n != json_number(subsets, tally[i].name, -1))
            return err_set(e, ERR_MISMATCH, "%s: %zu rows of '%s', the manifest says %.0f", path,
                           tally[i].n, tally[i].name, json_number(subsets, tally[i].name, -1));
    return 0;
}

static int verify_split(const cJSON *manifest, const char *data, const cJSON *split,
                        struct err *e)
{
    struct arena mem = { 0 };
    struct rows *rows = NULL;
    struct row row;
    const char *path = NULL, *sha256 = NULL;
    int rc = store_split(&path, &sha256, manifest, data, split->string, &mem, e);
    if (rc == 0)
        rc = rows_open(&rows, path, json_text(manifest, "subset_field", ""), e);
    while (rc == 0 && (rc = rows_next(rows, &row, e)) == 1) {
        cJSON_Delete(row.tree);
        rc = 0;
    }
    if (rc == 0)
        rc = rows_check(rows, sha256, e);
    if (rc == 0)
        rc = verify_counts(rows, split, path, e);
    rows_close(rows);
    arena_release(&mem);
    return rc;
}

int store_verify(const char *data, const char *name, struct err *e)
{
    cJSON *manifest = NULL;
    int rc = store_manifest(&manifest, data, name, e);
    const cJSON *split;
    cJSON_ArrayForEach(split, json_get(manifest, "splits")) {
        if (rc == 0)
            rc = verify_split(manifest, data, split, e);
    }
    cJSON_Delete(manifest);
    return rc;
}

int store_remove(const char *data, const char *name, struct err *e)
{
    if (!*name || strchr(name, '/') || *name == '.')
        return err_set(e, ERR_USAGE, "'%s' is no name of a data set", name);
    char *dir = xprintf("%s/%s", data, name), *path = path_in(data, name, "manifest.json");
    int fd = -1, rc = 0;
    if (!file_is_dir(dir)) {
        rc = err_set(e, ERR_INPUT, "'%s' is not in %s; nothing to remove", name, data);
        goto done;
    }
    rc = keep_lock(&fd, data, name, e);
    if (rc < 0)
        goto done;
    if (unlink(path) < 0 && errno != ENOENT) {
        rc = err_set(e, ERR_IO, "%s: cannot be removed: %s", path, strerror(errno));
        goto done;
    }
    keep_prune(data, name);
    if (file_is_dir(dir))
        log_warn("data", "%s holds files that are not evalrun's; left there", dir);
done:
    keep_unlock(fd);
    free(path);
    free(dir);
    return rc;
}
