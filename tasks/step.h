#ifndef EVALRUN_TASKS_STEP_H
#define EVALRUN_TASKS_STEP_H
/*
 * One question of a recipe, read: its templates compiled, its kind known. There
 * are four kinds: with "choices" the likelihood of each is asked; with "text"
 * that of a whole text; without both, text is written, and the keys of decoding
 * say how; and what asks the sandbox has programs run. A key of one kind in a
 * step of another is an error that says so.
 *
 * To add a key: 1 a row in a table of step_keys.c, 2 a member below and a line that
 * reads it, 3 where it belongs to one kind, its name in that kind's list,
 * 4 `evalrun help --keys > docs/task-format.md` (a test compares), 5 a case in
 * tests/tasks/test_step.c.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/extract.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"
#include "tasks/keys.h"
#include "tasks/prompt.h"

enum step_kind { STEP_WRITE, STEP_CHOOSE, STEP_TEXT, STEP_RUN };

/* How the value at `gold` names the right answer. */
enum gold_is { GOLD_TEXT, GOLD_INDEX, GOLD_NUMBER, GOLD_LETTER, GOLD_FLAGS, GOLD_LABEL };

/* Templates and paths that the file leaves out are NULL. */
struct step {
    const char *name, *place;
    enum step_kind kind;
    enum role role;
    bool whole;
    const struct prompt *system, *header, *context, *prompt, *target;
    const struct prompt *shot;   /* a worked example's own text */
    const struct prompt *answer; /* its answer; NULL = the first right one */
    const char *const *targets;  /* paths of the right answers of a text */
    size_t n_targets;
    bool target_missing;         /* without any in the row, "" is right */
    const struct prompt *const *offer; /* texts of the options that a written answer
                                          is one of; with `each`, one template */
    size_t n_offer;
    const char *each; /* path of the options' values: a list, or an object's names */
    const struct prompt *const *choice; /* with `each`, one for all options */
    size_t n_choice;
    const struct prompt *const *lead; /* of each choice; one for all with `each` */
    size_t n_lead;
    const struct prompt *option;  /* line of {{option.lines}} */
    const char *option_separator; /* never NULL */
    const char *gold; /* path */
    enum gold_is gold_is;
    const cJSON *gold_labels; /* path of a list, or the list; borrowed from the tree */
    bool gold_missing;        /* a row may have no right choice; it counts as wrong */
    const char *const *rotate; /* paths of the options' values, to be asked in turn */
    size_t n_rotate;
    const struct prompt *text, *counted; /* counted is never NULL where text is not */
    const struct prompt *const *stop; /* rendered into decode.stop per row */
    size_t n_stop;
    struct decode decode; /* without stop and seed, which belong to a row */
    size_t n_draw;        /* texts written to one question */
    const char *of;       /* STEP_RUN: the step that writes what is run */
    struct extract *clean;/* what of its text is the program; NULL = all. Yours to free */
    const struct prompt *language, *solution, *given, *test, *entry; /* never NULL there */
    double limit_s;
    uint32_t memory_mb;   /* 0 = the engine's */
};

extern const struct key step_keys[];

/* Every key is of the step's kind (step_keys.c). */
MUST_USE int step_check_kind(const struct step *s, const cJSON *object, struct err *e);

/* "PLACE: missing key 'KEY' (its help)". */
int step_missing(const char *place, const char *key, struct err *e);

/* Read one object that keys_check() passed. place ("recipes.original.steps[0]")
 * begins the errors; the scope says what its templates know besides its own
 * options, and which steps write before it. The tree must outlive the step, all
 * else but `clean` is in mem; release it also after an error. */
MUST_USE int step_read(struct step *out, const cJSON *object, const char *place,
                       const struct prompt_scope *scope, struct arena *mem, struct err *e);

void step_release(struct step *s);

/* What an engine must be able to do. */
enum ask step_ask(const struct step *s);

#endif
