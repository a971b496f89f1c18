/*
 * The linked engine. push() queues, pull() decodes the oldest question.
 *
 * What makes an answer: llama_encode.c turns the request into tokens and finds
 * the boundary, llama_score.c decodes and adds up log-probabilities,
 * llama_write.c writes text. See docs/engines.md.
 */
#include "evaluator/engines/llama.h"

#include <stdlib.h>

#include "base/clock.h"
#include "evaluator/engines/llama_engine.h"
#include "evaluator/engines/llama_write.h"

static void linked_close(struct engine *g)
{
    struct linked *l = (struct linked *)g;
    if (!l)
        return;
    forward_free(l->forward);
    text_close(&l->text);
    load_close(&l->loaded);
    free(l->path);
    free(l->cache);
    free(l);
}

static int linked_open(struct engine **out, const char *where, const struct engine_options *o,
                       struct err *e)
{
    struct linked *l = xcalloc(1, sizeof *l);
    l->base = (struct engine){ .type = &engine_llama, .asks = ASK_LOGLIK | ASK_TEXT };
    l->path = xstrdup(where);
    l->cache = o->cache ? xstrdup(o->cache) : NULL;
    l->seed = o->seed;
    int rc = load_model(&l->loaded, where, o, e);
    if (rc == 0 && (rc = text_open(&l->text, l->loaded.model, o->template, o->need_chat, e)) < 0)
        rc = e->code == ERR_USAGE ? rc : err_in(e, "%s", where);
    if (rc == 0 && !o->vocab_only) {
        l->forward = forward_new(l->loaded.ctx);
        rc = linked_hash(l->sha256, &l->bytes, l, e);
    }
    if (rc < 0) {
        linked_close(&l->base);
        return rc;
    }
    *out = &l->base;
    return 0;
}

static int linked_push(struct engine *g, const struct request *q, struct arena *mem,
                       const struct turn *turn, void *tag, struct err *e)
{
    struct linked *l = (struct linked *)g;
    if (!l->forward)
        return err_set(e, ERR_ENGINE, "%s: opened for its vocabulary only", l->path);
    if (!(g->asks & q->ask))
        return err_set(e, ERR_ENGINE, "%s: a linked model cannot run programs", l->path);
    struct job job = { .q = q, .turn = turn, .mem = mem, .tag = tag };
    return queue_put(&l->queue, &job);
}

static int answer_loglik(struct linked *l, const struct encoding *p, struct response *out,
                         struct err *e)
{
    if (forward_score(l->forward, p->c, p->n, p->shared, e) < 0)
        return e->code;
    for (size_t i = 0; i < out->n_out; i++)
        out->out[i] = (struct out){ .greedy = true, .n_straddle = p->straddle[i] };
    for (size_t i = 0; i < p->n; i++) {
        struct out *o = &out->out[p->variant[i]];
        o->logprob += p->c[i].logprob;
        o->n_token += p->c[i].n_token;
        o->greedy &= p->c[i].greedy;
    }
    return 0;
}

static int answer(struct linked *l, const struct job *w, struct response *out,
                  struct err *e)
{
    int64_t start = clock_ms();
    struct encoding p;
    int rc = 0;
    *out = (struct response){ .n_out = w->q->n_out };
    out->out = arena_array(w->mem, w->q->n_out + 1, sizeof *out->out);
    encoding_make(&p, &l->text, (size_t)l->loaded.n_ctx, w->q, w->mem);
    out->failed = p.failed;
    out->why = p.why;
    out->shots_dropped = p.shots_dropped;
    out->tokens_cut = p.tokens_cut + p.header_cut;
    out->n_prompt = (uint32_t)(p.prompt.n > p.tokens_cut ? p.prompt.n - p.tokens_cut : 0);
    if (!p.failed && w->q->ask == ASK_LOGLIK)
        rc = answer_loglik(l, &p, out, e);
    else if (!p.failed && p.prompt.n > p.tokens_cut)
        rc = write_text(out->out, l->forward, &l->text, &p, w->q, l->seed, w->mem, e);
    out->ms = (uint32_t)(clock_ms() - start);
    return rc < 0 ? err_in(e, "%s", l->path) : 0;
}

static int linked_pull(struct engine *g, int wait_ms, void **tag, struct response *out,
                       struct err *e)
{
    struct linked *l = (struct linked *)g;
    (void)wait_ms;
    struct job w;
    if (!queue_get(&l->queue, &w))
        return 0;
    *tag = w.tag;
    int rc = answer(l, &w, out, e);
    return rc < 0 ? rc : 1;
}

const struct engine_type engine_llama = {
    .name = "llama",
    .help = "a GGUF file through the linked llama.cpp",
    .open = linked_open,
    .push = linked_push,
    .pull = linked_pull,
    .describe = linked_describe,
    .explain = linked_explain,
    .close = linked_close,
};
