/*
 * How likely a text is, per unit of it: words, bytes, characters or tokens. The
 * figure of many texts is that of all of them together: what they cost in sum
 * over the units that they have in sum (lm-evaluation-harness 0.4.13,
 * weighted_perplexity and bits_per_byte of api/metrics.py). Only figures per byte
 * or per character compare models with different tokenizers, and only those say
 * anything of Chinese, which does not part its words.
 *
 * Keys: "use", "name", "show" and "on" (the step; default the last that asked
 * for likelihoods). The turn's first label is the text whose units count, which
 * may be another than the one that was scored (before its typesetting was
 * mended, for instance). Words are the parts that Python's re.split(r"\s+")
 * makes; tokens are those scored.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "base/utf8.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"
#include "scorers/turn.h"

enum { LOGPROB, WORDS, BYTES, CHARS, TOKENS, N_STAT };

static const char *const stat_names[] = { "logprob", "words", "bytes", "chars", "tokens", NULL };

static const double LN2 = 0.693147180559945309417;

/* ---- figures: exp(-R) and -R / ln 2 of R = sum of logprob / sum of units */

struct ratio {
    double value, variance; /* NAN without units; NAN of fewer than two texts */
};

/* Variance of a ratio of sums: Cochran 1977, Sampling Techniques, 2.11. */
static struct ratio sum_up(const double *stat, size_t n, size_t n_stat, size_t unit)
{
    double logprob = 0, units = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        logprob += stat[i * n_stat + LOGPROB];
        units += stat[i * n_stat + unit];
    }
    if (!(units > 0))
        return (struct ratio){ NAN, NAN };
    double value = logprob / units, count = (double)n;
    for (size_t i = 0; i < n; i++) {
        double off = stat[i * n_stat + LOGPROB] - value * stat[i * n_stat + unit];
        squares += off * off;
    }
    double variance = n < 2 ? NAN : count / (count - 1) * squares / (units * units);
    return (struct ratio){ value, variance };
}

static double perplexity(const double *stat, size_t n, size_t n_stat, size_t unit)
{
    return exp(-sum_up(stat, n, n_stat, unit).value);
}

static double perplexity_variance(const double *stat, size_t n, size_t n_stat, size_t unit)
{
    struct ratio r = sum_up(stat, n, n_stat, unit);
    return exp(-2 * r.value) * r.variance;
}

static double bits(const double *stat, size_t n, size_t n_stat, size_t unit)
{
    return -sum_up(stat, n, n_stat, unit).value / LN2;
}

static double bits_variance(const double *stat, size_t n, size_t n_stat, size_t unit)
{
    return sum_up(stat, n, n_stat, unit).variance / (LN2 * LN2);
}

#define FOLD(name, of, unit)                                                   \
    static double name(const double *stat, size_t n, size_t n_stat)            \
    {                                                                          \
        return of(stat, n, n_stat, unit);                                      \
    }
FOLD(per_word, perplexity, WORDS)
FOLD(per_word_variance, perplexity_variance, WORDS)
FOLD(per_byte, perplexity, BYTES)
FOLD(per_byte_variance, perplexity_variance, BYTES)
FOLD(byte_bits, bits, BYTES)
FOLD(byte_bits_variance, bits_variance, BYTES)
FOLD(per_char, perplexity, CHARS)
FOLD(per_char_variance, perplexity_variance, CHARS)
FOLD(char_bits, bits, CHARS)
FOLD(char_bits_variance, bits_variance, CHARS)
FOLD(per_token, perplexity, TOKENS)
FOLD(per_token_variance, perplexity_variance, TOKENS)

static const struct metric metrics[] = {
    { "bits_per_byte", "bits that a byte of the text costs", false, false,
      .stat = LOGPROB, .fold = byte_bits, .variance = byte_bits_variance },
    { "bits_per_char", "bits that a character costs", false, false,
      .stat = LOGPROB, .fold = char_bits, .variance = char_bits_variance },
    { "byte_perplexity", "perplexity of a byte", false, false,
      .stat = LOGPROB, .fold = per_byte, .variance = per_byte_variance },
    { "char_perplexity", "perplexity of a character", false, false,
      .stat = LOGPROB, .fold = per_char, .variance = per_char_variance },
    { "word_perplexity", "perplexity of what white space parts", false, false,
      .stat = LOGPROB, .fold = per_word, .variance = per_word_variance },
    { "token_perplexity", "perplexity of a token: compares nothing but models of one tokenizer",
      false, false, .stat = LOGPROB, .fold = per_token, .variance = per_token_variance },
    { 0 },
};

/* ---- one text */

struct perplexity_rule {
    char *on; /* NULL = the last step that asked for likelihoods */
};

static void perplexity_free(void *p)
{
    struct perplexity_rule *rule = p;
    if (rule)
        free(rule->on);
    free(rule);
}

static int perplexity_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { "use", "name", "show", "on", NULL };
    const char *on;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        spec_text(&on, spec, "on", e) < 0)
        return e->code;
    struct perplexity_rule *rule = xcalloc(1, sizeof *rule);
    rule->on = on ? xstrdup(on) : NULL;
    *out = rule;
    return 0;
}

static size_t count_words(const char *text)
{
    size_t n = 1;
    bool in_space = false;
    for (size_t len = strlen(text); len > 0;) {
        int32_t code;
        size_t step = utf8_next(text, len, &code);
        n += utf8_is_space(code) && !in_space;
        in_space = utf8_is_space(code);
        text += step;
        len -= step;
    }
    return n;
}

static int perplexity_score(const void *p, const struct trace *t, struct score *out,
                            struct err *e)
{
    const struct perplexity_rule *rule = p;
    const struct turn *turn = NULL;
    if (turn_find(&turn, t, rule->on, NULL, ASK_LOGLIK, e) < 0)
        return e->code;
    if (turn->a.n_out != 1)
        return err_set(e, ERR_INPUT, "step '%s' asks for %zu likelihoods; one text is wanted",
                       turn->step, turn->a.n_out);
    if (!turn->label) /* its units must come from what the journal keeps */
        return err_set(e, ERR_INPUT, "the text of step '%s' has no label", turn->step);
    if (!isfinite(turn->a.out[0].logprob))
        return err_set(e, ERR_ENGINE, "the text has no finite log-probability");
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    stat[LOGPROB] = turn->a.out[0].logprob;
    stat[WORDS] = (double)count_words(turn->label[0]);
    stat[BYTES] = (double)strlen(turn->label[0]);
    stat[CHARS] = (double)utf8_chars(turn->label[0]);
    stat[TOKENS] = (double)turn->a.out[0].n_token;
    *out = (struct score){ .scorer = "perplexity", .stat = stat, .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_perplexity;
const struct scorer_type score_perplexity = {
    .name = "perplexity",
    .help = "how likely a text is, per byte, character, word or token of it",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = perplexity_compile,
    .score = perplexity_score,
    .free = perplexity_free,
};
