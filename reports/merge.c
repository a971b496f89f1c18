/*
 * Several runs of one model on one column become one list of samples. The
 * result depends on what the journals hold, never on the order of directories
 * or lines: of two answers to one sample the one that did not fail counts,
 * then the later run's, then the one whose statistics sort last.
 */
#include <stdlib.h>
#include <string.h>

#include "reports/input.h"

static int compare_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_scores(const struct item *a, const struct item *b)
{
    if (a->n_score != b->n_score)
        return a->n_score < b->n_score ? -1 : 1;
    for (size_t i = 0; i < a->n_score; i++) {
        const struct score *x = &a->score[i], *y = &b->score[i];
        int order = compare_text(x->answer, y->answer);
        if (!order && x->n_stat != y->n_stat)
            order = x->n_stat < y->n_stat ? -1 : 1;
        for (size_t k = 0; k < x->n_stat && !order; k++)
            order = (x->stat[k] > y->stat[k]) - (x->stat[k] < y->stat[k]);
        if (order)
            return order;
    }
    return 0;
}

/* Negative when a is the better answer to the same sample. */
static int compare_answers(const struct item *a, const struct item *b)
{
    if (!a->failed != !b->failed)
        return a->failed ? 1 : -1;
    int order = -compare_text(a->created, b->created);
    return order ? order : -compare_scores(a, b);
}

static int by_id(const void *pa, const void *pb)
{
    const struct item *a = pa, *b = pb;
    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    int order = strcmp(a->id, b->id);
    return order ? order : compare_answers(a, b);
}

static void gather(struct merged *out, const struct report *r, size_t row, size_t column)
{
    const struct report_input *in = r->input;
    size_t cap = 0;
    for (size_t i = 0; i < in->n_part; i++) {
        const struct part *part = &in->part[i];
        if (part->row != row || part->column != column)
            continue;
        out->n_torn += part->n_torn;
        for (size_t k = 0; k < part->n_item; k++) {
            out->item = grow(out->item, out->n, &cap, sizeof *out->item);
            out->item[out->n++] = part->item[k];
        }
    }
}

static void keep_best(struct merged *m)
{
    size_t n = 0;
    bool counted = false; /* this id's disagreement is counted already */
    for (size_t i = 0; i < m->n; i++) {
        const struct item *item = &m->item[i], *last = n ? &m->item[n - 1] : NULL;
        if (!last || last->index != item->index || strcmp(last->id, item->id)) {
            m->item[n++] = *item;
            counted = false;
        } else if (!last->failed && !item->failed && !counted && compare_scores(last, item)) {
            m->n_conflict++;
            counted = true;
        }
    }
    m->n = n;
}

static size_t find_subset(const struct merged *m, const char *name)
{
    size_t i = 0;
    while (i < m->n_subset && strcmp(m->subset[i].name, name))
        i++;
    return i;
}

/* The manifest's subsets, and after them those that only the journal knows. */
static void list_subsets(struct merged *m, const struct manifest_task *task, size_t *place,
                         struct arena *mem)
{
    size_t cap = task->n_subset;
    struct manifest_subset *list = xcalloc(cap + 1, sizeof *list);
    if (cap)
        memcpy(list, task->subset, cap * sizeof *list);
    m->subset = list;
    m->n_subset = cap;
    for (size_t i = 0; i < m->n; i++) {
        place[i] = find_subset(m, m->item[i].subset);
        if (place[i] < m->n_subset)
            continue;
        list = grow(list, m->n_subset, &cap, sizeof *list);
        list[m->n_subset++] = (struct manifest_subset){ .name = m->item[i].subset,
                                                        .title_zh = "", .title_en = "" };
        m->subset = list;
    }
    struct manifest_subset *kept = arena_array(mem, m->n_subset, sizeof *kept);
    if (m->n_subset)
        memcpy(kept, list, m->n_subset * sizeof *kept);
    m->subset = kept;
    free(list);
}

/* A stable counting sort by subset. */
static void order_by_subset(struct merged *m, const size_t *place)
{
    m->start = xcalloc(m->n_subset + 2, sizeof *m->start);
    for (size_t i = 0; i < m->n; i++)
        m->start[place[i] + 1]++;
    for (size_t s = 0; s < m->n_subset; s++)
        m->start[s + 1] += m->start[s];
    size_t *next = xcalloc(m->n_subset + 1, sizeof *next);
    memcpy(next, m->start, m->n_subset * sizeof *next);
    struct item *sorted = xcalloc(m->n + 1, sizeof *sorted);
    for (size_t i = 0; i < m->n; i++)
        sorted[next[place[i]]++] = m->item[i];
    free(m->item);
    free(next);
    m->item = sorted;
}

static const struct manifest_task *first_task(const struct report *r, size_t row, size_t column)
{
    const struct report_input *in = r->input;
    for (size_t i = 0; i < in->n_part; i++)
        if (in->part[i].row == row && in->part[i].column == column)
            return in->part[i].task;
    return NULL;
}

void merge_cell(struct merged *out, const struct report *r, size_t row, size_t column,
                struct arena *mem)
{
    *out = (struct merged){ 0 };
    const struct manifest_task *task = first_task(r, row, column);
    if (!task)
        return;
    gather(out, r, row, column);
    if (out->n)
        qsort(out->item, out->n, sizeof *out->item, by_id);
    keep_best(out);
    size_t *place = xcalloc(out->n + 1, sizeof *place);
    list_subsets(out, task, place, mem);
    order_by_subset(out, place);
    free(place);
}

void merged_release(struct merged *m)
{
    free(m->item);
    free(m->start);
    *m = (struct merged){ 0 };
}
