/* `evalrun report`: the table of any number of runs. */
#include "evaluator/cmd.h"
#include "evaluator/print.h"

#define AT(field) offsetof(struct print_style, field)

const struct opt report_opts[] = {
    { "format", 'f', OPT_CHOICE, AT(format), "F", "text, json, csv or markdown (default text)",
      "text|json|csv|markdown", 0 },
    { "by", 'b', OPT_CHOICE, AT(by), "WHAT", "add the figures of every category or subset",
      "category|subset", 0 },
    { "lang", 0, OPT_CHOICE, AT(lang), "L", "language of the headings (default en)", "en|zh", 0 },
    { "out", 'o', OPT_TEXT, AT(out), "FILE", "write a file, whole or not at all", NULL, 0 },
    { "color", 0, OPT_CHOICE, AT(color), "WHEN",
      "auto (default): on a terminal, unless NO_COLOR is set", "auto|always|never", 0 },
    { 0 },
};

int cmd_report(int argc, char **argv, struct err *e)
{
    static const struct opt *const tables[] = { report_opts, NULL };
    struct print_style style = { 0 };
    int n = 0;
    if (opt_parse(&style, tables, argc - 1, argv + 1, &n, e) < 0)
        return e->code;
    if (!n)
        return err_set(e, ERR_USAGE, "which runs? `evalrun report RUN...`");
    return print_report((const char *const *)argv + 1, (size_t)n, &style, e);
}
