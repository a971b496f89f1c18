/* `evalrun check`: every task file and catalog entry, one line each; with
 * --numerics, a model's figures instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dirs.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "datasets/catalog.h"
#include "evaluator/asked.h"
#include "evaluator/check_numerics.h"
#include "evaluator/cmd.h"
#include "evaluator/custom.h"
#include "evaluator/models/models.h"
#include "scorers/scorer.h"
#include "tasks/groups.h"
#include "tasks/rules.h"
#include "tasks/task.h"

enum { ROWS_PER_SUBSET = 3, NUMERICS_PER_SUBSET = 8 };

struct check_asked {
    struct asked run; /* first: engine_opts write here */
    bool numerics;
};

#define RUN(field) offsetof(struct check_asked, run.field)

const struct opt check_opts[] = {
    { "quiet", 'q', OPT_FLAG, RUN(quiet), NULL, "name only the files that are wrong", NULL, 0 },
    { "numerics", 0, OPT_FLAG, offsetof(struct check_asked, numerics), NULL,
      "ask a model the same questions with --no-share and without, and compare", NULL, 0 },
    { 0 },
};

const struct opt numerics_opts[] = {
    { "model", 'm', OPT_TEXT, RUN(model), "M", "catalog name or GGUF path", NULL, 0 },
    { "task", 't', OPT_TEXT, RUN(task), "T[,T]", "whose questions", NULL, 0 },
    { "recipe", 'r', OPT_TEXT, RUN(recipe), "R", "protocol of the task file (default: its own)",
      NULL, 0 },
    { "shots", 'k', OPT_INT, RUN(shots), "K", "few-shot examples (default: the recipe's)", NULL,
      RUN(has_shots) },
    { "subset", 's', OPT_TEXT, RUN(subset), "S[,S]", "only these subsets, or all of a category",
      NULL, 0 },
    { "limit", 'n', OPT_INT, RUN(limit), "N",
      "first N samples of every subset (default 8; 0 = all)", NULL, 0 },
    { "sample", 0, OPT_FLAG, RUN(sample), NULL, "the small data sets shipped with evalrun", NULL,
      0 },
    { "data-dir", 0, OPT_TEXT, RUN(data_dir), "DIR", "where imported data sets are", NULL, 0 },
    { "chat", 0, OPT_FLAG, RUN(chat), NULL, "apply the chat template (default: the recipe's)",
      NULL, RUN(has_chat) },
    { "json", 0, OPT_FLAG, RUN(json), NULL, "one JSON object", NULL, 0 },
    { 0 },
};

struct check {
    struct check_asked asked;
    const char *share, *data;
    struct arena mem;
    size_t n_bad;
};

/* What was looked at in one task file. */
struct seen {
    size_t n_recipe, n_row;
};

static void say(struct check *c, const char *what, const char *text)
{
    if (!c->asked.run.quiet || strcmp(what, "ok") != 0)
        printf("%-4s %s\n", what, text);
}

static void say_bad(struct check *c, const struct err *e)
{
    c->n_bad++;
    say(c, "bad", e->text);
}

static int check_scorers(const struct task_facts *f, struct err *e)
{
    const cJSON *spec;
    size_t i = 0;
    cJSON_ArrayForEach(spec, f->score) {
        const struct scorer_type *type = scorer_find(json_text(spec, "use", ""));
        void *rule = NULL;
        if (!type) {
            (void)err_set(e, ERR_INPUT, "unknown scorer '%s'", json_text(spec, "use", ""));
            return err_in(e, "recipes.%s.score[%zu].use", f->recipe, i);
        }
        if (type->compile(&rule, spec, e) < 0)
            return err_in(e, "recipes.%s.score[%zu]", f->recipe, i);
        if (type->free)
            type->free(rule);
        i++;
    }
    return 0;
}

/* Of a question nobody is asked: the right answer, where there is one. */
static void make_answer(struct turn *t, struct arena *mem)
{
    struct out *out = arena_array(mem, t->q.n_out, sizeof *out);
    for (size_t i = 0; i < t->q.n_out; i++)
        out[i].text = t->n_target ? t->target[0] : "";
    t->a = (struct response){ .out = out, .n_out = t->q.n_out };
}

/* All questions of a row: 0 when there is none more. */
static int ask_row(const struct task *t, const struct sample *sample, struct arena *mem,
                   struct err *e)
{
    struct trace trace = { .sample = *sample, .mem = mem };
    int rc;
    do {
        struct turn *turn = arena_array(mem, trace.n_turn + 1, sizeof *turn);
        if (trace.n_turn)
            memcpy(turn, trace.turn, trace.n_turn * sizeof *turn);
        trace.turn = turn;
        rc = task_next(t, &trace, &turn[trace.n_turn], e);
        if (rc == 1)
            make_answer(&turn[trace.n_turn++], mem);
    } while (rc == 1);
    return rc;
}

static int ask_rows(struct seen *seen, const struct task *t, struct dataset *d, struct err *e)
{
    struct arena mem = { 0 };
    struct sample sample = { 0 };
    int rc;
    while ((rc = dataset_next(d, &mem, &sample, e)) == 1) {
        rc = ask_row(t, &sample, &mem, e);
        cJSON_Delete((cJSON *)sample.row);
        arena_clear(&mem);
        if (rc < 0)
            break;
        seen->n_row++;
    }
    arena_release(&mem);
    return rc < 0 ? rc : 0;
}

static bool has_sample(struct check *c, const struct task_facts *f)
{
    return file_exists(arena_printf(&c->mem, "%s/datasets/sample/%s.%s.jsonl.gz", c->share,
                                    f->dataset, f->split));
}

/* Without sample data there is nothing to ask about, which is no fault. */
static int check_rows(struct seen *seen, struct check *c, struct task *t, struct err *e)
{
    const struct task_facts *f = task_facts(t);
    const struct dataset_where where = { .share = c->share, .data = "" };
    const struct dataset_query q = { .name = f->dataset, .split = f->split, .sample = true,
                                     .limit = ROWS_PER_SUBSET, .usual = f->subset,
                                     .n_usual = f->n_subset };
    struct dataset *d = NULL;
    struct pool *pool = NULL;
    if (!has_sample(c, f))
        return 0;
    int rc = dataset_open(&d, &where, &q, e);
    if (rc == 0 && f->shot_split)
        rc = pool_open(&pool, &where, f->dataset, f->shot_split, true, e);
    if (rc == 0)
        rc = task_bind(t, pool, dataset_facts(d), e);
    if (rc == 0)
        rc = ask_rows(seen, t, d, e);
    dataset_close(d);
    pool_close(pool);
    return rc;
}

static int check_data_set(struct check *c, const struct task_facts *f, struct err *e)
{
    struct catalog_entry *entry;
    const char *share = custom_share(c->share, c->data, "datasets", f->dataset, &c->mem);
    if (catalog_load(&entry, share, f->dataset, e) < 0)
        return err_in(e, "dataset");
    bool known = catalog_split(entry, f->split) != NULL;
    bool has_shots = !f->shot_split || catalog_split(entry, f->shot_split);
    catalog_free(entry);
    if (known && has_shots)
        return 0;
    return err_set(e, ERR_INPUT, "%s: data set '%s' has no split '%s'",
                   known ? "shots.split" : "split", f->dataset,
                   known ? f->shot_split : f->split);
}

static int check_recipe(struct seen *seen, struct check *c, const char *task, const char *where,
                        const char *recipe, struct err *e)
{
    struct task *t = NULL;
    const struct task_query q = { .name = task, .recipe = recipe, .shots = -1 };
    if (task_load(&t, c->share, &q, e) < 0)
        return e->code;
    int rc = check_data_set(c, task_facts(t), e);
    if (rc == 0)
        rc = check_scorers(task_facts(t), e);
    if (rc < 0)
        rc = err_in(e, "%s", where);
    else
        rc = check_rows(seen, c, t, e);
    task_free(t);
    seen->n_recipe++;
    return rc;
}

/* `name` of a shipped task, or the path of a task file. */
static void check_task(struct check *c, const char *name, const char *where)
{
    const char **recipe;
    size_t n;
    struct seen seen = { 0 };
    struct err e = { 0 };
    int rc = task_recipes(&recipe, &n, c->share, name, &c->mem, &e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = check_recipe(&seen, c, name, where, recipe[i], &e);
    if (rc < 0)
        say_bad(c, &e);
    else
        say(c, "ok",
            arena_printf(&c->mem, "%s  %zu recipe%s, %zu questions made of sample data", where,
                         seen.n_recipe, seen.n_recipe == 1 ? "" : "s", seen.n_row));
}

static void check_catalog(struct check *c, const char *share, const char *name)
{
    struct catalog_entry *entry;
    struct err e = { 0 };
    if (catalog_load(&entry, share, name, &e) < 0) {
        say_bad(c, &e);
        return;
    }
    say(c, "ok",
        arena_printf(&c->mem, "datasets/%s/%s.json  %zu subsets", entry->lang, name,
                     entry->n_subset));
    catalog_free(entry);
}

static void check_models(struct check *c)
{
    struct model_catalog *catalog;
    struct err e = { 0 };
    size_t n = 0;
    if (model_catalog_open(&catalog, c->share, &e) < 0) {
        say_bad(c, &e);
        return;
    }
    while (model_at(catalog, n))
        n++;
    say(c, "ok", arena_printf(&c->mem, "evaluator/models  %zu models", n));
    model_catalog_close(catalog);
}

static void check_groups(struct check *c)
{
    struct task_groups *groups;
    struct err e = { 0 };
    size_t n = 0;
    if (task_groups_open(&groups, c->share, &e) < 0) {
        say_bad(c, &e);
        return;
    }
    while (task_groups_at(groups, n))
        n++;
    say(c, "ok", arena_printf(&c->mem, "tasks/groups.json  %zu groups", n));
    task_groups_close(groups);
}

static void check_rules(struct check *c)
{
    const char **names;
    size_t n;
    struct err e = { 0 };
    if (rules_names(&names, &n, c->share, &c->mem, &e) < 0)
        say_bad(c, &e);
    for (size_t i = 0; e.code == 0 && i < n; i++) {
        struct rules r;
        if (rules_open(&r, c->share, names[i], &e) < 0)
            say_bad(c, &e);
        else
            say(c, "ok", arena_printf(&c->mem, "tasks/rules/%s.json  %d rules", names[i],
                                      cJSON_GetArraySize(r.list)));
        rules_release(&r);
        e = (struct err){ 0 };
    }
}

static int check_all(struct check *c, struct err *e)
{
    static const char *const folders[] = { "zh", "en" };
    const char **names;
    size_t n;
    if (task_names(&names, &n, c->share, &c->mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++) {
        const char *where = names[i];
        for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) {
            const char *path = arena_printf(&c->mem, "tasks/%s/%s.json", folders[k], names[i]);
            if (file_exists(arena_printf(&c->mem, "%s/%s", c->share, path)))
                where = path;
        }
        check_task(c, names[i], where);
    }
    check_groups(c);
    check_rules(c);
    if (catalog_names(&names, &n, c->share, &c->mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++)
        check_catalog(c, c->share, names[i]);
    check_models(c);
    return 0;
}

/* "SHARE/datasets/zh/NAME.json" taken apart, when the path has that shape. */
static bool is_catalog(const char **share, const char **name, const char *path,
                       struct arena *mem)
{
    size_t len = strlen(path);
    const char *slash = strrchr(path, '/');
    if (!slash || len < 6 || strcmp(path + len - 5, ".json") != 0)
        return false;
    static const char *const folders[] = { "datasets/zh", "datasets/en" };
    size_t before = (size_t)(slash - path), n = strlen(folders[0]);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (before < n || memcmp(slash - n, folders[i], n) != 0 ||
            (before > n && slash[-(long)n - 1] != '/'))
            continue;
        *share = before > n ? arena_strndup(mem, path, before - n) : ".";
        *name = arena_strndup(mem, slash + 1, strlen(slash + 1) - 5);
        return true;
    }
    return false;
}

static void check_path(struct check *c, const char *path)
{
    const char *share, *name;
    if (is_catalog(&share, &name, path, &c->mem))
        check_catalog(c, share, name);
    else
        check_task(c, path, path);
}

/* Options about a model mean nothing to the check of files. */
static int parse(struct check_asked *out, int argc, char **argv, int *n_rest, struct err *e)
{
    const struct opt *const all[] = { check_opts, numerics_opts, engine_opts, NULL };
    const struct opt *const own[] = { check_opts, NULL };
    char **copy = xcalloc((size_t)argc + 1, sizeof *copy);
    memcpy(copy, argv, sizeof *copy * (size_t)argc);
    struct check_asked files = { 0 };
    struct err other = { 0 };
    int n = 0;
    int rc = opt_parse(out, all, argc, argv, n_rest, e);
    if (rc == 0 && out->numerics && *n_rest)
        rc = err_set(e, ERR_USAGE, "%s: --numerics takes --task and --model, and no paths",
                     argv[0]);
    else if (rc == 0 && !out->numerics && opt_parse(&files, own, argc, copy, &n, &other) < 0)
        rc = err_set(e, ERR_USAGE, "options about a model and its task go with --numerics; the "
                                   "check of files takes --quiet and paths");
    free(copy);
    return rc;
}

int cmd_check(int argc, char **argv, struct err *e)
{
    struct check c = { .asked = { .run = ASKED_INIT } };
    int n_rest = 0;
    c.asked.run.limit = NUMERICS_PER_SUBSET;
    int rc = parse(&c.asked, argc - 1, argv + 1, &n_rest, e);
    if (rc == 0 && c.asked.numerics)
        return check_numerics(&c.asked.run, e);
    if (rc == 0)
        rc = dirs_share(&c.share, &c.mem, e);
    if (rc == 0)
        rc = dirs_data(&c.data, &c.mem, e);
    for (int i = 0; rc == 0 && i < n_rest; i++)
        check_path(&c, argv[1 + i]);
    if (rc == 0 && n_rest == 0)
        rc = check_all(&c, e);
    arena_release(&c.mem);
    return rc < 0 ? rc : c.n_bad > 0 ? EXIT_ERROR : EXIT_DONE;
}
