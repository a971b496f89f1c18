#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_WRITE_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_WRITE_H
/* Writing text: one token at a time, greedy or sampled, stop strings, end of
 * turn by the model's own set. The draws of a request are a function of its
 * seed and the draw's number alone. */
#include "base/flow.h"
#include "evaluator/engines/llama_encode.h"

/* Fill out[0..q->n_out); texts live in mem. */
MUST_USE int write_text(struct out *out, struct forward *f, const struct text *t,
                        const struct encoding *p, const struct request *q, uint64_t seed,
                        struct arena *mem, struct err *e);

#endif
