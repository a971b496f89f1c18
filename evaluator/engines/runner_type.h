#ifndef EVALRUN_EVALUATOR_ENGINES_RUNNER_TYPE_H
#define EVALRUN_EVALUATOR_ENGINES_RUNNER_TYPE_H
/* A language's way from a solution to its verdict; for runner*.c alone. */
#include "evaluator/engines/runner.h"
#include "evaluator/engines/sandbox.h"

struct runner_program;

struct runner_type {
    const char *language;       /* as in exec.language */
    const char *const *command; /* that it needs, NULL-ended; the first tells its version */
    const char *version;        /* by this argument */
    const char *missing;        /* one line with the cure, for people */
    bool silent;                /* a program that says anything has not passed */
    const struct runner_program *program; /* compiled languages: how one is run */
    MUST_USE int (*begin)(struct runner *r, struct err *e);
    /* As runner_step(). */
    MUST_USE int (*step)(struct runner *r, struct err *e);
};

enum { RUNNER_RUNS = 2 };

struct runner {
    const struct runner_type *type;
    struct sandbox *sandbox;
    const struct exec *exec;
    const char *solution;
    struct arena mem;
    struct sandbox_run *run[RUNNER_RUNS];
    char token[33]; /* compiled languages: said when the tests have ended */
    struct sandbox_bind bind; /* compiled languages: a folder of the system; from NULL = none */
    bool prepares; /* a job comes first that is no part of the program */
    int stage;
    const char *fault; /* the verdict, as struct out has it */
    int status;
    struct strbuf said;
};

extern const struct runner_type runner_python;
extern const struct runner_type runner_javascript;
extern const struct runner_type runner_cpp;
extern const struct runner_type runner_java;
extern const struct runner_type runner_go;

/* The command's path, in one of the folders that a program in a sandbox sees;
 * NULL = not installed. Made in mem. */
const char *runner_command(const char *name, struct arena *mem);

/* Sets the verdict: the class by which a run ended; NULL where it ended by itself
 * and with status 0. */
const char *runner_ending(const struct sandbox_result *result);

/* Adds the end of what a program said. */
void runner_hear(struct runner *r, const struct sandbox_result *result);

/* An error where a run was never begun; else 0. */
MUST_USE int runner_check(const struct sandbox_result *result, struct err *e);

#endif
