#define _GNU_SOURCE
#include "evaluator/engines/sandbox_warden.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/flow.h"
#include "base/log.h"
#include "base/mem.h"
#include "evaluator/engines/runner.h"
#include "evaluator/engines/sandbox.h"
#include "evaluator/engines/sandbox_run.h"

/* --- frames ------------------------------------------------------------------ */

/* Forgets what is done with, once that is most of it. */
static void compact(struct frames *f)
{
    if (f->at < f->text.len / 2 + 1)
        return;
    memmove(f->text.s, f->text.s + f->at, f->text.len - f->at);
    strbuf_cut(&f->text, f->text.len - f->at);
    f->at = 0;
}

int frames_take(cJSON **out, struct frames *f, struct err *e)
{
    uint32_t len = 0;
    if (f->text.len - f->at < sizeof len)
        return 0;
    memcpy(&len, f->text.s + f->at, sizeof len);
    if (f->text.len - f->at < sizeof len + len)
        return 0;
    int got = json_parse(out, f->text.s + f->at + sizeof len, len, e);
    f->at += sizeof len + len;
    compact(f);
    return got < 0 ? got : 1;
}

void frames_add(struct frames *f, const struct strbuf *json)
{
    uint32_t len = (uint32_t)json->len;
    strbuf_add(&f->text, &len, sizeof len);
    strbuf_add(&f->text, json->s, json->len);
}

bool frames_read(struct frames *f, int fd)
{
    char chunk[65536];
    for (;;) {
        ssize_t n = recv(fd, chunk, sizeof chunk, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n > 0)
            strbuf_add(&f->text, chunk, (size_t)n);
    }
}

bool frames_send(struct frames *f, int fd)
{
    while (f->at < f->text.len) {
        ssize_t n = send(fd, f->text.s + f->at, f->text.len - f->at,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n <= 0)
            break;
        f->at += (size_t)n;
    }
    bool all = f->at == f->text.len;
    compact(f);
    return all;
}

/* --- programs ---------------------------------------------------------------- */

struct program {
    struct program *next;
    cJSON *asked;
    struct exec exec;
    struct runner *runner; /* NULL while it waits */
};

enum { UNSENT_MS = 5 };

struct warden {
    struct sandbox *sandbox;
    int fd;
    struct frames in, out;
    struct program *first, *last; /* that wait */
    struct program **active;      /* one per job, or NULL */
    size_t n_active;
};

static void take_asked(struct warden *w, cJSON *asked)
{
    struct program *p = xcalloc(1, sizeof *p);
    p->asked = asked;
    p->exec = (struct exec){
        .language = json_text(asked, "language", ""),
        .given = json_text(asked, "given", ""),
        .test = json_text(asked, "test", ""),
        .entry = json_text(asked, "entry", ""),
        .limit_s = json_number(asked, "limit_s", 0),
        .memory_mb = (uint32_t)json_int(asked, "memory_mb", 0),
    };
    if (w->last)
        w->last->next = p;
    else
        w->first = p;
    w->last = p;
}

static void answer(struct warden *w, const struct program *p, const struct out *out,
                   const char *broken)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer j = { .out = &text };
    json_open(&j, NULL, '{');
    json_put_int(&j, "id", json_int(p->asked, "id", 0));
    if (broken) {
        json_put_text(&j, "broken", broken);
    } else {
        json_put_text(&j, "fault", out->fault);
        json_put_int(&j, "status", out->status);
        json_put_text(&j, "text", out->text ? out->text : "");
    }
    json_close(&j, '}');
    frames_add(&w->out, &text);
    strbuf_release(&text);
}

static void end_program(struct warden *w, size_t i)
{
    struct program *p = w->active[i];
    runner_free(p->runner);
    cJSON_Delete(p->asked);
    free(p);
    w->active[i] = NULL;
    w->n_active--;
}

/* True when the program is over. */
static bool step(struct warden *w, size_t i)
{
    struct program *p = w->active[i];
    struct arena mem = { 0 };
    struct out out = { 0 };
    struct err e = { 0 };
    int got = runner_step(p->runner, &out, &mem, &e);
    if (got != 0) {
        answer(w, p, &out, got < 0 ? e.text : NULL);
        end_program(w, i);
    }
    arena_release(&mem);
    return got != 0;
}

static void begin(struct warden *w, size_t i)
{
    struct program *p = w->first;
    struct err e = { 0 };
    w->first = p->next;
    if (!w->first)
        w->last = NULL;
    w->active[i] = p;
    w->n_active++;
    if (runner_new(&p->runner, w->sandbox, &p->exec, json_text(p->asked, "solution", ""),
                   &e) < 0) {
        p->runner = NULL;
        answer(w, p, NULL, e.text);
        end_program(w, i);
    }
}

/* Moves all on as far as it goes without waiting. */
static void work(struct warden *w)
{
    size_t n = sandbox_jobs(w->sandbox);
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < n; i++) {
            if (!w->active[i] && w->first)
                begin(w, i);
            if (w->active[i] && step(w, i))
                again = true;
        }
        again = again && w->first;
    }
}

/* --- the process ------------------------------------------------------------- */

/* True while there is an evalrun that asks. */
static bool listen_once(struct warden *w, struct err *e)
{
    cJSON *asked = NULL;
    int got = 0;
    bool open = frames_read(&w->in, w->fd);
    while ((got = frames_take(&asked, &w->in, e)) > 0)
        take_asked(w, asked);
    return open && got == 0;
}

static void close_others(int keep)
{
    long end = sysconf(_SC_OPEN_MAX);
    if (syscall(SYS_close_range, keep + 1, ~0U, 0) < 0)
        for (int fd = keep + 1; fd < end; fd++)
            close(fd);
    for (int fd = STDERR_FILENO + 1; fd < keep; fd++)
        close(fd);
}

/* Away from the terminal and from evalrun's files, which must close when evalrun
 * does. A person's Ctrl-C is evalrun's business. */
static void settle(int fd)
{
    setsid();
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    log_set_hook(NULL);
    prctl(PR_SET_NAME, "evalrun-warden");
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    close_others(fd);
    sandbox_adopt();
}

static int run(struct warden *w)
{
    struct err e = { 0 };
    w->active = xcalloc(sandbox_jobs(w->sandbox), sizeof *w->active);
    while (listen_once(w, &e)) {
        work(w);
        bool sent = frames_send(&w->out, w->fd);
        if (sandbox_wait(w->sandbox, w->fd, sent ? 1000 : UNSENT_MS, &e) < 0)
            break;
    }
    if (e.code)
        log_error("sandbox", "%s", e.text);
    for (size_t i = 0; i < sandbox_jobs(w->sandbox); i++)
        if (w->active[i])
            end_program(w, i);
    sandbox_close(w->sandbox);
    return e.code ? 1 : 0;
}

int warden_start(pid_t *pid, int *fd, struct sandbox *s, struct err *e)
{
    int end[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end) < 0)
        return err_set(e, ERR_IO, "cannot make a socket: %s", strerror(errno));
    *pid = fork();
    if (*pid == 0) {
        struct warden w = { .sandbox = s, .fd = end[1] };
        strbuf_init(&w.in.text, 0);
        strbuf_init(&w.out.text, 0);
        settle(end[1]);
        _exit(run(&w));
    }
    close(end[1]);
    if (*pid < 0) {
        close(end[0]);
        return err_set(e, ERR_IO, "cannot start the process that runs programs: %s",
                       strerror(errno));
    }
    *fd = end[0];
    return 0;
}
