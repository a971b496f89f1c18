#ifndef EVALRUN_EVALUATOR_ENGINES_CACHED_H
#define EVALRUN_EVALUATOR_ENGINES_CACHED_H
/*
 * An engine in front of another one that answers from earlier runs what was
 * asked before (`--cache`), and keeps what the other one answers.
 *
 * A stored answer belongs to a model and a question. The model is the inner
 * engine's describe() without what changes no answer (manifest.h), so another
 * file, template, context or precision is another model with a file of its
 * own; the question is turn.question, so other messages, options, decoding or
 * seed are another question. Failures are not kept. An answer from the cache
 * has response.cached.
 *
 * To everybody else it is the inner engine: same description, same questions
 * it can answer, halted when that one is.
 */
#include <stddef.h>

#include "base/err.h"

struct engine;

/* Put a cache in front of *g, with files in `dir` (made when it is not there);
 * closing the new *g closes the old one. After an error *g is what it was. */
MUST_USE int cached_wrap(struct engine **g, const char *dir, struct err *e);

#endif
