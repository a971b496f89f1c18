/* The report's life: collect, arrange, fold, average. */
#include "reports/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "reports/input.h"

struct report *report_new(void)
{
    struct report *r = xcalloc(1, sizeof *r);
    r->input = xcalloc(1, sizeof *r->input);
    return r;
}

void report_free(struct report *r)
{
    if (!r)
        return;
    struct report_input *in = r->input;
    for (size_t i = 0; i < in->n_part; i++)
        paged_release(&in->part[i].line);
    for (size_t i = 0; i < in->n_run; i++) {
        manifest_release(in->run[i]);
        free(in->run[i]);
    }
    free(in->part);
    free(in->run);
    free(in->seen);
    pack_release(&in->pack);
    names_release(&in->names);
    free(in);
    arena_release(&r->mem);
    free(r);
}

/* True the first time; a directory that is named twice counts once. */
static bool is_new(struct report_input *in, const char *dir)
{
    struct stat st;
    if (stat(dir, &st) < 0)
        return true; /* reading it will say why */
    for (size_t i = 0; i < in->n_seen; i++)
        if (in->seen[i].device == st.st_dev && in->seen[i].inode == st.st_ino)
            return false;
    in->seen = grow(in->seen, in->n_seen, &in->seen_cap, sizeof *in->seen);
    in->seen[in->n_seen++] = (struct seen){ st.st_dev, st.st_ino };
    return true;
}

int report_add(struct report *r, const char *path, struct err *e)
{
    const char **dirs = NULL;
    size_t n = 0;
    if (manifest_find(&dirs, &n, path, &r->mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (is_new(r->input, dirs[i]) && collect_run(r, dirs[i], e) < 0)
            return e->code;
    return 0;
}

const struct figure *cell_figure(const struct cell *cell, const struct column *column)
{
    if (!cell->present || !cell->headline)
        return NULL;
    return strcmp(column->average, "macro") ? &cell->headline->micro : &cell->headline->macro;
}

/* One task under several recipes has no mean with others: it would count
 * more than once. */
static bool is_mixed(const struct report *r, const char *lang)
{
    for (size_t i = 0; i < r->n_column; i++)
        for (size_t k = 0; k < i && !strcmp(r->column[i].lang, lang); k++)
            if (!strcmp(r->column[k].lang, lang) &&
                !strcmp(r->column[k].task, r->column[i].task))
                return true;
    return false;
}

static struct average_figure average(const struct report *r, const struct model_row *row,
                                     const char *lang)
{
    struct average_figure a = { .lang = lang, .mixed = is_mixed(r, lang) };
    struct macro mean = { 0 };
    bool proportion = true;
    struct figure single = { 0 };
    for (size_t c = 0; c < r->n_column; c++) {
        if (strcmp(r->column[c].lang, lang) != 0)
            continue;
        a.n_tasks++;
        const struct figure *f = cell_figure(&row->cell[c], &r->column[c]);
        if (!f || !f->n)
            continue;
        proportion &= row->cell[c].headline->proportion;
        single = *f;
        stats_macro_add(&mean, f->value, f->variance);
        a.figure.n += f->n;
        a.n_task++;
    }
    if (a.n_task == 1 && !a.mixed && proportion) { /* its own interval is the better one */
        a.figure = single;
        return a;
    }
    bool given = a.n_task && !a.mixed && proportion;
    a.figure.value = given ? stats_macro_mean(&mean) : NAN;
    a.figure.variance = given ? stats_macro_variance(&mean) : NAN;
    a.figure.ci = given ? stats_normal(a.figure.value, a.figure.variance, 0, 1)
                        : (struct interval){ NAN, NAN };
    return a;
}

static int fill_row(struct report *r, size_t row, struct err *e)
{
    for (size_t c = 0; c < r->n_column; c++) {
        struct merged m;
        int rc = merge_cell(&m, r, row, c, &r->mem, e);
        if (rc == 0 && m.part)
            rc = fold_cell(&r->row[row].cell[c], &m, &r->mem, e);
        merged_release(&m);
        if (rc < 0)
            return rc;
        r->n_torn += r->row[row].cell[c].n_torn;
    }
    for (size_t l = 0; l < r->n_lang; l++)
        r->row[row].average[l] = average(r, &r->row[row], r->lang[l]);
    return 0;
}

int report_finish(struct report *r, struct err *e)
{
    if (!r->input->n_part)
        return err_set(e, ERR_INPUT, "there is no run to report");
    if (arrange(r, e) < 0)
        return e->code;
    for (size_t i = 0; i < r->n_row; i++)
        if (fill_row(r, i, e) < 0)
            return e->code;
    return 0;
}
