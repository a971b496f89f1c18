/* `evalrun score`: every figure anew from the stored answers. Nothing is
 * written; a stored statistic that comes out differently is exit status 1. With
 * --extract, answers are found by other rules, and both figures are shown. */
#include <stdio.h>
#include <string.h>

#include "base/dirs.h"
#include "evaluator/cmd.h"
#include "evaluator/print.h"
#include "reports/rescored.h"
#include "tasks/rules.h"

struct score_asked {
    struct print_style style;
    const char *extract;
    bool json;
};

#define AT(field) offsetof(struct score_asked, field)

const struct opt score_opts[] = {
    { "extract", 'x', OPT_TEXT, AT(extract), "RULES",
      "find answers by these rules, a named set or a file, and show both figures", NULL, 0 },
    { "format", 'f', OPT_CHOICE, AT(style.format), "F",
      "text, json, csv or markdown (default text)", "text|json|csv|markdown", 0 },
    { "json", 0, OPT_FLAG, AT(json), NULL, "the same as --format json", NULL, 0 },
    { "by", 'b', OPT_CHOICE, AT(style.by), "WHAT",
      "add the figures of every category or subset", "category|subset", 0 },
    { "lang", 0, OPT_CHOICE, AT(style.lang), "L", "language of the headings (default en)",
      "en|zh", 0 },
    { "color", 0, OPT_CHOICE, AT(style.color), "WHEN",
      "auto (default): on a terminal, unless NO_COLOR is set", "auto|always|never", 0 },
    { 0 },
};

/* The runs that were named. */
struct named {
    char **path;
    int n;
};

static int collect(struct report *r, const struct named *runs, struct err *e)
{
    int rc = 0;
    for (int i = 0; i < runs->n && rc == 0; i++)
        rc = report_add(r, runs->path[i], e);
    return rc == 0 ? report_finish(r, e) : rc;
}

static int say_difference(const struct report *r)
{
    if (!r->n_different)
        return EXIT_DONE;
    fprintf(stderr, "evalrun: %zu of %zu stored samples come out differently; the first: %s\n",
            r->n_different, r->n_rescored, r->different);
    return EXIT_FAILED;
}

static int score_again(const struct named *runs, const struct print_style *style, struct err *e)
{
    struct report *r = report_new();
    r->rescore = true;
    int rc = collect(r, runs, e);
    if (rc == 0)
        rc = print_collected(r, style, e);
    if (rc == 0)
        rc = say_difference(r);
    report_free(r);
    return rc;
}

/* ---- with other rules */

/* {"stored": a report, "extract": {the rules, "report": the other}} */
static int put_both(struct strbuf *out, const struct report *stored, const struct report *now,
                    const struct rules *rules, const struct print_style *style, struct err *e)
{
    struct json_writer w = { .out = out };
    strbuf_puts(out, "{\n\"stored\": ");
    if (print_into(out, stored, style, e) < 0)
        return e->code;
    strbuf_puts(out, ",\n\"extract\": {\"rules\": ");
    json_put_text(&w, NULL, rules->name);
    strbuf_printf(out, ", \"version\": %d, \"sha256\": \"%s\", \"report\": ", rules->version,
                  rules->sha256);
    if (print_into(out, now, style, e) < 0)
        return e->code;
    strbuf_puts(out, "}}\n");
    return 0;
}

static int print_both(const struct report *stored, const struct report *now,
                      const struct rules *rules, const struct print_style *style, struct err *e)
{
    struct strbuf out = STRBUF_INIT;
    const char *format = style->format ? style->format : "text";
    int rc = 0;
    if (!strcmp(format, "json")) {
        rc = put_both(&out, stored, now, rules, style, e);
    } else {
        const struct report_style s = print_report_style(style);
        rescored_render(stored, now, &s, !strcmp(format, "markdown"), &out);
    }
    if (rc == 0 && fwrite(out.s, 1, out.len, stdout) != out.len)
        rc = err_set(e, ERR_IO, "standard output cannot be written");
    strbuf_release(&out);
    return rc;
}

static int score_by(const struct rules *rules, const struct named *runs,
                    const struct print_style *style, struct err *e)
{
    struct report *stored = report_new(), *now = report_new();
    now->rescore = true;
    now->extract = rules->list;
    now->extract_name = rules->name;
    int rc = collect(stored, runs, e);
    if (rc == 0)
        rc = collect(now, runs, e);
    if (rc == 0 && !rescored_has_answers(now))
        rc = err_set(e, ERR_USAGE, "--extract: no scorer of these runs finds answers in texts");
    if (rc == 0)
        rc = print_both(stored, now, rules, style, e);
    report_free(stored);
    report_free(now);
    return rc;
}

static int score_extracted(const struct named *runs, const struct score_asked *asked,
                           struct err *e)
{
    struct rules rules = { 0 };
    struct arena mem = { 0 };
    const char *share;
    if (asked->style.format && !strcmp(asked->style.format, "csv"))
        return err_set(e, ERR_USAGE, "--format csv: it holds one figure of each metric, and "
                                     "--extract makes two; take json");
    if (asked->style.by && (!asked->style.format || strcmp(asked->style.format, "json")))
        return err_set(e, ERR_USAGE, "--by: with --extract, only --format json has it");
    int rc = dirs_share(&share, &mem, e);
    if (rc == 0)
        rc = rules_open(&rules, share, asked->extract, e);
    if (rc == 0)
        rc = score_by(&rules, runs, &asked->style, e);
    rules_release(&rules);
    arena_release(&mem);
    return rc;
}

int cmd_score(int argc, char **argv, struct err *e)
{
    static const struct opt *const tables[] = { score_opts, NULL };
    struct score_asked asked = { 0 };
    int n = 0;
    if (opt_parse(&asked, tables, argc - 1, argv + 1, &n, e) < 0)
        return e->code;
    if (!n)
        return err_set(e, ERR_USAGE, "which runs? `evalrun score RUN...`");
    if (asked.json)
        asked.style.format = "json";
    const struct named runs = { argv + 1, n };
    return asked.extract ? score_extracted(&runs, &asked, e)
                         : score_again(&runs, &asked.style, e);
}
