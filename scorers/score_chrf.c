/*
 * chrF and chrF++ over a corpus (scorers/chrf.h).
 *
 * Options: those of every written answer (answer.h), and
 *   lowercase  everything in small letters (false)
 */
#include <stdlib.h>

#include "base/spec.h"
#include "scorers/chrf.h"
#include "scorers/corpus.h"
#include "scorers/shown.h"

enum {
    SENTENCE,
    HYP = CORPUS_END,
    REF = HYP + CHRF_ORDER,
    MATCH = REF + CHRF_ORDER,
    N_STAT = MATCH + CHRF_ORDER
};

#define ORDERS(side)                                                                 \
    side "_char1", side "_char2", side "_char3", side "_char4", side "_char5",       \
        side "_char6", side "_word1", side "_word2"

static const char *const stat_names[] = {
    "sentence", ANSWER_STATS, CORPUS_STATS, ORDERS("hyp"), ORDERS("ref"), ORDERS("match"), NULL,
};

struct rule {
    struct answering *answering;
    struct chrf_rule chrf;
};

static double fold(const double *stat, size_t n, size_t n_stat)
{
    double sum[N_STAT];
    struct chrf_counts c;
    corpus_sum(sum, stat, n, n_stat);
    for (size_t k = 0; k < CHRF_ORDER; k++) {
        c.hyp[k] = sum[HYP + k];
        c.ref[k] = sum[REF + k];
        c.match[k] = sum[MATCH + k];
    }
    return chrf_figure(&c);
}

#define METRICS(name, help)                                                          \
    {                                                                                \
        { name, help, true, false, .stat = SENTENCE, .fold = fold, .line = corpus_line, \
          .sums = true },                                                            \
        ANSWER_METRICS, { 0 },                                                       \
    }

static const struct metric chrf_metrics[] =
    METRICS("chrf", "chrF2 of all texts: F of 1 to 6 characters in a row");
static const struct metric chrf_plus_metrics[] =
    METRICS("chrf++", "chrF2++ of all texts: the same, and of 1 and 2 words");

static const struct metric *metrics_of(const struct rule *rule)
{
    return rule->chrf.n_word ? chrf_plus_metrics : chrf_metrics;
}

static void rule_free(void *p)
{
    struct rule *rule = p;
    if (rule)
        answering_free(rule->answering);
    free(rule);
}

static int rule_read(struct rule *out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, "lowercase", NULL };
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics_of(out), e) < 0 ||
        spec_bool(&out->chrf.lowercase, spec, "lowercase", e) < 0)
        return e->code;
    return answering_new(&out->answering, spec, e);
}

static int compile(void **out, const cJSON *spec, size_t n_word, struct err *e)
{
    struct rule *rule = xcalloc(1, sizeof *rule);
    rule->chrf.n_word = n_word;
    if (rule_read(rule, spec, e) < 0) {
        rule_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

static int chrf_compile(void **out, const cJSON *spec, struct err *e)
{
    return compile(out, spec, 0, e);
}

static int chrf_plus_compile(void **out, const cJSON *spec, struct err *e)
{
    return compile(out, spec, CHRF_WORDS, e);
}

static void add_text(double *stat, const struct rule *rule, const struct answers *a, size_t draw,
                     struct arena *mem)
{
    struct chrf_counts c;
    chrf_count(&c, &rule->chrf, corpus_text(a, draw), a->target, a->n_target, mem);
    stat[SENTENCE] += chrf_figure(&c) / (double)a->n_draw;
    for (size_t k = 0; k < CHRF_ORDER; k++) {
        stat[HYP + k] += c.hyp[k];
        stat[REF + k] += c.ref[k];
        stat[MATCH + k] += c.match[k];
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
    *out = (struct score){ .scorer = metrics_of(rule)->name, .answer = a.draw[0].text,
                           .stat = stat, .n_stat = N_STAT };
    return 0;
}

static const char *signature(const void *p, const struct metric *m, size_t n_ref,
                             struct arena *mem)
{
    const struct rule *rule = p;
    if (m != metrics_of(rule))
        return NULL;
    return arena_printf(mem, "%s|case:%s|eff:yes|nc:%d|nw:%zu|space:no|%s",
                        corpus_refs(n_ref, mem), rule->chrf.lowercase ? "lc" : "mixed",
                        CHRF_CHARS, rule->chrf.n_word, CORPUS_VERSION);
}

#define CHRF(var, called, text, list, compiles)                                      \
    extern const struct scorer_type var;                                             \
    const struct scorer_type var = {                                                 \
        .name = called,                                                              \
        .help = text,                                                                \
        .stat = stat_names,                                                          \
        .n_stat = N_STAT,                                                            \
        .metric = list,                                                              \
        .compile = compiles,                                                         \
        .score = score,                                                              \
        .free = rule_free,                                                           \
        .signature = signature,                                                      \
    }

CHRF(score_chrf, "chrf", "chrF2 as sacrebleu reckons it", chrf_metrics, chrf_compile);
CHRF(score_chrf_plus, "chrf++", "chrF2++ as sacrebleu reckons it", chrf_plus_metrics,
     chrf_plus_compile);
