/* From the samples of a cell to its figures: whole, per subset, per category. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/figure.h"
#include "reports/input.h"
#include "scorers/scorer.h"

/* The scored samples of a cell and one scorer: subset by subset, in order. */
struct rows {
    const struct scorer_type *type;
    const struct merged *m;
    size_t first;  /* of the scorer's statistics among all of a line's */
    size_t *start; /* n_subset + 1 rows */
    size_t n, n_subset;
};

/* A metric and the numbers it is made of, row by row: one each, but for a
 * metric that folds whole rows. */
struct numbers {
    const struct metric *metric;
    double *x;
    size_t width;
    const struct rows *rows;
    bool shown; /* what nobody looks at is not worth a bootstrap */
};

static int count_rows(struct rows *rows, struct err *e)
{
    const struct merged *m = rows->m;
    rows->start = xcalloc(m->n_subset + 1, sizeof *rows->start);
    rows->n_subset = m->n_subset;
    for (size_t s = 0; s < m->n_subset; s++) {
        for (size_t i = m->start[s]; i < m->start[s + 1]; i++) {
            struct line line;
            pack_peek(&line, &m->in->pack, m->place[i]);
            if (line.bad)
                return err_set(e, ERR_MISMATCH,
                               "sample %s has no '%s' statistics of this version; `evalrun score "
                               "RUN` makes them anew", line.bad, rows->type->name);
            rows->n += !line.failed;
        }
        rows->start[s + 1] = rows->n;
    }
    return 0;
}

/* n statistics of every row, from the scorer's k-th on. */
static void take_stats(double *x, const struct rows *rows, size_t k, size_t n)
{
    const struct merged *m = rows->m;
    for (size_t i = 0; i < m->n; i++) {
        struct line line;
        pack_peek(&line, &m->in->pack, m->place[i]);
        if (line.failed)
            continue;
        pack_stats(x, &m->in->pack, &m->part->scorers.shape, m->place[i], rows->first + k, n);
        x += n;
    }
}

/* The figure over n rows that begin at x. */
static struct figure micro(const struct numbers *c, const double *x, size_t n)
{
    return figure_metric(c->metric, x, n, c->width, c->shown);
}

/* Over the chosen subsets; those that stand together need no copy. */
static struct figure micro_of(const struct numbers *c, const bool *chosen)
{
    const size_t *start = c->rows->start;
    size_t n = 0, from = 0, to = 0;
    for (size_t s = 0; s < c->rows->n_subset; s++)
        if (chosen[s] && start[s + 1] > start[s]) {
            from = n ? from : start[s];
            to = start[s + 1];
            n += to - start[s];
        }
    if (n == to - from)
        return micro(c, &c->x[from * c->width], n);
    double *x = xcalloc(n, c->width * sizeof *x), *end = x;
    for (size_t s = 0; s < c->rows->n_subset; s++) {
        size_t len = chosen[s] ? (start[s + 1] - start[s]) * c->width : 0;
        memcpy(end, &c->x[start[s] * c->width], len * sizeof *x);
        end += len;
    }
    struct figure f = micro(c, x, n);
    free(x);
    return f;
}

static size_t count_failed(const struct rows *rows, const bool *chosen)
{
    size_t n = 0;
    const size_t *all = rows->m->start, *scored = rows->start;
    for (size_t s = 0; s < rows->n_subset; s++)
        if (chosen[s])
            n += all[s + 1] - all[s] - (scored[s + 1] - scored[s]);
    return n;
}

static bool in_category(const struct manifest_subset *subset, const char *name)
{
    for (size_t i = 0; i < subset->n_category; i++)
        if (!strcmp(subset->category[i], name))
            return true;
    return false;
}

/* All categories, in order of first appearance. */
static const char **list_categories(size_t *n, const struct merged *m, struct arena *mem)
{
    size_t most = 0;
    for (size_t s = 0; s < m->n_subset; s++)
        most += m->subset[s].n_category;
    const char **names = arena_array(mem, most, sizeof *names);
    *n = 0;
    for (size_t s = 0; s < m->n_subset; s++)
        for (size_t i = 0; i < m->subset[s].n_category; i++) {
            const char *name = m->subset[s].category[i];
            size_t k = 0;
            while (k < *n && strcmp(names[k], name))
                k++;
            if (k == *n)
                names[(*n)++] = name;
        }
    return names;
}

static void fold_subsets(struct metric_figures *out, struct figure *figure,
                         const struct numbers *c, struct arena *mem)
{
    const struct rows *rows = c->rows;
    const struct manifest_subset *subset = rows->m->subset;
    const struct interval bounds = figure_bounds(c->metric->proportion);
    bool *chosen = xcalloc(rows->n_subset + 1, sizeof *chosen);
    out->n_subset = rows->n_subset;
    out->subset = arena_array(mem, rows->n_subset, sizeof *out->subset);
    for (size_t s = 0; s < rows->n_subset; s++) {
        size_t from = rows->start[s];
        figure[s] = micro(c, &c->x[from * c->width], rows->start[s + 1] - from);
        chosen[s] = true;
        out->subset[s] = (struct group){ .name = subset[s].name,
                                         .title_zh = subset[s].title_zh,
                                         .title_en = subset[s].title_en,
                                         .micro = figure[s],
                                         .macro = figure_macro(figure, chosen,
                                                               rows->n_subset, bounds),
                                         .failed = count_failed(rows, chosen) };
        chosen[s] = false;
    }
    free(chosen);
}

static void fold_categories(struct metric_figures *out, const struct figure *figure,
                            const struct numbers *c, struct arena *mem)
{
    const struct merged *m = c->rows->m;
    const char **names = list_categories(&out->n_category, m, mem);
    const struct interval bounds = figure_bounds(c->metric->proportion);
    bool *chosen = xcalloc(m->n_subset + 1, sizeof *chosen);
    out->category = arena_array(mem, out->n_category, sizeof *out->category);
    for (size_t k = 0; k < out->n_category; k++) {
        for (size_t s = 0; s < m->n_subset; s++)
            chosen[s] = in_category(&m->subset[s], names[k]);
        out->category[k] = (struct group){ .name = names[k], .title_zh = "", .title_en = "",
                                           .micro = micro_of(c, chosen),
                                           .macro = figure_macro(figure, chosen,
                                                                 m->n_subset, bounds),
                                           .failed = count_failed(c->rows, chosen) };
    }
    free(chosen);
}

static void fold_metric(struct metric_figures *out, const struct numbers *c, struct arena *mem)
{
    const struct rows *rows = c->rows;
    struct figure *figure = xcalloc(rows->n_subset + 1, sizeof *figure);
    bool *all = xcalloc(rows->n_subset + 1, sizeof *all);
    for (size_t s = 0; s < rows->n_subset; s++)
        all[s] = true;
    out->scorer = rows->type->name;
    out->metric = c->metric->name;
    out->type = c->metric;
    out->section = section_of(rows->type->name);
    out->up = c->metric->up;
    out->proportion = c->metric->proportion;
    fold_subsets(out, figure, c, mem);
    fold_categories(out, figure, c, mem);
    out->micro = micro(c, c->x, rows->n);
    out->macro = figure_macro(figure, all, rows->n_subset,
                              figure_bounds(c->metric->proportion));
    free(figure);
    free(all);
}

static bool is_shown(const cJSON *spec, const struct scorer_type *type, const char *metric)
{
    const cJSON *show = json_get(spec, "show"), *c;
    if (!cJSON_IsArray(show))
        return !strcmp(metric, type->metric[0].name);
    cJSON_ArrayForEach(c, show)
        if (cJSON_IsString(c) && !strcmp(c->valuestring, metric))
            return true;
    return false;
}

static size_t count_metrics(const struct scorer_type *type)
{
    size_t n = 0;
    while (type->metric[n].name)
        n++;
    return n;
}

size_t stat_place(const struct scorer_type *type, const char *name)
{
    size_t k = 0;
    while (k < type->n_stat && strcmp(type->stat[k], name) != 0)
        k++;
    return k;
}

/* "tie" is a statistic of scorers that choose among options. */
static size_t count_ties(const struct rows *rows)
{
    const struct merged *m = rows->m;
    size_t k = stat_place(rows->type, "tie"), n = 0;
    for (size_t i = 0; i < m->n && k < rows->type->n_stat; i++) {
        struct line line;
        double tie = 0;
        pack_peek(&line, &m->in->pack, m->place[i]);
        if (!line.failed)
            pack_stats(&tie, &m->in->pack, &m->part->scorers.shape, m->place[i],
                       rows->first + k, 1);
        n += tie > 0;
    }
    return n;
}

/* How many right answers each text had, where the scorer keeps "texts" and "refs";
 * else, or when it differs, 0. */
static size_t count_refs(const struct rows *rows)
{
    const struct merged *m = rows->m;
    size_t texts = stat_place(rows->type, "texts"), refs = stat_place(rows->type, "refs"), n = 0;
    for (size_t i = 0; i < m->n && refs < rows->type->n_stat && texts + 1 == refs; i++) {
        struct line line;
        double pair[2] = { 0 };
        pack_peek(&line, &m->in->pack, m->place[i]);
        if (line.failed)
            continue;
        pack_stats(pair, &m->in->pack, &m->part->scorers.shape, m->place[i], rows->first + texts,
                   2);
        size_t own = pair[0] > 0 ? (size_t)(pair[1] / pair[0]) : 0;
        if (n && own != n)
            return 0;
        n = own;
    }
    return n;
}

/* Figures of a recipe that this version does not read any more have none. */
static void sign(struct metric_figures *list, size_t n, const struct rows *rows,
                 const cJSON *spec, struct arena *mem)
{
    const struct scorer_type *type = rows->type;
    struct err e = { 0 };
    void *rule = NULL;
    if (!type->signature || type->compile(&rule, spec, &e) < 0)
        return;
    size_t n_ref = count_refs(rows);
    for (size_t i = 0; i < n; i++)
        list[i].signature = type->signature(rule, list[i].type, n_ref, mem);
    if (type->free)
        type->free(rule);
}

static void fold_metrics(struct cell *out, const struct rows *rows, const cJSON *spec,
                         struct arena *mem)
{
    const struct scorer_type *type = rows->type;
    const size_t first = out->n_metric;
    for (const struct metric *metric = type->metric; metric->name; metric++) {
        struct metric_figures *figures = &out->metric[out->n_metric++];
        struct numbers c = { .metric = metric, .rows = rows,
                            .width = metric->fold ? type->n_stat : 1,
                            .shown = is_shown(spec, type, metric->name) };
        c.x = xcalloc(rows->n, c.width * sizeof *c.x);
        take_stats(c.x, rows, metric->fold ? 0 : metric->stat, c.width);
        fold_metric(figures, &c, mem);
        figures->shown = c.shown;
        figures->name = json_text(spec, "name", NULL);
        free(c.x);
    }
    sign(&out->metric[first], out->n_metric - first, rows, spec, mem);
}

static int fold_scorer(struct cell *out, const cJSON *spec, size_t place,
                       const struct merged *m, struct arena *mem, struct err *e)
{
    const char *name = NULL;
    if (json_need_text(&name, spec, "use", e) < 0)
        return err_in(e, "score[%zu]", place);
    struct rows rows = { .type = scorer_find(name), .m = m,
                         .first = m->part->scorers.first[place] };
    if (!rows.type)
        return err_set(e, ERR_INPUT, "score[%zu]: unknown scorer '%s'", place, name);
    int rc = count_rows(&rows, e);
    if (rc == 0) {
        fold_metrics(out, &rows, spec, mem);
        size_t n = count_ties(&rows); /* of several scorers: no sample counts twice */
        out->n_tie = n > out->n_tie ? n : out->n_tie;
    }
    free(rows.start);
    return rc;
}

const struct metric *headline_of(const cJSON *specs)
{
    const cJSON *spec = specs ? specs->child : NULL, *show = json_get(spec, "show");
    const struct scorer_type *type = scorer_find(json_text(spec, "use", ""));
    if (!type)
        return NULL;
    const struct metric *wanted = cJSON_IsArray(show) && cJSON_IsString(show->child)
                                      ? metric_find(type, show->child->valuestring)
                                      : NULL;
    return wanted ? wanted : type->metric;
}

/* Of the first scorer, whose metrics come first. */
static const struct metric_figures *find_headline(const struct cell *cell, const cJSON *specs)
{
    const struct metric *wanted = headline_of(specs);
    for (size_t i = 0; i < cell->n_metric && wanted; i++)
        if (!strcmp(cell->metric[i].metric, wanted->name))
            return &cell->metric[i];
    return NULL;
}

int fold_cell(struct cell *out, const struct merged *m, struct arena *mem, struct err *e)
{
    const struct part *part = m->part;
    const cJSON *specs = part->task->score, *spec;
    size_t n_metric = 0, place = 0;
    cJSON_ArrayForEach(spec, specs) {
        const struct scorer_type *type = scorer_find(json_text(spec, "use", ""));
        n_metric += type ? count_metrics(type) : 0;
    }
    out->present = true;
    out->metric = arena_array(mem, n_metric, sizeof *out->metric);
    cJSON_ArrayForEach(spec, specs)
        if (fold_scorer(out, spec, place++, m, mem, e) < 0)
            return err_in(e, "%s: %s", part->dir, part->task->task);
    out->headline = find_headline(out, specs);
    count_usage(out, m, mem);
    out->n_asked = part->task->n;
    out->n_done = m->n;
    out->n_waiting = out->n_asked > m->n ? out->n_asked - m->n : 0;
    out->n_torn = m->n_torn;
    out->n_conflict = m->n_conflict;
    out->numerics = m->numerics;
    return 0;
}
