/*
 * Programs that pass their tests: pass@k, the chance that one at least of k draws
 * does, by the unbiased estimator of Chen et al. 2021 over the n draws there are, of
 * which c passed:
 *
 *     1 - (1 - k/(n-c+1)) (1 - k/(n-c+2)) ... (1 - k/n)
 *
 * Where some question has fewer than k draws there is no figure. The rest are the
 * shares of draws that did not pass, by why not (struct out).
 *
 * Keys: "use", "name", "show" and "on" (the step; default the last that runs
 * programs).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"
#include "scorers/turn.h"

#define FOR_EACH_K(DO) \
    DO(1) DO(2) DO(4) DO(5) DO(8) DO(10) DO(16) DO(20) DO(25) DO(32) DO(50) DO(64) DO(100) DO(200)

#define PLACE(k) PASS_##k,
enum {
    FOR_EACH_K(PLACE) DRAWS,
    PASSED,
    FAULTS,
    N_FAULT = 8,
    N_STAT = FAULTS + N_FAULT
};

/* In this order from FAULTS on. */
static const char *const faults[N_FAULT] = { "wrong",  "error",  "compile",    "timeout",
                                             "memory", "output", "unfinished", "empty" };

#define NUMBER(k) k,
static const unsigned ks[] = { FOR_EACH_K(NUMBER) };

#define STAT(k) "pass@" #k,
static const char *const stat_names[] = {
    FOR_EACH_K(STAT) "draws", "passed",     "wrong", "error", "compile", "timeout",
    "memory",        "output", "unfinished", "empty", NULL,
};

/* NAN where a question has fewer than k draws. */
static double mean_of(size_t place, const double *stat, size_t n, size_t n_stat)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (stat[i * n_stat + DRAWS] < ks[place])
            return NAN;
        sum += stat[i * n_stat + place];
    }
    return sum / (double)n;
}

/* The squared standard error of that mean. */
static double variance_of(size_t place, const double *stat, size_t n, size_t n_stat)
{
    double mean = mean_of(place, stat, n, n_stat), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += pow(stat[i * n_stat + place] - mean, 2);
    return n > 1 ? sum / (double)(n - 1) / (double)n : NAN;
}

#define FOLDS(k)                                                                   \
    static double pass_##k(const double *stat, size_t n, size_t n_stat)            \
    {                                                                              \
        return mean_of(PASS_##k, stat, n, n_stat);                                 \
    }                                                                              \
    static double variance_##k(const double *stat, size_t n, size_t n_stat)        \
    {                                                                              \
        return variance_of(PASS_##k, stat, n, n_stat);                             \
    }
FOR_EACH_K(FOLDS)

#define METRIC(k)                                                                  \
    { "pass@" #k, "one of " #k " programs passes its tests", true, true,          \
      .stat = PASS_##k, .fold = pass_##k, .variance = variance_##k },

static const struct metric metrics[] = {
    FOR_EACH_K(METRIC)
    { "wrong", "a test failed", false, true, .stat = FAULTS },
    { "error", "the program broke", false, true, .stat = FAULTS + 1 },
    { "compile", "it does not compile", false, true, .stat = FAULTS + 2 },
    { "timeout", "it takes too long", false, true, .stat = FAULTS + 3 },
    { "memory", "it takes too much memory", false, true, .stat = FAULTS + 4 },
    { "output", "it says too much", false, true, .stat = FAULTS + 5 },
    { "unfinished", "it ends before its tests do", false, true, .stat = FAULTS + 6 },
    { "empty", "there is no program in the answer", false, true, .stat = FAULTS + 7 },
    { 0 },
};

struct pass_rule {
    char *on; /* NULL = the last step that runs programs */
};

static void pass_free(void *p)
{
    struct pass_rule *rule = p;
    if (rule)
        free(rule->on);
    free(rule);
}

static int pass_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { "use", "name", "show", "on", NULL };
    const char *on;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        spec_text(&on, spec, "on", e) < 0)
        return e->code;
    struct pass_rule *rule = xcalloc(1, sizeof *rule);
    rule->on = on ? xstrdup(on) : NULL;
    *out = rule;
    return 0;
}

/* Of n draws c passed. */
static double pass_at(unsigned k, size_t n, size_t c)
{
    if (n < k)
        return 0;
    double none = n - c < k ? 0 : 1;
    for (size_t i = n - c + 1; i <= n; i++)
        none *= 1.0 - (double)k / (double)i;
    return 1 - none;
}

static int count(double *stat, const struct response *a, struct err *e)
{
    for (size_t i = 0; i < a->n_out; i++) {
        size_t which = 0;
        while (a->out[i].fault && which < N_FAULT && strcmp(a->out[i].fault, faults[which]) != 0)
            which++;
        if (which == N_FAULT)
            return err_set(e, ERR_INPUT, "a program with the unknown fault '%s'",
                           a->out[i].fault);
        if (a->out[i].fault)
            stat[FAULTS + which] += 1.0 / (double)a->n_out;
        else
            stat[PASSED]++;
    }
    stat[DRAWS] = (double)a->n_out;
    return 0;
}

static int pass_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct pass_rule *rule = p;
    const struct turn *turn;
    if (turn_find(&turn, t, rule->on, NULL, ASK_EXEC, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    if (count(stat, &turn->a, e) < 0)
        return err_in(e, "step '%s'", turn->step);
    for (size_t i = 0; i < DRAWS; i++)
        stat[i] = pass_at(ks[i], turn->a.n_out, (size_t)stat[PASSED]);
    const char *fault = turn->a.out[0].fault;
    *out = (struct score){ .scorer = "pass", .answer = fault ? fault : "passed", .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_pass;
const struct scorer_type score_pass = {
    .name = "pass",
    .help = "programs that pass their tests, of several draws",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = pass_compile,
    .score = pass_score,
    .free = pass_free,
};
