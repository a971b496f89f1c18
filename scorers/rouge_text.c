#include "scorers/rouge_text.h"

#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/porter.h"

/* One text while it is cut. There are never more tokens or sentences than bytes. */
struct cutting {
    struct segment *token;
    size_t n;
    size_t *sentence;
    size_t n_sentence;
};

static void add(struct cutting *c, const char *at, size_t len)
{
    c->token[c->n++] = (struct segment){ at, len };
}

static void end_sentence(struct cutting *c)
{
    if (c->n > (c->n_sentence ? c->sentence[c->n_sentence - 1] : 0))
        c->sentence[c->n_sentence++] = c->n;
}

static bool is_ascii_word(char c)
{
    return (unsigned char)c < 0x80 && isalnum((unsigned char)c);
}

static bool is_word(int32_t code)
{
    enum utf8_kind kind = utf8_kind(code);
    return kind == UTF8_LETTER || kind == UTF8_NUMBER;
}

static void cut_words(struct cutting *c, const char *s, bool characters)
{
    for (size_t i = 0, len = strlen(s); i < len;) {
        size_t end = i;
        int32_t code = 0;
        while (is_ascii_word(s[end]))
            end++;
        if (end > i) {
            add(c, s + i, end - i);
            i = end;
            continue;
        }
        if (s[i] == '\n')
            end_sentence(c);
        end += utf8_next(s + i, len - i, &code);
        if (characters && code >= 0x80 && is_word(code))
            add(c, s + i, end - i);
        i = end;
    }
}

static void stem_words(struct cutting *c, struct arena *mem)
{
    for (size_t i = 0; i < c->n; i++) {
        struct segment *t = &c->token[i];
        if (t->len <= 3)
            continue;
        char *word = arena_strndup(mem, t->at, t->len);
        *t = (struct segment){ word, porter_stem(word, t->len) };
    }
}

static bool has_word(const struct segment *t)
{
    for (size_t i = 0; i < t->len;) {
        int32_t code;
        i += utf8_next(t->at + i, t->len - i, &code);
        if (is_word(code))
            return true;
    }
    return false;
}

static void cut_jieba(struct cutting *c, const struct segments *words)
{
    for (size_t i = 0; i < words->n; i++) {
        const struct segment *t = &words->item[i];
        if (memchr(t->at, '\n', t->len))
            end_sentence(c);
        else if (has_word(t))
            add(c, t->at, t->len);
    }
}

static bool is_space(const struct segment *t)
{
    int32_t code = 0;
    utf8_next(t->at, t->len, &code);
    return utf8_is_space(code);
}

static bool ends_sentence(const struct segment *t)
{
    static const char *const marks[] = { "。", "！", "？", "?" };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (t->len == strlen(marks[i]) && memcmp(t->at, marks[i], t->len) == 0)
            return true;
    return false;
}

/* Six full stops with something behind them end a sentence, and that something
 * ends no other. `last`: nothing is behind the token. Returns whether the token's
 * end is a sentence's. */
static bool add_dotted(struct cutting *c, const struct segment *t, bool last)
{
    static const char dots[] = "......";
    enum { N_DOT = sizeof dots - 1 };
    size_t from = 0, i = 0;
    while (i + N_DOT <= t->len) {
        if (memcmp(t->at + i, dots, N_DOT) != 0) {
            i++;
            continue;
        }
        if (i + N_DOT == t->len)
            break;
        add(c, t->at + from, i + N_DOT - from);
        from = i + N_DOT;
        i = from + 1;
    }
    add(c, t->at + from, t->len - from);
    return i + N_DOT == t->len && !last;
}

/* rouge-chinese's cut_sent() of the tokens with blanks between them, and its
 * " ".join(sentence.split()).split(" "), which of a sentence of blanks makes one
 * empty token. */
static void cut_chinese(struct cutting *c, const struct segments *words)
{
    size_t n = words->n;
    bool has_words = false; /* the sentence */
    while (n && is_space(&words->item[n - 1]))
        n--;
    for (size_t i = 0; i < n; i++) {
        const struct segment *t = &words->item[i];
        if (!is_space(t)) {
            has_words = !add_dotted(c, t, i + 1 == n) && !ends_sentence(t);
        } else if (memchr(t->at, '\n', t->len)) {
            if (!has_words && (i || t->len > 1))
                add(c, t->at, 0);
            has_words = false;
        }
    }
}

static void characters(struct segments *out, const char *s, size_t len, struct arena *mem)
{
    *out = (struct segments){ .item = arena_array(mem, len + 1, sizeof *out->item) };
    for (size_t i = 0; i < len;) {
        int32_t code;
        size_t n = utf8_next(s + i, len - i, &code);
        out->item[out->n++] = (struct segment){ s + i, n };
        i += n;
    }
}

static const char *in_small_letters(const char *s, struct arena *mem)
{
    struct strbuf small = STRBUF_INIT;
    char *copy = arena_strdup(mem, s);
    size_t i = 0;
    for (; copy[i] && (unsigned char)copy[i] < 0x80; i++)
        copy[i] = (char)tolower((unsigned char)copy[i]);
    if (!copy[i])
        return copy;
    utf8_lower(&small, s, strlen(s));
    copy = arena_strndup(mem, small.s, small.len);
    strbuf_release(&small);
    return copy;
}

bool rouge_cut_needs_segmenter(enum rouge_cut cut)
{
    return cut == ROUGE_JIEBA || cut == ROUGE_CHINESE;
}

static void cut_text(struct cutting *c, const char *s, enum rouge_cut cut,
                     const struct segmenter *segmenter, struct arena *mem)
{
    struct segments words = { 0 };
    if (cut < ROUGE_CHINESE)
        s = in_small_letters(s, mem);
    if (rouge_cut_needs_segmenter(cut))
        segmenter_cut(&words, segmenter, s, strlen(s), mem);
    size_t room = strlen(s) + 1;
    c->token = arena_array(mem, room, sizeof *c->token);
    c->sentence = arena_array(mem, room, sizeof *c->sentence);
    if (cut == ROUGE_JIEBA) {
        cut_jieba(c, &words);
    } else if (cut < ROUGE_JIEBA) {
        cut_words(c, s, cut == ROUGE_CHARS);
        if (cut == ROUGE_STEMS)
            stem_words(c, mem);
    } else {
        if (cut == ROUGE_CHINESE_CHARS)
            characters(&words, s, strlen(s), mem);
        cut_chinese(c, &words);
    }
    end_sentence(c);
}

/* Numbers for tokens: their places in a table. */
struct numbering {
    struct segment *place;
    size_t mask;
};

static uint32_t number_of(const struct numbering *all, const struct segment *t)
{
    uint64_t h = 0xCBF29CE484222325u; /* FNV-1a */
    for (size_t i = 0; i < t->len; i++)
        h = (h ^ (unsigned char)t->at[i]) * 0x100000001B3u;
    size_t i = (size_t)(h ^ h >> 32) & all->mask;
    while (all->place[i].at &&
           (all->place[i].len != t->len || memcmp(all->place[i].at, t->at, t->len) != 0))
        i = (i + 1) & all->mask;
    all->place[i] = *t;
    return (uint32_t)i;
}

void rouge_cut(struct rouge_tokens *out, const char *const *text, size_t n, enum rouge_cut cut,
               const struct segmenter *segmenter, struct arena *mem)
{
    struct cutting *c = arena_array(mem, n, sizeof *c);
    size_t total = 0, n_place = 16;
    for (size_t i = 0; i < n; i++) {
        cut_text(&c[i], text[i], cut, segmenter, mem);
        total += c[i].n;
    }
    while (n_place < 2 * total)
        n_place *= 2;
    struct numbering all = { arena_array(mem, n_place, sizeof *all.place), n_place - 1 };
    for (size_t i = 0; i < n; i++) {
        uint32_t *id = arena_array(mem, c[i].n + 1, sizeof *id);
        for (size_t k = 0; k < c[i].n; k++)
            id[k] = number_of(&all, &c[i].token[k]);
        out[i] = (struct rouge_tokens){ id, c[i].n, c[i].sentence, c[i].n_sentence };
    }
}
