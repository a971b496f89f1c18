#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_LOAD_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_LOAD_H
/* A GGUF file to a model and its contexts, with errors a person can act on.
 * libllama's own lines go to the debug log. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "evaluator/engines/engine.h"
#include "evaluator/engines/llama_shape.h"

struct llama_model;
struct llama_context;

struct loaded {
    struct llama_model *model;
    struct llama_context *scoring; /* for likelihoods; NULL when not asked for */
    struct llama_context *writing; /* for texts; NULL when not asked for */
    int n_ctx, n_ctx_train;    /* in use; as trained (0 = not said) */
    int threads;
    int slots;                 /* texts written at once */
    int streams;               /* KV caches for writing (llama_write.h) */
    struct shape shape;        /* of batches */
    bool on_gpu;
    bool forgetful;            /* recurrent or hybrid: nothing can be taken back */
    bool quantised;            /* weights below 16 bits */
    const char *kv_type;
    const char *flash;         /* flash attention in force: "on", "off", or "auto"
                                  where it is libllama's choice */
    double cell_bytes;         /* KV cache of one token */
    double kv_bytes;           /* what the KV caches may take */
    double free_bytes;         /* memory to be had at the start; 0 = not known */
};

MUST_USE int load_model(struct loaded *out, const char *path, const struct engine_options *o,
                        struct err *e);
void load_close(struct loaded *l);

/* What the file says under <architecture>.name; "" = nothing. */
const char *load_key(char *value, size_t size, const struct llama_model *model, const char *name);

#endif
