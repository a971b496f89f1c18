#include "evaluator/journal/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"

enum { FORMAT = 1, MAX_MANIFEST = 64 * 1024 * 1024, MOST_TOLD = 6 };

/* Keys that cannot change a question or an answer, at any depth: two runs that
 * differ in nothing else may be resumed and merged. The engine's build and
 * system are aside so that the nodes of a mixed cluster can share a run; the
 * family, since a model is the same by its catalog name and by its path; what
 * a catalog says in words, prices, counts upstream or published figures, since a
 * later one may say better; what was measured of the engine before the run; what
 * reports put side by side; who chose a template, not which it is; why a subset
 * is not among those asked, which are told apart anyway; versions of what programs
 * ran in, for the same reason as the engine's build, while exec_unsafe stays. */
static const char *const aside[] = {
    "created", "evalrun", "label",    "spec",     "file",    "threads",
    "asked",   "build",   "system",   "replayed", "family",  "licence",
    "title_zh", "title_en", "n_expected", "n_subset_expected", "price_in", "price_out",
    "numerics", "published", "noncommercial", "pair", "groups", "chosen_by",
    "split_asked", "left_out", "sandbox",
};

static bool is_aside(const char *key)
{
    for (size_t i = 0; i < sizeof aside / sizeof *aside; i++)
        if (!strcmp(key, aside[i]))
            return true;
    return false;
}

static void put_short(struct strbuf *out, const cJSON *v)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text };
    if (v)
        json_put_tree(&w, NULL, v);
    else
        strbuf_puts(&text, "absent");
    strbuf_add(out, text.s, text.len > 60 ? utf8_whole(text.s, 57) : text.len);
    if (text.len > 60)
        strbuf_puts(out, "...");
    strbuf_release(&text);
}

/* What is told, and how many differences there are. */
struct difference {
    struct strbuf *out;
    size_t n;
};

static void put_difference(struct difference *d, const char *path, const cJSON *a, const cJSON *b)
{
    if (d->n++ >= MOST_TOLD)
        return;
    if (d->out->len)
        strbuf_puts(d->out, "; ");
    strbuf_printf(d->out, "%s: ", path);
    put_short(d->out, a);
    strbuf_puts(d->out, " / ");
    put_short(d->out, b);
}

static void diff(struct difference *d, const char *path, const cJSON *a, const cJSON *b)
{
    if (a && b && json_equal(a, b))
        return;
    bool objects = cJSON_IsObject(a) && cJSON_IsObject(b);
    bool arrays = cJSON_IsArray(a) && cJSON_IsArray(b) &&
                  cJSON_GetArraySize(a) == cJSON_GetArraySize(b) && a->child &&
                  cJSON_IsObject(a->child);
    if (!objects && !arrays) {
        put_difference(d, path, a, b);
        return;
    }
    int i = 0;
    const cJSON *y = b->child;
    for (const cJSON *x = a->child; x; x = x->next, i++) {
        if (objects && is_aside(x->string))
            continue;
        char *below = objects ? xprintf("%s%s%s", path, *path ? "." : "", x->string)
                              : xprintf("%s[%d]", path, i);
        diff(d, below, x, objects ? json_get(b, x->string) : y);
        free(below);
        y = arrays ? y->next : y;
    }
    for (y = b->child; objects && y; y = y->next)
        if (!is_aside(y->string) && !json_get(a, y->string)) {
            char *below = xprintf("%s%s%s", path, *path ? "." : "", y->string);
            put_difference(d, below, NULL, y);
            free(below);
        }
}

void manifest_diff(struct strbuf *out, const cJSON *a, const cJSON *b)
{
    struct difference d = { .out = out };
    diff(&d, "", a, b);
    if (d.n > MOST_TOLD)
        strbuf_printf(out, "; and %zu more", d.n - MOST_TOLD);
}

static int same_run(const char *path, const cJSON *tree, struct err *e)
{
    cJSON *there = NULL;
    if (json_read_file(&there, path, MAX_MANIFEST, e) < 0)
        return e->code;
    struct strbuf text = STRBUF_INIT;
    manifest_diff(&text, there, tree);
    int rc = text.len ? err_set(e, ERR_MISMATCH, "%s: belongs to another run; give another "
                                "--out, or ask as that run did (there / now: %s)", path, text.s)
                      : 0;
    strbuf_release(&text);
    cJSON_Delete(there);
    return rc;
}

/* Of shards that start at once in one folder the first one's file stays: a link
 * never replaces what is there. */
static int publish(const char *dir, const char *path, const struct strbuf *text,
                   const cJSON *tree, struct err *e)
{
    char host[65] = "";
    if (gethostname(host, sizeof host - 1) < 0)
        host[0] = '\0';
    char *temp = xprintf("%s/.run.json.%s.%ld", dir, host, (long)getpid());
    int rc = file_write_atomic(temp, text->s, text->len, e);
    if (rc == 0 && link(temp, path) < 0) {
        if (errno == EEXIST)
            rc = same_run(path, tree, e);
        else /* a file system without links */
            rc = file_rename(temp, path, e);
    }
    unlink(temp);
    free(temp);
    return rc;
}

int manifest_write(const char *dir, const cJSON *tree, struct err *e)
{
    char *path = xprintf("%s/run.json", dir);
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text, .indent = 1 };
    int rc = file_mkdirs(dir, e);
    if (rc == 0 && file_exists(path)) {
        rc = same_run(path, tree, e);
    } else if (rc == 0) {
        json_put_tree(&w, NULL, tree);
        strbuf_putc(&text, '\n');
        rc = publish(dir, path, &text, tree, e);
    }
    strbuf_release(&text);
    free(path);
    return rc;
}

/* ------------------------------------------------------------- reading */

static const char *const *read_texts(size_t *n, const cJSON *list, struct arena *mem)
{
    *n = (size_t)cJSON_GetArraySize(list);
    const char **text = arena_array(mem, *n + 1, sizeof *text);
    size_t i = 0;
    for (const cJSON *v = list ? list->child : NULL; v; v = v->next)
        text[i++] = cJSON_IsString(v) ? v->valuestring : "";
    return text;
}

/* A count that is optional: 0 when it is absent or no count. */
static size_t read_count(const cJSON *object, const char *key)
{
    int64_t n = json_int(object, key, 0);
    return n > 0 ? (size_t)n : 0;
}

static void read_subsets(struct manifest_task *t, const cJSON *list, struct arena *mem)
{
    t->n_subset = (size_t)cJSON_GetArraySize(list);
    t->subset = arena_array(mem, t->n_subset, sizeof *t->subset);
    size_t i = 0;
    for (const cJSON *v = list ? list->child : NULL; v; v = v->next, i++) {
        struct manifest_subset *s = &t->subset[i];
        s->name = json_text(v, "name", "");
        s->title_zh = json_text(v, "title_zh", "");
        s->title_en = json_text(v, "title_en", "");
        s->category = read_texts(&s->n_category, json_get(v, "categories"), mem);
        s->n = read_count(v, "n");
    }
}

static void read_left_out(struct manifest_task *t, const cJSON *list, struct arena *mem)
{
    t->left_out = arena_array(mem, (size_t)cJSON_GetArraySize(list), sizeof *t->left_out);
    for (const cJSON *v = list ? list->child : NULL; v; v = v->next)
        t->left_out[t->n_left_out++] = (struct manifest_left_out){
            .subset = json_text(v, "subset", ""), .why = json_text(v, "why", "") };
}

static int read_task(struct manifest_task *t, const cJSON *v, struct arena *mem, struct err *e)
{
    if (json_need_text(&t->task, v, "task", e) < 0 ||
        json_need_text(&t->recipe, v, "recipe", e) < 0 ||
        json_need_text(&t->identity, v, "identity", e) < 0 ||
        json_need_text(&t->average, v, "average", e) < 0 ||
        json_need_text(&t->task_sha256, v, "task_sha256", e) < 0 ||
        json_need_text(&t->data_sha256, v, "data_sha256", e) < 0 ||
        json_need_count(&t->n, v, "n", e) < 0)
        return e->code;
    t->lang = json_text(v, "lang", "");
    t->dataset = json_text(v, "dataset", "");
    t->split = json_text(v, "split", "");
    t->licence = json_text(v, "licence", "");
    t->source = json_text(v, "source", "");
    t->shots_sha256 = json_text(v, "shots_sha256", "");
    t->task_text = json_text(v, "task_text", "");
    t->version = (int)json_int(v, "version", 0);
    t->shots = (int)json_int(v, "shots", 0);
    t->chat = json_bool(v, "chat", false);
    t->sample = json_bool(v, "sample", false);
    t->partial = json_bool(v, "partial", false);
    t->limit = read_count(v, "limit");
    t->seed = read_count(v, "seed");
    t->pair = json_text(v, "pair", NULL);
    t->noncommercial = json_bool(v, "noncommercial", false);
    t->split_asked = json_bool(v, "split_asked", false);
    t->contamination = json_bool(v, "contamination", false);
    t->permute = read_count(v, "permute");
    t->n_expected = read_count(v, "n_expected");
    t->score = json_get(v, "score");
    t->numerics = json_get(v, "numerics");
    t->rules = json_get(v, "rules");
    t->sandbox = json_get(v, "sandbox");
    t->exec_unsafe = json_bool(v, "exec_unsafe", false);
    read_left_out(t, json_get(v, "left_out"), mem);
    read_subsets(t, json_get(v, "subsets"), mem);
    return 0;
}

static void read_groups(struct manifest *out, const cJSON *list)
{
    out->n_group = (size_t)cJSON_GetArraySize(list);
    out->group = arena_array(&out->mem, out->n_group, sizeof *out->group);
    size_t i = 0;
    for (const cJSON *v = list ? list->child : NULL; v; v = v->next, i++) {
        struct manifest_group *g = &out->group[i];
        g->name = json_text(v, "name", "");
        g->about = json_text(v, "about", "");
        g->member = read_texts(&g->n_member, json_get(v, "members"), &out->mem);
    }
}

static int read_tree(struct manifest *out, struct err *e)
{
    double format = json_number(out->tree, "format", 0);
    if (format != FORMAT)
        return err_set(e, ERR_INPUT, "format %g is not known to this evalrun (it knows %d)",
                       format, FORMAT);
    out->created = json_text(out->tree, "created", "");
    out->version = json_text(out->tree, "evalrun", "");
    out->model = json_get(out->tree, "model");
    out->asked = json_get(out->tree, "asked");
    const cJSON *tasks = json_get(out->tree, "tasks");
    if (!cJSON_IsObject(out->model) || !cJSON_IsArray(tasks))
        return err_set(e, ERR_INPUT, "keys 'model' and 'tasks' are wanted");
    out->label = json_text(out->model, "label", "");
    out->family = json_text(out->model, "family", "");
    out->n_task = (size_t)cJSON_GetArraySize(tasks);
    if (!out->n_task)
        return err_set(e, ERR_INPUT, "key 'tasks': there is none");
    out->task = arena_array(&out->mem, out->n_task, sizeof *out->task);
    size_t i = 0;
    for (const cJSON *v = tasks->child; v; v = v->next, i++)
        if (read_task(&out->task[i], v, &out->mem, e) < 0)
            return err_in(e, "tasks[%zu]", i);
    read_groups(out, json_get(out->tree, "groups"));
    return 0;
}

int manifest_read(struct manifest *out, const char *dir, struct err *e)
{
    *out = (struct manifest){ 0 };
    out->dir = arena_strdup(&out->mem, dir);
    char *path = arena_printf(&out->mem, "%s/run.json", dir);
    if (!file_exists(path))
        err_set(e, ERR_INPUT, "%s: is no run directory (there is no run.json in it)", dir);
    else if (json_read_file(&out->tree, path, MAX_MANIFEST, e) == 0 && read_tree(out, e) < 0)
        err_in(e, "%s", path);
    else if (out->tree)
        return 0;
    int code = e->code;
    manifest_release(out);
    return code;
}

void manifest_release(struct manifest *m)
{
    cJSON_Delete(m->tree);
    arena_release(&m->mem);
    *m = (struct manifest){ 0 };
}

/* ------------------------------------------------------- identity, paths */

static int by_key(const void *a, const void *b)
{
    return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* Canonical: keys sorted, those aside left out, so that neither the order of
 * writing nor the place of a file matters. */
static void put_canonical(struct json_writer *w, const char *key, const cJSON *v)
{
    if (cJSON_IsArray(v)) {
        json_open(w, key, '[');
        for (const cJSON *c = v->child; c; c = c->next)
            put_canonical(w, NULL, c);
        json_close(w, ']');
        return;
    }
    if (!cJSON_IsObject(v)) {
        json_put_tree(w, key, v);
        return;
    }
    size_t n = (size_t)cJSON_GetArraySize(v), i = 0;
    const cJSON **member = xcalloc(n, sizeof *member);
    for (const cJSON *c = v->child; c; c = c->next)
        member[i++] = c;
    qsort(member, n, sizeof *member, by_key);
    json_open(w, key, '{');
    for (i = 0; i < n; i++)
        if (!is_aside(member[i]->string) && strcmp(member[i]->string, "identity") != 0)
            put_canonical(w, member[i]->string, member[i]);
    json_close(w, '}');
    free(member);
}

void manifest_identity(char hex[65], const cJSON *task, const cJSON *model)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text };
    put_canonical(&w, NULL, task);
    strbuf_putc(&text, '\n');
    w.comma = false;
    put_canonical(&w, NULL, model);
    sha256_text(hex, text.s, text.len);
    strbuf_release(&text);
}

void manifest_model_identity(char hex[65], const cJSON *model)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text };
    put_canonical(&w, NULL, model);
    sha256_text(hex, text.s, text.len);
    strbuf_release(&text);
}

char *manifest_journal_path(const char *dir, const char *task, const char *recipe,
                            uint32_t shard, uint32_t n_shard, struct arena *mem)
{
    return arena_printf(mem, "%s/%s.%s.%u-of-%u.jsonl", dir, task, recipe, shard,
                        n_shard ? n_shard : 1);
}

int manifest_find(const char ***dirs, size_t *n, const char *path, struct arena *mem,
                  struct err *e)
{
    *n = 0;
    if (file_exists(arena_printf(mem, "%s/run.json", path))) {
        *dirs = arena_array(mem, 1, sizeof **dirs);
        (*dirs)[(*n)++] = arena_strdup(mem, path);
        return 0;
    }
    if (!file_is_dir(path))
        return err_set(e, ERR_INPUT, "%s: no such run directory", path);
    const char **names = NULL;
    size_t n_name = 0;
    if (file_list(&names, &n_name, path, mem, e) < 0)
        return e->code;
    *dirs = arena_array(mem, n_name + 1, sizeof **dirs);
    for (size_t i = 0; i < n_name; i++) {
        const char *below = arena_printf(mem, "%s/%s", path, names[i]);
        if (file_exists(arena_printf(mem, "%s/run.json", below)))
            (*dirs)[(*n)++] = below;
    }
    if (!*n)
        return err_set(e, ERR_INPUT, "%s: is no run directory (no run.json in it or below it)",
                       path);
    return 0;
}

int manifest_journals(const char ***paths, size_t *n, const char *dir, const char *task,
                      const char *recipe, struct arena *mem, struct err *e)
{
    const char **names = NULL;
    size_t n_name = 0;
    *n = 0;
    if (file_list(&names, &n_name, dir, mem, e) < 0)
        return e->code;
    const char *prefix = arena_printf(mem, "%s.%s.", task, recipe);
    size_t len = strlen(prefix);
    *paths = arena_array(mem, n_name + 1, sizeof **paths);
    for (size_t i = 0; i < n_name; i++) {
        const char *rest = names[i] + len, *end;
        if (strncmp(names[i], prefix, len) != 0)
            continue;
        rest += strspn(rest, "0123456789");
        if (strncmp(rest, "-of-", 4) != 0)
            continue;
        end = rest + 4 + strspn(rest + 4, "0123456789");
        if (!strcmp(end, ".jsonl"))
            (*paths)[(*n)++] = arena_printf(mem, "%s/%s", dir, names[i]);
    }
    return 0;
}
