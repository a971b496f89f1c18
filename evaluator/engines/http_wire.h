#ifndef EVALRUN_EVALUATOR_ENGINES_HTTP_WIRE_H
#define EVALRUN_EVALUATOR_ENGINES_HTTP_WIRE_H
/*
 * Requests on their way: libcurl's multi interface with kept connections,
 * HTTP/2, compression and verified TLS. One request is one call; trying again
 * is the caller's business. Redirects are followed on the same server only,
 * the key is never sent elsewhere, and is starred out of whatever comes back.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

enum wire_end {
    WIRE_ANSWERED,  /* status and reply are set */
    WIRE_UNREACHED, /* no connection came about */
    WIRE_CUT,       /* the connection ended or stalled on the way */
    WIRE_LATE,      /* timeout_ms passed */
    WIRE_TOO_BIG,   /* the reply went over its ceiling */
    WIRE_ASTRAY,    /* a redirect to another server */
    WIRE_HOPELESS,  /* certificate, protocol: the same again and again */
};

struct wire_call {
    struct strbuf body;  /* to be sent; empty = GET */
    struct strbuf reply; /* decompressed */
    enum wire_end end;
    long status;
    int64_t retry_after_ms; /* the server's wish; 0 = none */
    int64_t sent_at;        /* clock_ms() */
    char says[320];         /* unless answered: why, for a person */
    char server[64];        /* the Server header, or "" */
    void *user;
    struct wire_inside *inside;
    struct wire_call *next;
};

struct wire;
/* direct: by no proxy, whatever the environment says, as to this machine. */
MUST_USE int wire_open(struct wire **out, const char *key, int connections, bool direct,
                       struct err *e);
void wire_close(struct wire *w); /* ends whatever is under way */

/* A call with an empty body, from those used before if possible. */
struct wire_call *wire_call(struct wire *w);
MUST_USE int wire_send(struct wire *w, struct wire_call *c, const char *url,
                       int64_t timeout_ms, struct err *e);
/* Let things move, for at most wait_ms if there is nothing to do. */
MUST_USE int wire_run(struct wire *w, int wait_ms, struct err *e);
struct wire_call *wire_done(struct wire *w); /* one that ended; NULL = none */
void wire_reuse(struct wire *w, struct wire_call *c);
size_t wire_in_flight(const struct wire *w); /* sent and not yet handed out */

#endif
