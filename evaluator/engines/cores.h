#ifndef EVALRUN_EVALUATOR_ENGINES_CORES_H
#define EVALRUN_EVALUATOR_ENGINES_CORES_H
/* Physical cores of this machine (hyper-threads count once), or the container's
 * share of them when that is less; at least 1. */
int cores_physical(void);

#endif
