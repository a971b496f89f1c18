#include "datasets/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const struct reader_type *const readers[] = { &reader_csv, &reader_json, &reader_jsonl };
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
    return "csv, json, jsonl";
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

static int check_text(const char *text, size_t len, struct err *e)
{
    size_t bad = 0, column;
    const char *nul = len ? memchr(text, '\0', len) : NULL;
    if (nul) {
        size_t line = line_of(text, (size_t)(nul - text), &column);
        return err_set(e, ERR_INPUT, "%zu: NUL byte at byte %zu of the line; the file must be "
                       "UTF-8 text", line, column);
    }
    if (!utf8_valid(text, len, &bad)) {
        size_t line = line_of(text, bad, &column);
        return err_set(e, ERR_INPUT, "%zu: byte %zu of the line is not UTF-8; convert the file "
                       "to UTF-8 (iconv)", line, column);
    }
    return 0;
}

int reader_open(struct reader **out, const struct catalog_entry *entry, const char *text,
                size_t len, struct err *e)
{
    const struct reader_type *type = reader_find(entry->reader);
    if (!type)
        return err_set(e, ERR_INPUT, "no reader '%s' (there are: %s)", entry->reader,
                       reader_names());
    if (check_text(text, len, e) < 0)
        return e->code;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    struct reader *r = xcalloc(1, type->size);
    *r = (struct reader){ .type = type, .entry = entry, .at = text, .end = text + len,
                          .line = 1, .row_line = 1 };
    int rc = type->open(r, e);
    if (rc < 0) {
        err_in(e, "%zu", r->row_line);
        reader_close(r);
        return rc;
    }
    *out = r;
    return 0;
}

int reader_next(struct reader *r, cJSON **row, struct err *e)
{
    int rc = r->type->next(r, row, e);
    return rc < 0 ? err_in(e, "%zu", r->row_line) : rc;
}

size_t reader_line(const struct reader *r)
{
    return r->row_line;
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    r->type->close(r);
    free(r);
}
