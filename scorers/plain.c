#include "scorers/plain.h"

#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/text_tokens.h"

static const char *lower(const char *text, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    utf8_lower(&b, text, strlen(text));
    const char *out = arena_strndup(mem, b.len ? b.s : "", b.len);
    strbuf_release(&b);
    return out;
}

/* A letter, a number or an underscore, as Python's \w. */
static bool word_at(const char *s)
{
    int32_t code;
    if ((unsigned char)*s < 0x80)
        return isalnum((unsigned char)*s) || *s == '_';
    utf8_next(s, strnlen(s, 4), &code);
    enum utf8_kind kind = utf8_kind(code);
    return kind == UTF8_LETTER || kind == UTF8_NUMBER || code == '_';
}

static bool word_before(const char *text, size_t i)
{
    size_t from = i;
    while (from > 0 && ((unsigned char)text[--from] & 0xC0) == 0x80)
        ;
    return i > 0 && word_at(text + from);
}

static size_t article_at(const char *text, size_t i)
{
    static const char *const articles[] = { "the", "an", "a" };
    if ((text[i] != 'a' && text[i] != 't') || word_before(text, i))
        return 0;
    for (size_t k = 0; k < sizeof articles / sizeof *articles; k++) {
        size_t n = strlen(articles[k]);
        if (strncmp(text + i, articles[k], n) == 0 && !word_at(text + i + n))
            return n;
    }
    return 0;
}

static bool is_article(const char *word, size_t len)
{
    return (len == 1 && *word == 'a') || (len == 2 && !memcmp(word, "an", 2)) ||
           (len == 3 && !memcmp(word, "the", 3));
}

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What a character of ASCII is in simple_words: itself as a small letter, or one of
 * these. */
enum { MARK = '\0', OTHER = '\1', SPACE = ' ' };
static const char simple[128] =
    " \1\1\1\1\1\1\1\1     \1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1" /* controls */
    " \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "0123456789" "\0\0\0\0\0\0"
    "\0abcdefghijklmnopqrstuvwxyz" "\0\0\0\0\0"
    "\0abcdefghijklmnopqrstuvwxyz" "\0\0\0\0\1";

/* plain_words in one pass, for a text that has only letters, digits, marks and white
 * space of ASCII (false for another): without its marks a word is nothing but letters
 * and digits, so that an article is a whole word. */
static bool simple_words(struct plain_words *w, const char *text, struct arena *mem)
{
    size_t size = strlen(text) + 2, len = 0, from = 0; /* the word begins at `from` */
    char *bare = arena_alloc(mem, size), *copy = arena_alloc(mem, size);
    const char **word = arena_array(mem, size / 2 + 1, sizeof *word);
    *w = (struct plain_words){ .bare = bare, .word = word };
    for (;; text++) {
        unsigned char c = (unsigned char)*text;
        char is = c < 128 ? simple[c] : OTHER;
        if (is == OTHER)
            return false;
        if (is != SPACE) {
            bare[len] = is;
            len += is != MARK;
            continue;
        }
        if (is_article(bare + from, len - from))
            len = from;
        if (len > from) {
            word[w->n++] = copy + from;
            bare[len++] = ' ';
        }
        from = len;
        if (!c)
            break;
    }
    len -= len > 0;
    memcpy(copy, bare, len);
    bare[len] = copy[len] = '\0';
    for (size_t i = 1; i < w->n; i++)
        copy[word[i] - copy - 1] = '\0';
    return true;
}

static const char *any_english(const char *text, struct arena *mem)
{
    struct strbuf bare = STRBUF_INIT, b = STRBUF_INIT;
    size_t n;
    text = lower(text, mem);
    for (const char *s = text; *s; s++)
        if ((unsigned char)*s >= 0x80 || !ispunct((unsigned char)*s))
            strbuf_putc(&bare, *s);
    for (size_t i = 0; i < bare.len;) {
        size_t skip = article_at(bare.s, i);
        strbuf_putc(&b, skip ? ' ' : bare.s[i]);
        i += skip ? skip : 1;
    }
    const char *const *word = plain_split(&n, b.len ? b.s : "", mem);
    b.len = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            strbuf_putc(&b, ' ');
        strbuf_puts(&b, word[i]);
    }
    const char *out = arena_strndup(mem, b.len ? b.s : "", b.len);
    strbuf_release(&bare);
    strbuf_release(&b);
    return out;
}

/* A list that grows; every token is at least one byte of the text. */
struct list {
    const char **word;
    size_t n;
};

static void add(struct list *l, const char *text, size_t len, struct arena *mem)
{
    if (len > 0)
        l->word[l->n++] = arena_strndup(mem, text, len);
}

/* White space of ASCII, as Python's str.split() knows it, ends a word without more
 * ado. */
static bool is_plain_space(unsigned char c)
{
    return is_space(c) || (c >= 0x1C && c <= 0x1F);
}

const char *const *plain_split(size_t *n, const char *text, struct arena *mem)
{
    size_t len = strlen(text), from = 0, i = 0;
    struct list l = { arena_array(mem, len / 2 + 1, sizeof *l.word), 0 };
    char *copy = arena_strndup(mem, text, len);
    while (i <= len) {
        unsigned char c = (unsigned char)copy[i];
        int32_t code = c;
        size_t step = c < 0x80 ? 1 : utf8_next(copy + i, len - i, &code);
        bool parts = c < 0x80 ? !c || is_plain_space(c) : utf8_is_space(code);
        if (parts) {
            if (i > from)
                l.word[l.n++] = copy + from;
            copy[i] = '\0';
            from = i + step;
        }
        i += step;
    }
    *n = l.n;
    return l.word;
}

struct plain_words plain_words(const char *text, struct arena *mem)
{
    struct plain_words w;
    if (!simple_words(&w, text, mem)) {
        w.bare = any_english(text, mem);
        w.word = plain_split(&w.n, w.bare, mem);
    }
    return w;
}

const char *plain_english(const char *text, struct arena *mem)
{
    return plain_words(text, mem).bare;
}

/* What is punctuation in ASCII is so for Unicode too, or a symbol. */
static bool is_mark(int32_t c)
{
    return utf8_kind(c) == UTF8_PUNCTUATION || (c < 0x80 && ispunct((int)c));
}

const char *const *plain_chars(size_t *n, const char *text, struct arena *mem)
{
    text = lower(text, mem);
    size_t len = strlen(text), run = 0;
    struct list l = { arena_array(mem, len + 1, sizeof *l.word), 0 };
    for (size_t i = 0; i < len;) {
        int32_t code;
        size_t step = utf8_next(text + i, len - i, &code);
        if (code < 0x80 && isalnum((int)code)) {
            run += step;
        } else {
            add(&l, text + i - run, run, mem);
            run = 0;
            if (!utf8_is_space(code) && !is_mark(code))
                add(&l, text + i, step, mem);
        }
        i += step;
    }
    add(&l, text + len - run, run, mem);
    *n = l.n;
    return l.word;
}

size_t plain_common(const char *const *a, size_t n_a, const char *const *b, size_t n_b,
                    struct arena *mem)
{
    struct vocabulary words;
    uint32_t *left = arena_array(mem, n_a + n_b, sizeof *left); /* of each word, in a */
    size_t n = 0;
    vocabulary_init(&words, n_a + n_b, mem);
    for (size_t i = 0; i < n_a; i++)
        left[vocabulary_number(&words, a[i], strlen(a[i]))]++;
    for (size_t i = 0; i < n_b; i++) {
        uint32_t *l = &left[vocabulary_number(&words, b[i], strlen(b[i]))];
        n += *l > 0;
        *l -= *l > 0;
    }
    return n;
}

double plain_f1(const char *const *a, size_t n_a, const char *const *b, size_t n_b,
                struct arena *mem)
{
    if (n_a == 0 || n_b == 0)
        return n_a == n_b;
    double common = (double)plain_common(a, n_a, b, n_b, mem);
    if (common == 0)
        return 0;
    double p = common / (double)n_a, r = common / (double)n_b;
    return 2 * p * r / (p + r);
}
