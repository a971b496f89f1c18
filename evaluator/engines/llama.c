/*
 * The linked engine. push() queues; pull() works until an answer is there.
 *
 * What makes an answer: llama_encode.c turns the request into tokens and finds
 * the boundary; llama_score.c decodes and adds up log-probabilities;
 * llama_write.c writes texts, many at once. See docs/engines.md.
 */
#include "evaluator/engines/llama.h"

#include <stdlib.h>
#include <string.h>

#include <llama.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "evaluator/engines/llama_context.h"
#include "evaluator/engines/llama_engine.h"
#include "evaluator/engines/tail.h"

enum {
    GPU_GROUP = 8, /* questions decoded together on a GPU */
    BACKLOG = 32,  /* questions to see beside those under way */
};

static void say_work(const struct linked *l)
{
    struct work s = { 0 }, w = { 0 };
    if (l->forward)
        s = forward_work(l->forward);
    if (l->writer)
        w = writer_work(l->writer);
    if (s.n_batch + w.n_batch > 0)
        log_info("engine", "decoded %zu tokens in %zu batches, found %zu in the cache",
                 s.n_token + w.n_token, s.n_batch + w.n_batch, s.n_found + w.n_found);
}

static void linked_close(struct engine *g)
{
    struct linked *l = (struct linked *)g;
    if (!l)
        return;
    say_work(l);
    forward_free(l->forward);
    writer_free(l->writer);
    text_close(&l->text);
    load_close(&l->loaded);
    free(l->path);
    free(l->cache);
    free(l);
}

static void open_parts(struct linked *l, const struct engine_options *o)
{
    const struct loaded *m = &l->loaded;
    /* Exact where batches can be: without flash attention on the CPU. There
     * only weights of less than 16 bits turn rounding into other answers. */
    l->tails = !m->on_gpu && m->quantised ? TAILS_ONE_BY_ONE : TAILS_TOGETHER;
    l->no_share = o->no_share;
    l->group = o->group > 0 ? (size_t)o->group : m->on_gpu ? GPU_GROUP : 1;
    if (l->group > ROUND_SEQUENCES)
        l->group = ROUND_SEQUENCES;
    l->base.hold = l->group + BACKLOG;
    if (l->group > 1 && !o->no_share)
        l->base.group = l->group;
    if (m->scoring)
        l->forward = forward_new(m->scoring, &(struct forward_options){
            .n_ctx = (size_t)m->n_ctx, .tails = l->tails, .no_share = o->no_share,
            .exact = !m->on_gpu && !m->forgetful && strcmp(m->flash, "off") == 0 &&
                     l->group == 1,
            .shape = m->shape });
    if (m->writing) {
        l->base.hold += 2 * (size_t)m->slots;
        l->writer = writer_new(m->writing, &l->text, &(struct writer_options){
            .n_slot = (size_t)m->slots, .n_stream = (size_t)m->streams,
            .n_ctx = (size_t)m->n_ctx, .seed = l->seed,
            .shape = m->shape, .forgetful = m->forgetful });
    }
}

static int linked_open(struct engine **out, const char *where, const struct engine_options *o,
                       struct err *e)
{
    struct linked *l = xcalloc(1, sizeof *l);
    l->base = (struct engine){ .type = &engine_llama, .asks = ASK_LOGLIK | ASK_TEXT };
    l->path = xstrdup(where);
    l->cache = o->cache ? xstrdup(o->cache) : NULL;
    l->seed = o->seed;
    l->vocab_only = o->vocab_only;
    struct template_choice template = { .name = o->template, .otherwise = o->template_else,
                                        .share = o->share, .needed = o->need_chat };
    int rc = load_model(&l->loaded, where, o, e);
    if (rc == 0 && (rc = text_open(&l->text, l->loaded.model, &template, e)) < 0)
        rc = e->code == ERR_USAGE ? rc : err_in(e, "%s", where);
    if (rc == 0 && !o->vocab_only) {
        open_parts(l, o);
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
    if (l->vocab_only)
        return err_set(e, ERR_ENGINE, "%s: opened for its vocabulary only", l->path);
    if (!(q->ask == ASK_LOGLIK ? l->forward != NULL : q->ask == ASK_TEXT && l->writer))
        return err_set(e, ERR_ENGINE, "%s: was not opened for this kind of question", l->path);
    if (l->n_held >= g->hold)
        return 0;
    struct job job = { .q = q, .turn = turn, .mem = mem, .tag = tag };
    l->n_held += queue_put(&l->queue, &job);
    return 1;
}

/* --- one question -------------------------------------------------------- */

static struct asked_job *start(struct linked *l, const struct job *job)
{
    struct asked_job *k = arena_alloc(job->mem, sizeof *k);
    *k = (struct asked_job){ .job = *job, .start = clock_ms() };
    const struct request *q = job->q;
    encoding_make(&k->p, &l->text, (size_t)l->loaded.n_ctx, q, job->mem);
    if (!k->p.failed && q->ask == ASK_TEXT && k->p.prompt.n <= k->p.tokens_cut) {
        k->p.failed = "template";
        k->p.why = "an empty prompt, and a model without a token to begin with";
    }
    k->a = (struct response){
        .n_out = q->n_out, .out = arena_array(job->mem, q->n_out + 1, sizeof *k->a.out),
        .failed = k->p.failed, .why = k->p.why, .shots_dropped = k->p.shots_dropped,
        .tokens_cut = k->p.tokens_cut + k->p.header_cut,
        .n_prompt = (uint32_t)(k->p.prompt.n > k->p.tokens_cut ? k->p.prompt.n - k->p.tokens_cut
                                                               : 0) };
    return k;
}

static void finish(struct linked *l, struct asked_job *k)
{
    k->a.ms = (uint32_t)(clock_ms() - k->start);
    l->ready[l->n_ready++] = k;
}

/* The least likely tokens of a continuation, out of all its windows. */
static void add_tail(struct asked_job *k, size_t variant)
{
    const struct encoding *p = &k->p;
    struct out *o = &k->a.out[variant];
    double *each = arena_array(k->job.mem, o->n_token + 1, sizeof *each);
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (p->variant[i] == variant) {
            memcpy(each + n, p->c[i].each, p->c[i].n_token * sizeof *each);
            n += p->c[i].n_token;
        }
    o->tail = tail_mean(each, n, k->job.q->tail);
}

static void add_up(struct asked_job *k)
{
    const struct encoding *p = &k->p;
    for (size_t i = 0; i < k->a.n_out; i++)
        k->a.out[i] = (struct out){ .greedy = true, .n_straddle = p->straddle[i] };
    for (size_t i = 0; i < p->n; i++) {
        struct out *o = &k->a.out[p->variant[i]];
        o->logprob += p->c[i].logprob;
        o->n_token += p->c[i].n_token;
        o->greedy &= p->c[i].greedy;
    }
    for (size_t i = 0; k->job.q->tail > 0 && i < k->a.n_out; i++)
        add_tail(k, i);
}

/* A text whose thoughts never ended, or of white space, is no answer (the engine
 * for servers says the same). The sample has not failed: it is wrong. */
static void check_faults(struct asked_job *k)
{
    for (size_t i = 0; i < k->a.n_out; i++) {
        struct out *o = &k->a.out[i];
        if (!o->fault && !*utf8_skip_space(o->text))
            o->fault = "empty";
    }
}

/* --- many ---------------------------------------------------------------- */

static const struct job *head(const struct linked *l, enum ask ask)
{
    const struct queue *q = &l->queue;
    const struct job *job = &q->job[q->head];
    return q->n > 0 && job->q->ask == ask ? job : NULL;
}

static bool same_group(const struct linked *l, const struct job *a, const struct job *b)
{
    if (!a->turn || !b->turn || !a->turn->sample || !b->turn->sample)
        return true;
    return strcmp(a->turn->step, b->turn->step) == 0 &&
           engine_same_group(a->turn->sample, b->turn->sample, l->group);
}

static int by_place(const void *a, const void *b)
{
    const struct turn *x = ((const struct job *)a)->turn, *y = ((const struct job *)b)->turn;
    if (!x || !y || !x->sample || !y->sample)
        return 0;
    return x->sample->subset_index < y->sample->subset_index ? -1 : 1;
}

/* The next group of the queue, in the order of the data. */
static size_t take_group(struct job *job, struct linked *l)
{
    size_t n = 0;
    while (n < l->group && head(l, ASK_LOGLIK) &&
           (n == 0 || same_group(l, &job[0], head(l, ASK_LOGLIK))) &&
           queue_get(&l->queue, &job[n]))
        n++;
    if (n > 1)
        qsort(job, n, sizeof *job, by_place);
    return n;
}

static void put_question(struct question *out, const struct encoding *p)
{
    *out = (struct question){ .c = p->c, .n = p->n, .n_cut = p->n_cut };
    memcpy(out->cut, p->cut, sizeof p->cut);
}

/* Neighbours decoded together. */
static int score_group(struct linked *l, struct err *e)
{
    struct job job[ROUND_SEQUENCES];
    struct asked_job *k[ROUND_SEQUENCES];
    struct question question[ROUND_SEQUENCES], *q[ROUND_SEQUENCES] = { NULL };
    size_t n = take_group(job, l), n_q = 0;
    for (size_t i = 0; i < n; i++) {
        k[i] = start(l, &job[i]);
        if (k[i]->p.failed)
            continue;
        put_question(&question[n_q], &k[i]->p);
        q[n_q] = &question[n_q];
        n_q++;
    }
    if (forward_score_group(l->forward, q, n_q, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++) {
        if (!k[i]->a.failed)
            add_up(k[i]);
        finish(l, k[i]);
    }
    return 0;
}

static struct asked_job *take_one(struct linked *l)
{
    struct job job;
    if (!head(l, ASK_LOGLIK) || !queue_get(&l->queue, &job))
        return NULL;
    return start(l, &job);
}

/* One question, with a look at the next: what both begin with is kept. */
static int score_one(struct linked *l, struct err *e)
{
    struct asked_job *k = l->ahead ? l->ahead : take_one(l);
    struct question q;
    k->start = clock_ms();
    l->ahead = take_one(l);
    if (!k->p.failed) {
        const struct encoding *next = l->ahead ? &l->ahead->p : NULL;
        put_question(&q, &k->p);
        if (next && !next->failed && next->n > 0) {
            q.next = next->c[0].id;
            q.n_next = next->c[0].n;
        }
        if (forward_score(l->forward, &q, e) < 0)
            return e->code;
        add_up(k);
    }
    finish(l, k);
    return 0;
}

static int write_step(struct linked *l, struct err *e)
{
    struct job job;
    while (writer_ready(l->writer) && head(l, ASK_TEXT) && l->n_ready < ROUND_SEQUENCES &&
           queue_get(&l->queue, &job)) {
        struct asked_job *k = start(l, &job);
        if (k->a.failed) {
            finish(l, k);
            return 0;
        }
        writer_put(l->writer, &k->p, job.q, k->a.out, job.mem, k);
    }
    if (writer_step(l->writer, e) < 0)
        return e->code;
    struct asked_job *k;
    while (l->n_ready < ROUND_SEQUENCES && (k = writer_take(l->writer))) {
        check_faults(k);
        finish(l, k);
    }
    return 0;
}

/* Texts under way come first: they hold memory. */
static int work(struct linked *l, struct err *e)
{
    if (l->writer && (!writer_idle(l->writer) || head(l, ASK_TEXT)))
        return write_step(l, e);
    if (l->ahead || (head(l, ASK_LOGLIK) && l->group == 1))
        return score_one(l, e);
    return head(l, ASK_LOGLIK) ? score_group(l, e) : 0;
}

static int linked_pull(struct engine *g, int wait_ms, void **tag, struct response *out,
                       struct err *e)
{
    struct linked *l = (struct linked *)g;
    int64_t until = clock_ms() + wait_ms;
    while (l->next_ready == l->n_ready) {
        l->next_ready = l->n_ready = 0;
        if (l->n_held == 0)
            return 0;
        if (work(l, e) < 0)
            return err_in(e, "%s", l->path);
        if (l->n_ready == 0 && clock_ms() >= until)
            return 0;
    }
    struct asked_job *k = l->ready[l->next_ready++];
    l->n_held--;
    *tag = k->job.tag;
    *out = k->a;
    return 1;
}

static void linked_plan(const struct engine *g, unsigned asks, struct strbuf *out)
{
    const struct linked *l = (const struct linked *)g;
    strbuf_printf(out, "weights %.2f GiB\n", (double)linked_bytes(l) / 0x1p30);
    context_explain(&l->loaded, asks, out);
}

const struct engine_type engine_llama = {
    .name = "llama",
    .help = "a GGUF file through the linked llama.cpp",
    .open = linked_open,
    .push = linked_push,
    .pull = linked_pull,
    .describe = linked_describe,
    .explain = linked_explain,
    .tokens = linked_tokens,
    .plan = linked_plan,
    .close = linked_close,
    .linked = true,
};
