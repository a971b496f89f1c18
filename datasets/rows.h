#ifndef EVALRUN_DATASETS_ROWS_H
#define EVALRUN_DATASETS_ROWS_H
/*
 * The rows of one stored or sample file, in order, hashed and counted on the
 * way. Used by dataset.c, pool.c and store.c; others want dataset.h.
 */
#include "base/err.h"
#include "base/json.h"
#include "datasets/dataset.h"
#include "datasets/store.h"

struct rows;

struct row {
    cJSON *tree;        /* yours to delete */
    const char *id;     /* inside tree */
    const char *subset; /* inside tree, or "" */
    size_t index, subset_index;
};

struct tally {
    char *name;
    size_t n;
};

/* Find a split's file: in the store (then *sha256 is what it must hash to) or
 * in the sample data (then NULL). Strings in mem. */
MUST_USE int rows_locate(const char **path, const char **sha256,
                         const struct catalog_entry *entry, const struct dataset_where *where,
                         const char *split, bool sample, struct arena *mem, struct err *e);

/* subset_field: "" = the rows have no subsets. */
MUST_USE int rows_open(struct rows **out, const char *path, const char *subset_field,
                       struct err *e);
MUST_USE int rows_next(struct rows *r, struct row *out, struct err *e); /* 1, 0 */

/* After the last row: the hash, compared with `sha256` unless that is NULL. */
MUST_USE int rows_check(struct rows *r, const char *sha256, struct err *e);
const char *rows_sha256(const struct rows *r); /* after rows_check() */

/* Rows per subset so far, in order of appearance; borrowed. */
const struct tally *rows_tally(const struct rows *r, size_t *n);
size_t rows_count(const struct rows *r);
void rows_close(struct rows *r); /* NULL is fine */

#endif
