#include "scorers/mixed.h"

#include <math.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"

/* The list of the script, but for its "……", which is two characters and so is never
 * equal to one: an ellipsis is no punctuation there. */
static const char marks[] = "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』";

static bool is_mark(const char *s, size_t len)
{
    for (const char *m = marks; *m;) {
        int32_t code;
        size_t n = utf8_next(m, sizeof marks, &code);
        if (n == len && memcmp(m, s, n) == 0)
            return true;
        m += n;
    }
    return false;
}

static bool is_chinese(int32_t code)
{
    return code >= 0x4E00 && code <= 0x9FA5;
}

const char *mixed_bare(const char *text, struct arena *mem)
{
    struct strbuf low = STRBUF_INIT, b = STRBUF_INIT;
    utf8_lower(&low, text, strlen(text));
    size_t len;
    const char *s = utf8_strip(low.len ? low.s : "", &len);
    for (size_t i = 0; i < len;) {
        int32_t code;
        size_t n = utf8_next(s + i, len - i, &code);
        if (!is_mark(s + i, n))
            strbuf_add(&b, s + i, n);
        i += n;
    }
    const char *out = arena_strndup(mem, b.len ? b.s : "", b.len);
    strbuf_release(&low);
    strbuf_release(&b);
    return out;
}

struct tokens {
    const char **text;
    size_t n;
};

/* What stood between Chinese characters, cut into words. */
static bool add_words(struct tokens *t, const char *s, size_t len, const struct treebank *words,
                      struct arena *mem)
{
    size_t n = 0;
    if (!len)
        return true;
    const char *const *word = treebank_words(&n, words, arena_strndup(mem, s, len), mem);
    for (size_t i = 0; word && i < n; i++)
        t->text[t->n++] = word[i];
    return word != NULL;
}

const char *const *mixed_tokens(size_t *n, const char *text, const struct treebank *words,
                               struct arena *mem)
{
    text = mixed_bare(text, mem); /* what stands on both sides of a mark is one run */
    size_t len = strlen(text), run = 0;
    struct tokens t = { arena_array(mem, 2 * len + 1, sizeof *t.text), 0 };
    for (size_t i = 0; i < len;) {
        int32_t code;
        size_t step = utf8_next(text + i, len - i, &code);
        if (is_chinese(code)) {
            if (!add_words(&t, text + i - run, run, words, mem))
                return NULL;
            t.text[t.n++] = arena_strndup(mem, text + i, step);
            run = 0;
        } else {
            run += step;
        }
        i += step;
    }
    if (!add_words(&t, text + len - run, run, words, mem))
        return NULL;
    *n = t.n;
    return t.text;
}

static size_t longest_run(const char *const *a, size_t n_a, const char *const *b, size_t n_b,
                          struct arena *mem)
{
    size_t *ends = arena_array(mem, n_b + 1, sizeof *ends); /* run that ends before b[k] */
    size_t longest = 0;
    for (size_t i = 0; i < n_a; i++)
        for (size_t k = n_b; k > 0; k--) {
            ends[k] = strcmp(a[i], b[k - 1]) == 0 ? ends[k - 1] + 1 : 0;
            longest = ends[k] > longest ? ends[k] : longest;
        }
    return longest;
}

double mixed_f1(const char *answer, const char *target, const struct treebank *words,
               struct arena *mem)
{
    size_t n_a = 0, n_b = 0;
    const char *const *a = mixed_tokens(&n_a, answer, words, mem);
    const char *const *b = mixed_tokens(&n_b, target, words, mem);
    if (!a || !b)
        return NAN;
    double run = (double)longest_run(b, n_b, a, n_a, mem);
    if (run == 0)
        return 0;
    double p = run / (double)n_a, r = run / (double)n_b;
    return 2 * p * r / (p + r);
}
