/* docs/cli.md and the manual page, from the tables of the commands. */
#include <string.h>

#include "base/version.h"
#include "evaluator/cmd.h"
#include "evaluator/help.h"

/* A sample without the two blanks that mark it. */
static void put_sample(struct strbuf *out, const char *text)
{
    for (const char *p = text; *p;) {
        size_t len = strcspn(p, "\n");
        size_t skip = len >= 2 && !strncmp(p, "  ", 2) ? 2 : 0;
        strbuf_add(out, p + skip, len - skip);
        strbuf_putc(out, '\n');
        p += len + (p[len] == '\n');
    }
}

static void put_spelling(struct strbuf *out, const struct opt *o)
{
    if (o->letter)
        strbuf_printf(out, "-%c, ", o->letter);
    strbuf_printf(out, "--%s", o->name);
    if (o->value)
        strbuf_printf(out, " %s", o->value);
}

/* Text of a cell: a bar would end it. */
static void put_cell(struct strbuf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|' || *text == '<')
            strbuf_putc(out, '\\');
        strbuf_putc(out, *text);
    }
}

static void markdown_options(struct strbuf *out,
                             const struct opt *const *tables)
{
    bool head = false;
    struct strbuf text = STRBUF_INIT;
    for (; *tables; tables++)
        for (const struct opt *o = *tables; o->type != OPT_END; o++) {
            if (!head)
                strbuf_puts(out, "\n| option | meaning |\n|---|---|\n");
            head = true;
            strbuf_clear(&text);
            opt_describe(&text, o);
            strbuf_puts(out, "| `");
            put_spelling(out, o);
            strbuf_puts(out, "` | ");
            put_cell(out, text.s);
            strbuf_puts(out, " |\n");
        }
    strbuf_release(&text);
}

static void markdown_command(struct strbuf *out, const struct cmd *c)
{
    const char *details = c->details;
    struct strbuf part = STRBUF_INIT;
    strbuf_printf(out, "\n## evalrun %s\n\n", c->name);
    strbuf_printf(out, "    evalrun %s%s%s [OPTION...]\n\n",
                  c == cmds ? "[run]" : c->name, *c->args ? " " : "", c->args);
    help_wrap(out, c->summary, 0, HELP_COLUMNS);
    for (bool as_is; help_paragraph(&part, &details, &as_is);) {
        strbuf_putc(out, '\n');
        if (as_is) {
            strbuf_puts(out, "```sh\n");
            put_sample(out, part.s);
            strbuf_puts(out, "```\n");
        } else {
            help_wrap(out, part.s, 0, HELP_COLUMNS);
        }
    }
    strbuf_release(&part);
    markdown_options(out, c->opts);
}

static void markdown_notes(struct strbuf *out, const char *title,
                           const struct help_note *note)
{
    strbuf_printf(out, "\n## %s\n\n", title);
    for (; note->name; note++) {
        strbuf_printf(out, "- `%s`: ", note->name);
        help_wrap(out, note->text, 2, HELP_COLUMNS);
    }
}

void help_markdown(struct strbuf *out)
{
    const struct opt *const global[] = { global_opts, NULL };
    strbuf_puts(out,
                "# Commands and options\n\n"
                "<!-- Printed by `evalrun help --all`; a test compares. -->\n\n"
                "    evalrun --task T --model M [OPTION...]\n"
                "    evalrun COMMAND [ARGUMENT...] [OPTION...]\n\n");
    help_wrap(
        out,
        "A value follows its option as another word or behind an equals sign: "
        "`--limit 20`, `--limit=20`, `-n 20`. An option without a value is switched "
        "off by `--no-` before its name. What follows `--` is no option. Data goes to "
        "standard output, everything else to standard error.",
        0, HELP_COLUMNS);
    strbuf_puts(out, "\nOptions of every command:\n");
    markdown_options(out, global);
    for (const struct cmd *c = cmds; c->name; c++)
        markdown_command(out, c);
    markdown_notes(out, "Exit status", help_statuses);
    markdown_notes(out, "Environment", help_variables);
}

/* Text for roff: a dash that is a dash, no escape, no request by accident. */
static void put_roff(struct strbuf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if ((p == text || p[-1] == '\n') && (*p == '.' || *p == '\''))
            strbuf_puts(out, "\\&");
        if (*p == '\\')
            strbuf_puts(out, "\\e");
        else if (*p == '-')
            strbuf_puts(out, "\\-");
        else if (*p == '`')
            continue;
        else
            strbuf_putc(out, *p);
    }
}

static void man_item(struct strbuf *out, const char *bold, const char *text)
{
    strbuf_puts(out, ".TP\n\\fB");
    put_roff(out, bold);
    strbuf_puts(out, "\\fR\n");
    put_roff(out, text);
    strbuf_putc(out, '\n');
}

static void man_options(struct strbuf *out, const struct opt *const *tables)
{
    struct strbuf head = STRBUF_INIT, text = STRBUF_INIT;
    for (; *tables; tables++)
        for (const struct opt *o = *tables; o->type != OPT_END; o++) {
            strbuf_clear(&head);
            strbuf_clear(&text);
            put_spelling(&head, o);
            opt_describe(&text, o);
            man_item(out, head.s, text.s);
        }
    strbuf_release(&text);
    strbuf_release(&head);
}

static void man_command(struct strbuf *out, const struct cmd *c)
{
    const char *details = c->details;
    struct strbuf part = STRBUF_INIT;
    strbuf_printf(out, ".SS evalrun %s%s%s\n", c == cmds ? "[run]" : c->name,
                  *c->args ? " " : "", c->args);
    put_roff(out, c->summary);
    strbuf_puts(out, ".\n");
    for (bool as_is; help_paragraph(&part, &details, &as_is);) {
        strbuf_puts(out, as_is ? ".PP\n.nf\n.RS 2\n" : ".PP\n");
        struct strbuf text = STRBUF_INIT;
        put_sample(&text, part.s);
        put_roff(out, text.s);
        strbuf_release(&text);
        strbuf_puts(out, as_is ? ".RE\n.fi\n" : "");
    }
    strbuf_release(&part);
    man_options(out, c->opts);
}

static void man_notes(struct strbuf *out, const char *title,
                      const struct help_note *note)
{
    strbuf_printf(out, ".SH %s\n", title);
    for (; note->name; note++)
        man_item(out, note->name, note->text);
}

void help_man(struct strbuf *out)
{
    const struct opt *const global[] = { global_opts, NULL };
    strbuf_printf(out, ".TH EVALRUN 1 \"\" \"evalrun %s\" \"User Commands\"\n",
                  EVALRUN_VERSION);
    strbuf_puts(
        out,
        ".SH NAME\nevalrun \\- Chinese and English benchmarks for language models\n"
        ".SH SYNOPSIS\n.nf\n"
        "\\fBevalrun\\fR \\-\\-task T \\-\\-model M [OPTION...]\n"
        "\\fBevalrun\\fR COMMAND [ARGUMENT...] [OPTION...]\n.fi\n"
        ".SH DESCRIPTION\n"
        "evalrun asks language models the questions of benchmarks, stores every\n"
        "answer, and prints tables that compare the models. A value follows its\n"
        "option as another word or behind an equals sign. An option without a\n"
        "value is switched off by \\-\\-no\\- before its name.\n"
        ".SH OPTIONS OF EVERY COMMAND\n");
    man_options(out, global);
    strbuf_puts(out, ".SH COMMANDS\n");
    for (const struct cmd *c = cmds; c->name; c++)
        man_command(out, c);
    man_notes(out, "EXIT STATUS", help_statuses);
    man_notes(out, "ENVIRONMENT", help_variables);
}
