#include "base/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"

enum { REDRAW_MS = 250, PLAIN_MS = 30000 };

struct progress {
    char *title;
    const char *unit;
    size_t total;
    bool quiet, terminal, drawn;
    int64_t start, last;
};

static bool on_terminal(void)
{
    return isatty(STDERR_FILENO) != 0;
}

static void clear_line(void)
{
    if (on_terminal())
        fputs("\r\033[K", stderr);
}

struct progress *progress_new(const char *title, size_t total, const char *unit, bool quiet)
{
    struct progress *p = xcalloc(1, sizeof *p);
    *p = (struct progress){ .title = xstrdup(title), .unit = unit, .total = total,
                            .quiet = quiet, .terminal = on_terminal(), .start = clock_ms() };
    p->last = p->start;
    if (p->terminal && !quiet)
        log_set_hook(clear_line);
    return p;
}

static void put_time(struct strbuf *b, double seconds)
{
    long s = (long)(seconds + 0.5);
    if (s >= 3600)
        strbuf_printf(b, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        strbuf_printf(b, "%ld:%02ld", s / 60, s % 60);
}

static void describe(const struct progress *p, const struct progress_state *s, double seconds,
                     struct strbuf *b)
{
    bool bytes = p->unit[0] == 'b';
    double per_s = seconds > 0 ? (double)s->done / seconds : 0;
    strbuf_printf(b, "%s ", p->title);
    if (bytes)
        strbuf_printf(b, "%.1f/%.1f MB  %.1f MB/s", (double)s->done / 1e6,
                      (double)p->total / 1e6, per_s / 1e6);
    else
        strbuf_printf(b, "%zu/%zu  %.1f/s", s->done, p->total, per_s);
    if (!bytes && s->tokens && seconds > 0)
        strbuf_printf(b, "  %.0f tokens/s", (double)s->tokens / seconds);
    if (p->total > s->done && per_s > 0) {
        strbuf_puts(b, "  ETA ");
        put_time(b, (double)(p->total - s->done) / per_s);
    }
    if (!bytes)
        strbuf_printf(b, "  %zu failed", s->failed);
}

void progress_set(struct progress *p, const struct progress_state *s)
{
    int64_t now = clock_ms();
    if (p->quiet || now - p->last < (p->terminal ? REDRAW_MS : PLAIN_MS))
        return;
    p->last = now;
    struct strbuf b = STRBUF_INIT, line = STRBUF_INIT;
    describe(p, s, (double)(now - p->start) / 1000, &b);
    if (p->terminal) {
        utf8_fit(&line, b.s, 79);
        fprintf(stderr, "\r\033[K%s", line.s);
        fflush(stderr);
        p->drawn = true;
    } else {
        fprintf(stderr, "%s\n", b.s);
    }
    strbuf_release(&line);
    strbuf_release(&b);
}

void progress_free(struct progress *p)
{
    if (!p)
        return;
    if (p->drawn)
        clear_line();
    log_set_hook(NULL);
    free(p->title);
    free(p);
}
