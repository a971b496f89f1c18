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
    const char *file;  /* stands for {subset} in patterns; the name by default */
    const char **category;
    size_t n_category;
    size_t n_expected; /* in the main split; 0 = unknown */
    const cJSON *row;  /* constants of every row, an object; NULL = none */
};

struct catalog_field {
    const char *name;
    const char **from;  /* paths from the row (datasets/reader.h), the first that
                           leads somewhere counts; none = the name */
    size_t n_from;
    const char *match;  /* pattern whose group is the value; NULL = all of it */
    bool required;
    const char *one_of; /* NULL, or letters/words "A|B|C|D" */
};

/* How rows come out of a file. */
struct catalog_form {
    const char *reader;  /* "csv", "jsonl", ... */
    bool header;         /* csv, tsv: the first row is no row, it names the columns */
    bool quoted;         /* tsv: quoted as csv is */
    const char **column; /* csv, tsv: names in order, also instead of the first row's */
    size_t n_column;
    const char *rows;    /* json: where the rows are in the document; NULL = "*" */
    const char *where;   /* path from the row; NULL = take all */
    const char *where_is; /* its value as text in the rows that are taken, */
    bool where_not;       /* or, if this is set, in those that are not; */
    bool where_range;     /* or a number from one to another, both counted */
    double where_from, where_to;
    struct catalog_field *field;
    size_t n_field;
};

/* Patterns of files, any of which a file may match: "{split}/{subset}.csv". */
struct catalog_files {
    const char **pattern;
    size_t n;
};

/* The first split of an entry is its main one. */
struct catalog_split {
    const char *name; /* "test" */
    struct catalog_files files;
    size_t n_expected; /* 0 = unknown */
    size_t n_each;     /* rows of every subset; 0 = they differ */
    bool optional;     /* a copy without it is whole too */
    bool alone;        /* a copy that has it and not the main split is one too */
    const char *subset; /* of all its rows; "" = as the file or the row says */
    struct catalog_form form; /* the entry's, but for keys of its own */
    const char *label; /* field whose values are the lines of another file; NULL = none */
    struct catalog_files label_files;
    const char *hub_config, *hub_split; /* where the entry's hub has its rows; NULL = nowhere */
};

struct catalog_entry {
    const char *name, *lang, *about, *licence, *source, *citation;
    bool noncommercial;       /* the licence forbids commercial use */
    const char *gated;        /* how to get access; "" = for everybody */
    struct catalog_form form; /* of splits that say nothing of it */
    const char *subset_field; /* "" = none */
    const char **id_field;    /* whose values make the id; none = a running number */
    size_t n_id_field;
    struct catalog_split *split;
    size_t n_split;
    struct catalog_subset *subset;
    size_t n_subset;
    const char **url; /* tried in order; "{hf}" stands for HF_ENDPOINT */
    const char **url_sha256; /* parallel; "" = not pinned */
    struct catalog_files *url_files; /* parallel: what to fetch below it, "{subset}" for
                                        each; none = it is itself an archive */
    size_t n_url;
    const char *hub; /* "org/name": a hub serves its rows, page by page; NULL = none does */
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
/* By what stands for {subset} in the name of a file. */
const struct catalog_subset *catalog_subset_of_file(const struct catalog_entry *c,
                                                    const char *file);
const struct catalog_field *catalog_field(const struct catalog_form *form, const char *name);

/* True when rows have the field without their file: the subset, a constant of
 * subsets, or the split's label. */
bool catalog_is_given(const struct catalog_entry *c, const struct catalog_split *split,
                      const char *field);

#endif
