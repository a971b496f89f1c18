/* Which tasks a command line names, each loaded, bound and with its scorers. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "evaluator/custom.h"
#include "evaluator/plan.h"

static int bind_scorers(struct plan *p, struct plan_task *t, struct err *e)
{
    const struct task_facts *facts = task_facts(t->task);
    t->scorer = arena_array(&p->mem, (size_t)cJSON_GetArraySize(facts->score), sizeof *t->scorer);
    for (const cJSON *v = facts->score->child; v; v = v->next) {
        const char *name = json_text(v, "use", "");
        const struct scorer_type *type = scorer_find(name);
        if (!type)
            return err_set(e, ERR_INPUT, "%s: score: there is no scorer '%s'", facts->name, name);
        t->scorer[t->n_scorer].type = type;
        if (type->compile(&t->scorer[t->n_scorer].rule, v, e) < 0)
            return err_in(e, "%s: score[%zu]", facts->name, t->n_scorer);
        if (equip(&p->equipment, type, t->scorer[t->n_scorer++].rule, e) < 0)
            return err_in(e, "%s", facts->name);
    }
    return 0;
}

/* A task that the user made lies elsewhere. */
static const char *task_share(struct plan *p, const char *name)
{
    return custom_share(p->where.share, p->where.data, "tasks", name, &p->mem);
}

static bool is_path(const char *name)
{
    size_t len = strlen(name);
    return len > 5 && !strcmp(name + len - 5, ".json");
}

static int make_task(struct plan *p, struct plan_task *t, const struct asked *a, struct err *e)
{
    struct task_query q = {
        .name = t->name,
        .recipe = t->recipe,
        .split = a->split,
        .permute = (size_t)a->permute,
        .contamination = a->contamination,
        .share = p->where.share,
        .shots = a->has_shots ? (int)a->shots : -1,
        .seed = (uint64_t)a->seed,
        .chat = !a->has_chat ? CHAT_RECIPE : a->chat ? CHAT_ON : CHAT_OFF,
    };
    if (task_load(&t->task, task_share(p, t->name), &q, e) < 0)
        return e->code;
    const struct task_facts *facts = task_facts(t->task);
    const struct dataset_where where = {
        .share = custom_share(p->where.share, p->where.data, "datasets", facts->dataset, &p->mem),
        .data = p->where.data,
    };
    t->query = (struct dataset_query){ .name = facts->dataset, .split = facts->split,
                                       .sample = a->sample, .limit = (size_t)a->limit,
                                       .shard = p->shard, .usual = facts->subset,
                                       .n_usual = facts->n_subset,
                                       .categories = facts->categories };
    if (a->subset && split_list(&t->query.subset, &t->query.n_subset, a->subset, "subset",
                                &p->mem, e) < 0)
        return e->code;
    if (dataset_open(&t->dataset, &where, &t->query, e) < 0)
        return is_path(t->name) ? err_in(e, "%s", t->name) : e->code;
    if (plan_programs(p, t, &where, a, e) < 0)
        return e->code;
    if (facts->shots > 0 && facts->shot_split &&
        pool_open(&t->pool, &where, facts->dataset, facts->shot_split, a->sample, e) < 0)
        return e->code;
    if (task_bind(t->task, t->pool, dataset_facts(t->dataset), e) < 0)
        return e->code;
    p->need_chat |= facts->chat;
    return bind_scorers(p, t, e);
}

static void add_task(struct plan *p, const char *name, bool in_group, size_t *cap)
{
    for (size_t i = 0; i < p->n_task; i++)
        if (!strcmp(p->task[i].name, name)) { /* a group may hold what is named beside it */
            p->task[i].in_group &= in_group;
            return;
        }
    p->task = grow(p->task, p->n_task, cap, sizeof *p->task);
    p->task[p->n_task++] = (struct plan_task){ .name = name, .in_group = in_group };
}

static int open_groups(struct plan *p, size_t n, struct err *e)
{
    if (task_groups_open(&p->groups, p->where.share, e) < 0)
        return e->code;
    p->group = arena_array(&p->mem, n, sizeof *p->group);
    return 0;
}

static bool is_task(struct plan *p, const char *name, const char *const *shipped, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(shipped[i], name))
            return true;
    return is_path(name) || task_share(p, name) != p->where.share;
}

/* A name that is no group, but nearly one, and no task: the error. */
static int check_near_group(struct plan *p, const char *name, struct err *e)
{
    const struct task_group *g;
    const char **shipped = NULL;
    size_t n = 0;
    if (task_names(&shipped, &n, p->where.share, &p->mem, e) < 0)
        return e->code;
    if (is_task(p, name, shipped, n))
        return 0;
    for (size_t i = 0; (g = task_groups_at(p->groups, i)); i++)
        if (nearest_word(name, &g->name, 1))
            return err_set(e, ERR_USAGE, "unknown task '%s' (did you mean the group '%s'? "
                           "`evalrun list groups` names all)", name, g->name);
    return 0;
}

/* Names and groups of them; a task file's path is no group. */
static int name_tasks(struct plan *p, const char *list, struct err *e)
{
    const char *const *name = NULL;
    size_t n = 0, cap = 0;
    if (split_list(&name, &n, list, "task", &p->mem, e) < 0 || open_groups(p, n, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++) {
        const struct task_group *g = task_groups_find(p->groups, name[i]);
        if (g)
            p->group[p->n_group++] = g;
        for (size_t k = 0; g && k < g->n_member; k++)
            add_task(p, g->member[k], true, &cap);
        if (!g && task_groups_at(p->groups, 0) && check_near_group(p, name[i], e) < 0)
            return e->code;
        if (!g)
            add_task(p, name[i], false, &cap);
    }
    return 0;
}

static int check_seed(const char *seed, struct err *e)
{
    char *end = NULL;
    long long value = strtoll(seed, &end, 10);
    bool plain = *seed >= '0' && *seed <= '9' && (*seed != '0' || !seed[1]); /* 7 is also 07 */
    if (plain && !*end && value <= MAX_SEED)
        return 0;
    return err_set(e, ERR_USAGE, "--shots-seed %s: a whole number from 0 to 2^53 is wanted", seed);
}

static bool may_leave_out(const struct plan_task *t, int rc)
{
    return t->in_group && rc == ERR_USAGE;
}

/* The recipe that a task would have, and whether it takes examples. */
static int usual_recipe(const char **recipe, bool *has_shots, struct plan *p,
                        const char *name, const struct asked *a, struct arena *mem,
                        struct err *e)
{
    struct task *task = NULL;
    const struct task_query q = { .name = name, .recipe = a->recipe, .share = p->where.share,
                                  .shots = a->has_shots ? (int)a->shots : -1 };
    if (task_load(&task, task_share(p, name), &q, e) < 0)
        return e->code;
    *recipe = arena_strdup(mem, task_facts(task)->recipe);
    *has_shots = task_facts(task)->shots > 0;
    task_free(task);
    return 0;
}

/* Every task with examples once for each seed; the others stay as they are. */
static int draw_shots(struct plan *p, const struct asked *a, struct err *e)
{
    const char *const *seed = NULL;
    struct plan_task *named = p->task;
    size_t n = 0, n_named = p->n_task, cap = 0, n_drawn = 0;
    int rc = split_list(&seed, &n, a->shots_seed, "shots-seed", &p->mem, e);
    for (size_t k = 0; rc == 0 && k < n; k++)
        rc = check_seed(seed[k], e);
    p->task = NULL;
    p->n_task = 0;
    for (size_t i = 0; rc == 0 && i < n_named; i++) {
        const char *recipe = NULL;
        bool has_shots = false;
        rc = usual_recipe(&recipe, &has_shots, p, named[i].name, a, &p->mem, e);
        if (may_leave_out(&named[i], rc)) {
            rc = 0; /* make_task() will say why */
            recipe = a->recipe;
        }
        for (size_t k = 0; rc == 0 && k < (has_shots ? n : 1); k++) {
            p->task = grow(p->task, p->n_task, &cap, sizeof *p->task);
            p->task[p->n_task++] = (struct plan_task){
                .name = named[i].name,
                .in_group = named[i].in_group,
                .recipe = has_shots ? arena_printf(&p->mem, "%s@%s", recipe, seed[k]) : recipe,
            };
        }
        n_drawn += has_shots;
    }
    free(named);
    if (rc == 0 && !n_drawn)
        rc = err_set(e, ERR_USAGE, "--shots-seed %s: no task asked has few-shot examples; "
                                   "--shots K asks for them", a->shots_seed);
    return rc;
}

/* A member of a group that cannot be asked so is left out, with a warning, and the
 * group's figure says of how many tasks it is; one that was named is an error. */
static int make_all(struct plan *p, const struct asked *a, struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_task; i++) {
        struct plan_task *t = &p->task[i];
        int rc = make_task(p, t, a, e);
        if (may_leave_out(t, rc)) {
            log_warn("task", "%s is left out of its group: %s", t->name, e->text);
            *e = (struct err){ 0 };
            plan_task_release(t);
            continue;
        }
        if (rc < 0)
            return rc;
        if (n < i) {
            p->task[n] = *t;
            *t = (struct plan_task){ 0 };
        }
        n++;
    }
    p->n_task = n;
    return n ? 0 : err_set(e, ERR_USAGE, "--task %s: none of its tasks can be asked so", a->task);
}

static bool same_figures(const struct plan_task *a, const struct plan_task *b)
{
    const struct task_facts *x = task_facts(a->task), *y = task_facts(b->task);
    return !strcmp(x->name, y->name) && !strcmp(x->recipe, y->recipe);
}

int plan_tasks(struct plan *p, const struct asked *a, struct err *e)
{
    if (name_tasks(p, a->task, e) < 0)
        return e->code;
    for (size_t i = 0; i < p->n_task; i++)
        p->task[i].recipe = a->recipe;
    if (a->shots_seed && draw_shots(p, a, e) < 0)
        return e->code;
    if (make_all(p, a, e) < 0)
        return e->code;
    for (size_t i = 0; i < p->n_task; i++)
        for (size_t k = 0; k < i; k++)
            if (same_figures(&p->task[i], &p->task[k]))
                return err_set(e, ERR_USAGE, "--task: two tasks are called '%s'",
                               task_facts(p->task[i].task)->name);
    return 0;
}
