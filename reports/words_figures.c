/* Figures as text: digits, intervals, names of metrics. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "reports/words.h"
#include "scorers/scorer.h"

/* Percentages have one digit; numbers of other units at least four in all. */
static int digits_of(double value, bool proportion)
{
    double size = fabs(value);
    if (proportion)
        return 1;
    return size >= 999.5 ? 0 : size >= 99.95 ? 1 : size >= 9.995 ? 2 : 3;
}

static const char *fixed(double value, int digits, bool sign, struct arena *mem)
{
    if (fabs(value) >= 1e7)
        return arena_printf(mem, sign ? "%+.4g" : "%.4g", value);
    return sign ? arena_printf(mem, "%+.*f", digits, value)
                : arena_printf(mem, "%.*f", digits, value);
}

/* An interval without width says nothing. */
static const char *with_interval(const struct figure *f, bool proportion, bool brackets,
                                 bool sign, struct arena *mem)
{
    if (!f || isnan(f->value))
        return "-";
    double scale = proportion ? 100 : 1, low = f->ci.low * scale, high = f->ci.high * scale;
    int digits = digits_of(f->value * scale, proportion);
    const char *value = fixed(f->value * scale, digits, sign, mem);
    if (isnan(low) || isnan(high) || high <= low)
        return value;
    if (brackets)
        return arena_printf(mem, "%s [%s, %s]", value, fixed(low, digits, sign, mem),
                            fixed(high, digits, sign, mem));
    return arena_printf(mem, "%s ±%4.*f", value, digits, (high - low) / 2);
}

const char *figure_text(const struct figure *f, bool proportion, bool brackets,
                        struct arena *mem)
{
    return with_interval(f, proportion, brackets, false, mem);
}

const char *gap_text(const struct figure *f, bool proportion, bool brackets, struct arena *mem)
{
    return with_interval(f, proportion, brackets, true, mem);
}

const char *number_text(double value, bool proportion, struct arena *mem)
{
    double shown = value * (proportion ? 100 : 1);
    int digits = !proportion && shown == floor(shown) ? 0 : digits_of(shown, proportion);
    return isnan(value) ? "-" : fixed(shown, digits, false, mem);
}

const struct metric_figures *cell_next_shown(const struct cell *cell, size_t *at)
{
    while (*at < cell->n_metric) {
        const struct metric_figures *m = &cell->metric[(*at)++];
        if (m != cell->headline && m->shown && m->section == SECTION_MAIN && m->micro.n)
            return m;
    }
    return NULL;
}

const char *metric_text(const struct metric_figures *m, struct arena *mem)
{
    const char *arrow = metric_arrow(m->type);
    return arena_printf(mem, "%s%s%s%s%s", m->name ? m->name : "", m->name ? " " : "",
                        m->metric, *arrow ? " " : "", arrow);
}

const char *shown_text(const struct metric_figures *m, const struct column *column,
                       bool brackets, struct arena *mem)
{
    return arena_printf(mem, "%s %s", metric_text(m, mem),
                        figure_text(metric_figure(m, column), m->proportion, brackets, mem));
}

/* A share of right answers; other proportions (F1, pass@k) have to be named. */
static bool is_accuracy(const struct metric *m)
{
    return m->proportion && !m->fold && !strncmp(m->name, "acc", 3);
}

const char *title_text(const struct report *r, bool zh)
{
    bool any = false;
    for (size_t c = 0; c < r->n_column; c++) {
        const struct metric *m = r->column[c].headline;
        if (m && m->proportion && !is_accuracy(m))
            return word(WORD_SCORES, zh);
        any |= m && m->proportion;
    }
    return word(any ? WORD_ACCURACY : WORD_SCORES, zh);
}

/* Do all columns show the same one metric, an accuracy? */
static bool is_plain(const struct report *r)
{
    for (size_t c = 0; c < r->n_column; c++) {
        const struct metric *m = r->column[c].headline, *first = r->column[0].headline;
        if (!m || !is_accuracy(m) || strcmp(m->name, first->name) != 0)
            return false;
        for (size_t i = 0; i < r->n_row; i++) {
            size_t at = 0;
            if (cell_next_shown(&r->row[i].cell[c], &at))
                return false;
        }
    }
    return true;
}

const char *headline_text(const struct report *r, const struct column *c, struct arena *mem)
{
    if (is_plain(r) || !c->headline)
        return NULL;
    const char *arrow = metric_arrow(c->headline), *name = c->headline_name;
    return arena_printf(mem, "%s%s%s%s%s", name ? name : "", name ? " " : "",
                        c->headline->name, *arrow ? " " : "", arrow);
}

/* Where the last characters of a label begin, in at most `columns` cells. */
static const char *tail_of(const char *label, size_t columns)
{
    int32_t code;
    while (utf8_columns(label) > columns)
        label += utf8_next(label, strlen(label), &code);
    return label;
}

const char *row_label(const char *label, size_t columns, struct arena *mem)
{
    enum { TAIL = 6 }; /* " #1a2b", "q4_k_m" */
    if (utf8_columns(label) <= columns)
        return label;
    struct strbuf text = STRBUF_INIT;
    const char *tail = tail_of(label, columns / 2 < TAIL ? columns / 2 : TAIL);
    utf8_fit(&text, arena_strndup(mem, label, (size_t)(tail - label)),
             columns - utf8_columns(tail));
    strbuf_puts(&text, tail);
    const char *copy = arena_strdup(mem, text.s);
    strbuf_release(&text);
    return copy;
}
