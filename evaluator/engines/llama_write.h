#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_WRITE_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_WRITE_H
/*
 * Writing many texts at once: continuous batching.
 *
 * Every text has a KV cache of its own (a stream of libllama). One step either
 * reads the prompt of a new text into a free slot or appends one token to all
 * texts under way; a text that ends makes room at once. The beginning that
 * prompts share (header and examples; the whole prompt, for several draws of
 * it) is decoded once and copied.
 *
 * A text does not depend on its neighbours. Its draws take random numbers of
 * their own, and on the CPU without flash attention its logits have the same
 * bits in every slot and with any neighbours, as long as batches have the right
 * shape (llama_shape.h): rows that nobody reads fill them up. So --slots changes
 * no answer there; docs/engines.md says where it may.
 */
#include "base/flow.h"
#include "evaluator/engines/llama_encode.h"

struct writer;

struct writer_options {
    size_t n_slot, n_ctx;
    size_t n_stream; /* of the context: one per slot, more for rows that fill up
                        batches, and the beginning that texts share */
    uint64_t seed;
    struct shape shape;
    bool forgetful; /* a recurrent model: one slot, nothing shared */
};

struct writer *writer_new(struct llama_context *ctx, const struct text *t,
                          const struct writer_options *o);
void writer_free(struct writer *w);

/* May another text be given? */
bool writer_ready(const struct writer *w);
bool writer_idle(const struct writer *w);

/* Take a question; p (whose prompt it is), q and out[0..q->n_out) must live
 * until it comes back. Texts are made in mem. */
void writer_put(struct writer *w, const struct encoding *p, const struct request *q,
                struct out *out, struct arena *mem, void *tag);

/* One prompt or one token for everybody. */
MUST_USE int writer_step(struct writer *w, struct err *e);

/* The tag of a question that is done, NULL when there is none. */
void *writer_take(struct writer *w);

struct work writer_work(const struct writer *w);

#endif
