/* How the shown metrics were reckoned: signatures, and intervals that no formula gives. */
#include <string.h>

#include "reports/words.h"

static const char *text_of(const struct metric_figures *m, bool zh, struct arena *mem)
{
    bool resampled = m->micro.resampled || m->macro.resampled;
    for (size_t i = 0; i < m->n_subset; i++) /* what a macro mean is made of */
        resampled |= m->subset[i].micro.resampled;
    const char *sign = m->signature ? m->signature : "";
    const char *how = resampled ? word(WORD_BOOTSTRAP, zh) : "";
    return arena_printf(mem, "%s%s%s", sign, *sign && *how ? zh ? "；" : "; " : "", how);
}

/* Whether a list of names, "a, b", has this one. */
static bool has_name(const char *names, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = names; (at = strstr(at, name)); at += len)
        if ((at == names || at[-1] == ' ') && (!at[len] || at[len] == ','))
            return true;
    return false;
}

static void add(struct signed_metrics *list, const char *metric, const char *text,
                struct arena *mem)
{
    size_t i = 0;
    while (i < list->n && strcmp(list->entry[i].text, text) != 0)
        i++;
    struct signed_metric *entry = &list->entry[i];
    if (i == list->n)
        list->n++;
    else if (has_name(entry->names, metric))
        return;
    *entry = (struct signed_metric){
        .names = entry->names ? arena_printf(mem, "%s, %s", entry->names, metric) : metric,
        .text = text,
    };
}

static size_t count_all(const struct report *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t c = 0; c < r->n_column; c++)
            n += r->row[i].cell[c].n_metric;
    return n;
}

struct signed_metrics signed_metrics(const struct report *r, bool zh, struct arena *mem)
{
    struct signed_metrics list = { .entry = arena_array(mem, count_all(r),
                                                        sizeof *list.entry) };
    for (size_t i = 0; i < r->n_row; i++)
        for (size_t c = 0; c < r->n_column; c++) {
            const struct cell *cell = &r->row[i].cell[c];
            for (size_t k = 0; k < cell->n_metric; k++) {
                const struct metric_figures *m = &cell->metric[k];
                const char *text = m->shown && m->micro.n ? text_of(m, zh, mem) : "";
                if (*text)
                    add(&list, m->metric, text, mem);
            }
        }
    return list;
}
