#include "evaluator/journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/paged.h"

enum { MAX_LINE = 64 * 1024 * 1024, SYNC_MS = 5000 };

/* What is known of a sample, by its index: 0 = nothing, else IS_THERE, whether
 * it failed, and bits of its id, since the index alone would hide that journal
 * and data set do not belong together. */
enum { IS_THERE = 1, HAS_FAILED = 2, MARKS = 3 };

struct journal {
    int fd;
    char *path;
    off_t size; /* up to the last whole line */
    bool retry_failed;
    struct paged known;
    size_t n, n_failed;
    int64_t synced;
    struct strbuf line;
};

static uint32_t mark_of(const char *id)
{
    return ((uint32_t)(hash_text(id) >> 32) & ~(uint32_t)MARKS) | IS_THERE;
}

static void remember(struct journal *j, const struct sample *s, bool failed)
{
    uint32_t *known = paged_put(&j->known, (uint32_t)s->index);
    j->n += !*known;
    j->n_failed += (size_t)failed - (size_t)((*known & HAS_FAILED) != 0);
    *known = mark_of(s->id) | (failed ? HAS_FAILED : 0);
}

/* Cuts what follows the last newline: a line that was being written when the
 * process or the machine died. */
static int cut_torn_line(struct journal *j, struct err *e)
{
    struct stat st;
    if (fstat(j->fd, &st) < 0)
        return err_set(e, ERR_IO, "%s: %s", j->path, strerror(errno));
    off_t end = st.st_size;
    char chunk[4096];
    while (end > 0) {
        off_t from = end > (off_t)sizeof chunk ? end - (off_t)sizeof chunk : 0;
        ssize_t n = pread(j->fd, chunk, (size_t)(end - from), from);
        if (n != end - from)
            return err_set(e, ERR_IO, "%s: cannot be read: %s", j->path, strerror(errno));
        while (n > 0 && chunk[n - 1] != '\n')
            n--;
        end = from + n;
        if (n > 0)
            break;
    }
    if (end < st.st_size && ftruncate(j->fd, end) < 0)
        return err_set(e, ERR_IO, "%s: cannot be mended: %s", j->path, strerror(errno));
    j->size = end;
    return 0;
}

static int read_entries(struct journal *j, struct err *e)
{
    struct record_stream *lines = NULL;
    struct record record;
    struct arena mem = { 0 };
    int rc = record_stream_open(&lines, j->path, e);
    while (rc >= 0 && (rc = record_stream_next(lines, &record, &mem, e)) == 1) {
        remember(j, &record.trace.sample, record.failed != NULL);
        arena_clear(&mem);
    }
    arena_release(&mem);
    record_stream_close(lines);
    return rc;
}

static void journal_free(struct journal *j)
{
    paged_release(&j->known);
    if (j->fd >= 0)
        close(j->fd);
    strbuf_release(&j->line);
    free(j->path);
    free(j);
}

static int lock(const struct journal *j, struct err *e)
{
    if (flock(j->fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK) /* a network file system may know no locks */
        return err_set(e, ERR_IO, "%s: cannot be locked: %s", j->path, strerror(errno));
    return err_set(e, ERR_MISMATCH, "%s: is being written by another process; wait for it, or "
                                    "give another --out or --shard", j->path);
}

int journal_open(struct journal **out, const char *path, bool retry_failed, struct err *e)
{
    struct journal *j = xcalloc(1, sizeof *j);
    strbuf_init(&j->line, 0);
    j->path = xstrdup(path);
    j->retry_failed = retry_failed;
    j->synced = clock_ms();
    j->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (j->fd < 0)
        err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    else if (lock(j, e) == 0 && cut_torn_line(j, e) == 0 && read_entries(j, e) == 0) {
        *out = j;
        return 0;
    }
    journal_free(j);
    return e->code;
}

bool journal_has(const struct journal *j, const struct sample *s)
{
    uint32_t known = s->index <= UINT32_MAX ? paged_get(&j->known, (uint32_t)s->index) : 0;
    return (known & ~(uint32_t)HAS_FAILED) == mark_of(s->id) &&
           !((known & HAS_FAILED) && j->retry_failed);
}

size_t journal_count(const struct journal *j)
{
    return j->n;
}

size_t journal_count_failed(const struct journal *j)
{
    return j->n_failed;
}

static int append(struct journal *j, struct err *e)
{
    const char *data = j->line.s;
    size_t left = j->line.len;
    while (left) {
        ssize_t n = write(j->fd, data, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int why = errno;
            if (ftruncate(j->fd, j->size) < 0)
                why = errno; /* the next opening cuts the torn line */
            return err_set(e, ERR_IO, "%s: cannot be written: %s; what it holds is safe, "
                                      "continue with --resume", j->path, strerror(why));
        }
        data += n;
        left -= (size_t)n;
    }
    j->size += (off_t)j->line.len;
    return 0;
}

int journal_add(struct journal *j, const struct trace *t, const char *failed,
                const char *why, const struct score *score, size_t n_score,
                bool keep_prompts, struct err *e)
{
    if (t->sample.index > UINT32_MAX)
        return err_set(e, ERR_LIMIT, "sample %s: a journal holds 2^32 samples at most",
                       t->sample.id);
    strbuf_clear(&j->line);
    record_write(&j->line, t, failed, why, score, n_score, keep_prompts);
    strbuf_putc(&j->line, '\n');
    if (append(j, e) < 0)
        return e->code;
    remember(j, &t->sample, failed != NULL);
    int64_t now = clock_ms();
    if (now - j->synced > SYNC_MS) {
        fdatasync(j->fd); /* best effort: journal_close() checks */
        j->synced = now;
    }
    return 0;
}

int journal_close(struct journal *j, struct err *e)
{
    if (!j)
        return 0;
    int rc = 0;
    if (fsync(j->fd) < 0 && errno != EINVAL && errno != EROFS)
        rc = err_set(e, ERR_IO, "%s: cannot be written: %s", j->path, strerror(errno));
    journal_free(j);
    return rc;
}

/* ------------------------------------------------------------- reading */

struct record_stream {
    struct line_reader *lines;
    char *path;
    bool torn;
};

int record_stream_open(struct record_stream **out, const char *path, struct err *e)
{
    struct line_reader *lines = NULL;
    if (line_open(&lines, path, MAX_LINE, e) < 0)
        return e->code;
    struct record_stream *s = xcalloc(1, sizeof *s);
    *s = (struct record_stream){ .lines = lines, .path = xstrdup(path) };
    *out = s;
    return 0;
}

int record_stream_next(struct record_stream *s, struct record *out, struct arena *mem,
                       struct err *e)
{
    const char *line = NULL;
    size_t len = 0;
    int rc = line_next(s->lines, &line, &len, e);
    if (rc <= 0)
        return rc;
    /* A last line without its newline was torn, whether it parses or not. */
    if (!line_is_whole(s->lines)) {
        s->torn = true;
        return 0;
    }
    if (record_parse(out, line, len, mem, e) < 0)
        return err_in(e, "%s:%zu", s->path, line_number(s->lines));
    return 1;
}

bool record_stream_torn(const struct record_stream *s)
{
    return s->torn;
}

void record_stream_close(struct record_stream *s)
{
    if (!s)
        return;
    line_close(s->lines);
    free(s->path);
    free(s);
}

static int by_index(const void *a, const void *b)
{
    const struct sample *x = &((const struct record *)a)->trace.sample;
    const struct sample *y = &((const struct record *)b)->trace.sample;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return strcmp(x->id, y->id);
}

struct seen {
    UT_hash_handle hh;
    const char *id;
    size_t at;
};

/* Keep the last line of every id. */
static void keep_last(struct records *r)
{
    struct seen *seen = NULL, *all = xcalloc(r->n, sizeof *all);
    size_t kept = 0;
    for (size_t i = 0; i < r->n; i++) {
        const char *id = r->record[i].trace.sample.id;
        struct seen *found = NULL;
        HASH_FIND_STR(seen, id, found);
        if (found) {
            r->record[found->at] = r->record[i];
            continue;
        }
        all[kept] = (struct seen){ .id = id, .at = kept };
        HASH_ADD_KEYPTR(hh, seen, all[kept].id, strlen(id), &all[kept]);
        r->record[kept++] = r->record[i];
    }
    HASH_CLEAR(hh, seen);
    free(all);
    r->n = kept;
}

int records_read(struct records *out, const char *path, struct err *e)
{
    *out = (struct records){ 0 };
    struct record_stream *lines = NULL;
    struct record record;
    size_t cap = 0;
    int rc = record_stream_open(&lines, path, e);
    while (rc >= 0 && (rc = record_stream_next(lines, &record, &out->mem, e)) == 1) {
        out->record = grow(out->record, out->n, &cap, sizeof *out->record);
        out->record[out->n++] = record;
    }
    out->n_torn = lines && record_stream_torn(lines);
    record_stream_close(lines);
    if (rc == 0 && out->n) {
        keep_last(out);
        qsort(out->record, out->n, sizeof *out->record, by_index);
    }
    return rc;
}

void records_release(struct records *r)
{
    free(r->record);
    arena_release(&r->mem);
    *r = (struct records){ 0 };
}
