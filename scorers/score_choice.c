/*
 * Multiple choice by likelihood: the most likely option is the answer.
 *
 * Keys: "use", "show", "on" (the step; default the last that asked for
 * likelihoods) and "norm":
 *   none        an option is worth the log-probability of its continuation
 *   whole_mean  the mean log-probability of a token of the whole text, prompt
 *               included; the sum runs over the scored tokens, the division
 *               over all of them, so n_token + 1: the first has no predecessor
 *               and no loss (OpenCompass, models/huggingface.py, _get_ppl)
 *
 * acc_norm, acc_bytes and acc_token divide by the option's own length, as
 * lm-evaluation-harness does. A mean over the whole text is already
 * normalised: there all four agree by definition, and only acc may be shown.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "scorers/scorer.h"
#include "scorers/spec.h"
#include "scorers/turn.h"

enum { ACC, ACC_NORM, ACC_BYTES, ACC_TOKEN, MARGIN, TIE, N_STAT };

static const char *const stat_names[] = {
    "acc", "acc_norm", "acc_bytes", "acc_token", "margin", "tie", NULL,
};

static const struct metric metrics[] = {
    { "acc", "the most likely option is right", true, true, ACC, NULL },
    { "acc_norm", "the same by log-probability per character of the option", true, true,
      ACC_NORM, NULL },
    { "acc_bytes", "the same per byte", true, true, ACC_BYTES, NULL },
    { "acc_token", "the same per token", true, true, ACC_TOKEN, NULL },
    { "margin", "log-probability of the right option minus the best wrong one", true, false,
      MARGIN, NULL },
    { 0 },
};

enum norm { NORM_NONE, NORM_WHOLE_MEAN };
static const char *const norms[] = { "none", "whole_mean", NULL };

struct choice_rule {
    enum norm norm;
    char *on; /* NULL = the last step that asked for likelihoods */
};

static void choice_free(void *p)
{
    struct choice_rule *rule = p;
    if (!rule)
        return;
    free(rule->on);
    free(rule);
}

static int check_show_whole(const cJSON *spec, struct err *e)
{
    const cJSON *c;
    cJSON_ArrayForEach(c, json_get(spec, "show"))
        if (strcmp(c->valuestring, "acc") && strcmp(c->valuestring, "margin"))
            return err_set(e, ERR_INPUT, "show: %s has no meaning with norm 'whole_mean'",
                           c->valuestring);
    return 0;
}

static int choice_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { "use", "show", "norm", "on", NULL };
    const char *on;
    size_t norm = NORM_NONE;
    if (spec_keys(spec, keys, e) < 0 || spec_show(spec, metrics, e) < 0 ||
        spec_word(&norm, spec, "norm", norms, e) < 0 || spec_text(&on, spec, "on", e) < 0)
        return e->code;
    if (norm == NORM_WHOLE_MEAN && check_show_whole(spec, e) < 0)
        return e->code;
    struct choice_rule *rule = xcalloc(1, sizeof *rule);
    rule->norm = norm;
    rule->on = on ? xstrdup(on) : NULL;
    *out = rule;
    return 0;
}

static int check_turn(const struct turn *turn, struct err *e)
{
    if (!turn->a.n_out || turn->a.n_out != turn->q.n_out)
        return err_set(e, ERR_INPUT, "%zu options but %zu answers", turn->q.n_out,
                       turn->a.n_out);
    if (!turn->label) /* lengths must come from what the journal keeps */
        return err_set(e, ERR_INPUT, "the options have no labels");
    if (!turn->n_gold)
        return err_set(e, ERR_INPUT, "no option is marked as right");
    for (size_t i = 0; i < turn->n_gold; i++)
        if (turn->gold[i] >= turn->a.n_out)
            return err_set(e, ERR_INPUT, "right option %u of %zu", (unsigned)turn->gold[i] + 1,
                           turn->a.n_out);
    for (size_t i = 0; i < turn->a.n_out; i++)
        if (!isfinite(turn->a.out[i].logprob))
            return err_set(e, ERR_ENGINE, "option %zu has no finite log-probability", i + 1);
    return 0;
}

static bool is_gold(const struct turn *turn, size_t option)
{
    for (size_t i = 0; i < turn->n_gold; i++)
        if (turn->gold[i] == option)
            return true;
    return false;
}

/* What an option is worth; by is one of ACC to ACC_TOKEN. An option without
 * length is never chosen, as in numpy, where it divides by zero. */
static double option_value(const struct choice_rule *rule, const struct turn *turn, int by,
                           size_t option)
{
    const struct out *o = &turn->a.out[option];
    if (rule->norm == NORM_WHOLE_MEAN)
        return o->logprob / ((double)o->n_token + 1);
    if (by == ACC)
        return o->logprob;
    size_t len = by == ACC_TOKEN   ? o->n_token
                 : by == ACC_BYTES ? strlen(turn->label[option])
                                   : utf8_chars(turn->label[option]);
    return len ? o->logprob / (double)len : -INFINITY;
}

/* The first of the best options; *tie when another is worth exactly as much. */
static size_t best_option(const struct choice_rule *rule, const struct turn *turn, int by,
                          bool *tie)
{
    size_t best = 0;
    double best_value = option_value(rule, turn, by, 0);
    *tie = false;
    for (size_t i = 1; i < turn->a.n_out; i++) {
        double value = option_value(rule, turn, by, i);
        if (value > best_value)
            best = i, best_value = value, *tie = false;
        else if (value == best_value)
            *tie = true;
    }
    return best;
}

/* Best right option minus best wrong one; 0 when there is no wrong one. */
static double margin(const struct choice_rule *rule, const struct turn *turn)
{
    double right = -INFINITY, wrong = -INFINITY;
    for (size_t i = 0; i < turn->a.n_out; i++) {
        double value = option_value(rule, turn, ACC, i);
        double *side = is_gold(turn, i) ? &right : &wrong;
        *side = value > *side ? value : *side;
    }
    return isfinite(right) && isfinite(wrong) ? right - wrong : 0;
}

static int choice_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct choice_rule *rule = p;
    const struct turn *turn = NULL;
    if (turn_find(&turn, t, rule->on, ASK_LOGLIK, e) < 0 || check_turn(turn, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    bool tie, ignored;
    size_t best = best_option(rule, turn, ACC, &tie);
    for (int by = ACC; by <= ACC_TOKEN; by++)
        stat[by] = is_gold(turn, best_option(rule, turn, by, &ignored));
    stat[MARGIN] = margin(rule, turn);
    stat[TIE] = tie;
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
