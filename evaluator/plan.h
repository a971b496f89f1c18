#ifndef EVALRUN_EVALUATOR_PLAN_H
#define EVALRUN_EVALUATOR_PLAN_H
/*
 * From what was typed (asked.h) to what it means: tasks loaded and bound,
 * models resolved, data opened, scorers compiled, everything checked that can
 * be checked before a model is loaded.
 */
#include "base/json.h"
#include "evaluator/asked.h"
#include "evaluator/journal/manifest.h"
#include "evaluator/models/models.h"
#include "evaluator/run.h"
#include "scorers/equipment.h"
#include "tasks/groups.h"

#define MAX_SEED (1LL << 53) /* a JSON number is exact up to here */

struct plan_task {
    const char *name;   /* of a shipped task, or a path */
    const char *recipe; /* NULL = the file's default; with "@SEED" for drawn shots */
    bool in_group;      /* named by its group alone */
    struct task *task;
    struct dataset_query query;
    struct dataset *dataset; /* rewound for every model; keeps the facts alive */
    struct pool *pool;
    struct bound_scorer *scorer;
    size_t n_scorer;
    struct manifest_left_out *left_out; /* subsets whose programs cannot be run here */
    size_t n_left_out;
};

struct plan {
    struct dataset_where where;
    const char *cache;
    struct shard shard;
    struct plan_task *task;
    size_t n_task;
    struct task_groups *groups;       /* all that there are; NULL = not needed */
    const struct task_group **group;  /* those that --task names */
    size_t n_group;
    struct model_catalog *catalog;
    struct model_choice *model;
    size_t n_model;
    bool need_chat;
    struct equipment equipment; /* of the scorers */
    struct arena mem;
};

/* Fill a plan; release it also after an error. */
MUST_USE int plan_make(struct plan *p, const struct asked *a, struct err *e);
void plan_release(struct plan *p);

void plan_task_release(struct plan_task *t);

/* Its first part: the tasks (plan_tasks.c). */
MUST_USE int plan_tasks(struct plan *p, const struct asked *a, struct err *e);

/* The same for tasks that run programs (plan_exec.c): what this machine has no
 * compiler for is left out, which opens the data set anew. Nothing happens to a
 * task that runs none. */
MUST_USE int plan_programs(struct plan *p, struct plan_task *t, const struct dataset_where *where,
                           const struct asked *a, struct err *e);

/* The sandbox, opened; *out stays NULL when no task runs programs. */
MUST_USE int plan_sandbox(struct engine **out, const struct plan *p, const struct asked *a,
                          struct err *e);

/* How to open a model's engine for all tasks of the plan. */
MUST_USE int plan_engine(struct engine_options *out, const struct plan *p,
                         const struct asked *a, const struct model_choice *m, struct err *e);

/* The engine must be able to answer what the tasks ask; says why it cannot,
 * and what to do instead. */
MUST_USE int plan_check_engine(const struct plan *p, const struct engine *g,
                               const char *label, struct err *e);

/* run.json of one model under this plan; the caller's tree. sandbox as from
 * plan_sandbox(). */
cJSON *plan_manifest(const struct plan *p, const struct asked *a, const struct engine *g,
                     const struct engine *sandbox, const struct model_choice *model);

/* Options of a stored run, as typed then (for --resume). Strings in mem. */
void asked_from_json(struct asked *a, const cJSON *tree, struct arena *mem);

/* "2026-11-23-150405-label", no character that a shell or file system minds. */
char *plan_run_name(const char *label, struct arena *mem);
char *plan_safe_name(const char *label, struct arena *mem);

#endif
