#ifndef EVALRUN_TASKS_TASK_H
#define EVALRUN_TASKS_TASK_H
/*
 * A task: how a row becomes one or more questions. Loaded from a task file
 * (docs/task-format.md), strict: unknown keys, missing fields and wrong types
 * are errors that name file, key path and the nearest legal key.
 *
 * A task is one benchmark under one recipe (protocol). After task_bind() it
 * is immutable, and task_next() is a pure function of task and trace.
 *
 * Life cycle: task_load -> task_bind (few-shot pool, subsets) -> task_next
 * per sample until it returns 0 -> task_free.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"
#include "datasets/dataset.h"

struct task;

enum chat_mode { CHAT_RECIPE, CHAT_ON, CHAT_OFF }; /* --chat, --no-chat */

struct task_query {
    const char *name;   /* shipped name, or a path ending in ".json" */
    const char *recipe; /* NULL = the file's default. "NAME@SEED" (or "@SEED"): the
                           shots are drawn with that seed (see shots.h) */
    const char *split;  /* whose rows are asked; NULL = the recipe's own */
    int shots;          /* -1 = the recipe's own */
    uint64_t seed;      /* for recipes that draw; keyed with the sample id */
    enum chat_mode chat;
    size_t permute;     /* ask every question under so many rotations of its options,
                           at most one per option; 0 and 1 = only as it is */
    bool contamination; /* ask how likely the question is in the order of its file */
    const char *share;  /* whose tasks/rules/ has the named rule sets; NULL = that of
                           task_load() */
    const cJSON *rules; /* task_facts.rules of a stored run, whose sets are taken
                           instead; NULL = those of share */
};

enum average { AVERAGE_MICRO, AVERAGE_MACRO };

struct task_facts {
    const char *name, *lang, *about, *recipe, *dataset, *split;
    const char *shot_split; /* NULL when shots is 0 */
    const char *pair;       /* two tasks of the same pair ask the same items (same ids)
                               in two languages; NULL = none */
    const char *const *subset; /* asked when the user names none; NULL = all */
    size_t n_subset;
    int version;            /* of the task file */
    int shots;              /* in force */
    size_t permute;         /* as in the query; 0 = off */
    bool contamination;
    enum average average;
    bool chat;
    const char *sha256; /* of the task file's bytes */
    const char *text;   /* the task file's bytes, for run.json */
    const cJSON *score; /* array: {"use": "choice", "show": ["acc"], ...}; at its end
                           {"use": "rotation"} (with the norm of another) and
                           {"use": "contamination"} where the query asks for them */
    const cJSON *categories; /* subset -> list of categories, where the recipe
                                differs from the catalog; NULL = nowhere */
    const cJSON *rules; /* array: the named rule sets of the recipe, each with where it
                           is named (rules.h); in `score` their lists stand already.
                           NULL = it names none */
    const char *source; /* where the recipe comes from, for people */
};

MUST_USE int task_load(struct task **out, const char *share, const struct task_query *q,
                       struct err *e);

/* From the bytes of a task file (run.json keeps them), `where` for messages. */
MUST_USE int task_parse(struct task **out, const char *text, size_t len, const char *where,
                        const struct task_query *q, struct err *e);

/* Give it the shots and the subsets' titles; both borrowed until task_free.
 * pool may be NULL when facts.shots is 0. An error when a subset has fewer
 * rows in the pool than the recipe wants shots. */
MUST_USE int task_bind(struct task *t, const struct pool *pool,
                       const struct dataset_facts *facts, struct err *e);

/* 1 = *out holds the next question, 0 = the sample is done, <0 error (a row
 * without a field the template names, an answer that is no choice). All
 * memory comes from so_far->mem. out->question and out->prompt are set:
 *   prompt   = SHA-256 of the texts of q.message, concatenated; with a chat
 *              template of "speaker\0text\0" per message
 *   question = SHA-256 of a canonical JSON of role, ask, raw, roll, whole, fit,
 *              messages, variants (with what leads to them), (TEXT) decoding and
 *              (EXEC) how programs are run and judged; not what is right (targets,
 *              options), which nobody is told
 *
 * The questions of a sample, by turn.step:
 *   NAME           each step of the recipe, in order
 *   NAME~1, ~2 ... with `permute`, after a step that has `rotate`: rotation r puts
 *                  option (i + r) % n at place i; gold follows. A row with fewer
 *                  options than `permute` is asked as often as it has options
 *   order          with `contamination`, last: the likelihood of the question's own
 *                  text under rotations 0, 1 ..., each text once; variant[0], the
 *                  order of the file, is gold; q.tail = 20; no prompt, no target
 * No step is called so: "~" and "order" are not allowed in names. */
MUST_USE int task_next(const struct task *t, const struct trace *so_far, struct turn *out,
                       struct err *e);

unsigned task_asks(const struct task *t, enum role who); /* OR of enum ask */

/* In what languages programs of this subset (NULL: of a set without subsets) are
 * run, each once; in mem. */
MUST_USE int task_languages(const char ***languages, size_t *n, const struct task *t,
                            const struct subset *s, struct arena *mem, struct err *e);
const struct task_facts *task_facts(const struct task *t);
void task_free(struct task *t);

/* Names of all shipped tasks, sorted; recipes of one file in file order. */
MUST_USE int task_names(const char ***names, size_t *n, const char *share, struct arena *mem,
                        struct err *e);
MUST_USE int task_recipes(const char ***names, size_t *n, const char *share, const char *name,
                          struct arena *mem, struct err *e);

/* The keys of the task format as docs/task-format.md prints them. */
void task_describe_keys(struct strbuf *out);

#endif
