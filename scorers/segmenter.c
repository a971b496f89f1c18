#include "scorers/segmenter.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "scorers/segmenter_hmm.h"
#include "scorers/segmenter_lexicon.h"

enum { MAX_FILE = 1 << 28 };

/* Of the four files of 0.42.1, one after the other in the order of `files`. */
static const char original[] =
    "9a119f903359e53c2bc99c64488c9836650ce3912cdadc785eab91e7c8b09884";

struct segmenter {
    struct lexicon *lexicon;
    struct hmm *hmm;
    char hash[SHA256_HEX];
};

enum { FILE_WORDS, FILE_START, FILE_TRANS, FILE_EMIT, N_FILE };
static const char *const files[N_FILE] = {
    [FILE_WORDS] = "dict.txt",
    [FILE_START] = "finalseg/prob_start.py",
    [FILE_TRANS] = "finalseg/prob_trans.py",
    [FILE_EMIT] = "finalseg/prob_emit.py",
};

static int read_text(struct strbuf *out, const char *dir, const char *name, struct err *e)
{
    char *path = xprintf("%s/%s", dir, name);
    size_t bad;
    int rc = file_read(out, path, MAX_FILE, e);
    if (rc == 0 && !utf8_valid(out->s, out->len, &bad))
        rc = err_set(e, ERR_INPUT, "%s: byte %zu is not UTF-8", path, bad);
    free(path);
    return rc;
}

static int build(struct segmenter *s, const char *dir, const struct strbuf *text, struct err *e)
{
    struct sha256 *hash = sha256_new();
    for (size_t i = 0; i < N_FILE; i++)
        sha256_add(hash, text[i].s, text[i].len);
    sha256_finish(hash, s->hash);
    if (lexicon_new(&s->lexicon, text[FILE_WORDS].s, text[FILE_WORDS].len, e) < 0)
        return err_in(e, "%s/%s", dir, files[FILE_WORDS]);
    struct hmm_tables tables = { text[FILE_START].s, text[FILE_TRANS].s, text[FILE_EMIT].s };
    return hmm_new(&s->hmm, &tables, e) < 0 ? err_in(e, "%s/finalseg", dir) : 0;
}

int segmenter_open(struct segmenter **out, const char *dir, struct err *e)
{
    struct strbuf text[N_FILE];
    struct segmenter *s = xcalloc(1, sizeof *s);
    int rc = 0;
    for (size_t i = 0; i < N_FILE; i++)
        strbuf_init(&text[i], 0);
    for (size_t i = 0; i < N_FILE && rc == 0; i++)
        rc = read_text(&text[i], dir, files[i], e);
    if (rc == 0)
        rc = build(s, dir, text, e);
    for (size_t i = 0; i < N_FILE; i++)
        strbuf_release(&text[i]);
    if (rc < 0) {
        segmenter_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

void segmenter_close(struct segmenter *s)
{
    if (!s)
        return;
    lexicon_free(s->lexicon);
    hmm_free(s->hmm);
    free(s);
}

bool segmenter_is_original(const struct segmenter *s)
{
    return strcmp(s->hash, original) == 0;
}

/* A text while it is cut: places are characters. */
struct cutting {
    const struct segmenter *by;
    const char *text;
    int32_t *code;
    size_t *at; /* the byte of each character, and of the end */
    size_t n;
    double *worth; /* of the best way from here to the end of its block */
    size_t *next;  /* where the first word of that way ends */
    bool *ends;
    struct segments *out;
    struct arena *mem;
};

static void add(struct cutting *c, size_t from, size_t to)
{
    c->out->item[c->out->n++] = (struct segment){ c->text + c->at[from], c->at[to] - c->at[from] };
}

static bool is_han(int32_t code)
{
    return code >= HMM_FIRST && code <= HMM_LAST;
}

static bool is_letter_or_digit(int32_t code)
{
    return code < 0x80 && isalnum((unsigned char)code);
}

/* What a block of words is of: jieba's re_han_default. */
static bool is_block(int32_t code)
{
    return is_han(code) || is_letter_or_digit(code) ||
           (code > 0 && code < 0x80 && strchr("+#&._%-", (char)code));
}

/* The best way through a block, from its end: the greatest sum of weights, and of
 * equal sums the longest first word. */
static void find_way(struct cutting *c, size_t from, size_t to)
{
    const struct lexicon *l = c->by->lexicon;
    c->worth[to] = 0;
    for (size_t i = to; i-- > from;) {
        bool found = false;
        uint32_t node = LEXICON_ROOT;
        for (size_t k = i; k < to; k++) {
            node = lexicon_step(l, node, c->code[k]);
            if (node == LEXICON_NONE)
                break;
            if (!lexicon_is_word(l, node))
                continue;
            double worth = lexicon_weight(l, node) + c->worth[k + 1];
            if (!found || worth >= c->worth[i]) {
                c->worth[i] = worth;
                c->next[i] = k + 1;
            }
            found = true;
        }
        if (!found) {
            c->worth[i] = lexicon_unknown(l) + c->worth[i + 1];
            c->next[i] = i + 1;
        }
    }
}

static bool is_listed(const struct cutting *c, size_t from, size_t to)
{
    uint32_t node = LEXICON_ROOT;
    for (size_t i = from; i < to; i++) {
        node = lexicon_step(c->by->lexicon, node, c->code[i]);
        if (node == LEXICON_NONE)
            return false;
    }
    return lexicon_is_word(c->by->lexicon, node);
}

static size_t run_of(const struct cutting *c, size_t from, size_t to, bool (*belongs)(int32_t))
{
    while (from < to && belongs(c->code[from]))
        from++;
    return from;
}

/* jieba's [a-zA-Z0-9]+(?:\.\d+)?%?; returns its end. */
static size_t end_of_number(const struct cutting *c, size_t from, size_t to)
{
    size_t end = run_of(c, from, to, is_letter_or_digit);
    if (end + 1 < to && c->code[end] == '.' && c->code[end + 1] >= '0' && c->code[end + 1] <= '9') {
        end++;
        while (end < to && c->code[end] >= '0' && c->code[end] <= '9')
            end++;
    }
    return end < to && c->code[end] == '%' ? end + 1 : end;
}

static bool is_sign(int32_t code)
{
    return !is_han(code) && !is_letter_or_digit(code);
}

static void cut_han(struct cutting *c, size_t from, size_t to)
{
    hmm_cut(c->ends + from, c->by->hmm, c->code + from, to - from, c->mem);
    for (size_t i = from, begin = from; i < to; i++)
        if (c->ends[i]) {
            add(c, begin, i + 1);
            begin = i + 1;
        }
}

/* Characters that the way left single: jieba's finalseg. */
static void cut_unknown(struct cutting *c, size_t from, size_t to)
{
    while (from < to) {
        size_t end = run_of(c, from, to, is_han);
        if (end > from) {
            cut_han(c, from, end);
        } else {
            end = is_sign(c->code[from]) ? run_of(c, from, to, is_sign)
                                         : end_of_number(c, from, to);
            add(c, from, end);
        }
        from = end;
    }
}

static void cut_singles(struct cutting *c, size_t from, size_t to)
{
    if (to - from > 1 && !is_listed(c, from, to)) {
        cut_unknown(c, from, to);
        return;
    }
    for (size_t i = from; i < to; i++)
        add(c, i, i + 1);
}

static void cut_block(struct cutting *c, size_t from, size_t to)
{
    size_t single = from; /* where the singles begin that are still to be cut */
    find_way(c, from, to);
    for (size_t i = from; i < to; i = c->next[i]) {
        if (c->next[i] == i + 1)
            continue;
        cut_singles(c, single, i);
        add(c, i, c->next[i]);
        single = c->next[i];
    }
    cut_singles(c, single, to);
}

static void cut_text(struct cutting *c)
{
    for (size_t i = 0; i < c->n;) {
        size_t end = run_of(c, i, c->n, is_block);
        if (end > i) {
            cut_block(c, i, end);
        } else {
            end = i + 1;
            if (c->code[i] == '\r' && end < c->n && c->code[end] == '\n')
                end++;
            add(c, i, end);
        }
        i = end;
    }
}

void segmenter_cut(struct segments *out, const struct segmenter *s, const char *text, size_t len,
                   struct arena *mem)
{
    struct cutting c = { .by = s, .text = text, .out = out, .mem = mem };
    *out = (struct segments){ .item = arena_array(mem, len + 1, sizeof *out->item) };
    c.code = arena_array(mem, len + 1, sizeof *c.code);
    c.at = arena_array(mem, len + 1, sizeof *c.at);
    c.worth = arena_array(mem, len + 1, sizeof *c.worth);
    c.next = arena_array(mem, len + 1, sizeof *c.next);
    c.ends = arena_array(mem, len + 1, sizeof *c.ends);
    for (size_t i = 0; i < len; c.n++) {
        c.at[c.n] = i;
        i += utf8_next(text + i, len - i, &c.code[c.n]);
    }
    c.at[c.n] = len;
    cut_text(&c);
}
