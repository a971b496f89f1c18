#include "evaluator/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* SHARED_MS: the wait when more than one engine is at work, since each makes the
 * others wait. */
enum { PULL_MS = 250, SHARED_MS = 5, GRACE_MS = 2000 };

/* One sample in flight. Everything of it lives in mem, but the row. */
struct slot {
    bool busy;
    bool journalled; /* the journal has it; asked again for its group */
    struct trace trace;
    struct turn turn; /* the open question */
    size_t cap_turn;
    struct arena mem;
    struct slot *next; /* in the list it waits in */
};

/* Slots in the order of their rows, or of their answers. */
struct line {
    struct slot *first, *last;
};

struct run {
    const struct run_input *in;
    struct run_result *result;
    struct slot *slot;
    struct line held;   /* the group that is being gathered */
    struct line ready;  /* task_next() is to be asked */
    struct line posted[ROLE_COUNT]; /* their questions are not yet taken by an engine */
    size_t asked[ROLE_COUNT];       /* taken by it, answer outstanding */
    size_t n_live;
    bool more_rows;
    int64_t stopped_at;
};

static void line_add(struct line *l, struct slot *s)
{
    s->next = NULL;
    if (l->last)
        l->last->next = s;
    else
        l->first = s;
    l->last = s;
}

static struct slot *line_take(struct line *l)
{
    struct slot *s = l->first;
    if (s && !(l->first = s->next))
        l->last = NULL;
    return s;
}

static void slot_clear(struct run *r, struct slot *s)
{
    cJSON_Delete((cJSON *)s->trace.sample.row);
    arena_clear(&s->mem);
    struct arena mem = s->mem;
    *s = (struct slot){ .mem = mem };
    r->n_live--;
}

static struct slot *free_slot(const struct run *r)
{
    for (size_t i = 0; i < r->in->n_slot; i++)
        if (!r->slot[i].busy)
            return &r->slot[i];
    return NULL;
}

/* --- groups: samples that an engine decodes together (see engine.h) */

static size_t group_size(const struct run *r)
{
    size_t n = 1;
    for (size_t role = 0; role < ROLE_COUNT; role++)
        if (r->in->engine[role] && r->in->engine[role]->group > n)
            n = r->in->engine[role]->group;
    return n;
}

/* A group of which the journal lacks anything is asked whole: its figures belong
 * together, and come out as they are in the journal. */
static void close_group(struct run *r)
{
    bool ask = false;
    for (struct slot *s = r->held.first; s; s = s->next)
        ask |= !s->journalled;
    for (struct slot *s; (s = line_take(&r->held));) {
        if (ask)
            line_add(&r->ready, s);
        else
            slot_clear(r, s);
    }
}

static void hold(struct run *r, struct slot *s)
{
    if (r->held.first &&
        !engine_same_group(&r->held.first->trace.sample, &s->trace.sample, group_size(r)))
        close_group(r);
    line_add(&r->held, s);
}

/* --- the loop's parts, in order */

/* Fill free slots with rows that the journal does not have. */
static int run_admit(struct run *r, struct err *e)
{
    struct slot *s;
    while (r->more_rows && !r->result->stopped && (s = free_slot(r))) {
        int rc = dataset_next(r->in->dataset, &s->mem, &s->trace.sample, e);
        if (rc < 0)
            return rc;
        r->more_rows = rc == 1;
        if (rc == 0)
            break;
        s->trace.mem = &s->mem;
        s->busy = true;
        r->n_live++;
        s->journalled = journal_has(r->in->journal, &s->trace.sample);
        if (group_size(r) > 1)
            hold(r, s);
        else if (s->journalled)
            slot_clear(r, s);
        else
            line_add(&r->ready, s);
    }
    if (!r->more_rows)
        close_group(r);
    return 0;
}

/* Score, journal, free. A failed sample is journalled with its class. */
static int run_settle(struct run *r, struct slot *s, const char *failed, const char *why,
                      struct err *e)
{
    const struct run_input *in = r->in;
    struct score *score = arena_array(&s->mem, in->n_scorer, sizeof *score);
    for (size_t i = 0; !failed && i < in->n_scorer; i++) {
        const struct scorer_type *type = in->scorer[i].type;
        if (type->score(in->scorer[i].rule, &s->trace, &score[i], e) < 0)
            return err_in(e, "sample %s", s->trace.sample.id);
        score[i].scorer = type->name;
    }
    if (journal_add(in->journal, &s->trace, failed, why, score, failed ? 0 : in->n_scorer,
                    in->keep_prompts, e) < 0)
        return e->code;
    r->result->n_settled++;
    r->result->n_failed += failed != NULL;
    slot_clear(r, s);
    return 0;
}

/* Ask every ready sample for its next question, or settle it. */
static int run_step(struct run *r, struct err *e)
{
    for (struct slot *s; (s = line_take(&r->ready));) {
        s->turn = (struct turn){ 0 };
        int rc = task_next(r->in->task, &s->trace, &s->turn, e);
        if (rc < 0)
            return err_in(e, "sample %s", s->trace.sample.id);
        if (rc == 1)
            line_add(&r->posted[s->turn.q.role], s);
        else if (run_settle(r, s, NULL, NULL, e) < 0)
            return e->code;
    }
    return 0;
}

static int push_to(struct run *r, size_t role, struct err *e)
{
    struct engine *g = r->in->engine[role];
    while (r->posted[role].first && !r->result->stopped && !g->halted) {
        struct slot *s = r->posted[role].first;
        int rc = g->type->push(g, &s->turn.q, &s->mem, &s->turn, s, e);
        if (rc <= 0)
            return rc;
        (void)line_take(&r->posted[role]);
        r->asked[role]++;
    }
    return 0;
}

/* An engine that is full does not keep questions from the others. */
static int run_push(struct run *r, struct err *e)
{
    for (size_t role = 0; role < ROLE_COUNT; role++)
        if (r->posted[role].first && push_to(r, role, e) < 0)
            return e->code;
    return 0;
}

static void append_turn(struct slot *s)
{
    struct trace *t = &s->trace;
    if (t->n_turn == s->cap_turn) {
        s->cap_turn = s->cap_turn ? s->cap_turn * 2 : 2;
        struct turn *grown = arena_array(&s->mem, s->cap_turn, sizeof *grown);
        if (t->n_turn)
            memcpy(grown, t->turn, t->n_turn * sizeof *grown);
        t->turn = grown;
    }
    t->turn[t->n_turn++] = s->turn;
}

static size_t n_asked(const struct run *r)
{
    size_t n = 0;
    for (size_t role = 0; role < ROLE_COUNT; role++)
        n += r->asked[role];
    return n;
}

static size_t n_busy(const struct run *r)
{
    size_t n = 0;
    for (size_t role = 0; role < ROLE_COUNT; role++)
        n += r->asked[role] > 0;
    return n;
}

/* 1 = an answer was taken, 0 = there is none yet. */
static int pull_from(struct run *r, size_t role, int wait_ms, struct err *e)
{
    struct engine *g = r->in->engine[role];
    struct response answer = { 0 };
    void *tag = NULL;
    int rc = g->type->pull(g, wait_ms, &tag, &answer, e);
    if (rc <= 0)
        return rc;
    struct slot *s = tag;
    r->asked[role]--;
    r->result->n_token += answer.n_prompt;
    s->turn.a = answer;
    append_turn(s);
    if (!answer.failed)
        line_add(&r->ready, s);
    else if (run_settle(r, s, answer.failed, answer.why, e) < 0)
        return e->code;
    return 1;
}

/* The model may compute while it is asked for an answer, so it is asked for one
 * only; what the others have finished meanwhile is taken whole. */
static int pull_round(size_t *n, struct run *r, int wait_ms, struct err *e)
{
    for (size_t role = 0; role < ROLE_COUNT; role++) {
        int rc = r->asked[role] ? pull_from(r, role, wait_ms, e) : 0;
        for (; rc == 1; (*n)++)
            rc = role != ROLE_MODEL && r->asked[role] ? pull_from(r, role, 0, e) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Nobody is waited for while another has an answer. */
static int run_pull(struct run *r, struct err *e)
{
    size_t n = 0;
    bool shared = n_busy(r) > 1;
    if (shared && pull_round(&n, r, 0, e) < 0)
        return e->code;
    return n ? 0 : pull_round(&n, r, shared ? SHARED_MS : PULL_MS, e);
}

static const struct engine *halted(const struct run *r)
{
    for (size_t role = 0; role < ROLE_COUNT; role++)
        if (r->in->engine[role] && r->in->engine[role]->halted)
            return r->in->engine[role];
    return NULL;
}

/* Is all that waits to be asked for engines that take nothing more? */
static bool is_stuck(const struct run *r)
{
    size_t n = 0;
    for (size_t role = 0; role < ROLE_COUNT; role++) {
        if (r->posted[role].first && !r->in->engine[role]->halted)
            return false;
        n += r->posted[role].first != NULL;
    }
    return n > 0;
}

/* After a stop: nothing new is asked; answers under way get a moment. */
static bool run_over(struct run *r)
{
    if (!r->result->stopped && r->in->stopped && r->in->stopped()) {
        r->result->stopped = true;
        r->stopped_at = clock_ms();
    }
    if (r->result->stopped)
        return !n_asked(r) || clock_ms() - r->stopped_at > GRACE_MS;
    if (!n_asked(r) && is_stuck(r))
        return true;
    return !r->more_rows && !r->n_live;
}

static int run_loop(struct run *r, struct err *e)
{
    while (!run_over(r)) {
        if (run_admit(r, e) < 0 || run_step(r, e) < 0 || run_push(r, e) < 0 ||
            run_pull(r, e) < 0)
            return e->code;
        if (r->in->progress)
            progress_set(r->in->progress, &(struct progress_state){
                .done = journal_count(r->in->journal),
                .failed = journal_count_failed(r->in->journal),
                .tokens = r->result->n_token });
    }
    if (run_step(r, e) < 0) /* the answer that came last before a stop is kept too */
        return e->code;
    const struct engine *g = r->n_live && !r->result->stopped ? halted(r) : NULL;
    if (g && g->halt_code < 0)
        return err_set(e, g->halt_code, "%s", g->halted);
    if (g)
        r->result->halted = g->halted;
    return 0;
}

int run_task(struct run_result *out, const struct run_input *in, struct err *e)
{
    *out = (struct run_result){ 0 };
    struct run r = { .in = in, .result = out, .more_rows = true };
    r.slot = xcalloc(in->n_slot, sizeof *r.slot);
    int rc = run_loop(&r, e);
    for (size_t i = 0; i < in->n_slot; i++) {
        if (r.slot[i].busy)
            cJSON_Delete((cJSON *)r.slot[i].trace.sample.row);
        arena_release(&r.slot[i].mem);
    }
    free(r.slot);
    return rc;
}
