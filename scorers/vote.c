#include "scorers/vote.h"

/* The first draw whose answer is the same as draw i's. */
static size_t first_same(const struct voting *v, const struct answers *a, size_t i,
                         struct arena *mem)
{
    for (size_t k = 0; k < i; k++)
        if (a->draw[k].text && v->same(v->rule, a->draw[k].text, a->draw[i].text, mem))
            return k;
    return i;
}

size_t vote(const struct voting *v, const struct answers *a, struct arena *mem)
{
    size_t *votes = arena_array(mem, a->n_draw, sizeof *votes), best = a->n_draw;
    for (size_t i = 0; i < a->n_draw; i++)
        if (a->draw[i].text)
            votes[first_same(v, a, i, mem)]++;
    for (size_t i = 0; i < a->n_draw; i++)
        if (votes[i] && (best == a->n_draw || votes[i] > votes[best]))
            best = i;
    return best;
}
