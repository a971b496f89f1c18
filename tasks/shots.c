#include "tasks/shots.h"

#include <assert.h>

static int check_subset(const struct shot_rule *rule, const struct pool *pool, const char *name,
                        struct err *e)
{
    size_t n;
    (void)pool_rows(pool, name, &n);
    if (n >= rule->n)
        return 0;
    return err_set(e, ERR_INPUT, "%s%s%s has %zu rows in split '%s', %zu shots are wanted",
                   *name ? "subset '" : "the data set", name, *name ? "'" : "", n, rule->split,
                   rule->n);
}

int shots_check(const struct shot_rule *rule, const struct pool *pool,
                const struct dataset_facts *facts, struct err *e)
{
    assert(rule->n == 0 || pool);
    if (rule->n == 0)
        return 0;
    if (facts->n_subset == 0)
        return check_subset(rule, pool, "", e);
    for (size_t i = 0; i < facts->n_subset; i++)
        if (facts->subset[i].n_asked > 0 &&
            check_subset(rule, pool, facts->subset[i].name, e) < 0)
            return e->code;
    return 0;
}

const cJSON *const *shots_pick(const struct shot_rule *rule, const struct pool *pool,
                               const char *subset)
{
    size_t n;
    const cJSON *const *rows = pool_rows(pool, subset, &n);
    assert(n >= rule->n);
    return rows;
}
