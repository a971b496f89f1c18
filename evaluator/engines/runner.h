#ifndef EVALRUN_EVALUATOR_ENGINES_RUNNER_H
#define EVALRUN_EVALUATOR_ENGINES_RUNNER_H
/*
 * From a solution to its verdict: which jobs of the sandbox a program of its
 * language takes, and what they say of it.
 *
 * The process in which a solution runs is believed nothing. Python and
 * JavaScript: the tests run in a process and a sandbox of their own, the
 * grader's, and reach the solution's functions over a pipe, as plain data.
 * Compiled languages: solution and tests are one program, but the tests are
 * compiled apart where the language allows it, and only what they reach at
 * their end knows the word that says so. What this keeps out and what not:
 * docs/sandbox.md.
 *
 *     struct runner *r;
 *     runner_new(&r, sandbox, &exec, solution, e);
 *     while ((got = runner_step(r, &out, mem, e)) == 0)
 *         sandbox_wait(sandbox, 100, e);
 *     runner_free(r);
 *
 * To add a language: 1 its struct runner_type, in runner_pair.c or a
 * file of its own, 2 a row in runner.c, 3 its programs of others in runners/ and
 * runner_files.h, 4 tests/engines/test_runner.c.
 */
#include "base/err.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"

struct runner;
struct sandbox;

/* Begins; never blocks. exec and solution (not empty) live until runner_free(). */
MUST_USE int runner_new(struct runner **out, struct sandbox *s, const struct exec *x,
                        const char *solution, struct err *e);
/* After every sandbox_wait(): 1 = there is a verdict, *out filled from mem (fault,
 * status, text); 2 = there can be none, since the benchmark's own part does not run
 * here (a library is missing): out->text says why; 0 = not yet; < 0 = no program can
 * be run at all. */
MUST_USE int runner_step(struct runner *r, struct out *out, struct arena *mem, struct err *e);
void runner_free(struct runner *r); /* ends what still runs; NULL is fine */

/* A member for each language that can be run here, with its version, in an open
 * JSON object. */
void runner_describe(struct json_writer *w);

#endif
