/*
 * Several runs of one model on one column become one list of samples. The
 * result depends on what the journals hold, never on the order of directories
 * or lines: of two answers to one sample the one that did not fail counts,
 * then the later run's, then the one that sorts last.
 */
#include <stdlib.h>
#include <string.h>

#include "reports/input.h"

/* A line that may stand for a sample. */
struct candidate {
    uint32_t place;
    struct line head;
    const struct part *part;
};

struct merge {
    const struct report_input *in;
    const struct part **part; /* of the cell */
    size_t n_part;
    struct candidate *list; /* of the index at hand */
    size_t n, cap;
    size_t n_conflict;
};

static int compare_lines(const struct merge *m, const struct candidate *a,
                         const struct candidate *b)
{
    return pack_compare(&m->in->pack, &m->part[0]->scorers.shape, a->place, b->place);
}

/* Negative when a stands before b: by sample, the better answer first. */
static int compare_candidates(const struct merge *m, const struct candidate *a,
                              const struct candidate *b)
{
    if (a->head.id != b->head.id)
        return a->head.id < b->head.id ? -1 : 1;
    if (!a->head.failed != !b->head.failed)
        return a->head.failed ? 1 : -1;
    int order = -strcmp(a->part->run->created, b->part->run->created);
    return order ? order : -compare_lines(m, a, b);
}

static void add_candidate(struct merge *m, uint32_t place, const struct part *part)
{
    struct candidate c = { .place = place, .part = part };
    pack_peek(&c.head, &m->in->pack, place);
    m->list = grow(m->list, m->n, &m->cap, sizeof *m->list);
    size_t i = m->n++;
    for (; i && compare_candidates(m, &c, &m->list[i - 1]) < 0; i--)
        m->list[i] = m->list[i - 1];
    m->list[i] = c;
}

/* All lines of an index; mostly there is one. */
static void find_candidates(struct merge *m, uint32_t index)
{
    m->n = 0;
    for (size_t i = 0; i < m->n_part; i++)
        for (uint32_t at = paged_get(&m->part[i]->line, index); at;) {
            struct line head;
            add_candidate(m, at, m->part[i]);
            pack_peek(&head, &m->in->pack, at);
            at = head.before;
        }
}

/* The best line of every sample comes first; the others go. */
static void keep_best(struct merge *m)
{
    size_t n = 0;
    bool counted = false; /* this sample's disagreement is counted already */
    for (size_t i = 0; i < m->n; i++) {
        const struct candidate *c = &m->list[i], *last = n ? &m->list[n - 1] : NULL;
        if (!last || last->head.id != c->head.id) {
            m->list[n++] = *c;
            counted = false;
        } else if (!last->head.failed && !c->head.failed && !counted &&
                   compare_lines(m, last, c)) {
            m->n_conflict++;
            counted = true;
        }
    }
    m->n = n;
}

/* The samples of the next index into m->list; false at the end. */
static bool next_samples(struct merge *m, uint64_t *index)
{
    uint64_t next = (uint64_t)UINT32_MAX + 1;
    for (size_t i = 0; i < m->n_part; i++) {
        uint64_t own = paged_next(&m->part[i]->line, *index);
        next = own < next ? own : next;
    }
    if (next > UINT32_MAX)
        return false;
    find_candidates(m, (uint32_t)next);
    keep_best(m);
    *index = next + 1;
    return true;
}

/* ---- subsets */

static size_t find_subset(const struct merged *m, const char *name)
{
    size_t i = 0;
    while (i < m->n_subset && strcmp(m->subset[i].name, name))
        i++;
    return i;
}

/* Where a line's subset stands: the manifest's, and after them those that only
 * the journal knows. where[] remembers it by name, counted from 1. */
static size_t subset_of(struct merged *m, size_t *where, struct manifest_subset *list,
                        uint32_t name)
{
    if (where[name])
        return where[name] - 1;
    const char *text = name_text(&m->in->names, name);
    size_t s = find_subset(m, text);
    if (s == m->n_subset)
        list[m->n_subset++] = (struct manifest_subset){ .name = text, .title_zh = "",
                                                        .title_en = "" };
    where[name] = s + 1;
    return s;
}

/* Twice over all samples: where each subset begins, then their places. */
static void order_by_subset(struct merged *out, struct merge *m, struct arena *mem)
{
    const struct manifest_task *task = out->part->task;
    size_t n_name = m->in->names.n, most = task->n_subset + n_name;
    size_t *where = xcalloc(n_name + 1, sizeof *where);
    struct manifest_subset *list = arena_array(mem, most, sizeof *list);
    if (task->n_subset)
        memcpy(list, task->subset, task->n_subset * sizeof *list);
    out->subset = list;
    out->n_subset = task->n_subset;
    out->start = xcalloc(most + 2, sizeof *out->start);
    for (uint64_t at = 0; next_samples(m, &at); out->n += m->n)
        for (size_t i = 0; i < m->n; i++)
            out->start[subset_of(out, where, list, m->list[i].head.subset) + 1]++;
    for (size_t s = 0; s < out->n_subset; s++)
        out->start[s + 1] += out->start[s];
    out->n_conflict = m->n_conflict;
    size_t *next = xcalloc(out->n_subset + 1, sizeof *next);
    memcpy(next, out->start, out->n_subset * sizeof *next);
    out->place = xcalloc(out->n + 1, sizeof *out->place);
    for (uint64_t at = 0; next_samples(m, &at);)
        for (size_t i = 0; i < m->n; i++)
            out->place[next[where[m->list[i].head.subset] - 1]++] = m->list[i].place;
    free(next);
    free(where);
}

/* ---- cells */

static bool same_scorers(const struct scorers *a, const struct scorers *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = a->type[i] == b->type[i];
    return same;
}

static int find_parts(struct merge *m, size_t *n_torn, size_t row, size_t column, struct err *e)
{
    m->part = xcalloc(m->in->n_part + 1, sizeof *m->part);
    for (size_t i = 0; i < m->in->n_part; i++) {
        const struct part *part = &m->in->part[i];
        if (part->row != row || part->column != column)
            continue;
        if (m->n_part && !same_scorers(&part->scorers, &m->part[0]->scorers))
            return err_set(e, ERR_MISMATCH, "%s and %s: the same task is scored differently",
                           m->part[0]->dir, part->dir);
        m->part[m->n_part++] = part;
        *n_torn += part->n_torn;
    }
    return 0;
}

int merge_cell(struct merged *out, const struct report *r, size_t row, size_t column,
               struct arena *mem, struct err *e)
{
    struct merge m = { .in = r->input };
    *out = (struct merged){ .in = r->input };
    int rc = find_parts(&m, &out->n_torn, row, column, e);
    if (rc == 0 && m.n_part) {
        out->part = m.part[0];
        for (size_t i = 0; i < m.n_part && !out->numerics; i++)
            out->numerics = m.part[i]->task->numerics;
        order_by_subset(out, &m, mem);
    }
    free(m.part);
    free(m.list);
    return rc;
}

void merged_release(struct merged *m)
{
    free(m->place);
    free(m->start);
    *m = (struct merged){ 0 };
}
