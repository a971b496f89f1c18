#ifndef EVALRUN_EVALUATOR_ENGINES_HTTP_H
#define EVALRUN_EVALUATOR_ENGINES_HTTP_H
/*
 * Any server of the OpenAI interface: "openai:NAME@URL", "http://...#NAME",
 * "https://...#NAME". Writes text by /chat/completions, or /completions for
 * raw requests; scores given text where a probe proved that the server can
 * (http_score.h). See docs/http.md.
 */
#include <stdbool.h>

#include "evaluator/engines/engine.h"

extern const struct engine_type engine_http;

/* Is this "http://..." or "https://..."? engine_open() gives such specs whole. */
bool http_names_server(const char *spec);

#endif
