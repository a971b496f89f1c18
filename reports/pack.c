/*
 * The bytes of a line: flags, mark of the id, place of the line before it (if
 * any), subset; then the failure's name, or the id (if bad), or statistics and
 * answers; then what was spent. Numbers are in groups of seven bits, the last
 * with the high bit clear.
 *
 * Statistics: two bits for each (ZERO to REAL), then what these announce.
 * Answers: length + 1 (0 = none), bytes; a long one ends in eight bytes of hash.
 */
#include "reports/pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/hash.h"

enum { BLOCK = 1 << 16, PLACE_BITS = 16, ANSWER_KEPT = 32 };

enum { SHORTENED = 1, RESCORED = 2, DIFFERENT = 4, FAILED = 8, BAD = 16, BEFORE = 32, MORE = 64 };

enum { ZERO, ONE, WHOLE, REAL }; /* WHOLE: from 2 to 2^32 */

/* ---- names */

struct name {
    UT_hash_handle hh;
    uint32_t number;
    char text[];
};

uint32_t name_number(struct names *names, const char *text)
{
    if (names->latest && !strcmp(names->latest->text, text))
        return names->latest->number;
    struct name *found = NULL;
    HASH_FIND_STR(names->by_text, text, found);
    if (!found) {
        size_t len = strlen(text);
        found = xcalloc(1, sizeof *found + len + 1);
        memcpy(found->text, text, len);
        names->text = grow(names->text, names->n, &names->cap, sizeof *names->text);
        names->text[names->n++] = found->text;
        found->number = (uint32_t)names->n;
        HASH_ADD_KEYPTR(hh, names->by_text, found->text, len, found);
    }
    names->latest = found;
    return found->number;
}

const char *name_text(const struct names *names, uint32_t number)
{
    return names->text[number - 1];
}

void names_release(struct names *names)
{
    struct name *name, *next;
    HASH_ITER(hh, names->by_text, name, next) {
        HASH_DEL(names->by_text, name);
        free(name);
    }
    free(names->text);
    *names = (struct names){ 0 };
}

/* ---- writing */

static void put_number(struct strbuf *out, uint64_t v)
{
    for (; v >= 128; v >>= 7)
        strbuf_putc(out, (char)(v | 128));
    strbuf_putc(out, (char)v);
}

static int kind_of(double v)
{
    if (v == 0)
        return signbit(v) ? REAL : ZERO;
    if (v == 1)
        return ONE;
    return v >= 2 && v <= UINT32_MAX && v == floor(v) ? WHOLE : REAL;
}

static void put_stats(struct strbuf *out, const double *stat, size_t n)
{
    for (size_t i = 0; i < n; i += 4) {
        int kinds = 0;
        for (size_t k = 0; k < 4 && i + k < n; k++)
            kinds |= kind_of(stat[i + k]) << 2 * k;
        strbuf_putc(out, (char)kinds);
    }
    for (size_t i = 0; i < n; i++) {
        int kind = kind_of(stat[i]);
        if (kind == WHOLE)
            put_number(out, (uint64_t)stat[i]);
        else if (kind == REAL)
            strbuf_add(out, &stat[i], sizeof stat[i]);
    }
}

static void put_answer(struct strbuf *out, const char *answer)
{
    size_t len = answer ? strlen(answer) : 0;
    if (len > ANSWER_KEPT) {
        uint64_t rest = hash_text(answer + ANSWER_KEPT);
        put_number(out, ANSWER_KEPT + sizeof rest + 1);
        strbuf_add(out, answer, ANSWER_KEPT);
        strbuf_add(out, &rest, sizeof rest);
        return;
    }
    put_number(out, answer ? len + 1 : 0);
    strbuf_add(out, answer, len);
}

static bool has_more(const struct spent *s)
{
    return s->n_asked != 1 || s->thinking_tokens || s->n_cut || s->n_retry || s->n_cached ||
           s->cached_prompt || s->cached_written || s->n_straddle || s->n_fault;
}

static void put_spent(struct strbuf *out, const struct spent *s)
{
    put_number(out, s->prompt_tokens);
    put_number(out, s->written_tokens);
    if (!has_more(s))
        return;
    const uint64_t more[] = { s->n_asked,       s->thinking_tokens, s->n_cut,
                              s->n_retry,       s->n_cached,        s->cached_prompt,
                              s->cached_written, s->n_straddle,      s->n_fault };
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        put_number(out, more[i]);
    for (size_t i = 0; i < s->n_fault; i++) {
        put_number(out, s->fault[i].name);
        put_number(out, s->fault[i].n);
    }
}

static void put_line(struct strbuf *out, const struct pack_shape *shape, const struct line *l)
{
    int flags = (l->shortened ? SHORTENED : 0) | (l->rescored ? RESCORED : 0) |
                (l->different ? DIFFERENT : 0) | (l->failed ? FAILED : 0) |
                (l->bad ? BAD : 0) | (l->before ? BEFORE : 0) |
                (has_more(&l->spent) ? MORE : 0);
    strbuf_putc(out, (char)flags);
    strbuf_add(out, &l->id, sizeof l->id);
    if (l->before)
        strbuf_add(out, &l->before, sizeof l->before);
    put_number(out, l->subset);
    if (l->failed) {
        put_number(out, l->failed);
    } else if (l->bad) {
        size_t len = strnlen(l->bad, BLOCK / 4);
        put_number(out, len);
        strbuf_add(out, l->bad, len);
        strbuf_putc(out, '\0');
    } else {
        put_stats(out, l->stat, shape->n_stat);
        for (size_t i = 0; i < shape->n_answer; i++)
            put_answer(out, l->answer[i]);
    }
    put_spent(out, &l->spent);
}

int pack_add(uint32_t *place, struct pack *p, const struct pack_shape *shape,
             const struct line *line, struct err *e)
{
    struct strbuf *bytes = &p->scratch;
    if (!p->n_block)
        strbuf_init(bytes, 0);
    strbuf_clear(bytes);
    put_line(bytes, shape, line);
    if (!p->n_block || bytes->len > BLOCK - p->used) {
        if (p->n_block >> (32 - PLACE_BITS) || bytes->len >= BLOCK)
            return err_set(e, ERR_LIMIT, "more samples than one report can hold; report fewer "
                                         "runs at once");
        p->block = grow(p->block, p->n_block, &p->cap, sizeof *p->block);
        p->block[p->n_block++] = xmalloc(BLOCK);
        p->used = p->n_block == 1; /* so that no place is 0 */
    }
    memcpy(p->block[p->n_block - 1] + p->used, bytes->s, bytes->len);
    *place = (uint32_t)((p->n_block - 1) << PLACE_BITS | p->used);
    p->used += bytes->len;
    return 0;
}

uint32_t pack_next(const struct pack *p)
{
    return p->n_block ? (uint32_t)((p->n_block - 1) << PLACE_BITS | p->used) : 1;
}

/* ---- reading */

static uint64_t take_number(const unsigned char **at)
{
    uint64_t v = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char byte = *(*at)++;
        v |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return v;
    }
}

static uint32_t take_fixed(const unsigned char **at)
{
    uint32_t v;
    memcpy(&v, *at, sizeof v);
    *at += sizeof v;
    return v;
}

static const unsigned char *at_place(const struct pack *p, uint32_t place)
{
    return p->block[place >> PLACE_BITS] + (place & (BLOCK - 1));
}

/* Up to the statistics, which `at` then points to. */
static int take_head(struct line *out, const unsigned char **at)
{
    int flags = *(*at)++;
    *out = (struct line){ .shortened = flags & SHORTENED, .rescored = flags & RESCORED,
                          .different = flags & DIFFERENT, .id = take_fixed(at) };
    if (flags & BEFORE)
        out->before = take_fixed(at);
    out->subset = (uint32_t)take_number(at);
    if (flags & FAILED) {
        out->failed = (uint32_t)take_number(at);
    } else if (flags & BAD) {
        size_t len = take_number(at);
        out->bad = (const char *)*at;
        *at += len + 1;
    }
    return flags;
}

/* Of n_all statistics those from first to first + n, or none when n is 0;
 * afterwards `at` is behind all. */
static void take_stats(double *stat, const unsigned char **at, size_t n_all, size_t first,
                       size_t n)
{
    const unsigned char *kinds = *at;
    *at += (n_all + 3) / 4;
    for (size_t i = 0; i < n_all; i++) {
        int kind = kinds[i / 4] >> i % 4 * 2 & 3;
        double v = kind == ONE;
        if (kind == WHOLE)
            v = (double)take_number(at);
        if (kind == REAL) {
            memcpy(&v, *at, sizeof v);
            *at += sizeof v;
        }
        if (i >= first && i - first < n)
            stat[i - first] = v;
    }
}

static void take_spent(struct spent *s, const unsigned char **at, bool more, struct arena *mem)
{
    *s = (struct spent){ .prompt_tokens = take_number(at), .n_asked = 1 };
    s->written_tokens = take_number(at);
    if (!more)
        return;
    uint64_t *const rest[] = { &s->n_asked,      &s->thinking_tokens, &s->n_cut,
                               &s->n_retry,      &s->n_cached,        &s->cached_prompt,
                               &s->cached_written, &s->n_straddle };
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        *rest[i] = take_number(at);
    s->n_fault = take_number(at);
    if (!s->n_fault)
        return;
    struct fault_count *fault = arena_array(mem, s->n_fault, sizeof *fault);
    for (size_t i = 0; i < s->n_fault; i++) {
        fault[i].name = (uint32_t)take_number(at);
        fault[i].n = (uint32_t)take_number(at);
    }
    s->fault = fault;
}

void pack_peek(struct line *out, const struct pack *p, uint32_t place)
{
    const unsigned char *at = at_place(p, place);
    take_head(out, &at);
}

void pack_read(struct line *out, const struct pack *p, const struct pack_shape *shape,
               uint32_t place, struct arena *mem)
{
    const unsigned char *at = at_place(p, place);
    int flags = take_head(out, &at);
    if (!out->failed && !out->bad) {
        take_stats(NULL, &at, shape->n_stat, 0, 0);
        for (size_t i = 0; i < shape->n_answer; i++) {
            uint64_t len = take_number(&at);
            at += len ? len - 1 : 0;
        }
    }
    take_spent(&out->spent, &at, flags & MORE, mem);
}

void pack_stats(double *stat, const struct pack *p, const struct pack_shape *shape,
                uint32_t place, size_t first, size_t n)
{
    const unsigned char *at = at_place(p, place);
    struct line head;
    take_head(&head, &at);
    take_stats(stat, &at, shape->n_stat, first, n);
}

/* No answer is as good as an empty one. */
static int compare_answers(const unsigned char **a, const unsigned char **b)
{
    uint64_t n = take_number(a), m = take_number(b);
    size_t x = n ? n - 1 : 0, y = m ? m - 1 : 0;
    int order = memcmp(*a, *b, x < y ? x : y);
    *a += x;
    *b += y;
    return order ? order : (x > y) - (x < y);
}

int pack_compare(const struct pack *p, const struct pack_shape *shape, uint32_t a, uint32_t b)
{
    const unsigned char *x = at_place(p, a), *y = at_place(p, b);
    struct line one, two;
    take_head(&one, &x);
    take_head(&two, &y);
    if (one.failed || two.failed || one.bad || two.bad)
        return (!one.failed && !one.bad) - (!two.failed && !two.bad);
    const unsigned char *stats_x = x, *stats_y = y;
    take_stats(NULL, &x, shape->n_stat, 0, 0);
    take_stats(NULL, &y, shape->n_stat, 0, 0);
    for (size_t i = 0; i < shape->n_answer; i++) {
        int order = compare_answers(&x, &y);
        if (order)
            return order;
    }
    for (size_t i = 0; i < shape->n_stat; i++) {
        const unsigned char *s = stats_x, *t = stats_y;
        double v, w;
        take_stats(&v, &s, shape->n_stat, i, 1);
        take_stats(&w, &t, shape->n_stat, i, 1);
        if (v > w || v < w)
            return v > w ? 1 : -1;
    }
    return 0;
}

void pack_release(struct pack *p)
{
    for (size_t i = 0; i < p->n_block; i++)
        free(p->block[i]);
    if (p->n_block)
        strbuf_release(&p->scratch);
    free(p->block);
    *p = (struct pack){ 0 };
}
