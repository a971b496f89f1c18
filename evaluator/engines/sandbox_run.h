#ifndef EVALRUN_EVALUATOR_ENGINES_SANDBOX_RUN_H
#define EVALRUN_EVALUATOR_ENGINES_SANDBOX_RUN_H
/*
 * The sandbox from inside: what sandbox.c, sandbox_bwrap.c, sandbox_spawn.c
 * and sandbox_watch.c share.
 *
 * A run passes through these: bubblewrap (our child, "monitor") makes the
 * namespaces and tells on its status pipe the process that will be their
 * first ("init"); that one waits for the filter of system calls, of which one
 * byte is held back. Once we know init, and have limited its processes, we send
 * the byte: only now the program begins, and were we killed before, bubblewrap
 * reads half a filter and gives up. When the program ends, or monitor is killed, init dies, and
 * with it the kernel kills whatever is left in the namespace.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "evaluator/engines/sandbox.h"

enum { STREAM_OUT, STREAM_ERR, STREAM_REPORT, STREAM_COUNT };

struct sandbox {
    struct sandbox_options options;
    size_t jobs;
    char *program;      /* path of bwrap; NULL = unsafe */
    char version[32];   /* of bwrap */
    bool sizes;         /* it can limit /tmp (0.7), and set permissions (0.5); else
                           sandbox_usage() looks at the size */
    bool proc;          /* the program has a /proc */
    bool old_count;     /* this kernel counts a user's processes over all namespaces */
    uid_t uid;          /* of the first run, where we are root; 0 = our own */
    struct strbuf filter;
    struct sandbox_run **run;
    size_t n_run, cap_run;
};

/* A pipe of which we hold the end to read. */
struct sandbox_stream {
    int fd; /* -1 = closed */
    struct strbuf *text;
};

struct sandbox_run {
    struct sandbox *sandbox;
    size_t place; /* its number among those at once, from 0 */
    struct sandbox_limits limits;
    pid_t monitor, init; /* init: 0 = not yet known */
    int held_fd;         /* where the filter's last byte goes; -1 = sent */
    struct sandbox_stream status, stream[STREAM_COUNT];
    struct strbuf said;  /* on the status pipe */
    char *folder;        /* unsafe: its /tmp */
    int64_t begun, watched;
    bool killed, monitor_dead, over;
    enum sandbox_ending killed_as;
    int monitor_status;
    struct sandbox_result result;
    char *why;
};

/* --- sandbox_bwrap.c */

/* A growing command line; its words live in mem. */
struct words {
    const char **word;
    size_t n, cap;
    struct arena *mem;
};
void words_add(struct words *w, const char *word);

/* Descriptors as the monitor gets them. */
struct sandbox_fds {
    struct sandbox_fd fd[128];
    size_t n;
};
enum {
    FD_STATUS = 40, /* numbers that bubblewrap has, and no program */
    FD_FILTER = 41,
    FD_FILE = 42,
    MAX_FILES = 64,
};

/* Orphans of our children become our own. */
void sandbox_adopt(void);

/* Appends bubblewrap's command line for the job. */
void bwrap_command(struct words *w, const struct sandbox *s, const struct sandbox_job *job,
                   const struct sandbox_limits *limits);

/* --- sandbox_spawn.c */

struct sandbox_spawn {
    const char *const *argv;
    const char *const *env;
    const char *folder; /* where it starts; NULL = here */
    const struct sandbox_fds *fds;
    uid_t uid;          /* whom it becomes; 0 = nobody else */
    const struct sandbox_limits *limits;
    uint32_t processes; /* of its user, threads too; 0 = not limited here */
    bool keep_status;   /* it writes to FD_STATUS; else that closes when it begins */
};

/* The child's id, or -1 with errno. Why it could not begin is written to its
 * FD_STATUS. */
pid_t sandbox_spawn(const struct sandbox_spawn *p);

/* How many processes a process's user may have in its namespace, seen by it.
 * 0, or -1 with errno. */
int sandbox_limit_processes(pid_t pid, uint32_t n);

/* --- sandbox_unsafe.c: the same without isolation */

/* Makes the run's folder with the job's files, and its command line in mem. */
MUST_USE int unsafe_prepare(struct sandbox_spawn *out, struct sandbox_run *r,
                            const struct sandbox_job *job, struct arena *mem, struct err *e);
void unsafe_release(struct sandbox_run *r); /* removes the folder */

/* --- sandbox_watch.c */

struct sandbox_usage {
    size_t memory_kb, tasks; /* processes and threads */
    size_t files, tmp_kb;    /* in the /tmp of those below it */
    bool over;               /* there were more than could be counted */
};

/* Of a process and all below it. */
void sandbox_usage(struct sandbox_usage *out, pid_t root);
/* Kills a process and all below it, until nothing is left (unsafe only). */
void sandbox_kill_tree(pid_t root);
/* Kills what became our child because its parent died (we adopt), and is no run
 * under way: what an unsafe program left behind, or a warden that was killed. */
void sandbox_kill_strays(const struct sandbox *s);

#endif
