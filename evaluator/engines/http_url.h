#ifndef EVALRUN_EVALUATOR_ENGINES_HTTP_URL_H
#define EVALRUN_EVALUATOR_ENGINES_HTTP_URL_H
/*
 * Which model of which server: "NAME@URL" (after "openai:") or "URL#NAME".
 * NAME may hold anything: it ends at the last '@' that "http://" or
 * "https://" follows, or begins after the last '#'. A URL without a path
 * means its /v1, where servers of the OpenAI interface have it. User names,
 * passwords and queries in a URL are refused: they would be written to logs.
 */
#include <stdbool.h>

#include "base/err.h"

struct endpoint {
    char *model; /* as the server calls it */
    char *base;  /* "http://127.0.0.1:8000/v1", no slash at its end */
    char *root;  /* base without a final "/v1": where a server's own calls are */
    char *host;
    bool secure;   /* https */
    bool loopback; /* the host is this machine: localhost, 127.x.x.x, ::1 */
};

MUST_USE int endpoint_parse(struct endpoint *out, const char *where, struct err *e);
void endpoint_free(struct endpoint *p);

/* Does "to" lead to the same server (scheme, host, port), or from http to
 * https of the same host? Only there may a redirect take the key. */
bool endpoint_same_server(const char *from, const char *to);

#endif
