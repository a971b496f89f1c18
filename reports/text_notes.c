/* The fine print: what the answers took, what the marks mean, how it was made. */
#include "base/utf8.h"
#include "reports/text.h"

static void put_legend(const struct text_view *v)
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
            text_entry(v, TONE_WARN, mark_name(k, zh), width, mark_meaning(k, zh));
}

static size_t widest_label(const struct text_view *v)
{
    const struct report *r = v->r;
    size_t width = 0, most = text_label_columns(v);
    for (size_t i = 0; i < r->n_row; i++) {
        size_t w = utf8_columns(r->row[i].label);
        width = w > width ? w : width;
    }
    return width > most ? most : width;
}

static size_t widest_name(const struct text_view *v)
{
    const struct report *r = v->r;
    size_t width = widest_label(v), most = text_label_columns(v);
    for (size_t c = 0; c < r->n_column; c++) {
        size_t w = utf8_columns(r->column[c].task);
        width = w > width ? w : width;
    }
    return width > most ? most : width;
}

/* Only of cells that have something to say. */
static void put_used(const struct text_view *v)
{
    const struct report *r = v->r;
    bool zh = v->style->zh, any = false;
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t c = 0; c < r->n_column; c++) {
            const char *text = used_text(r, &r->row[i], c, zh, v->mem);
            if (text && !any)
                strbuf_printf(v->out, "\n%s\n", word(WORD_USED, zh));
            if (text)
                text_entry(v, TONE_PLAIN, text_label(v, r->row[i].label), widest_label(v), text);
            any |= text != NULL;
        }
}

static void put_ledgers(const struct text_view *v)
{
    const struct report *r = v->r;
    bool zh = v->style->zh, any = false;
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t c = 0; c < r->n_column; c++)
            for (size_t k = 0; k < r->row[i].cell[c].n_ledger; k++) {
                const char *text = ledger_text(r, &r->row[i], c, &r->row[i].cell[c].ledger[k],
                                               zh, v->mem);
                if (text && !any)
                    strbuf_printf(v->out, "\n%s\n", word(WORD_LEDGER, zh));
                if (text)
                    text_entry(v, TONE_PLAIN, text_label(v, r->row[i].label), widest_label(v),
                               text);
                any |= text != NULL;
            }
}

static void put_signed(const struct text_view *v)
{
    bool zh = v->style->zh;
    const struct signed_metrics list = signed_metrics(v->r, zh, v->mem);
    if (list.n)
        strbuf_printf(v->out, "\n%s\n", word(WORD_SIGNED, zh));
    for (size_t i = 0; i < list.n; i++) {
        strbuf_puts(v->out, "  ");
        text_wrap(v->out, arena_printf(v->mem, "%s%s%s", list.entry[i].names, zh ? "：" : ": ",
                                       list.entry[i].text), 2, 4, v->style->columns);
    }
}

static void put_made(const struct text_view *v)
{
    const struct report *r = v->r;
    bool zh = v->style->zh;
    size_t width = widest_name(v);
    strbuf_putc(v->out, '\n');
    text_wrap(v->out, word(WORD_MADE, zh), 0, 0, v->style->columns);
    for (size_t c = 0; c < r->n_column; c++)
        text_entry(v, TONE_PLAIN, text_fitted(v, r->column[c].task, width), width,
                  column_made(&r->column[c], zh, v->mem));
    for (size_t i = 0; i < r->n_row; i++)
        text_entry(v, TONE_PLAIN, text_label(v, r->row[i].label), width,
                  arena_printf(v->mem, "%s%s", model_made(&r->row[i], zh, v->mem),
                               numerics_text(r, &r->row[i], zh, v->mem)));
}

void text_notes(const struct text_view *v)
{
    put_used(v);
    put_ledgers(v);
    put_signed(v);
    put_legend(v);
    put_made(v);
}
