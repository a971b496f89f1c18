#ifndef EVALRUN_TASKS_OPTIONS_H
#define EVALRUN_TASKS_OPTIONS_H
/*
 * A row as templates see it, and the choices it offers: their texts, and which
 * of them are right.
 */
#include "tasks/asking.h"

/* A row with what its templates may speak of. */
struct view {
    const cJSON *row;
    struct prompt_options options; /* n 0: the step has none */
    const char *out;               /* of a draw, for the templates that know one */
};

void view_row(struct view *out, const struct asking *a, const cJSON *row);

/* A template as a string in the arena; `place` is the option's, where one is
 * rendered. */
MUST_USE int view_render(const char **out, const struct asking *a, const struct prompt *p,
                         const struct view *v, size_t place);

/* The texts of choices, or of what leads to them (one template for all, or one
 * each), into n strings. */
MUST_USE int view_render_all(const char ***out, const struct asking *a,
                             const struct prompt *const *p, size_t n_p, const struct view *v);

struct options {
    const char **label;
    size_t n;
    uint32_t *gold; /* places of the right ones; none only where the step allows it */
    size_t n_gold;
    const char **target; /* their texts; without any, the answer that is no choice */
    size_t n_target;
};

/* The choices of a row. That none of them is right is an error, but for steps
 * with gold_missing. */
MUST_USE int options_read(struct options *out, const struct asking *a, const struct view *v);

/* The same under rotation r: their texts are others now, and what was right stands
 * r places further on (in the row of the file, whose letters and numbers speak of
 * that order). */
void options_rotate(struct options *o, const struct asking *a, const char **label, size_t r);

#endif
