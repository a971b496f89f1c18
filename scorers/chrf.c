#include "scorers/chrf.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/ngrams.h"
#include "scorers/text_tokens.h"

static const char *lower(const char *text, struct arena *mem)
{
    struct strbuf low = STRBUF_INIT;
    utf8_lower(&low, text, strlen(text));
    const char *out = arena_strndup(mem, low.s, low.len);
    strbuf_release(&low);
    return out;
}

static void list_chars(struct items *out, const char *text, struct arena *mem)
{
    size_t len = strlen(text), n = 0;
    uint32_t *list = arena_array(mem, len, sizeof *list);
    for (size_t i = 0; i < len;) {
        int32_t code = (unsigned char)text[i];
        i += code < 0x80 ? 1 : utf8_next(text + i, len - i, &code);
        list[n] = (uint32_t)code;
        n += (code > ' ' && code < 0x80) || !utf8_is_space(code);
    }
    *out = (struct items){ list, n };
}

static bool is_punctuation(char c)
{
    return c && strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", c);
}

/* One mark of punctuation is parted from a word's end, else from its beginning;
 * never both. */
static void list_words(struct text_tokens *out, const struct text_tokens *parts,
                       struct arena *mem)
{
    struct text_token *list = arena_array(mem, 2 * parts->n, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < parts->n; i++) {
        struct text_token w = parts->list[i];
        uint32_t cut = w.len == 1                          ? 0
                       : is_punctuation(w.s[w.len - 1]) ? w.len - 1
                       : is_punctuation(w.s[0])         ? 1
                                                        : 0;
        if (cut)
            list[n++] = (struct text_token){ w.s, cut };
        list[n++] = (struct text_token){ w.s + cut, w.len - cut };
    }
    *out = (struct text_tokens){ list, n };
}

/* One side of a comparison. */
struct side {
    struct items chars, words;
    struct text_tokens tokens;
};

static void side_init(struct side *out, const struct chrf_rule *rule,
                      const struct tokenizer *spaces, const char *text, struct arena *mem)
{
    struct text_tokens parts;
    if (rule->lowercase)
        text = lower(text, mem);
    list_chars(&out->chars, text, mem);
    if (!rule->n_word)
        return;
    text_tokenize(&parts, spaces, text, strlen(text), mem);
    list_words(&out->tokens, &parts, mem);
}

static void number_words(struct side *hyp, struct side *ref, size_t n_ref, struct arena *mem)
{
    struct vocabulary words;
    size_t n = hyp->tokens.n;
    for (size_t i = 0; i < n_ref; i++)
        n += ref[i].tokens.n;
    vocabulary_init(&words, n, mem);
    hyp->words = (struct items){ vocabulary_numbers(&words, &hyp->tokens, mem), hyp->tokens.n };
    for (size_t i = 0; i < n_ref; i++)
        ref[i].words = (struct items){ vocabulary_numbers(&words, &ref[i].tokens, mem),
                                       ref[i].tokens.n };
}

/* The orders of one kind of n-gram, from `first` on. */
static void count_orders(struct chrf_counts *out, size_t first, size_t n_order,
                         const struct items *hyp, const struct items *ref, struct arena *mem)
{
    size_t n_match[CHRF_ORDER];
    ngrams_match(n_match, n_order, hyp, ref, 1, mem);
    for (size_t k = 0; k < n_order; k++) {
        size_t n_ref = ngrams_of(ref->n, k + 1);
        out->hyp[first + k] = n_ref ? (double)ngrams_of(hyp->n, k + 1) : 0;
        out->ref[first + k] = (double)n_ref;
        out->match[first + k] = (double)n_match[k];
    }
}

void chrf_count(struct chrf_counts *out, const struct chrf_rule *rule, const char *hyp,
                const char *const *ref, size_t n_ref, struct arena *mem)
{
    struct side mine = { 0 }, *others = arena_array(mem, n_ref, sizeof *others);
    struct tokenizer spaces;
    double best = -1;
    tokenizer_init(&spaces, TOKENIZE_NONE);
    side_init(&mine, rule, &spaces, hyp, mem);
    for (size_t i = 0; i < n_ref; i++)
        side_init(&others[i], rule, &spaces, ref[i], mem);
    if (rule->n_word)
        number_words(&mine, others, n_ref, mem);
    for (size_t i = 0; i < n_ref; i++) {
        struct chrf_counts counts = { 0 };
        count_orders(&counts, 0, CHRF_CHARS, &mine.chars, &others[i].chars, mem);
        if (rule->n_word)
            count_orders(&counts, CHRF_CHARS, rule->n_word, &mine.words, &others[i].words, mem);
        double figure = chrf_figure(&counts);
        if (figure > best) {
            best = figure;
            *out = counts;
        }
    }
}

double chrf_figure(const struct chrf_counts *c)
{
    const double factor = 4; /* beta squared */
    double precision = 0, recall = 0;
    size_t n = 0;
    for (size_t k = 0; k < CHRF_ORDER; k++) {
        if (!(c->hyp[k] > 0) || !(c->ref[k] > 0))
            continue;
        precision += c->match[k] / c->hyp[k];
        recall += c->match[k] / c->ref[k];
        n++;
    }
    if (!n || !(precision + recall > 0))
        return 0;
    precision /= (double)n;
    recall /= (double)n;
    return 100 * ((1 + factor) * precision * recall / (factor * precision + recall));
}
