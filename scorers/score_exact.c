/*
 * Written text, right when it is equal to a right answer.
 *
 * Options: those of every written answer (answer.h), and
 *   ignore       patterns whose every match is taken out of the answer and of
 *                the right ones, in turn, after all the rest
 *   ignore_case  letters of ASCII are equal to their capitals (false)
 *
 * With several draws every statistic is the mean over them, but `rule` and the
 * answer shown, which are the first draw's, and maj@n (vote.h). A draw without an answer (an
 * engine's fault, no rule that finds one) is not extracted and not right.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "base/spec.h"
#include "scorers/answer.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"
#include "scorers/vote.h"

enum { EXACT, MAJORITY = ANSWER_END, N_STAT };

static const char *const stat_names[] = { "exact", ANSWER_STATS, "majority", NULL };

static const struct metric metrics[] = {
    { "exact_match", "the answer is equal to a right one", true, true, .stat = EXACT },
    ANSWER_METRICS,
    VOTE_METRIC(MAJORITY),
    { 0 },
};

struct exact_rule {
    struct answering *answering;
    bool ignore_case;
    struct pattern **ignore;
    size_t n_ignore;
};

static void exact_free(void *p)
{
    struct exact_rule *rule = p;
    if (!rule)
        return;
    answering_free(rule->answering);
    for (size_t i = 0; i < rule->n_ignore; i++)
        pattern_free(rule->ignore[i]);
    free(rule->ignore);
    free(rule);
}

static int add_ignore(struct exact_rule *out, const cJSON *item, struct err *e)
{
    struct pattern *p = NULL;
    struct match m;
    if (!cJSON_IsString(item) || !*item->valuestring)
        return err_set(e, ERR_INPUT, "a pattern is wanted");
    if (pattern_new(&p, item->valuestring, e) < 0)
        return e->code;
    out->ignore[out->n_ignore++] = p;
    if (pattern_find(p, "", 0, 0, 0, &m) == FOUND_MATCH)
        return err_set(e, ERR_INPUT, "'%s' matches the empty text; a pattern of what is to be "
                                     "taken out is wanted", item->valuestring);
    return 0;
}

static int read_ignore(struct exact_rule *out, const cJSON *spec, struct err *e)
{
    const cJSON *list = json_get(spec, "ignore"), *item;
    if (!list)
        return 0;
    if (!cJSON_IsArray(list) || !list->child)
        return err_set(e, ERR_INPUT, "ignore: a list of patterns is wanted");
    out->ignore = xcalloc((size_t)cJSON_GetArraySize(list), sizeof(struct pattern *));
    size_t i = 0;
    cJSON_ArrayForEach(item, list) {
        if (add_ignore(out, item, e) < 0)
            return err_in(e, "ignore[%zu]", i);
        i++;
    }
    return 0;
}

static int read_rule(struct exact_rule *out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, "ignore", "ignore_case", NULL };
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        spec_bool(&out->ignore_case, spec, "ignore_case", e) < 0 ||
        read_ignore(out, spec, e) < 0)
        return e->code;
    return answering_new(&out->answering, spec, e);
}

static int exact_compile(void **out, const cJSON *spec, struct err *e)
{
    struct exact_rule *rule = xcalloc(1, sizeof *rule);
    if (read_rule(rule, spec, e) < 0) {
        exact_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

static bool same(const struct exact_rule *rule, const char *a, const char *b)
{
    if (!rule->ignore_case)
        return strcmp(a, b) == 0;
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b))
        a++, b++;
    return tolower((unsigned char)*a) == tolower((unsigned char)*b);
}

/* What is left to compare; NULL when a pattern gave up. */
static const char *without_ignored(const struct exact_rule *rule, const char *text,
                                   struct arena *mem)
{
    for (size_t i = 0; text && i < rule->n_ignore; i++)
        text = extract_remove(rule->ignore[i], text, mem);
    return text;
}

static bool votes_alike(const void *p, const char *a, const char *b, struct arena *mem)
{
    const struct exact_rule *rule = p;
    a = without_ignored(rule, a, mem);
    b = without_ignored(rule, b, mem);
    return a && b && same(rule, a, b);
}

/* *limit: a pattern gave up, and so it cannot be told. */
static bool is_right(bool *limit, const struct exact_rule *rule, const struct answers *a,
                     const char *answer, struct arena *mem)
{
    const char *mine = without_ignored(rule, answer, mem);
    bool right = false;
    *limit = !mine;
    for (size_t i = 0; mine && i < a->n_target && !right; i++) {
        const char *target = without_ignored(rule, a->target[i], mem);
        *limit |= !target;
        right = target && same(rule, mine, target);
    }
    return right;
}

static int exact_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct exact_rule *rule = p;
    struct answers a;
    if (answers_find(&a, rule->answering, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat), n = (double)a.n_draw;
    const struct voting voting = { votes_alike, rule };
    size_t limits = 0, winner = vote(&voting, &a, t->mem);
    answers_stat(stat, &a);
    for (size_t i = 0; i < a.n_draw; i++) {
        bool limit = false;
        bool right = a.draw[i].text && is_right(&limit, rule, &a, a.draw[i].text, t->mem);
        stat[EXACT] += right;
        stat[MAJORITY] = i == winner ? right : stat[MAJORITY];
        limits += limit && !a.draw[i].limit;
    }
    stat[EXACT] /= n;
    stat[ANSWER_LIMIT] += (double)limits / n;
    *out = (struct score){ .scorer = "exact", .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_exact;
const struct scorer_type score_exact = {
    .name = "exact",
    .help = "written text that is equal to a right answer",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = exact_compile,
    .score = exact_score,
    .free = exact_free,
};
