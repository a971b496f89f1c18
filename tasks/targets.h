#ifndef EVALRUN_TASKS_TARGETS_H
#define EVALRUN_TASKS_TARGETS_H
/* The right answers of a text that is written. */
#include "tasks/options.h"

struct targets {
    const char **text; /* in the arena */
    size_t n;
};

/* All that the row has at the step's `targets`, in their order, the same text as
 * often as it stands there, an object as its JSON; without that key, the one
 * rendered target. That there is none is an error, but for steps where "" is right
 * then. */
MUST_USE int targets_read(struct targets *out, const struct asking *a, const struct view *v);

#endif
