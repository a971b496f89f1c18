#ifndef EVALRUN_EVALUATOR_CMD_H
#define EVALRUN_EVALUATOR_CMD_H
/*
 * Commands as data. Dispatch, help, docs/cli.md, the man page and the shell
 * completions are all printed from the table in cmd.c.
 *
 * To add a command:
 *   1 cmd_<name>.c with `int cmd_<name>(...)` and its option table here below,
 *   2 a row in cmd.c, 3 `evalrun help --all > docs/cli.md`,
 *   4 tests/e2e/<name>.sh. The test docs.sh catches a forgotten step 3.
 */
#include "base/err.h"
#include "base/opt.h"

/* Exit statuses of the program. */
enum exit_status {
    EXIT_DONE = 0,   /* everything asked was done */
    EXIT_FAILED = 1, /* done, with failed samples */
    EXIT_ERROR = 2,  /* a run error; one line on stderr says which */
    EXIT_USAGE = 3,  /* the command line is wrong */
    EXIT_STOPPED = 130, /* interrupted, or out of budget; how to go on was printed */
};

struct cmd {
    const char *name;
    /* argv[0] is the command's name. Returns an exit_status, or a negative
     * err_code with the message in *e. */
    int (*run)(int argc, char **argv, struct err *e);
    const struct opt *const *opts; /* NULL-ended list of tables */
    const char *args;    /* "RUN...", "NAME PATH" */
    const char *summary; /* one line, lower case, no full stop */
    const char *details; /* paragraphs for help and docs; may be "" */
};

extern const struct cmd cmds[]; /* ends with a NULL name; the first is the default */
const struct cmd *cmd_find(const char *name);

/* Options that every command takes. */
struct global_options {
    bool help, version;
    const char *log;
};

int cmd_run(int argc, char **argv, struct err *e);
int cmd_list(int argc, char **argv, struct err *e);
int cmd_show(int argc, char **argv, struct err *e);
int cmd_check(int argc, char **argv, struct err *e);
int cmd_data(int argc, char **argv, struct err *e);
int cmd_model(int argc, char **argv, struct err *e);
int cmd_metric(int argc, char **argv, struct err *e);
int cmd_tokens(int argc, char **argv, struct err *e);
int cmd_samples(int argc, char **argv, struct err *e);
int cmd_extract(int argc, char **argv, struct err *e);
int cmd_score(int argc, char **argv, struct err *e);
int cmd_report(int argc, char **argv, struct err *e);
int cmd_help(int argc, char **argv, struct err *e);

extern const struct opt run_opts[], engine_opts[], http_opts[];
extern const struct opt list_opts[], show_opts[], check_opts[], numerics_opts[], data_opts[];
extern const struct opt model_opts[];
extern const struct opt metric_opts[];
extern const struct opt tokens_opts[];
extern const struct opt extract_opts[];
extern const struct opt samples_opts[], score_opts[], report_opts[], help_opts[];

#endif
