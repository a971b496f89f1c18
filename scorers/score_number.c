/*
 * A number in writing, right when it is equal to a right one. Words and units
 * around it do not count (number.h).
 *
 * Options: those of every written answer (answer.h), and
 *   tolerance  how far apart the two may be, as a share of the greater one, unless
 *              both are whole numbers (1e-9)
 *   absolute   or this far, whatever they are, unless both are whole (0)
 *
 * An answer that states no number, or two, is not right. A right answer that
 * states none is an error. With several draws every statistic is the mean over
 * them, but `rule` and the answer shown, which are the first draw's, and maj@n
 * (vote.h).
 */
#include <stdlib.h>

#include "base/spec.h"
#include "scorers/answer.h"
#include "scorers/number.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"
#include "scorers/tolerance.h"
#include "scorers/vote.h"

enum { NUMBER, MAJORITY = ANSWER_END, N_STAT };

static const char *const stat_names[] = { "number", ANSWER_STATS, "majority", NULL };

static const struct metric metrics[] = {
    { "number", "the number is a right one", true, true, .stat = NUMBER },
    ANSWER_METRICS,
    VOTE_METRIC(MAJORITY),
    { 0 },
};

struct number_rule {
    struct answering *answering;
    struct number_reader *reader;
    double relative, absolute;
};

static void number_free(void *p)
{
    struct number_rule *rule = p;
    if (!rule)
        return;
    answering_free(rule->answering);
    number_reader_free(rule->reader);
    free(rule);
}

static int read_rule(struct number_rule *out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, "tolerance", "absolute", NULL };
    out->relative = 1e-9;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        tolerance_read(&out->relative, spec, "tolerance", e) < 0 ||
        tolerance_read(&out->absolute, spec, "absolute", e) < 0 ||
        number_reader_new(&out->reader, e) < 0)
        return e->code;
    return answering_new(&out->answering, spec, e);
}

static int number_compile(void **out, const cJSON *spec, struct err *e)
{
    struct number_rule *rule = xcalloc(1, sizeof *rule);
    if (read_rule(rule, spec, e) < 0) {
        number_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

static bool same(const void *p, const char *a, const char *b, struct arena *mem)
{
    const struct number_rule *rule = p;
    struct number x, y;
    return number_read(&x, rule->reader, a, mem) && number_read(&y, rule->reader, b, mem) &&
           number_same(&x, &y, rule->relative, rule->absolute);
}

static bool is_right(const struct number_rule *rule, const struct answers *a, const char *answer,
                     struct arena *mem)
{
    for (size_t i = 0; i < a->n_target; i++)
        if (same(rule, answer, a->target[i], mem))
            return true;
    return false;
}

static int check_targets(const struct number_rule *rule, const struct answers *a,
                         struct arena *mem, struct err *e)
{
    struct number unused;
    for (size_t i = 0; i < a->n_target; i++)
        if (!number_read(&unused, rule->reader, a->target[i], mem))
            return err_set(e, ERR_INPUT, "step '%s': the right answer '%.60s' is not one number; "
                                         "'extract_target' can find it there", a->turn->step,
                           a->target[i]);
    return 0;
}

static int number_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct number_rule *rule = p;
    const struct voting voting = { same, rule };
    struct answers a;
    if (answers_find(&a, rule->answering, t, e) < 0 || check_targets(rule, &a, t->mem, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    size_t n_right = 0, winner = vote(&voting, &a, t->mem);
    answers_stat(stat, &a);
    for (size_t i = 0; i < a.n_draw; i++) {
        bool right = a.draw[i].text && is_right(rule, &a, a.draw[i].text, t->mem);
        n_right += right;
        stat[MAJORITY] = i == winner ? right : stat[MAJORITY];
    }
    stat[NUMBER] = (double)n_right / (double)a.n_draw;
    *out = (struct score){ .scorer = "number", .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_number;
const struct scorer_type score_number = {
    .name = "number",
    .help = "a number in writing that is equal to a right one",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = number_compile,
    .score = number_score,
    .free = number_free,
};
