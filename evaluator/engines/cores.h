#ifndef EVALRUN_EVALUATOR_ENGINES_CORES_H
#define EVALRUN_EVALUATOR_ENGINES_CORES_H
#include <stdbool.h>

/* Physical cores (hyper-threads count once) that this process may run on, or
 * the container's share of them when that is less; at least 1. */
int cores_physical(void);

/* Is the processor in a list as the kernel writes it, "0-3,8"? */
bool cores_listed(const char *list, long cpu);

#endif
