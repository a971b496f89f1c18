#ifndef EVALRUN_REPORTS_INPUT_H
#define EVALRUN_REPORTS_INPUT_H
/*
 * Private to reports/: what report_add() collects, before it is a table. A
 * part is one task of one run directory; its items are its journal lines,
 * reduced to what a figure needs.
 */
#include <sys/types.h>

#include "evaluator/journal/journal.h"
#include "evaluator/journal/manifest.h"
#include "reports/report.h"

struct item {
    const char *id, *subset, *failed;
    const char *created; /* of the run it is from; for two answers to one id */
    size_t index;
    const struct score *score;
    size_t n_score;
    uint32_t n_straddle;
    bool shortened;
};

struct part {
    const struct manifest *run;
    const struct manifest_task *task;
    const cJSON *tree; /* the task's own member of run.json */
    const char *dir;
    struct item *item; /* heap */
    size_t n_item, n_torn;
    const char *column_key; /* parts of one column have the same */
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
};

/* collect.c: read the journals of every task of a run directory. */
MUST_USE int collect_run(struct report *r, const char *dir, struct err *e);

/* rescore.c: a task's scorers, and a record's scores replaced by new ones;
 * what differs is noted in the report. */
struct rescore;
MUST_USE int rescore_open(struct rescore **out, const cJSON *specs, struct err *e);
MUST_USE int rescore_record(struct report *r, const struct rescore *s, struct record *record,
                            const char *path, struct err *e);
void rescore_close(struct rescore *s);

/* arrange.c: which part belongs to which row and column; fills r->row and
 * r->column but for the cells' figures. */
MUST_USE int arrange(struct report *r, struct err *e);

/* merge.c: the items of all parts of a cell, each id once, by subset (in the
 * manifest's order) and index. Heap; the caller frees it. */
struct merged {
    struct item *item;
    size_t n;
    size_t *start; /* n_subset + 1 places: where each subset's items begin */
    const struct manifest_subset *subset; /* with unknown ones appended */
    size_t n_subset;
    size_t n_torn, n_conflict;
};
void merge_cell(struct merged *out, const struct report *r, size_t row, size_t column,
                struct arena *mem);
void merged_release(struct merged *m);

/* fold.c: figures of a cell. */
MUST_USE int fold_cell(struct cell *out, const struct part *part, const struct merged *m,
                       struct arena *mem, struct err *e);

#endif
