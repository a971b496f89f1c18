/*
 * `evalrun list`: what there is, as aligned tables, names or JSON.
 *
 * To add a kind: 1 a function that fills a listing, 2 a row in kinds[], 3 the
 * word in the `args` of cmd.c, 4 a line in tests/e2e/usage.sh.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dirs.h"
#include "base/file.h"
#include "base/utf8.h"
#include "datasets/store.h"
#include "evaluator/cmd.h"
#include "evaluator/custom.h"
#include "evaluator/engines/engine.h"
#include "evaluator/help.h"
#include "evaluator/model_card.h"
#include "evaluator/models/models.h"
#include "reports/report.h"
#include "scorers/scorer.h"
#include "tasks/groups.h"
#include "tasks/rules.h"
#include "tasks/task.h"

struct list_asked {
    bool names, json;
    const char *data_dir;
};

#define AT(field) offsetof(struct list_asked, field)

const struct opt list_opts[] = {
    { "names", 0, OPT_FLAG, AT(names), NULL, "only the names, one a line", NULL,
      0 },
    { "json", 0, OPT_FLAG, AT(json), NULL, "an array of objects", NULL, 0 },
    { "data-dir", 0, OPT_TEXT, AT(data_dir), "DIR",
      "where imported data sets are", NULL, 0 },
    { 0 },
};

enum { COLUMNS_MAX = 8, LAST_MIN = 30, BELOW_INDENT = 4 };

/* A table of texts; "" is shown as nothing and is null in JSON. The last column
 * shown wraps, and so do all that have no room beside others. */
struct listing {
    const char *head[COLUMNS_MAX];
    size_t n_column, n_shown; /* those beyond n_shown are for JSON only */
    const char *(*row)[COLUMNS_MAX];
    size_t n_row, cap;
};

struct list_input {
    const char *share, *data, *cache;
    const char *task; /* NULL = all */
    bool names;       /* nothing but the first column is wanted */
    struct arena mem;
};

/* A new row of empty texts; good until the next one. */
static const char **add_row(struct listing *l)
{
    l->row = grow(l->row, l->n_row, &l->cap, sizeof *l->row);
    const char **cell = l->row[l->n_row++];
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        cell[i] = "";
    return cell;
}

static void set_head(struct listing *l, const char *const *head)
{
    for (; *head; head++)
        l->head[l->n_column++] = *head;
    l->n_shown = l->n_column;
}

static const char *keep(struct list_input *in, const char *text)
{
    return text ? arena_strdup(&in->mem, text) : "";
}

static const char *join(struct list_input *in, const char *const *words,
                        size_t n)
{
    struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%s%s", i ? ", " : "", words[i]);
    const char *joined = arena_strdup(&in->mem, b.s);
    strbuf_release(&b);
    return joined;
}

static int add_task(struct listing *l, struct list_input *in,
                    const char *share, const char *name, struct err *e)
{
    struct task *task = NULL;
    const char **recipes;
    size_t n;
    if (task_recipes(&recipes, &n, share, name, &in->mem, e) < 0 ||
        task_load(&task, share,
                  &(struct task_query){ .name = name, .shots = -1 }, e) < 0)
        return e->code;
    const struct task_facts *f = task_facts(task);
    const char **cell = add_row(l);
    cell[0] = name;
    cell[1] = keep(in, f->lang);
    cell[2] = join(in, recipes, n);
    cell[3] = keep(in, f->about);
    task_free(task);
    return 0;
}

static int add_tasks(struct listing *l, struct list_input *in,
                     const char *share, struct err *e)
{
    const char **names;
    size_t n;
    if (task_names(&names, &n, share, &in->mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (in->names)
            add_row(l)[0] = names[i];
        else if (add_task(l, in, share, names[i], e) < 0)
            return e->code;
    return 0;
}

/* The shipped ones, then the user's own. */
static int list_tasks(struct listing *l, struct list_input *in, struct err *e)
{
    static const char *const head[] = { "task", "lang", "recipes", "about",
                                        NULL };
    const char *own = custom_folder(in->data, &in->mem);
    set_head(l, head);
    int rc = add_tasks(l, in, in->share, e);
    return rc == 0 && own ? add_tasks(l, in, own, e) : rc;
}

static int list_groups(struct listing *l, struct list_input *in, struct err *e)
{
    static const char *const head[] = { "group", "tasks", "about", "members",
                                        NULL };
    struct task_groups *groups = NULL;
    const struct task_group *g;
    set_head(l, head);
    if (task_groups_open(&groups, in->share, e) < 0)
        return e->code;
    for (size_t i = 0; (g = task_groups_at(groups, i)); i++) {
        const char **cell = add_row(l);
        cell[0] = keep(in, g->name);
        cell[1] = arena_printf(&in->mem, "%zu", g->n_member);
        cell[2] = keep(in, g->about);
        cell[3] = keep(in, join(in, g->member, g->n_member));
    }
    task_groups_close(groups);
    return 0;
}

static int add_recipe(struct listing *l, struct list_input *in,
                      const char *name, const char *recipe, bool is_default,
                      struct err *e)
{
    struct task *task = NULL;
    struct task_query q = { .name = name, .recipe = recipe, .shots = -1 };
    if (task_load(&task, in->share, &q, e) < 0)
        return e->code;
    const struct task_facts *f = task_facts(task);
    const char **cell = add_row(l);
    cell[0] = recipe;
    cell[1] = name;
    cell[2] = is_default ? "yes" : "";
    cell[3] = arena_printf(&in->mem, "%d", f->shots);
    cell[4] = f->average == AVERAGE_MACRO ? "macro" : "micro";
    cell[5] = f->chat ? "yes" : "";
    cell[6] = keep(in, f->source);
    task_free(task);
    return 0;
}

static int add_recipes(struct listing *l, struct list_input *in,
                       const char *name, struct err *e)
{
    struct task *task = NULL;
    const char **recipes, *usual;
    size_t n;
    if (task_recipes(&recipes, &n, in->share, name, &in->mem, e) < 0 ||
        task_load(&task, in->share,
                  &(struct task_query){ .name = name, .shots = -1 }, e) < 0)
        return e->code;
    usual = keep(in, task_facts(task)->recipe);
    task_free(task);
    for (size_t i = 0; i < n; i++)
        if (add_recipe(l, in, name, recipes[i], !strcmp(recipes[i], usual), e) <
            0)
            return e->code;
    return 0;
}

static int list_recipes(struct listing *l, struct list_input *in, struct err *e)
{
    static const char *const head[] = { "recipe",  "task", "default", "shots",
                                        "average", "chat", "from",    NULL };
    const char **names = &in->task;
    size_t n = 1;
    set_head(l, head);
    if (in->task)
        in->share = custom_share(in->share, in->data, "tasks", in->task,
                                 &in->mem);
    else if (task_names(&names, &n, in->share, &in->mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (add_recipes(l, in, names[i], e) < 0)
            return e->code;
    return 0;
}

static const char *size_of(struct list_input *in, double params)
{
    if (params <= 0)
        return "";
    return params >= 1e9 ? arena_printf(&in->mem, "%.3gB", params / 1e9)
                         : arena_printf(&in->mem, "%.3gM", params / 1e6);
}

static int list_models(struct listing *l, struct list_input *in, struct err *e)
{
    static const char *const head[] = { "model",   "family", "size", "here",
                                        "licence", "about",  "note", NULL };
    struct model_catalog *catalog = NULL;
    set_head(l, head);
    l->n_shown = 5;
    if (model_catalog_open(&catalog, in->share, e) < 0)
        return e->code;
    const struct model_entry *m;
    for (size_t i = 0; (m = model_at(catalog, i)); i++) {
        const char **cell = add_row(l);
        cell[0] = keep(in, m->name);
        cell[1] = keep(in, m->family);
        cell[2] = size_of(in, m->params);
        cell[3] = model_state(m, in->cache);
        cell[4] = keep(in, m->licence);
        cell[5] = keep(in, m->about);
        cell[6] = keep(in, m->note);
    }
    model_catalog_close(catalog);
    return 0;
}

/* "11582 test, 335 dev" of what the store holds; "no" when it holds nothing. */
static int describe_stored(const char **out, struct list_input *in,
                           const char *name, struct err *e)
{
    cJSON *manifest = NULL;
    *out = "no";
    if (!file_exists(
            arena_printf(&in->mem, "%s/%s/manifest.json", in->data, name)))
        return 0;
    if (store_manifest(&manifest, in->data, name, e) < 0)
        return e->code;
    struct strbuf b = STRBUF_INIT;
    const cJSON *split;
    strbuf_puts(&b, json_bool(manifest, "partial", false) ? "partial: " : "");
    const char *between = "";
    cJSON_ArrayForEach (split, json_get(manifest, "splits")) {
        strbuf_printf(&b, "%s%.0f %s", between, json_number(split, "rows", 0),
                      split->string);
        between = ", ";
    }
    *out = arena_strdup(&in->mem, b.s);
    strbuf_release(&b);
    cJSON_Delete(manifest);
    return 0;
}

static bool has_sample(struct list_input *in, const struct catalog_entry *entry)
{
    return file_exists(arena_printf(&in->mem,
                                    "%s/datasets/sample/%s.%s.jsonl.gz",
                                    in->share, entry->name,
                                    entry->split[0].name));
}

static int add_data(struct listing *l, struct list_input *in,
                    const char *share, const char *name, struct err *e)
{
    struct catalog_entry *entry = NULL;
    const char *stored = "";
    if (catalog_load(&entry, share, name, e) < 0)
        return e->code;
    int rc = describe_stored(&stored, in, name, e);
    if (rc == 0) {
        const char **cell = add_row(l);
        cell[0] = name;
        cell[1] = keep(in, entry->lang);
        cell[2] = stored;
        cell[3] = has_sample(in, entry) ? "yes" : "no";
        cell[4] = keep(in, entry->licence);
        cell[5] = keep(in, entry->about);
    }
    catalog_free(entry);
    return rc;
}

static int add_sets(struct listing *l, struct list_input *in, const char *share,
                    struct err *e)
{
    const char **names;
    size_t n;
    if (catalog_names(&names, &n, share, &in->mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (in->names)
            add_row(l)[0] = names[i];
        else if (add_data(l, in, share, names[i], e) < 0)
            return e->code;
    return 0;
}

static int list_data(struct listing *l, struct list_input *in, struct err *e)
{
    static const char *const head[] = { "data",    "lang",  "here", "sample",
                                        "licence", "about", NULL };
    const char *own = custom_folder(in->data, &in->mem);
    set_head(l, head);
    int rc = add_sets(l, in, in->share, e);
    return rc == 0 && own ? add_sets(l, in, own, e) : rc;
}

static int list_engines(struct listing *l, struct list_input *in, struct err *e)
{
    static const char *const head[] = { "engine", "about", NULL };
    (void)in, (void)e;
    set_head(l, head);
    for (size_t i = 0; engine_types[i]; i++) {
        const char **cell = add_row(l);
        cell[0] = engine_types[i]->name;
        cell[1] = engine_types[i]->help;
    }
    return 0;
}

static int list_scorers(struct listing *l, struct list_input *in, struct err *e)
{
    static const char *const head[] = { "scorer", "metrics", "about", NULL };
    (void)e;
    set_head(l, head);
    for (size_t i = 0; scorer_types[i]; i++) {
        const char *metrics[16];
        size_t n = 0;
        for (const struct metric *m = scorer_types[i]->metric;
             m->name && n < 16; m++)
            metrics[n++] = m->name;
        const char **cell = add_row(l);
        cell[0] = scorer_types[i]->name;
        cell[1] = join(in, metrics, n);
        cell[2] = scorer_types[i]->help;
    }
    return 0;
}

static int list_formats(struct listing *l, struct list_input *in, struct err *e)
{
    static const char *const head[] = { "format", "about", NULL };
    (void)in, (void)e;
    set_head(l, head);
    for (size_t i = 0; formats[i]; i++) {
        const char **cell = add_row(l);
        cell[0] = formats[i]->name;
        cell[1] = formats[i]->help;
    }
    return 0;
}

static int list_rules(struct listing *l, struct list_input *in, struct err *e)
{
    static const char *const head[] = { "rules", "n", "about", NULL };
    const char **names = NULL;
    size_t n = 0;
    set_head(l, head);
    if (rules_names(&names, &n, in->share, &in->mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++) {
        struct rules set;
        if (rules_open(&set, in->share, names[i], e) < 0)
            return e->code;
        const char **cell = add_row(l);
        cell[0] = names[i];
        cell[1] = arena_printf(&in->mem, "%d", cJSON_GetArraySize(set.list));
        cell[2] = arena_strdup(&in->mem, set.about);
        rules_release(&set);
    }
    return 0;
}

static const struct kind {
    const char *name;
    int (*fill)(struct listing *l, struct list_input *in, struct err *e);
} kinds[] = {
    { "tasks", list_tasks },     { "groups", list_groups },
    { "recipes", list_recipes }, { "models", list_models },
    { "data", list_data },       { "engines", list_engines },
    { "scorers", list_scorers }, { "formats", list_formats },
    { "rules", list_rules },
};

enum { N_KIND = sizeof kinds / sizeof *kinds };

/* Recipes of different tasks share names; as names they appear once. */
static void put_names(struct strbuf *out, const struct listing *l)
{
    for (size_t i = 0; i < l->n_row; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = !strcmp(l->row[i][0], l->row[k][0]);
        if (!seen)
            strbuf_printf(out, "%s\n", l->row[i][0]);
    }
}

static void put_json(struct strbuf *out, const struct listing *l)
{
    struct json_writer w = { .out = out, .indent = 2 };
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < l->n_row; i++) {
        json_open(&w, NULL, '{');
        for (size_t k = 0; k < l->n_column; k++)
            json_put_text(&w, l->head[k], *l->row[i][k] ? l->row[i][k] : NULL);
        json_close(&w, '}');
    }
    json_close(&w, ']');
    strbuf_putc(out, '\n');
}

/* The columns from `below` on have no room beside the others: each stands on
 * lines of its own. */
static void put_row(struct strbuf *out, const char *const *cell,
                    const size_t *width, size_t n, size_t below)
{
    size_t at = 0;
    for (size_t k = 0; k < below && k + 1 < n; k++) {
        strbuf_puts(out, cell[k]);
        strbuf_pad(out, ' ', width[k] - utf8_columns(cell[k]) + 2);
        at += width[k] + 2;
    }
    if (below == n)
        help_wrap(out, cell[n - 1], at, HELP_COLUMNS);
    else
        strbuf_putc(out, '\n');
    for (size_t k = below; k < n; k++) {
        strbuf_pad(out, ' ', BELOW_INDENT);
        help_wrap(out, cell[k], BELOW_INDENT, HELP_COLUMNS);
    }
}

/* The first column that has no room beside those before it; the last one needs
 * some only, as it wraps there. */
static size_t first_below(const size_t *width, size_t n)
{
    size_t before = 0;
    for (size_t k = 0; k + 1 < n; k++) {
        if (before + width[k] > HELP_COLUMNS)
            return k;
        before += width[k] + 2;
    }
    return before + LAST_MIN > HELP_COLUMNS ? n - 1 : n;
}

/* No blanks at the ends of lines. */
static void trim(struct strbuf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < out->len; i++) {
        if (out->s[i] == '\n')
            while (n && out->s[n - 1] == ' ')
                n--;
        out->s[n++] = out->s[i];
    }
    strbuf_cut(out, n);
}

static void put_table(struct strbuf *out, const struct listing *l)
{
    size_t width[COLUMNS_MAX];
    for (size_t k = 0; k < l->n_shown; k++) {
        width[k] = utf8_columns(l->head[k]);
        for (size_t i = 0; i < l->n_row; i++)
            if (utf8_columns(l->row[i][k]) > width[k])
                width[k] = utf8_columns(l->row[i][k]);
    }
    size_t below = first_below(width, l->n_shown);
    put_row(out, l->head, width, l->n_shown, below);
    for (size_t i = 0; i < l->n_row; i++)
        put_row(out, l->row[i], width, l->n_shown, below);
    trim(out);
}

static const struct kind *find_kind(const char *word, struct err *e)
{
    const char *names[N_KIND];
    for (size_t i = 0; i < N_KIND; i++) {
        names[i] = kinds[i].name;
        if (!strcmp(word, names[i]))
            return &kinds[i];
    }
    const char *near = nearest_word(word, names, N_KIND);
    if (near)
        err_set(e, ERR_USAGE, "list: there are no '%s' (did you mean '%s'?)",
                word, near);
    else
        err_set(e, ERR_USAGE,
                "list: there are no '%s'; see `evalrun help list`", word);
    return NULL;
}

static int find_places(struct list_input *in, const struct list_asked *a,
                       struct err *e)
{
    if (dirs_share(&in->share, &in->mem, e) < 0 ||
        dirs_cache(&in->cache, &in->mem, e) < 0)
        return e->code;
    in->data = a->data_dir;
    return in->data ? 0 : dirs_data(&in->data, &in->mem, e);
}

static int list_kind(const struct kind *kind, const char *task,
                     const struct list_asked *a, struct err *e)
{
    struct list_input in = { .task = task, .names = a->names };
    struct listing l = { 0 };
    struct strbuf out = STRBUF_INIT;
    int rc = find_places(&in, a, e);
    if (rc == 0)
        rc = kind->fill(&l, &in, e);
    if (rc == 0 && a->names)
        put_names(&out, &l);
    else if (rc == 0 && a->json)
        put_json(&out, &l);
    else if (rc == 0)
        put_table(&out, &l);
    fwrite(out.s, 1, out.len, stdout);
    strbuf_release(&out);
    free(l.row);
    arena_release(&in.mem);
    return rc;
}

int cmd_list(int argc, char **argv, struct err *e)
{
    struct list_asked asked = { 0 };
    const struct opt *const tables[] = { list_opts, NULL };
    int n = 0;
    if (opt_parse(&asked, tables, argc - 1, argv + 1, &n, e) < 0)
        return e->code;
    if (n == 0)
        return err_set(e, ERR_USAGE,
                       "list: say what: tasks, groups, recipes, models, data, "
                       "engines, scorers, formats or rules");
    const struct kind *kind = find_kind(argv[1], e);
    if (!kind)
        return e->code;
    bool takes_task = kind->fill == list_recipes;
    if (n > 2 || (n == 2 && !takes_task))
        return err_set(e, ERR_USAGE, "list %s: '%s' is one word too many",
                       argv[1], argv[takes_task ? 3 : 2]);
    if (asked.names && asked.json)
        return err_set(e, ERR_USAGE, "list: --names or --json, not both");
    return list_kind(kind, n == 2 ? argv[2] : NULL, &asked, e);
}
