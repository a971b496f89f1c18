/*
 * Written mathematics, right when it is the same answer as a right one.
 *
 * Options: those of every written answer (answer.h), and
 *   rules      "hendrycks", "minerva", "within" (the string rules of these) or
 *              "plus" (ours; docs/math.md) ("plus")
 *   dollars    the answer is what stands between the first and the last dollar
 *              sign, where there are two (false)
 *   tolerance  of "plus": how far apart numbers may be, relatively (1e-6)
 *
 * With several draws every statistic is the mean over them, but `rule` and the
 * answer shown, which are the first draw's, and maj@n (vote.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "scorers/answer.h"
#include "scorers/math.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"
#include "scorers/tolerance.h"
#include "scorers/vote.h"

enum { MATH, MAJORITY = ANSWER_END, N_STAT };

static const char *const stat_names[] = { "math", ANSWER_STATS, "majority", NULL };

static const struct metric metrics[] = {
    { "math", "the same answer as a right one", true, true, .stat = MATH },
    ANSWER_METRICS,
    VOTE_METRIC(MAJORITY),
    { 0 },
};

struct math_rule {
    struct answering *answering;
    struct math *math;
    bool dollars;
};

static void math_rule_free(void *p)
{
    struct math_rule *rule = p;
    if (!rule)
        return;
    answering_free(rule->answering);
    math_free(rule->math);
    free(rule);
}

static int read_rule(struct math_rule *out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, "rules", "dollars", "tolerance", NULL };
    static const char *const names[] = { "hendrycks", "minerva", "within", "plus", NULL };
    size_t rules = MATH_PLUS;
    double tolerance = 1e-6;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        spec_word(&rules, spec, "rules", names, e) < 0 ||
        spec_bool(&out->dollars, spec, "dollars", e) < 0 ||
        tolerance_read(&tolerance, spec, "tolerance", e) < 0)
        return e->code;
    if (json_get(spec, "tolerance") && rules != MATH_PLUS)
        return err_set(e, ERR_INPUT, "tolerance: the rules '%s' compare text; leave it out, or "
                                     "take the rules 'plus'", names[rules]);
    if (math_new(&out->math, (enum math_rules)rules, tolerance, e) < 0)
        return e->code;
    return answering_new(&out->answering, spec, e);
}

static int math_compile(void **out, const cJSON *spec, struct err *e)
{
    struct math_rule *rule = xcalloc(1, sizeof *rule);
    if (read_rule(rule, spec, e) < 0) {
        math_rule_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

static const char *within_dollars(const char *s, struct arena *mem)
{
    const char *first = strchr(s, '$'), *last = strrchr(s, '$');
    if (first == last)
        return s;
    return arena_strndup(mem, first + 1, (size_t)(last - first - 1));
}

static bool same(const void *p, const char *a, const char *b, struct arena *mem)
{
    const struct math_rule *rule = p;
    if (rule->dollars) {
        a = within_dollars(a, mem);
        b = within_dollars(b, mem);
    }
    return math_same(rule->math, a, b, mem);
}

static bool is_right(const struct math_rule *rule, const struct answers *a, const char *answer,
                     struct arena *mem)
{
    const char *mine = rule->dollars ? within_dollars(answer, mem) : answer;
    for (size_t i = 0; i < a->n_target; i++)
        if (math_same(rule->math, mine, a->target[i], mem))
            return true;
    return false;
}

static int math_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct math_rule *rule = p;
    const struct voting voting = { same, rule };
    struct answers a;
    if (answers_find(&a, rule->answering, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    size_t n_right = 0, winner = vote(&voting, &a, t->mem);
    answers_stat(stat, &a);
    for (size_t i = 0; i < a.n_draw; i++) {
        bool right = a.draw[i].text && is_right(rule, &a, a.draw[i].text, t->mem);
        n_right += right;
        stat[MAJORITY] = i == winner ? right : stat[MAJORITY];
    }
    stat[MATH] = (double)n_right / (double)a.n_draw;
    *out = (struct score){ .scorer = "math", .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_math;
const struct scorer_type score_math = {
    .name = "math",
    .help = "written mathematics that is the same answer as a right one",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = math_compile,
    .score = math_score,
    .free = math_rule_free,
};
