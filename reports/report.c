/* The report's life: collect, arrange, fold, set side by side. */
#include "reports/report.h"

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
    for (size_t i = 0; i < in->n_score; i++)
        cJSON_Delete(in->score[i]);
    free(in->score);
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

const struct figure *metric_figure(const struct metric_figures *m, const struct column *column)
{
    return strcmp(column->average, "macro") ? &m->micro : &m->macro;
}

const struct figure *cell_figure(const struct cell *cell, const struct column *column)
{
    return cell->present && cell->headline ? metric_figure(cell->headline, column) : NULL;
}

static int fill_row(struct report *r, size_t row, struct err *e)
{
    for (size_t c = 0; c < r->n_column; c++) {
        struct merged m;
        int rc = merge_cell(&m, r, row, c, &r->mem, e);
        if (rc == 0 && m.part)
            rc = fold_cell(&r->row[row].cell[c], &m, &r->mem, e);
        if (rc == 0 && m.part) {
            count_ledgers(&r->row[row].cell[c], &m, r->extract_name, &r->mem);
            count_confusions(&r->row[row].cell[c], &m, &r->mem);
        }
        merged_release(&m);
        if (rc < 0)
            return rc;
        r->n_torn += r->row[row].cell[c].n_torn;
    }
    average_row(r, &r->row[row]);
    find_draws(r, &r->row[row]);
    find_published(r, row);
    return find_pairs(r, row, e);
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
