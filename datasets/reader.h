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
 *     reader_open(&r, form, "test/art.csv", text, len, e);
 *     while ((rc = reader_next(r, &row, e)) == 1)
 *         if (!node_find(&row, "question/stem"))
 *             ...  reader_in(r, err_set(e, ...))
 *     reader_close(r);
 */
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "datasets/catalog.h"

struct reader_type;

/* A row where it stands; all borrowed until the next reader_next(). */
struct node {
    const cJSON *value;     /* the row, an object */
    const cJSON *const *up; /* what encloses it in its document, innermost last */
    size_t n_up;            /* 0 unless the reader is_tree */
};

/* The value at a path from a row, NULL when there is none: segments apart by
 * "/", first any number of ".." for the enclosing nodes, then keys of objects
 * and numbers of elements, from 0. "../../context", "question/stem". */
const cJSON *node_find(const struct node *row, const char *path);

/* The member or, where the name is a number, the element; NULL without one. */
const cJSON *node_child(const cJSON *node, const char *name, size_t len);

/* Every reader embeds this first. */
struct reader {
    const struct reader_type *type;
    const struct catalog_form *form;
    const char *name;     /* of the file, for messages */
    const char *at, *end; /* what is still to read; borrowed */
    size_t line;          /* of `at`, from 1 */
    size_t row_line;      /* where the latest row began */
    struct strbuf path;   /* is_tree: of the latest row, "data.0.qas.1" */
    cJSON *row;           /* the latest, when the reader made it */
};

struct reader_type {
    const char *name, *about;
    size_t size; /* of the struct that embeds struct reader; it starts zeroed */
    const char *const *field; /* names, NULL-ended; NULL = as the file has them */
    bool has_columns;         /* keys `header` and `columns` are its own */
    bool is_tree;             /* key `rows` is, and ".." leads somewhere */
    bool is_binary;           /* takes any bytes, not only text */
    bool by_ending;           /* stands for the reader named as the file ends */
    /* Read what precedes the rows. Text is whole, UTF-8, without NUL and BOM. NULL =
     * nothing does; then close may be NULL too. */
    int (*open)(struct reader *r, struct err *e);
    /* 1 = a row; 0 = end. Sets row_line or path also on failure. */
    int (*next)(struct reader *r, struct node *row, struct err *e);
    void (*close)(struct reader *r); /* what open took; after a failed open too */
};

extern const struct reader_type reader_auto, reader_csv, reader_json, reader_jsonl,
    reader_parquet, reader_python, reader_text, reader_tsv, reader_worked, reader_yaml;

const struct reader_type *reader_find(const char *name); /* NULL when unknown */
const char *reader_names(void);                          /* "csv, json, ..." */
/* Can this build read Parquet files? Not every one can; the error says the cure. */
MUST_USE int reader_parquet_ready(struct err *e);

/* Form, name and text are borrowed until reader_close(). Errors say where:
 * "NAME:17: ...", or "NAME: at data.0.qas.1: ..." in a JSON document.
 * Refused, unless the reader is_binary: text that is not UTF-8, NUL bytes. */
MUST_USE int reader_open(struct reader **out, const struct catalog_form *form, const char *name,
                         const char *text, size_t len, struct err *e);
MUST_USE int reader_next(struct reader *r, struct node *row, struct err *e);
int reader_in(const struct reader *r, struct err *e); /* put the latest row's place first */
void reader_close(struct reader *r);                  /* NULL is fine */

#endif
