/* Questions of the HTTP engine on their way: parts, limits, halting. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "evaluator/engines/http_engine.h"

enum {
    MOST_IN_A_ROW = 20, /* questions in a row that came to nothing: a dead server */
};

/* --- lists */

void part_put(struct part_list *l, struct part *p)
{
    p->next = NULL;
    *l->end = p;
    l->end = &p->next;
    l->n++;
}

static struct part *part_get(struct part_list *l)
{
    struct part *p = l->first;
    if (p && !(l->first = p->next))
        l->end = &l->first;
    l->n -= p != NULL;
    return p;
}

static void question_put(struct question_list *l, struct question *q)
{
    q->next = NULL;
    *l->end = q;
    l->end = &q->next;
    l->n++;
}

static struct question *question_get(struct question_list *l)
{
    struct question *q = l->first;
    if (q && !(l->first = q->next))
        l->end = &l->first;
    l->n -= q != NULL;
    return q;
}

void http_ask_init(struct http *h, size_t hold)
{
    struct question_list *const lists[] = { &h->idle, &h->finished, &h->held };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        lists[i]->end = &lists[i]->first;
    h->waiting.end = &h->waiting.first;
    h->delayed.end = &h->delayed.first;
    h->next_due = INT64_MAX;
    h->engine.hold = hold;
    h->pool = xcalloc(hold, sizeof *h->pool);
    for (size_t i = 0; i < hold; i++)
        question_put(&h->idle, &h->pool[i]);
}

/* --- ends of questions */

void question_fail(struct question *q, const char *class, const char *why)
{
    if (q->a.failed)
        return;
    q->a.failed = class;
    q->a.why = arena_strdup(q->mem, why);
}

void question_late(const struct http *h, struct part *p, const char *last)
{
    char why[480];
    snprintf(why, sizeof why, "no answer within %g s%s%.300s%s", (double)h->timeout_ms / 1000,
             *last ? " (the last try: " : "", last, *last ? ")" : "");
    question_fail(p->of, "timeout", why);
}

/* Where the server's filter took every draw, nothing of the model's is there to
 * be scored. An answer that is empty, or all thoughts, is the model's own. */
static void judge_draws(struct question *q)
{
    for (size_t i = 0; i < q->a.n_out; i++)
        if (!q->a.out[i].fault || strcmp(q->a.out[i].fault, "refused") != 0)
            return;
    if (q->a.n_out)
        question_fail(q, "refused", "the server's content filter refused the answer");
}

static bool came_to_nothing(const struct question *q)
{
    return q->a.failed && (strcmp(q->a.failed, "remote") == 0 ||
                           strcmp(q->a.failed, "timeout") == 0);
}

static void release_held(struct http *h)
{
    for (struct question *q; (q = question_get(&h->held));)
        question_put(&h->finished, q);
    h->n_in_a_row = 0;
}

void question_drop(struct http *h, struct question *q)
{
    h->n_dropped++; /* it stays out of every list: nobody gets it back */
    q->dropped = true;
}

void http_halt(struct http *h, int code, const char *why)
{
    if (h->engine.halted)
        return;
    snprintf(h->halted, sizeof h->halted, "%s%s%s", code ? h->to.base : "", code ? ": " : "", why);
    h->engine.halted = h->halted;
    h->engine.halt_code = code;
}

static void finish(struct http *h, struct question *q)
{
    budget_release(&h->budget, q->reserved);
    q->a.ms = q->began ? (uint32_t)(clock_ms() - q->began) : 0;
    if (q->dropped)
        return;
    if (!q->a.failed && q->stage == STAGE_TEXT)
        judge_draws(q);
    if (!came_to_nothing(q)) {
        release_held(h); /* it lives, so the failures before were failures */
        question_put(&h->finished, q);
        return;
    }
    question_put(&h->held, q);
    if (++h->n_in_a_row < MOST_IN_A_ROW)
        return;
    char why[480];
    snprintf(why, sizeof why, "%d questions in a row came to nothing (the last: %.300s); they are "
             "asked again with --resume", MOST_IN_A_ROW, q->a.why);
    http_halt(h, ERR_ENGINE, why);
}

static void next_stage(struct http *h, struct question *q);

void part_end(struct http *h, struct part *p)
{
    struct question *q = p->of;
    if (--q->n_left > 0)
        return;
    if (!q->a.failed && !q->dropped && q->stage == STAGE_TOKENS)
        next_stage(h, q);
    else
        finish(h, q);
}

/* With an error code: everything that is not on the wire is left unasked. */
static void abandon(struct http *h)
{
    struct part_list *const lists[] = { &h->waiting, &h->delayed };
    if (!h->engine.halted || h->engine.halt_code == 0)
        return;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (struct part *p; (p = part_get(lists[i]));) {
            if (!p->of->dropped && !p->of->a.failed)
                question_drop(h, p->of);
            part_end(h, p);
        }
    for (struct question *q; (q = question_get(&h->held));)
        question_drop(h, q);
    h->next_due = INT64_MAX;
}

/* --- questions to parts */

static void make_parts(struct http *h, struct question *q, enum stage stage, size_t n)
{
    q->stage = stage;
    q->part = arena_array(q->mem, n, sizeof *q->part);
    q->n_left = n;
    for (size_t i = 0; i < n; i++) {
        q->part[i] = (struct part){ .of = q, .index = i };
        part_put(&h->waiting, &q->part[i]);
    }
}

/* The tokens of all options are known: see what comes after what they share. */
static void next_stage(struct http *h, struct question *q)
{
    struct err e = { 0 };
    if (tokens_compare(&q->n_shared, q->list, q->q->n_out, &e) < 0) {
        question_fail(q, "remote", e.text);
        finish(h, q);
        return;
    }
    q->n_probs = NPROBS_FIRST;
    make_parts(h, q, STAGE_PROBS, 1);
}

static void begin_question(struct http *h, struct question *q)
{
    const struct request *r = q->q;
    if (r->ask == ASK_TEXT) {
        make_parts(h, q, STAGE_TEXT, r->n_out);
    } else if (!r->raw) {
        question_fail(q, "template", "over HTTP a chat template cannot be put around a given "
                                     "text; leave out --chat");
        finish(h, q);
    } else if (h->way == SCORE_NPROBS && r->whole) {
        question_fail(q, "remote", "this server scores single tokens only, and this recipe wants "
                                   "whole texts scored");
        finish(h, q);
    } else if (h->way == SCORE_NPROBS && r->lead) {
        question_fail(q, "remote", "this server scores single tokens only, and this recipe gives "
                                   "every option a beginning of its own");
        finish(h, q);
    } else if (h->way == SCORE_NPROBS) {
        q->list = arena_array(q->mem, r->n_out + 1, sizeof *q->list);
        make_parts(h, q, STAGE_TOKENS, r->n_out + 1);
    } else {
        make_parts(h, q, STAGE_SCORE, r->n_out);
    }
}

static void measure(struct http *h, struct question *q)
{
    const struct request *r = q->q;
    bool text = r->ask == ASK_TEXT;
    size_t longest = 0;
    q->bytes = 0;
    for (size_t i = 0; i < r->n_message; i++)
        q->bytes += (double)strlen(r->message[i].text);
    for (size_t i = 0; !text && i < r->n_out; i++) {
        size_t len = strlen(r->variant[i]) + (r->lead ? strlen(r->lead[i]) : 0);
        longest = len > longest ? len : longest;
    }
    double in = tokens_guess(q->bytes + (double)longest);
    double out = text ? body_max_tokens(&r->decode) : 1;
    q->n_max = in + out;
    q->reserved = budget_price(&h->budget, in, out) * (double)r->n_out;
}

/* Money is set aside before a question is taken, so that what was taken can
 * always be asked to the end. */
static bool affordable(struct http *h, const struct question *q)
{
    if (budget_reserve(&h->budget, q->reserved))
        return true;
    if (h->budget.reserved > 0)
        return false; /* what is under way may turn out cheaper */
    char why[300];
    snprintf(why, sizeof why, "the budget of --max-cost %g is spent (%.4f so far, the next "
             "question may cost %.4f)", h->budget.max, h->budget.spent, q->reserved);
    http_halt(h, 0, why);
    return false;
}

/* --- sending */

static const char *write_part(struct strbuf *body, const struct http *h, const struct part *p)
{
    const struct question *q = p->of;
    const struct request *r = q->q;
    struct strbuf text = STRBUF_INIT;
    const char *url = h->url_text;
    switch (q->stage) {
    case STAGE_TEXT:
        body_text(body, r, p->index, &h->dialect);
        url = r->raw ? h->url_text : h->url_chat;
        break;
    case STAGE_SCORE:
        body_beginning(&text, r, p->index);
        strbuf_puts(&text, r->variant[p->index]);
        score_body(body, h->way, h->to.model, text.s);
        break;
    case STAGE_TOKENS:
        body_prompt(&text, r);
        strbuf_puts(&text, p->index ? r->variant[p->index - 1] : "");
        tokenize_body(body, text.s);
        url = h->url_tokenize;
        break;
    case STAGE_PROBS:
        nprobs_body(body, &q->list[1], q->n_shared, q->n_probs);
        url = h->url_native;
        break;
    }
    strbuf_release(&text);
    return url;
}

/* The first try gets half of the time, so that a request that was lost on its
 * way can be made once more. */
static int64_t time_for(const struct http *h, struct question *q, const struct part *p,
                        int64_t now)
{
    if (!q->began) {
        q->began = now;
        q->deadline = now + h->timeout_ms;
    }
    int64_t left = q->deadline - now;
    int64_t most = p->tries == 0 ? h->timeout_ms / 2 : left;
    return left < most ? left : most;
}

/* Milliseconds until the limits let one more request go. */
static int64_t limits_wait(struct http *h, const struct question *q, int64_t now)
{
    int64_t wait = h->not_before > now ? h->not_before - now : 0;
    int64_t rpm = bucket_wait(&h->rpm, 1, now), tpm = bucket_wait(&h->tpm, q->n_max, now);
    wait = rpm > wait ? rpm : wait;
    return tpm > wait ? tpm : wait;
}

static void wake_delayed(struct http *h, int64_t now)
{
    struct part_list old = h->delayed;
    if (now < h->next_due)
        return;
    h->delayed = (struct part_list){ .first = NULL };
    h->delayed.end = &h->delayed.first;
    h->next_due = INT64_MAX;
    for (struct part *p = old.first, *next; p; p = next) {
        next = p->next;
        if (p->due <= now) {
            part_put(&h->waiting, p);
            continue;
        }
        part_put(&h->delayed, p);
        h->next_due = p->due < h->next_due ? p->due : h->next_due;
    }
}

/* Put waiting parts on the wire. *wait: milliseconds until more may go. */
static int send_parts(struct http *h, int64_t now, int64_t *wait, struct err *e)
{
    *wait = INT64_MAX;
    wake_delayed(h, now);
    while (h->waiting.first && wire_in_flight(h->wire) < h->concurrency) {
        struct question *q = h->waiting.first->of;
        struct part *p;
        if (q->a.failed || q->dropped) {
            part_end(h, part_get(&h->waiting));
            continue;
        }
        *wait = limits_wait(h, q, now);
        if (*wait > 0)
            return 0;
        p = part_get(&h->waiting);
        int64_t ms = time_for(h, q, p, now);
        if (ms <= 0) {
            question_late(h, p, "it had to wait for --rpm, --tpm or the server's wish");
            part_end(h, p);
            continue;
        }
        struct wire_call *c = wire_call(h->wire);
        c->user = p;
        if (wire_send(h->wire, c, write_part(&c->body, h, p), ms, e) < 0)
            return e->code;
        bucket_take(&h->rpm, 1);
        bucket_take(&h->tpm, q->n_max);
        *wait = INT64_MAX;
    }
    return 0;
}

/* --- pushing and pulling */

int http_push(struct engine *g, const struct request *q, struct arena *mem,
              const struct turn *turn, void *tag, struct err *e)
{
    (void)turn;
    struct http *h = (struct http *)g;
    if (!(q->ask & g->asks))
        return err_set(e, ERR_ENGINE, "%s: %s", h->to.base,
                       g->no_loglik ? g->no_loglik : "a question that this engine cannot ask");
    struct question *own = h->idle.first;
    /* What is taken is asked, also after Ctrl-C: so no more than keeps the
     * server busy. */
    if (g->halted || !own || h->waiting.n >= h->ahead)
        return 0;
    *own = (struct question){ .q = q, .mem = mem, .tag = tag, .next = own->next };
    measure(h, own);
    if (!affordable(h, own))
        return 0;
    question_get(&h->idle);
    own->a.n_out = q->n_out;
    own->a.out = arena_array(mem, q->n_out, sizeof *own->a.out);
    begin_question(h, own);
    int64_t ignored;
    return send_parts(h, clock_ms(), &ignored, e) < 0 ? e->code : 1;
}

static bool under_way(const struct http *h)
{
    return wire_in_flight(h->wire) || h->waiting.first || h->delayed.first;
}

/* Nothing moves any more, and nothing is finished. */
static int at_rest(struct http *h, struct err *e)
{
    char why[480];
    struct question *q = h->held.first;
    while (q && q->next && !q->unreached)
        q = q->next;
    if (q && q->unreached) {
        snprintf(why, sizeof why, "nobody answers there any more (%.300s); what is missing is "
                 "asked with --resume", q->a.why);
        http_halt(h, ERR_ENGINE, why);
        abandon(h);
    }
    if (h->held.first)
        release_held(h); /* too few to call the server dead */
    else if (h->n_dropped)
        return err_set(e, h->engine.halt_code, "%s", h->engine.halted);
    return 0;
}

static int move(struct http *h, int64_t wait_ms, struct err *e)
{
    int64_t now = clock_ms(), limits;
    abandon(h);
    if (send_parts(h, now, &limits, e) < 0)
        return e->code;
    int64_t wait = h->next_due < now + wait_ms ? h->next_due - now : wait_ms;
    wait = limits < wait ? limits : wait;
    if (wire_run(h->wire, h->finished.first || wait < 0 ? 0 : (int)wait, e) < 0)
        return e->code;
    for (struct wire_call *c; (c = wire_done(h->wire));) {
        http_reply(h, c);
        wire_reuse(h->wire, c);
    }
    return 0;
}

/* Failures that may be the server's are held back until it answers something,
 * or there is nothing else to wait for: should it be dead, they are not failed
 * answers but questions to be asked again. */
int http_pull(struct engine *g, int wait_ms, void **tag, struct response *out, struct err *e)
{
    struct http *h = (struct http *)g;
    int64_t until = clock_ms() + wait_ms;
    if (h->finished.first && h->waiting.first && wire_in_flight(h->wire) * 2 < h->concurrency &&
        move(h, 0, e) < 0) /* keep the server busy while answers are looked at */
        return e->code;
    for (bool moved = false; !h->finished.first; moved = true) {
        int64_t left = until - clock_ms();
        abandon(h);
        if (!under_way(h) && !h->finished.first) {
            if (at_rest(h, e) < 0)
                return e->code;
            if (!h->finished.first)
                return 0;
            break;
        }
        if (moved && left <= 0)
            return 0;
        if (move(h, left > 0 ? left : 0, e) < 0)
            return e->code;
    }
    struct question *q = question_get(&h->finished);
    *tag = q->tag;
    *out = q->a;
    question_put(&h->idle, q);
    return 1;
}
