#ifndef EVALRUN_EVALUATOR_HELP_H
#define EVALRUN_EVALUATOR_HELP_H
/*
 * Everything the program says about itself, printed from the tables of cmd.h:
 * help on a terminal (cmd_help.c), docs/cli.md and the man page (help_docs.c),
 * completions (help_shell.c).
 *
 * A command's `args` are words parted by blanks, optional ones in brackets:
 * small letters parted by '|' stand for themselves, capitals for a value. What
 * the shells offer for a value is decided by its name alone: TASK, MODEL, DATA
 * and COMMAND are listed, all others are files.
 *
 * A command's `details` are paragraphs parted by an empty line; one whose lines
 * begin with two blanks is shown as it stands.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/opt.h"
#include "base/strbuf.h"
#include "evaluator/cmd.h"

extern const struct opt global_opts[];

enum { HELP_COLUMNS = 80 };

/* Words of `text`, wrapped to `columns`; the cursor stands at `indent`, and so
 * do the lines that follow. Ends with a newline. */
void help_wrap(struct strbuf *out, const char *text, size_t indent,
               size_t columns);

/* The next paragraph of *details, or false at the end; *as_is tells a sample. */
bool help_paragraph(struct strbuf *out, const char **details, bool *as_is);

/* A name and what it means: exit statuses, variables of the environment. */
struct help_note {
    const char *name, *text;
};
extern const struct help_note help_statuses[],
    help_variables[]; /* NULL-ended */

void help_markdown(struct strbuf *out); /* docs/cli.md */
void help_man(struct strbuf *out);      /* evalrun.1 */
void help_completion(struct strbuf *out, const char *shell);

#endif
