#ifndef EVALRUN_EVALUATOR_RUN_H
#define EVALRUN_EVALUATOR_RUN_H
/*
 * THE loop: one task over its engines, sample by sample, into one journal. It
 * knows nothing of any kind of task: task_next() says which question comes
 * next, engines answer, scorers score, the journal remembers.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "datasets/dataset.h"
#include "evaluator/engines/engine.h"
#include "evaluator/journal/journal.h"
#include "scorers/scorer.h"
#include "tasks/task.h"

struct bound_scorer {
    const struct scorer_type *type;
    void *rule;
};

struct run_input {
    const struct task *task;
    struct dataset *dataset;
    struct engine *engine[ROLE_COUNT]; /* NULL where the task asks nobody; they work at
                                          the same time */
    const struct bound_scorer *scorer;
    size_t n_scorer;
    struct journal *journal;
    struct progress *progress; /* may be NULL */
    size_t n_slot;             /* samples in flight */
    bool keep_prompts;
    bool (*stopped)(void);     /* asked between answers */
};

struct run_result {
    size_t n_settled, n_failed; /* in this call; failed are among the settled */
    uint64_t n_token;           /* prompt tokens of all answers */
    bool stopped;
    const char *halted; /* the engine's reason for ending early; or NULL */
};

MUST_USE int run_task(struct run_result *out, const struct run_input *in, struct err *e);

#endif
