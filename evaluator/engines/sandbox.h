#ifndef EVALRUN_EVALUATOR_ENGINES_SANDBOX_H
#define EVALRUN_EVALUATOR_ENGINES_SANDBOX_H
/*
 * Programs that nobody has read, run where they can do no harm: each in
 * namespaces of its own (bubblewrap), with the system read-only, a private
 * /tmp, no network, no environment, a filter of system calls and limits of
 * time, memory, processes and output. What is contained, how, and what is not:
 * docs/sandbox.md.
 *
 * A sandbox starts jobs and watches them, from one thread and without one of
 * its own. A job is one command line with its files; a run is a job under way.
 * When a run has ended, every process it ever started is dead.
 *
 *     struct sandbox *s;
 *     sandbox_open(&s, &(struct sandbox_options){ 0 }, e);
 *     struct sandbox_run *run;
 *     sandbox_start(&run, s, &job, e);
 *     const struct sandbox_result *r;
 *     while (!(r = sandbox_result(run)))
 *         sandbox_wait(s, -1, 100, e);
 *     ... r->end, r->status, r->out.s ...
 *     sandbox_end(run);
 *     sandbox_close(s);
 *
 * Two jobs that talk to each other (a grader and the program it grades) get
 * the ends of pipes that the caller made: see struct sandbox_fd.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"

struct engine_type;
struct sandbox;
struct sandbox_run;

/* A file for the program, in its private /tmp. */
struct sandbox_file {
    const char *path; /* within /tmp and without it: "main.py"; folders are made */
    const char *data; /* len bytes */
    size_t len;
    bool executable;
};

/* A folder or file of the system that the program sees, read-only, besides
 * /usr: a toolchain that lies elsewhere. Any user must be able to read it. */
struct sandbox_bind {
    const char *from; /* here */
    const char *to;   /* there, absolute; NULL = the same (unsafe: always) */
};

/* A descriptor of ours that the program has under a number of its own, from 3
 * to 31. It stays ours: close it after sandbox_start(). A program reads the
 * end of a pipe only when nobody holds its other end any more. */
struct sandbox_fd {
    int theirs, ours;
};

/* Zero is the default that stands beside it. */
struct sandbox_limits {
    double wall_s;       /* 10: then all is killed */
    double cpu_s;        /* wall_s + 1: of one process */
    uint32_t memory_mb;  /* 512: of all processes together, /tmp not included */
    uint32_t address_mb; /* memory_mb + 256: address space of one process; Java, Go
                            and JavaScript reserve far more than they use: 65536 */
    uint32_t processes;  /* 32: processes and threads together */
    uint32_t tmp_mb;     /* 64: /tmp; also the largest file */
    size_t output;       /* 1 MiB: of stdout, and of stderr */
    size_t report;       /* 16 MiB: of the report */
};

/* It starts in its /tmp. Name files relative to that: unsafe, it is another folder. */
struct sandbox_job {
    const char *const *argv; /* NULL-ended; argv[0] is looked for in PATH */
    const char *const *env;  /* "NAME=value", NULL-ended, or NULL: besides PATH, HOME=/tmp,
                                TMPDIR=/tmp and LC_ALL=C.UTF-8 there are none */
    const struct sandbox_file *file;
    size_t n_file;
    const struct sandbox_bind *bind;
    size_t n_bind;
    const struct sandbox_fd *fd;
    size_t n_fd;
    const char *input; /* stdin, n_input bytes; none = /dev/null */
    size_t n_input;
    int report; /* a descriptor of the program's (3 to 31) whose text is result.report:
                   a verdict, or a compiled file; 0 = none */
    struct sandbox_limits limits;
};

enum sandbox_ending {
    SANDBOX_EXITED,  /* by itself; or by a signal that it got, which is status > 128 */
    SANDBOX_TIMEOUT, /* wall clock, or SIGXCPU */
    SANDBOX_MEMORY,  /* its processes together held more than memory_mb */
    SANDBOX_OUTPUT,  /* it said more than a ceiling, or filled /tmp */
    SANDBOX_CROWD,   /* more processes than allowed, where the system did not stop them */
    SANDBOX_BROKEN,  /* it was never begun: `why` */
};

struct sandbox_result {
    enum sandbox_ending end;
    int status;          /* exit status; 128 + signal when killed */
    struct strbuf out;   /* stdout, up to the ceiling; any bytes */
    struct strbuf err;   /* stderr */
    struct strbuf report;
    double wall_s;       /* from start to end, isolation included */
    uint32_t memory_mb;  /* the most seen of all processes together */
    const char *why;     /* SANDBOX_BROKEN: one line */
};

struct sandbox_options {
    int jobs;    /* runs at once that the engine begins; 0 = one per core */
    bool unsafe; /* no isolation: limits only */
};

/* Finds bubblewrap and tries it. Refused (ERR_ENGINE), with the cure, where it
 * is not installed or may not make namespaces. */
MUST_USE int sandbox_open(struct sandbox **out, const struct sandbox_options *o, struct err *e);
void sandbox_close(struct sandbox *s); /* kills what still runs; NULL is fine */

/* Begins a run; everything of `job` was taken when this returns. *out is yours
 * to sandbox_end(). */
MUST_USE int sandbox_start(struct sandbox_run **out, struct sandbox *s,
                           const struct sandbox_job *job, struct err *e);
/* Moves every run on; returns when one ended, when `also` (a descriptor of the
 * caller's, or -1) can be read, or after wait_ms. */
MUST_USE int sandbox_wait(struct sandbox *s, int also, int wait_ms, struct err *e);
/* NULL while it runs. Borrowed until sandbox_end(). */
const struct sandbox_result *sandbox_result(const struct sandbox_run *run);
void sandbox_end(struct sandbox_run *run); /* kills it where it still runs; NULL is fine */

size_t sandbox_jobs(const struct sandbox *s);   /* runs at once */
bool sandbox_isolated(const struct sandbox *s); /* false: unsafe */
/* Members of an open JSON object: isolation, versions, limits. */
void sandbox_describe(const struct sandbox *s, struct json_writer *w);

/* Whether programs of this language can be run here; *why (may be NULL) is
 * otherwise a line such as "no 'go' command; apt install golang". */
bool sandbox_language(const char *language, const char **why);

/* "sandbox:": runs the solutions of ASK_EXEC requests through the runners of
 * their languages (runner.h). */
extern const struct engine_type engine_sandbox;

#endif
