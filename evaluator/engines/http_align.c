#include "evaluator/engines/http_align.h"

#include <stdbool.h>
#include <string.h>

enum { WORDS = 8, PLACES = WORDS * 64, LEADING = 4, UNNAMED = 64 };

/* Offsets in the text, a set: bit k stands for base + k. Those beyond its end
 * are dropped, which at worst refuses a text that could be read. */
struct places {
    size_t base;
    uint64_t bit[WORDS];
};

struct reader {
    const char *text;
    size_t len;
};

static void add_place(struct places *p, size_t at)
{
    size_t k = at - p->base;
    if (at >= p->base && k < PLACES)
        p->bit[k / 64] |= (uint64_t)1 << k % 64;
}

static bool has_place(const struct places *p, size_t at)
{
    size_t k = at - p->base;
    return at >= p->base && k < PLACES && (p->bit[k / 64] >> k % 64 & 1);
}

/* The first place from `at` on; false = none. */
static bool next_place(const struct places *p, size_t *at)
{
    for (size_t k = *at > p->base ? *at - p->base : 0; k < PLACES; k++) {
        if (!(p->bit[k / 64] >> k % 64)) {
            k |= 63; /* nothing more in this word */
        } else if (p->bit[k / 64] >> k % 64 & 1) {
            *at = p->base + k;
            return true;
        }
    }
    return false;
}

static bool no_place(const struct places *p)
{
    size_t at = 0;
    return !next_place(p, &at);
}

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

/* One to three bytes that are no ASCII: what a part of a character may be. */
static void add_partial(struct places *to, const struct reader *r, size_t at)
{
    for (size_t k = 0; k < 3 && at + k < r->len && (unsigned char)r->text[at + k] >= 0x80; k++)
        add_place(to, at + k + 1);
}

/* The next unit of a token (U+FFFD, U+2581 or a byte) from every place. */
static struct places read_unit(const struct reader *r, const struct places *now,
                               const char *unit, bool partial, bool blank)
{
    struct places then = { .base = now->base };
    for (size_t at = 0; next_place(now, &at); at++) {
        if (partial)
            add_partial(&then, r, at);
        else if (blank && begins(r->text + at, "\xE2\x96\x81"))
            add_place(&then, at + 3);
        else if (at < r->len && r->text[at] == (blank ? ' ' : *unit))
            add_place(&then, at + 1);
    }
    return then;
}

/* Where a token may end that begins at `at`. */
static struct places token_ends(const struct reader *r, size_t at, const char *token)
{
    struct places now = { .base = at };
    for (size_t k = 0; !token && k < UNNAMED && at + k <= r->len; k++)
        add_place(&now, at + k);
    if (!token)
        return now;
    if (!*token) {
        add_partial(&now, r, at);
        return now;
    }
    add_place(&now, at);
    while (*token && !no_place(&now)) {
        bool partial = begins(token, "\xEF\xBF\xBD"), blank = begins(token, "\xE2\x96\x81");
        now = read_unit(r, &now, token, partial, blank);
        token += partial || blank ? 3 : 1;
    }
    return now;
}

/* The blank that SentencePiece puts before a text. */
static size_t added_blank(const char *token)
{
    return begins(token, "\xE2\x96\x81") ? 3 : *token == ' ';
}

/* As token_ends(); a blank that the server took off is put back, one that was
 * put before the text is taken off. */
static struct places ends_of(const struct reader *r, size_t at, const char *token)
{
    struct places ends = token_ends(r, at, token);
    if (!token || !*token || !no_place(&ends))
        return ends;
    if (at < r->len && r->text[at] == ' ')
        return token_ends(r, at + 1, token);
    size_t skip = at == 0 ? added_blank(token) : 0;
    if (skip && token[skip])
        return token_ends(r, 0, token + skip);
    if (skip)
        add_place(&ends, 0);
    return ends;
}

/* Read from token `first` on; can the last one end where the text does? */
static bool read_on(struct places *begin, const struct reader *r, const char *const *token,
                      size_t n, size_t first)
{
    begin[first] = (struct places){ .base = 0, .bit = { 1 } };
    for (size_t i = first; i < n; i++) {
        size_t lowest = 0;
        if (!next_place(&begin[i], &lowest))
            return false;
        begin[i + 1] = (struct places){ .base = lowest };
        for (size_t at = lowest; next_place(&begin[i], &at); at++) {
            struct places ends = ends_of(r, at, token[i]);
            for (size_t end = 0; next_place(&ends, &end); end++)
                add_place(&begin[i + 1], end);
        }
    }
    return has_place(&begin[n], r->len);
}

/* Keep only the places from which the end of the text is reached. */
static void prune(struct places *begin, const struct reader *r, const char *const *token,
                  size_t first, size_t n)
{
    begin[n] = (struct places){ .base = r->len, .bit = { 1 } };
    for (size_t i = n; i-- > first;) {
        struct places kept = { .base = begin[i].base };
        for (size_t at = 0; next_place(&begin[i], &at); at++) {
            struct places ends = ends_of(r, at, token[i]);
            bool on = false;
            for (size_t to = 0; !on && next_place(&ends, &to); to++)
                on = has_place(&begin[i + 1], to);
            if (on)
                add_place(&kept, at);
        }
        begin[i] = kept;
    }
}

/* Are there places of the set up to and including `bytes`, and behind it? */
static void sides(const struct places *p, size_t bytes, bool *before, bool *behind)
{
    size_t low = 0, high = bytes + 1;
    *before = next_place(p, &low) && low <= bytes;
    *behind = next_place(p, &high);
}

static int find_boundary(struct alignment *out, const struct places *begin, size_t n,
                         size_t bytes, struct err *e)
{
    for (size_t i = out->first; i < n; i++) {
        bool before, behind, early, late = false;
        sides(&begin[i + 1], bytes, &before, &behind);
        if (!behind)
            continue;
        if (bytes)
            sides(&begin[i], bytes - 1, &early, &late);
        else
            early = false;
        if (before || (early && late))
            return err_set(e, ERR_INPUT, "it cannot be told from its tokens where the "
                                         "continuation begins");
        out->boundary = i;
        out->n_straddle = early;
        return 0;
    }
    return err_set(e, ERR_INPUT, "no token of it belongs to the continuation");
}

int align_tokens(struct alignment *out, const char *const *token, size_t n, const char *text,
                 size_t bytes, struct arena *mem, struct err *e)
{
    struct reader r = { text, strlen(text) };
    if (n > r.len + 2 * LEADING)
        return err_set(e, ERR_INPUT, "it lists more tokens than the text has bytes");
    struct places *begin = arena_array(mem, n + 1, sizeof *begin);
    *out = (struct alignment){ 0 };
    /* tokens before the text: BOS, "[gMASK]<sop>" */
    for (size_t first = 0; first < LEADING && first < n; first++) {
        out->first = first;
        if (!read_on(begin, &r, token, n, first))
            continue;
        prune(begin, &r, token, first, n);
        return find_boundary(out, begin, n, bytes, e);
    }
    return err_set(e, ERR_INPUT, "the tokens it lists do not spell the text that was sent");
}
