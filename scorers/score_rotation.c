/*
 * One question in several orders of its options: is the right one chosen
 * wherever it stands, and which places are chosen?
 *
 * The orders are the turns of one step: "answer", "answer~1", "answer~2" and so
 * on, each with the right option at its own place. "circular" is CircularEval of
 * MMBench (Liu et al. 2023): right in all of them. A model without preference
 * picks every place equally often.
 *
 * Keys: "use", "name", "show", "on" (the step, without ~; default the last that
 * was asked in several orders) and "norm" (options.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "base/strbuf.h"
#include "scorers/options.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"
#include "scorers/turn.h"

enum { CIRCULAR, MEAN, PICK, N_PLACE = 10, N_STAT = PICK + N_PLACE };

static const char *const stat_names[] = {
    "circular", "mean",   "pick_A", "pick_B", "pick_C", "pick_D", "pick_E",
    "pick_F",   "pick_G", "pick_H", "pick_I", "pick_J", NULL,
};

#define PICKED(letter, place)                                                  \
    { "pick_" letter, "share of answers that are option " letter, true, true, \
      .stat = PICK + (place) }

static const struct metric metrics[] = {
    { "circular", "right in every order of the options", true, true, .stat = CIRCULAR },
    { "mean", "share of the orders in which it is right", true, true, .stat = MEAN },
    PICKED("A", 0), PICKED("B", 1), PICKED("C", 2), PICKED("D", 3), PICKED("E", 4),
    PICKED("F", 5), PICKED("G", 6), PICKED("H", 7), PICKED("I", 8), PICKED("J", 9),
    { 0 },
};

struct rotation_rule {
    enum norm norm;
    char *on; /* NULL = the last step with rotations */
};

static void rotation_free(void *p)
{
    struct rotation_rule *rule = p;
    if (rule)
        free(rule->on);
    free(rule);
}

static int rotation_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { "use", "name", "show", "norm", "on", NULL };
    const char *on;
    size_t norm = NORM_NONE;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        spec_word(&norm, spec, "norm", norm_words, e) < 0 ||
        spec_text(&on, spec, "on", e) < 0)
        return e->code;
    struct rotation_rule *rule = xcalloc(1, sizeof *rule);
    rule->norm = (enum norm)norm;
    rule->on = on ? xstrdup(on) : NULL;
    *out = rule;
    return 0;
}

/* Is this turn step `name` (len bytes) in one of its orders? */
static bool is_order_of(const struct turn *turn, const char *name, size_t len)
{
    return strncmp(turn->step, name, len) == 0 &&
           (turn->step[len] == '\0' || turn->step[len] == TURN_ROTATED);
}

/* The step's name, `len` bytes of what is returned; NULL when nothing was asked
 * in several orders. */
static const char *find_step(size_t *len, const struct rotation_rule *rule,
                             const struct trace *t)
{
    const char *name = rule->on;
    for (size_t i = t->n_turn; !name && i-- > 0;)
        if (strchr(t->turn[i].step, TURN_ROTATED))
            name = t->turn[i].step;
    *len = name ? strcspn(name, "~") : 0;
    return name;
}

static size_t choose(const struct turn *turn, enum norm norm, struct arena *mem)
{
    double *worth = arena_array(mem, turn->a.n_out, sizeof *worth);
    for (size_t i = 0; i < turn->a.n_out; i++)
        worth[i] = option_worth(turn, norm, i);
    return greatest(worth, turn->a.n_out, NULL);
}

/* Adds the answers up, and writes their places as letters ("ABDA"). */
static int add_up(double *stat, struct strbuf *places, size_t *n, const struct rotation_rule *rule,
                  const struct trace *t, struct err *e)
{
    size_t len;
    const char *step = find_step(&len, rule, t);
    for (size_t i = 0; step && i < t->n_turn; i++) {
        const struct turn *turn = &t->turn[i];
        if (!is_order_of(turn, step, len))
            continue;
        if (turn->q.ask != ASK_LOGLIK)
            return err_set(e, ERR_INPUT, "step '%s' asks for no likelihoods", turn->step);
        if (options_check(turn, e) < 0)
            return err_in(e, "step '%s'", turn->step);
        size_t best = choose(turn, rule->norm, t->mem);
        stat[MEAN] += option_is_gold(turn, best);
        if (best < N_PLACE)
            stat[PICK + best]++;
        strbuf_putc(places, best < 26 ? (char)('A' + best) : '?');
        ++*n;
    }
    if (*n)
        return 0;
    return rule->on ? err_set(e, ERR_INPUT, "on: there is no step '%s'", rule->on)
                    : err_set(e, ERR_INPUT, "no step was asked in several orders");
}

static int rotation_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    struct strbuf places = STRBUF_INIT;
    size_t n = 0;
    int rc = add_up(stat, &places, &n, p, t, e);
    if (rc == 0) {
        stat[CIRCULAR] = stat[MEAN] == (double)n;
        for (size_t i = MEAN; i < N_STAT; i++)
            stat[i] /= (double)n;
        *out = (struct score){ .scorer = "rotation", .answer = arena_strdup(t->mem, places.s),
                               .stat = stat, .n_stat = N_STAT };
    }
    strbuf_release(&places);
    return rc;
}

extern const struct scorer_type score_rotation;
const struct scorer_type score_rotation = {
    .name = "rotation",
    .help = "the same question with its options in several orders (--permute)",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = rotation_compile,
    .score = rotation_score,
    .free = rotation_free,
};
