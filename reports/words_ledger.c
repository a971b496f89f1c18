/* How a cell's answers were found, as one line for people. */
#include <string.h>

#include "reports/words.h"

static void put(struct strbuf *out, const char *what, size_t n, size_t of, bool zh)
{
    if (out->len)
        strbuf_puts(out, zh ? "；" : "; ");
    strbuf_printf(out, "%s%s%zu/%zu", what, zh ? "：" : ": ", n, of);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* Whether two scorers found the same number of answers by the same rules. */
static bool is_same(const struct ledger *a, const struct ledger *b)
{
    bool same = same_text(a->rules, b->rules) && a->n_rule == b->n_rule && a->n == b->n &&
                a->whole == b->whole && a->none == b->none && a->gave_up == b->gave_up &&
                a->thoughts == b->thoughts;
    for (size_t i = 0; same && i < a->n_rule; i++)
        same = a->rule[i].n == b->rule[i].n && !strcmp(a->rule[i].rule, b->rule[i].rule);
    return same;
}

static bool is_repeated(const struct cell *cell, const struct ledger *l)
{
    for (const struct ledger *k = cell->ledger; k < l; k++)
        if (is_same(k, l))
            return true;
    return false;
}

/* Names of the ledgers that are like this one; "" when all are, and the first has none. */
static const char *names_of(const struct cell *cell, const struct ledger *l, struct arena *mem)
{
    const char *names = "";
    size_t n = 0;
    for (size_t i = 0; i < cell->n_ledger; i++) {
        const struct ledger *k = &cell->ledger[i];
        if (!is_same(k, l))
            continue;
        n++;
        names = arena_printf(mem, "%s%s%s", names, *names ? ", " : "",
                             k->name ? k->name : k->scorer);
    }
    return n < cell->n_ledger || l->name ? names : "";
}

/* "flexible (lm-eval-flexible)"; behind a task "(lm-eval-flexible)" */
static const char *which(const struct cell *cell, const struct ledger *l, const char *task,
                         struct arena *mem)
{
    const char *name = names_of(cell, l, mem);
    if (!l->rules)
        return name;
    return *name || *task ? arena_printf(mem, "%s%s(%s)", name, *name ? " " : "", l->rules)
                          : l->rules;
}

const char *ledger_text(const struct report *r, const struct model_row *row, size_t column,
                        const struct ledger *l, bool zh, struct arena *mem)
{
    struct strbuf out = STRBUF_INIT;
    const struct cell *cell = &row->cell[column];
    if (!l->n || (!l->n_rule && !l->none && !l->thoughts) || is_repeated(cell, l))
        return NULL;
    for (size_t i = 0; i < l->n_rule; i++)
        if (l->rule[i].n)
            put(&out, l->rule[i].rule, l->rule[i].n, l->n, zh);
    if (l->whole)
        put(&out, word(WORD_LEDGER_WHOLE, zh), l->whole, l->n, zh);
    put(&out, word(WORD_LEDGER_NONE, zh), l->none, l->n, zh);
    if (l->gave_up)
        put(&out, word(WORD_LEDGER_GAVE_UP, zh), l->gave_up, l->n, zh);
    if (l->thoughts)
        put(&out, word(WORD_LEDGER_THOUGHTS, zh), l->thoughts, l->n, zh);
    const char *task = r->n_column > 1 ? column_name(r, &r->column[column], zh, mem) : "";
    const char *head = which(cell, l, task, mem);
    const char *text = arena_printf(mem, "%s%s%s%s%s", task, *task && *head ? " " : "", head,
                                    *task || *head ? zh ? "：" : ": " : "", out.s);
    strbuf_release(&out);
    return text;
}
