#ifndef EVALRUN_SCORERS_VOTE_H
#define EVALRUN_SCORERS_VOTE_H
/*
 * The majority among the draws of one question, maj@n (self-consistency; Wang et
 * al. 2023). Draws whose answers the scorer takes for the same count together, as
 * the first of them; draws without an answer do not vote. Of several answers with
 * the most votes the one that was drawn first wins.
 */
#include <stddef.h>

#include "base/extract.h"
#include "scorers/answer.h"

struct voting {
    bool (*same)(const void *rule, const char *a, const char *b, struct arena *mem);
    const void *rule;
};

/* The draw whose answer wins, n_draw when no draw has one. */
size_t vote(const struct voting *v, const struct answers *a, struct arena *mem);

/* What a scorer adds to its metrics, with `stat` its place. */
#define VOTE_METRIC(place) \
    { "maj@n", "the answer most draws give is right; of equals, the first drawn", true, true, \
      .stat = (place) }

#endif
