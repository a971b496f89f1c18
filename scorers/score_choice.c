/*
 * Multiple choice by likelihood: the most likely option is the answer.
 *
 * Keys: "use", "name", "show", "on" (the step; default the last that asked for
 * likelihoods), "norm" (options.h) and "prior": a step that asks the same
 * options without the question.
 *
 * Sources: acc_norm and acc_bytes divide by the option's own length, acc_pmi
 * takes what it has without the question off it, brier, ppl and acc_greedy are
 * brier_score, perplexity and exact match of likelihoods, as in
 * lm-evaluation-harness 0.4.13 (api/task.py, api/metrics.py); mc2 is its
 * TruthfulQA. ece: Guo et al. 2017, ten bins of equal width, each open below.
 * The probability of an option, where one is wanted, is its share of the
 * exponentials of all options' worth. Of several right options the likeliest
 * counts for ppl, and each has an equal share of the truth for brier.
 *
 * A mean over the whole text is already normalised and no probability: with
 * norm "whole_mean" only acc, margin and tie may be shown.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "base/utf8.h"
#include "scorers/options.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"
#include "scorers/turn.h"

enum { ACC, ACC_NORM, ACC_BYTES, ACC_TOKEN, MARGIN, TIE, ACC_PMI, ACC_GREEDY, BRIER,
       CONFIDENCE, MC2, GOLD, N_STAT };
enum { N_BIN = 10 };

static const char *const stat_names[] = {
    "acc",     "acc_norm",   "acc_bytes", "acc_token",  "margin", "tie",
    "acc_pmi", "acc_greedy", "brier",     "confidence", "mc2",    "gold_logprob", NULL,
};

static double fold_ece(const double *stat, size_t n, size_t n_stat);
static double fold_ppl(const double *stat, size_t n, size_t n_stat);
static double ppl_variance(const double *stat, size_t n, size_t n_stat);

static const struct metric metrics[] = {
    { "acc", "the most likely option is right", true, true, .stat = ACC },
    { "acc_norm", "the same by log-probability per character of the option", true, true,
      .stat = ACC_NORM },
    { "acc_bytes", "the same per byte", true, true, .stat = ACC_BYTES },
    { "acc_token", "the same per token", true, true, .stat = ACC_TOKEN },
    { "acc_pmi", "the same less the log-probability without the question (option 'prior')", true,
      true, .stat = ACC_PMI },
    { "acc_greedy", "every token of a right option was the likeliest of all tokens", true, true,
      .stat = ACC_GREEDY },
    { "margin", "log-probability of the right option minus the best wrong one", true, false,
      .stat = MARGIN },
    { "brier", "squared error of the options' probabilities, summed over the options", false,
      false, .stat = BRIER },
    { "ece", "expected calibration error of the answer's probability, 10 bins", false, false,
      .stat = CONFIDENCE, .fold = fold_ece },
    { "mc2", "share of probability on right options", true, true, .stat = MC2 },
    { "ppl", "perplexity of the right option, each as one unit", false, false,
      .stat = GOLD, .fold = fold_ppl, .variance = ppl_variance },
    { "tie", "another option was exactly as likely as the answer", false, true, .stat = TIE },
    { 0 },
};

struct choice_rule {
    enum norm norm;
    char *on;    /* NULL = the last step that asked for likelihoods */
    char *prior; /* NULL = no acc_pmi */
};

/* ---- from samples to figures */

static double fold_ece(const double *stat, size_t n, size_t n_stat)
{
    double right[N_BIN] = { 0 }, confidence[N_BIN] = { 0 }, error = 0;
    for (size_t i = 0; i < n; i++, stat += n_stat) {
        size_t bin = (size_t)ceil(stat[CONFIDENCE] * N_BIN);
        bin = bin > N_BIN ? N_BIN - 1 : bin > 0 ? bin - 1 : 0;
        right[bin] += stat[ACC];
        confidence[bin] += stat[CONFIDENCE];
    }
    for (size_t b = 0; b < N_BIN; b++)
        error += fabs(right[b] - confidence[b]);
    return error / (double)n;
}

/* Samples without a right option are left out, hence the count. */
static double mean_gold(size_t *count, const double *stat, size_t n, size_t n_stat)
{
    double sum = 0;
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(stat[i * n_stat + GOLD])) {
            sum += stat[i * n_stat + GOLD];
            ++*count;
        }
    return *count ? sum / (double)*count : NAN;
}

static double fold_ppl(const double *stat, size_t n, size_t n_stat)
{
    size_t count;
    return exp(-mean_gold(&count, stat, n, n_stat));
}

/* Delta method: exp(-m) with m a mean. */
static double ppl_variance(const double *stat, size_t n, size_t n_stat)
{
    size_t count;
    double mean = mean_gold(&count, stat, n, n_stat), squares = 0;
    if (count < 2)
        return NAN;
    for (size_t i = 0; i < n; i++) {
        double off = stat[i * n_stat + GOLD] - mean;
        squares += isnan(off) ? 0 : off * off;
    }
    return exp(-2 * mean) * squares / (double)(count - 1) / (double)count;
}

/* ---- the spec */

static void choice_free(void *p)
{
    struct choice_rule *rule = p;
    if (!rule)
        return;
    free(rule->on);
    free(rule->prior);
    free(rule);
}

static int check_show(const cJSON *spec, enum norm norm, bool has_prior, struct err *e)
{
    static const char *const with_whole[] = { "acc", "margin", "tie" };
    const cJSON *c;
    cJSON_ArrayForEach(c, json_get(spec, "show")) {
        bool good = norm == NORM_NONE;
        for (size_t i = 0; i < sizeof with_whole / sizeof *with_whole; i++)
            good |= strcmp(c->valuestring, with_whole[i]) == 0;
        if (!good)
            return err_set(e, ERR_INPUT, "show: %s has no meaning with norm 'whole_mean'",
                           c->valuestring);
        if (!has_prior && strcmp(c->valuestring, "acc_pmi") == 0)
            return err_set(e, ERR_INPUT, "show: acc_pmi wants \"prior\", the step that asks the "
                                         "options without the question");
    }
    return 0;
}

static int choice_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { "use", "name", "show", "norm", "on", "prior", NULL };
    const char *on, *prior;
    size_t norm = NORM_NONE;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        spec_word(&norm, spec, "norm", norm_words, e) < 0 ||
        spec_text(&on, spec, "on", e) < 0 || spec_text(&prior, spec, "prior", e) < 0 ||
        check_show(spec, (enum norm)norm, prior != NULL, e) < 0)
        return e->code;
    struct choice_rule *rule = xcalloc(1, sizeof *rule);
    rule->norm = (enum norm)norm;
    rule->on = on ? xstrdup(on) : NULL;
    rule->prior = prior ? xstrdup(prior) : NULL;
    *out = rule;
    return 0;
}

/* ---- one sample */

/* The question's turn, and the prior's when there is one (else NULL). */
static int find_turns(const struct turn **turn, const struct turn **prior,
                      const struct choice_rule *rule, const struct trace *t, struct err *e)
{
    *prior = NULL;
    if (turn_find(turn, t, rule->on, rule->prior, ASK_LOGLIK, e) < 0 ||
        options_check(*turn, e) < 0)
        return e->code;
    if (!(*turn)->label) /* lengths must come from what the journal keeps */
        return err_set(e, ERR_INPUT, "the options have no labels");
    if (!rule->prior)
        return 0;
    if (turn_find(prior, t, rule->prior, NULL, ASK_LOGLIK, e) < 0 ||
        options_check(*prior, e) < 0)
        return err_in(e, "prior");
    if ((*prior)->a.n_out != (*turn)->a.n_out)
        return err_set(e, ERR_INPUT, "prior: step '%s' has %zu options, step '%s' has %zu",
                       (*prior)->step, (*prior)->a.n_out, (*turn)->step, (*turn)->a.n_out);
    return 0;
}

/* What an option is worth; by is one of ACC to ACC_TOKEN. An option without
 * length is never chosen, as in numpy, where it divides by zero. */
static double option_value(const struct choice_rule *rule, const struct turn *turn, int by,
                           size_t option)
{
    const struct out *o = &turn->a.out[option];
    if (by == ACC || rule->norm == NORM_WHOLE_MEAN)
        return option_worth(turn, rule->norm, option);
    size_t len = by == ACC_TOKEN   ? o->n_token
                 : by == ACC_BYTES ? strlen(turn->label[option])
                                   : utf8_chars(turn->label[option]);
    return len ? o->logprob / (double)len : -INFINITY;
}

static void fill_accuracies(double *stat, double *value, const struct choice_rule *rule,
                            const struct turn *turn, const struct turn *prior)
{
    size_t n = turn->a.n_out;
    for (int by = ACC_TOKEN; by >= ACC; by--) {
        for (size_t i = 0; i < n; i++)
            value[i] = option_value(rule, turn, by, i);
        stat[by] = option_is_gold(turn, greatest(value, n, NULL));
    }
    stat[ACC_PMI] = NAN;
    if (!prior)
        return;
    for (size_t i = 0; i < n; i++)
        value[i] = turn->a.out[i].logprob - prior->a.out[i].logprob;
    stat[ACC_PMI] = option_is_gold(turn, greatest(value, n, NULL));
}

/* Best right option minus best wrong one; 0 when there are none of either. */
static double margin(const struct turn *turn, const double *worth)
{
    double right = -INFINITY, wrong = -INFINITY;
    for (size_t i = 0; i < turn->a.n_out; i++) {
        double *side = option_is_gold(turn, i) ? &right : &wrong;
        *side = worth[i] > *side ? worth[i] : *side;
    }
    return isfinite(right) && isfinite(wrong) ? right - wrong : 0;
}

/* Probabilities and what is made of them; `worth` becomes them. */
static void fill_probabilities(double *stat, double *worth, const struct turn *turn, size_t best)
{
    double sum = 0, most = worth[best], share = turn->n_gold ? 1 / (double)turn->n_gold : 0;
    for (size_t i = 0; i < turn->a.n_out; i++) {
        worth[i] = exp(worth[i] - most);
        sum += worth[i];
    }
    stat[CONFIDENCE] = 1 / sum;
    for (size_t i = 0; i < turn->a.n_out; i++) {
        double p = worth[i] / sum, truth = option_is_gold(turn, i) ? share : 0;
        stat[BRIER] += (p - truth) * (p - truth);
        stat[MC2] += option_is_gold(turn, i) ? p : 0;
    }
}

static void fill_gold(double *stat, const struct turn *turn)
{
    stat[GOLD] = NAN;
    for (size_t i = 0; i < turn->a.n_out; i++) {
        const struct out *o = &turn->a.out[i];
        if (!option_is_gold(turn, i))
            continue;
        stat[ACC_GREEDY] = stat[ACC_GREEDY] > 0 || o->greedy;
        stat[GOLD] = fmax(stat[GOLD], o->logprob); /* fmax() passes over NAN */
    }
}

static int choice_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct choice_rule *rule = p;
    const struct turn *turn = NULL, *prior = NULL;
    if (find_turns(&turn, &prior, rule, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    double *value = arena_array(t->mem, turn->a.n_out, sizeof *value);
    bool tie;
    fill_accuracies(stat, value, rule, turn, prior);
    for (size_t i = 0; i < turn->a.n_out; i++)
        value[i] = option_worth(turn, rule->norm, i);
    size_t best = greatest(value, turn->a.n_out, &tie);
    stat[TIE] = tie;
    stat[MARGIN] = margin(turn, value);
    fill_probabilities(stat, value, turn, best);
    fill_gold(stat, turn);
    *out = (struct score){ .scorer = "choice", .answer = turn->label[best],
                           .stat = stat, .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_choice;
const struct scorer_type score_choice = {
    .name = "choice",
    .help = "the most likely of several options",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = choice_compile,
    .score = choice_score,
    .free = choice_free,
};
