/* The command `model`: list, pull, path, show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dirs.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "evaluator/cmd.h"
#include "evaluator/engines/engine.h"
#include "evaluator/models/models.h"

#define HF_ENDPOINT_DEFAULT "https://huggingface.co"

struct model_asked {
    bool json, quiet;
};

#define AT(field) offsetof(struct model_asked, field)

const struct opt model_opts[] = {
    { "json", 0, OPT_FLAG, AT(json), NULL, "list: as JSON", NULL, 0 },
    { "quiet", 'q', OPT_FLAG, AT(quiet), NULL, "no progress line", NULL, 0 },
    { 0 },
};

/* One call of the command. */
struct model_call {
    struct model_asked asked;
    struct model_catalog *catalog;
    const char *cache;
    const char *name; /* the second word, or NULL */
    struct arena mem;
    struct strbuf out;
};

static const char *path_of(struct model_call *c, const struct model_entry *m)
{
    return arena_printf(&c->mem, "%s/models/%s", c->cache, m->file);
}

/* --- list */

static const char *state_of(struct model_call *c, const struct model_entry *m)
{
    if (file_exists(path_of(c, m)))
        return "here";
    if (m->url)
        return "over HTTP";
    if (!m->gguf_supported)
        return "not by llama.cpp";
    return m->repo ? "pull" : "by --model PATH";
}

static void list_json(struct model_call *c)
{
    struct json_writer w = { .out = &c->out, .indent = 1 };
    json_open(&w, NULL, '[');
    const struct model_entry *m;
    for (size_t i = 0; (m = model_at(c->catalog, i)); i++) {
        json_open(&w, NULL, '{');
        json_put_text(&w, "name", m->name);
        json_open(&w, "alias", '[');
        for (size_t k = 0; k < m->n_alias; k++)
            json_put_text(&w, NULL, m->alias[k]);
        json_close(&w, ']');
        json_put_text(&w, "family", m->family);
        json_put_text(&w, "about", m->about);
        json_put_text(&w, "licence", m->licence);
        json_put_number(&w, "params", m->params);
        json_put_int(&w, "context", m->context);
        json_put_text(&w, "repo", m->repo);
        json_put_text(&w, "remote", m->remote);
        json_put_bool(&w, "here", file_exists(path_of(c, m)));
        json_put_bool(&w, "gguf_supported", m->gguf_supported);
        json_put_text(&w, "url", m->url);
        json_put_number(&w, "price_in", m->price_in);
        json_put_number(&w, "price_out", m->price_out);
        json_put_text(&w, "note", m->note);
        json_close(&w, '}');
    }
    json_close(&w, ']');
    strbuf_putc(&c->out, '\n');
}

static void list_text(struct model_call *c)
{
    const struct model_entry *m;
    for (size_t i = 0; (m = model_at(c->catalog, i)); i++) {
        size_t start = c->out.len;
        strbuf_puts(&c->out, m->name);
        for (size_t k = 0; k < m->n_alias && k < 1; k++)
            strbuf_printf(&c->out, ", %s", m->alias[k]);
        size_t used = c->out.len - start;
        strbuf_pad(&c->out, ' ', used < 30 ? 30 - used : 1);
        const char *state = state_of(c, m);
        strbuf_printf(&c->out, "%-17s ", state);
        utf8_fit(&c->out, m->about, 32);
        strbuf_putc(&c->out, '\n');
    }
}

static int do_list(struct model_call *c, struct err *e)
{
    (void)e;
    if (c->asked.json)
        list_json(c);
    else
        list_text(c);
    return 0;
}

/* --- pull and path */

static int find_entry(const struct model_entry **out, struct model_call *c, struct err *e)
{
    struct model_choice ignored;
    if ((*out = model_find(c->catalog, c->name)))
        return 0;
    if (model_resolve(&ignored, c->catalog, c->name, c->cache, &c->mem, e) < 0)
        return e->code;
    return err_set(e, ERR_USAGE, "'%s' is no name of 'evalrun model list'", c->name);
}

static int do_pull(struct model_call *c, struct err *e)
{
    const struct model_entry *m;
    if (find_entry(&m, c, e) < 0)
        return e->code;
    const char *endpoint = getenv("HF_ENDPOINT"), *offline = getenv("EVALRUN_OFFLINE");
    bool here = file_exists(path_of(c, m));
    if (!here && m->repo && offline && *offline && strcmp(offline, "0") != 0)
        return err_set(e, ERR_IO, "model '%s': EVALRUN_OFFLINE is set, nothing is downloaded;"
                                  " put the file at %s", m->name, path_of(c, m));
    struct model_pull_options o = {
        .cache = c->cache, .quiet = c->asked.quiet,
        .endpoint = endpoint && *endpoint ? endpoint : HF_ENDPOINT_DEFAULT };
    if (model_pull(m, &o, e) < 0)
        return e->code;
    strbuf_printf(&c->out, "%s\n", path_of(c, m));
    return 0;
}

static int do_path(struct model_call *c, struct err *e)
{
    struct model_choice choice;
    if (model_resolve(&choice, c->catalog, c->name, c->cache, &c->mem, e) < 0)
        return e->code;
    strbuf_printf(&c->out, "%s\n", choice.spec);
    return 0;
}

/* --- show */

static int do_show(struct model_call *c, struct err *e)
{
    struct model_choice choice;
    struct engine *g = NULL;
    struct engine_options o = { .gpu_layers = 0, .cache = c->cache, .vocab_only = true };
    if (model_resolve(&choice, c->catalog, c->name, c->cache, &c->mem, e) < 0 ||
        engine_open(&g, choice.spec, &o, e) < 0)
        return e->code;
    struct json_writer w = { .out = &c->out, .indent = 1 };
    json_open(&w, NULL, '{');
    g->type->describe(g, &w);
    json_close(&w, '}');
    strbuf_putc(&c->out, '\n');
    engine_close(g);
    return 0;
}

/* --- the command */

struct verb {
    const char *name;
    int (*run)(struct model_call *c, struct err *e);
    bool takes_name;
};

static const struct verb verbs[] = {
    { "list", do_list, false },
    { "pull", do_pull, true },
    { "path", do_path, true },
    { "show", do_show, true },
};

static int find_verb(const struct verb **out, int n, char **word, struct err *e)
{
    const char *asked = n > 0 ? word[0] : "list";
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, asked) == 0)
            *out = &verbs[i];
    if (!*out)
        return err_set(e, ERR_USAGE, "model %s: is none of list|pull|path|show", asked);
    int want = (*out)->takes_name ? 2 : 1;
    if (n > want)
        return err_set(e, ERR_USAGE, "model %s: unexpected '%s'", asked, word[want]);
    if (n < want && want == 2)
        return err_set(e, ERR_USAGE, "model %s: which model? see 'evalrun model list'", asked);
    return 0;
}

int cmd_model(int argc, char **argv, struct err *e)
{
    const struct opt *tables[] = { model_opts, NULL };
    const struct verb *verb = NULL;
    struct model_call c = { .out = STRBUF_INIT };
    const char *share;
    int n = 0;
    int rc = opt_parse(&c.asked, tables, argc - 1, argv + 1, &n, e);
    if (rc == 0)
        rc = find_verb(&verb, n, argv + 1, e);
    if (rc < 0)
        goto done;
    c.name = verb->takes_name ? argv[2] : NULL;
    if ((rc = dirs_share(&share, &c.mem, e)) < 0 || (rc = dirs_cache(&c.cache, &c.mem, e)) < 0 ||
        (rc = model_catalog_open(&c.catalog, share, e)) < 0)
        goto done;
    rc = verb->run(&c, e);
    if (rc == 0 && fwrite(c.out.s, 1, c.out.len, stdout) != c.out.len)
        rc = err_set(e, ERR_IO, "standard output: write error");
done:
    model_catalog_close(c.catalog);
    strbuf_release(&c.out);
    arena_release(&c.mem);
    return rc;
}
