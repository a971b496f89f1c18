#ifndef EVALRUN_BASE_OPT_H
#define EVALRUN_BASE_OPT_H
/*
 * Command-line options as tables: parser, --help, docs/cli.md, man page and
 * completions all come from the same rows.
 *
 *     static const struct opt opts[] = {
 *         { "limit", 'n', OPT_INT, offsetof(struct asked, limit), "N",
 *           "first N samples of every subset", NULL },
 *         { 0 } };
 *
 * A value is written into the target struct at `offset`:
 *   OPT_FLAG   bool         OPT_TEXT  const char * (borrowed from argv)
 *   OPT_INT    long long    OPT_REAL  double
 *   OPT_CHOICE const char *, one of `choices` ("text|json|csv")
 *   OPT_LIST   struct opt_list: the option may be given several times
 * Forms: --name value, --name=value, -n value; flags also --no-name. "--"
 * ends options. An unknown option is an ERR_USAGE naming the nearest one.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

enum opt_type { OPT_END, OPT_FLAG, OPT_TEXT, OPT_INT, OPT_REAL, OPT_CHOICE, OPT_LIST };

enum { OPT_LIST_MAX = 16 };
struct opt_list {
    const char *item[OPT_LIST_MAX]; /* borrowed from argv */
    size_t n;
};

struct opt {
    const char *name;
    char letter; /* 0 = none */
    enum opt_type type;
    size_t offset;
    const char *value; /* its name in the help, "N", "DIR"; NULL for flags */
    const char *help;  /* one line, lower case, no full stop */
    const char *choices;
    size_t given; /* offset of a bool set when the option was typed; 0 = none */
};

/* Parse argv[0..argc) against up to 8 tables (NULL-ended array); what is not
 * an option is moved to the front of argv and counted in *n_rest. */
MUST_USE int opt_parse(void *target, const struct opt *const *tables, int argc, char **argv,
                       int *n_rest, struct err *e);

/* What an option is for, with its choices when the row's help names none. */
void opt_describe(struct strbuf *out, const struct opt *o);

/* One aligned line per option, wrapped to `columns`. */
void opt_help(struct strbuf *out, const struct opt *table, size_t columns);

/* The candidate nearest to `word` by edit distance, NULL if none is near. */
const char *nearest_word(const char *word, const char *const *candidates, size_t n);

#endif
