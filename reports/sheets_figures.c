/* Groups of tasks, zh/en pairs, draws of the shots. */
#include <string.h>

#include "reports/sheets.h"
#include "scorers/scorer.h"

static const char *w(const struct sheet_maker *m, enum word which)
{
    return word(which, m->style->zh);
}

static const char *figure(const struct sheet_maker *m, const struct figure *f, bool proportion)
{
    return figure_text(f, proportion, m->style->brackets, m->style->mem);
}

static const char *count(const struct sheet_maker *m, size_t n)
{
    return arena_printf(m->style->mem, "%zu", n);
}

/* ---- groups */

static void put_group(const struct sheet_maker *m, const struct model_row *row, size_t g)
{
    const struct average_figure *a = &row->group[g];
    bool zh = m->style->zh;
    sheet_row(m, a->of->name, "", row->label);
    sheet_put(m, 2, figure(m, &a->macro, true));
    sheet_put(m, 3, figure(m, &a->micro, true));
    if (!a->of->mixed) {
        sheet_put(m, 4, count(m, a->macro.n));
        sheet_put(m, 5, count(m, a->n_task));
    }
    sheet_marks(m, 2, average_marks(a, zh, m->style->mem));
    sheet_marks(m, 2, set_marks(m->r, a->of, zh, m->style->mem));
}

bool sheet_groups(const struct sheet_maker *m)
{
    const char *const head[] = { w(m, WORD_GROUP), w(m, WORD_MODEL), w(m, WORD_BY_TASK),
                                 w(m, WORD_MICRO), "n",              w(m, WORD_TASKS) };
    const struct report *r = m->r;
    sheet_begin(m, w(m, WORD_GROUPS_TITLE), head, 6);
    for (size_t g = 0; g < r->n_group; g++)
        for (size_t i = 0; i < r->n_row; i++)
            put_group(m, &r->row[i], g);
    for (size_t g = 0; g < r->n_group; g++)
        if (*r->group[g].about)
            sheet_note(m, r->group[g].name, r->group[g].about);
    return r->n_group > 0;
}

/* ---- pairs */

/* The pair's name, with the recipe where it is there more than once. */
static const char *pair_name(const struct sheet_maker *m, const struct pair_gap *g)
{
    const struct report *r = m->r;
    const struct column *c = &r->column[g->zh];
    for (size_t i = 0; i < r->n_column; i++)
        if (i != g->zh && !strcmp(r->column[i].lang, c->lang) && r->column[i].pair &&
            !strcmp(r->column[i].pair, c->pair))
            return arena_printf(m->style->mem, "%s %s", c->pair,
                                recipe_text(c, m->style->zh, m->style->mem));
    return c->pair;
}

static const char *why_no_gap(const struct sheet_maker *m, const struct pair_gap *g)
{
    return g->state == PAIR_REPEATED  ? w(m, WORD_PAIR_REPEATED)
           : g->state == PAIR_NO_MEAN ? w(m, WORD_PAIR_NO_MEAN)
                                      : w(m, WORD_PAIR_APART);
}

static void put_pair(const struct sheet_maker *m, const struct model_row *row,
                     const struct pair_gap *g)
{
    const struct column *c = &m->r->column[g->zh];
    const char *name = pair_name(m, g);
    struct arena *mem = m->style->mem;
    bool proportion = c->headline && c->headline->proportion;
    sheet_row(m, name, "", row->label);
    sheet_put(m, 2, number_text(g->zh_value, proportion, mem));
    sheet_put(m, 3, number_text(g->en_value, proportion, mem));
    sheet_put(m, 4, gap_text(&g->gap, proportion, m->style->brackets, mem));
    if (g->state == PAIR_GIVEN) {
        sheet_put(m, 5, count(m, g->gap.n));
        sheet_put(m, 6, count(m, g->only_zh));
        sheet_put(m, 7, count(m, g->only_en));
    } else {
        sheet_note(m, arena_printf(mem, "%s, %s", name, row->label), why_no_gap(m, g));
    }
    sheet_marks(m, 4, pair_marks(m->r, g, m->style->zh, mem));
}

/* Of at least two pairs; one is its own mean. */
static void put_mean_gap(const struct sheet_maker *m, const struct model_row *row)
{
    if (row->mean_gap.n < 2)
        return;
    struct arena *mem = m->style->mem;
    sheet_row(m, w(m, WORD_MEAN), "", row->label);
    sheet_put(m, 4, gap_text(&row->mean_gap, true, m->style->brackets, mem));
    sheet_put(m, 5, arena_printf(mem, m->style->zh ? "%zu 对" : "%zu pairs", row->mean_gap.n));
    sheet_marks(m, 4, mean_gap_marks(m->r, row, m->style->zh, mem));
}

bool sheet_pairs(const struct sheet_maker *m)
{
    const char *const head[] = { w(m, WORD_PAIR), w(m, WORD_MODEL), "zh", "en",
                                 w(m, WORD_GAP),  "n",              w(m, WORD_ONLY_ZH),
                                 w(m, WORD_ONLY_EN) };
    const struct report *r = m->r;
    bool any = false;
    sheet_begin(m, w(m, WORD_PAIRS_TITLE), head, 8);
    for (size_t i = 0; i < r->n_row; i++) {
        for (size_t k = 0; k < r->row[i].n_pair; k++)
            put_pair(m, &r->row[i], &r->row[i].pair[k]);
        put_mean_gap(m, &r->row[i]);
        any |= r->row[i].n_pair > 0;
    }
    return any;
}

/* ---- draws */

static void put_draws(const struct sheet_maker *m, const struct model_row *row,
                      const struct draws *d)
{
    const struct column *c = &m->r->column[d->column];
    struct arena *mem = m->style->mem;
    bool proportion = c->headline && c->headline->proportion;
    const double value[] = { d->mean, d->deviation, d->min, d->max };
    sheet_row(m, c->task, arena_strndup(mem, c->recipe, d->base_len), row->label);
    sheet_put(m, 2, count(m, d->n));
    for (size_t i = 0; i < 4; i++)
        sheet_put(m, 3 + i, number_text(value[i], proportion, mem));
    sheet_marks(m, 3, column_marks(c, m->style->zh, mem));
}

bool sheet_draws(const struct sheet_maker *m)
{
    const char *const head[] = { w(m, WORD_TASK), w(m, WORD_MODEL),     w(m, WORD_DRAWS),
                                 w(m, WORD_MEAN), w(m, WORD_DEVIATION), w(m, WORD_MIN),
                                 w(m, WORD_MAX) };
    const struct report *r = m->r;
    bool any = false;
    sheet_begin(m, w(m, WORD_DRAWS_TITLE), head, 7);
    m->sheet->bare = true;
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t k = 0; k < r->row[i].n_draws; k++) {
            put_draws(m, &r->row[i], &r->row[i].draws[k]);
            any = true;
        }
    return any;
}
