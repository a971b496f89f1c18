#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "evaluator/engines/engine.h"
#include "evaluator/engines/queue.h"
#include "evaluator/engines/runner.h"
#include "evaluator/engines/sandbox.h"
#include "evaluator/engines/sandbox_run.h"
#include "evaluator/engines/sandbox_warden.h"

enum {
    MAX_ASKED = 1024,
    DRAWS = 1 << 20, /* an id is place * DRAWS + draw */
    BROKEN_MAX = 3,  /* questions in a row without a program run: it will not get better */
};

/* A question under way. */
struct asked {
    struct job job;
    struct out *out;
    size_t left; /* programs without a verdict */
    const char *why;
    int64_t begun;
    bool busy;
};

struct sandboxed {
    struct engine engine;
    struct sandbox *sandbox;
    pid_t warden;
    int fd;
    struct frames in;
    struct asked asked[MAX_ASKED];
    size_t n_broken;
};

static void close_engine(struct engine *g)
{
    struct sandboxed *s = (struct sandboxed *)g;
    if (s->fd >= 0)
        close(s->fd); /* the warden kills what runs, and leaves */
    while (s->warden > 0 && waitpid(s->warden, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (s->sandbox)
        sandbox_kill_strays(s->sandbox); /* of a warden that was killed */
    sandbox_close(s->sandbox);
    strbuf_release(&s->in.text);
    free(s);
}

static int open_engine(struct engine **out, const char *where, const struct engine_options *o,
                       struct err *e)
{
    struct sandbox_options options = { .jobs = o->exec_jobs, .unsafe = o->exec_unsafe };
    struct sandboxed *s = xcalloc(1, sizeof *s);
    s->engine = (struct engine){ .type = &engine_sandbox, .asks = ASK_EXEC };
    s->fd = -1;
    strbuf_init(&s->in.text, 0);
    int code = *where ? err_set(e, ERR_USAGE, "sandbox:%s: nothing follows the colon", where) : 0;
    if (code == 0)
        code = sandbox_open(&s->sandbox, &options, e);
    if (code == 0)
        code = warden_start(&s->warden, &s->fd, s->sandbox, e);
    if (code < 0) {
        close_engine(&s->engine);
        return code;
    }
    s->engine.hold = 4 * sandbox_jobs(s->sandbox) < 64 ? 64 : 4 * sandbox_jobs(s->sandbox);
    *out = &s->engine;
    return 0;
}

/* --- asking ------------------------------------------------------------------ */

static void write_program(struct frames *out, size_t id, const struct exec *x,
                          const char *solution)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text };
    json_open(&w, NULL, '{');
    json_put_int(&w, "id", (int64_t)id);
    json_put_text(&w, "language", x->language);
    json_put_text(&w, "given", x->given);
    json_put_text(&w, "test", x->test);
    json_put_text(&w, "entry", x->entry);
    json_put_number(&w, "limit_s", x->limit_s);
    json_put_int(&w, "memory_mb", x->memory_mb);
    json_put_text(&w, "solution", solution);
    json_close(&w, '}');
    frames_add(out, &text);
    strbuf_release(&text);
}

/* The warden reads whatever else it does, so this ends soon. */
static int send_all(const struct sandboxed *s, const struct strbuf *text, struct err *e)
{
    for (size_t done = 0; done < text->len;) {
        ssize_t n = send(s->fd, text->s + done, text->len - done, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return err_set(e, ERR_ENGINE, "the process that runs programs has ended");
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int push(struct engine *g, const struct request *q, struct arena *mem,
                const struct turn *turn, void *tag, struct err *e)
{
    struct sandboxed *s = (struct sandboxed *)g;
    size_t place = 0;
    while (place < MAX_ASKED && s->asked[place].busy)
        place++;
    if (place == MAX_ASKED)
        return 0;
    struct asked *a = &s->asked[place];
    *a = (struct asked){ .job = { q, turn, mem, tag }, .busy = true, .begun = clock_ms() };
    a->out = arena_array(mem, q->n_out + 1, sizeof *a->out);
    struct frames all = { .text = STRBUF_INIT };
    for (size_t i = 0; i < q->n_out; i++) {
        a->out[i] = (struct out){ .text = "", .fault = "empty" };
        if (!*q->variant[i])
            continue;
        write_program(&all, place * DRAWS + i, q->exec, q->variant[i]);
        a->left++;
    }
    int code = send_all(s, &all.text, e);
    strbuf_release(&all.text);
    return code < 0 ? code : 1;
}

/* --- answering ---------------------------------------------------------------- */

static const char *copied(struct arena *mem, const char *text)
{
    return text ? arena_strdup(mem, text) : NULL;
}

static void take_verdict(struct sandboxed *s, const cJSON *said)
{
    size_t id = (size_t)json_int(said, "id", 0);
    struct asked *a = &s->asked[id / DRAWS % MAX_ASKED];
    struct arena *mem = a->job.mem;
    const char *broken = json_text(said, "broken", NULL);
    a->left--;
    if (broken)
        a->why = arena_strdup(mem, broken);
    else
        a->out[id % DRAWS] = (struct out){
            .text = arena_strdup(mem, json_text(said, "text", "")),
            .fault = copied(mem, json_text(said, "fault", NULL)),
            .status = (int)json_int(said, "status", 0),
        };
}

/* Takes what the warden has said. */
static int hear(struct sandboxed *s, struct err *e)
{
    cJSON *said = NULL;
    int got = 0;
    bool open = frames_read(&s->in, s->fd);
    while ((got = frames_take(&said, &s->in, e)) > 0) {
        take_verdict(s, said);
        cJSON_Delete(said);
    }
    if (got == 0 && !open)
        got = err_set(e, ERR_ENGINE, "the process that runs programs has ended");
    return got;
}

static struct asked *finished(struct sandboxed *s)
{
    for (size_t i = 0; i < MAX_ASKED; i++)
        if (s->asked[i].busy && !s->asked[i].left)
            return &s->asked[i];
    return NULL;
}

static int deliver(struct sandboxed *s, struct asked *a, void **tag, struct response *out,
                   struct err *e)
{
    *tag = a->job.tag;
    *out = (struct response){ .out = a->out, .n_out = a->job.q->n_out,
                              .ms = (uint32_t)(clock_ms() - a->begun) };
    a->busy = false;
    s->n_broken = a->why ? s->n_broken + 1 : 0;
    if (!a->why)
        return 1;
    if (s->n_broken >= BROKEN_MAX)
        return err_set(e, ERR_ENGINE, "no program can be run: %s", a->why);
    out->failed = "sandbox";
    out->why = a->why;
    return 1;
}

static int pull(struct engine *g, int wait_ms, void **tag, struct response *out, struct err *e)
{
    struct sandboxed *s = (struct sandboxed *)g;
    int64_t until = clock_ms() + wait_ms;
    for (;;) {
        struct asked *a = finished(s);
        if (a)
            return deliver(s, a, tag, out, e);
        int64_t left = until - clock_ms();
        struct pollfd p = { .fd = s->fd, .events = POLLIN };
        int n = poll(&p, 1, left > 0 ? (int)left : 0);
        if (n > 0 && hear(s, e) < 0)
            return e->code;
        if (n <= 0 && left <= 0)
            return 0;
    }
}

static void describe(const struct engine *g, struct json_writer *w)
{
    const struct sandboxed *s = (const struct sandboxed *)g;
    json_put_text(w, "engine", "sandbox");
    sandbox_describe(s->sandbox, w);
    json_open(w, "languages", '{');
    runner_describe(w);
    json_close(w, '}');
}

const struct engine_type engine_sandbox = {
    .name = "sandbox",
    .help = "runs the programs that a model wrote, in bubblewrap; tasks of code use it by "
            "themselves",
    .open = open_engine,
    .push = push,
    .pull = pull,
    .describe = describe,
    .close = close_engine,
};
