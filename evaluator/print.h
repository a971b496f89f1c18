#ifndef EVALRUN_EVALUATOR_PRINT_H
#define EVALRUN_EVALUATOR_PRINT_H
/* A report on standard output (or into a file), in the style asked for: shared
 * by the commands that end with a table. */
#include "base/err.h"
#include "reports/report.h"

struct print_style {
    const char *format; /* NULL = text */
    const char *by;     /* NULL, "category" or "subset" */
    const char *lang;   /* NULL or "en" or "zh" */
    const char *color;  /* NULL = auto, "always", "never" */
    const char *out;    /* NULL = standard output */
};

MUST_USE int print_report(const char *const *paths, size_t n, const struct print_style *style,
                          struct err *e);
/* The same for a report that is already collected. */
MUST_USE int print_collected(const struct report *r, const struct print_style *style,
                             struct err *e);
/* Its text alone, behind what is in `out`. */
MUST_USE int print_into(struct strbuf *out, const struct report *r,
                        const struct print_style *style, struct err *e);
struct report_style print_report_style(const struct print_style *style);

#endif
