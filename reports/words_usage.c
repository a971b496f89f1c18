/* What a cell's samples took and why some failed, as one line for people. */
#include <inttypes.h>
#include <string.h>

#include "reports/words.h"
#include "scorers/scorer.h"

/* 1234567 -> "1,234,567" */
static const char *grouped(uint64_t n, struct arena *mem)
{
    const char *text = n < 1000 ? "" : grouped(n / 1000, mem);
    return n < 1000 ? arena_printf(mem, "%" PRIu64, n)
                    : arena_printf(mem, "%s,%03" PRIu64, text, n % 1000);
}

static void begin(struct strbuf *out, bool zh)
{
    if (out->len)
        strbuf_puts(out, zh ? "；" : "; ");
}

/* "failed: 2 remote, 1 too_long" */
static void put_counts(struct strbuf *out, const char *what, const struct failure_count *list,
                       size_t n, bool zh)
{
    if (!n)
        return;
    begin(out, zh);
    strbuf_printf(out, "%s%s", what, zh ? "：" : ": ");
    for (size_t i = 0; i < n; i++)
        strbuf_printf(out, "%s%zu %s", i ? word(WORD_COMMA, zh) : "", list[i].n, list[i].name);
}

static void put_tokens(struct strbuf *out, const struct usage *u, bool zh, struct arena *mem)
{
    begin(out, zh);
    strbuf_printf(out, zh ? "词元：提示 %s，生成 %s" : "tokens: %s prompt, %s written",
                  grouped(u->prompt_tokens, mem), grouped(u->written_tokens, mem));
    if (u->thinking_tokens)
        strbuf_printf(out, zh ? "（其中思考 %s）" : " (%s of them thoughts)",
                      grouped(u->thinking_tokens, mem));
}

static void put_cost(struct strbuf *out, double cost, bool zh)
{
    begin(out, zh);
    strbuf_puts(out, zh ? "费用 " : "cost ");
    strbuf_printf(out, cost > 0 && cost < 1 ? "$%.4f" : "$%.2f", cost);
}

/* A share of what went wrong that nothing else tells: a scorer of written text has a
 * ledger. */
static bool is_fault(const struct cell *cell, const struct metric_figures *m)
{
    for (size_t i = 0; i < cell->n_ledger; i++)
        if (!strcmp(cell->ledger[i].scorer, m->scorer))
            return false;
    return m->type->proportion && !m->up && !m->type->fold && !m->shown &&
           m->section == SECTION_MAIN && m->micro.value > 0;
}

/* "programs that did not pass: 40.0% wrong, 2.5% timeout" */
static void put_faults(struct strbuf *out, const struct cell *cell, bool zh, struct arena *mem)
{
    bool any = false;
    for (size_t i = 0; i < cell->n_metric; i++) {
        const struct metric_figures *m = &cell->metric[i];
        if (!is_fault(cell, m))
            continue;
        if (!any) {
            begin(out, zh);
            strbuf_printf(out, "%s%s", word(WORD_NOT_PASSED, zh), zh ? "：" : ": ");
        }
        strbuf_printf(out, "%s%s%% %s", any ? word(WORD_COMMA, zh) : "",
                      number_text(m->micro.value, true, mem), m->metric);
        any = true;
    }
}

static const char *usage_text(const struct cell *cell, bool zh, struct arena *mem)
{
    const struct usage *u = &cell->usage;
    struct strbuf out = STRBUF_INIT;
    put_counts(&out, mark_name(MARK_FAILED, zh), cell->failure, cell->n_failure, zh);
    if (u->written_tokens || u->n_cached || u->n_retry || u->priced)
        put_tokens(&out, u, zh, mem);
    if (u->n_cut) {
        begin(&out, zh);
        strbuf_printf(&out, "%s %s", grouped(u->n_cut, mem),
                      zh                ? "个回答在 max_tokens 处截断"
                      : u->n_cut == 1 ? "answer cut at max_tokens"
                                        : "answers cut at max_tokens");
    }
    put_counts(&out, zh ? "没有答案的回答" : "texts without an answer", u->fault, u->n_fault, zh);
    put_faults(&out, cell, zh, mem);
    if (u->n_cached) {
        begin(&out, zh);
        strbuf_printf(&out, zh ? "缓存命中 %s/%s" : "%s of %s from the cache",
                      grouped(u->n_cached, mem), grouped(u->n_asked, mem));
    }
    if (u->n_retry) {
        begin(&out, zh);
        strbuf_printf(&out, "%s %s", grouped(u->n_retry, mem),
                      zh ? "次重试" : u->n_retry == 1 ? "retry" : "retries");
    }
    if (u->priced)
        put_cost(&out, u->cost, zh);
    const char *copy = out.len ? arena_strdup(mem, out.s) : NULL;
    strbuf_release(&out);
    return copy;
}

const char *used_text(const struct report *r, const struct model_row *row, size_t column,
                      bool zh, struct arena *mem)
{
    const struct cell *cell = &row->cell[column];
    const char *text = cell->present ? usage_text(cell, zh, mem) : NULL;
    if (!text || r->n_column == 1)
        return text;
    return arena_printf(mem, "%s%s%s", column_name(r, &r->column[column], zh, mem),
                        zh ? "：" : ": ", text);
}
