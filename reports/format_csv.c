/* One line per figure (RFC 4180, lines end in a bare newline). */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "reports/words.h"
#include "scorers/scorer.h"

static const char header[] =
    "model,model_sha256,task,recipe,lang,shots,chat,scope,group,metric,average,value,low,high,"
    "n,n_asked,failed,waiting,shortened,straddled,tied,conflicting,torn,sample,partial,limit,"
    "permute,contamination,seed,task_sha256,marks,failures,questions,cached,retries,"
    "prompt_tokens,written_tokens,thinking_tokens,cut,faults,cost\n";

static const char no_usage[] = ",,,,,,,,,,";

static void put_text(struct strbuf *out, const char *text)
{
    text = text ? text : "";
    if (!text[strcspn(text, ",\"\r\n")]) {
        strbuf_puts(out, text);
        return;
    }
    strbuf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            strbuf_putc(out, '"');
        strbuf_putc(out, *text);
    }
    strbuf_putc(out, '"');
}

static void put_number(struct strbuf *out, double value)
{
    char buf[32];
    if (!isfinite(value))
        return;
    json_format_number(buf, value);
    strbuf_puts(out, buf);
}

static void put_figure(struct strbuf *out, const struct figure *f)
{
    put_number(out, f->value);
    strbuf_putc(out, ',');
    put_number(out, f->ci.low);
    strbuf_putc(out, ',');
    put_number(out, f->ci.high);
    strbuf_printf(out, ",%zu", f->n);
}

static void put_marks(struct strbuf *out, struct marks a, struct marks b)
{
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < a.n + b.n; i++)
        strbuf_printf(&text, "%s%s", i ? "; " : "",
                      i < a.n ? a.mark[i].text : b.mark[i - a.n].text);
    put_text(out, text.s);
    strbuf_release(&text);
}

/* "remote 1; too_long 2" */
static void put_classes(struct strbuf *out, const struct failure_count *list, size_t n)
{
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&text, "%s%s %zu", i ? "; " : "", list[i].name, list[i].n);
    put_text(out, text.s);
    strbuf_release(&text);
}

static void put_usage(struct strbuf *out, const struct cell *cell)
{
    const struct usage *u = &cell->usage;
    const uint64_t count[] = { u->n_asked,        u->n_cached,        u->n_retry, u->prompt_tokens,
                               u->written_tokens, u->thinking_tokens, u->n_cut };
    strbuf_putc(out, ',');
    put_classes(out, cell->failure, cell->n_failure);
    for (size_t i = 0; i < sizeof count / sizeof *count; i++)
        strbuf_printf(out, ",%llu", (unsigned long long)count[i]);
    strbuf_putc(out, ',');
    put_classes(out, u->fault, u->n_fault);
    strbuf_putc(out, ',');
    put_number(out, u->priced ? u->cost : NAN);
}

static void put_names(struct strbuf *out, const struct model_row *row, const struct column *c)
{
    const char *const name[] = { row->label, row->sha256, c->task, c->recipe, c->lang };
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        put_text(out, name[i]);
        strbuf_putc(out, ',');
    }
    strbuf_printf(out, "%d,%s,", c->shots, c->chat ? "true" : "false");
}

/* What else decides the questions; NULL = the line is of no one column. */
static void put_column(struct strbuf *out, const struct column *c)
{
    if (!c) {
        strbuf_puts(out, ",,,,,");
        return;
    }
    strbuf_printf(out, "%zu,%zu,%s,%llu,", c->limit, c->permute,
                  c->contamination ? "true" : "false", (unsigned long long)c->seed);
    put_text(out, c->task_sha256);
    strbuf_putc(out, ',');
}

struct line {
    const char *scope, *group;
    const struct figure *micro, *macro;
    size_t failed;
    bool whole; /* the counts of the cell belong to this line */
};

static void put_line(struct strbuf *out, const struct report *r, const struct model_row *row,
                     size_t column, const struct metric_figures *m, const struct line *line,
                     struct arena *mem)
{
    const struct column *c = &r->column[column];
    const struct cell *cell = &row->cell[column];
    put_names(out, row, c);
    strbuf_printf(out, "%s,", line->scope);
    put_text(out, line->group);
    strbuf_putc(out, ',');
    put_text(out, m->name ? arena_printf(mem, "%s %s", m->name, m->metric) : m->metric);
    strbuf_printf(out, ",%s,", c->average);
    put_figure(out, strcmp(c->average, "macro") ? line->micro : line->macro);
    if (line->whole)
        strbuf_printf(out, ",%zu,%zu,%zu,%zu,%zu,%zu,%zu,%zu", cell->n_asked, cell->n_failed,
                      cell->n_waiting, cell->n_shortened, cell->n_straddle, cell->n_tie,
                      cell->n_conflict, cell->n_torn);
    else
        strbuf_printf(out, ",,%zu,,,,,,", line->failed);
    strbuf_printf(out, ",%s,%s,", c->sample ? "true" : "false", c->partial ? "true" : "false");
    put_column(out, c);
    put_marks(out, column_marks(c, false, mem), cell_marks(cell, false, mem));
    if (line->whole)
        put_usage(out, cell);
    else
        strbuf_puts(out, no_usage);
    strbuf_putc(out, '\n');
}

static void put_cell(struct strbuf *out, const struct report *r, const struct model_row *row,
                     size_t column, enum report_by by, struct arena *mem)
{
    const struct cell *cell = &row->cell[column];
    for (size_t i = 0; i < cell->n_metric; i++) {
        const struct metric_figures *m = &cell->metric[i];
        if (!m->shown && !m->section)
            continue;
        put_line(out, r, row, column, m,
                 &(struct line){ "all", "", &m->micro, &m->macro, 0, true }, mem);
        bool category = by == BY_CATEGORY;
        const struct group *g = category ? m->category : m->subset;
        size_t n = category ? m->n_category : by == BY_SUBSET ? m->n_subset : 0;
        for (size_t k = 0; k < n; k++)
            put_line(out, r, row, column, m,
                     &(struct line){ category ? "category" : "subset", g[k].name, &g[k].micro,
                                     &g[k].macro, g[k].failed, false },
                     mem);
    }
}

/* A figure that is of no one task: what the other fields of its line say. */
struct wide_line {
    const struct column *of; /* NULL = of several */
    const char *task, *recipe, *lang, *shots, *scope, *group, *metric, *average;
    struct figure figure;
    bool sample, partial;
    struct marks a, b;
};

static void put_wide(struct strbuf *out, const struct model_row *row, const struct wide_line *l)
{
    const char *const field[] = { row->label, row->sha256, l->task,   l->recipe,
                                  l->lang,    l->shots,    "",        l->scope,
                                  l->group,   l->metric,   l->average };
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        put_text(out, field[i]);
        strbuf_putc(out, ',');
    }
    put_figure(out, &l->figure);
    strbuf_printf(out, ",,,,,,,,,%s,%s,", l->sample ? "true" : "false",
                  l->partial ? "true" : "false");
    put_column(out, l->of);
    put_marks(out, l->a, l->b);
    strbuf_printf(out, "%s\n", no_usage);
}

/* The mean of a language or group: a line without task and recipe. */
static void put_average(struct strbuf *out, const struct report *r, const struct model_row *row,
                        const struct average_figure *a, struct arena *mem)
{
    bool group = a->of->member != NULL;
    struct wide_line line = { .lang = group ? NULL : a->of->name,
                              .scope = group ? "group" : "language",
                              .group = a->of->name,
                              .average = group ? "macro" : "mean",
                              .figure = a->macro,
                              .a = set_marks(r, a->of, false, mem),
                              .b = average_marks(a, false, mem) };
    for (size_t c = 0; c < r->n_column; c++) {
        line.sample |= a->of->has[c] && r->column[c].sample;
        line.partial |= a->of->has[c] && r->column[c].partial;
    }
    put_wide(out, row, &line);
    line.average = "micro";
    line.figure = a->micro;
    if (group)
        put_wide(out, row, &line);
}

static struct wide_line line_of(const struct column *c, const char *scope, struct arena *mem)
{
    return (struct wide_line){ .recipe = c->recipe, .scope = scope, .sample = c->sample,
                               .shots = arena_printf(mem, "%d", c->shots),
                               .metric = c->headline ? c->headline->name : "",
                               .partial = c->partial, .a = column_marks(c, false, mem) };
}

/* A number without interval, of n things. */
static void put_plain(struct strbuf *out, const struct model_row *row, struct wide_line *line,
                      const char *average, double value, size_t n)
{
    line->average = average;
    line->figure = (struct figure){ .value = value, .ci = { NAN, NAN }, .n = n };
    put_wide(out, row, line);
}

static void put_pair(struct strbuf *out, const struct report *r, const struct model_row *row,
                     const struct pair_gap *g, struct arena *mem)
{
    struct wide_line line = line_of(&r->column[g->zh], "pair", mem);
    line.group = r->column[g->zh].pair;
    line.partial |= r->column[g->en].partial;
    line.a = pair_marks(r, g, false, mem);
    line.average = "gap";
    line.figure = g->gap;
    put_wide(out, row, &line);
    if (g->state != PAIR_GIVEN)
        return;
    put_plain(out, row, &line, "zh", g->zh_value, g->gap.n);
    put_plain(out, row, &line, "en", g->en_value, g->gap.n);
    put_plain(out, row, &line, "only_zh", (double)g->only_zh, g->gap.n);
    put_plain(out, row, &line, "only_en", (double)g->only_en, g->gap.n);
}

static void put_draws(struct strbuf *out, const struct report *r, const struct model_row *row,
                      const struct draws *d, struct arena *mem)
{
    const struct column *c = &r->column[d->column];
    struct wide_line line = line_of(c, "draws", mem);
    line.task = c->task;
    line.lang = c->lang;
    line.recipe = arena_strndup(mem, c->recipe, d->base_len);
    put_plain(out, row, &line, "mean", d->mean, d->n);
    put_plain(out, row, &line, "sd", d->deviation, d->n);
    put_plain(out, row, &line, "min", d->min, d->n);
    put_plain(out, row, &line, "max", d->max, d->n);
}

/* A count of each rule: how many of n samples it found the answer of. */
static void put_ledger(struct strbuf *out, const struct report *r, const struct model_row *row,
                       size_t column, const struct ledger *l, struct arena *mem)
{
    const struct column *c = &r->column[column];
    const struct {
        const char *kind;
        size_t n;
    } rest[] = { { "whole", l->whole }, { "none", l->none }, { "gave_up", l->gave_up },
                 { "thoughts", l->thoughts } };
    struct wide_line line = line_of(c, "ledger", mem);
    line.task = c->task;
    line.lang = c->lang;
    line.of = c;
    line.metric = l->name ? arena_printf(mem, "%s %s", l->name, l->scorer) : l->scorer;
    for (size_t i = 0; i < l->n_rule; i++) {
        line.group = l->rule[i].rule;
        put_plain(out, row, &line, "rule", (double)l->rule[i].n, l->n);
    }
    line.group = "";
    for (size_t i = l->n_rule ? 1 : 0; i < sizeof rest / sizeof *rest; i++)
        put_plain(out, row, &line, rest[i].kind, (double)rest[i].n, l->n);
}

/* Right label by answer; "" is an answer that is no label. n: samples of that right
 * label. */
static void put_confusion(struct strbuf *out, const struct report *r,
                          const struct model_row *row, size_t column,
                          const struct confusion *k, struct arena *mem)
{
    const struct column *c = &r->column[column];
    struct wide_line line = line_of(c, "confusion", mem);
    line.task = c->task;
    line.lang = c->lang;
    line.of = c;
    line.metric = k->name ? arena_printf(mem, "%s %s", k->name, k->scorer) : k->scorer;
    for (size_t right = 0; right < k->n_label; right++) {
        size_t n = confusion_label(k, right).n;
        line.group = k->label[right];
        for (size_t i = 0; i <= k->n_label; i++)
            put_plain(out, row, &line, i < k->n_label ? k->label[i] : "",
                      (double)confusion_count(k, right, i), n);
    }
}

/* Beside the column's own recipe and shots; how they differ is among the marks. */
static void put_published(struct strbuf *out, const struct report *r,
                          const struct model_row *row, const struct published_figure *p,
                          struct arena *mem)
{
    const struct column *c = &r->column[p->column];
    struct wide_line line = line_of(c, "published", mem);
    line.task = c->task;
    line.lang = c->lang;
    line.group = p->source;
    line.metric = p->metric;
    line.of = c;
    line.b = (struct marks){ .mark = { { MARK_COUNT, published_text(c, p, false, mem) } },
                             .n = 1 };
    put_plain(out, row, &line, "", p->value, 0);
}

/* Several pairs count alike; a single one is its own mean. */
static void put_mean_gap(struct strbuf *out, const struct report *r,
                         const struct model_row *row, struct arena *mem)
{
    struct wide_line line = { .scope = "pair", .average = "mean_gap", .figure = row->mean_gap,
                              .a = mean_gap_marks(r, row, false, mem) };
    for (size_t i = 0; i < row->n_pair; i++) {
        const struct column *zh = &r->column[row->pair[i].zh];
        line.sample |= zh->sample;
        line.partial |= zh->partial || r->column[row->pair[i].en].partial;
    }
    if (row->mean_gap.n > 1)
        put_wide(out, row, &line);
}

static void put_beside(struct strbuf *out, const struct report *r, const struct model_row *row,
                       struct arena *mem)
{
    for (size_t l = 0; l < r->n_lang; l++)
        put_average(out, r, row, &row->average[l], mem);
    for (size_t g = 0; g < r->n_group; g++)
        put_average(out, r, row, &row->group[g], mem);
    for (size_t i = 0; i < row->n_pair; i++)
        put_pair(out, r, row, &row->pair[i], mem);
    put_mean_gap(out, r, row, mem);
    for (size_t i = 0; i < row->n_draws; i++)
        put_draws(out, r, row, &row->draws[i], mem);
    for (size_t i = 0; i < row->n_published; i++)
        put_published(out, r, row, &row->published[i], mem);
}

static int csv_render(const struct report *r, const struct report_style *style,
                      struct strbuf *out, struct err *e)
{
    (void)e;
    struct arena mem = { 0 };
    strbuf_puts(out, header);
    for (size_t i = 0; i < r->n_row; i++) {
        for (size_t c = 0; c < r->n_column; c++)
            put_cell(out, r, &r->row[i], c, style->by, &mem);
        for (size_t c = 0; c < r->n_column; c++)
            for (size_t k = 0; k < r->row[i].cell[c].n_ledger; k++)
                put_ledger(out, r, &r->row[i], c, &r->row[i].cell[c].ledger[k], &mem);
        for (size_t c = 0; c < r->n_column; c++)
            for (size_t k = 0; k < r->row[i].cell[c].n_confusion; k++)
                put_confusion(out, r, &r->row[i], c, &r->row[i].cell[c].confusion[k], &mem);
        put_beside(out, r, &r->row[i], &mem);
    }
    arena_release(&mem);
    return 0;
}

extern const struct format format_csv;
const struct format format_csv = { "csv", "one line per figure", csv_render };
