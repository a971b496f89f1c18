#include "scorers/shown.h"

#include "base/spec.h"

enum { MAX_METRICS = 64 };

int shown_check(const cJSON *spec, const struct metric *metric, struct err *e)
{
    const char *names[MAX_METRICS + 1] = { NULL };
    const char *name;
    for (size_t n = 0; metric[n].name && n < MAX_METRICS; n++)
        names[n] = metric[n].name;
    if (spec_words(spec, "show", "metric", names, e) < 0 ||
        spec_text(&name, spec, "name", e) < 0)
        return e->code;
    if (name && !*name)
        return err_set(e, ERR_INPUT, "name: it is empty");
    return 0;
}
