#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "evaluator/engines/sandbox_run.h"

/* Where a child parks its descriptors before they get their numbers. */
enum { PARKED = 256 };

extern char **environ;

/* No more than was allowed already. */
static int limit_one(pid_t pid, int what, rlim_t soft, rlim_t hard)
{
    struct rlimit now;
    if (prlimit(pid, what, NULL, &now) < 0)
        return -1;
    struct rlimit wanted = { .rlim_cur = soft, .rlim_max = hard };
    if (now.rlim_max != RLIM_INFINITY && wanted.rlim_max > now.rlim_max)
        wanted.rlim_max = now.rlim_max;
    if (wanted.rlim_cur > wanted.rlim_max)
        wanted.rlim_cur = wanted.rlim_max;
    return prlimit(pid, what, &wanted, NULL);
}

int sandbox_limit_processes(pid_t pid, uint32_t n)
{
    return limit_one(pid, RLIMIT_NPROC, n, n);
}

static int limit_self(const struct sandbox_limits *limits)
{
    const rlim_t mb = 1024 * 1024, cpu = (rlim_t)(limits->cpu_s + 0.999);
    const struct {
        int what;
        rlim_t soft, hard;
    } table[] = {
        { RLIMIT_CPU, cpu, cpu + 1 }, /* SIGXCPU, then SIGKILL */
        { RLIMIT_AS, limits->address_mb * mb, limits->address_mb * mb },
        { RLIMIT_DATA, limits->memory_mb * mb, limits->memory_mb * mb },
        { RLIMIT_FSIZE, limits->tmp_mb * mb, limits->tmp_mb * mb },
        { RLIMIT_NOFILE, 256, 256 },
        { RLIMIT_CORE, 0, 0 },
        { RLIMIT_MEMLOCK, 65536, 65536 },
        { RLIMIT_MSGQUEUE, 0, 0 },
        { RLIMIT_SIGPENDING, 1024, 1024 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (limit_one(0, table[i].what, table[i].soft, table[i].hard) < 0)
            return -1;
    return 0;
}

/* --- in the child ---------------------------------------------------------- */

NORETURN static void give_up(const char *what)
{
    char line[256];
    int n = snprintf(line, sizeof line, "%s: %s\n", what, strerror(errno));
    ssize_t written = write(FD_STATUS, line, (size_t)n < sizeof line ? (size_t)n : 0);
    _exit(written < 0 ? 126 : 127);
}

/* No descriptor but these is left to what is executed. */
static void close_others(void)
{
    enum { CLOSE_ON_EXEC = 4 }; /* CLOSE_RANGE_CLOEXEC, of Linux 5.11 */
    if (syscall(SYS_close_range, 3, ~0U, CLOSE_ON_EXEC) == 0)
        return;
    long end = sysconf(_SC_OPEN_MAX);
    for (int fd = 3; fd < end; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void number_fds(const struct sandbox_fds *fds)
{
    int parked[sizeof fds->fd / sizeof *fds->fd];
    for (size_t i = 0; i < fds->n; i++)
        parked[i] = fcntl(fds->fd[i].ours, F_DUPFD_CLOEXEC, PARKED);
    close_others();
    for (size_t i = 0; i < fds->n; i++)
        if (parked[i] < 0 || dup2(parked[i], fds->fd[i].theirs) < 0)
            give_up("cannot pass a file descriptor");
}

/* A user of its own has no files, and its processes can be counted. */
static void become(uid_t uid)
{
    if (uid && (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
                setresuid(uid, uid, uid) < 0))
        give_up("cannot give up the rights of root");
}

/* Signals as a fresh process has them; the first to go when memory ends. */
static void clean_state(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "1000", 4) < 0)
        errno = 0; /* then it is as likely as others */
    if (fd >= 0)
        close(fd);
}

NORETURN static void child(const struct sandbox_spawn *p, pid_t parent)
{
    setsid();
    clean_state();
    number_fds(p->fds);
    become(p->uid);
    /* after the user changed, which clears it; a parent that is dead by now
     * will not be noticed otherwise */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        give_up("cannot be tied to evalrun");
    if (p->folder && chdir(p->folder) < 0)
        give_up(p->folder);
    if (limit_self(p->limits) < 0 ||
        (p->processes && sandbox_limit_processes(0, p->processes) < 0))
        give_up("cannot set limits");
    fcntl(FD_STATUS, F_SETFD, p->keep_status ? 0 : FD_CLOEXEC);
    environ = (char **)p->env;
    execvpe(p->argv[0], (char *const *)p->argv, environ);
    give_up(p->argv[0]);
}

pid_t sandbox_spawn(const struct sandbox_spawn *p)
{
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        child(p, parent);
    return pid;
}
