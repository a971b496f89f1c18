#ifndef EVALRUN_TASKS_SHOTS_H
#define EVALRUN_TASKS_SHOTS_H
/*
 * Which rows serve as worked examples before a question. Today every recipe
 * takes the first n of the same subset; a rule that draws will key its draw
 * with (seed, sample id), never with visiting order.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "datasets/dataset.h"

struct shot_rule {
    size_t n; /* 0 = none */
    const char *split;
};

/* Every subset that is asked must have enough rows in the pool. */
MUST_USE int shots_check(const struct shot_rule *rule, const struct pool *pool,
                         const struct dataset_facts *facts, struct err *e);

/* The rule's n rows for a sample of the subset; borrowed from the pool, which
 * passed shots_check(). */
const cJSON *const *shots_pick(const struct shot_rule *rule, const struct pool *pool,
                               const char *subset);

#endif
