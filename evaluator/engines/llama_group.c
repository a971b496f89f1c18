/* Several questions in one batch, for GPUs. */
#include <stdlib.h>
#include <string.h>

#include <llama.h>

#include "base/mem.h"
#include "evaluator/engines/llama_forward.h"

/* Members of a group, each with its place among sequences and cells. */
struct group {
    struct layout l[ROUND_SEQUENCES];
    struct question *q[ROUND_SEQUENCES];
    size_t n, n_seq, cells;
};

static size_t sequences(const struct layout *l)
{
    for (size_t k = 0; k < l->n; k++)
        if (candidate_inputs(l->c[k]) > l->fork)
            return l->n;
    return 1;
}

/* The same trunk, and room for it. The first always fits by itself. */
static bool can_join(struct forward *f, const struct group *g, const struct question *q,
                     const struct layout *l)
{
    size_t end = trunk_planned(&f->trunk), cells = l->fork - end;
    for (size_t k = 0; k < l->n; k++)
        cells += candidate_inputs(l->c[k]) - l->fork;
    if (g->n == ROUND_SEQUENCES || l->inside || g->n_seq + sequences(l) > ROUND_SEQUENCES ||
        g->cells + cells > f->n_ctx)
        return false;
    const int32_t *first = g->l[0].c[0]->id;
    struct trunk mine;
    trunk_init(&mine, f->n_ctx);
    memcpy(mine.next, f->trunk.next, f->trunk.n_next * sizeof *mine.next);
    mine.n_next = f->trunk.n_next;
    forward_plan(f, q, l);
    bool same = f->trunk.n_next == mine.n_next &&
                memcmp(mine.next, f->trunk.next, mine.n_next * sizeof *mine.next) == 0 &&
                memcmp(first, l->c[0]->id, end * sizeof *first) == 0;
    memcpy(f->trunk.next, mine.next, mine.n_next * sizeof *mine.next);
    f->trunk.n_next = mine.n_next;
    trunk_release(&mine);
    return same;
}

static void group_add(struct group *g, struct forward *f, struct question *q,
                      const struct layout *l)
{
    size_t end = trunk_planned(&f->trunk);
    if (g->n == 0)
        g->cells = end;
    g->l[g->n] = *l;
    g->q[g->n++] = q;
    g->n_seq += sequences(l);
    g->cells += l->fork - end;
    for (size_t k = 0; k < l->n; k++)
        g->cells += candidate_inputs(l->c[k]) - l->fork;
}

/* Where the members part, none of whose rows are needed before. */
static size_t find_parting(const struct group *g)
{
    const struct layout *a = &g->l[0];
    size_t end = a->row < a->fork ? a->row : a->fork;
    for (size_t i = 1; i < g->n; i++) {
        const struct layout *b = &g->l[i];
        size_t most = b->row < b->fork ? b->row : b->fork, same = 0;
        end = end < most ? end : most;
        while (same < end && a->c[0]->id[same] == b->c[0]->id[same])
            same++;
        end = same;
    }
    return end;
}

static int score_group(struct forward *f, struct group *g, struct err *e)
{
    size_t total = 0, at = 0, first = FIRST, parting = find_parting(g);
    for (size_t i = 0; i < g->n; i++)
        total += g->l[i].n;
    struct candidate *c = xcalloc(total, sizeof *c);
    int rc = forward_trunk(f, g->l[0].c[0]->id, &g->l[0], e);
    f->n_entry = 0;
    parting = parting > f->trunk.n ? parting : f->trunk.n;
    c[0] = *g->l[0].c[0];
    forward_add(f, c, 1, f->trunk.n, parting, FIRST, g->n_seq);
    for (size_t i = 0; i < g->n; i++) {
        const struct layout *l = &g->l[i];
        size_t n_seq = sequences(l);
        for (size_t k = 0; k < l->n; k++)
            c[at + k] = *l->c[k];
        forward_enter(f, first, n_seq);
        if (n_seq == 1)
            forward_add(f, c + at, l->n, parting, l->fork, first, 1);
        else
            forward_tree(f, c + at, l->n, parting, first);
        first += n_seq;
        at += l->n;
    }
    if (rc == 0)
        rc = forward_run(f, e);
    at = 0;
    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k < g->l[i].n; k++)
            *g->l[i].c[k] = c[at++];
    free(c);
    if (rc == 0)
        forward_leave(f, FIRST, g->n_seq, 0);
    else
        forward_forget(f);
    return rc;
}

static void group_release(struct group *g)
{
    for (size_t i = 0; i < g->n; i++)
        free(g->l[i].c);
}

int forward_score_group(struct forward *f, struct question *const *q, size_t n, struct err *e)
{
    int rc = 0;
    for (size_t at = 0; rc == 0 && at < n;) {
        struct group g = { .n = 0 };
        struct layout l = { 0 };
        bool one = n - at == 1 || f->forgetful || f->no_share || !forward_layout(&l, f, q[at]) ||
                   l.inside;
        if (!one) {
            forward_plan(f, q[at], &l);
            group_add(&g, f, q[at], &l);
            while (at + g.n < n && forward_layout(&l, f, q[at + g.n]) &&
                   can_join(f, &g, q[at + g.n], &l))
                group_add(&g, f, q[at + g.n], &l);
            if (at + g.n < n)
                free(l.c);
            one = g.n == 1;
        } else {
            free(l.c);
        }
        rc = one ? forward_score(f, q[at], e) : score_group(f, &g, e);
        at += one ? 1 : g.n;
        group_release(&g);
    }
    return rc;
}
