#ifndef EVALRUN_DATASETS_READER_H
#define EVALRUN_DATASETS_READER_H
/*
 * Readers turn the text of one upstream file into rows: one JSON object per
 * row, fields as upstream names them, values byte for byte (text of a CSV file
 * stays text: "None", "NA" and "1.0" are strings).
 *
 * To add a reader: 1 write reader_name.c with a `const struct reader_type`;
 * 2 declare it here; 3 add it to the table in readers.c; 4 describe it in
 * docs/data-format.md; 5 add tests/datasets/test_reader_name.c.
 *
 *     reader_open(&r, entry, text, len, e);
 *     while ((rc = reader_next(r, &row, e)) == 1)
 *         ...                                  (cJSON_Delete(row) by you)
 *     reader_close(r);
 */
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "datasets/catalog.h"

struct reader_type;

/* Every reader embeds this first. */
struct reader {
    const struct reader_type *type;
    const struct catalog_entry *entry;
    const char *at, *end; /* what is still to read; borrowed */
    size_t line;          /* of `at`, from 1 */
    size_t row_line;      /* where the latest row began */
};

struct reader_type {
    const char *name, *about;
    size_t size; /* of the struct that embeds struct reader; it starts zeroed */
    /* Read what precedes the rows. Text is whole, UTF-8, without NUL and BOM. */
    int (*open)(struct reader *r, struct err *e);
    /* 1 = a row, yours to delete; 0 = end. Sets row_line also on failure. */
    int (*next)(struct reader *r, cJSON **row, struct err *e);
    void (*close)(struct reader *r); /* what open took; after a failed open too */
};

extern const struct reader_type reader_csv, reader_json, reader_jsonl;

const struct reader_type *reader_find(const char *name); /* NULL when unknown */
const char *reader_names(void);                          /* "csv, json, jsonl" */

/* `text` is borrowed until reader_close(). Errors begin with the line number:
 * "17: ...". Refused: text that is not UTF-8, NUL bytes. */
MUST_USE int reader_open(struct reader **out, const struct catalog_entry *entry,
                         const char *text, size_t len, struct err *e);
MUST_USE int reader_next(struct reader *r, cJSON **row, struct err *e);
size_t reader_line(const struct reader *r); /* of the latest row */
void reader_close(struct reader *r);        /* NULL is fine */

#endif
