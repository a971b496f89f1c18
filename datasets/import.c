/* store_import(): upstream's files in, one checked file per split out. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/opt.h"
#include "base/utf8.h"
#include "datasets/keep.h"
#include "datasets/layout.h"
#include "datasets/reader.h"
#include "datasets/store.h"

enum { FILE_LIMIT = 256 << 20, TOTAL_LIMIT = 1 << 30, SHOWN_MISSING = 5, SHOWN_UNKNOWN = 5 };

/* The rows of one subset of one split, as they will stand in the store. */
struct part {
    const struct catalog_split *split;
    const char *subset;
    struct strbuf text;
    size_t n, order; /* order of appearance */
};

/* An upstream file that was read, to notice a second one. */
struct seen {
    const struct catalog_split *split;
    const char *subset, *name;
};

struct import {
    const struct catalog_entry *entry;
    const char *path;
    struct arena mem;
    struct part *part;
    size_t n_part, part_cap;
    struct seen *seen;
    size_t n_seen, seen_cap;
    struct strbuf file; /* of the file at hand */
    size_t n_total, n_unknown;
    char archive_sha256[SHA256_HEX]; /* "" for a folder */
};

static struct part *part_of(struct import *im, const struct catalog_split *split,
                            const char *subset)
{
    for (size_t i = im->n_part; i-- > 0;)
        if (im->part[i].split == split && strcmp(im->part[i].subset, subset) == 0)
            return &im->part[i];
    im->part = grow(im->part, im->n_part, &im->part_cap, sizeof *im->part);
    struct part *p = &im->part[im->n_part];
    *p = (struct part){ .split = split, .subset = arena_strdup(&im->mem, subset),
                        .order = im->n_part++ };
    strbuf_init(&p->text, 0);
    return p;
}

static bool is_one_of(const char *value, const char *list)
{
    size_t len = strlen(value);
    for (const char *at = list; len; at++) {
        const char *bar = strchr(at, '|');
        size_t n = bar ? (size_t)(bar - at) : strlen(at);
        if (n == len && memcmp(at, value, n) == 0)
            return true;
        if (!bar)
            break;
        at = bar;
    }
    return false;
}

/* A value as an error message shows it: short and on one line. */
static char *shown(const char *value)
{
    struct strbuf b = STRBUF_INIT;
    utf8_fit(&b, value, 40);
    for (size_t i = 0; i < b.len; i++)
        if ((unsigned char)b.s[i] < 0x20)
            b.s[i] = ' ';
    return strbuf_take(&b);
}

static int check_field(const struct catalog_field *f, const cJSON *row, struct err *e)
{
    const cJSON *v = json_get(row, f->name);
    if (!v || cJSON_IsNull(v))
        return f->required ? err_set(e, ERR_INPUT, "field '%s' is missing", f->name) : 0;
    if (f->required && cJSON_IsString(v) && !*v->valuestring)
        return err_set(e, ERR_INPUT, "field '%s' is empty", f->name);
    if (!f->one_of)
        return 0;
    if (!cJSON_IsString(v))
        return err_set(e, ERR_INPUT, "field '%s' must be text, one of %s", f->name, f->one_of);
    if (is_one_of(v->valuestring, f->one_of))
        return 0;
    char *value = shown(v->valuestring);
    int rc = err_set(e, ERR_INPUT, "field '%s': '%s' is none of %s", f->name, value, f->one_of);
    free(value);
    return rc;
}

/* One row in the store's own form: id, subset, then the catalog's fields. */
static void put_row(const struct catalog_entry *entry, struct part *p, const cJSON *row)
{
    char *id = *p->subset ? xprintf("%s/%s/%zu", p->subset, p->split->name, p->n)
                          : xprintf("%s/%zu", p->split->name, p->n);
    struct json_writer w = { .out = &p->text };
    json_open(&w, NULL, '{');
    json_put_text(&w, "id", id);
    if (*entry->subset_field)
        json_put_text(&w, entry->subset_field, p->subset);
    for (size_t i = 0; i < entry->n_field; i++) {
        const char *name = entry->field[i].name;
        const cJSON *v = json_get(row, name);
        if (v && strcmp(name, entry->subset_field) != 0)
            json_put_tree(&w, name, v);
    }
    json_close(&w, '}');
    strbuf_putc(&p->text, '\n');
    p->n++;
    free(id);
}

static int take_row(struct import *im, const struct catalog_split *split, const char *subset,
                    const cJSON *row, struct err *e)
{
    const struct catalog_entry *entry = im->entry;
    for (size_t i = 0; i < entry->n_field; i++)
        if (check_field(&entry->field[i], row, e) < 0)
            return e->code;
    if (*entry->subset_field && !*subset) {
        subset = json_text(row, entry->subset_field, "");
        if (!*subset)
            return err_set(e, ERR_INPUT, "field '%s' is missing", entry->subset_field);
        if (entry->n_subset && !catalog_subset(entry, subset))
            return err_set(e, ERR_INPUT, "field '%s': no subset '%s' in the catalog",
                           entry->subset_field, subset);
    }
    put_row(entry, part_of(im, split, subset), row);
    return 0;
}

static int take_rows(struct import *im, const struct catalog_split *split, const char *subset,
                     struct err *e)
{
    struct reader *r = NULL;
    int rc = reader_open(&r, im->entry, im->file.s, im->file.len, e);
    size_t n = 0;
    cJSON *row = NULL;
    while (rc == 0 && (rc = reader_next(r, &row, e)) == 1) {
        rc = take_row(im, split, subset, row, e);
        if (rc < 0)
            err_in(e, "%zu", reader_line(r));
        cJSON_Delete(row);
        n++;
    }
    reader_close(r);
    if (rc == 0 && n == 0)
        rc = err_set(e, ERR_INPUT, "1: the file has no rows");
    return rc;
}

/* "PATH/test/x.csv:17: what" for a folder, "PATH: test/x.csv:17: what" else. */
static int in_file(const struct import *im, const char *name, struct err *e)
{
    char *what = xstrdup(e->text);
    int code = e->code;
    if (file_is_dir(im->path))
        err_set(e, code, "%s/%s:%s", im->path, name, what);
    else
        err_set(e, code, "%s: %s:%s", im->path, name, what);
    free(what);
    return code;
}

static int note_seen(struct import *im, const struct catalog_split *split, const char *subset,
                     const char *name, struct err *e)
{
    for (size_t i = 0; i < im->n_seen; i++)
        if (im->seen[i].split == split && strcmp(im->seen[i].subset, subset) == 0)
            return err_set(e, ERR_INPUT, "%s: holds the same file twice: %s and %s; give the "
                           "folder of one copy", im->path, im->seen[i].name, name);
    im->seen = grow(im->seen, im->n_seen, &im->seen_cap, sizeof *im->seen);
    im->seen[im->n_seen++] = (struct seen){ split, subset, arena_strdup(&im->mem, name) };
    return 0;
}

/* A file of a subset that the catalog does not know is said, not taken. */
static bool is_known(struct import *im, const char *subset, const char *name)
{
    const struct catalog_entry *entry = im->entry;
    if (!*subset || !entry->n_subset || catalog_subset(entry, subset))
        return true;
    if (im->n_unknown++ < SHOWN_UNKNOWN) {
        const char **names = arena_array(&im->mem, entry->n_subset, sizeof *names);
        for (size_t i = 0; i < entry->n_subset; i++)
            names[i] = entry->subset[i].name;
        const char *near = nearest_word(subset, names, entry->n_subset);
        log_warn("data", "%s: no subset '%s' in the catalog, left out%s%s%s", name, subset,
                 near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    }
    return false;
}

static int take_file(struct import *im, struct bundle *b, const char *name, struct err *e)
{
    const char *subset = "";
    const struct catalog_split *split = NULL;
    for (size_t i = 0; i < im->entry->n_split && !split; i++)
        if (layout_match(&subset, &im->entry->split[i], name, &im->mem))
            split = &im->entry->split[i];
    if (!split || !is_known(im, subset, name))
        return 0;
    char *kept = arena_strdup(&im->mem, name); /* reading may move the name */
    if (note_seen(im, split, subset, kept, e) < 0)
        return e->code;
    strbuf_clear(&im->file);
    if (bundle_read(b, &im->file, FILE_LIMIT, e) < 0)
        return e->code;
    im->n_total += im->file.len;
    if (im->n_total > TOTAL_LIMIT)
        return err_set(e, ERR_LIMIT, "%s: more than %d bytes of data", im->path, TOTAL_LIMIT);
    return take_rows(im, split, subset, e) < 0 ? in_file(im, kept, e) : 0;
}

static int nothing_found(const struct import *im, struct err *e)
{
    const struct catalog_split *first = im->entry->split;
    return err_set(e, ERR_INPUT, "%s: no file of split '%s' of '%s' in it (looked for %s, where "
                   "{split} is %s); give the folder or archive that holds upstream's layout",
                   im->path, first->name, im->entry->name, first->files, first->name);
}

static int read_bundle(struct import *im, struct err *e)
{
    struct bundle *b = NULL;
    const char *name;
    if (!file_is_dir(im->path) && file_exists(im->path) &&
        sha256_file(im->archive_sha256, im->path, e) < 0)
        return e->code;
    int rc = bundle_open(&b, im->path, e);
    while (rc == 0 && (rc = bundle_next(b, &name, e)) == 1)
        rc = take_file(im, b, name, e);
    bundle_close(b);
    if (im->n_unknown > SHOWN_UNKNOWN)
        log_warn("data", "and %zu more such files", im->n_unknown - SHOWN_UNKNOWN);
    for (size_t i = 0; rc == 0 && i < im->n_part; i++)
        if (im->part[i].split == im->entry->split)
            return 0;
    return rc < 0 ? rc : nothing_found(im, e);
}

static size_t subset_order(const struct catalog_entry *entry, const struct part *p)
{
    const struct catalog_subset *s = catalog_subset(entry, p->subset);
    return s ? (size_t)(s - entry->subset) : entry->n_subset + p->order;
}

/* Splits and subsets in the catalog's order: insertion sort, once, few parts. */
static void sort_parts(struct import *im)
{
    for (size_t i = 1; i < im->n_part; i++) {
        struct part p = im->part[i];
        size_t order = subset_order(im->entry, &p), k = i;
        for (; k > 0; k--) {
            const struct part *q = &im->part[k - 1];
            if (q->split < p.split ||
                (q->split == p.split && subset_order(im->entry, q) < order))
                break;
            im->part[k] = *q;
        }
        im->part[k] = p;
    }
}

static const struct part *find_part(const struct import *im, const struct catalog_split *split,
                                    const char *subset)
{
    for (size_t i = 0; i < im->n_part; i++)
        if (im->part[i].split == split && strcmp(im->part[i].subset, subset) == 0)
            return &im->part[i];
    return NULL;
}

static size_t split_rows(const struct import *im, const struct catalog_split *split, size_t *n)
{
    size_t rows = 0;
    *n = 0;
    for (size_t i = 0; i < im->n_part; i++)
        if (im->part[i].split == split) {
            rows += im->part[i].n;
            ++*n;
        }
    return rows;
}

struct list {
    struct strbuf text;
    size_t n;
};

static void list_add(struct list *l, const char *item)
{
    if (l->n++ < SHOWN_MISSING)
        strbuf_printf(&l->text, "%s%s", l->text.len ? ", " : "", item);
}

/* What differs in one subset of one split from what upstream publishes. */
static void compare_subset(struct import *im, struct list *l, const struct catalog_split *split,
                           const struct catalog_subset *s)
{
    const struct catalog_split *first = im->entry->split;
    const struct part *p = find_part(im, split, s->name);
    size_t expected = catalog_expected(im->entry, split, s);
    if (!p && split == first)
        list_add(l, s->name);
    else if (!p && find_part(im, first, s->name))
        list_add(l, arena_printf(&im->mem, "%s/%s", split->name, s->name));
    else if (p && expected && p->n != expected)
        list_add(l, arena_printf(&im->mem, "%s/%s (%zu rows, upstream has %zu)", split->name,
                                 s->name, p->n, expected));
}

static void summarise(struct import *im, struct import_result *out)
{
    const struct catalog_entry *entry = im->entry;
    struct list l = { .text = STRBUF_INIT };
    *out = (struct import_result){ .n_subset_expected = entry->n_subset };
    for (size_t i = 0; i < entry->n_split; i++) {
        const struct catalog_split *split = &entry->split[i];
        size_t n_subset, rows = split_rows(im, split, &n_subset), before = l.n;
        out->n_rows += rows;
        if (i == 0)
            out->n_subset = n_subset;
        if (!rows)
            list_add(&l, arena_printf(&im->mem, "split %s", split->name));
        for (size_t k = 0; rows && k < entry->n_subset; k++)
            compare_subset(im, &l, split, &entry->subset[k]);
        if (rows && l.n == before && out->n_subset >= entry->n_subset && split->n_expected &&
            rows != split->n_expected)
            list_add(&l, arena_printf(&im->mem, "%s (%zu rows, upstream has %zu)", split->name,
                                      rows, split->n_expected));
    }
    if (!entry->n_subset)
        out->n_subset_expected = out->n_subset;
    if (l.n > SHOWN_MISSING)
        strbuf_printf(&l.text, ", ... (%zu more)", l.n - SHOWN_MISSING);
    out->partial = l.n > 0;
    out->missing = strbuf_take(&l.text);
}

/* Hash and write one split; its file is named after its content. */
static int write_split(struct import *im, const struct catalog_split *split, const char *dir,
                       char sha256[SHA256_HEX], struct err *e)
{
    struct sha256 *hash = sha256_new();
    for (size_t i = 0; i < im->n_part; i++)
        if (im->part[i].split == split)
            sha256_add(hash, im->part[i].text.s, im->part[i].text.len);
    sha256_finish(hash, sha256);
    struct gzip_writer *w = NULL;
    const char *path = arena_printf(&im->mem, "%s/%s-%.12s.jsonl.gz", dir, split->name, sha256);
    if (gzip_open(&w, path, e) < 0)
        return e->code;
    for (size_t i = 0; i < im->n_part; i++)
        if (im->part[i].split == split &&
            gzip_write(w, im->part[i].text.s, im->part[i].text.len, e) < 0) {
            gzip_discard(w);
            return e->code;
        }
    return gzip_commit(w, e);
}

static int put_split(struct import *im, struct json_writer *w, const struct catalog_split *split,
                     const char *dir, struct err *e)
{
    char sha256[SHA256_HEX];
    size_t n_subset, rows = split_rows(im, split, &n_subset);
    if (!rows)
        return 0;
    if (write_split(im, split, dir, sha256, e) < 0)
        return e->code;
    json_open(w, split->name, '{');
    json_put_text(w, "file", arena_printf(&im->mem, "%s-%.12s.jsonl.gz", split->name, sha256));
    json_put_text(w, "sha256", sha256);
    json_put_int(w, "rows", (int64_t)rows);
    json_put_int(w, "expected", (int64_t)split->n_expected);
    json_open(w, "subsets", '{');
    for (size_t i = 0; i < im->n_part; i++)
        if (im->part[i].split == split)
            json_put_int(w, im->part[i].subset, (int64_t)im->part[i].n);
    json_close(w, '}');
    json_close(w, '}');
    return 0;
}

static bool is_pinned(const struct import *im)
{
    for (size_t i = 0; i < im->entry->n_url && *im->archive_sha256; i++)
        if (strcmp(im->entry->url_sha256[i], im->archive_sha256) == 0)
            return true;
    return false;
}

static void put_facts(struct import *im, struct json_writer *w, const struct import_result *r,
                      const char *origin)
{
    char now[32];
    clock_iso(now);
    json_put_int(w, "format", 1);
    json_put_text(w, "name", im->entry->name);
    json_put_text(w, "licence", im->entry->licence);
    json_put_text(w, "source", im->entry->source);
    json_put_text(w, "origin", origin);
    json_put_text(w, "origin_sha256", im->archive_sha256);
    json_put_bool(w, "pinned", is_pinned(im));
    json_put_text(w, "imported", now);
    json_put_text(w, "subset_field", im->entry->subset_field);
    json_put_int(w, "subsets", (int64_t)r->n_subset);
    json_put_int(w, "subsets_expected", (int64_t)r->n_subset_expected);
    json_put_bool(w, "partial", r->partial);
    json_put_text(w, "missing", r->missing);
}

/* Data files first, the manifest last: its rename is the import. */
static int write_all(struct import *im, const struct import_result *r, const char *data,
                     const char *origin, struct err *e)
{
    const char *name = im->entry->name, *dir = arena_printf(&im->mem, "%s/%s", data, name);
    int fd, rc = keep_lock(&fd, data, name, e);
    if (rc < 0)
        return rc;
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text, .indent = 2 };
    rc = file_mkdirs(dir, e);
    json_open(&w, NULL, '{');
    put_facts(im, &w, r, origin);
    json_open(&w, "splits", '{');
    for (size_t i = 0; rc == 0 && i < im->entry->n_split; i++)
        rc = put_split(im, &w, &im->entry->split[i], dir, e);
    json_close(&w, '}');
    json_close(&w, '}');
    strbuf_putc(&text, '\n');
    if (rc == 0)
        rc = file_write_atomic(arena_printf(&im->mem, "%s/manifest.json", dir), text.s, text.len,
                               e);
    keep_prune(data, name);
    keep_unlock(fd);
    strbuf_release(&text);
    return rc;
}

static void import_release(struct import *im)
{
    for (size_t i = 0; i < im->n_part; i++)
        strbuf_release(&im->part[i].text);
    free(im->part);
    free(im->seen);
    strbuf_release(&im->file);
    arena_release(&im->mem);
}

static const char *whole_path(struct import *im)
{
    char here[4096];
    if (*im->path == '/' || !getcwd(here, sizeof here))
        return im->path;
    return arena_printf(&im->mem, "%s/%s", here, im->path);
}

int store_import(struct import_result *out, const char *data, const struct catalog_entry *entry,
                 const char *path, const char *origin, struct err *e)
{
    struct import im = { .entry = entry, .path = path, .file = STRBUF_INIT };
    struct import_result r = { 0 };
    int rc = read_bundle(&im, e);
    if (rc < 0)
        goto done;
    sort_parts(&im);
    summarise(&im, &r);
    rc = write_all(&im, &r, data, origin ? origin : whole_path(&im), e);
done:
    if (rc < 0)
        import_result_release(&r);
    else
        *out = r;
    import_release(&im);
    return rc;
}
