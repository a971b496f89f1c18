#ifndef EVALRUN_SCORERS_ANSWER_H
#define EVALRUN_SCORERS_ANSWER_H
/*
 * What every scorer of written text does first: find the answer in each draw,
 * and make the right answers ready to be compared with it. The options, the
 * statistics and the metrics that come of it are the same in all of them.
 *
 *     static const char *const keys[] = { ANSWER_KEYS, "mine", NULL };
 *     static const char *const stats[] = { "main", ANSWER_STATS, "other", NULL };
 *     static const struct metric metrics[] = { {...}, ANSWER_METRICS, { 0 } };
 *
 *     answering_new(&rule->answering, spec, e);     after spec_keys(), shown_check()
 *     answers_find(&a, rule->answering, trace, e);
 *     for (size_t i = 0; i < a.n_draw; i++)
 *         if (a.draw[i].text)
 *             stat[0] += value(a.draw[i].text, a.target, a.n_target) / a.n_draw;
 *     answers_stat(stat, &a);
 *
 * Options:
 *   on              the step (the last that wrote text)
 *   extract         rules that find the answer (base/extract.h); without it, the
 *                   whole text is the answer
 *   extract_target  rules that find the right answer in each target; one in which
 *                   they find none is an error
 *   search          the rules search the text "stripped" of white space at both
 *                   ends, or as a "whole" ("stripped")
 *   strip           leave out white space at both ends of the answer and of the
 *                   right ones (true)
 *   fold            "width": full-width letters and digits become those of ASCII,
 *                   in the text before extraction and in the right answers ("none")
 *   thoughts        what of a reasoning model's thoughts is still in the text, from
 *                   <think> to </think>: "drop" it before anything is searched, or
 *                   "keep" it ("drop"; see extract_without_thoughts())
 */
#include "base/err.h"
#include "base/extract.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"

#define ANSWER_KEYS \
    "use", "name", "show", "on", "extract", "extract_target", "search", "strip", "fold", \
    "thoughts"

/* The statistics after the scorer's own first one: the share of draws with an
 * answer; which rule found the first draw's, from 1 (0 = none; -3: the third gave
 * up); the share of draws on which a pattern gave up; and of those that thoughts
 * were taken out of. */
enum { ANSWER_EXTRACTED = 1, ANSWER_RULE, ANSWER_LIMIT, ANSWER_THOUGHTS, ANSWER_END };
#define ANSWER_STATS "extracted", "rule", "limit", "thoughts"
#define ANSWER_METRICS \
    { "extracted", "an answer was found in the text", true, true, .stat = ANSWER_EXTRACTED }, \
    { "gave_up", "a pattern gave up on the text", false, true, .stat = ANSWER_LIMIT }, \
    { "thoughts", "thoughts were taken out of the text", false, true, .stat = ANSWER_THOUGHTS }

struct answering;

struct answers {
    const struct turn *turn;
    const struct extraction *draw; /* text NULL: no answer (no rule found one, or
                                      the engine had a fault) */
    size_t n_draw;                 /* > 0 */
    size_t n_thoughts;             /* draws that thoughts were taken out of */
    const char *const *target;     /* ready to be compared */
    size_t n_target;               /* > 0 */
};

MUST_USE int answering_new(struct answering **out, const cJSON *spec, struct err *e);
void answering_free(struct answering *a);

/* All in the trace's arena. It is an error when there is no such step, and when it
 * has no text or no right answer. */
MUST_USE int answers_find(struct answers *out, const struct answering *a, const struct trace *t,
                          struct err *e);

/* Set stat[ANSWER_EXTRACTED] to stat[ANSWER_THOUGHTS]. */
void answers_stat(double *stat, const struct answers *a);

#endif
