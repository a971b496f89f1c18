#ifndef EVALRUN_EVALUATOR_ENGINES_HTTP_PROBE_H
#define EVALRUN_EVALUATOR_ENGINES_HTTP_PROBE_H
/*
 * What is asked of a server before the first question: does it answer, does
 * it have the model, what is it, and can it score a given text. A few calls,
 * one after the other.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "evaluator/engines/http_score.h"
#include "evaluator/engines/http_url.h"
#include "evaluator/engines/http_wire.h"

struct probe {
    struct wire *wire;
    bool has_key;
    const struct endpoint *to;
    int64_t timeout_ms; /* of one call */
    int64_t base_ms;    /* of the backoff */
};

/* What the server says of itself; "" = nothing. Never more than a start and a
 * resume of one run agree on. */
struct server_facts {
    char server[64];   /* the Server header */
    char owner[64];    /* "owned_by" of the model: "vllm", "llamacpp" */
    char build[64];    /* llama-server's build */
    char others[160];  /* the model is not listed: what is, the nearest first */
    bool llama;        /* it has llama-server's own calls */
};

/* GET /models. A server without that list is fine; one that does not answer,
 * refuses the key or does not have the model is an error. */
MUST_USE int probe_server(struct server_facts *out, const struct probe *p, struct err *e);

/* Find a way to score. SCORE_NONE: `why` says what every way failed by. */
MUST_USE int probe_score(enum score_way *out, char *why, size_t size, const struct probe *p,
                         const struct server_facts *facts, struct err *e);

/* What a 401 or 403 means, and what to do. */
const char *probe_refused(long status, bool has_key);

#endif
