#ifndef EVALRUN_EVALUATOR_ENGINES_HTTP_ENGINE_H
#define EVALRUN_EVALUATOR_ENGINES_HTTP_ENGINE_H
/*
 * Inside the HTTP engine. A question becomes one or more parts (draws,
 * continuations, or the steps of n_probs), each of which is one request that
 * may be tried again. http.c opens and describes, http_ask.c sends,
 * http_reply.c judges what comes back.
 *
 * push -> waiting part -> on the wire -> (delayed -> waiting)* -> part ended
 *      -> all parts of the question ended -> finished -> pull
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evaluator/engines/engine.h"
#include "evaluator/engines/http_body.h"
#include "evaluator/engines/http_limits.h"
#include "evaluator/engines/http_probe.h"
#include "evaluator/engines/http_score.h"
#include "evaluator/engines/http_url.h"
#include "evaluator/engines/http_wire.h"

enum stage { STAGE_TEXT, STAGE_SCORE, STAGE_TOKENS, STAGE_PROBS };

struct question;
struct part {
    struct question *of;
    size_t index;
    int tries;      /* that failed */
    bool damaged;   /* a reply could not be read once already */
    int64_t due;    /* while delayed */
    struct part *next;
};

struct part_list {
    struct part *first, **end;
    size_t n;
};

struct question {
    const struct request *q;
    struct arena *mem;
    void *tag;
    struct response a;
    enum stage stage;
    struct part *part;
    size_t n_left;   /* parts of this stage that have not ended */
    double bytes;    /* of the prompt */
    double n_max;    /* tokens a part may come to, as far as can be known */
    double reserved; /* of the budget */
    int64_t began, deadline; /* 0 = nothing was sent yet */
    bool dropped;    /* the engine halted: it has no answer, not even a failure */
    bool unreached;  /* its last try found nobody there */
    struct token_list *list; /* n_probs: tokens of the prompt and of every option */
    size_t n_shared;
    int n_probs;
    struct question *next;
};

struct question_list {
    struct question *first, **end;
    size_t n;
};

struct http {
    struct engine engine;
    struct endpoint to;
    char *key;
    struct wire *wire;
    struct dialect dialect;
    struct server_facts facts;
    enum score_way way;
    char no_loglik[600], halted[600];
    char *url_chat, *url_text, *url_tokenize, *url_native;
    size_t concurrency;
    size_t ahead; /* parts that may wait to be sent before push() says full */
    int64_t timeout_ms, base_ms;
    struct bucket rpm, tpm;
    struct budget budget;
    int64_t not_before; /* the server asked to be left alone until then */
    uint32_t random;
    struct part_list waiting, delayed;
    int64_t next_due; /* of the delayed */
    struct question *pool;
    struct question_list idle, finished, held; /* held: see http_pull() */
    size_t n_dropped, n_in_a_row;
    bool said_usage, said_mended;
};

int http_push(struct engine *g, const struct request *q, struct arena *mem,
              const struct turn *turn, void *tag, struct err *e);
int http_pull(struct engine *g, int wait_ms, void **tag, struct response *out, struct err *e);

/* Empty lists, idle questions. */
void http_ask_init(struct http *h, size_t hold);

/* A request came back, in whatever way. */
void http_reply(struct http *h, struct wire_call *c);

/* Take no more questions (code 0: a clean stop). With a code, those not sent
 * yet and those held back stay unanswered, so that a resumed run asks them. */
void http_halt(struct http *h, int code, const char *why);

void question_fail(struct question *q, const char *class, const char *why);
void question_late(const struct http *h, struct part *p, const char *last);
void question_drop(struct http *h, struct question *q);
void part_put(struct part_list *l, struct part *p);
void part_end(struct http *h, struct part *p); /* with its question, if it was the last */

#endif
