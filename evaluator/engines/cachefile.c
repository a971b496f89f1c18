#include "evaluator/engines/cachefile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "evaluator/journal/journal.h"

static const char before_question[] = "{\"question\":\"";
static const char before_sha256[] = "\",\"sha256\":\"";
static const char before_answer[] = "\",\"answer\":";

enum {
    AT_QUESTION = sizeof before_question - 1,
    AT_SHA256 = AT_QUESTION + 64 + sizeof before_sha256 - 1,
    AT_ANSWER = AT_SHA256 + 64 + sizeof before_answer - 1,
    DIGEST = 32,
    MAX_LINE = 64 * 1024 * 1024,
};

struct place {
    UT_hash_handle hh;
    unsigned char question[DIGEST];
    off_t at;
    size_t len; /* without the newline */
};

struct cachefile {
    int fd;
    char *path;
    off_t indexed; /* up to here all whole lines are in `places` */
    struct place *places;
    size_t n_damaged;
    struct arena mem;
};

/* --- lines --------------------------------------------------------------- */

static bool take_digest(unsigned char out[DIGEST], const char *hex)
{
    for (size_t i = 0; i < DIGEST; i++) {
        int byte = 0;
        for (size_t k = 2 * i; k < 2 * i + 2; k++) {
            if (!isxdigit((unsigned char)hex[k]) || isupper((unsigned char)hex[k]))
                return false;
            byte = byte * 16 + (hex[k] <= '9' ? hex[k] - '0' : hex[k] - 'a' + 10);
        }
        out[i] = (unsigned char)byte;
    }
    return true;
}

/* Does a line begin as all do? */
static bool is_line(const char *head, size_t len)
{
    return len > AT_ANSWER && !memcmp(head, before_question, AT_QUESTION) &&
           !memcmp(head + AT_QUESTION + 64, before_sha256, sizeof before_sha256 - 1) &&
           !memcmp(head + AT_SHA256 + 64, before_answer, sizeof before_answer - 1);
}

static struct place *find_place(const struct cachefile *f, const char question[65])
{
    unsigned char key[DIGEST];
    struct place *found = NULL;
    if (take_digest(key, question))
        HASH_FIND(hh, f->places, key, DIGEST, found);
    return found;
}

/* The later line of a question wins: it was written because the earlier one
 * was damaged. */
static void index_line(struct cachefile *f, const char *head, off_t at, size_t len)
{
    unsigned char key[DIGEST];
    if (!is_line(head, len) || len > MAX_LINE || !take_digest(key, head + AT_QUESTION)) {
        f->n_damaged++;
        return;
    }
    struct place *p = NULL;
    HASH_FIND(hh, f->places, key, DIGEST, p);
    if (!p) {
        p = arena_alloc(&f->mem, sizeof *p);
        memcpy(p->question, key, DIGEST);
        HASH_ADD(hh, f->places, question, DIGEST, p);
    }
    p->at = at;
    p->len = len;
}

/* Index what was appended since, by us or by others. */
static int index_new(struct cachefile *f, struct err *e)
{
    char chunk[65536], head[AT_ANSWER];
    size_t n_head = 0;
    off_t at = f->indexed;
    for (ssize_t n; (n = pread(f->fd, chunk, sizeof chunk, at)) != 0; at += n) {
        if (n < 0)
            return err_set(e, ERR_IO, "%s: cannot be read: %s", f->path, strerror(errno));
        for (const char *p = chunk, *end = chunk + n; p < end;) {
            const char *newline = memchr(p, '\n', (size_t)(end - p));
            size_t room = sizeof head - n_head;
            size_t len = (size_t)((newline ? newline : end) - p);
            memcpy(head + n_head, p, len < room ? len : room);
            n_head += len < room ? len : room;
            if (!newline)
                break;
            off_t stop = at + (newline - chunk);
            index_line(f, head, f->indexed, (size_t)(stop - f->indexed));
            f->indexed = stop + 1;
            n_head = 0;
            p = newline + 1;
        }
    }
    return 0;
}

/* --- reading ------------------------------------------------------------- */

static bool read_whole(const struct cachefile *f, char *out, const struct place *p)
{
    size_t have = 0;
    while (have < p->len) {
        ssize_t n = pread(f->fd, out + have, p->len - have, p->at + (off_t)have);
        if (n <= 0)
            return false;
        have += (size_t)n;
    }
    return true;
}

static bool parse_line(struct response *out, const char *line, size_t len,
                       const char question[65], struct arena *mem)
{
    char hex[SHA256_HEX];
    struct record record;
    struct err ignored = { 0 };
    if (!is_line(line, len) || line[len - 1] != '}')
        return false;
    size_t n = len - AT_ANSWER - 1;
    sha256_text(hex, line + AT_ANSWER, n);
    if (memcmp(hex, line + AT_SHA256, 64) != 0 ||
        record_parse(&record, line + AT_ANSWER, n, mem, &ignored) < 0 ||
        record.trace.n_turn != 1 || strcmp(record.trace.turn[0].question, question) != 0)
        return false;
    *out = record.trace.turn[0].a;
    return !out->failed;
}

bool cachefile_get(struct cachefile *f, struct response *out, const char question[65],
                   struct arena *mem)
{
    struct place *p = find_place(f, question);
    if (!p)
        return false;
    char *line = xmalloc(p->len);
    bool good = read_whole(f, line, p) && parse_line(out, line, p->len, question, mem);
    free(line);
    if (good)
        return true;
    f->n_damaged++;
    HASH_DEL(f->places, p);
    return false;
}

/* --- writing ------------------------------------------------------------- */

/* What a person or a scorer would want beside the answer stays away: another
 * sample may ask the same. */
static void put_line(struct strbuf *out, const struct turn *t)
{
    struct strbuf answer = STRBUF_INIT;
    struct turn bare = *t;
    bare.label = bare.target = NULL;
    bare.n_target = bare.n_gold = 0;
    struct trace trace = { .turn = &bare, .n_turn = 1 };
    trace.sample = t->sample ? *t->sample : (struct sample){ .id = "", .subset = "" };
    record_write(&answer, &trace, NULL, NULL, NULL, 0, false);
    char hex[SHA256_HEX];
    sha256_text(hex, answer.s, answer.len);
    strbuf_printf(out, "%s%s%s%s%s", before_question, t->question, before_sha256, hex,
                  before_answer);
    strbuf_add(out, answer.s, answer.len);
    strbuf_puts(out, "}\n");
    strbuf_release(&answer);
}

static int append(struct cachefile *f, const struct turn *t, struct err *e)
{
    struct stat st;
    if (index_new(f, e) < 0)
        return e->code;
    if (find_place(f, t->question))
        return 0;
    /* Under the lock nobody else is in the middle of a line: its writer died. */
    if (fstat(f->fd, &st) < 0 || (st.st_size > f->indexed && ftruncate(f->fd, f->indexed) < 0))
        return err_set(e, ERR_IO, "%s: cannot be mended: %s", f->path, strerror(errno));
    struct strbuf line = STRBUF_INIT;
    put_line(&line, t);
    ssize_t n = write(f->fd, line.s, line.len);
    bool whole = n == (ssize_t)line.len;
    strbuf_release(&line);
    if (whole)
        return index_new(f, e);
    err_set(e, ERR_IO, "%s: cannot be written: %s", f->path,
            n < 0 ? strerror(errno) : "the disk is full");
    if (n > 0 && ftruncate(f->fd, f->indexed) < 0)
        return e->code; /* the torn line is cut off later */
    return e->code;
}

int cachefile_add(struct cachefile *f, const struct turn *t, struct err *e)
{
    int rc;
    do
        rc = flock(f->fd, LOCK_EX);
    while (rc < 0 && errno == EINTR);
    if (rc < 0)
        return err_set(e, ERR_IO, "%s: cannot be locked: %s", f->path, strerror(errno));
    rc = append(f, t, e);
    flock(f->fd, LOCK_UN);
    return rc;
}

/* --- life ---------------------------------------------------------------- */

static int make_folder(const char *path, struct err *e)
{
    char *dir = xstrdup(path), *slash = strrchr(dir, '/');
    int rc = 0;
    if (slash && slash > dir) {
        *slash = '\0';
        rc = file_mkdirs(dir, e);
    }
    free(dir);
    return rc;
}

int cachefile_open(struct cachefile **out, const char *path, struct err *e)
{
    if (make_folder(path, e) < 0)
        return e->code;
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    struct cachefile *f = xcalloc(1, sizeof *f);
    f->fd = fd;
    f->path = xstrdup(path);
    if (index_new(f, e) < 0) {
        cachefile_close(f);
        return e->code;
    }
    *out = f;
    return 0;
}

size_t cachefile_count(const struct cachefile *f)
{
    return HASH_COUNT(f->places);
}

size_t cachefile_damaged(const struct cachefile *f)
{
    return f->n_damaged;
}

void cachefile_close(struct cachefile *f)
{
    if (!f)
        return;
    HASH_CLEAR(hh, f->places);
    close(f->fd);
    arena_release(&f->mem);
    free(f->path);
    free(f);
}
