/* The table for a README or an issue (GitHub's tables). */
#include <string.h>

#include "reports/sheets.h"

struct page {
    const struct report *r;
    bool zh;
    struct arena *mem;
    struct strbuf *out;
};

static void put_marks(const struct page *p, struct marks m)
{
    for (size_t i = 0; i < m.n; i++) {
        strbuf_puts(p->out, "<br>*");
        markdown_text(p->out, m.mark[i].text);
        strbuf_putc(p->out, '*');
    }
}

static void put_figure(const struct page *p, const struct figure *f, bool proportion)
{
    strbuf_puts(p->out, figure_text(f, proportion, true, p->mem));
}

/* Which metric the figures are, where that is not plain. */
static void put_metric(const struct page *p, const struct column *c)
{
    const char *text = headline_text(p->r, c, p->mem);
    if (!text)
        return;
    strbuf_puts(p->out, "<br>");
    markdown_text(p->out, text);
}

/* Further metrics of the recipe. */
static void put_shown(const struct page *p, const struct cell *cell, const struct column *c)
{
    const struct metric_figures *m;
    for (size_t at = 0; (m = cell_next_shown(cell, &at));) {
        strbuf_puts(p->out, "<br>");
        markdown_text(p->out, metric_text(m, p->mem));
        strbuf_putc(p->out, ' ');
        put_figure(p, metric_figure(m, c), m->proportion);
    }
}

static void put_head(const struct page *p)
{
    const struct report *r = p->r;
    strbuf_printf(p->out, "| %s ", word(WORD_MODEL, p->zh));
    for (size_t c = 0; c < r->n_column; c++) {
        const struct column *column = &r->column[c];
        strbuf_puts(p->out, "| ");
        markdown_text(p->out, column->task);
        strbuf_puts(p->out, "<br>");
        markdown_text(p->out, recipe_text(column, p->zh, p->mem));
        strbuf_printf(p->out, "<br>%s n=%zu", average_text(column, p->zh), column->n_asked);
        put_metric(p, column);
        put_marks(p, column_marks(column, p->zh, p->mem));
        strbuf_putc(p->out, ' ');
    }
    for (size_t l = 0; l < r->n_lang; l++) {
        if (!shows_average(r, &r->lang[l]))
            continue;
        strbuf_puts(p->out, "| ");
        markdown_text(p->out, r->lang[l].name);
        strbuf_printf(p->out, " %s<br>%s", word(WORD_MEAN, p->zh),
                      tasks_text(r->lang[l].n_tasks, p->zh, p->mem));
        put_marks(p, set_marks(r, &r->lang[l], p->zh, p->mem));
        strbuf_putc(p->out, ' ');
    }
    strbuf_puts(p->out, "|\n| --- ");
    for (size_t c = 0; c < r->n_column; c++)
        strbuf_puts(p->out, "| ---: ");
    for (size_t l = 0; l < r->n_lang; l++)
        strbuf_puts(p->out, shows_average(r, &r->lang[l]) ? "| ---: " : "");
    strbuf_puts(p->out, "|\n");
}

static void put_row(const struct page *p, const struct model_row *row)
{
    const struct report *r = p->r;
    strbuf_puts(p->out, "| ");
    markdown_text(p->out, row->label);
    strbuf_putc(p->out, ' ');
    for (size_t c = 0; c < r->n_column; c++) {
        const struct cell *cell = &row->cell[c];
        bool proportion = cell->present && cell->headline && cell->headline->proportion;
        strbuf_puts(p->out, "| ");
        put_figure(p, cell_figure(cell, &r->column[c]), proportion);
        put_shown(p, cell, &r->column[c]);
        put_marks(p, cell_marks(cell, p->zh, p->mem));
        strbuf_putc(p->out, ' ');
    }
    for (size_t l = 0; l < r->n_lang; l++) {
        if (!shows_average(r, &r->lang[l]))
            continue;
        strbuf_puts(p->out, "| ");
        put_figure(p, &row->average[l].macro, true);
        put_marks(p, average_marks(&row->average[l], p->zh, p->mem));
        strbuf_putc(p->out, ' ');
    }
    strbuf_puts(p->out, "|\n");
}

static const struct group *groups_of(const struct cell *cell, enum report_by by, size_t *n)
{
    const struct metric_figures *m = cell->present ? cell->headline : NULL;
    *n = !m ? 0 : by == BY_CATEGORY ? m->n_category : m->n_subset;
    return !m ? NULL : by == BY_CATEGORY ? m->category : m->subset;
}

static void put_group_row(const struct page *p, size_t c, enum report_by by,
                          const struct group *g)
{
    const struct report *r = p->r;
    strbuf_puts(p->out, "| ");
    markdown_text(p->out, group_title(g, p->zh, p->mem));
    strbuf_printf(p->out, " | %zu ", g->micro.n + g->failed);
    for (size_t i = 0; i < r->n_row; i++) {
        const struct cell *cell = &r->row[i].cell[c];
        size_t n, k = 0;
        const struct group *own = groups_of(cell, by, &n);
        while (k < n && strcmp(own[k].name, g->name))
            k++;
        bool is_macro = !strcmp(r->column[c].average, "macro");
        strbuf_puts(p->out, "| ");
        put_figure(p, k == n ? NULL : is_macro ? &own[k].macro : &own[k].micro,
                   k < n && cell->headline->proportion);
        strbuf_putc(p->out, ' ');
    }
    strbuf_puts(p->out, "|\n");
}

static void put_breakdown(const struct page *p, size_t c, enum report_by by)
{
    const struct report *r = p->r;
    const struct group *g = NULL;
    size_t n = 0;
    for (size_t i = 0; i < r->n_row; i++) {
        size_t own;
        const struct group *found = groups_of(&r->row[i].cell[c], by, &own);
        if (own > n)
            g = found, n = own;
    }
    if (!n)
        return;
    strbuf_puts(p->out, "\n**");
    markdown_text(p->out, r->column[c].task);
    strbuf_puts(p->out, "**, ");
    markdown_text(p->out, recipe_text(&r->column[c], p->zh, p->mem));
    strbuf_printf(p->out, ", %s", average_text(&r->column[c], p->zh));
    put_marks(p, column_marks(&r->column[c], p->zh, p->mem));
    strbuf_printf(p->out, "\n\n| %s | n ",
                  word(by == BY_CATEGORY ? WORD_CATEGORY : WORD_SUBSET, p->zh));
    for (size_t i = 0; i < r->n_row; i++) {
        strbuf_puts(p->out, "| ");
        markdown_text(p->out, r->row[i].label);
        strbuf_putc(p->out, ' ');
    }
    strbuf_puts(p->out, "|\n| --- | ---: ");
    for (size_t i = 0; i < r->n_row; i++)
        strbuf_puts(p->out, "| ---: ");
    strbuf_puts(p->out, "|\n");
    for (size_t i = 0; i < n; i++)
        put_group_row(p, c, by, &g[i]);
}

static void put_item(const struct page *p, const char *name, const char *text)
{
    strbuf_puts(p->out, "- *");
    markdown_text(p->out, name);
    strbuf_puts(p->out, "*: ");
    markdown_text(p->out, text);
    strbuf_putc(p->out, '\n');
}

static void put_sheets(const struct page *p)
{
    size_t n;
    const struct sheet *list = sheets_make(
        &n, p->r, &(struct sheet_style){ .zh = p->zh, .brackets = true, .mem = p->mem });
    for (size_t i = 0; i < n; i++) {
        strbuf_puts(p->out, "\n**");
        markdown_text(p->out, list[i].title);
        strbuf_puts(p->out, "**");
        put_marks(p, list[i].common);
        strbuf_puts(p->out, "\n\n");
        table_markdown(&list[i].table, p->out);
        strbuf_puts(p->out, list[i].note ? "\n" : "");
        for (const struct sheet_note *note = list[i].note; note; note = note->next)
            put_item(p, note->name, note->text);
    }
}

static void put_used(const struct page *p)
{
    const struct report *r = p->r;
    bool any = false;
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t c = 0; c < r->n_column; c++) {
            const char *text = used_text(r, &r->row[i], c, p->zh, p->mem);
            if (text && !any)
                strbuf_printf(p->out, "\n%s:\n\n", word(WORD_USED, p->zh));
            if (text)
                put_item(p, r->row[i].label, text);
            any |= text != NULL;
        }
}

static void put_ledgers(const struct page *p)
{
    const struct report *r = p->r;
    bool any = false;
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t c = 0; c < r->n_column; c++)
            for (size_t k = 0; k < r->row[i].cell[c].n_ledger; k++) {
                const char *text = ledger_text(r, &r->row[i], c, &r->row[i].cell[c].ledger[k],
                                               p->zh, p->mem);
                if (text && !any)
                    strbuf_printf(p->out, "\n%s:\n\n", word(WORD_LEDGER, p->zh));
                if (text)
                    put_item(p, r->row[i].label, text);
                any |= text != NULL;
            }
}

static void put_signed(const struct page *p)
{
    const struct signed_metrics list = signed_metrics(p->r, p->zh, p->mem);
    if (list.n)
        strbuf_printf(p->out, "\n%s:\n\n", word(WORD_SIGNED, p->zh));
    for (size_t i = 0; i < list.n; i++)
        put_item(p, list.entry[i].names, list.entry[i].text);
}

static void put_notes(const struct page *p)
{
    const struct report *r = p->r;
    bool used[MARK_COUNT], any = false;
    marks_used(used, r);
    for (int k = 0; k < MARK_COUNT; k++) {
        if (used[k] && !any)
            strbuf_printf(p->out, "\n%s:\n\n", word(WORD_MARKS, p->zh));
        if (used[k])
            put_item(p, mark_name(k, p->zh), mark_meaning(k, p->zh));
        any |= used[k];
    }
    strbuf_printf(p->out, "\n%s:\n\n", word(WORD_MADE, p->zh));
    for (size_t c = 0; c < r->n_column; c++)
        put_item(p, r->column[c].task, column_made(&r->column[c], p->zh, p->mem));
    for (size_t i = 0; i < r->n_row; i++)
        put_item(p, r->row[i].label,
                 arena_printf(p->mem, "%s%s", model_made(&r->row[i], p->zh, p->mem),
                              numerics_text(r, &r->row[i], p->zh, p->mem)));
}

static int markdown_render(const struct report *r, const struct report_style *style,
                           struct strbuf *out, struct err *e)
{
    (void)e;
    struct arena mem = { 0 };
    struct page p = { .r = r, .zh = style->zh, .mem = &mem, .out = out };
    strbuf_printf(out, "%s%s%s\n\n", title_text(r, p.zh), word(WORD_COMMA, p.zh),
                  word(WORD_BRACKETS, p.zh));
    put_head(&p);
    for (size_t i = 0; i < r->n_row; i++)
        put_row(&p, &r->row[i]);
    for (size_t c = 0; c < r->n_column && style->by != BY_NONE; c++)
        put_breakdown(&p, c, style->by);
    put_sheets(&p);
    put_used(&p);
    put_ledgers(&p);
    put_signed(&p);
    put_notes(&p);
    arena_release(&mem);
    return 0;
}

extern const struct format format_markdown;
const struct format format_markdown = { "markdown", "a table for GitHub", markdown_render };
