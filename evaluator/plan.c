#include "evaluator/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/dirs.h"
#include "base/log.h"
#include "base/utf8.h"
#include "evaluator/custom.h"

static int parse_shard(struct shard *out, const char *text, struct err *e)
{
    *out = (struct shard){ 0, 1 };
    if (!text)
        return 0;
    char *end = NULL;
    errno = 0;
    unsigned long i = strtoul(text, &end, 10);
    unsigned long n = *end == '/' ? strtoul(end + 1, &end, 10) : 0;
    if (errno || *end || text[0] < '0' || text[0] > '9' || n < 1 || n > 1000000 || i >= n)
        return err_set(e, ERR_USAGE, "--shard %s: I/N is wanted, with 0 <= I < N", text);
    *out = (struct shard){ (uint32_t)i, (uint32_t)n };
    return 0;
}

/* All of these go to run.json, which must be readable again. */
static int check_text(const struct asked *a, struct err *e)
{
    const struct {
        const char *name, *text;
    } given[] = { { "task", a->task },         { "model", a->model },
                  { "recipe", a->recipe },     { "subset", a->subset },
                  { "split", a->split },       { "data-dir", a->data_dir },
                  { "template", a->template } };
    size_t bad = 0;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].text && !utf8_valid(given[i].text, strlen(given[i].text), &bad))
            return err_set(e, ERR_USAGE, "--%s: byte %zu is not UTF-8; give the file or folder "
                                         "another name", given[i].name, bad + 1);
    return 0;
}

static int check_asked(const struct asked *a, struct err *e)
{
    if (!a->task)
        return err_set(e, ERR_USAGE, "no --task given; `evalrun list tasks` names them");
    if (!a->model)
        return err_set(e, ERR_USAGE, "no --model given; `evalrun list models` names them, a GGUF "
                                     "path will do");
    if (a->limit < 0 || (a->has_shots && (a->shots < 0 || a->shots > 1000)) || a->seed < 0)
        return err_set(e, ERR_USAGE, "--limit, --shots and --seed cannot be negative (and "
                                     "--shots not above 1000)");
    if (a->seed > MAX_SEED)
        return err_set(e, ERR_USAGE, "--seed is above 2^53, which run.json cannot hold");
    if (a->ctx < 0 || a->ctx > 16 * 1024 * 1024 || a->threads < 0 || a->threads > 1024 ||
        a->gpu_layers < -1 || a->gpu_layers > 100000)
        return err_set(e, ERR_USAGE, "--ctx, --threads or --gpu-layers is out of range");
    if (a->group < 0 || a->group > 64 || a->slots < 0 || a->slots > 255)
        return err_set(e, ERR_USAGE, "--group must be from 1 to 64, --slots from 1 to 255");
    if (a->concurrency < 0 || a->concurrency > 1000 || a->rpm < 0 || a->tpm < 0 ||
        a->timeout < 0 || a->timeout > 1000000)
        return err_set(e, ERR_USAGE, "--concurrency must be from 1 to 1000; --rpm, --tpm and "
                                     "--timeout cannot be negative");
    if (a->exec_jobs < 0 || a->exec_jobs > 1024)
        return err_set(e, ERR_USAGE, "--exec-jobs must be from 1 to 1024");
    if ((a->exec_unsafe || a->exec_jobs) && !a->allow_exec)
        return err_set(e, ERR_USAGE, "--exec-unsafe and --exec-jobs go with --allow-exec");
    if (a->numerics < 0 || a->numerics > 1000000)
        return err_set(e, ERR_USAGE, "--numerics must be from 0 to 1000000");
    if (a->permute < 0 || a->permute == 1 || a->permute > 26)
        return err_set(e, ERR_USAGE, "--permute must be from 2 to the number of options");
    return check_text(a, e);
}

/* By their directories' names: two labels may come out as one. */
static bool is_taken(struct plan *p, size_t i)
{
    const char *name = plan_safe_name(p->model[i].label, &p->mem);
    for (size_t k = 0; k < i; k++)
        if (!strcasecmp(plan_safe_name(p->model[k].label, &p->mem), name))
            return true;
    return false;
}

static int make_models(struct plan *p, const struct asked *a, struct err *e)
{
    const char *const *spec = NULL;
    if (model_catalog_open(&p->catalog, p->where.share, e) < 0)
        return e->code;
    /* The commas of "fake:skill=1,seed=2" belong to the engine. */
    if (!strncmp(a->model, "fake:", 5) && strchr(a->model, '=')) {
        const char **one = arena_array(&p->mem, 1, sizeof *one);
        one[0] = a->model;
        spec = one;
        p->n_model = 1;
    } else if (split_list(&spec, &p->n_model, a->model, "model", &p->mem, e) < 0) {
        return e->code;
    }
    p->model = arena_array(&p->mem, p->n_model, sizeof *p->model);
    for (size_t i = 0; i < p->n_model; i++) {
        if (model_resolve(&p->model[i], p->catalog, spec[i], p->cache, &p->mem, e) < 0)
            return e->code;
        p->model[i].asked = spec[i];
        const char *label = p->model[i].label;
        for (size_t k = i + 1; is_taken(p, i); k++)
            p->model[i].label = arena_printf(&p->mem, "%s-%zu", label, k);
    }
    return 0;
}

int plan_make(struct plan *p, const struct asked *a, struct err *e)
{
    *p = (struct plan){ 0 };
    if (check_asked(a, e) < 0 || parse_shard(&p->shard, a->shard, e) < 0 ||
        dirs_share(&p->where.share, &p->mem, e) < 0 || dirs_cache(&p->cache, &p->mem, e) < 0)
        return e->code;
    p->where.data = a->data_dir;
    if (!p->where.data && dirs_data(&p->where.data, &p->mem, e) < 0)
        return e->code;
    if (plan_tasks(p, a, e) < 0)
        return e->code;
    if (a->template && !p->need_chat)
        log_warn("plan", "--template %s changes nothing: no recipe asked applies a chat "
                         "template; --chat does", a->template);
    return make_models(p, a, e);
}

void plan_task_release(struct plan_task *t)
{
    for (size_t k = 0; k < t->n_scorer; k++)
        t->scorer[k].type->free(t->scorer[k].rule);
    task_free(t->task);
    pool_close(t->pool);
    dataset_close(t->dataset);
    *t = (struct plan_task){ 0 };
}

void plan_release(struct plan *p)
{
    for (size_t i = 0; i < p->n_task && p->task; i++)
        plan_task_release(&p->task[i]);
    free(p->task);
    task_groups_close(p->groups);
    model_catalog_close(p->catalog);
    equipment_release(&p->equipment);
    arena_release(&p->mem);
    *p = (struct plan){ 0 };
}

int plan_engine(struct engine_options *out, const struct plan *p, const struct asked *a,
                const struct model_choice *m, struct err *e)
{
    if (asked_engine(out, a, p->cache, e) < 0)
        return e->code;
    out->need_chat = p->need_chat;
    out->template_else = m->template;
    out->share = p->where.share;
    out->price_in = m->price_in;
    out->price_out = m->price_out;
    for (size_t i = 0; i < p->n_task; i++)
        out->asks |= task_asks(p->task[i].task, ROLE_MODEL);
    return 0;
}

/* A recipe that has answers written, beside one that scores given ones. */
static bool can_write(const struct plan *p, const struct plan_task *t)
{
    const char **recipe = NULL;
    size_t n = 0;
    bool found = false;
    struct arena mem = { 0 };
    struct err none = { 0 };
    const char *share = custom_share(p->where.share, p->where.data, "tasks", t->name, &mem);
    if (task_recipes(&recipe, &n, share, t->name, &mem, &none) == 0)
        for (size_t i = 0; i < n; i++)
            found |= !strcmp(recipe[i], "gen") && strcmp(task_facts(t->task)->recipe, "gen") != 0;
    arena_release(&mem);
    return found;
}

int plan_check_engine(const struct plan *p, const struct engine *g, const char *label,
                      struct err *e)
{
    for (size_t i = 0; i < p->n_task; i++) {
        const struct plan_task *t = &p->task[i];
        unsigned missing = task_asks(t->task, ROLE_MODEL) & ~g->asks;
        bool loglik = missing & ASK_LOGLIK;
        if (!missing)
            continue;
        return err_set(e, ERR_USAGE, "%s: cannot answer what task %s asks (%s)%s%s%s", label,
                       task_facts(t->task)->name,
                       loglik ? "log-probabilities of given answers" : "generated text",
                       loglik && g->no_loglik ? ": " : "",
                       loglik && g->no_loglik ? g->no_loglik : "",
                       loglik && (g->asks & ASK_TEXT) && can_write(p, t)
                           ? "; --recipe gen asks for written answers instead"
                           : "");
    }
    return 0;
}
