#include "evaluator/engines/llama_trunk.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void trunk_init(struct trunk *t, size_t n_ctx)
{
    *t = (struct trunk){ .id = xcalloc(n_ctx + 1, sizeof *t->id) };
    t->bound = xcalloc(n_ctx + 1, sizeof *t->bound);
    t->next = xcalloc(n_ctx + 1, sizeof *t->next);
}

void trunk_release(struct trunk *t)
{
    free(t->id);
    free(t->bound);
    free(t->next);
    *t = (struct trunk){ 0 };
}

void trunk_plan(struct trunk *t, const size_t *cut, size_t n_cut, size_t limit, size_t step,
                size_t least, bool on)
{
    size_t at = 0;
    t->n_next = 0;
    for (size_t k = 0; k < n_cut; k++) {
        size_t end = cut[k] < limit ? cut[k] : limit;
        if (end < at + least)
            continue;
        while (at < end) {
            size_t to = at + step < end ? at + step : end;
            if (end > to && end - to < least)
                to = end - least;
            t->next[t->n_next++] = at = to;
        }
    }
    for (; on && limit >= at + step; t->n_next++)
        t->next[t->n_next] = at += step;
}

size_t trunk_found(const struct trunk *t, const int32_t *id)
{
    size_t n = 0, at = 0;
    while (n < t->n_bound && n < t->n_next && t->bound[n] == t->next[n] &&
           memcmp(t->id + at, id + at, (t->next[n] - at) * sizeof *id) == 0)
        at = t->next[n++];
    return n;
}

void trunk_cut(struct trunk *t, size_t n_batch)
{
    t->n_bound = n_batch;
    t->n = n_batch > 0 ? t->bound[n_batch - 1] : 0;
}

size_t trunk_next(const struct trunk *t, size_t *end)
{
    *end = t->next[t->n_bound];
    return t->n;
}

void trunk_add(struct trunk *t, const int32_t *id)
{
    size_t end = t->next[t->n_bound];
    memcpy(t->id + t->n, id + t->n, (end - t->n) * sizeof *id);
    t->bound[t->n_bound++] = t->n = end;
}
