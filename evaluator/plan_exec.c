/* Tasks that run programs which a model wrote: whether they may, and which of
 * their subsets this machine can run. */
#include <string.h>

#include "base/log.h"
#include "evaluator/engines/sandbox.h"
#include "evaluator/plan.h"

static bool runs_programs(const struct plan_task *t)
{
    return task_asks(t->task, ROLE_SANDBOX) & ASK_EXEC;
}

static int check_allowed(const struct plan_task *t, const struct asked *a, struct err *e)
{
    const char *name = task_facts(t->task)->name;
    if (!a->allow_exec)
        return err_set(e, ERR_USAGE, "%s: runs programs that the model writes, in a sandbox; "
                                     "--allow-exec says that it may", name);
    if (a->numerics)
        return err_set(e, ERR_USAGE, "%s: --numerics compares no task that runs programs", name);
    return 0;
}

/* NULL, or why programs of this subset cannot be run here. */
static int find_reason(const char **why, const struct plan_task *t, const struct subset *s,
                       struct arena *mem, struct err *e)
{
    const char **language;
    size_t n;
    *why = NULL;
    if (task_languages(&language, &n, t->task, s, mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n && !*why; i++)
        if (!sandbox_language(language[i], why) && !*why)
            *why = arena_printf(mem, "'%s' is no language of the sandbox", language[i]);
    return 0;
}

/* Of the subsets that are asked, those that stay. */
static int choose_subsets(const char ***stay, size_t *n, struct plan *p, struct plan_task *t,
                          struct err *e)
{
    const struct dataset_facts *d = dataset_facts(t->dataset);
    *stay = arena_array(&p->mem, d->n_subset, sizeof **stay);
    t->left_out = arena_array(&p->mem, d->n_subset, sizeof *t->left_out);
    for (size_t i = 0; i < d->n_subset; i++) {
        const struct subset *s = &d->subset[i];
        const char *why, *name = arena_strdup(&p->mem, s->name);
        if (!s->n_asked)
            continue;
        if (find_reason(&why, t, s, &p->mem, e) < 0)
            return e->code;
        if (why)
            t->left_out[t->n_left_out++] = (struct manifest_left_out){ name, why };
        else
            (*stay)[(*n)++] = name;
    }
    return 0;
}

static int check_whole(struct plan *p, struct plan_task *t, struct err *e)
{
    const char *why;
    if (find_reason(&why, t, NULL, &p->mem, e) < 0)
        return e->code;
    return why ? err_set(e, ERR_USAGE, "%s: cannot be run here: %s", task_facts(t->task)->name, why)
               : 0;
}

int plan_programs(struct plan *p, struct plan_task *t, const struct dataset_where *where,
                  const struct asked *a, struct err *e)
{
    const char **stay = NULL, *name = task_facts(t->task)->name;
    size_t n = 0;
    if (!runs_programs(t))
        return 0;
    if (check_allowed(t, a, e) < 0)
        return e->code;
    if (dataset_facts(t->dataset)->n_subset == 0)
        return check_whole(p, t, e);
    if (choose_subsets(&stay, &n, p, t, e) < 0)
        return e->code;
    if (t->n_left_out == 0)
        return 0;
    if (n == 0)
        return err_set(e, ERR_USAGE, "%s: cannot be run here: %s", name, t->left_out[0].why);
    for (size_t i = 0; i < t->n_left_out; i++)
        log_warn("task", "%s: not run: %s (%s)", name, t->left_out[i].subset, t->left_out[i].why);
    dataset_close(t->dataset);
    t->dataset = NULL;
    t->query.subset = stay;
    t->query.n_subset = n;
    return dataset_open(&t->dataset, where, &t->query, e);
}

int plan_sandbox(struct engine **out, const struct plan *p, const struct asked *a, struct err *e)
{
    struct engine_options o;
    bool any = false;
    for (size_t i = 0; i < p->n_task; i++)
        any |= runs_programs(&p->task[i]);
    *out = NULL;
    if (!any)
        return 0;
    if (a->exec_unsafe)
        log_warn("sandbox", "--exec-unsafe: programs that a model wrote run WITHOUT ISOLATION, "
                            "with your files, your network and your rights");
    if (asked_engine(&o, a, p->cache, e) < 0)
        return e->code;
    return engine_open(out, "sandbox:", &o, e);
}
