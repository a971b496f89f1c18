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

enum { MAX_LINE = 64 * 1024 * 1024, SYNC_MS = 5000 };

struct entry {
    UT_hash_handle hh;
    bool failed;
    char id[];
};

struct journal {
    int fd;
    char *path;
    off_t size; /* up to the last whole line */
    bool retry_failed;
    struct entry *entries;
    size_t n_failed;
    int64_t synced;
    struct strbuf line;
};

static void remember(struct journal *j, const char *id, bool failed)
{
    struct entry *found = NULL;
    HASH_FIND_STR(j->entries, id, found);
    if (!found) {
        size_t len = strlen(id);
        found = xcalloc(1, sizeof *found + len + 1);
        memcpy(found->id, id, len);
        HASH_ADD_KEYPTR(hh, j->entries, found->id, len, found);
    }
    j->n_failed += (size_t)failed - (size_t)found->failed;
    found->failed = failed;
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
    struct records have = { 0 };
    int rc = records_read(&have, j->path, e);
    for (size_t i = 0; rc == 0 && i < have.n; i++)
        remember(j, have.record[i].trace.sample.id, have.record[i].failed != NULL);
    records_release(&have);
    return rc;
}

static void journal_free(struct journal *j)
{
    struct entry *entry, *next;
    HASH_ITER(hh, j->entries, entry, next) {
        HASH_DEL(j->entries, entry);
        free(entry);
    }
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

bool journal_has(const struct journal *j, const char *sample_id)
{
    struct entry *found = NULL;
    HASH_FIND_STR(j->entries, sample_id, found);
    return found && !(found->failed && j->retry_failed);
}

size_t journal_count(const struct journal *j)
{
    return HASH_COUNT(j->entries);
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
    strbuf_clear(&j->line);
    record_write(&j->line, t, failed, why, score, n_score, keep_prompts);
    strbuf_putc(&j->line, '\n');
    if (append(j, e) < 0)
        return e->code;
    remember(j, t->sample.id, failed != NULL);
    if (clock_ms() - j->synced > SYNC_MS) {
        fdatasync(j->fd); /* best effort: journal_close() checks */
        j->synced = clock_ms();
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

static bool ends_in_newline(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char last = '\n';
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    if (size > 0 && pread(fd, &last, 1, size - 1) != 1)
        last = '\n';
    if (fd >= 0)
        close(fd);
    return last == '\n';
}

int records_read(struct records *out, const char *path, struct err *e)
{
    *out = (struct records){ 0 };
    struct line_reader *lines = NULL;
    if (line_open(&lines, path, MAX_LINE, e) < 0)
        return e->code;
    size_t cap = 0, len = 0;
    const char *line = NULL;
    bool torn = !ends_in_newline(path);
    int rc;
    while ((rc = line_next(lines, &line, &len, e)) == 1) {
        out->record = grow(out->record, out->n, &cap, sizeof *out->record);
        rc = record_parse(&out->record[out->n], line, len, &out->mem, e);
        if (rc < 0) {
            err_in(e, "%s:%zu", path, line_number(lines));
            break;
        }
        out->n++;
    }
    /* A last line without its newline was torn, whether it parses or not. */
    if (torn && (rc < 0 || out->n)) {
        struct err ignored;
        if (rc < 0 && line_next(lines, &line, &len, &ignored) == 0)
            rc = 0;
        else if (rc == 0)
            out->n--;
        out->n_torn = 1;
    }
    line_close(lines);
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
