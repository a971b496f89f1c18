/* Which files of a folder or archive an import takes, and their text. */
#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/file.h"
#include "base/log.h"
#include "base/opt.h"
#include "datasets/import.h"
#include "datasets/layout.h"
#include "datasets/reader.h"

enum { FILE_LIMIT = 256 << 20, TOTAL_LIMIT = 1 << 30, SHOWN_UNKNOWN = 5 };

/* "PATH/test/x.csv" for a folder, "PATH: test/x.csv" for an archive. */
static const char *full_name(struct import *im, const char *path)
{
    size_t len = strlen(im->path), n = strlen(path);
    if (file_is_dir(im->path))
        return arena_printf(&im->mem, "%s/%s", im->path, path);
    if (len >= n && strcmp(im->path + len - n, path) == 0)
        return im->path; /* it is itself the one file */
    return arena_printf(&im->mem, "%s: %s", im->path, path);
}

/* A file of a subset that the catalog does not know is said, not taken. */
static void leave_out(struct import *im, const char *file, const char *path)
{
    const struct catalog_entry *entry = im->entry;
    if (im->n_unknown++ >= SHOWN_UNKNOWN)
        return;
    const char **names = arena_array(&im->mem, entry->n_subset, sizeof *names);
    for (size_t i = 0; i < entry->n_subset; i++)
        names[i] = entry->subset[i].file;
    const char *near = nearest_word(file, names, entry->n_subset);
    log_warn("data", "%s: no subset '%s' in the catalog, left out%s%s%s", path, file,
             near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

/* The subset's name for what stands in the file's; NULL when it is not known. */
static const char *subset_name(const struct catalog_entry *entry, const char *file)
{
    if (!*file || !entry->n_subset)
        return file;
    const struct catalog_subset *s = catalog_subset_of_file(entry, file);
    return s ? s->name : NULL;
}

/* Whether a split wants this path. */
static bool find_use(struct import_file *out, struct layout *found, struct import *im,
                     const struct catalog_split *s, const char *path)
{
    out->split = s;
    out->labels = layout_match(found, &s->label_files, s->name, path, &im->mem);
    return out->labels || layout_match(found, &s->files, s->name, path, &im->mem);
}

static int check_twice(struct import *im, const struct import_file *f, struct err *e)
{
    for (size_t i = 0; i < im->n_file; i++) {
        const struct import_file *g = &im->file[i];
        if (g->split == f->split && g->labels == f->labels && strcmp(g->layout, f->layout) == 0)
            return err_set(e, ERR_INPUT, "%s: holds the same file twice: %s and %s; give the "
                           "folder of one copy", im->path, g->path, f->path);
    }
    return 0;
}

static int count_bytes(struct import *im, size_t n, struct err *e)
{
    im->n_total += n;
    if (im->n_total > TOTAL_LIMIT)
        return err_set(e, ERR_LIMIT, "%s: more than %d bytes of data", im->path, TOTAL_LIMIT);
    return 0;
}

/* A file for a split; of one that another split has taken already the bytes come
 * from there. Returns 1 when it was kept. */
static int keep_file(struct import *im, struct bundle *b, const struct import_file *file,
                     const struct import_file *first, struct err *e)
{
    if (check_twice(im, file, e) < 0)
        return e->code;
    size_t from = first ? (size_t)(first - im->file) : 0;
    im->file = grow(im->file, im->n_file, &im->file_cap, sizeof *im->file);
    struct import_file *kept = &im->file[im->n_file++];
    *kept = *file;
    if (first)
        strbuf_add(&kept->raw, im->file[from].raw.s, im->file[from].raw.len);
    else if (bundle_read(b, &kept->raw, FILE_LIMIT, e) < 0)
        return e->code;
    return count_bytes(im, kept->raw.len, e) < 0 ? e->code : 1;
}

/* The first split that wants it has it, and all others that take some rows of it. */
static int take_file(struct import *im, struct bundle *b, const char *path, struct err *e)
{
    size_t before = im->n_file;
    path = arena_strdup(&im->mem, path); /* reading may move the name */
    for (size_t i = 0; i < im->entry->n_split; i++) {
        const struct catalog_split *split = &im->entry->split[i];
        struct import_file f = { .raw = STRBUF_INIT };
        struct layout found = { 0 };
        bool taken = im->n_file > before;
        if ((taken && !split->form.where) || !find_use(&f, &found, im, split, path))
            continue;
        f.path = path;
        f.name = full_name(im, path);
        f.layout = found.file;
        f.subset = subset_name(im->entry, found.subset);
        if (!f.subset) {
            leave_out(im, found.subset, path);
            return 0;
        }
        if (keep_file(im, b, &f, taken ? &im->file[before] : NULL, e) < 0)
            return e->code;
    }
    return 0;
}

/* The file's own bytes leave f; decompressed when its name says so. */
static int unpack(struct strbuf *text, struct import *im, struct import_file *f, struct err *e)
{
    if (!file_ends(f->path, ".gz")) {
        strbuf_release(text);
        *text = f->raw;
        f->raw = (struct strbuf)STRBUF_INIT;
        return 0;
    }
    int rc = gzip_expand(text, f->raw.s, f->raw.len, FILE_LIMIT, e);
    strbuf_release(&f->raw);
    return rc < 0 ? err_in(e, "%s", f->name) : count_bytes(im, text->len, e);
}

static cJSON *split_lines(const char *text)
{
    cJSON *lines = cJSON_CreateArray();
    while (*text) {
        size_t len = strcspn(text, "\n"), kept = len;
        if (kept && text[kept - 1] == '\r')
            kept--;
        char *line = xprintf("%.*s", (int)kept, text);
        cJSON_AddItemToArray(lines, cJSON_CreateString(line));
        free(line);
        text += len + (text[len] == '\n');
    }
    return lines;
}

static int read_labels(struct import_labels *out, struct import *im, struct import_file *f,
                       struct err *e)
{
    static const struct catalog_form whole = { .reader = "text" };
    struct strbuf text = STRBUF_INIT;
    struct reader *r = NULL;
    struct node row;
    int rc = unpack(&text, im, f, e);
    if (rc == 0)
        rc = reader_open(&r, &whole, f->name, text.s, text.len, e);
    if (rc == 0)
        rc = reader_next(r, &row, e);
    if (rc >= 0)
        *out = (struct import_labels){
            f->name, split_lines(rc ? json_text(row.value, "text", "") : "") };
    reader_close(r);
    strbuf_release(&text);
    return rc < 0 ? rc : 0;
}

/* The labels of a file of rows: of the same split and subset there must be one
 * of each, or nobody knows what belongs together. */
static int find_labels(struct import_file **out, struct import *im, const struct import_file *f,
                       struct err *e)
{
    size_t n_rows = 0, n_labels = 0;
    for (size_t i = 0; i < im->n_file; i++) {
        struct import_file *g = &im->file[i];
        if (g->split != f->split || strcmp(g->subset, f->subset) != 0)
            continue;
        if (g->labels)
            *out = g;
        n_labels += g->labels;
        n_rows += !g->labels;
    }
    if (!n_labels)
        return err_set(e, ERR_INPUT, "%s: no file with its labels (looked for %s)", f->name,
                       f->split->label_files.pattern[0]);
    if (n_rows != 1 || n_labels != 1)
        return err_set(e, ERR_INPUT, "%s: split '%s': files of rows: %zu, of labels: %zu; there "
                       "must be one of each", im->path, f->split->name, n_rows, n_labels);
    return 0;
}

static int take_rows(struct import *im, struct import_file *f, struct err *e)
{
    struct strbuf text = STRBUF_INIT;
    struct import_labels labels = { 0 };
    struct import_file *of = NULL;
    int rc = f->split->label ? find_labels(&of, im, f, e) : 0;
    if (rc == 0 && of)
        rc = read_labels(&labels, im, of, e);
    if (rc == 0)
        rc = unpack(&text, im, f, e);
    if (rc == 0)
        rc = import_rows(im, f, &text, of ? &labels : NULL, e);
    cJSON_Delete(labels.line);
    strbuf_release(&text);
    return rc;
}

static int nothing_found(const struct import *im, struct err *e)
{
    const struct catalog_split *first = im->entry->split;
    return err_set(e, ERR_INPUT, "%s: no file of split '%s' of '%s' in it (looked for %s, where "
                   "{split} is %s); give the folder or archive that holds upstream's layout",
                   im->path, first->name, im->entry->name, first->files.pattern[0], first->name);
}

static int read_bundle(struct import *im, struct err *e)
{
    struct bundle *b = NULL;
    const char *path;
    if (!file_is_dir(im->path) && file_exists(im->path) &&
        sha256_file(im->archive_sha256, im->path, e) < 0)
        return e->code;
    int rc = bundle_open(&b, im->path, e);
    while (rc == 0 && (rc = bundle_next(b, &path, e)) == 1)
        rc = take_file(im, b, path, e);
    bundle_close(b);
    if (im->n_unknown > SHOWN_UNKNOWN)
        log_warn("data", "and %zu more such files", im->n_unknown - SHOWN_UNKNOWN);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct import_file *)a)->path, ((const struct import_file *)b)->path);
}

int import_files(struct import *im, struct err *e)
{
    if (read_bundle(im, e) < 0)
        return e->code;
    if (im->n_file)
        qsort(im->file, im->n_file, sizeof *im->file, by_path);
    bool enough = false;
    for (size_t i = 0; i < im->n_file; i++) {
        struct import_file *f = &im->file[i];
        if (f->labels)
            continue;
        if (take_rows(im, f, e) < 0)
            return e->code;
        enough = enough || f->split == im->entry->split || f->split->alone;
    }
    return enough ? 0 : nothing_found(im, e);
}
