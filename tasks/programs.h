#ifndef EVALRUN_TASKS_PROGRAMS_H
#define EVALRUN_TASKS_PROGRAMS_H
/*
 * The question to the sandbox: one program for every draw of an earlier step. A
 * draw that holds none (a fault, or no rule finds one) has the solution "", which
 * the sandbox does not run.
 */
#include "tasks/options.h"

MUST_USE int programs_add(struct turn *out, const struct asking *a, const struct view *v);

/* The language of a subset's programs (NULL: of a set without subsets), before any
 * row is read. */
MUST_USE int programs_language(const char **out, const struct asking *a);

#endif
