#include "evaluator/engines/cached.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "evaluator/engines/answers.h"
#include "evaluator/engines/cachefile.h"
#include "evaluator/engines/engine.h"
#include "evaluator/engines/queue.h"
#include "evaluator/engines/replay.h"
#include "evaluator/journal/manifest.h"

/* An answer that waits to be pulled. */
struct hit {
    struct response answer;
    void *tag;
};

/* A question that the inner engine has; it is that engine's tag. */
struct miss {
    struct miss *next; /* of the free ones */
    const struct turn *turn;
    void *tag;
};

struct cached {
    struct engine engine;
    struct engine *inner;
    struct cachefile *file;
    struct hit hit[QUEUE_CAPACITY];
    size_t head, n_hit;
    struct miss *free;
    size_t n_cached, n_asked;
    bool full; /* the file takes no more */
    char *path;
    struct arena mem;
};

static const struct engine_type engine_cached;

/* What the loop looks at between two calls. */
static int keep_in_step(struct cached *c, int rc)
{
    c->engine = *c->inner;
    c->engine.type = &engine_cached;
    return rc;
}

static int ask_inner(struct cached *c, const struct request *q, struct arena *mem,
                     const struct turn *turn, void *tag, struct err *e)
{
    struct miss *m = c->free;
    if (m)
        c->free = m->next;
    else
        m = arena_alloc(&c->mem, sizeof *m);
    *m = (struct miss){ .turn = turn, .tag = tag };
    int rc = c->inner->type->push(c->inner, q, mem, turn, m, e);
    if (rc <= 0) {
        m->next = c->free;
        c->free = m;
    }
    c->n_asked += rc == 1;
    return rc;
}

static int cached_push(struct engine *g, const struct request *q, struct arena *mem,
                       const struct turn *turn, void *tag, struct err *e)
{
    struct cached *c = (struct cached *)g;
    struct response answer = { 0 };
    if (c->n_hit == QUEUE_CAPACITY)
        return 0;
    if (!cachefile_get(c->file, &answer, turn->question, mem) || answer.n_out != q->n_out)
        return keep_in_step(c, ask_inner(c, q, mem, turn, tag, e));
    answer.cached = true;
    answer.ms = answer.n_retry = 0; /* nobody was asked */
    c->hit[(c->head + c->n_hit++) % QUEUE_CAPACITY] = (struct hit){ answer, tag };
    c->n_cached++;
    return 1;
}

/* An answer that cannot be kept is an answer all the same. */
static void keep_answer(struct cached *c, const struct turn *turn, const struct response *a)
{
    struct err e = { 0 };
    struct turn done = *turn;
    done.a = *a;
    if (c->full || a->failed || cachefile_add(c->file, &done, &e) == 0)
        return;
    c->full = true;
    log_warn("cache", "%s; the run goes on, further answers are not kept", e.text);
}

/* What is known goes first; the inner engine is asked when nothing else is to
 * be done, with as many questions in hand as without a cache. */
static int cached_pull(struct engine *g, int wait_ms, void **tag, struct response *out,
                       struct err *e)
{
    struct cached *c = (struct cached *)g;
    if (c->n_hit) {
        const struct hit *h = &c->hit[c->head];
        *tag = h->tag;
        *out = h->answer;
        c->head = (c->head + 1) % QUEUE_CAPACITY;
        c->n_hit--;
        return 1;
    }
    void *inner_tag = NULL;
    int rc = c->inner->type->pull(c->inner, wait_ms, &inner_tag, out, e);
    if (rc == 1) {
        struct miss *m = inner_tag;
        *tag = m->tag;
        keep_answer(c, m->turn, out);
        m->next = c->free;
        c->free = m;
    }
    return keep_in_step(c, rc);
}

static void cached_describe(const struct engine *g, struct json_writer *w)
{
    const struct cached *c = (const struct cached *)g;
    c->inner->type->describe(c->inner, w);
}

static int cached_explain(struct engine *g, const struct request *q, struct strbuf *out,
                          struct err *e)
{
    struct engine *inner = ((struct cached *)g)->inner;
    if (!inner->type->explain)
        return err_set(e, ERR_USAGE, "the engine %s cannot explain a question",
                       inner->type->name);
    return inner->type->explain(inner, q, out, e);
}

static void cached_close(struct engine *g)
{
    struct cached *c = (struct cached *)g;
    size_t n = cachefile_damaged(c->file);
    if (n)
        log_warn("cache", "%s: %zu damaged %s skipped; what %s held was asked again", c->path, n,
                 n == 1 ? "line was" : "lines were", n == 1 ? "it" : "they");
    log_info("cache", "%s: %zu questions answered, %zu asked, %zu known now", c->path,
             c->n_cached, c->n_asked, cachefile_count(c->file));
    engine_close(c->inner);
    cachefile_close(c->file);
    arena_release(&c->mem);
    free(c->path);
    free(c);
}

static const struct engine_type engine_cached = {
    .name = "cached",
    .help = "answers of earlier runs, in front of another engine",
    .push = cached_push,
    .pull = cached_pull,
    .describe = cached_describe,
    .explain = cached_explain,
    .close = cached_close,
};

static int identify(char hex[65], const struct engine *g, struct err *e)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text };
    cJSON *tree = NULL;
    json_open(&w, NULL, '{');
    g->type->describe(g, &w);
    json_close(&w, '}');
    int rc = json_parse(&tree, text.s, text.len, e);
    if (rc == 0)
        manifest_model_identity(hex, tree);
    cJSON_Delete(tree);
    strbuf_release(&text);
    return rc < 0 ? err_in(e, "what the model says of itself") : 0;
}

int cached_wrap(struct engine **g, const char *dir, struct err *e)
{
    char hex[65];
    struct cachefile *file = NULL;
    if ((*g)->type == &engine_replay || (*g)->type == &engine_answers)
        return err_set(e, ERR_USAGE, "--cache: a model %s: answers from a file already; leave "
                                     "--cache out", (*g)->type->name);
    if (identify(hex, *g, e) < 0)
        return e->code;
    char *path = xprintf("%s/%s.jsonl", dir, hex);
    if (cachefile_open(&file, path, e) < 0) {
        free(path);
        return err_in(e, "--cache");
    }
    struct cached *c = xcalloc(1, sizeof *c);
    c->inner = *g;
    c->file = file;
    c->path = path;
    keep_in_step(c, 0);
    *g = &c->engine;
    return 0;
}
