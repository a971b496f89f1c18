#ifndef EVALRUN_DATASETS_CATALOG_H
#define EVALRUN_DATASETS_CATALOG_H
/*
 * Catalog entries: <share>/datasets/{zh,en}/<name>.json. An entry says where
 * a data set comes from, how its files are laid out and read, which fields a
 * row must have, its subsets with titles and categories, licence and counts.
 * Every key is described in docs/data-format.md.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

struct catalog_subset {
    const char *name, *title_zh, *title_en;
    const char **category;
    size_t n_category;
    size_t n_expected; /* in the main split; 0 = unknown */
};

/* The first split of an entry is its main one. */

struct catalog_split {
    const char *name;   /* "test" */
    const char *files;  /* pattern: "{split}/{subset}.csv" */
    size_t n_expected;  /* 0 = unknown */
    size_t n_each;      /* rows of every subset; 0 = they differ */
};

struct catalog_field {
    const char *name;
    bool required;
    const char *one_of; /* NULL, or letters/words "A|B|C|D" */
};

struct catalog_entry {
    const char *name, *lang, *about, *licence, *source, *citation;
    const char *reader;       /* "csv", "jsonl", ... */
    bool header;              /* csv: the first row names the columns */
    const char **column;      /* csv without header: names in order */
    size_t n_column;
    const char *subset_field; /* "" = none */
    struct catalog_field *field;
    size_t n_field;
    struct catalog_split *split;
    size_t n_split;
    struct catalog_subset *subset;
    size_t n_subset;
    const char **url; /* tried in order; "{hf}" stands for HF_ENDPOINT */
    const char **url_sha256; /* parallel; "" = not pinned */
    size_t n_url;
    cJSON *tree;      /* owns every string above */
    struct arena mem; /* owns every array above */
};

/* Load one entry by name; unknown names get the nearest one. */
MUST_USE int catalog_load(struct catalog_entry **out, const char *share, const char *name,
                          struct err *e);
void catalog_free(struct catalog_entry *c);

/* All names, sorted; strings in mem. */
MUST_USE int catalog_names(const char ***names, size_t *n, const char *share,
                           struct arena *mem, struct err *e);

/* Rows that upstream publishes of a subset in a split; 0 = unknown. */
size_t catalog_expected(const struct catalog_entry *c, const struct catalog_split *split,
                        const struct catalog_subset *subset);

const struct catalog_split *catalog_split(const struct catalog_entry *c, const char *name);
const struct catalog_subset *catalog_subset(const struct catalog_entry *c, const char *name);

#endif
