#ifndef EVALRUN_REPORTS_INPUT_H
#define EVALRUN_REPORTS_INPUT_H
/*
 * Private to reports/: what report_add() collects, before it is a table. A
 * part is one task of one run directory; its journal lines are packed (pack.h)
 * as they are read, so that memory does not depend on how long they are.
 */
#include <sys/types.h>

#include "base/paged.h"
#include "evaluator/journal/journal.h"
#include "evaluator/journal/manifest.h"
#include "reports/pack.h"
#include "reports/report.h"

struct scorer_type; /* scorers/scorer.h */

/* Whose statistics a task's lines hold, one scorer after the other. */
struct scorers {
    const struct scorer_type **type; /* NULL: this version does not know it */
    size_t *first;                   /* of its statistics among all */
    size_t n;
    struct pack_shape shape;
};

struct part {
    const struct manifest *run;
    const struct manifest_task *task;
    const cJSON *tree; /* the task's own member of run.json */
    const char *dir;
    struct scorers scorers;
    struct paged line; /* by index: the place of the latest line in the pack */
    uint32_t first, end; /* its places are from first to before end */
    size_t n_torn;
    const char *column_key; /* parts of one column have the same */
    const char *draws_key;  /* see struct column */
    const char *model_key;  /* parts of one row have the same */
    size_t column, row;
};

struct seen { /* a run directory that was added */
    dev_t device;
    ino_t inode;
};

struct report_input {
    struct manifest **run; /* heap, each too */
    size_t n_run, run_cap;
    struct seen *seen; /* heap */
    size_t n_seen, seen_cap;
    struct part *part; /* heap */
    size_t n_part, part_cap;
    cJSON **score; /* heap, each too: lists that replace those of run.json */
    size_t n_score, score_cap;
    struct pack pack; /* the lines of all parts */
    struct names names;
};

/* collect.c: read the journals of every task of a run directory. */
MUST_USE int collect_run(struct report *r, const char *dir, struct err *e);

/* rescore.c: a task's scorers, and a record's scores replaced by new ones.
 * *different: what differs first from the stored ones, in words, or NULL; in
 * the record's memory. */
struct rescore;
MUST_USE int rescore_open(struct rescore **out, const cJSON *specs, struct err *e);
MUST_USE int rescore_record(const char **different, const struct rescore *s,
                            struct record *record, const char *path, struct err *e);
void rescore_close(struct rescore *s);

/* arrange.c: which part belongs to which row and column; fills r->row and
 * r->column but for the cells' figures. */
MUST_USE int arrange(struct report *r, struct err *e);

/* merge.c: the lines of all parts of a cell, each sample once, by subset (in
 * the manifest's order) and index. Heap; the caller releases it. */
struct merged {
    const struct report_input *in;
    const struct part *part; /* the first of them */
    uint32_t *place;         /* in the pack */
    size_t n;
    size_t *start; /* n_subset + 1 places: where each subset's lines begin */
    const struct manifest_subset *subset; /* with unknown ones appended */
    size_t n_subset;
    size_t n_torn, n_conflict;
    const cJSON *numerics; /* of the first part that has been measured; or NULL */
};
MUST_USE int merge_cell(struct merged *out, const struct report *r, size_t row, size_t column,
                        struct arena *mem, struct err *e);
void merged_release(struct merged *m);

/* fold.c: the metric of a task's score list that stands for it; NULL when this
 * version does not know it. */
const struct metric *headline_of(const cJSON *specs);
/* fold.c: the place of a statistic by its name; n_stat when there is none. */
size_t stat_place(const struct scorer_type *type, const char *name);
/* sections.c */
enum section section_of(const char *scorer);

/* fold.c: figures of a cell. */
MUST_USE int fold_cell(struct cell *out, const struct merged *m, struct arena *mem,
                       struct err *e);

/* usage.c: what the samples of a cell took. */
void count_usage(struct cell *out, const struct merged *m, struct arena *mem);

/* ledger.c: how their answers were found. */
void count_ledgers(struct cell *out, const struct merged *m, const char *extract_name,
                   struct arena *mem);
/* A task's score list with other rules to find answers, yours; the same list as
 * before, in a copy, where no scorer takes any. */
cJSON *ledger_with_rules(const cJSON *specs, const cJSON *extract);

/* confusion.c: which labels were taken for which. */
void count_confusions(struct cell *out, const struct merged *m, struct arena *mem);

/* average.c: languages and groups, from the columns and the command lines; and
 * their figures of a row. */
void list_sets(struct report *r);
void average_row(struct report *r, struct model_row *row);

/* pairs.c, draws.c, published.c: what a row's cells say beside each other. */
MUST_USE int find_pairs(struct report *r, size_t row, struct err *e);
void find_draws(struct report *r, struct model_row *row);
size_t draws_base(const char *recipe); /* "original@7" -> 8; 0 without a seed */
void find_published(struct report *r, size_t row);

#endif
