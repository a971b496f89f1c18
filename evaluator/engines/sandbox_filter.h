#ifndef EVALRUN_EVALUATOR_ENGINES_SANDBOX_FILTER_H
#define EVALRUN_EVALUATOR_ENGINES_SANDBOX_FILTER_H
/*
 * The filter of system calls that every isolated program runs under: what a
 * test program has no business with fails with EPERM, calls that are newer
 * than this table with ENOSYS, and calls of another architecture kill. It is
 * classic BPF, written out here: a table of some eighty numbers needs no
 * library.
 */
#include <stdbool.h>

#include "base/strbuf.h"

/* Append the filter, as bubblewrap's --seccomp reads it. False where this
 * processor's numbers are not known. */
bool sandbox_filter(struct strbuf *out);

#endif
