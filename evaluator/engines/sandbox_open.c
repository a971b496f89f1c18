#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "evaluator/engines/sandbox_filter.h"
#include "evaluator/engines/sandbox_run.h"

/* --- running one thing ----------------------------------------------------- */

/* Runs a job to its end; what came of it is in *text: stdout when it went well
 * (status 0), else one line that says why not. */
static int run_once(bool *well, struct strbuf *text, struct sandbox *s, const char *const *argv,
                    struct err *e)
{
    struct sandbox_run *run = NULL;
    const struct sandbox_result *r = NULL;
    struct sandbox_job job = { .argv = argv, .limits = { .address_mb = 4096 } };
    if (sandbox_start(&run, s, &job, e) < 0)
        return e->code;
    while (!(r = sandbox_result(run)))
        if (sandbox_wait(s, -1, 1000, e) < 0) {
            sandbox_end(run);
            return e->code;
        }
    *well = r->end == SANDBOX_EXITED && r->status == 0;
    strbuf_clear(text);
    if (*well)
        strbuf_add(text, r->out.s, r->out.len);
    else
        strbuf_puts(text, r->why ? r->why : "a trial program did not run");
    sandbox_end(run);
    return 0;
}

/* --- what is wrong with this system ---------------------------------------- */

static bool file_begins(const char *path, const char *text)
{
    struct strbuf b = STRBUF_INIT;
    struct err ignored = { 0 };
    bool yes = file_read(&b, path, 4096, &ignored) == 0 &&
               strncmp(b.s, text, strlen(text)) == 0;
    strbuf_release(&b);
    return yes;
}

/* The switches that forbid namespaces to ordinary users, and their cures. */
static const struct {
    const char *path, *when, *cure;
} switches[] = {
    { "/proc/sys/user/max_user_namespaces", "0\n", "sysctl user.max_user_namespaces=15000" },
    { "/proc/sys/kernel/unprivileged_userns_clone", "0",
      "sysctl kernel.unprivileged_userns_clone=1" },
    { "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
      "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile that "
      "allows bwrap 'userns'" },
};

static const char *cure(void)
{
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        if (file_begins(switches[i].path, switches[i].when))
            return switches[i].cure;
    if (file_exists("/.dockerenv") || file_exists("/run/.containerenv"))
        return "start the container with --security-opt seccomp=unconfined --security-opt "
               "apparmor=unconfined --security-opt systempaths=unconfined";
    return "docs/sandbox.md tells what a system must allow";
}

/* --- finding and trying bubblewrap ------------------------------------------ */

static char *find_program(const char *name)
{
    const char *path = getenv("PATH");
    for (const char *p = path ? path : "/usr/bin:/bin"; *p;) {
        size_t len = strcspn(p, ":");
        char *file = xprintf("%.*s/%s", (int)len, p, name);
        if (*file == '/' && access(file, X_OK) == 0 && !file_is_dir(file))
            return file;
        free(file);
        p += len + (p[len] == ':');
    }
    return NULL;
}

static bool at_least(const char *version, long minor)
{
    char *end = NULL;
    long major = strtol(version, &end, 10);
    return major > 0 || (*end == '.' && strtol(end + 1, NULL, 10) >= minor);
}

static int find_bwrap(struct sandbox *s, struct err *e)
{
    struct strbuf said = STRBUF_INIT;
    char *program = find_program("bwrap");
    bool well = false;
    int code = 0;
    if (!program)
        return err_set(e, ERR_ENGINE, "programs are run in bubblewrap, and there is no 'bwrap' "
                                      "command; install the package bubblewrap");
    code = run_once(&well, &said, s, (const char *const[]){ program, "--version", NULL }, e);
    const char *space = strrchr(said.s, ' ');
    if (code == 0 && (!well || !space))
        code = err_set(e, ERR_ENGINE, "%s does not tell its version", program);
    if (code == 0) {
        snprintf(s->version, sizeof s->version, "%.*s", (int)strcspn(space + 1, "\n"),
                 space + 1);
        s->sizes = at_least(s->version, 7);
        if (!at_least(s->version, 4))
            code = err_set(e, ERR_ENGINE, "%s is bubblewrap %s; 0.4 or newer is needed", program,
                           s->version);
    }
    strbuf_release(&said);
    if (code < 0)
        free(program);
    else
        s->program = program;
    return code;
}

/* Users that nobody is: one for each run at once, not those of another evalrun. */
static uid_t nobodies(void)
{
    return geteuid() == 0 ? 0x40000000u + ((uid_t)getpid() & 0xfffff) * 64 : 0;
}

/* Root gives up its rights where it may; a /proc is made where it may be. When
 * nothing goes, the reason of the last and simplest try is told. */
static int try_bwrap(struct sandbox *s, struct err *e)
{
    static const char *const nothing[] = { "true", NULL };
    struct strbuf said = STRBUF_INIT;
    const uid_t uid = nobodies();
    bool well = false;
    int code = 0;
    for (int i = 0; i < 4 && !well && code == 0; i++) {
        s->uid = i & 1 ? 0 : uid;
        s->proc = i < 2;
        if (!(i & 1) || uid) /* else the same again */
            code = run_once(&well, &said, s, nothing, e);
    }
    if (code == 0 && !well)
        code = err_set(e, ERR_ENGINE, "programs cannot be isolated here (%s); %s", said.s,
                       cure());
    strbuf_release(&said);
    return code;
}

/* Since 5.14 each user namespace counts its own processes. */
static bool counts_of_old(void)
{
    struct utsname u;
    char *end = NULL;
    if (uname(&u) < 0)
        return true;
    long major = strtol(u.release, &end, 10);
    long minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    return major < 5 || (major == 5 && minor < 14);
}

static size_t cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}

void sandbox_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

int sandbox_open(struct sandbox **out, const struct sandbox_options *o, struct err *e)
{
    struct sandbox *s = xcalloc(1, sizeof *s);
    int code = 0;
    s->options = *o;
    s->jobs = o->jobs > 0 ? (size_t)o->jobs : cores();
    s->old_count = counts_of_old();
    strbuf_init(&s->filter, 0);
    sandbox_adopt();
    if (access("/proc/thread-self/children", R_OK) < 0)
        log_warn("sandbox", "this kernel does not tell the children of a process "
                            "(CONFIG_PROC_CHILDREN): memory is limited for each process of a "
                            "program, and not for all together");
    if (!o->unsafe && !sandbox_filter(&s->filter))
        code = err_set(e, ERR_ENGINE, "programs cannot be isolated on this processor: the "
                                      "numbers of its system calls are not known");
    if (code == 0 && !o->unsafe)
        code = find_bwrap(s, e);
    if (code == 0 && !o->unsafe)
        code = try_bwrap(s, e);
    if (code < 0)
        sandbox_close(s);
    else
        *out = s;
    return code;
}

void sandbox_close(struct sandbox *s)
{
    if (!s)
        return;
    while (s->n_run)
        sandbox_end(s->run[s->n_run - 1]);
    free(s->run);
    free(s->program);
    strbuf_release(&s->filter);
    free(s);
}

/* --- what it is --------------------------------------------------------------- */

size_t sandbox_jobs(const struct sandbox *s)
{
    return s->jobs;
}

bool sandbox_isolated(const struct sandbox *s)
{
    return s->program != NULL;
}

void sandbox_describe(const struct sandbox *s, struct json_writer *w)
{
    struct utsname u;
    json_put_text(w, "isolation", s->program ? "bubblewrap" : "none");
    if (uname(&u) == 0)
        json_put_text(w, "kernel", u.release);
    if (!s->program)
        return;
    json_put_text(w, "bubblewrap", s->version);
    json_put_text(w, "tmp", s->sizes ? "limited" : "watched");
    json_put_bool(w, "proc", s->proc);
    json_put_text(w, "user", s->uid ? "apart" : "own");
}
