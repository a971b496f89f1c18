/*
 * Languages whose tests run in a process of their own: a grader and a candidate,
 * two jobs joined by two pipes. Of the candidate's job only how it ended is
 * believed; the verdict is the grader's report, "CLASS\nline for a person".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "evaluator/engines/runner_files.h"
#include "evaluator/engines/runner_type.h"

enum { CANDIDATE, GRADER };              /* runner.run */
enum { FROM = 3, TO = 4, REPORT = 5 };   /* descriptors, in both */

struct pair {
    const char *argv[8];
    const char *const *env;
    const char *wire, *grader, *candidate;
    double start_s; /* what processes may take to begin, where the grader takes the time */
    uint32_t address_mb, processes;
};

static void close_all(const int *fd, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fd[i] >= 0)
            close(fd[i]);
}

static int start(struct runner *r, int which, const struct pair *pair, const int *ends,
                 struct err *e)
{
    const struct exec *x = r->exec;
    bool grades = which == GRADER;
    const char *program = arena_printf(&r->mem, "%s%s", pair->wire,
                                       grades ? pair->grader : pair->candidate);
    const char *limit = arena_printf(&r->mem, "%.3f", x->limit_s);
    const struct sandbox_file files[] = {
        { "run", program, strlen(program), false },
        { grades ? "test" : "solution", grades ? x->test : r->solution,
          strlen(grades ? x->test : r->solution), false },
        { "given", x->given, strlen(x->given), false },
        { "entry", x->entry, strlen(x->entry), false },
        { "limit", limit, strlen(limit), false },
    };
    const struct sandbox_fd fds[] = { { FROM, ends[0] }, { TO, ends[1] } };
    const struct sandbox_job job = {
        .argv = pair->argv,
        .env = pair->env,
        .file = files,
        .n_file = grades ? 5 : 2,
        .fd = fds,
        .n_fd = 2,
        .report = grades ? REPORT : 0,
        .limits = { .wall_s = x->limit_s + pair->start_s, .memory_mb = x->memory_mb,
                    .address_mb = pair->address_mb, .processes = pair->processes },
    };
    return sandbox_start(&r->run[which], r->sandbox, &job, e);
}

static int begin(struct runner *r, const struct pair *pair, struct err *e)
{
    int to[2] = { -1, -1 }, back[2] = { -1, -1 };
    int code = 0;
    if (pipe2(to, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0)
        code = err_set(e, ERR_IO, "cannot make a pipe: %s", strerror(errno));
    else if (start(r, CANDIDATE, pair, (int[]){ to[0], back[1] }, e) < 0 ||
             start(r, GRADER, pair, (int[]){ back[0], to[1] }, e) < 0)
        code = e->code;
    close_all(to, 2);
    close_all(back, 2);
    return code;
}

/* The class on a report's first line; NULL: no verdict of that name. "pass" is
 * not one of struct out's. */
static const char *verdict_of(const struct strbuf *report)
{
    static const char *const all[] = { "pass",    "wrong",  "error",  "compile",
                                       "timeout", "memory", "output", "unfinished" };
    size_t len = strcspn(report->s, "\n");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strlen(all[i]) == len && !memcmp(all[i], report->s, len))
            return all[i];
    return NULL;
}

/* Why a candidate was gone: how its job ended says more than its silence. */
static const char *ending_of(const struct sandbox_result *candidate)
{
    const char *fault = runner_ending(candidate);
    bool by_itself = candidate->end == SANDBOX_EXITED && candidate->status <= 128;
    return !fault || by_itself ? "unfinished" : fault;
}

static void judge(struct runner *r, const char *verdict, const struct sandbox_result *grader,
                  const struct sandbox_result *candidate)
{
    const char *fault = runner_ending(grader);
    size_t line = strcspn(grader->report.s, "\n");
    if (verdict)
        fault = !strcmp(verdict, "unfinished") ? ending_of(candidate) : verdict;
    else if (!fault)
        fault = "error";
    if (!strcmp(fault, "pass") && r->type->silent && candidate->out.len + candidate->err.len)
        fault = "output";
    r->fault = strcmp(fault, "pass") != 0 ? fault : NULL;
    r->status = candidate ? candidate->status : 0;
    strbuf_puts(&r->said, grader->report.s + line + (grader->report.s[line] == '\n'));
    if (!verdict)
        runner_hear(r, grader);
    if (candidate)
        runner_hear(r, candidate);
}

/* Whether a verdict lacks what only the end of the candidate's job tells. */
static bool waits(const struct runner *r, const char *verdict)
{
    return !strcmp(verdict, "unfinished") || (!strcmp(verdict, "pass") && r->type->silent);
}

static int step(struct runner *r, struct err *e)
{
    const struct sandbox_result *grader = sandbox_result(r->run[GRADER]);
    const struct sandbox_result *candidate = sandbox_result(r->run[CANDIDATE]);
    if (runner_check(grader, e) < 0 || runner_check(candidate, e) < 0)
        return e->code;
    if (!grader)
        return 0;
    const char *verdict = verdict_of(&grader->report);
    if (verdict && !candidate && waits(r, verdict))
        return 0;
    judge(r, verdict, grader, candidate);
    return 1;
}

static int python_begin(struct runner *r, struct err *e)
{
    /* Hashes the same in every run; nothing but what comes with Python. */
    static const char *const env[] = { "PYTHONHASHSEED=0", NULL };
    const struct pair pair = {
        .argv = { runner_command("python3", &r->mem), "-S", "-B", "run" },
        .env = env,
        .wire = runner_python_wire,
        .grader = runner_python_grader,
        .candidate = runner_python_candidate,
        .start_s = 5,
    };
    return begin(r, &pair, e);
}

const struct runner_type runner_python = {
    .language = "python",
    .command = (const char *const[]){ "python3", NULL },
    .version = "--version",
    .missing = "no 'python3' command; apt install python3",
    .begin = python_begin,
    .step = step,
};

static int javascript_begin(struct runner *r, struct err *e)
{
    const struct pair pair = {
        .argv = { runner_command("node", &r->mem), "run" },
        .wire = runner_js_wire,
        .grader = runner_js_grader,
        .candidate = runner_js_candidate,
        .address_mb = 65536,
        .processes = 64,
    };
    return begin(r, &pair, e);
}

const struct runner_type runner_javascript = {
    .language = "javascript",
    .command = (const char *const[]){ "node", NULL },
    .version = "--version",
    .missing = "no 'node' command; apt install nodejs",
    .silent = true,
    .begin = javascript_begin,
    .step = step,
};
