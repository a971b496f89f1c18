#include "scorers/answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "base/utf8.h"
#include "scorers/turn.h"

struct answering {
    struct extract *extract; /* NULL = the whole text */
    struct extract *target;  /* NULL = the target as it is */
    bool strip, fold_width, search_whole, keep_thoughts;
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
    static const char *const thoughts[] = { "drop", "keep", NULL };
    const char *on;
    size_t fold = 0, search = 0, thought = 0;
    out->strip = true;
    if (spec_text(&on, spec, "on", e) < 0 || spec_word(&fold, spec, "fold", folds, e) < 0 ||
        spec_word(&search, spec, "search", searches, e) < 0 ||
        spec_word(&thought, spec, "thoughts", thoughts, e) < 0 ||
        spec_bool(&out->strip, spec, "strip", e) < 0)
        return e->code;
    out->fold_width = fold == 1;
    out->search_whole = search == 1;
    out->keep_thoughts = thought == 1;
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

/* How many characters the right answer has, white space aside. */
static size_t wanted_chars(const char *target)
{
    size_t n = 0;
    for (size_t len = strlen(target); len > 0;) {
        int32_t code;
        size_t bytes = utf8_next(target, len, &code);
        n += !utf8_is_space(code);
        target += bytes;
        len -= bytes;
    }
    return n;
}

/* Returns whether thoughts were taken out. */
static bool find_answer(struct extraction *out, const struct answering *a,
                        const struct out *draw, struct extract_input *in, struct arena *mem)
{
    bool any = false;
    *out = (struct extraction){ 0 };
    if (draw->fault)
        return false;
    const char *text = draw->text ? draw->text : "";
    if (!a->keep_thoughts)
        text = extract_without_thoughts(&any, text, mem);
    if (a->extract) {
        if (a->fold_width)
            text = extract_fold_width(text, mem);
        in->text = a->search_whole ? text : extract_strip(text, mem);
        extract_find(out, a->extract, in, mem);
        return any;
    }
    text = tidy(a, text, mem);
    out->text = *text ? text : NULL;
    return any;
}

static int find_target(const char **out, const struct answering *a, const char *target,
                       struct extract_input *in, struct arena *mem, struct err *e)
{
    struct extraction x;
    *out = tidy(a, target, mem);
    if (!a->target)
        return 0;
    in->text = *out;
    extract_find(&x, a->target, in, mem);
    if (!x.text)
        return err_set(e, ERR_INPUT,
                       "no rule of 'extract_target' finds the right answer in '%.60s'", target);
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
    struct extract_input in = { .subset = subset, .option = turn->option,
                                .n_option = turn->n_option,
                                .n_wanted = a->extract || a->target
                                                ? wanted_chars(turn->target[0]) : 0 };
    struct extraction *draw = arena_array(t->mem, turn->a.n_out, sizeof *draw);
    const char **target = arena_array(t->mem, turn->n_target, sizeof *target);
    size_t n_thoughts = 0;
    for (size_t i = 0; i < turn->a.n_out; i++)
        n_thoughts += find_answer(&draw[i], a, &turn->a.out[i], &in, t->mem);
    for (size_t i = 0; i < turn->n_target; i++)
        if (find_target(&target[i], a, turn->target[i], &in, t->mem, e) < 0)
            return err_in(e, "step '%s'", turn->step);
    *out = (struct answers){ .turn = turn, .draw = draw, .n_draw = turn->a.n_out,
                             .n_thoughts = n_thoughts,
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
    stat[ANSWER_THOUGHTS] = (double)a->n_thoughts / (double)a->n_draw;
    stat[ANSWER_RULE] = (double)a->draw[0].rule * (a->draw[0].limit ? -1 : 1);
}
