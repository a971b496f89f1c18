/*
 * Questions that may have no answer in the text, by the rules of SQuAD 2.0
 * (evaluate-v2.0.py): words are compared as in the scorer f1; where there is no
 * answer, only saying so is right.
 *
 * Options: those of every written answer (answer.h), and
 *   no_answer_text  texts that say that there is none, compared in SQuAD's form;
 *                   an answer without text says so too (none)
 *   no_answer       a step with choices whose first is the likelihood of saying so;
 *                   best_exact and best_f1 need it
 *
 * best_exact and best_f1 are what the best threshold on that probability would
 * give, below which a question counts as answered; the threshold is found on the
 * very samples that are scored, as in the script. Only the first draw counts.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "base/utf8.h"
#include "scorers/answer.h"
#include "scorers/plain.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"
#include "scorers/turn.h"

enum { EXACT, F1 = ANSWER_END, HAS_ANSWER, SAID_NONE, P_NONE, N_STAT };

static const char *const stat_names[] = { "exact",     ANSWER_STATS, "f1", "has_answer",
                                          "said_none", "p_none",     NULL };

struct answerable_rule {
    struct answering *answering;
    bool extracts;   /* by rules */
    char *no_answer; /* step; NULL = none */
    const char **none; /* texts that say so, in SQuAD's form */
    size_t n_none;
    struct arena mem;
};

/* Mean of one statistic over the samples that have an answer, or have none. */
static double mean_where(const double *stat, size_t n, size_t n_stat, size_t which, double has)
{
    double sum = 0, k = 0;
    for (size_t i = 0; i < n; i++, stat += n_stat)
        if (stat[HAS_ANSWER] == has) {
            sum += stat[which];
            k++;
        }
    return k > 0 ? sum / k : NAN;
}

static double fold_has_exact(const double *stat, size_t n, size_t n_stat)
{
    return mean_where(stat, n, n_stat, EXACT, 1);
}

static double fold_has_f1(const double *stat, size_t n, size_t n_stat)
{
    return mean_where(stat, n, n_stat, F1, 1);
}

static double fold_none_exact(const double *stat, size_t n, size_t n_stat)
{
    return mean_where(stat, n, n_stat, EXACT, 0);
}

static double fold_none_f1(const double *stat, size_t n, size_t n_stat)
{
    return mean_where(stat, n, n_stat, F1, 0);
}

static int by_p_none(const void *a, const void *b)
{
    const double *x = *(const double *const *)a, *y = *(const double *const *)b;
    if (x[P_NONE] != y[P_NONE])
        return x[P_NONE] < y[P_NONE] ? -1 : 1;
    return (x > y) - (x < y); /* in the order of the samples, as Python's sorted() */
}

/* Begin with no question answered; take them in by rising probability that there
 * is no answer, and keep the best share on the way. */
static double best(const double *stat, size_t n, size_t n_stat, size_t which)
{
    const double **row = xcalloc(n, sizeof *row);
    double now = 0, top;
    for (size_t i = 0; i < n; i++) {
        row[i] = stat + i * n_stat;
        now += row[i][HAS_ANSWER] == 0;
    }
    top = now;
    qsort(row, n, sizeof *row, by_p_none);
    for (size_t i = 0; i < n && !isnan(row[i][P_NONE]); i++) {
        now += row[i][HAS_ANSWER] ? row[i][which] : row[i][SAID_NONE] ? 0 : -1;
        top = now > top ? now : top;
    }
    bool known = n > 0 && !isnan(row[0][P_NONE]);
    free(row);
    return known ? top / (double)n : NAN;
}

static double fold_best_exact(const double *stat, size_t n, size_t n_stat)
{
    return best(stat, n, n_stat, EXACT);
}

static double fold_best_f1(const double *stat, size_t n, size_t n_stat)
{
    return best(stat, n, n_stat, F1);
}

static const struct metric metrics[] = {
    { "answerable_exact", "the same as a right answer, or rightly none", true, true, EXACT,
      .scale = 100 },
    { "answerable_f1", "F1 of the words shared with a right answer, or rightly none", true, true,
      F1, .scale = 100 },
    { "has_answer_exact", "answerable_exact where there is an answer", true, true, EXACT,
      .fold = fold_has_exact, .scale = 100 },
    { "has_answer_f1", "answerable_f1 where there is an answer", true, true, F1,
      .fold = fold_has_f1, .scale = 100 },
    { "no_answer_exact", "answerable_exact where there is none", true, true, EXACT,
      .fold = fold_none_exact, .scale = 100 },
    { "no_answer_f1", "answerable_f1 where there is none", true, true, F1, .fold = fold_none_f1,
      .scale = 100 },
    { "best_exact", "answerable_exact with the best threshold on no_answer", true, true, EXACT,
      .fold = fold_best_exact, .scale = 100 },
    { "best_f1", "answerable_f1 with the best threshold on no_answer", true, true, F1,
      .fold = fold_best_f1, .scale = 100 },
    ANSWER_METRICS,
    { 0 },
};

static void answerable_free(void *p)
{
    struct answerable_rule *rule = p;
    if (!rule)
        return;
    answering_free(rule->answering);
    free(rule->no_answer);
    arena_release(&rule->mem);
    free(rule);
}

static int read_none(struct answerable_rule *out, const cJSON *spec, struct err *e)
{
    const cJSON *list = json_get(spec, "no_answer_text"), *item;
    if (!list)
        return 0;
    if (!cJSON_IsArray(list) || !list->child)
        return err_set(e, ERR_INPUT, "no_answer_text: a list of texts is wanted");
    out->none = arena_array(&out->mem, (size_t)cJSON_GetArraySize(list), sizeof *out->none);
    cJSON_ArrayForEach(item, list) {
        if (!cJSON_IsString(item))
            return err_set(e, ERR_INPUT, "no_answer_text[%zu]: text is wanted", out->n_none);
        out->none[out->n_none++] = plain_english(item->valuestring, &out->mem);
    }
    return 0;
}

static int read_rule(struct answerable_rule *out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, "no_answer", "no_answer_text", NULL };
    const char *step;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        spec_text(&step, spec, "no_answer", e) < 0 || read_none(out, spec, e) < 0)
        return e->code;
    out->no_answer = step ? xstrdup(step) : NULL;
    out->extracts = json_get(spec, "extract") != NULL;
    return answering_new(&out->answering, spec, e);
}

static int answerable_compile(void **out, const cJSON *spec, struct err *e)
{
    struct answerable_rule *rule = xcalloc(1, sizeof *rule);
    if (read_rule(rule, spec, e) < 0) {
        answerable_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

/* Of a draw without an answer: was nothing written, thoughts aside? */
static bool is_blank(const struct answerable_rule *rule, const struct out *draw)
{
    if (draw->fault)
        return strcmp(draw->fault, "empty") == 0;
    return !rule->extracts || !*utf8_skip_space(draw->text ? draw->text : "");
}

/* The first draw in SQuAD's form; NULL when no rule found an answer in it. */
static const char *prediction(const struct answerable_rule *rule, const struct answers *a,
                              struct arena *mem)
{
    if (!a->draw[0].text)
        return is_blank(rule, &a->turn->a.out[0]) ? "" : NULL;
    const char *text = plain_english(a->draw[0].text, mem);
    for (size_t i = 0; i < rule->n_none; i++)
        if (strcmp(text, rule->none[i]) == 0)
            return "";
    return text;
}

/* Right answers of which nothing is left in SQuAD's form are none. */
static void compare(double *stat, const char *mine, const struct answers *a, struct arena *mem)
{
    size_t n_mine = 0;
    const char *const *words = mine ? plain_split(&n_mine, mine, mem) : NULL;
    stat[SAID_NONE] = mine && !*mine;
    for (size_t i = 0; i < a->n_target; i++) {
        struct plain_words right = plain_words(a->target[i], mem);
        if (!right.n)
            continue;
        stat[HAS_ANSWER] = 1;
        if (!mine)
            continue;
        double f1 = plain_f1(words, n_mine, right.word, right.n, mem);
        stat[F1] = f1 > stat[F1] ? f1 : stat[F1];
        if (strcmp(mine, right.bare) == 0)
            stat[EXACT] = 1;
    }
    if (!stat[HAS_ANSWER])
        stat[EXACT] = stat[F1] = stat[SAID_NONE];
}

static int answerable_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct answerable_rule *rule = p;
    const struct turn *none = NULL;
    struct answers a;
    if (answers_find(&a, rule->answering, t, e) < 0 ||
        (rule->no_answer && turn_find(&none, t, rule->no_answer, NULL, ASK_LOGLIK, e) < 0))
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    answers_stat(stat, &a);
    compare(stat, prediction(rule, &a, t->mem), &a, t->mem);
    stat[P_NONE] = none && none->a.n_out ? exp(none->a.out[0].logprob) : NAN;
    *out = (struct score){ .scorer = "answerable", .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_answerable;
const struct scorer_type score_answerable = {
    .name = "answerable",
    .help = "questions that may have no answer",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = answerable_compile,
    .score = answerable_score,
    .free = answerable_free,
};
