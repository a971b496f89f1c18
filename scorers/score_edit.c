/*
 * How many characters must be changed to make the answer a right one.
 *
 * Options: those of every written answer (answer.h). The closest right answer
 * counts; with several draws, the mean over them. A draw without an answer is the
 * empty text.
 *
 * Levenshtein (1966): insert, delete or replace one Unicode character.
 */
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "base/utf8.h"
#include "scorers/answer.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"

enum { SIMILARITY, DISTANCE = ANSWER_END, N_STAT };

static const char *const stat_names[] = { "similarity", ANSWER_STATS, "distance", NULL };

static const struct metric metrics[] = {
    { "edit_similarity", "1 - distance / the longer text's characters", true, true,
      .stat = SIMILARITY },
    { "edit_distance", "characters to insert, delete or replace", false, false,
      .stat = DISTANCE },
    ANSWER_METRICS,
    { 0 },
};

static int edit_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, NULL };
    struct answering *a = NULL;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        answering_new(&a, spec, e) < 0)
        return e->code;
    *out = a;
    return 0;
}

static void edit_free(void *p)
{
    answering_free(p);
}

static const int32_t *characters(size_t *n, const char *text, struct arena *mem)
{
    size_t len = strlen(text);
    int32_t *code = arena_array(mem, len + 1, sizeof *code);
    *n = 0;
    while (len > 0) {
        size_t step = utf8_next(text, len, &code[(*n)++]);
        text += step;
        len -= step;
    }
    return code;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static size_t distance(const int32_t *a, size_t n_a, const int32_t *b, size_t n_b,
                       struct arena *mem)
{
    size_t *row = arena_array(mem, n_b + 1, sizeof *row);
    for (size_t k = 0; k <= n_b; k++)
        row[k] = k;
    for (size_t i = 1; i <= n_a; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t k = 1; k <= n_b; k++) {
            size_t above = row[k];
            row[k] = least(above + 1, row[k - 1] + 1, corner + (a[i - 1] != b[k - 1]));
            corner = above;
        }
    }
    return row[n_b];
}

static void add_draw(double *stat, const struct answers *a, const char *answer,
                     struct arena *mem)
{
    double similarity = -1, closest = 0;
    size_t n, n_right;
    const int32_t *mine = characters(&n, answer, mem);
    for (size_t i = 0; i < a->n_target; i++) {
        const int32_t *right = characters(&n_right, a->target[i], mem);
        double d = (double)distance(mine, n, right, n_right, mem);
        double longer = (double)(n > n_right ? n : n_right);
        double s = longer > 0 ? 1 - d / longer : 1;
        if (s > similarity) {
            similarity = s;
            closest = d;
        }
    }
    stat[SIMILARITY] += similarity / (double)a->n_draw;
    stat[DISTANCE] += closest / (double)a->n_draw;
}

static int edit_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    struct answers a;
    if (answers_find(&a, p, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    answers_stat(stat, &a);
    for (size_t i = 0; i < a.n_draw; i++)
        add_draw(stat, &a, a.draw[i].text ? a.draw[i].text : "", t->mem);
    *out = (struct score){ .scorer = "edit", .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_edit;
const struct scorer_type score_edit = {
    .name = "edit",
    .help = "characters that differ from a right answer",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = edit_compile,
    .score = edit_score,
    .free = edit_free,
};
