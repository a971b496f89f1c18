#ifndef EVALRUN_DATASETS_LAYOUT_H
#define EVALRUN_DATASETS_LAYOUT_H
/*
 * Which file of a copy of upstream's data is what. A pattern such as
 * "{split}/{subset}_{split}.csv" matches the end of a path, from any "/" on,
 * so that the folders around a copy do not matter.
 */
#include <stdbool.h>

#include "base/mem.h"
#include "datasets/catalog.h"

/* True when path ends as the split's pattern says; *subset (in mem) is what
 * stood for {subset}, "" when the pattern has none. */
bool layout_match(const char **subset, const struct catalog_split *split, const char *path,
                  struct arena *mem);

#endif
