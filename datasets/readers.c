#include "datasets/reader.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

const struct reader_type reader_auto = {
    .name = "auto",
    .about = "by the file's ending: .csv .json .jsonl .parquet .tsv .txt, each also with .gz",
    .has_columns = true,
    .is_tree = true,
    .by_ending = true,
};

static const struct reader_type *const readers[] = { &reader_auto, &reader_csv,  &reader_json,
                                                     &reader_jsonl, &reader_parquet,
                                                     &reader_python, &reader_text,
                                                     &reader_tsv, &reader_worked,
                                                     &reader_yaml };
enum { N_READERS = sizeof readers / sizeof *readers };

const struct reader_type *reader_find(const char *name)
{
    for (size_t i = 0; i < N_READERS; i++)
        if (strcmp(readers[i]->name, name) == 0)
            return readers[i];
    return NULL;
}

const char *reader_names(void)
{
    return "auto, csv, json, jsonl, parquet, python, text, tsv, worked, yaml";
}

/* The reader for a name's ending, NULL when it has none that is known. */
static const struct reader_type *type_of_ending(const char *name)
{
    static const struct { const char *end; const struct reader_type *type; } ends[] = {
        { ".csv", &reader_csv }, { ".json", &reader_json }, { ".jsonl", &reader_jsonl },
        { ".parquet", &reader_parquet }, { ".tsv", &reader_tsv }, { ".txt", &reader_text },
    };
    const struct reader_type *type = NULL;
    char *bare = xstrdup(name);
    if (file_ends(bare, ".gz"))
        bare[strlen(bare) - 3] = '\0';
    for (size_t i = 0; i < sizeof ends / sizeof *ends && !type; i++)
        type = file_ends(bare, ends[i].end) ? ends[i].type : NULL;
    free(bare);
    return type;
}

const cJSON *node_child(const cJSON *node, const char *name, size_t len)
{
    const cJSON *child = node->child;
    if (cJSON_IsObject(node)) {
        while (child && (strlen(child->string) != len || memcmp(child->string, name, len) != 0))
            child = child->next;
        return child;
    }
    if (!cJSON_IsArray(node) || !len || len > 9)
        return NULL;
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (name[i] < '0' || name[i] > '9')
            return NULL;
        n = n * 10 + (size_t)(name[i] - '0');
    }
    while (child && n--)
        child = child->next;
    return child;
}

const cJSON *node_find(const struct node *row, const char *path)
{
    const cJSON *node = row->value;
    size_t up = row->n_up;
    for (; strncmp(path, "..", 2) == 0 && (path[2] == '/' || !path[2]); path += 2 + !!path[2]) {
        if (!up)
            return NULL;
        node = row->up[--up];
    }
    while (node && *path) {
        size_t len = strcspn(path, "/");
        node = node_child(node, path, len);
        path += len + (path[len] == '/');
    }
    return node;
}

/* Line and byte of a place, for messages. */
static size_t line_of(const char *text, size_t at, size_t *column)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < at; i++)
        if (text[i] == '\n') {
            line++;
            start = i + 1;
        }
    *column = at - start + 1;
    return line;
}

static int check_text(const char *name, const char *text, size_t len, struct err *e)
{
    size_t bad = 0, column;
    const char *nul = len ? memchr(text, '\0', len) : NULL;
    if (nul) {
        size_t line = line_of(text, (size_t)(nul - text), &column);
        return err_set(e, ERR_INPUT, "%s:%zu: NUL byte at byte %zu of the line; the file must be "
                       "UTF-8 text", name, line, column);
    }
    if (!utf8_valid(text, len, &bad)) {
        size_t line = line_of(text, bad, &column);
        return err_set(e, ERR_INPUT, "%s:%zu: byte %zu of the line is not UTF-8; convert the "
                       "file to UTF-8 (iconv)", name, line, column);
    }
    return 0;
}

int reader_open(struct reader **out, const struct catalog_form *form, const char *name,
                const char *text, size_t len, struct err *e)
{
    const struct reader_type *type = reader_find(form->reader);
    assert(type); /* the catalog was checked */
    if (type->by_ending)
        type = type_of_ending(name);
    if (!type)
        return err_set(e, ERR_INPUT, "%s: the reader '%s' takes files %s", name, reader_auto.name,
                       reader_auto.about);
    if (!type->is_binary && check_text(name, text, len, e) < 0)
        return e->code;
    if (!type->is_binary && len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    struct reader *r = xcalloc(1, type->size);
    *r = (struct reader){ .type = type, .form = form, .name = name, .at = text,
                          .end = text + len, .line = 1, .row_line = 1, .path = STRBUF_INIT };
    int rc = type->open ? type->open(r, e) : 0;
    if (rc < 0) {
        reader_in(r, e);
        reader_close(r);
        return rc;
    }
    *out = r;
    return 0;
}

int reader_in(const struct reader *r, struct err *e)
{
    if (!r->type->is_tree)
        return err_in(e, "%s:%zu", r->name, r->row_line);
    if (!r->path.len)
        return err_in(e, "%s", r->name);
    return err_in(e, "%s: at %s", r->name, r->path.s);
}

int reader_next(struct reader *r, struct node *row, struct err *e)
{
    cJSON_Delete(r->row);
    r->row = NULL;
    *row = (struct node){ 0 };
    int rc = r->type->next(r, row, e);
    if (rc == 1 && !cJSON_IsObject(row->value))
        rc = err_set(e, ERR_INPUT, "a row must be a JSON object");
    return rc < 0 ? reader_in(r, e) : rc;
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    if (r->type->close)
        r->type->close(r);
    cJSON_Delete(r->row);
    strbuf_release(&r->path);
    free(r);
}
