/*
 * How varied a written text is, without regard to what is right: the share of its
 * n-grams that are distinct (Li et al. 2016, distinct-n, here within each text),
 * and of its 4-grams that were there before, which is high when a model repeats
 * itself. Tokens are words between white space, or characters (plain.h).
 *
 * Options: those of every written answer (answer.h). Of several draws, the first.
 */
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "scorers/answer.h"
#include "scorers/plain.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"

enum { DISTINCT_1, DISTINCT_2 = ANSWER_END, DISTINCT_3, REPEATED, LENGTH, N_STAT };

static const char *const stat_names[] = { "distinct-1", ANSWER_STATS, "distinct-2", "distinct-3",
                                          "repeated",   "length",     NULL };
static const char *const names[] = { "distinct", "distinct[zh-char]" };

#define METRICS(suffix)                                                                     \
    {                                                                                       \
        { "distinct-1" suffix, "share of tokens that are distinct", true, true,             \
          .stat = DISTINCT_1 },                                                             \
        { "distinct-2" suffix, "the same of pairs", true, true, .stat = DISTINCT_2 },       \
        { "distinct-3" suffix, "the same of threes", true, true, .stat = DISTINCT_3 },      \
        { "repeated" suffix, "share of runs of four tokens that were there before", false,  \
          true, .stat = REPEATED },                                                         \
        { "length" suffix, "tokens of the answer", true, false, .stat = LENGTH },           \
        ANSWER_METRICS, { 0 },                                                              \
    }

static const struct metric word_metrics[] = METRICS("");
static const struct metric char_metrics[] = METRICS("[zh-char]");

struct distinct_rule {
    struct answering *answering;
    bool chars;
};

static void distinct_free(void *p)
{
    struct distinct_rule *rule = p;
    if (rule)
        answering_free(rule->answering);
    free(rule);
}

static int distinct_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, NULL };
    struct distinct_rule *rule = xcalloc(1, sizeof *rule);
    rule->chars = strcmp(json_text(spec, "use", names[0]), names[1]) == 0;
    if (spec_keys(spec, keys, e) < 0 ||
        shown_check(spec, rule->chars ? char_metrics : word_metrics, e) < 0 ||
        answering_new(&rule->answering, spec, e) < 0) {
        distinct_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

/* A run of tokens. */
struct gram {
    const char *const *token;
    size_t n;
};

static int by_tokens(const void *a, const void *b)
{
    const struct gram *x = a, *y = b;
    int order = 0;
    for (size_t i = 0; i < x->n && order == 0; i++)
        order = strcmp(x->token[i], y->token[i]);
    return order;
}

/* Share of runs of n tokens that are distinct; 0 where there are none. */
static double distinct(const char *const *token, size_t n_token, size_t n, struct arena *mem)
{
    if (n_token < n)
        return 0;
    size_t n_gram = n_token - n + 1, k = 1;
    struct gram *gram = arena_array(mem, n_gram, sizeof *gram);
    for (size_t i = 0; i < n_gram; i++)
        gram[i] = (struct gram){ token + i, n };
    qsort(gram, n_gram, sizeof *gram, by_tokens);
    for (size_t i = 1; i < n_gram; i++)
        k += by_tokens(&gram[i - 1], &gram[i]) != 0;
    return (double)k / (double)n_gram;
}

static int distinct_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct distinct_rule *rule = p;
    struct answers a;
    if (answers_find(&a, rule->answering, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    const char *text = a.draw[0].text ? a.draw[0].text : "";
    size_t n = 0;
    const char *const *token = rule->chars ? plain_chars(&n, text, t->mem)
                                           : plain_split(&n, text, t->mem);
    answers_stat(stat, &a);
    stat[DISTINCT_1] = distinct(token, n, 1, t->mem);
    stat[DISTINCT_2] = distinct(token, n, 2, t->mem);
    stat[DISTINCT_3] = distinct(token, n, 3, t->mem);
    stat[REPEATED] = n < 4 ? 0 : 1 - distinct(token, n, 4, t->mem);
    stat[LENGTH] = (double)n;
    *out = (struct score){ .scorer = names[rule->chars], .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

#define DISTINCT_TYPE(type, n, list)                                              \
    extern const struct scorer_type type;                                         \
    const struct scorer_type type = {                                             \
        .name = n, .help = "how varied a text is, and how much it repeats",       \
        .stat = stat_names, .n_stat = N_STAT, .metric = list,                     \
        .compile = distinct_compile, .score = distinct_score, .free = distinct_free, \
    }

DISTINCT_TYPE(score_distinct, "distinct", word_metrics);
DISTINCT_TYPE(score_distinct_chars, "distinct[zh-char]", char_metrics);
