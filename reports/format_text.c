/*
 * The table for people: a title, the table, the breakdown when asked for, what
 * the marks mean, how the figures were made.
 */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "reports/table.h"
#include "reports/words.h"

enum { LABEL_COLUMNS = 26, SUFFIX = 6 /* " #1a2b" */ };

struct view {
    const struct report *r;
    const struct report_style *style;
    struct arena *mem;
    struct strbuf *out;
    bool brackets; /* [low, high]; else +- half of the interval */
};

/* "31.9 [25.2, 39.5]", "31.9 ±7.2", "-" */
static const char *figure_text(const struct view *v, const struct figure *f, bool proportion,
                               bool brackets)
{
    if (!f || isnan(f->value))
        return "-";
    double scale = proportion ? 100 : 1;
    int digits = proportion ? 1 : 3;
    double value = f->value * scale, low = f->ci.low * scale, high = f->ci.high * scale;
    if (isnan(low) || isnan(high))
        return arena_printf(v->mem, "%.*f", digits, value);
    if (brackets)
        return arena_printf(v->mem, "%.*f [%.*f, %.*f]", digits, value, digits, low, digits,
                            high);
    return arena_printf(v->mem, "%.*f ±%4.*f", digits, value, digits, (high - low) / 2);
}

static const char *fitted(const struct view *v, const char *text, size_t columns)
{
    struct strbuf b = STRBUF_INIT;
    utf8_fit(&b, text, columns);
    const char *copy = arena_strdup(v->mem, b.s);
    strbuf_release(&b);
    return copy;
}

/* A row's name; what tells it from another of the same name is never cut. */
static const char *label_text(const struct view *v, const char *label)
{
    size_t len = strlen(label);
    const char *suffix = label + (len < SUFFIX ? 0 : len - SUFFIX);
    if (strncmp(suffix, " #", 2) != 0 || utf8_columns(label) <= LABEL_COLUMNS)
        return fitted(v, label, LABEL_COLUMNS);
    const char *head = arena_strndup(v->mem, label, (size_t)(suffix - label));
    head = fitted(v, head, LABEL_COLUMNS - utf8_columns(suffix));
    return arena_printf(v->mem, "%s%s", head, suffix);
}

/* The languages whose averages have a column; *n of them. */
static size_t *average_columns(const struct view *v, size_t *n)
{
    size_t *lang = arena_array(v->mem, v->r->n_lang + 1, sizeof *lang);
    *n = 0;
    for (size_t l = 0; l < v->r->n_lang; l++)
        if (shows_average(v->r, v->r->lang[l]))
            lang[(*n)++] = l;
    return lang;
}

static void put_head_names(const struct view *v, struct table *t, const size_t *lang, size_t n)
{
    const struct report *r = v->r;
    bool zh = v->style->zh;
    table_row(t);
    for (size_t c = 0; c < r->n_column; c++)
        table_put(t, 1 + c, TONE_BOLD, "%s", r->column[c].task);
    for (size_t i = 0; i < n; i++)
        table_put(t, 1 + r->n_column + i, TONE_BOLD, "%s %s",
                  *r->lang[lang[i]] ? r->lang[lang[i]] : "?", word(WORD_MEAN, zh));
    table_row(t);
    for (size_t c = 0; c < r->n_column; c++)
        table_put(t, 1 + c, TONE_DIM, "%s", recipe_text(&r->column[c], zh, v->mem));
    for (size_t i = 0; i < n; i++)
        table_put(t, 1 + r->n_column + i, TONE_DIM, "%s",
                  tasks_text(r->row[0].average[lang[i]].n_tasks, zh, v->mem));
    table_row(t);
    table_put(t, 0, TONE_BOLD, "%s", word(WORD_MODEL, zh));
    for (size_t c = 0; c < r->n_column; c++)
        table_put(t, 1 + c, TONE_DIM, "%s n=%zu", average_text(&r->column[c], zh),
                  r->column[c].n_asked);
}

/* Rows of marks beneath what they belong to: mark[i] belongs to column 1+i. */
static void put_marks(struct table *t, const struct marks *mark, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = mark[i].n > most ? mark[i].n : most;
    for (size_t k = 0; k < most; k++) {
        table_row(t);
        for (size_t i = 0; i < n; i++)
            if (k < mark[i].n)
                table_put(t, 1 + i, TONE_WARN, "%s", mark[i].mark[k].text);
    }
}

static void put_head(const struct view *v, struct table *t, const size_t *lang, size_t n)
{
    const struct report *r = v->r;
    put_head_names(v, t, lang, n);
    struct marks *mark = arena_array(v->mem, r->n_column + n, sizeof *mark);
    for (size_t c = 0; c < r->n_column; c++)
        mark[c] = column_marks(&r->column[c], v->style->zh, v->mem);
    for (size_t i = 0; i < n; i++)
        mark[r->n_column + i] = language_marks(r, r->lang[lang[i]], v->style->zh, v->mem);
    put_marks(t, mark, r->n_column + n);
    table_rule(t);
}

static void put_row(const struct view *v, struct table *t, const struct model_row *row,
                    const size_t *lang, size_t n, bool brackets)
{
    const struct report *r = v->r;
    struct marks *mark = arena_array(v->mem, r->n_column + n, sizeof *mark);
    table_row(t);
    table_put(t, 0, TONE_PLAIN, "%s", label_text(v, row->label));
    for (size_t c = 0; c < r->n_column; c++) {
        const struct cell *cell = &row->cell[c];
        bool proportion = cell->present && cell->headline && cell->headline->proportion;
        table_put(t, 1 + c, TONE_PLAIN, "%s",
                  figure_text(v, cell_figure(cell, &r->column[c]), proportion, brackets));
        mark[c] = cell_marks(cell, v->style->zh, v->mem);
    }
    for (size_t i = 0; i < n; i++) {
        const struct average_figure *a = &row->average[lang[i]];
        table_put(t, 1 + r->n_column + i, TONE_PLAIN, "%s",
                  figure_text(v, &a->figure, true, brackets));
        mark[r->n_column + i] = average_marks(a, v->style->zh, v->mem);
    }
    put_marks(t, mark, r->n_column + n);
}

static struct table main_table(const struct view *v, bool brackets)
{
    size_t n = 0;
    const size_t *lang = average_columns(v, &n);
    struct table t = { .mem = v->mem, .n_column = 1 + v->r->n_column + n };
    put_head(v, &t, lang, n);
    for (size_t i = 0; i < v->r->n_row; i++)
        put_row(v, &t, &v->r->row[i], lang, n, brackets);
    return t;
}

static void put_title(const struct view *v)
{
    bool zh = v->style->zh;
    const char *title = arena_printf(v->mem, "%s%s%s", word(WORD_TITLE, zh),
                                     word(WORD_COMMA, zh),
                                     word(v->brackets ? WORD_BRACKETS : WORD_HALF, zh));
    tone_put(v->out, TONE_BOLD, v->style->color, title);
    strbuf_puts(v->out, "\n\n");
}

/* --------------------------------------------------------- the breakdown */

static const struct group *groups_of(const struct cell *cell, enum report_by by, size_t *n)
{
    *n = 0;
    if (!cell->present || !cell->headline)
        return NULL;
    const struct metric_figures *m = cell->headline;
    *n = by == BY_CATEGORY ? m->n_category : m->n_subset;
    return by == BY_CATEGORY ? m->category : m->subset;
}

static const struct group *find_group(const struct cell *cell, enum report_by by,
                                      const char *name)
{
    size_t n;
    const struct group *g = groups_of(cell, by, &n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(g[i].name, name))
            return &g[i];
    return NULL;
}

static void put_group(const struct view *v, struct table *t, const struct group *g,
                      const struct column *column, size_t c, bool brackets)
{
    const struct report *r = v->r;
    table_row(t);
    table_put(t, 0, TONE_PLAIN, "%s", fitted(v, group_title(g, v->style->zh, v->mem), 36));
    table_put(t, 1, TONE_DIM, "%zu", g->micro.n + g->failed);
    for (size_t i = 0; i < r->n_row; i++) {
        const struct cell *cell = &r->row[i].cell[c];
        const struct group *own = find_group(cell, v->style->by, g->name);
        const struct figure *f = !own                             ? NULL
                                 : strcmp(column->average, "macro") ? &own->micro
                                                                  : &own->macro;
        table_put(t, 2 + i, TONE_PLAIN, "%s",
                  figure_text(v, f, !own || cell->headline->proportion, brackets));
    }
}

/* The first row whose cell has the most groups: a run that is under way may
 * not have met all of them. */
static const struct group *all_groups(const struct view *v, size_t c, size_t *n)
{
    const struct group *best = NULL;
    *n = 0;
    for (size_t i = 0; i < v->r->n_row; i++) {
        size_t own;
        const struct group *g = groups_of(&v->r->row[i].cell[c], v->style->by, &own);
        if (own > *n)
            best = g, *n = own;
    }
    return best;
}

static struct table group_table(const struct view *v, size_t c, bool brackets)
{
    const struct report *r = v->r;
    bool zh = v->style->zh;
    struct table t = { .mem = v->mem, .n_column = 2 + r->n_row, .fixed = 2 };
    size_t n = 0;
    const struct group *g = all_groups(v, c, &n);
    table_row(&t);
    table_put(&t, 0, TONE_BOLD, "%s",
              word(v->style->by == BY_CATEGORY ? WORD_CATEGORY : WORD_SUBSET, zh));
    table_put(&t, 1, TONE_DIM, "n");
    for (size_t i = 0; i < r->n_row; i++)
        table_put(&t, 2 + i, TONE_BOLD, "%s", label_text(v, r->row[i].label));
    table_rule(&t);
    for (size_t i = 0; i < n; i++)
        put_group(v, &t, &g[i], &r->column[c], c, brackets);
    return t;
}

static void put_group_title(const struct view *v, const struct column *column)
{
    bool zh = v->style->zh;
    const char *comma = word(WORD_COMMA, zh);
    struct strbuf line = STRBUF_INIT;
    const char *title = arena_printf(
        v->mem, "%s%s%s%s%s%s%s", column->task, comma, recipe_text(column, zh, v->mem), comma,
        average_text(column, zh), comma,
        word(v->style->by == BY_CATEGORY ? WORD_BY_CATEGORY : WORD_BY_SUBSET, zh));
    text_wrap(&line, title, 0, 0, v->style->columns);
    strbuf_putc(v->out, '\n');
    tone_put(v->out, TONE_BOLD, v->style->color, line.s);
    struct marks mark = column_marks(column, zh, v->mem);
    for (size_t i = 0; i < mark.n; i++) {
        strbuf_puts(v->out, i ? comma : "");
        tone_put(v->out, TONE_WARN, v->style->color, mark.mark[i].text);
    }
    strbuf_puts(v->out, mark.n ? "\n" : "");
    strbuf_release(&line);
}

static void put_breakdown(const struct view *v)
{
    for (size_t c = 0; c < v->r->n_column; c++) {
        size_t n;
        if (!all_groups(v, c, &n))
            continue;
        put_group_title(v, &v->r->column[c]);
        struct table t = group_table(v, c, v->brackets);
        if (v->brackets && v->style->columns && table_width(&t) > v->style->columns) {
            strbuf_printf(v->out, "%s\n", word(WORD_HALF, v->style->zh));
            t = group_table(v, c, false);
        }
        table_render(&t, v->style->columns, v->style->color, v->out);
    }
}

/* ------------------------------------------------------ the fine print */

/* "  name   text text text", wrapped; width: of the widest name. */
static void put_entry(const struct view *v, enum tone tone, const char *name, size_t width,
                      const char *text)
{
    size_t used = utf8_columns(name);
    strbuf_puts(v->out, "  ");
    tone_put(v->out, tone, v->style->color, name);
    strbuf_pad(v->out, ' ', (width > used ? width - used : 0) + 2);
    text_wrap(v->out, text, 4 + (width > used ? width : used), 4 + width, v->style->columns);
}

static void put_legend(const struct view *v)
{
    bool used[MARK_COUNT], zh = v->style->zh;
    size_t width = 0;
    marks_used(used, v->r);
    for (int k = 0; k < MARK_COUNT; k++) {
        size_t w = used[k] ? utf8_columns(mark_name(k, zh)) : 0;
        width = w > width ? w : width;
    }
    if (!width)
        return;
    strbuf_printf(v->out, "\n%s\n", word(WORD_MARKS, zh));
    for (int k = 0; k < MARK_COUNT; k++)
        if (used[k])
            put_entry(v, TONE_WARN, mark_name(k, zh), width, mark_meaning(k, zh));
}

static size_t widest_label(const struct report *r)
{
    size_t width = 0;
    for (size_t i = 0; i < r->n_row; i++) {
        size_t w = utf8_columns(r->row[i].label);
        width = w > width ? w : width;
    }
    return width > LABEL_COLUMNS ? LABEL_COLUMNS : width;
}

static size_t widest_name(const struct report *r)
{
    size_t width = widest_label(r);
    for (size_t c = 0; c < r->n_column; c++) {
        size_t w = utf8_columns(r->column[c].task);
        width = w > width ? w : width;
    }
    return width > LABEL_COLUMNS ? LABEL_COLUMNS : width;
}

/* Only of cells that have something to say. */
static void put_used(const struct view *v)
{
    const struct report *r = v->r;
    bool zh = v->style->zh, any = false;
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t c = 0; c < r->n_column; c++) {
            const char *text = used_text(r, &r->row[i], c, zh, v->mem);
            if (text && !any)
                strbuf_printf(v->out, "\n%s\n", word(WORD_USED, zh));
            if (text)
                put_entry(v, TONE_PLAIN, label_text(v, r->row[i].label), widest_label(r), text);
            any |= text != NULL;
        }
}

static void put_made(const struct view *v)
{
    const struct report *r = v->r;
    bool zh = v->style->zh;
    size_t width = widest_name(r);
    strbuf_printf(v->out, "\n%s\n", word(WORD_MADE, zh));
    for (size_t c = 0; c < r->n_column; c++)
        put_entry(v, TONE_PLAIN, fitted(v, r->column[c].task, width), width,
                  column_made(&r->column[c], zh, v->mem));
    for (size_t i = 0; i < r->n_row; i++)
        put_entry(v, TONE_PLAIN, label_text(v, r->row[i].label), width,
                  arena_printf(v->mem, "%s%s", model_made(&r->row[i], zh, v->mem),
                               numerics_text(r, &r->row[i], zh, v->mem)));
}

static int text_render(const struct report *r, const struct report_style *style,
                       struct strbuf *out, struct err *e)
{
    (void)e;
    struct arena mem = { 0 };
    struct view v = { .r = r, .style = style, .mem = &mem, .out = out };
    struct table t = main_table(&v, true);
    v.brackets = !style->columns || table_width(&t) <= style->columns;
    if (!v.brackets)
        t = main_table(&v, false);
    put_title(&v);
    table_render(&t, style->columns, style->color, out);
    if (style->by != BY_NONE)
        put_breakdown(&v);
    put_used(&v);
    put_legend(&v);
    put_made(&v);
    arena_release(&mem);
    return 0;
}

extern const struct format format_text;
const struct format format_text = { "text", "a table for people", text_render };
