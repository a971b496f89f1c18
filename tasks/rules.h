#ifndef EVALRUN_TASKS_RULES_H
#define EVALRUN_TASKS_RULES_H
/*
 * Named sets of rules that find answers (base/extract.h), which several recipes
 * share: <share>/tasks/rules/NAME.json. Where a list of rules may stand, a text
 * names a set:
 *
 *     { "rules": "NAME", "about": "...", "source": "whose, which file and version",
 *       "version": 1, "extract": [ { "regex": "..." }, ... ] }
 *
 * A run keeps the sets that its recipe names in run.json, so that it can be scored
 * again when the shipped ones have changed.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

/* A set, or a file with nothing but a list of rules. */
struct rules {
    const char *name, *about, *source; /* of a bare list: its path, "", "" */
    int version;                       /* 0 of a bare list */
    char sha256[65];                   /* of the file's bytes */
    const cJSON *list;
    cJSON *tree; /* owns all that is above */
};

/* Checked: keys, name, and every rule. A name, or a path that ends in ".json". */
MUST_USE int rules_open(struct rules *out, const char *share, const char *name_or_path,
                        struct err *e);
void rules_release(struct rules *r);

/* The list alone; yours to cJSON_Delete(). */
MUST_USE int rules_load(cJSON **list, const char *share, const char *name_or_path,
                        struct err *e);

/* Names of all shipped sets, sorted. */
MUST_USE int rules_names(const char ***names, size_t *n, const char *share, struct arena *mem,
                         struct err *e);

/* Where a recipe's sets come from. */
struct rules_source {
    const char *share;   /* the shipped ones; NULL = there are none */
    const cJSON *stored; /* those of a run, as rules_resolve() lists them; NULL = the
                            shipped ones */
};

/* Where `key` of an object holds a set's name, put its list there, and append
 *     {"at": "score[0].extract", "name", "version", "sha256", "extract": [...]}
 * to *used, which is made when it is NULL. `place` is the object's ("score[0]"). */
MUST_USE int rules_resolve(cJSON **used, cJSON *object, const char *key, const char *place,
                           const struct rules_source *source, struct err *e);

#endif
