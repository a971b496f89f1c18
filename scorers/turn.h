#ifndef EVALRUN_SCORERS_TURN_H
#define EVALRUN_SCORERS_TURN_H
/* Which turn of a trace a scorer is about. */
#include "base/err.h"
#include "base/flow.h"

/* The turn of step `on`, or with on NULL the last that asked this. It is an
 * error when there is none, or when step `on` asked something else. */
MUST_USE int turn_find(const struct turn **out, const struct trace *t, const char *on,
                       enum ask ask, struct err *e);

#endif
