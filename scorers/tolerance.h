#ifndef EVALRUN_SCORERS_TOLERANCE_H
#define EVALRUN_SCORERS_TOLERANCE_H
#include "base/err.h"
#include "base/json.h"

/* A number from 0 up to 1, not counted; *out stays as it is when it is absent. */
MUST_USE int tolerance_read(double *out, const cJSON *spec, const char *key, struct err *e);

#endif
