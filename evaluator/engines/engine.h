#ifndef EVALRUN_EVALUATOR_ENGINES_ENGINE_H
#define EVALRUN_EVALUATOR_ENGINES_ENGINE_H
/*
 * Whatever answers a question: questions in, answers out, the only impure
 * stage. An engine embeds struct engine first; all calls come from one thread
 * and never call back.
 *
 * push() hands over a question. The request, and everything it points to,
 * lives until its answer was pulled; `mem` is where the answer's memory comes
 * from and `tag` comes back with the answer. pull() gives finished answers in
 * any order. An engine may decode inside push or pull as it likes.
 *
 * A question that cannot be answered is an answer with `failed` set (data); a
 * negative return means the engine as a whole is broken (run error).
 *
 * An engine that must end early but not lose what is under way (budget spent,
 * key expired) sets `halted`: it takes no more questions, still answers those
 * it has, and the loop ends when the last one came.
 *
 * To add an engine: 1 engine_<name>.c with a static const struct engine_type,
 * 2 a row in engines.c, 3 tests/engines/test_<name>.c, 4 docs/engines.md.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/strbuf.h"

/* What the command line says about engines; an engine takes what it knows. */
struct engine_options {
    int ctx;              /* context in tokens; 0 = the model's own, at most 8192 */
    int threads;          /* 0 = physical cores */
    int gpu_layers;       /* -1 = all that fit */
    const char *kv_type;  /* "f16" (default), "f32", "q8_0", "q4_0" */
    const char *flash;    /* "auto", "on", "off" */
    const char *template; /* NULL = the model's own */
    const char *template_else; /* for a file that brings none; NULL = none */
    const char *share;    /* shipped data, of which chat templates are wanted; NULL = none */
    uint64_t seed;
    const char *cache;    /* folder for file hashes; NULL = none */
    bool need_chat;       /* some task applies the chat template */
    unsigned asks;        /* OR of what the tasks will ask (enum ask); 0 = not known */
    /* linked */
    bool no_share;        /* reference path: one full pass per question */
    int group;            /* questions decoded together; 0 = the engine's choice */
    int slots;            /* texts written at once; 0 = the engine's choice */
    double kv_bytes;      /* memory for the KV cache; 0 = from what is free */
    /* over HTTP */
    int concurrency;      /* requests in flight; 0 = 16 */
    double rpm, tpm;      /* requests and tokens a minute; 0 = no limit */
    double timeout;       /* seconds a sample may take, retries included; 0 = 600 */
    double max_cost;      /* stop when this is spent; 0 = no limit */
    double price_in, price_out; /* per million tokens, the catalog's; 0 = unknown */
    const char *key_file; /* a 0600 file that holds the key; NULL = the environment */
    /* sandbox */
    bool exec_unsafe;     /* without isolation */
    int exec_jobs;        /* programs at once; 0 = one per core */
    bool vocab_only;      /* only explain(), tokens() and plan() will be called */
};

struct engine {
    const struct engine_type *type;
    unsigned asks; /* OR of enum ask that it can answer */
    size_t hold;   /* questions it likes to see at once; 0 = 32 */
    size_t group;  /* samples whose figures depend on each other, by subset_index /
                      group: they are asked together, in order, or not at all; 0 = none */
    const char *no_loglik; /* why it cannot score given text, for people; or NULL */
    const char *halted;    /* NULL, or why it takes no more questions */
    int halt_code;         /* with halted: 0 = a clean stop, else an err_code */
};

/* A text as an engine's tokens, none put before it. */
struct token_cut {
    size_t n;
    size_t n_part;       /* of these, no whole character but some bytes of one */
    const uint32_t *len; /* bytes of the text that each stands for; NULL where the
                            tokenizer changes the text, so that it cannot be said */
    size_t context;      /* tokens the model was trained on; 0 = not said */
};

struct engine_type {
    const char *name, *help;
    MUST_USE int (*open)(struct engine **out, const char *where,
                         const struct engine_options *o, struct err *e);
    /* 1 taken, 0 full (pull first), <0 the engine is broken */
    MUST_USE int (*push)(struct engine *g, const struct request *q, struct arena *mem,
                         const struct turn *turn, void *tag, struct err *e);
    /* 1 an answer, 0 none yet (waited at most wait_ms), <0 broken */
    MUST_USE int (*pull)(struct engine *g, int wait_ms, void **tag, struct response *out,
                         struct err *e);
    /* Members of an open JSON object: everything that makes an answer what it
     * is (file hash, architecture, quantisation, tokenizer, template, context,
     * engine version and build). Goes to run.json as "model". */
    void (*describe)(const struct engine *g, struct json_writer *w);
    /* Optional: how a request is seen: tokens, boundary, BOS, as text. */
    MUST_USE int (*explain)(struct engine *g, const struct request *q, struct strbuf *out,
                            struct err *e);
    /* Optional: a text of valid UTF-8 as tokens, in mem. Needs vocab_only. */
    MUST_USE int (*tokens)(struct token_cut *out, const struct engine *g, const char *text,
                           struct arena *mem, struct err *e);
    /* Optional: what it takes in memory to answer such questions (OR of enum
     * ask), as lines for --dry-run. Needs vocab_only, no weights. */
    void (*plan)(const struct engine *g, unsigned asks, struct strbuf *out);
    void (*close)(struct engine *g);
    bool linked; /* computes here: options "linked" above mean something */
};

/* Of one group of n: neighbours by their place in the data, not by what happens
 * to wait, so that groups are the same in every shard and after every stop. */
static inline bool engine_same_group(const struct sample *a, const struct sample *b, size_t n)
{
    return strcmp(a->subset, b->subset) == 0 && a->subset_index / n == b->subset_index / n;
}

extern const struct engine_type *const engine_types[]; /* NULL-ended */
const struct engine_type *engine_type_find(const char *name);

/* Whose a spec is: "openai:NAME@URL" and "http://...#NAME" are a server's,
 * "fake:...", "replay:RUN" and "answers:FILE" choose those engines, anything
 * else is a GGUF path for the linked one. *where (may be NULL) is what its
 * open() gets. NULL = the linked one, which this program was built without. */
const struct engine_type *engine_type_of(const char *spec, const char **where);
MUST_USE int engine_open(struct engine **out, const char *spec, const struct engine_options *o,
                         struct err *e);
void engine_close(struct engine *g);

#endif
