#include "reports/sheets.h"

#include <string.h>

#include "base/utf8.h"

struct sheet_row {
    const char **cell;
    struct marks marks;
    size_t marked; /* the column that they stand below */
    struct sheet_row *next;
};

static bool has_mark(const struct sheet_row *row, const struct mark *mark)
{
    for (size_t i = 0; i < row->marks.n; i++)
        if (!strcmp(row->marks.mark[i].text, mark->text))
            return true;
    return false;
}

static bool is_common(const struct sheet *s, const struct mark *mark)
{
    bool everywhere = true;
    for (const struct sheet_row *row = s->first; row && everywhere; row = row->next)
        everywhere = has_mark(row, mark);
    return everywhere;
}

/* Rows that all bear a mark leave it to the title. */
static void end_sheet(struct sheet *s)
{
    for (size_t i = 0; s->first && i < s->first->marks.n; i++)
        if (is_common(s, &s->first->marks.mark[i]))
            s->common.mark[s->common.n++] = s->first->marks.mark[i];
    const struct sheet_row common = { .marks = s->common };
    for (const struct sheet_row *row = s->first; row; row = row->next) {
        table_row(&s->table);
        for (size_t c = 0; c < s->table.n_column; c++)
            if (row->cell[c])
                table_put(&s->table, c, TONE_PLAIN, "%s", row->cell[c]);
        for (size_t i = 0; i < row->marks.n; i++) {
            if (has_mark(&common, &row->marks.mark[i]))
                continue;
            table_more(&s->table);
            table_put(&s->table, row->marked, TONE_WARN, "%s", row->marks.mark[i].text);
        }
    }
}

static void add_confusions(struct sheet *list, size_t *n, const struct report *r,
                           const struct sheet_style *style)
{
    for (size_t c = 0; c < r->n_column; c++)
        for (size_t k = 0; k < sheet_confusions(r, c); k++) {
            const struct sheet_maker m = { .r = r, .style = style, .sheet = &list[*n] };
            if (!sheet_confusion(&m, c, k))
                continue;
            end_sheet(m.sheet);
            ++*n;
        }
}

struct sheet *sheets_make(size_t *n, const struct report *r, const struct sheet_style *style)
{
    static bool (*const make[])(const struct sheet_maker *m) = {
        sheet_groups,    sheet_pairs,      sheet_draws,
        sheet_published, sheet_robustness, sheet_contamination,
    };
    const size_t n_make = sizeof make / sizeof *make;
    size_t most = n_make;
    for (size_t c = 0; c < r->n_column; c++)
        most += sheet_confusions(r, c);
    struct sheet *list = arena_array(style->mem, most, sizeof *list);
    *n = 0;
    for (size_t i = 0; i < n_make; i++) {
        const struct sheet_maker m = { .r = r, .style = style, .sheet = &list[*n] };
        if (!make[i](&m))
            continue;
        end_sheet(m.sheet);
        ++*n;
    }
    add_confusions(list, n, r, style);
    return list;
}

void sheet_begin(const struct sheet_maker *m, const char *title, const char *const *head,
                 size_t n)
{
    *m->sheet = (struct sheet){
        .title = title,
        .table = { .mem = m->style->mem, .n_column = n, .fixed = 2, .left = 2 },
    };
    table_row(&m->sheet->table);
    for (size_t i = 0; i < n; i++)
        table_put(&m->sheet->table, i, TONE_BOLD, "%s", head[i]);
    table_rule(&m->sheet->table);
}

void sheet_row(const struct sheet_maker *m, const char *name, const char *tail,
               const char *label)
{
    const struct sheet_style *style = m->style;
    size_t own = utf8_columns(tail) + 1;
    if (style->name > own)
        name = row_label(name, style->name - (*tail ? own : 0), style->mem);
    if (style->label)
        label = row_label(label, style->label, style->mem);
    struct sheet *s = m->sheet;
    struct sheet_row *row = arena_alloc(style->mem, sizeof *row);
    row->cell = arena_array(style->mem, s->table.n_column, sizeof *row->cell);
    if (s->last)
        s->last->next = row;
    else
        s->first = row;
    s->last = row;
    sheet_put(m, 0, *tail ? arena_printf(style->mem, "%s %s", name, tail) : name);
    sheet_put(m, 1, label);
}

void sheet_put(const struct sheet_maker *m, size_t column, const char *text)
{
    m->sheet->last->cell[column] = text;
}

void sheet_marks(const struct sheet_maker *m, size_t column, struct marks marks)
{
    struct sheet_row *row = m->sheet->last;
    row->marked = column;
    for (size_t i = 0; i < marks.n; i++)
        if (!has_mark(row, &marks.mark[i]))
            row->marks.mark[row->marks.n++] = marks.mark[i];
}

/* One line, whatever run.json holds. */
static const char *cleaned(const struct sheet_maker *m, const char *text)
{
    char *copy = arena_strdup(m->style->mem, text);
    for (char *p = copy; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            *p = ' ';
    return copy;
}

void sheet_note(const struct sheet_maker *m, const char *name, const char *text)
{
    struct sheet_note **end = &m->sheet->note;
    while (*end)
        end = &(*end)->next;
    *end = arena_alloc(m->style->mem, sizeof **end);
    **end = (struct sheet_note){ .name = cleaned(m, name), .text = cleaned(m, text) };
}
