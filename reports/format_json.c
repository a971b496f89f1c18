/* Everything a report holds, for programs; docs/reports.md describes it. */
#include <math.h>
#include <string.h>

#include "evaluator/journal/manifest.h"
#include "reports/json_beside.h"

enum { SCHEMA = 1 };

static void put_column(struct json_writer *w, const struct column *c, struct arena *mem)
{
    json_open(w, NULL, '{');
    json_put_text(w, "task", c->task);
    json_put_int(w, "version", c->version);
    json_put_text(w, "recipe", c->recipe);
    json_put_text(w, "source", c->source);
    json_put_text(w, "lang", c->lang);
    json_put_int(w, "shots", c->shots);
    json_put_bool(w, "chat", c->chat);
    json_put_text(w, "average", c->average);
    json_put_int(w, "seed", (int64_t)c->seed);
    json_put_text(w, "dataset", c->dataset);
    json_put_text(w, "split", c->split);
    json_put_text(w, "licence", c->licence);
    json_put_text(w, "data_sha256", c->data_sha256);
    json_put_text(w, "shots_sha256", c->shots_sha256);
    json_put_text(w, "task_sha256", c->task_sha256);
    json_put_bool(w, "sample", c->sample);
    json_put_bool(w, "partial", c->partial);
    json_put_int(w, "limit", (int64_t)c->limit);
    json_put_int(w, "n_asked", (int64_t)c->n_asked);
    json_put_int(w, "n_expected", (int64_t)c->n_expected);
    json_put_int(w, "n_subset", (int64_t)c->n_subset);
    json_put_int(w, "n_subset_expected", (int64_t)c->n_subset_expected);
    json_put_text(w, "pair", c->pair);
    json_put_bool(w, "noncommercial", c->noncommercial);
    json_put_int(w, "permute", (int64_t)c->permute);
    json_put_bool(w, "contamination", c->contamination);
    json_put_bool(w, "exec_unsafe", c->exec_unsafe);
    json_open(w, "not_run", '[');
    for (size_t i = 0; i < c->n_left_out; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "subset", c->left_out[i].subset);
        json_put_text(w, "why", c->left_out[i].why);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_marks(w, column_marks(c, false, mem));
    json_close(w, '}');
}

static void put_groups(struct json_writer *w, const char *key, const struct group *g, size_t n)
{
    json_open(w, key, '[');
    for (size_t i = 0; i < n; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "name", g[i].name);
        if (g[i].title_zh && *g[i].title_zh)
            json_put_text(w, "title_zh", g[i].title_zh);
        if (g[i].title_en && *g[i].title_en)
            json_put_text(w, "title_en", g[i].title_en);
        json_figure(w, "micro", &g[i].micro);
        json_figure(w, "macro", &g[i].macro);
        json_put_int(w, "failed", (int64_t)g[i].failed);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_metric(struct json_writer *w, const struct metric_figures *m, enum report_by by)
{
    json_open(w, NULL, '{');
    json_put_text(w, "scorer", m->scorer);
    json_put_text(w, "metric", m->metric);
    if (m->name)
        json_put_text(w, "name", m->name);
    if (m->section)
        json_put_text(w, "section", section_name(m->section));
    json_put_bool(w, "shown", m->shown);
    json_put_bool(w, "higher_is_better", m->up);
    json_put_bool(w, "proportion", m->proportion);
    if (m->signature)
        json_put_text(w, "signature", m->signature);
    json_figure(w, "micro", &m->micro);
    json_figure(w, "macro", &m->macro);
    if (by == BY_CATEGORY)
        put_groups(w, "categories", m->category, m->n_category);
    if (by == BY_SUBSET)
        put_groups(w, "subsets", m->subset, m->n_subset);
    json_close(w, '}');
}

static void put_classes(struct json_writer *w, const char *key, const struct failure_count *list,
                        size_t n)
{
    json_open(w, key, '{');
    for (size_t i = 0; i < n; i++)
        json_put_int(w, list[i].name, (int64_t)list[i].n);
    json_close(w, '}');
}

static void put_usage(struct json_writer *w, const struct usage *u)
{
    json_open(w, "usage", '{');
    json_put_int(w, "questions", (int64_t)u->n_asked);
    json_put_int(w, "cached", (int64_t)u->n_cached);
    json_put_int(w, "retries", (int64_t)u->n_retry);
    json_put_int(w, "prompt_tokens", (int64_t)u->prompt_tokens);
    json_put_int(w, "written_tokens", (int64_t)u->written_tokens);
    json_put_int(w, "thinking_tokens", (int64_t)u->thinking_tokens);
    json_put_int(w, "cut", (int64_t)u->n_cut);
    put_classes(w, "faults", u->fault, u->n_fault);
    json_put_number(w, "cost", u->priced ? u->cost : NAN);
    json_close(w, '}');
}

static void put_ledger(struct json_writer *w, const struct ledger *l)
{
    json_open(w, NULL, '{');
    json_put_text(w, "scorer", l->scorer);
    if (l->name)
        json_put_text(w, "name", l->name);
    json_put_text(w, "extract", l->rules);
    json_put_int(w, "n", (int64_t)l->n);
    json_open(w, "rules", '[');
    for (size_t i = 0; i < l->n_rule; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "rule", l->rule[i].rule);
        json_put_int(w, "n", (int64_t)l->rule[i].n);
        json_close(w, '}');
    }
    json_close(w, ']');
    if (!l->n_rule)
        json_put_int(w, "whole", (int64_t)l->whole);
    json_put_int(w, "none", (int64_t)l->none);
    json_put_int(w, "gave_up", (int64_t)l->gave_up);
    json_put_int(w, "thoughts", (int64_t)l->thoughts);
    json_close(w, '}');
}

static void put_ledgers(struct json_writer *w, const struct cell *cell)
{
    if (!cell->n_ledger)
        return;
    json_open(w, "ledger", '[');
    for (size_t i = 0; i < cell->n_ledger; i++)
        put_ledger(w, &cell->ledger[i]);
    json_close(w, ']');
}

static void put_label(struct json_writer *w, const struct confusion *c, size_t label)
{
    const struct label_figures f = confusion_label(c, label);
    json_open(w, NULL, '{');
    json_put_text(w, "label", c->label[label]);
    json_put_number(w, "precision", f.precision);
    json_put_number(w, "recall", f.recall);
    json_put_number(w, "f1", f.f1);
    json_put_int(w, "support", (int64_t)f.n);
    json_put_int(w, "answered", (int64_t)f.answered);
    json_close(w, '}');
}

static void put_confusion(struct json_writer *w, const struct confusion *c)
{
    json_open(w, NULL, '{');
    json_put_text(w, "scorer", c->scorer);
    if (c->name)
        json_put_text(w, "name", c->name);
    json_open(w, "labels", '[');
    for (size_t i = 0; i < c->n_label; i++)
        json_put_text(w, NULL, c->label[i]);
    json_close(w, ']');
    json_open(w, "counts", '[');
    for (size_t i = 0; i < c->n_label; i++) {
        json_open(w, NULL, '[');
        for (size_t k = 0; k <= c->n_label; k++)
            json_put_int(w, NULL, (int64_t)confusion_count(c, i, k));
        json_close(w, ']');
    }
    json_close(w, ']');
    json_open(w, "per_label", '[');
    for (size_t i = 0; i < c->n_label; i++)
        put_label(w, c, i);
    json_close(w, ']');
    json_close(w, '}');
}

static void put_confusions(struct json_writer *w, const struct cell *cell)
{
    if (!cell->n_confusion)
        return;
    json_open(w, "confusion", '[');
    for (size_t i = 0; i < cell->n_confusion; i++)
        put_confusion(w, &cell->confusion[i]);
    json_close(w, ']');
}

static void put_counts(struct json_writer *w, const struct cell *cell)
{
    json_put_int(w, "n_asked", (int64_t)cell->n_asked);
    json_put_int(w, "n_done", (int64_t)cell->n_done);
    json_put_int(w, "n_waiting", (int64_t)cell->n_waiting);
    json_put_int(w, "n_failed", (int64_t)cell->n_failed);
    put_classes(w, "failed", cell->failure, cell->n_failure);
    json_put_int(w, "n_shortened", (int64_t)cell->n_shortened);
    json_put_int(w, "n_straddled", (int64_t)cell->n_straddle);
    json_put_int(w, "n_tied", (int64_t)cell->n_tie);
    json_put_int(w, "n_torn", (int64_t)cell->n_torn);
    json_put_int(w, "n_conflicting", (int64_t)cell->n_conflict);
}

static void put_result(struct json_writer *w, const struct report *r, const struct cell *cell,
                       size_t c, enum report_by by, struct arena *mem)
{
    const struct column *column = &r->column[c];
    const struct figure *f = cell_figure(cell, column);
    json_open(w, NULL, '{');
    json_put_int(w, "column", (int64_t)c);
    json_put_text(w, "task", column->task);
    json_put_text(w, "recipe", column->recipe);
    json_put_text(w, "lang", column->lang);
    json_put_bool(w, "sample", column->sample);
    json_put_bool(w, "partial", column->partial);
    json_put_text(w, "average", column->average);
    json_put_text(w, "metric", cell->headline ? cell->headline->metric : NULL);
    json_put_number(w, "value", f ? f->value : NAN);
    json_put_number(w, "low", f ? f->ci.low : NAN);
    json_put_number(w, "high", f ? f->ci.high : NAN);
    json_put_int(w, "n", f ? (int64_t)f->n : 0);
    if (f && f->resampled)
        json_put_text(w, "interval", "bootstrap");
    put_counts(w, cell);
    put_usage(w, &cell->usage);
    put_ledgers(w, cell);
    put_confusions(w, cell);
    json_marks(w, cell_marks(cell, false, mem));
    json_open(w, "metrics", '[');
    for (size_t i = 0; i < cell->n_metric; i++)
        put_metric(w, &cell->metric[i], by);
    json_close(w, ']');
    json_close(w, '}');
}

/* What the engine said of the model that does not name a place on a disk. */
static void put_model_facts(struct json_writer *w, const cJSON *model)
{
    static const char *const keys[] = { "architecture", "parameters", "quantisation",
                                        "context" };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_get(model, keys[i]))
            json_put_tree(w, keys[i], json_get(model, keys[i]));
    json_put_text(w, "engine", engine_name(model));
    json_put_text(w, "engine_version", engine_version(model));
}

static void put_row(struct json_writer *w, const struct report *r, const struct model_row *row,
                    enum report_by by, struct arena *mem)
{
    json_open(w, NULL, '{');
    json_put_text(w, "model", row->label);
    json_put_text(w, "family", row->family);
    json_put_text(w, "sha256", row->sha256);
    put_model_facts(w, row->model);
    json_open(w, "results", '[');
    for (size_t c = 0; c < r->n_column; c++)
        if (row->cell[c].present)
            put_result(w, r, &row->cell[c], c, by, mem);
    json_close(w, ']');
    json_beside(w, r, row, mem);
    json_close(w, '}');
}

static int json_render(const struct report *r, const struct report_style *style,
                       struct strbuf *out, struct err *e)
{
    (void)e;
    struct arena mem = { 0 };
    struct json_writer w = { .out = out, .indent = 2 };
    json_open(&w, NULL, '{');
    json_put_int(&w, "schema", SCHEMA);
    json_open(&w, "columns", '[');
    for (size_t c = 0; c < r->n_column; c++)
        put_column(&w, &r->column[c], &mem);
    json_close(&w, ']');
    json_groups(&w, r);
    json_open(&w, "models", '[');
    for (size_t i = 0; i < r->n_row; i++)
        put_row(&w, r, &r->row[i], style->by, &mem);
    json_close(&w, ']');
    json_put_int(&w, "n_torn", (int64_t)r->n_torn);
    json_close(&w, '}');
    strbuf_putc(out, '\n');
    arena_release(&mem);
    return 0;
}

extern const struct format format_json;
const struct format format_json = { "json", "every figure, for programs", json_render };
