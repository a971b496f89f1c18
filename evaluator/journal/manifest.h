#ifndef EVALRUN_EVALUATOR_JOURNAL_MANIFEST_H
#define EVALRUN_EVALUATOR_JOURNAL_MANIFEST_H
/*
 * run.json: what a run was. Written once (temporary file, fsync, link), never
 * edited. Two runs with the same `identity` of a task asked the same questions
 * of the same model under the same numerics, so their journals may be merged.
 *
 * {"format": 1, "evalrun": version, "created": time,
 *  "model":  {"label", "spec", "family", "engine", ... engine's describe()},
 *  "asked":  {the command line's choices, so that --resume needs no others},
 *  "groups": [{"name", "about", "members": [tasks]}] that the command line named,
 *  "tasks":  [{"task", "version", "recipe", "lang", "dataset", "split",
 *              "average", "shots", "chat", "limit", "seed", "subsets": [...],
 *              "n": samples asked in all shards, "n_expected", "partial",
 *              "sample", "data_sha256", "shots_sha256", "task_sha256",
 *              "task_text", "licence", "score": [...], "identity",
 *              "numerics": {...} when asked for, and where they say something
 *              "pair", "noncommercial", "permute", "contamination",
 *              "split_asked", "rules": [named rule sets, see tasks/rules.h],
 *              "sandbox": {what its programs ran in}, "exec_unsafe",
 *              "left_out": [{"subset", "why"}]}]}
 *
 * In "model" may be "published": figures of the catalog, see docs/reports.md.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/strbuf.h"

struct manifest_subset {
    const char *name, *title_zh, *title_en;
    const char *const *category;
    size_t n_category;
    size_t n; /* samples asked, all shards */
};

struct manifest_left_out {
    const char *subset, *why; /* "no 'go' command; ..." */
};

struct manifest_task {
    const char *task, *recipe, *lang, *dataset, *split, *licence, *source;
    const char *data_sha256, *shots_sha256, *task_sha256, *task_text;
    const char *identity; /* SHA-256: see manifest_identity() */
    const char *average;  /* "micro" or "macro" */
    const char *pair; /* a zh and an en task of one pair have the same items; NULL = none */
    int version, shots;
    bool chat, sample, partial; /* partial: fewer rows than upstream has, or --limit/--subset */
    bool noncommercial; /* the data set's licence */
    bool split_asked;   /* --split named it; else it is the recipe's own */
    bool contamination; /* asked too: how likely the questions' own texts are */
    size_t permute;     /* orders of the options that were asked; 0 = their own */
    size_t limit;
    uint64_t seed;
    size_t n, n_expected;
    struct manifest_subset *subset;
    size_t n_subset;
    const cJSON *score;
    const cJSON *numerics; /* NULL = not measured */
    const cJSON *rules;    /* named rule sets (tasks/rules.h); NULL = none */
    const cJSON *sandbox;  /* what its programs ran in; NULL = it runs none */
    bool exec_unsafe;      /* they ran without isolation */
    struct manifest_left_out *left_out; /* subsets that could not be run */
    size_t n_left_out;
};

struct manifest_group {
    const char *name, *about;
    const char *const *member; /* tasks */
    size_t n_member;
};

struct manifest {
    const char *dir; /* where it was read from */
    const char *created, *version;
    const char *label, *family;
    const cJSON *model;   /* engine's description, whole */
    const cJSON *asked;
    struct manifest_task *task;
    size_t n_task;
    struct manifest_group *group;
    size_t n_group;
    cJSON *tree; /* owns everything */
    struct arena mem;
};

/* Write <dir>/run.json from a tree in the form above. If one is there already
 * its content must agree (created aside), else ERR_MISMATCH that names every
 * differing key with both values. */
MUST_USE int manifest_write(const char *dir, const cJSON *tree, struct err *e);
MUST_USE int manifest_read(struct manifest *out, const char *dir, struct err *e);
void manifest_release(struct manifest *m);

/* The differences between two trees as "model.sha256: a / b; ..." (keys that
 * cannot change an answer, such as created or threads, aside): the first few
 * and how many more; "" when none. */
void manifest_diff(struct strbuf *out, const cJSON *a, const cJSON *b);

/* SHA-256 over everything that decides questions and answers of one task:
 * task bytes, recipe, shots, chat, seed, limit, subsets, data and shot hashes,
 * model description (file hash, template, context, numerics). */
void manifest_identity(char hex[65], const cJSON *task, const cJSON *model);

/* The same of a model description alone. */
void manifest_model_identity(char hex[65], const cJSON *model);

/* Journal file of a task and shard, below dir; string in mem. */
char *manifest_journal_path(const char *dir, const char *task, const char *recipe,
                            uint32_t shard, uint32_t n_shard, struct arena *mem);

/* Run directories below `path`: itself when it has run.json, else its direct
 * sub-folders that have one, sorted. */
MUST_USE int manifest_find(const char ***dirs, size_t *n, const char *path, struct arena *mem,
                           struct err *e);

/* All journal files of a task in a run directory, sorted. */
MUST_USE int manifest_journals(const char ***paths, size_t *n, const char *dir,
                               const char *task, const char *recipe, struct arena *mem,
                               struct err *e);

#endif
