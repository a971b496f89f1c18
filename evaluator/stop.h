#ifndef EVALRUN_EVALUATOR_STOP_H
#define EVALRUN_EVALUATOR_STOP_H
/*
 * Ctrl-C and SIGTERM: the first asks the run loop to finish cleanly, the
 * second ends the program at once (the journal is safe either way).
 */
#include <stdbool.h>

void stop_install(void);
bool stop_asked(void);

#endif
