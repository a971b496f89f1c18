#ifndef EVALRUN_TASKS_RECIPE_H
#define EVALRUN_TASKS_RECIPE_H
/*
 * A task file, read: the table of its keys, and one of its recipes with every
 * template compiled. What a file says becomes plain data here; task.c turns
 * that data and a row into questions.
 *
 * To add a key (of a step: step.h): 1 a row in a table of recipe.c, 2 a member below and a line
 * that reads it, 3 `evalrun help --keys > docs/task-format.md` (a test
 * compares), 4 a case in tests/tasks/test_recipe.c.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"
#include "tasks/keys.h"
#include "tasks/rules.h"
#include "tasks/shots.h"
#include "tasks/step.h"
#include "tasks/task.h"

struct recipe {
    const char *name, *source; /* name with "@SEED", where one was asked */
    const char *split;         /* the file's, the recipe's own, or the one asked */
    const char *const *subset; /* asked by default; NULL = all */
    size_t n_subset;
    enum average average;
    bool chat;
    enum fit fit;
    uint32_t max_prompt;
    const char *delimiter;      /* before every choice, and a shot's answer */
    const char *shot_separator; /* after every shot */
    bool has_shots, turns; /* turns: through a chat template, shots are dialogue */
    struct shot_rule shots;
    struct step *step;
    size_t n_step;
    const cJSON *score;      /* borrowed from the tree */
    cJSON *rules;            /* the named sets of its rules (rules.h); NULL = none */
    const cJSON *categories; /* the same; NULL = the catalog's */
};

/* The keys of a whole task file. */
extern const struct key task_keys[];

/* Check the whole file: keys, types, and that its default recipe is there. */
MUST_USE int recipe_check(const cJSON *tree, struct err *e);

/* Which recipe of a file is read, and how. */
struct recipe_query {
    const char *name;  /* NULL = the file's default; may end in "@SEED" (see task.h) */
    const char *split; /* NULL = the recipe's own */
    struct rules_source rules;
};

/* Read one recipe of a checked file, in which lists of rules take the places of
 * their names. The tree and split must outlive the recipe; all else is in mem, but
 * for what recipe_release() frees, also after an error. */
MUST_USE int recipe_read(struct recipe *out, cJSON *tree, const struct recipe_query *q,
                         struct arena *mem, struct err *e);
void recipe_release(struct recipe *r);

#endif
