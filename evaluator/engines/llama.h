#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_H
/* The linked engine: a GGUF file through libllama, in this process. */
#include "evaluator/engines/engine.h"

extern const struct engine_type engine_llama;

#endif
