#include "scorers/bleu.h"

#include <math.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/ngrams.h"

static void tokenize(struct text_tokens *out, const struct bleu_rule *rule, const char *text,
                     struct arena *mem)
{
    if (!rule->lowercase) {
        text_tokenize(out, &rule->tokenizer, text, strlen(text), mem);
        return;
    }
    struct strbuf low = STRBUF_INIT;
    utf8_lower(&low, text, strlen(text));
    text_tokenize(out, &rule->tokenizer, arena_strndup(mem, low.s, low.len), low.len, mem);
    strbuf_release(&low);
}

static size_t nearest_length(size_t hyp, const struct items *ref, size_t n_ref)
{
    size_t nearest = ref[0].n, least = SIZE_MAX;
    for (size_t i = 0; i < n_ref; i++) {
        size_t off = ref[i].n > hyp ? ref[i].n - hyp : hyp - ref[i].n;
        if (off < least || (off == least && ref[i].n < nearest)) {
            nearest = ref[i].n;
            least = off;
        }
    }
    return nearest;
}

void bleu_count(struct bleu_counts *out, const struct bleu_rule *rule, const char *hyp,
                const char *const *ref, size_t n_ref, struct arena *mem)
{
    struct text_tokens *text = arena_array(mem, n_ref + 1, sizeof *text);
    struct items *items = arena_array(mem, n_ref + 1, sizeof *items);
    struct vocabulary words;
    size_t n_match[BLEU_ORDER], n_token = 0;
    for (size_t i = 0; i <= n_ref; i++) {
        tokenize(&text[i], rule, i ? ref[i - 1] : hyp, mem);
        n_token += text[i].n;
    }
    vocabulary_init(&words, n_token, mem);
    for (size_t i = 0; i <= n_ref; i++)
        items[i] = (struct items){ vocabulary_numbers(&words, &text[i], mem), text[i].n };
    ngrams_match(n_match, BLEU_ORDER, &items[0], &items[1], n_ref, mem);
    out->hyp_len = (double)items[0].n;
    out->ref_len = (double)nearest_length(items[0].n, &items[1], n_ref);
    for (size_t k = 0; k < BLEU_ORDER; k++) {
        out->correct[k] = (double)n_match[k];
        out->total[k] = (double)ngrams_of(items[0].n, k + 1);
    }
}

static double brevity(const struct bleu_counts *c)
{
    if (c->hyp_len >= c->ref_len)
        return 1;
    return c->hyp_len > 0 ? exp(1 - c->ref_len / c->hyp_len) : 0;
}

/* sacrebleu's logarithm of 0: small enough for a figure of 0. */
static double log_of(double x)
{
    return x > 0 ? log(x) : -9999999999.0;
}

double bleu_figure(const struct bleu_counts *c, enum bleu_smooth smooth, double value,
                   bool effective)
{
    double logs[BLEU_ORDER], sum = 0, any = 0, halves = 1;
    size_t n_order = BLEU_ORDER;
    for (size_t k = 0; k < BLEU_ORDER; k++) {
        logs[k] = log_of(0);
        any += c->correct[k];
    }
    if (!(any > 0))
        return 0;
    for (size_t k = 0; k < BLEU_ORDER; k++) {
        double more = smooth == BLEU_ADD_K && k > 0 ? value : 0;
        double correct = c->correct[k] + more, total = c->total[k] + more;
        if (!(total > 0))
            break;
        if (effective)
            n_order = k + 1;
        if (!(correct > 0) && smooth == BLEU_EXP)
            correct = 1 / (halves *= 2);
        else if (!(correct > 0) && smooth == BLEU_FLOOR)
            correct = value;
        logs[k] = log_of(100 * correct / total);
    }
    for (size_t k = 0; k < n_order; k++)
        sum += logs[k];
    return brevity(c) * exp(sum / (double)n_order);
}
