/* `evalrun score`: every figure anew from the stored answers. Nothing is
 * written; a stored statistic that comes out differently is exit status 1. */
#include <stdio.h>

#include "evaluator/cmd.h"
#include "evaluator/print.h"

#define AT(field) offsetof(struct print_style, field)

const struct opt score_opts[] = {
    { "format", 'f', OPT_CHOICE, AT(format), "F", "text, json, csv or markdown (default text)",
      "text|json|csv|markdown", 0 },
    { "by", 'b', OPT_CHOICE, AT(by), "WHAT", "add the figures of every category or subset",
      "category|subset", 0 },
    { "lang", 0, OPT_CHOICE, AT(lang), "L", "language of the headings (default en)", "en|zh", 0 },
    { "color", 0, OPT_CHOICE, AT(color), "WHEN",
      "auto (default): on a terminal, unless NO_COLOR is set", "auto|always|never", 0 },
    { 0 },
};

static int say_difference(const struct report *r)
{
    if (!r->n_different)
        return EXIT_DONE;
    fprintf(stderr, "evalrun: %zu of %zu stored samples come out differently; the first: %s\n",
            r->n_different, r->n_rescored, r->different);
    return EXIT_FAILED;
}

int cmd_score(int argc, char **argv, struct err *e)
{
    static const struct opt *const tables[] = { score_opts, NULL };
    struct print_style style = { 0 };
    int n = 0;
    if (opt_parse(&style, tables, argc - 1, argv + 1, &n, e) < 0)
        return e->code;
    if (!n)
        return err_set(e, ERR_USAGE, "which runs? `evalrun score RUN...`");
    struct report *r = report_new();
    r->rescore = true;
    int rc = 0;
    for (int i = 0; i < n && rc == 0; i++)
        rc = report_add(r, argv[1 + i], e);
    if (rc == 0)
        rc = report_finish(r, e);
    if (rc == 0)
        rc = print_collected(r, &style, e);
    if (rc == 0)
        rc = say_difference(r);
    report_free(r);
    return rc;
}
