#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_CONTEXT_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_CONTEXT_H
/*
 * Contexts of a loaded model and the memory of their KV caches.
 *
 * Scoring takes one cache that all sequences share (a token may belong to
 * several), writing one cache per text, of --ctx tokens each: attention over
 * other people's cells would cost as much as the model itself.
 *
 * Flash attention, where it is left to us: off on the CPU, since with it the
 * last bits depend on how many tokens a batch has; on for long contexts, whose
 * attention matrix would need gigabytes, and for quantised caches, which need
 * it. On a GPU libllama decides.
 */
#include "evaluator/engines/llama_load.h"

/* Fill in what contexts will be like and check that they fit. Needs no
 * weights. --slots that do not fit are an error, the default shrinks. */
MUST_USE int context_plan(struct loaded *l, const char *path, const struct engine_options *o,
                          struct err *e);

/* Make those that o->asks needs; 0 means both kinds, texts one at a time. */
MUST_USE int context_open(struct loaded *l, const struct engine_options *o, struct err *e);

/* Lines for --dry-run. */
void context_explain(const struct loaded *l, unsigned asks, struct strbuf *out);

#endif
