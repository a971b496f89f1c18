#ifndef EVALRUN_TASKS_STEP_H
#define EVALRUN_TASKS_STEP_H
/*
 * One question of a recipe, read: its templates compiled, its kind known. With
 * "choices" the likelihood of each is asked; without, text is written, and the
 * keys of decoding say how. A key of one kind in a step of the other is an
 * error that says so.
 *
 * To add a key: 1 a row in a table of step.c, 2 a member below and a line that
 * reads it, 3 where it belongs to one kind, its name in that kind's list,
 * 4 `evalrun help --keys > docs/task-format.md` (a test compares), 5 a case in
 * tests/tasks/test_step.c.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"
#include "tasks/keys.h"
#include "tasks/prompt.h"

/* Templates that the file leaves out are NULL. */
struct step {
    const char *name;
    enum role role;
    enum ask ask;
    bool whole;
    const struct prompt *header, *context, *prompt, *target;
    const struct prompt *shot;   /* a worked example's own text; never NULL */
    const struct prompt *answer; /* a worked example's answer; never NULL */
    const struct prompt *const *choice;
    size_t n_choice;
    const struct prompt *const *stop; /* rendered into decode.stop per row */
    size_t n_stop;
    struct decode decode; /* without stop and seed, which belong to a row */
    size_t n_draw;        /* texts written to one question */
};

extern const struct key step_keys[];

/* Read one object that keys_check() passed. place ("recipes.original.steps[0]")
 * begins the errors; the tree must outlive the step, all else is in mem. */
MUST_USE int step_read(struct step *out, const cJSON *object, const char *place,
                       struct arena *mem, struct err *e);

#endif
