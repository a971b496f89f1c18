#ifndef EVALRUN_SCORERS_SHOWN_H
#define EVALRUN_SCORERS_SHOWN_H
/*
 * The two options that every scorer takes, and reports read: which metrics are
 * shown, and what tells two entries of one scorer apart.
 */
#include "base/err.h"
#include "base/json.h"
#include "scorers/scorer.h"

/* "show": absent, or a list of this scorer's metrics; "name": absent, or a text
 * that is not empty. */
MUST_USE int shown_check(const cJSON *spec, const struct metric *metric, struct err *e);

#endif
