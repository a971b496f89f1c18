#ifndef EVALRUN_DATASETS_KEEP_H
#define EVALRUN_DATASETS_KEEP_H
/*
 * The store's own housekeeping, shared by store.c and import.c: the lock,
 * and the removal of files that no manifest names.
 */
#include "base/err.h"

/* One writer per set: *fd holds <data>/.<name>.lock until keep_unlock(). */
MUST_USE int keep_lock(int *fd, const char *data, const char *name, struct err *e);
void keep_unlock(int fd); /* -1 is fine */

/* Remove the set's data files that its manifest does not name (all of them
 * when there is no manifest), then its folder if that left it empty. */
void keep_prune(const char *data, const char *name);

#endif
