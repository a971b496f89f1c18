#include "scorers/corpus.h"

#include <string.h>

const char *corpus_text(const struct answers *a, size_t draw)
{
    const char *text = a->draw[draw].text;
    return text ? text : "";
}

void corpus_stat(double *stat, const struct answers *a)
{
    answers_stat(stat, a);
    stat[CORPUS_TEXTS] = (double)a->n_draw;
    stat[CORPUS_REFS] = (double)(a->n_draw * a->n_target);
}

void corpus_sum(double *sum, const double *stat, size_t n, size_t n_stat)
{
    memset(sum, 0, n_stat * sizeof *sum);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_stat; k++)
            sum[k] += stat[i * n_stat + k];
}

double corpus_line(const double *stat, size_t n_stat)
{
    (void)n_stat;
    return stat[0];
}

const char *corpus_refs(size_t n_ref, struct arena *mem)
{
    return n_ref ? arena_printf(mem, "nrefs:%zu", n_ref) : "nrefs:var";
}
