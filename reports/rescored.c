#include "reports/rescored.h"

#include <math.h>
#include <string.h>

#include "reports/table.h"
#include "reports/words.h"

struct rescored {
    const struct report *stored, *now;
    const struct report_style *style;
    bool markdown;
    struct arena *mem;
    struct strbuf *out;
};

bool rescored_has_answers(const struct report *r)
{
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t c = 0; c < r->n_column; c++)
            if (r->row[i].cell[c].n_ledger)
                return true;
    return false;
}

/* Is the metric one of a scorer that finds answers? */
static bool is_found(const struct cell *cell, const struct metric_figures *m)
{
    for (size_t i = 0; i < cell->n_ledger; i++)
        if (!strcmp(cell->ledger[i].scorer, m->scorer))
            return true;
    return false;
}

/* In the unit of the figures: percentage points of proportions. */
static const char *change(const struct figure *a, const struct figure *b, bool proportion,
                          struct arena *mem)
{
    const struct figure gap = { .value = b->value - a->value, .ci = { NAN, NAN } };
    return isnan(gap.value) ? "-" : gap_text(&gap, proportion, false, mem);
}

static void put_metric(const struct rescored *x, struct table *t, size_t row, size_t column,
                       size_t metric)
{
    const struct column *c = &x->stored->column[column];
    const struct metric_figures *was = &x->stored->row[row].cell[column].metric[metric];
    const struct metric_figures *is = &x->now->row[row].cell[column].metric[metric];
    const struct figure *a = metric_figure(was, c), *b = metric_figure(is, c);
    const char *const text[] = {
        column_name(x->stored, c, x->style->zh, x->mem),
        x->stored->row[row].label,
        metric_text(was, x->mem),
        figure_text(a, was->proportion, x->markdown, x->mem),
        figure_text(b, was->proportion, x->markdown, x->mem),
        change(a, b, was->proportion, x->mem),
    };
    table_row(t);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        table_put(t, i, TONE_PLAIN, "%s", text[i]);
}

static void put_figures(const struct rescored *x)
{
    bool zh = x->style->zh;
    struct table t = { .mem = x->mem, .n_column = 6, .fixed = 3, .left = 3 };
    const char *const head[] = { word(WORD_TASK, zh),   word(WORD_MODEL, zh),
                                 word(WORD_METRIC, zh), word(WORD_STORED, zh),
                                 x->now->extract_name,  word(WORD_CHANGE, zh) };
    table_row(&t);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        table_put(&t, i, TONE_BOLD, "%s", head[i]);
    table_rule(&t);
    for (size_t c = 0; c < x->stored->n_column; c++)
        for (size_t i = 0; i < x->stored->n_row; i++) {
            const struct cell *cell = &x->stored->row[i].cell[c];
            for (size_t k = 0; k < cell->n_metric; k++)
                if (cell->metric[k].shown && is_found(cell, &cell->metric[k]))
                    put_metric(x, &t, i, c, k);
        }
    if (x->markdown)
        table_markdown(&t, x->out);
    else
        table_render(&t, x->style->columns, x->style->color, x->out);
}

static void put_line(const struct rescored *x, const char *name, const char *text)
{
    if (x->markdown) {
        strbuf_puts(x->out, "- *");
        markdown_text(x->out, name);
        strbuf_puts(x->out, "*: ");
        markdown_text(x->out, text);
        strbuf_putc(x->out, '\n');
        return;
    }
    strbuf_printf(x->out, "  %s  ", name);
    text_wrap(x->out, text, 4, 4, 0);
}

static void put_ledgers(const struct rescored *x, const struct report *r, const char *title)
{
    bool zh = x->style->zh;
    strbuf_printf(x->out, x->markdown ? "\n%s: %s\n\n" : "\n%s: %s\n", title,
                  word(WORD_LEDGER, zh));
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t c = 0; c < r->n_column; c++)
            for (size_t k = 0; k < r->row[i].cell[c].n_ledger; k++) {
                const struct ledger *l = &r->row[i].cell[c].ledger[k];
                const char *text = ledger_text(r, &r->row[i], c, l, zh, x->mem);
                if (text)
                    put_line(x, r->row[i].label, text);
            }
}

void rescored_render(const struct report *stored, const struct report *now,
                     const struct report_style *style, bool markdown, struct strbuf *out)
{
    struct arena mem = { 0 };
    const struct rescored x = { .stored = stored, .now = now, .style = style,
                                .markdown = markdown, .mem = &mem, .out = out };
    put_figures(&x);
    put_ledgers(&x, stored, word(WORD_STORED, style->zh));
    put_ledgers(&x, now, now->extract_name);
    arena_release(&mem);
}
