#include "scorers/answer.h"

#include <stdlib.h>

#include "base/spec.h"
#include "scorers/turn.h"

struct answering {
    struct extract *extract; /* NULL = the whole text */
    struct extract *target;  /* NULL = the target as it is */
    bool strip, fold_width, search_whole;
    char *on; /* NULL = the last step that wrote text */
};

static int read_rules(struct extract **out, const cJSON *spec, const char *key, struct err *e)
{
    const cJSON *list = json_get(spec, key);
    return list ? extract_new(out, list, key, e) : 0;
}

static int read_options(struct answering *out, const cJSON *spec, struct err *e)
{
    static const char *const folds[] = { "none", "width", NULL };
    static const char *const searches[] = { "stripped", "whole", NULL };
    const char *on;
    size_t fold = 0, search = 0;
    out->strip = true;
    if (spec_text(&on, spec, "on", e) < 0 || spec_word(&fold, spec, "fold", folds, e) < 0 ||
        spec_word(&search, spec, "search", searches, e) < 0 ||
        spec_bool(&out->strip, spec, "strip", e) < 0)
        return e->code;
    out->fold_width = fold == 1;
    out->search_whole = search == 1;
    out->on = on ? xstrdup(on) : NULL;
    return read_rules(&out->extract, spec, "extract", e) < 0
               ? e->code
               : read_rules(&out->target, spec, "extract_target", e);
}

int answering_new(struct answering **out, const cJSON *spec, struct err *e)
{
    struct answering *a = xcalloc(1, sizeof *a);
    if (read_options(a, spec, e) < 0) {
        answering_free(a);
        return e->code;
    }
    *out = a;
    return 0;
}

void answering_free(struct answering *a)
{
    if (!a)
        return;
    extract_free(a->extract);
    extract_free(a->target);
    free(a->on);
    free(a);
}

/* What is compared, on both sides. */
static const char *tidy(const struct answering *a, const char *text, struct arena *mem)
{
    if (a->fold_width)
        text = extract_fold_width(text, mem);
    return a->strip ? extract_strip(text, mem) : text;
}

static void find_answer(struct extraction *out, const struct answering *a,
                        const struct out *draw, const char *subset, struct arena *mem)
{
    *out = (struct extraction){ 0 };
    if (draw->fault)
        return;
    const char *text = draw->text ? draw->text : "";
    if (a->extract) {
        if (a->fold_width)
            text = extract_fold_width(text, mem);
        if (!a->search_whole)
            text = extract_strip(text, mem);
        extract_apply(out, a->extract, text, subset, mem);
        return;
    }
    text = tidy(a, text, mem);
    out->text = *text ? text : NULL;
}

static int find_target(const char **out, const struct answering *a, const char *target,
                       const char *subset, struct arena *mem, struct err *e)
{
    struct extraction x;
    *out = tidy(a, target, mem);
    if (!a->target)
        return 0;
    extract_apply(&x, a->target, *out, subset, mem);
    if (!x.text)
        return err_set(e, ERR_INPUT, "no rule of 'extract_target' finds the right answer in '%.60s'",
                       target);
    *out = x.text;
    return 0;
}

int answers_find(struct answers *out, const struct answering *a, const struct trace *t,
                 struct err *e)
{
    const struct turn *turn = NULL;
    const char *subset = t->sample.subset ? t->sample.subset : "";
    if (turn_find(&turn, t, a->on, NULL, ASK_TEXT, e) < 0)
        return e->code;
    if (!turn->a.n_out)
        return err_set(e, ERR_INPUT, "step '%s' has no text", turn->step);
    if (!turn->n_target)
        return err_set(e, ERR_INPUT, "step '%s' has no right answer", turn->step);
    struct extraction *draw = arena_array(t->mem, turn->a.n_out, sizeof *draw);
    const char **target = arena_array(t->mem, turn->n_target, sizeof *target);
    for (size_t i = 0; i < turn->a.n_out; i++)
        find_answer(&draw[i], a, &turn->a.out[i], subset, t->mem);
    for (size_t i = 0; i < turn->n_target; i++)
        if (find_target(&target[i], a, turn->target[i], subset, t->mem, e) < 0)
            return err_in(e, "step '%s'", turn->step);
    *out = (struct answers){ .turn = turn, .draw = draw, .n_draw = turn->a.n_out,
                             .target = target, .n_target = turn->n_target };
    return 0;
}

void answers_stat(double *stat, const struct answers *a)
{
    stat[ANSWER_EXTRACTED] = stat[ANSWER_LIMIT] = 0;
    for (size_t i = 0; i < a->n_draw; i++) {
        stat[ANSWER_EXTRACTED] += a->draw[i].text != NULL;
        stat[ANSWER_LIMIT] += a->draw[i].limit;
    }
    stat[ANSWER_EXTRACTED] /= (double)a->n_draw;
    stat[ANSWER_LIMIT] /= (double)a->n_draw;
    stat[ANSWER_RULE] = (double)a->draw[0].rule;
}
