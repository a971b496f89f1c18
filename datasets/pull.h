#ifndef EVALRUN_DATASETS_PULL_H
#define EVALRUN_DATASETS_PULL_H
/* Fetch a catalog entry's archive from upstream and import it. `endpoint` is
 * HF_ENDPOINT's value or the default, put where a URL says "{hf}". The archive
 * stays in <cache>/downloads so that a second pull needs no network; `fresh`
 * downloads it all the same, `offline` never downloads. */
#include <stdbool.h>

#include "base/err.h"
#include "datasets/store.h"

struct pull_options {
    const char *data, *cache, *endpoint;
    bool quiet, offline, fresh;
    int wait_ms; /* see http.h */
};

MUST_USE int dataset_pull(struct import_result *out, const struct catalog_entry *entry,
                          const struct pull_options *o, struct err *e);

#endif
