#ifndef EVALRUN_DATASETS_STORE_H
#define EVALRUN_DATASETS_STORE_H
/*
 * The store: <data>/<name>/manifest.json and, named by it, one file per split,
 * <data>/<name>/<split>-<12 digits of its SHA-256>.jsonl.gz. The manifest is
 * {name, licence, origin, imported, splits: {test: {file, sha256, rows,
 * expected, subsets: {agronomy: 169, ...}}}, partial, ...}; docs/data-format.md
 * has every key. It is renamed into place last, so an import happens whole or
 * not at all: an interrupted one leaves the former data untouched. A lock file
 * keeps two writers apart.
 */
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "datasets/catalog.h"

/* Read a set's manifest; absent is ERR_INPUT naming the three cures. */
MUST_USE int store_manifest(cJSON **out, const char *data, const char *name, struct err *e);

/* Where a split's file is and what it must hash to; strings in mem. A split
 * that the import did not find is an ERR_INPUT. */
MUST_USE int store_split(const char **path, const char **sha256, const cJSON *manifest,
                         const char *data, const char *split, struct arena *mem,
                         struct err *e);

struct import_result {
    size_t n_rows;   /* of all splits */
    size_t n_subset; /* of the main split */
    size_t n_subset_expected;
    bool partial;  /* anything differs from what upstream publishes */
    char *missing; /* heap: "anatomy, arts, ... (47 more)", "" when whole */
};

/* Import upstream's own layout from a folder or an archive (.zip, .tar,
 * .tar.gz, .tar.zst). Validates every row; the first bad row is the error:
 * "test/anatomy.csv:17: field 'Answer': 'E' is none of A|B|C|D". `origin` is
 * what the manifest shall say of where the data came from; NULL = path. */
MUST_USE int store_import(struct import_result *out, const char *data,
                          const struct catalog_entry *entry, const char *path,
                          const char *origin, struct err *e);
void import_result_release(struct import_result *r);

/* Recompute every hash and count of a set. */
MUST_USE int store_verify(const char *data, const char *name, struct err *e);
MUST_USE int store_remove(const char *data, const char *name, struct err *e);

#endif
