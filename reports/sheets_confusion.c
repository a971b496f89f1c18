/* Which labels were taken for which: a table for each task and scorer of labels, with
 * a row for each model and right label; a single model needs no column. */
#include <string.h>

#include "reports/sheets.h"

/* Of more labels than these only the figures of each are shown, and which answer was
 * the most frequent wrong one: the counts would fill the page. */
enum { MOST_COUNTED = 10 };

/* The k-th of a column's tables, of the first model that has it: all have the same
 * labels, since a column is one task file. */
static const struct confusion *find(const struct report *r, size_t column, size_t k)
{
    for (size_t i = 0; i < r->n_row; i++)
        if (k < r->row[i].cell[column].n_confusion)
            return &r->row[i].cell[column].confusion[k];
    return NULL;
}

static bool names_models(const struct sheet_maker *m)
{
    return m->r->n_row > 1;
}

static bool counts_fit(const struct confusion *c)
{
    return c->n_label <= MOST_COUNTED;
}

static const char *title(const struct sheet_maker *m, size_t column, const struct confusion *c)
{
    bool zh = m->style->zh;
    const struct column *of = &m->r->column[column];
    const char *task = column_name(m->r, of, zh, m->style->mem), *name = c->name;
    return arena_printf(m->style->mem, "%s%s%s%s%s", task, name ? " " : "", name ? name : "",
                        zh ? "：" : ": ",
                        word(counts_fit(c) ? WORD_CONFUSION_TITLE : WORD_LABELS_TITLE, zh));
}

static void begin(const struct sheet_maker *m, size_t column, const struct confusion *c)
{
    bool zh = m->style->zh;
    const char **head = arena_array(m->style->mem, c->n_label + 8, sizeof *head);
    size_t n = 0;
    if (names_models(m))
        head[n++] = word(WORD_MODEL, zh);
    head[n++] = word(WORD_RIGHT_LABEL, zh);
    if (counts_fit(c)) {
        for (size_t i = 0; i < c->n_label; i++)
            head[n++] = c->label[i];
        head[n++] = word(WORD_NO_LABEL, zh);
    }
    head[n++] = word(WORD_PRECISION, zh);
    head[n++] = word(WORD_RECALL, zh);
    head[n++] = "F1";
    head[n++] = "n";
    if (!counts_fit(c))
        head[n++] = word(WORD_TAKEN_FOR, zh);
    sheet_begin(m, title(m, column, c), head, n);
    m->sheet->bare = true;
    m->sheet->table.fixed = m->sheet->table.left = names_models(m) ? 2 : 1;
}

/* "joy 3": the wrong answer that it got most often, the first of equals; "-" without. */
static const char *taken_for(const struct sheet_maker *m, const struct confusion *c,
                             size_t right)
{
    size_t most = right;
    for (size_t i = 0; i <= c->n_label; i++)
        if (i != right && (most == right || confusion_count(c, right, i) >
                                                confusion_count(c, right, most)))
            most = i;
    size_t n = confusion_count(c, right, most);
    return !n ? "-"
              : arena_printf(m->style->mem, "%s %zu",
                             most < c->n_label ? c->label[most]
                                               : word(WORD_NO_LABEL, m->style->zh), n);
}

static void put_label(const struct sheet_maker *m, const char *model, size_t column,
                      const struct confusion *c, size_t label)
{
    struct arena *mem = m->style->mem;
    const struct label_figures f = confusion_label(c, label);
    size_t at = names_models(m) ? 2 : 1;
    sheet_row(m, at > 1 ? model : c->label[label], "", c->label[label]);
    for (size_t i = 0; counts_fit(c) && i <= c->n_label; i++)
        sheet_put(m, at++, arena_printf(mem, "%zu", confusion_count(c, label, i)));
    sheet_put(m, at++, number_text(f.precision, true, mem));
    sheet_put(m, at++, number_text(f.recall, true, mem));
    sheet_put(m, at++, number_text(f.f1, true, mem));
    sheet_put(m, at++, arena_printf(mem, "%zu", f.n));
    if (!counts_fit(c))
        sheet_put(m, at, taken_for(m, c, label));
    sheet_marks(m, 1, column_marks(&m->r->column[column], m->style->zh, mem));
}

bool sheet_confusion(const struct sheet_maker *m, size_t column, size_t k)
{
    const struct confusion *all = find(m->r, column, k);
    if (!all)
        return false;
    begin(m, column, all);
    for (size_t i = 0; i < m->r->n_row; i++) {
        const struct cell *cell = &m->r->row[i].cell[column];
        if (k >= cell->n_confusion || cell->confusion[k].n_label != all->n_label)
            continue;
        for (size_t label = 0; label < all->n_label; label++)
            put_label(m, label ? "" : m->r->row[i].label, column, &cell->confusion[k], label);
    }
    if (!counts_fit(all))
        sheet_note(m, word(WORD_TAKEN_FOR, m->style->zh), word(WORD_TAKEN_MEANS, m->style->zh));
    return true;
}

size_t sheet_confusions(const struct report *r, size_t column)
{
    size_t most = 0;
    for (size_t i = 0; i < r->n_row; i++)
        if (r->row[i].cell[column].n_confusion > most)
            most = r->row[i].cell[column].n_confusion;
    return most;
}
