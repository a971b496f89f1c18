#ifndef EVALRUN_TESTS_ENGINES_JOBS_H
#define EVALRUN_TESTS_ENGINES_JOBS_H
/* Running jobs in a sandbox, for tests. Each test program is one source, hence
 * the code in a header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evaluator/engines/sandbox.h"

/* Opens one; where this system cannot isolate programs, says so and leaves with
 * "skipped". */
static inline struct sandbox *jobs_open(bool unsafe)
{
    struct sandbox *s = NULL;
    struct err e = { 0 };
    if (sandbox_open(&s, &(struct sandbox_options){ .jobs = 2, .unsafe = unsafe }, &e) == 0)
        return s;
    fprintf(stderr, "SKIPPED: %s\n", e.text);
    exit(77);
}

static inline struct sandbox_run *jobs_start(struct sandbox *s, const struct sandbox_job *job)
{
    struct sandbox_run *run = NULL;
    struct err e = { 0 };
    if (sandbox_start(&run, s, job, &e) < 0)
        fail_msg("%s", e.text);
    return run;
}

static inline const struct sandbox_result *jobs_finish(struct sandbox *s,
                                                       struct sandbox_run *run)
{
    const struct sandbox_result *r = NULL;
    struct err e = { 0 };
    while (!(r = sandbox_result(run)))
        if (sandbox_wait(s, -1, 1000, &e) < 0)
            fail_msg("%s", e.text);
    return r;
}

/* Its result is the run's: sandbox_end() it. */
static inline struct sandbox_run *jobs_run(struct sandbox *s, const struct sandbox_job *job)
{
    struct sandbox_run *run = jobs_start(s, job);
    jobs_finish(s, run);
    return run;
}

#endif
