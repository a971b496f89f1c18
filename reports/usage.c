/* What the samples of a cell took, and which of them failed. */
#include <stdlib.h>
#include <string.h>

#include "reports/input.h"

/* Tokens paid for under one pair of prices. Parts of one price are summed as
 * whole numbers, so that the cost does not depend on their order. */
struct bill {
    double price_in, price_out; /* per million tokens */
    uint64_t prompt, written;
};

struct tally {
    const struct report_input *in;
    size_t *failed, *fault; /* by name */
    struct bill *bill;
    size_t n_bill;
    size_t *bill_of; /* part -> bill */
};

static void add_bill(struct tally *t, size_t part)
{
    const cJSON *model = t->in->part[part].run->model;
    struct bill b = { .price_in = json_number(model, "price_in", 0),
                      .price_out = json_number(model, "price_out", 0) };
    size_t i = 0;
    while (i < t->n_bill && (t->bill[i].price_in != b.price_in ||
                             t->bill[i].price_out != b.price_out))
        i++;
    if (i == t->n_bill)
        t->bill[t->n_bill++] = b;
    t->bill_of[part] = i;
}

static size_t part_of(const struct tally *t, uint32_t place, size_t latest)
{
    const struct part *part = t->in->part;
    if (place >= part[latest].first && place < part[latest].end)
        return latest;
    size_t i = 0;
    while (i + 1 < t->in->n_part && (place < part[i].first || place >= part[i].end))
        i++;
    return i;
}

static void add_line(struct cell *out, struct tally *t, const struct line *l, struct bill *bill)
{
    const struct spent *s = &l->spent;
    struct usage *u = &out->usage;
    out->n_shortened += l->shortened;
    out->n_straddle += s->n_straddle;
    out->n_failed += l->failed != 0;
    t->failed[l->failed]++;
    u->n_asked += s->n_asked;
    u->n_cached += s->n_cached;
    u->n_retry += s->n_retry;
    u->prompt_tokens += s->prompt_tokens;
    u->written_tokens += s->written_tokens;
    u->thinking_tokens += s->thinking_tokens;
    u->n_cut += s->n_cut;
    for (size_t i = 0; i < s->n_fault; i++)
        t->fault[s->fault[i].name] += s->fault[i].n;
    bill->prompt += s->prompt_tokens - s->cached_prompt;
    bill->written += s->written_tokens - s->cached_written;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct failure_count *)a)->name,
                  ((const struct failure_count *)b)->name);
}

/* From counts by name to a sorted list. */
static struct failure_count *list_counts(size_t *n, const size_t *count,
                                         const struct names *names, struct arena *mem)
{
    struct failure_count *list = arena_array(mem, names->n, sizeof *list);
    *n = 0;
    for (uint32_t i = 1; i <= names->n; i++)
        if (count[i])
            list[(*n)++] = (struct failure_count){ name_text(names, i), count[i] };
    if (*n)
        qsort(list, *n, sizeof *list, by_name);
    return list;
}

static int by_price(const void *pa, const void *pb)
{
    const struct bill *a = pa, *b = pb;
    if (a->price_in != b->price_in)
        return a->price_in < b->price_in ? -1 : 1;
    return (a->price_out > b->price_out) - (a->price_out < b->price_out);
}

static void add_costs(struct usage *u, struct tally *t)
{
    qsort(t->bill, t->n_bill, sizeof *t->bill, by_price);
    for (size_t i = 0; i < t->n_bill; i++) {
        const struct bill *b = &t->bill[i];
        bool used = b->prompt || b->written;
        u->priced |= b->price_in > 0 || b->price_out > 0;
        u->cost += used ? ((double)b->prompt * b->price_in +
                           (double)b->written * b->price_out) / 1e6 : 0;
    }
}

void count_usage(struct cell *out, const struct merged *m, struct arena *mem)
{
    const struct report_input *in = m->in;
    struct arena line_mem = { 0 };
    struct tally t = { .in = in, .failed = xcalloc(in->names.n + 1, sizeof *t.failed),
                       .fault = xcalloc(in->names.n + 1, sizeof *t.fault),
                       .bill = xcalloc(in->n_part, sizeof *t.bill),
                       .bill_of = xcalloc(in->n_part, sizeof *t.bill_of) };
    for (size_t i = 0; i < in->n_part; i++)
        if (in->part[i].row == m->part->row && in->part[i].column == m->part->column)
            add_bill(&t, i);
    size_t part = 0;
    for (size_t i = 0; i < m->n; i++) {
        struct line line;
        pack_read(&line, &in->pack, &m->part->scorers.shape, m->place[i], &line_mem);
        part = part_of(&t, m->place[i], part);
        add_line(out, &t, &line, &t.bill[t.bill_of[part]]);
        arena_clear(&line_mem);
    }
    t.failed[0] = 0; /* those that did not fail */
    out->failure = list_counts(&out->n_failure, t.failed, &in->names, mem);
    out->usage.fault = list_counts(&out->usage.n_fault, t.fault, &in->names, mem);
    add_costs(&out->usage, &t);
    arena_release(&line_mem);
    free(t.failed);
    free(t.fault);
    free(t.bill);
    free(t.bill_of);
}
