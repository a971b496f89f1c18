/*
 * The table for people: a title, the table, the breakdown when asked for, the
 * tables below it, what the marks mean, how the figures were made.
 */
#include "base/utf8.h"
#include "reports/sheets.h"
#include "reports/text.h"

const char *text_fitted(const struct text_view *v, const char *text, size_t columns)
{
    struct strbuf b = STRBUF_INIT;
    utf8_fit(&b, text, columns);
    const char *copy = arena_strdup(v->mem, b.s);
    strbuf_release(&b);
    return copy;
}

size_t text_label_columns(const struct text_view *v)
{
    size_t third = v->style->columns / 3;
    return !third || third > 26 ? 26 : third < 12 ? 12 : third;
}

const char *text_label(const struct text_view *v, const char *label)
{
    return row_label(label, text_label_columns(v), v->mem);
}

void text_entry(const struct text_view *v, enum tone tone, const char *name, size_t width,
                const char *text)
{
    size_t used = utf8_columns(name);
    strbuf_puts(v->out, "  ");
    tone_put(v->out, tone, v->style->color, name);
    strbuf_pad(v->out, ' ', (width > used ? width - used : 0) + 2);
    text_wrap(v->out, text, 4 + (width > used ? width : used), 4 + width, v->style->columns);
}

void text_marks(const struct text_view *v, struct marks marks)
{
    for (size_t i = 0; i < marks.n; i++) {
        strbuf_puts(v->out, i ? word(WORD_COMMA, v->style->zh) : "");
        tone_put(v->out, TONE_WARN, v->style->color, marks.mark[i].text);
    }
    strbuf_puts(v->out, marks.n ? "\n" : "");
}

void text_title(const struct text_view *v, const char *title)
{
    struct strbuf line = STRBUF_INIT;
    text_wrap(&line, title, 0, 0, v->style->columns);
    tone_put(v->out, TONE_BOLD, v->style->color, line.s);
    strbuf_release(&line);
}

static void put_title(const struct text_view *v)
{
    bool zh = v->style->zh;
    const char *title = arena_printf(v->mem, "%s%s%s", title_text(v->r, zh),
                                     word(WORD_COMMA, zh),
                                     word(v->brackets ? WORD_BRACKETS : WORD_HALF, zh));
    text_title(v, title);
    strbuf_putc(v->out, '\n');
}

/* ---- the tables below the main one */

static void put_sheet_title(const struct text_view *v, const char *title, bool brackets)
{
    strbuf_putc(v->out, '\n');
    text_title(v, title);
    if (v->brackets && !brackets)
        strbuf_printf(v->out, "%s\n", word(WORD_HALF, v->style->zh));
}

static void put_sheet(const struct text_view *v, const struct sheet *s, bool brackets)
{
    size_t width = 0, most = text_label_columns(v);
    put_sheet_title(v, s->title, brackets || s->bare);
    text_marks(v, s->common);
    table_render(&s->table, v->style->columns, v->style->color, v->out);
    for (const struct sheet_note *note = s->note; note; note = note->next) {
        size_t w = utf8_columns(note->name);
        width = w > width ? w : width;
    }
    width = width > most ? most : width;
    for (const struct sheet_note *note = s->note; note; note = note->next)
        text_entry(v, TONE_DIM, text_fitted(v, note->name, width), width, note->text);
}

/* With more and more of it taken away until it fits: intervals become halves,
 * names are cut. */
static void put_sheets(const struct text_view *v)
{
    enum { TRIES = 4, NARROW = 60 }; /* the last is for what is narrow */
    const bool zh = v->style->zh;
    const struct sheet_style style[TRIES] = {
        { .zh = zh, .mem = v->mem, .name = 32, .label = 26, .brackets = true },
        { .zh = zh, .mem = v->mem, .name = 28, .label = 26 },
        { .zh = zh, .mem = v->mem, .name = 24, .label = 16 },
        { .zh = zh, .mem = v->mem, .name = 16, .label = 10 },
    };
    const struct sheet *list[TRIES];
    size_t n = 0, columns = v->style->columns;
    const size_t tries = columns < NARROW ? TRIES : TRIES - 1;
    for (size_t k = 0; k < TRIES; k++)
        list[k] = sheets_make(&n, v->r, &style[k]);
    for (size_t i = 0; i < n; i++) {
        size_t k = v->brackets ? 0 : 1;
        while (columns && k + 1 < tries && table_width(&list[k][i].table) > columns)
            k++;
        put_sheet(v, &list[k][i], k == 0);
    }
}

static int text_render(const struct report *r, const struct report_style *style,
                       struct strbuf *out, struct err *e)
{
    (void)e;
    struct arena mem = { 0 };
    struct text_view v = { .r = r, .style = style, .mem = &mem, .out = out };
    struct table t = text_table(&v, true);
    v.brackets = !style->columns || table_width(&t) <= style->columns;
    if (!v.brackets)
        t = text_table(&v, false);
    put_title(&v);
    table_render(&t, style->columns, style->color, out);
    if (style->by != BY_NONE)
        text_breakdown(&v);
    put_sheets(&v);
    text_notes(&v);
    arena_release(&mem);
    return 0;
}

extern const struct format format_text;
const struct format format_text = { "text", "a table for people", text_render };
