#ifndef EVALRUN_EVALUATOR_ASKED_H
#define EVALRUN_EVALUATOR_ASKED_H
/*
 * What was typed for a run, before it means anything (plan.h gives it meaning).
 * Several commands share these options, so the struct is shared.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "evaluator/engines/engine.h"

struct asked {
    const char *task, *model, *recipe, *subset; /* comma lists as typed */
    const char *split;                          /* NULL = the recipe's */
    const char *shard;                          /* "I/N" */
    const char *out, *resume, *data_dir, *format, *by, *lang;
    const char *shots_seed;                     /* comma list of seeds; NULL = none */
    long long shots, limit, seed, numerics, permute;
    bool contamination;
    bool sample, json, quiet, keep_prompts, retry_failed, dry_run;
    bool chat, has_chat; /* --chat / --no-chat */
    bool has_shots;
    /* engine_opts */
    long long ctx, threads, gpu_layers, group, slots;
    const char *kv_type, *flash, *template, *kv_memory;
    bool no_share;
    /* http_opts */
    long long concurrency, rpm, tpm, timeout;
    const char *max_cost, *key_file;
    bool cache; /* answer from the response cache */
    bool allow_exec, exec_unsafe; /* run programs that the model writes; not isolated */
    long long exec_jobs;
};

#define ASKED_INIT { .gpu_layers = -1, .shots = -1, .seed = 1234, \
                     .kv_type = "f16", .flash = "auto" }

/* Split "a,b,c" (empty parts are an error) into mem. */
MUST_USE int split_list(const char *const **out, size_t *n, const char *list,
                        const char *option, struct arena *mem, struct err *e);

MUST_USE int asked_engine(struct engine_options *out, const struct asked *a, const char *cache,
                          struct err *e);

#endif
