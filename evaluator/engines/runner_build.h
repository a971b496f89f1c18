#ifndef EVALRUN_EVALUATOR_ENGINES_RUNNER_BUILD_H
#define EVALRUN_EVALUATOR_ENGINES_RUNNER_BUILD_H
/* What the compiled languages share; for runner_*.c alone. */
#include "evaluator/engines/runner_type.h"

enum { RUNNER_BUILD_FILES = 8 };

/* The first job: files, and a script that writes the program to descriptor 5. Its
 * status 99 says that the benchmark's tests alone do not compile. */
struct runner_build {
    const char *script;
    const char *argument; /* its $1; NULL = none */
    const struct {
        const char *path, *text;
        size_t len;
    } file[RUNNER_BUILD_FILES]; /* ended by one without a path */
    uint32_t address_mb;
};

/* The second: `program` in its folder. */
struct runner_program {
    const char *const *argv;
    const char *wrong; /* what a failed assertion puts on stderr */
    double start_s;    /* what it may take to begin */
    uint32_t memory_mb; /* where the task does not say; 0 = the sandbox's own */
    uint32_t address_mb, processes;
};

/* Makes r->token: 32 hexadecimal digits that nobody knows. */
MUST_USE int runner_token(struct runner *r, struct err *e);
MUST_USE int runner_build(struct runner *r, const struct runner_build *b, struct err *e);
MUST_USE int runner_build_step(struct runner *r, struct err *e);

#endif
