#ifndef EVALRUN_EVALUATOR_CHECK_NUMERICS_H
#define EVALRUN_EVALUATOR_CHECK_NUMERICS_H
/* `evalrun check --numerics`: how much log-probabilities, choices and texts of
 * the linked engine depend on what it shares and on what it does at once. */
#include "evaluator/asked.h"

/* An exit_status, or a negative err_code. */
MUST_USE int check_numerics(const struct asked *a, struct err *e);

#endif
