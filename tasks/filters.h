#ifndef EVALRUN_TASKS_FILTERS_H
#define EVALRUN_TASKS_FILTERS_H
/*
 * What may follow a value in a template: {{name|filter|filter}}, or stand
 * before a stretch of one: {{#filter|filter}}...{{/}}. A filter may take an
 * argument, which goes to the next bar or brace: {{name|drop:some text}}.
 *
 * To add one: 1 a function and a row in the table of filters.c, 2 a case in
 * tests/tasks/test_filters.c, 3 docs/task-format.md (a test compares).
 */
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

/* The text that begins at `from`, which a filter changes in place. */
struct filtered {
    struct strbuf *b;
    size_t from;
    const char *arg; /* NULL for filters that take none */
    struct err *e;
};

enum filter_takes {
    TAKES_TEXT,  /* what stands there */
    TAKES_ARG,   /* that, and an argument */
    TAKES_VALUE, /* any value of the row, not as text but as JSON */
};

struct filter {
    const char *name, *help;
    int (*apply)(const struct filtered *t);
    const char *joint; /* takes a list of texts, and joins them with this */
    enum filter_takes takes;
};

/* NULL (and the error set, with the nearest name) when there is none. */
const struct filter *filter_find(const char *name, struct err *e);

/* A markdown table of them all. */
void filters_describe(struct strbuf *out);

#endif
