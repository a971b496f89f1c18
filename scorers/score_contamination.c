/*
 * Signs that a model has seen a benchmark's questions, from how likely it finds
 * their own texts.
 *
 *   min_k      mean log-probability of the least likely tokens of the text
 *              (Min-K% Prob, Shi et al. 2023): nearer to 0 for texts seen before
 *   canonical  the order of the options as published is the likeliest of all
 *              that were asked (Oren et al. 2023 do this with the order of whole
 *              data sets); without memory it is so once in `orders` times, which
 *              is what `chance` says
 *
 * Neither proves anything of one question, and both depend on the model: they
 * are for comparing a benchmark with another, or a model with itself.
 *
 * Keys: "use", "name", "show" and "on" (default "order"). The first text of that
 * step is the canonical one.
 */
#include <math.h>
#include <stdlib.h>

#include "base/spec.h"
#include "scorers/options.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"
#include "scorers/turn.h"

enum { MIN_K, CANONICAL, CHANCE, ORDERS, N_STAT };

static const char *const stat_names[] = { "min_k", "canonical", "chance", "orders", NULL };

static const struct metric metrics[] = {
    { "min_k", "mean log-probability of the least likely tokens of the question's text", false,
      false, .stat = MIN_K },
    { "canonical", "the published order of the options is the likeliest", false, true,
      .stat = CANONICAL },
    { "chance", "how often that is so by chance", false, true, .stat = CHANCE },
    { "orders", "orders asked, on average", true, false, .stat = ORDERS },
    { 0 },
};

struct contamination_rule {
    char *on;
};

static void contamination_free(void *p)
{
    struct contamination_rule *rule = p;
    if (rule)
        free(rule->on);
    free(rule);
}

static int contamination_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { "use", "name", "show", "on", NULL };
    const char *on;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        spec_text(&on, spec, "on", e) < 0)
        return e->code;
    struct contamination_rule *rule = xcalloc(1, sizeof *rule);
    rule->on = xstrdup(on ? on : TURN_ORDER);
    *out = rule;
    return 0;
}

static int contamination_score(const void *p, const struct trace *t, struct score *out,
                               struct err *e)
{
    const struct contamination_rule *rule = p;
    const struct turn *turn = NULL;
    if (turn_find(&turn, t, rule->on, NULL, ASK_LOGLIK, e) < 0 || options_check(turn, e) < 0)
        return e->code;
    if (!(turn->a.out[0].tail < 0) || !isfinite(turn->a.out[0].tail))
        return err_set(e, ERR_ENGINE, "step '%s' has no likelihood of its least likely tokens",
                       turn->step);
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    size_t n = turn->a.n_out, best = 0;
    for (size_t i = 1; i < n; i++)
        best = turn->a.out[i].logprob > turn->a.out[best].logprob ? i : best;
    stat[MIN_K] = turn->a.out[0].tail;
    stat[CANONICAL] = best == 0;
    stat[CHANCE] = 1 / (double)n;
    stat[ORDERS] = (double)n;
    *out = (struct score){ .scorer = "contamination", .stat = stat, .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_contamination;
const struct scorer_type score_contamination = {
    .name = "contamination",
    .help = "how likely the questions' own texts are (--contamination)",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = contamination_compile,
    .score = contamination_score,
    .free = contamination_free,
};
