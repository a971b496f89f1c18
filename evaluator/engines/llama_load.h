#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_LOAD_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_LOAD_H
/* A GGUF file to a model and a context, with errors a person can act on.
 * libllama's own lines go to the debug log. */
#include <stdint.h>

#include "base/err.h"
#include "evaluator/engines/engine.h"

struct llama_model;
struct llama_context;

struct loaded {
    struct llama_model *model;
    struct llama_context *ctx; /* NULL with vocab_only */
    int n_ctx, n_ctx_train;    /* in use; as trained (0 = not said) */
    int threads;
    const char *kv_type, *flash; /* as asked for */
};

MUST_USE int load_model(struct loaded *out, const char *path, const struct engine_options *o,
                        struct err *e);
void load_close(struct loaded *l);

#endif
