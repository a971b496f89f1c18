/* The two directions between a plan and run.json. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "base/version.h"
#include "evaluator/journal/manifest.h"
#include "evaluator/plan.h"

/* The recipe's categories where it has its own, else the catalog's. */
static void put_categories(struct json_writer *w, const struct subset *s, const cJSON *own)
{
    const cJSON *list = json_get(own, s->name);
    if (list) {
        json_put_tree(w, "categories", list);
        return;
    }
    json_open(w, "categories", '[');
    for (size_t k = 0; k < s->n_category; k++)
        json_put_text(w, NULL, s->category[k]);
    json_close(w, ']');
}

static void put_subsets(struct json_writer *w, const struct dataset_facts *d, const cJSON *own)
{
    json_open(w, "subsets", '[');
    for (size_t i = 0; i < d->n_subset; i++) {
        const struct subset *s = &d->subset[i];
        if (!s->n_asked)
            continue;
        json_open(w, NULL, '{');
        json_put_text(w, "name", s->name);
        json_put_text(w, "title_zh", s->title_zh);
        json_put_text(w, "title_en", s->title_en);
        put_categories(w, s, own);
        json_put_int(w, "n", (int64_t)s->n_asked);
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* What few tasks have; absent where it says nothing, so that the identity of a
 * run does not change when something of this kind is added. */
static void put_extras(struct json_writer *w, const struct task_facts *f,
                       const struct dataset_facts *d, const struct asked *a)
{
    if (a->split)
        json_put_bool(w, "split_asked", true);
    if (f->pair)
        json_put_text(w, "pair", f->pair);
    if (d->noncommercial)
        json_put_bool(w, "noncommercial", true);
    if (f->permute > 1)
        json_put_int(w, "permute", (int64_t)f->permute);
    if (f->contamination)
        json_put_bool(w, "contamination", true);
}

/* What its programs run in decides their verdicts, and so belongs to the task. */
static void put_programs(struct json_writer *w, const struct plan_task *t, const struct asked *a,
                         const struct engine *sandbox)
{
    if (!sandbox || !task_asks(t->task, ROLE_SANDBOX))
        return;
    json_open(w, "sandbox", '{');
    sandbox->type->describe(sandbox, w);
    json_close(w, '}');
    if (a->exec_unsafe)
        json_put_bool(w, "exec_unsafe", true);
    if (!t->n_left_out)
        return;
    json_open(w, "left_out", '[');
    for (size_t i = 0; i < t->n_left_out; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "subset", t->left_out[i].subset);
        json_put_text(w, "why", t->left_out[i].why);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_task(struct json_writer *w, const struct plan_task *t, const struct asked *a,
                     const struct engine *sandbox)
{
    const struct task_facts *f = task_facts(t->task);
    const struct dataset_facts *d = dataset_facts(t->dataset);
    bool partial = t->query.limit || t->query.n_subset ||
                   (d->n_expected && d->n < d->n_expected);
    json_open(w, NULL, '{');
    json_put_text(w, "task", f->name);
    json_put_int(w, "version", f->version);
    json_put_text(w, "recipe", f->recipe);
    json_put_text(w, "lang", f->lang);
    json_put_text(w, "source", f->source);
    json_put_text(w, "dataset", f->dataset);
    json_put_text(w, "split", f->split);
    json_put_text(w, "licence", d->licence);
    json_put_bool(w, "sample", d->sample);
    json_put_bool(w, "partial", partial && !d->sample);
    json_put_int(w, "n", (int64_t)d->n_asked);
    json_put_int(w, "n_expected", (int64_t)d->n_expected);
    json_put_int(w, "n_subset_expected", (int64_t)d->n_subset_expected);
    json_put_int(w, "limit", (int64_t)t->query.limit);
    json_put_int(w, "shots", f->shots);
    json_put_int(w, "seed", a->seed);
    json_put_bool(w, "chat", f->chat);
    put_extras(w, f, d, a);
    put_programs(w, t, a, sandbox);
    json_put_text(w, "average", f->average == AVERAGE_MACRO ? "macro" : "micro");
    json_put_tree(w, "score", f->score);
    if (f->rules)
        json_put_tree(w, "rules", f->rules);
    json_put_text(w, "data_sha256", d->sha256);
    json_put_text(w, "shots_sha256", t->pool ? pool_sha256(t->pool) : "");
    json_put_text(w, "task_sha256", f->sha256);
    put_subsets(w, d, f->categories);
    json_put_text(w, "task_text", f->text);
    json_close(w, '}');
}

/* Append a path so that it means the same in whatever folder --resume is typed. */
static void add_path(struct strbuf *out, const char *path, size_t len)
{
    char here[4096];
    size_t bad = 0;
    if (len && path[0] != '/' && getcwd(here, sizeof here) &&
        utf8_valid(here, strlen(here), &bad))
        strbuf_printf(out, "%s/", here);
    strbuf_add(out, path, len);
}

/* How much of "replay:RUN" and "answers:FILE" stands before their path. */
static size_t kind_len(const char *item, size_t len)
{
    static const char *const kinds[] = { "replay:", "answers:" };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (len > strlen(kinds[i]) && !strncmp(item, kinds[i], strlen(kinds[i])))
            return strlen(kinds[i]);
    return 0;
}

static bool is_address(const char *item, size_t len)
{
    for (size_t i = 0; i + 2 < len; i++)
        if (!memcmp(item + i, "://", 3))
            return true;
    return false;
}

/* Names stay names; a file's path is one with a folder in it, or of a known kind. */
static bool is_path(const char *item, size_t len)
{
    static const char *const kinds[] = { ".json", ".gguf" };
    if (is_address(item, len))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (len > 5 && !strncasecmp(item + len - 5, kinds[i], 5))
            return true;
    return memchr(item, '/', len) && !memchr(item, ':', len);
}

static void put_paths(struct json_writer *w, const char *key, const char *list)
{
    struct strbuf text = STRBUF_INIT;
    for (const char *p = list; p; p = *p ? p + 1 : NULL) {
        size_t len = strcspn(p, ","), kind = kind_len(p, len);
        strbuf_add(&text, p, kind);
        if (kind || is_path(p, len))
            add_path(&text, p + kind, len - kind);
        else
            strbuf_add(&text, p, len);
        p += len;
        if (*p)
            strbuf_putc(&text, ',');
    }
    json_put_text(w, key, list ? text.s : NULL);
    strbuf_release(&text);
}

static void put_asked(struct json_writer *w, const struct asked *a,
                      const struct model_choice *model)
{
    struct strbuf data = STRBUF_INIT;
    if (a->data_dir)
        add_path(&data, a->data_dir, strlen(a->data_dir));
    json_open(w, "asked", '{');
    put_paths(w, "task", a->task);
    put_paths(w, "model", a->model);
    put_paths(w, "one", model->asked);
    json_put_text(w, "recipe", a->recipe);
    json_put_text(w, "subset", a->subset);
    json_put_text(w, "split", a->split);
    json_put_text(w, "data-dir", a->data_dir ? data.s : NULL);
    strbuf_release(&data);
    if (a->has_shots)
        json_put_int(w, "shots", a->shots);
    json_put_int(w, "limit", a->limit);
    json_put_int(w, "seed", a->seed);
    json_put_int(w, "numerics", a->numerics);
    json_put_text(w, "shots-seed", a->shots_seed);
    json_put_int(w, "permute", a->permute);
    json_put_bool(w, "contamination", a->contamination);
    json_put_bool(w, "sample", a->sample);
    json_put_bool(w, "keep-prompts", a->keep_prompts);
    if (a->has_chat)
        json_put_bool(w, "chat", a->chat);
    json_put_int(w, "ctx", a->ctx);
    json_put_int(w, "threads", a->threads);
    json_put_int(w, "gpu-layers", a->gpu_layers);
    json_put_text(w, "kv-type", a->kv_type);
    json_put_text(w, "flash-attn", a->flash);
    json_put_text(w, "template", a->template);
    json_put_bool(w, "no-share", a->no_share);
    json_put_int(w, "group", a->group);
    json_put_int(w, "slots", a->slots);
    json_put_text(w, "kv-memory", a->kv_memory);
    json_put_int(w, "concurrency", a->concurrency);
    json_put_int(w, "rpm", a->rpm);
    json_put_int(w, "tpm", a->tpm);
    json_put_int(w, "timeout", a->timeout);
    json_put_text(w, "max-cost", a->max_cost);
    json_put_text(w, "key-file", a->key_file);
    json_put_bool(w, "cache", a->cache);
    json_put_bool(w, "allow-exec", a->allow_exec);
    json_put_int(w, "exec-jobs", a->exec_jobs);
    json_close(w, '}');
}

/* Which tasks the names of groups stood for; without any, the key is absent. */
static void put_groups(struct json_writer *w, const struct plan *p)
{
    if (!p->n_group)
        return;
    json_open(w, "groups", '[');
    for (size_t i = 0; i < p->n_group; i++) {
        const struct task_group *g = p->group[i];
        json_open(w, NULL, '{');
        json_put_text(w, "name", g->name);
        json_put_text(w, "about", g->about);
        json_open(w, "members", '[');
        for (size_t k = 0; k < g->n_member; k++)
            json_put_text(w, NULL, g->member[k]);
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_run(struct json_writer *w, const struct plan *p, const struct asked *a,
                    const struct engine *g, const struct engine *sandbox,
                    const struct model_choice *model)
{
    char now[32];
    clock_iso(now);
    json_open(w, NULL, '{');
    json_put_int(w, "format", 1);
    json_put_text(w, "evalrun", EVALRUN_VERSION);
    json_put_text(w, "created", now);
    json_open(w, "model", '{');
    json_put_text(w, "label", model->label);
    json_put_text(w, "spec", model->spec);
    json_put_text(w, "family", model->family);
    if (model->published)
        json_put_tree(w, "published", model->published);
    g->type->describe(g, w);
    json_close(w, '}');
    put_asked(w, a, model);
    put_groups(w, p);
    json_open(w, "tasks", '[');
    for (size_t i = 0; i < p->n_task; i++)
        put_task(w, &p->task[i], a, sandbox);
    json_close(w, ']');
    json_close(w, '}');
}

cJSON *plan_manifest(const struct plan *p, const struct asked *a, const struct engine *g,
                     const struct engine *sandbox, const struct model_choice *model)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text };
    put_run(&w, p, a, g, sandbox, model);
    cJSON *tree = cJSON_ParseWithLength(text.s, text.len);
    strbuf_release(&text);
    const cJSON *described = json_get(tree, "model");
    cJSON *task;
    cJSON_ArrayForEach(task, json_get(tree, "tasks")) {
        char hex[65];
        manifest_identity(hex, task, described);
        cJSON_AddStringToObject(task, "identity", hex);
    }
    return tree;
}

static void take_text(const char **out, const cJSON *tree, const char *key, struct arena *mem)
{
    const char *v = json_text(tree, key, NULL);
    if (v)
        *out = arena_strdup(mem, v);
}

void asked_from_json(struct asked *a, const cJSON *tree, struct arena *mem)
{
    take_text(&a->task, tree, "task", mem);
    take_text(&a->model, tree, "model", mem);
    take_text(&a->recipe, tree, "recipe", mem);
    take_text(&a->subset, tree, "subset", mem);
    take_text(&a->split, tree, "split", mem);
    take_text(&a->data_dir, tree, "data-dir", mem);
    take_text(&a->kv_type, tree, "kv-type", mem);
    take_text(&a->flash, tree, "flash-attn", mem);
    take_text(&a->template, tree, "template", mem);
    a->has_shots = json_get(tree, "shots") != NULL;
    a->shots = json_int(tree, "shots", -1);
    a->limit = json_int(tree, "limit", 0);
    a->seed = json_int(tree, "seed", 0);
    a->numerics = json_int(tree, "numerics", 0);
    take_text(&a->shots_seed, tree, "shots-seed", mem);
    a->permute = json_int(tree, "permute", 0);
    a->contamination = json_bool(tree, "contamination", false);
    a->sample = json_bool(tree, "sample", false);
    a->keep_prompts = json_bool(tree, "keep-prompts", false);
    a->has_chat = json_get(tree, "chat") != NULL;
    a->chat = json_bool(tree, "chat", false);
    a->ctx = json_int(tree, "ctx", 0);
    a->threads = json_int(tree, "threads", 0);
    a->gpu_layers = json_int(tree, "gpu-layers", -1);
    a->no_share = json_bool(tree, "no-share", false);
    a->group = json_int(tree, "group", 0);
    a->slots = json_int(tree, "slots", 0);
    take_text(&a->kv_memory, tree, "kv-memory", mem);
    a->concurrency = json_int(tree, "concurrency", 0);
    a->rpm = json_int(tree, "rpm", 0);
    a->tpm = json_int(tree, "tpm", 0);
    a->timeout = json_int(tree, "timeout", 0);
    take_text(&a->max_cost, tree, "max-cost", mem);
    take_text(&a->key_file, tree, "key-file", mem);
    a->cache = json_bool(tree, "cache", false);
    a->allow_exec = json_bool(tree, "allow-exec", false);
    a->exec_jobs = json_int(tree, "exec-jobs", 0); /* --exec-unsafe is to be typed again */
}

char *plan_safe_name(const char *label, struct arena *mem)
{
    char *name = arena_strdup(mem, label);
    for (char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
            *p = '-';
    if (name[0] == '.' || name[0] == '-')
        name[0] = '_';
    return name;
}

char *plan_run_name(const char *label, struct arena *mem)
{
    char now[32], stamp[32];
    size_t n = 0;
    clock_iso(now);
    for (const char *p = now; *p && n + 1 < sizeof stamp; p++)
        if (*p != ':' && *p != 'Z')
            stamp[n++] = *p == 'T' ? '-' : *p;
    stamp[n] = '\0';
    return arena_printf(mem, "%s-%s", stamp, plan_safe_name(label, mem));
}
