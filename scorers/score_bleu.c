/*
 * BLEU over a corpus, by tokenization (scorers/bleu.h).
 *
 * Options: those of every written answer (answer.h), and
 *   smooth        "exp", "floor", "add-k" or "none" ("exp")
 *   smooth_value  of floor (0.1) and add-k (1)
 *   effective     the figure leaves out orders of which no text has an n-gram (false)
 *   lowercase     everything in small letters (false)
 *
 * The value of one sample always leaves them out, as sacrebleu's sentence BLEU does.
 */
#include <stdlib.h>

#include "base/spec.h"
#include "scorers/bleu.h"
#include "scorers/corpus.h"
#include "scorers/shown.h"

/* The last three are options, times texts, so that rows can be added up. */
enum {
    SENTENCE,
    HYP_LEN = CORPUS_END,
    REF_LEN,
    CORRECT,
    TOTAL = CORRECT + BLEU_ORDER,
    SMOOTH = TOTAL + BLEU_ORDER,
    SMOOTH_VALUE,
    EFFECTIVE,
    N_STAT
};

static const char *const stat_names[] = {
    "sentence", ANSWER_STATS, CORPUS_STATS, "hyp_len",  "ref_len",  "correct1",
    "correct2", "correct3",   "correct4",   "total1",   "total2",   "total3",
    "total4",   "smooth",     "smooth_value", "effective", NULL,
};

static const char *const smooths[] = { "exp", "floor", "add-k", "none", NULL };

struct rule {
    struct answering *answering;
    struct bleu_rule bleu;
    size_t smooth; /* enum bleu_smooth */
    double value;
    bool effective;
};

static double fold(const double *stat, size_t n, size_t n_stat)
{
    double sum[N_STAT];
    corpus_sum(sum, stat, n, n_stat);
    struct bleu_counts c = { .hyp_len = sum[HYP_LEN], .ref_len = sum[REF_LEN] };
    for (size_t k = 0; k < BLEU_ORDER; k++) {
        c.correct[k] = sum[CORRECT + k];
        c.total[k] = sum[TOTAL + k];
    }
    double texts = sum[CORPUS_TEXTS];
    return bleu_figure(&c, (enum bleu_smooth)(sum[SMOOTH] / texts), sum[SMOOTH_VALUE] / texts,
                       sum[EFFECTIVE] > 0);
}

#define METRICS(tokenization)                                                              \
    {                                                                                      \
        { "bleu[" tokenization "]", "BLEU of all texts, tokens by " tokenization, true, false, \
          .stat = SENTENCE, .fold = fold, .line = corpus_line, .sums = true },             \
        ANSWER_METRICS, { 0 },                                                             \
    }

static const struct metric metrics_13a[] = METRICS("13a");
static const struct metric metrics_zh[] = METRICS("zh");
static const struct metric metrics_char[] = METRICS("char");
static const struct metric metrics_intl[] = METRICS("intl");
static const struct metric metrics_none[] = METRICS("none");

static const struct metric *const metrics[TOKENIZE_COUNT] = {
    [TOKENIZE_13A] = metrics_13a,   [TOKENIZE_ZH] = metrics_zh,
    [TOKENIZE_CHAR] = metrics_char, [TOKENIZE_INTL] = metrics_intl,
    [TOKENIZE_NONE] = metrics_none,
};

static void rule_free(void *p)
{
    struct rule *rule = p;
    if (rule)
        answering_free(rule->answering);
    free(rule);
}

static int read_smooth(struct rule *out, const cJSON *spec, struct err *e)
{
    const cJSON *value = json_get(spec, "smooth_value");
    if (spec_word(&out->smooth, spec, "smooth", smooths, e) < 0)
        return e->code;
    bool takes = out->smooth == BLEU_FLOOR || out->smooth == BLEU_ADD_K;
    out->value = out->smooth == BLEU_FLOOR ? 0.1 : out->smooth == BLEU_ADD_K ? 1 : 0;
    if (!value)
        return 0;
    if (!takes)
        return err_set(e, ERR_INPUT, "smooth_value: it goes with \"smooth\": \"floor\" or "
                                     "\"add-k\"");
    if (!cJSON_IsNumber(value) || !(value->valuedouble > 0))
        return err_set(e, ERR_INPUT, "smooth_value: a number above 0 is wanted");
    out->value = value->valuedouble;
    return 0;
}

static int rule_read(struct rule *out, const cJSON *spec, enum tokenization how, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS,    "smooth",    "smooth_value",
                                        "effective", "lowercase", NULL };
    tokenizer_init(&out->bleu.tokenizer, how);
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics[how], e) < 0 ||
        read_smooth(out, spec, e) < 0 ||
        spec_bool(&out->effective, spec, "effective", e) < 0 ||
        spec_bool(&out->bleu.lowercase, spec, "lowercase", e) < 0)
        return e->code;
    return answering_new(&out->answering, spec, e);
}

static int compile(void **out, const cJSON *spec, enum tokenization how, struct err *e)
{
    struct rule *rule = xcalloc(1, sizeof *rule);
    if (rule_read(rule, spec, how, e) < 0) {
        rule_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

static void add_text(double *stat, const struct rule *rule, const struct answers *a, size_t draw,
                     struct arena *mem)
{
    struct bleu_counts c;
    bleu_count(&c, &rule->bleu, corpus_text(a, draw), a->target, a->n_target, mem);
    stat[SENTENCE] += bleu_figure(&c, (enum bleu_smooth)rule->smooth, rule->value, true) /
                      (double)a->n_draw;
    stat[HYP_LEN] += c.hyp_len;
    stat[REF_LEN] += c.ref_len;
    for (size_t k = 0; k < BLEU_ORDER; k++) {
        stat[CORRECT + k] += c.correct[k];
        stat[TOTAL + k] += c.total[k];
    }
}

static int score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct rule *rule = p;
    struct answers a;
    if (answers_find(&a, rule->answering, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    corpus_stat(stat, &a);
    for (size_t i = 0; i < a.n_draw; i++)
        add_text(stat, rule, &a, i, t->mem);
    stat[SMOOTH] = (double)rule->smooth * stat[CORPUS_TEXTS];
    stat[SMOOTH_VALUE] = rule->value * stat[CORPUS_TEXTS];
    stat[EFFECTIVE] = rule->effective ? stat[CORPUS_TEXTS] : 0;
    *out = (struct score){ .scorer = metrics[rule->bleu.tokenizer.how]->name,
                           .answer = a.draw[0].text, .stat = stat, .n_stat = N_STAT };
    return 0;
}

static const char *signature(const void *p, const struct metric *m, size_t n_ref,
                             struct arena *mem)
{
    const struct rule *rule = p;
    const enum tokenization how = rule->bleu.tokenizer.how;
    const char *smooth = smooths[rule->smooth];
    if (m != metrics[how])
        return NULL;
    if (rule->value > 0)
        smooth = arena_printf(mem, "%s[%.2f]", smooth, rule->value);
    return arena_printf(mem, "%s|case:%s|eff:%s|tok:%s|smooth:%s|%s", corpus_refs(n_ref, mem),
                        rule->bleu.lowercase ? "lc" : "mixed", rule->effective ? "yes" : "no",
                        tokenization_names[how], smooth, CORPUS_VERSION);
}

#define BLEU(suffix, how)                                                                  \
    static int compile_##suffix(void **out, const cJSON *spec, struct err *e)              \
    {                                                                                      \
        return compile(out, spec, how, e);                                                 \
    }                                                                                      \
    extern const struct scorer_type score_bleu_##suffix;                                   \
    const struct scorer_type score_bleu_##suffix = {                                       \
        .name = "bleu[" #suffix "]",                                                       \
        .help = "BLEU as sacrebleu reckons it, tokens by " #suffix,                        \
        .stat = stat_names,                                                                \
        .n_stat = N_STAT,                                                                  \
        .metric = metrics_##suffix,                                                        \
        .compile = compile_##suffix,                                                       \
        .score = score,                                                                    \
        .free = rule_free,                                                                 \
        .signature = signature,                                                            \
    }

BLEU(13a, TOKENIZE_13A);
BLEU(zh, TOKENIZE_ZH);
BLEU(char, TOKENIZE_CHAR);
BLEU(intl, TOKENIZE_INTL);
BLEU(none, TOKENIZE_NONE);
