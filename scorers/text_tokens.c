/*
 * sacrebleu substitutes regular expressions one after the other: first all that
 * stands alone gets spaces around it, then stops (full stop and comma; for intl
 * all punctuation) are parted from what is no digit before them, then from what
 * is no digit after them, then a dash from a digit before it. Since a match eats
 * the character beside the stop, stops that follow each other are matched in
 * pairs. What comes of that is done here in one pass: see is_left_over().
 */
#include "scorers/text_tokens.h"

#include <stdbool.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"

enum kind { KIND_WORD, KIND_SPACE, KIND_ALONE, KIND_STOP, KIND_DIGIT, KIND_DASH, KIND_NONE };

/* ---- what a character is, by tokenizer */

static bool between(int32_t code, int32_t low, int32_t high)
{
    return low <= code && code <= high;
}

/* sacrebleu's ranges as they work: the two of Extension B and of the supplement
 * are written there with five digits behind \u, which makes them U+2001 to U+2A6D
 * and U+2F81 to U+2FA1. */
static bool is_chinese(int32_t code)
{
    if (code < 0x2001)
        return false;
    return between(code, 0x4E00, 0x9FBB) || between(code, 0x3400, 0x4DB5) ||
           between(code, 0x2001, 0x2A6D) || between(code, 0x2E80, 0x2FDF) ||
           between(code, 0x2FF0, 0x303F) || between(code, 0x3100, 0x312F) ||
           between(code, 0x31A0, 0x31BF) || between(code, 0x31C0, 0x31EF) ||
           between(code, 0x3200, 0x33FF) || between(code, 0xF900, 0xFA2D) ||
           between(code, 0xFA30, 0xFA6A) || between(code, 0xFA70, 0xFAD9) ||
           between(code, 0xFE10, 0xFE1F) || between(code, 0xFE30, 0xFE4F) ||
           between(code, 0xFF00, 0xFFEF);
}

static enum kind western_kind(int32_t code)
{
    if (between(code, '0', '9'))
        return KIND_DIGIT;
    if (code == '.' || code == ',')
        return KIND_STOP;
    if (code == '-')
        return KIND_DASH;
    if (between(code, '!', '&') || between(code, '(', '+') || code == '/' ||
        between(code, ':', '@') || between(code, '[', '`') || between(code, '{', '~'))
        return KIND_ALONE;
    return KIND_WORD;
}

static enum kind international_kind(int32_t code)
{
    enum utf8_kind kind = utf8_kind(code);
    return kind == UTF8_NUMBER        ? KIND_DIGIT
           : kind == UTF8_PUNCTUATION ? KIND_STOP
           : kind == UTF8_SYMBOL      ? KIND_ALONE
                                      : KIND_WORD;
}

static enum kind kind_of(enum tokenization how, int32_t code)
{
    if (utf8_is_space(code))
        return KIND_SPACE;
    switch (how) {
    case TOKENIZE_13A:
        return western_kind(code);
    case TOKENIZE_ZH:
        return is_chinese(code) ? KIND_ALONE : western_kind(code);
    case TOKENIZE_INTL:
        return international_kind(code);
    case TOKENIZE_CHAR:
        return KIND_ALONE;
    default:
        return KIND_WORD;
    }
}

const char *const tokenization_names[] = { "13a", "zh", "char", "intl", "none" };

void tokenizer_init(struct tokenizer *t, enum tokenization how)
{
    t->how = how;
    for (int32_t c = 0; c < 128; c++)
        t->ascii[c] = (unsigned char)kind_of(how, c);
}

/* ---- one pass */

struct scan {
    const char *text;
    size_t len;
    const struct tokenizer *tokenizer;
    enum kind edge; /* of what is before and after the text */
    struct text_token *list;
    size_t n;
    bool open; /* the next character of a word belongs to the last token */
};

static enum kind wide_kind_at(const struct scan *s, size_t i, size_t *bytes)
{
    int32_t code;
    *bytes = utf8_next(s->text + i, s->len - i, &code);
    return kind_of(s->tokenizer->how, code);
}

static inline enum kind kind_at(const struct scan *s, size_t i, size_t *bytes)
{
    unsigned char c = (unsigned char)s->text[i];
    *bytes = 1;
    return c < 0x80 ? (enum kind)s->tokenizer->ascii[c] : wide_kind_at(s, i, bytes);
}

static void put(struct scan *s, size_t from, size_t bytes)
{
    if (s->open)
        s->list[s->n - 1].len += (uint32_t)bytes;
    else
        s->list[s->n++] = (struct text_token){ s->text + from, (uint32_t)bytes };
    s->open = true;
}

static void put_alone(struct scan *s, size_t from, size_t bytes)
{
    s->open = false;
    put(s, from, bytes);
    s->open = false;
}

/* Of n stops in a row, the last is not parted from what comes before it: the first
 * pairs up with what is before them, when that is there and no digit; the others
 * with each other. */
static bool is_left_over(size_t n, bool pairs_before)
{
    return (n % 2 == 0) == pairs_before;
}

/* All stops that follow each other from i on; returns where they end. */
static size_t put_stops(struct scan *s, size_t i, enum kind before)
{
    size_t end = i, n = 0, last = i, bytes = 0;
    enum kind after = KIND_STOP;
    while (end < s->len && (after = kind_at(s, end, &bytes)) == KIND_STOP) {
        last = end;
        end += bytes;
        n++;
    }
    if (end == s->len)
        after = s->edge;
    bool pairs_before = before != KIND_DIGIT && before != KIND_NONE;
    bool parts_after = after != KIND_DIGIT && after != KIND_NONE;
    if (!is_left_over(n, pairs_before) || parts_after)
        last = end;
    for (; i < last; i += bytes) {
        (void)kind_at(s, i, &bytes);
        put_alone(s, i, bytes);
    }
    if (last < end)
        put(s, last, end - last);
    return end;
}

/* How many letters of ASCII follow each other from i on. */
static size_t count_letters(const struct scan *s, size_t i)
{
    size_t end = i;
    while (end < s->len && (unsigned char)s->text[end] < 0x80 &&
           s->tokenizer->ascii[(unsigned char)s->text[end]] == KIND_WORD)
        end++;
    return end - i;
}

static void scan(struct scan *s)
{
    enum kind before = s->edge;
    for (size_t i = 0, bytes; i < s->len; i += bytes) {
        size_t letters = count_letters(s, i);
        enum kind kind = letters ? KIND_WORD : kind_at(s, i, &bytes);
        if (letters)
            put(s, i, bytes = letters);
        else if (kind == KIND_STOP)
            bytes = put_stops(s, i, before) - i;
        else if (kind == KIND_SPACE)
            s->open = false;
        else if (kind == KIND_ALONE || (kind == KIND_DASH && before == KIND_DIGIT))
            put_alone(s, i, bytes);
        else
            put(s, i, bytes);
        before = kind;
    }
}

/* ---- what 13a takes away and spells out first */

static void replace_all(struct strbuf *out, const struct strbuf *in, const char *what,
                        const char *with)
{
    const char *s = in->s, *hit;
    size_t len = strlen(what);
    while ((hit = strstr(s, what))) {
        strbuf_add(out, s, (size_t)(hit - s));
        strbuf_puts(out, with);
        s = hit + len;
    }
    strbuf_puts(out, s);
}

static const char *unescape(const char *text, size_t *len, struct arena *mem)
{
    static const struct {
        const char *what, *with;
    } list[] = { { "<skipped>", "" }, { "-\n", "" },  { "\n", " " },  { "&quot;", "\"" },
                 { "&amp;", "&" },    { "&lt;", "<" }, { "&gt;", ">" } };
    struct strbuf now = STRBUF_INIT, next = STRBUF_INIT;
    strbuf_add(&now, text, *len);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        strbuf_clear(&next);
        replace_all(&next, &now, list[i].what, list[i].with);
        struct strbuf swap = now;
        now = next;
        next = swap;
    }
    *len = now.len;
    const char *out = arena_strndup(mem, now.s, now.len);
    strbuf_release(&now);
    strbuf_release(&next);
    return out;
}

static bool has_escapes(const char *text, size_t len)
{
    return memchr(text, '&', len) || memchr(text, '\n', len) || memchr(text, '<', len);
}

void text_tokenize(struct text_tokens *out, const struct tokenizer *t, const char *text,
                   size_t len, struct arena *mem)
{
    len -= utf8_space_after(text, len);
    if (t->how == TOKENIZE_ZH) {
        size_t start = utf8_space_before(text, len);
        text += start;
        len -= start;
    }
    if (t->how == TOKENIZE_13A && has_escapes(text, len))
        text = unescape(text, &len, mem);
    struct scan s = { .text = text, .len = len, .tokenizer = t,
                      .edge = t->how == TOKENIZE_13A ? KIND_SPACE : KIND_NONE,
                      .list = arena_array(mem, len, sizeof *s.list) };
    scan(&s);
    *out = (struct text_tokens){ s.list, s.n };
}

/* ---- numbers for words */

struct vocabulary_slot {
    uint64_t key;
    const char *s; /* NULL: empty */
    uint32_t len, number;
};

void vocabulary_init(struct vocabulary *v, size_t most, struct arena *mem)
{
    size_t size = 16;
    while (size < 2 * most)
        size *= 2;
    *v = (struct vocabulary){ .mask = size - 1, .slot = arena_array(mem, size, sizeof *v->slot) };
}

/* Up to 8 bytes as a number: two loads that may overlap, for 4 and more. */
static uint64_t short_key(const char *s, size_t len)
{
    uint32_t first, last;
    const unsigned char *c = (const unsigned char *)s;
    if (!len)
        return 0;
    if (len < 4)
        return (uint64_t)c[0] << 16 | (uint64_t)c[len / 2] << 8 | c[len - 1];
    memcpy(&first, s, 4);
    memcpy(&last, s + len - 4, 4);
    return (uint64_t)first << 32 | last;
}

static uint64_t mix(uint64_t key)
{
    key *= 0x9E3779B97F4A7C15u;
    return key ^ key >> 32;
}

/* Of words of one length up to 8, no two have the same. */
static uint64_t key_of(const char *s, size_t len)
{
    uint64_t hash = 0, word;
    for (; len > 8; s += 8, len -= 8) {
        memcpy(&word, s, 8);
        hash = mix(hash ^ word);
    }
    return hash ^ short_key(s, len);
}

uint32_t vocabulary_number(struct vocabulary *v, const char *s, size_t len)
{
    uint64_t key = key_of(s, len);
    size_t i = mix(key + len) & v->mask;
    for (; v->slot[i].s; i = (i + 1) & v->mask)
        if (v->slot[i].key == key && v->slot[i].len == len &&
            (len <= 8 || !memcmp(v->slot[i].s, s, len)))
            return v->slot[i].number;
    v->slot[i] = (struct vocabulary_slot){ key, s, (uint32_t)len, (uint32_t)v->n };
    return (uint32_t)v->n++;
}

uint32_t *vocabulary_numbers(struct vocabulary *v, const struct text_tokens *tokens,
                             struct arena *mem)
{
    uint32_t *numbers = arena_array(mem, tokens->n, sizeof *numbers);
    for (size_t i = 0; i < tokens->n; i++)
        numbers[i] = vocabulary_number(v, tokens->list[i].s, tokens->list[i].len);
    return numbers;
}
