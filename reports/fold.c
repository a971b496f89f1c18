/* From the samples of a cell to its figures: whole, per subset, per category. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/input.h"
#include "scorers/scorer.h"

/* The statistics of one scorer over the scored samples of a cell, row by row
 * and subset by subset. */
struct rows {
    const struct scorer_type *type;
    double *stat;
    size_t *start; /* n_subset + 1 rows */
    size_t n, n_subset;
};

static int fill_rows(struct rows *rows, const struct merged *m, size_t place, struct err *e)
{
    size_t width = rows->type->n_stat;
    rows->stat = xcalloc(m->n * width + 1, sizeof *rows->stat);
    rows->start = xcalloc(m->n_subset + 1, sizeof *rows->start);
    rows->n_subset = m->n_subset;
    for (size_t s = 0; s < m->n_subset; s++) {
        for (size_t i = m->start[s]; i < m->start[s + 1]; i++) {
            const struct item *item = &m->item[i];
            if (item->failed)
                continue;
            const struct score *score = place < item->n_score ? &item->score[place] : NULL;
            if (!score || strcmp(score->scorer, rows->type->name) || score->n_stat != width)
                return err_set(e, ERR_MISMATCH,
                               "sample %s has no '%s' statistics of this version", item->id,
                               rows->type->name);
            memcpy(&rows->stat[rows->n++ * width], score->stat, width * sizeof *rows->stat);
        }
        rows->start[s + 1] = rows->n;
    }
    return 0;
}

static struct figure no_figure(void)
{
    return (struct figure){ .value = NAN, .ci = { NAN, NAN }, .variance = NAN };
}

static double count_right(const struct metric *metric, const double *stat, size_t n,
                          size_t width)
{
    double right = 0;
    for (size_t i = 0; i < n; i++)
        right += stat[i * width + metric->stat];
    return right;
}

/* Squared standard error of a mean of plain numbers. */
static double mean_variance(const struct metric *metric, const double *stat, size_t n,
                            size_t width)
{
    if (n < 2 || metric->fold)
        return NAN;
    double *x = xcalloc(n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = stat[i * width + metric->stat];
    double error = stats_standard_error(x, n);
    free(x);
    return error * error;
}

static struct figure micro(const struct metric *metric, const double *stat, size_t n,
                           size_t width)
{
    struct figure f = no_figure();
    if (!n)
        return f;
    f.n = n;
    f.value = metric_fold(metric, stat, n, width);
    if (metric->proportion) {
        double right = count_right(metric, stat, n, width);
        f.ci = stats_wilson(right, n);
        f.variance = stats_stratum_variance(right, n);
    } else {
        f.variance = mean_variance(metric, stat, n, width);
        if (!isnan(f.variance))
            f.ci = stats_normal(f.value, f.variance, -INFINITY, INFINITY);
    }
    return f;
}

/* Mean of the figures of the chosen subsets that have samples. */
static struct figure macro(const struct figure *subset, const bool *chosen, size_t n,
                           bool proportion)
{
    struct figure f = no_figure();
    struct macro mean = { 0 };
    size_t last = 0;
    for (size_t i = 0; i < n; i++) {
        if (!chosen[i] || !subset[i].n)
            continue;
        stats_macro_add(&mean, subset[i].value, subset[i].variance);
        f.n += subset[i].n;
        last = i;
    }
    if (!mean.k)
        return f;
    if (mean.k == 1) /* its own interval is the better one */
        return subset[last];
    f.value = stats_macro_mean(&mean);
    f.variance = stats_macro_variance(&mean);
    double bound = proportion ? 1 : INFINITY;
    if (!isnan(f.variance))
        f.ci = stats_normal(f.value, f.variance, proportion ? 0 : -bound, bound);
    return f;
}

static struct figure micro_of(const struct metric *metric, const struct rows *rows,
                              const bool *chosen)
{
    size_t width = rows->type->n_stat, n = 0;
    double *stat = xcalloc(rows->n * width + 1, sizeof *stat);
    for (size_t s = 0; s < rows->n_subset; s++) {
        size_t len = chosen[s] ? rows->start[s + 1] - rows->start[s] : 0;
        memcpy(&stat[n * width], &rows->stat[rows->start[s] * width],
               len * width * sizeof *stat);
        n += len;
    }
    struct figure f = micro(metric, stat, n, width);
    free(stat);
    return f;
}

static size_t count_failed(const struct merged *m, const bool *chosen)
{
    size_t n = 0;
    for (size_t s = 0; s < m->n_subset; s++)
        for (size_t i = m->start[s]; i < m->start[s + 1]; i++)
            n += chosen[s] && m->item[i].failed;
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
                         const struct metric *metric, const struct rows *rows,
                         const struct merged *m, struct arena *mem)
{
    bool *chosen = xcalloc(m->n_subset + 1, sizeof *chosen);
    out->n_subset = m->n_subset;
    out->subset = arena_array(mem, m->n_subset, sizeof *out->subset);
    for (size_t s = 0; s < m->n_subset; s++) {
        size_t width = rows->type->n_stat, from = rows->start[s];
        figure[s] = micro(metric, &rows->stat[from * width], rows->start[s + 1] - from, width);
        chosen[s] = true;
        out->subset[s] = (struct group){ .name = m->subset[s].name,
                                         .title_zh = m->subset[s].title_zh,
                                         .title_en = m->subset[s].title_en,
                                         .micro = figure[s],
                                         .macro = macro(figure, chosen, m->n_subset,
                                                        metric->proportion),
                                         .failed = count_failed(m, chosen) };
        chosen[s] = false;
    }
    free(chosen);
}

static void fold_categories(struct metric_figures *out, const struct figure *figure,
                            const struct metric *metric, const struct rows *rows,
                            const struct merged *m, struct arena *mem)
{
    const char **names = list_categories(&out->n_category, m, mem);
    bool *chosen = xcalloc(m->n_subset + 1, sizeof *chosen);
    out->category = arena_array(mem, out->n_category, sizeof *out->category);
    for (size_t c = 0; c < out->n_category; c++) {
        for (size_t s = 0; s < m->n_subset; s++)
            chosen[s] = in_category(&m->subset[s], names[c]);
        out->category[c] = (struct group){ .name = names[c], .title_zh = "", .title_en = "",
                                           .micro = micro_of(metric, rows, chosen),
                                           .macro = macro(figure, chosen, m->n_subset,
                                                          metric->proportion),
                                           .failed = count_failed(m, chosen) };
    }
    free(chosen);
}

static void fold_metric(struct metric_figures *out, const struct metric *metric,
                        const struct rows *rows, const struct merged *m, struct arena *mem)
{
    struct figure *figure = xcalloc(m->n_subset + 1, sizeof *figure);
    bool *all = xcalloc(m->n_subset + 1, sizeof *all);
    for (size_t s = 0; s < m->n_subset; s++)
        all[s] = true;
    out->scorer = rows->type->name;
    out->metric = metric->name;
    out->up = metric->up;
    out->proportion = metric->proportion;
    fold_subsets(out, figure, metric, rows, m, mem);
    fold_categories(out, figure, metric, rows, m, mem);
    out->micro = micro(metric, rows->stat, rows->n, rows->type->n_stat);
    out->macro = macro(figure, all, m->n_subset, metric->proportion);
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

/* "tie" is a statistic of scorers that choose among options. */
static size_t count_ties(const struct rows *rows)
{
    size_t width = rows->type->n_stat, n = 0;
    for (size_t k = 0; k < width; k++)
        for (size_t i = 0; i < rows->n && !strcmp(rows->type->stat[k], "tie"); i++)
            n += rows->stat[i * width + k] > 0;
    return n;
}

static int fold_scorer(struct cell *out, const cJSON *spec, size_t place,
                       const struct merged *m, struct arena *mem, struct err *e)
{
    const char *name = NULL;
    if (json_need_text(&name, spec, "use", e) < 0)
        return err_in(e, "score[%zu]", place);
    struct rows rows = { .type = scorer_find(name) };
    if (!rows.type)
        return err_set(e, ERR_INPUT, "score[%zu]: unknown scorer '%s'", place, name);
    int rc = fill_rows(&rows, m, place, e);
    if (rc == 0) {
        for (size_t i = 0; i < count_metrics(rows.type); i++) {
            struct metric_figures *figures = &out->metric[out->n_metric++];
            fold_metric(figures, &rows.type->metric[i], &rows, m, mem);
            figures->shown = is_shown(spec, rows.type, figures->metric);
        }
        out->n_tie += count_ties(&rows);
    }
    free(rows.stat);
    free(rows.start);
    return rc;
}

/* The first metric that the first scorer's "show" names, in its order. */
static const struct metric_figures *find_headline(const struct cell *cell, const cJSON *spec)
{
    const cJSON *show = json_get(spec, "show");
    const char *wanted = cJSON_IsArray(show) && cJSON_IsString(show->child)
                             ? show->child->valuestring
                             : NULL;
    for (size_t i = 0; i < cell->n_metric && wanted; i++)
        if (!strcmp(cell->metric[i].metric, wanted))
            return &cell->metric[i];
    return cell->n_metric ? &cell->metric[0] : NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct failure_count *)a)->name,
                  ((const struct failure_count *)b)->name);
}

static void count_item(struct cell *out, const struct item *item, size_t *cap)
{
    out->n_shortened += item->shortened;
    out->n_straddle += item->n_straddle;
    if (!item->failed)
        return;
    out->n_failed++;
    for (size_t i = 0; i < out->n_failure; i++)
        if (!strcmp(out->failure[i].name, item->failed)) {
            out->failure[i].n++;
            return;
        }
    out->failure = grow(out->failure, out->n_failure, cap, sizeof *out->failure);
    out->failure[out->n_failure++] = (struct failure_count){ item->failed, 1 };
}

static void count_items(struct cell *out, const struct merged *m, struct arena *mem)
{
    size_t cap = 0;
    for (size_t i = 0; i < m->n; i++)
        count_item(out, &m->item[i], &cap);
    struct failure_count *heap = out->failure;
    out->failure = arena_array(mem, out->n_failure, sizeof *heap);
    if (out->n_failure) {
        qsort(heap, out->n_failure, sizeof *heap, by_name);
        memcpy(out->failure, heap, out->n_failure * sizeof *heap);
    }
    free(heap);
}

int fold_cell(struct cell *out, const struct part *part, const struct merged *m,
              struct arena *mem, struct err *e)
{
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
    out->headline = find_headline(out, specs ? specs->child : NULL);
    count_items(out, m, mem);
    out->n_asked = part->task->n;
    out->n_done = m->n;
    out->n_waiting = out->n_asked > m->n ? out->n_asked - m->n : 0;
    out->n_torn = m->n_torn;
    out->n_conflict = m->n_conflict;
    return 0;
}
