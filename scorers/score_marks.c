/*
 * Marks for an answer of several letters, as an examination gives them: one for
 * every place at which the letter is the right one. An answer with more or fewer
 * letters than the right one has none. The figure is the share of all marks, so a
 * question of twenty places weighs as twenty.
 *
 * Options: those of every written answer (answer.h), and
 *   sets   subsets whose answer is one set of letters: one mark when it is the right
 *          text, half of one when all its letters are right ones (none)
 *   worth  by subset, what a mark is worth (1)
 *
 * Of several right answers the best counts; of several draws the mean.
 */
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "base/utf8.h"
#include "scorers/answer.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"

enum { SHARE, GOT = ANSWER_END, OF, N_STAT };

static const char *const stat_names[] = { "share", ANSWER_STATS, "got", "of", NULL };

static double fold_marks(const double *stat, size_t n, size_t n_stat)
{
    double got = 0, of = 0;
    for (size_t i = 0; i < n; i++) {
        got += stat[i * n_stat + GOT];
        of += stat[i * n_stat + OF];
    }
    return got / of;
}

static const struct metric metrics[] = {
    { "marks", "share of the marks that are given for single letters", true, true,
      .fold = fold_marks, .sums = true },
    ANSWER_METRICS,
    { 0 },
};

struct marks_rule {
    struct answering *answering;
    cJSON *sets, *worth; /* NULL: none */
};

static void marks_free(void *p)
{
    struct marks_rule *rule = p;
    if (!rule)
        return;
    answering_free(rule->answering);
    cJSON_Delete(rule->sets);
    cJSON_Delete(rule->worth);
    free(rule);
}

static int read_sets(struct marks_rule *out, const cJSON *spec, struct err *e)
{
    const cJSON *list = json_get(spec, "sets"), *item;
    if (!list)
        return 0;
    if (!cJSON_IsArray(list) || !list->child)
        return err_set(e, ERR_INPUT, "sets: a list of subsets is wanted");
    cJSON_ArrayForEach(item, list)
        if (!cJSON_IsString(item))
            return err_set(e, ERR_INPUT, "sets: a list of subsets is wanted");
    out->sets = cJSON_Duplicate(list, true);
    return 0;
}

static int read_worth(struct marks_rule *out, const cJSON *spec, struct err *e)
{
    const cJSON *object = json_get(spec, "worth"), *item;
    if (!object)
        return 0;
    if (!cJSON_IsObject(object) || !object->child)
        return err_set(e, ERR_INPUT, "worth: an object of numbers by subset is wanted");
    cJSON_ArrayForEach(item, object)
        if (!cJSON_IsNumber(item) || !(item->valuedouble > 0))
            return err_set(e, ERR_INPUT, "worth: %s: a number above 0 is wanted", item->string);
    out->worth = cJSON_Duplicate(object, true);
    return 0;
}

static int marks_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, "sets", "worth", NULL };
    struct marks_rule *rule = xcalloc(1, sizeof *rule);
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        read_sets(rule, spec, e) < 0 || read_worth(rule, spec, e) < 0 ||
        answering_new(&rule->answering, spec, e) < 0) {
        marks_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

static bool is_set(const struct marks_rule *rule, const char *subset)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, rule->sets)
        if (!strcmp(item->valuestring, subset))
            return true;
    return false;
}

static size_t letter_len(const char *s)
{
    int32_t code;
    return utf8_next(s, strnlen(s, 4), &code);
}

static bool has_letter(const char *text, const char *letter, size_t len)
{
    for (; *text; text += letter_len(text))
        if (letter_len(text) == len && !memcmp(text, letter, len))
            return true;
    return false;
}

static double marks_of_set(const char *answer, const char *right)
{
    if (!strcmp(answer, right))
        return 1;
    for (; *answer; answer += letter_len(answer))
        if (!has_letter(right, answer, letter_len(answer)))
            return 0;
    return 0.5;
}

static double marks_of_places(const char *answer, const char *right)
{
    size_t n = 0, len;
    if (utf8_chars(answer) != utf8_chars(right))
        return 0;
    for (; *right; right += len, answer += letter_len(answer)) {
        len = letter_len(right);
        n += len == letter_len(answer) && !memcmp(answer, right, len);
    }
    return (double)n;
}

/* The marks of the right answer of which the draw has the greatest share. */
static void put_best(double *stat, const struct answers *a, const char *answer, bool set)
{
    double best = -1, got = 0, of = 1;
    for (size_t i = 0; i < a->n_target; i++) {
        const char *right = a->target[i];
        double n = set ? 1 : (double)utf8_chars(right), mine = 0;
        if (n > 0 && answer)
            mine = set ? marks_of_set(answer, right) : marks_of_places(answer, right);
        if (n > 0 && mine / n > best) {
            best = mine / n;
            got = mine;
            of = n;
        }
    }
    stat[GOT] += got / (double)a->n_draw;
    stat[OF] += of / (double)a->n_draw;
}

static int marks_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct marks_rule *rule = p;
    struct answers a;
    if (answers_find(&a, rule->answering, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    const char *subset = t->sample.subset ? t->sample.subset : "";
    double worth = json_number(rule->worth, subset, 1);
    answers_stat(stat, &a);
    for (size_t i = 0; i < a.n_draw; i++)
        put_best(stat, &a, a.draw[i].text, is_set(rule, subset));
    stat[SHARE] = stat[GOT] / stat[OF];
    stat[GOT] *= worth;
    stat[OF] *= worth;
    *out = (struct score){ .scorer = "marks", .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_marks;
const struct scorer_type score_marks = {
    .name = "marks",
    .help = "an answer of several letters, with marks for each",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = marks_compile,
    .score = marks_score,
    .free = marks_free,
};
