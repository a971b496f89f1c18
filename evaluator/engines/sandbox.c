#define _GNU_SOURCE
#include "evaluator/engines/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "evaluator/engines/sandbox_run.h"

enum {
    WATCH_MS = 50,    /* between looks at memory and processes */
    BEGIN_MS = 10000, /* for bubblewrap to begin, on a busy machine too */
    UNSAFE_MS = 5,    /* between looks for a death that no pipe tells */
    CHUNK = 65536,
    MAX_TMP_FILES = 65536, /* at a KB of the kernel's memory each */
};

/* --- starting ------------------------------------------------------------ */

static void fill_limits(struct sandbox_limits *l)
{
    l->wall_s = l->wall_s > 0 ? l->wall_s : 10;
    l->cpu_s = l->cpu_s > 0 ? l->cpu_s : l->wall_s + 1;
    l->memory_mb = l->memory_mb ? l->memory_mb : 512;
    l->address_mb = l->address_mb ? l->address_mb : l->memory_mb + 256;
    l->processes = l->processes ? l->processes : 32;
    l->tmp_mb = l->tmp_mb ? l->tmp_mb : 64;
    l->output = l->output ? l->output : 1 << 20;
    l->report = l->report ? l->report : 16 << 20;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void pass(struct sandbox_fds *fds, int theirs, int ours)
{
    fds->fd[fds->n++] = (struct sandbox_fd){ .theirs = theirs, .ours = ours };
}

/* A pipe that the run writes and we read. */
static int open_stream(struct sandbox_stream *stream, struct strbuf *text, size_t limit,
                       struct sandbox_fds *fds, int theirs)
{
    int end[2];
    strbuf_init(text, limit);
    if (pipe2(end, O_CLOEXEC) < 0)
        return -1;
    fcntl(end[0], F_SETFL, O_NONBLOCK);
    *stream = (struct sandbox_stream){ .fd = end[0], .text = text };
    pass(fds, theirs, end[1]);
    return 0;
}

/* Some bytes as a file that nobody can change any more. */
static int open_bytes(const char *data, size_t len, struct sandbox_fds *fds, int theirs)
{
    int fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    pass(fds, theirs, fd);
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, data + done, len - done);
        if (n < 0)
            return -1;
        done += (size_t)n;
    }
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        return -1;
    return lseek(fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

/* The filter, but for its last byte. */
static int open_filter(struct sandbox_run *r, struct sandbox_fds *fds)
{
    const struct strbuf *filter = &r->sandbox->filter;
    int end[2]; /* a socket, since a pipe that nobody reads any more kills its writer */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end) < 0)
        return -1;
    pass(fds, FD_FILTER, end[0]);
    r->held_fd = end[1];
    return write(end[1], filter->s, filter->len - 1) == (ssize_t)(filter->len - 1) ? 0 : -1;
}

static int open_stdin(const struct sandbox_job *job, struct sandbox_fds *fds)
{
    if (job->n_input)
        return open_bytes(job->input, job->n_input, fds, 0);
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    pass(fds, 0, fd);
    return 0;
}

/* All that the child gets from us. On failure what was opened is in fds too. */
static int open_all(struct sandbox_run *r, const struct sandbox_job *job,
                    struct sandbox_fds *fds)
{
    struct sandbox_result *out = &r->result;
    if (open_stdin(job, fds) < 0 ||
        open_stream(&r->stream[STREAM_OUT], &out->out, r->limits.output, fds, 1) < 0 ||
        open_stream(&r->stream[STREAM_ERR], &out->err, r->limits.output, fds, 2) < 0 ||
        open_stream(&r->status, &r->said, 4096, fds, FD_STATUS) < 0)
        return -1;
    if (job->report && open_stream(&r->stream[STREAM_REPORT], &out->report, r->limits.report,
                                   fds, job->report) < 0)
        return -1;
    if (!r->sandbox->program)
        return 0;
    for (size_t i = 0; i < job->n_file; i++)
        if (open_bytes(job->file[i].data, job->file[i].len, fds, FD_FILE + (int)i) < 0)
            return -1;
    return open_filter(r, fds);
}

static int spawn(struct sandbox_run *r, const struct sandbox_job *job, struct sandbox_fds *fds,
                 struct err *e)
{
    struct sandbox *s = r->sandbox;
    struct arena mem = { 0 };
    struct words w = { .mem = &mem };
    static const char *const nothing[] = { NULL };
    struct sandbox_spawn p = { .fds = fds, .env = nothing, .limits = &r->limits };
    int code = 0;
    if (s->program) {
        bwrap_command(&w, s, job, &r->limits);
        p.argv = w.word;
        p.uid = s->uid ? s->uid + (uid_t)r->place : 0;
        p.processes = s->uid ? r->limits.processes + 2 : 0; /* monitor and init */
        p.keep_status = true;
    } else {
        code = unsafe_prepare(&p, r, job, &mem, e);
    }
    for (size_t i = 0; i < job->n_fd; i++)
        pass(fds, job->fd[i].theirs, job->fd[i].ours);
    if (code == 0 && (r->monitor = sandbox_spawn(&p)) < 0)
        code = err_set(e, ERR_IO, "cannot start a process for a program: %s", strerror(errno));
    fds->n -= job->n_fd; /* these are not ours to close */
    arena_release(&mem);
    return code;
}

/* The smallest number that no run has. */
static size_t free_place(const struct sandbox *s)
{
    size_t place = 0;
    for (size_t i = 0; i < s->n_run; i++)
        if (s->run[i]->place == place) {
            place++;
            i = (size_t)-1;
        }
    return place;
}

int sandbox_start(struct sandbox_run **out, struct sandbox *s, const struct sandbox_job *job,
                  struct err *e)
{
    assert(job->n_file <= MAX_FILES && job->n_fd <= 32);
    struct sandbox_run *r = xcalloc(1, sizeof *r);
    struct sandbox_fds fds;
    fds.n = 0;
    int code = 0;
    r->sandbox = s;
    r->place = free_place(s);
    r->limits = job->limits;
    fill_limits(&r->limits);
    r->held_fd = r->status.fd = -1;
    for (size_t i = 0; i < STREAM_COUNT; i++)
        r->stream[i].fd = -1;
    strbuf_init(&r->result.report, 0);
    s->run = grow(s->run, s->n_run, &s->cap_run, sizeof *s->run);
    s->run[s->n_run++] = r;
    if (open_all(r, job, &fds) < 0)
        code = err_set(e, ERR_IO, "cannot open pipes for a program: %s", strerror(errno));
    else
        code = spawn(r, job, &fds, e);
    for (size_t i = 0; i < fds.n; i++)
        close(fds.fd[i].ours);
    r->begun = r->watched = clock_ms();
    if (code == 0)
        *out = r;
    else
        sandbox_end(r);
    return code;
}

/* --- watching ------------------------------------------------------------ */

static void kill_as(struct sandbox_run *r, enum sandbox_ending how)
{
    if (!r->killed)
        r->killed_as = how;
    r->killed = true;
}

/* Takes what a pipe holds; true when a ceiling was passed. */
static bool drain(struct sandbox_stream *stream)
{
    char chunk[CHUNK];
    while (stream->fd >= 0) {
        ssize_t n = read(stream->fd, chunk, sizeof chunk);
        if (n < 0)
            break; /* nothing now */
        if (n == 0)
            close_fd(&stream->fd);
        else
            strbuf_add(stream->text, chunk, (size_t)n);
        if (stream->text->over)
            return true;
    }
    return false;
}

static long status_number(const struct sandbox_run *r, const char *key)
{
    const char *at = strstr(r->said.s, key);
    return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

/* Bubblewrap has told who init is: it may go on. */
static void begin(struct sandbox_run *r)
{
    const struct sandbox *s = r->sandbox;
    long pid = status_number(r, "\"child-pid\":");
    if (r->init || pid <= 0)
        return;
    r->init = (pid_t)pid;
    if (r->killed)
        return;
    /* A user who has other processes can be limited only within the namespace,
     * which kernels of old do not tell apart; then sandbox_usage() counts. */
    if (!s->uid && !s->old_count &&
        sandbox_limit_processes(r->init, r->limits.processes + 1) < 0) {
        r->why = xprintf("cannot limit the processes of a program: %s", strerror(errno));
        kill_as(r, SANDBOX_BROKEN);
    } else if (send(r->held_fd, s->filter.s + s->filter.len - 1, 1, MSG_NOSIGNAL) != 1) {
        r->why = xprintf("bubblewrap ended before the program began");
        kill_as(r, SANDBOX_BROKEN);
    }
    close_fd(&r->held_fd);
    r->begun = clock_ms();
}

static void watch(struct sandbox_run *r, int64_t now)
{
    pid_t root = r->sandbox->program ? r->init : r->monitor;
    bool begun = root && r->held_fd < 0;
    if (r->killed || r->monitor_dead)
        return;
    if ((double)(now - r->begun) >= (begun ? r->limits.wall_s * 1000 : BEGIN_MS)) {
        if (!begun)
            r->why = xprintf("bubblewrap did not begin within %d s", BEGIN_MS / 1000);
        kill_as(r, begun ? SANDBOX_TIMEOUT : SANDBOX_BROKEN);
        return;
    }
    if (!begun || now - r->watched < WATCH_MS)
        return;
    struct sandbox_usage used;
    sandbox_usage(&used, root);
    r->watched = clock_ms();
    if (used.memory_kb / 1024 > r->result.memory_mb)
        r->result.memory_mb = (uint32_t)(used.memory_kb / 1024);
    if (used.memory_kb / 1024 > r->limits.memory_mb)
        kill_as(r, SANDBOX_MEMORY);
    if (used.over || used.tasks > r->limits.processes + 2)
        kill_as(r, SANDBOX_CROWD);
    if (r->sandbox->program &&
        (used.files > MAX_TMP_FILES || used.tmp_kb > r->limits.tmp_mb * 1024UL))
        kill_as(r, SANDBOX_OUTPUT);
}

/* Only where it cannot have been waited for yet: a number may else be another
 * process by now. init goes with the monitor. */
static void kill_all(struct sandbox_run *r, int64_t now)
{
    bool known = r->init || !r->sandbox->program || now - r->begun > 2 * BEGIN_MS;
    if (!r->killed || r->monitor_dead || !known)
        return;
    if (!r->sandbox->program)
        sandbox_kill_tree(r->monitor);
    kill(r->monitor, SIGKILL);
}

/* Every process of the run is dead. init becomes ours when the monitor died
 * first (we adopt), and it dies after all others of its namespace. */
static bool all_dead(struct sandbox_run *r)
{
    if (!r->monitor_dead && waitpid(r->monitor, &r->monitor_status, WNOHANG) == r->monitor) {
        r->monitor_dead = true;
        r->result.wall_s = (double)(clock_ms() - r->begun) / 1000;
    }
    if (!r->monitor_dead || !r->init)
        return r->monitor_dead;
    if (waitpid(r->init, NULL, WNOHANG) != 0)
        return true;
    kill(r->init, SIGKILL);
    return false;
}

/* The first line of what was said instead of beginning. */
static char *complaint(const struct sandbox_run *r)
{
    const struct strbuf *from = r->said.len && r->said.s[0] != '{' ? &r->said : &r->result.err;
    struct strbuf line = STRBUF_INIT;
    utf8_repair(&line, from->s, strcspn(from->s, "\n"));
    if (!line.len)
        strbuf_puts(&line, "a program was not begun, and bubblewrap does not say why");
    return strbuf_take(&line);
}

static void conclude(struct sandbox_run *r)
{
    struct sandbox_result *out = &r->result;
    int st = r->monitor_status;
    long code = WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
    bool began = !r->said.len;
    if (r->sandbox->program) {
        code = status_number(r, "\"exit-code\":");
        began = code >= 0;
    }
    out->status = began ? (int)code : 128 + SIGKILL;
    if (r->killed)
        out->end = r->killed_as;
    else if (!began)
        out->end = SANDBOX_BROKEN;
    else if (code == 128 + SIGXCPU)
        out->end = SANDBOX_TIMEOUT;
    else if (code == 128 + SIGXFSZ)
        out->end = SANDBOX_OUTPUT;
    else
        out->end = SANDBOX_EXITED;
    if (out->end == SANDBOX_BROKEN && !r->why)
        r->why = complaint(r);
    out->why = r->why;
    r->over = true;
}

static void close_all(struct sandbox_run *r)
{
    close_fd(&r->held_fd);
    close_fd(&r->status.fd);
    for (size_t i = 0; i < STREAM_COUNT; i++)
        close_fd(&r->stream[i].fd);
}

/* Moves a run on; true when it ended now. */
static bool step(struct sandbox_run *r)
{
    int64_t now = clock_ms();
    if (r->over)
        return false;
    drain(&r->status);
    if (r->sandbox->program)
        begin(r);
    bool dead = all_dead(r); /* before the last look at the pipes */
    for (size_t i = 0; i < STREAM_COUNT; i++)
        if (drain(&r->stream[i]))
            kill_as(r, SANDBOX_OUTPUT);
    watch(r, now);
    kill_all(r, now);
    if (!dead)
        return false;
    drain(&r->status);
    if (!r->sandbox->program)
        sandbox_kill_strays(r->sandbox);
    conclude(r);
    close_all(r);
    return true;
}

/* --- waiting ------------------------------------------------------------- */

struct watched {
    struct pollfd *fd;
    size_t n, cap;
};

static void watch_fd(struct watched *w, int fd)
{
    if (fd < 0)
        return;
    w->fd = grow(w->fd, w->n, &w->cap, sizeof *w->fd);
    w->fd[w->n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

/* How long this run can be left alone, at most `ms`. Deaths are seen by the end
 * of a pipe; only between monitor's and init's there is none to wait for. */
static int64_t patience(struct watched *w, const struct sandbox_run *r, int64_t ms)
{
    if (r->over)
        return ms;
    watch_fd(w, r->status.fd);
    for (size_t i = 0; i < STREAM_COUNT; i++)
        if (!r->stream[i].text || !r->stream[i].text->over)
            watch_fd(w, r->stream[i].fd);
    bool dying = r->monitor_dead || r->killed || r->status.fd < 0;
    int64_t mine = !r->sandbox->program ? UNSAFE_MS : dying ? 1 : WATCH_MS;
    int64_t left = r->begun + (int64_t)(r->limits.wall_s * 1000) - clock_ms();
    if (left < mine)
        mine = left < 1 ? 1 : left;
    return mine < ms ? mine : ms;
}

int sandbox_wait(struct sandbox *s, int also, int wait_ms, struct err *e)
{
    int64_t until = clock_ms() + wait_ms;
    struct watched w = { 0 };
    int code = 0;
    for (bool done = false; !done;) {
        for (size_t i = 0; i < s->n_run; i++)
            done |= step(s->run[i]);
        int64_t ms = done ? 0 : until - clock_ms();
        w.n = 0;
        watch_fd(&w, also);
        for (size_t i = 0; i < s->n_run; i++)
            ms = patience(&w, s->run[i], ms);
        done |= until <= clock_ms();
        if (poll(w.fd, w.n, ms > 0 ? (int)ms : 0) < 0 && errno != EINTR) {
            code = err_set(e, ERR_IO, "cannot wait for programs: %s", strerror(errno));
            break;
        }
        done |= also >= 0 && w.fd[0].revents;
    }
    free(w.fd);
    return code;
}

const struct sandbox_result *sandbox_result(const struct sandbox_run *run)
{
    return run->over ? &run->result : NULL;
}

void sandbox_end(struct sandbox_run *run)
{
    if (!run)
        return;
    struct sandbox *s = run->sandbox;
    while (run->monitor > 0 && !run->over) {
        kill_as(run, SANDBOX_BROKEN);
        if (!step(run))
            poll(NULL, 0, 1);
    }
    close_all(run);
    for (size_t i = 0; i < s->n_run; i++)
        if (s->run[i] == run) {
            s->run[i] = s->run[--s->n_run];
            break;
        }
    strbuf_release(&run->said);
    strbuf_release(&run->result.out);
    strbuf_release(&run->result.err);
    strbuf_release(&run->result.report);
    unsafe_release(run);
    free(run->why);
    free(run);
}
