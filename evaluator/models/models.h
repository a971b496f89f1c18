#ifndef EVALRUN_EVALUATOR_MODELS_MODELS_H
#define EVALRUN_EVALUATOR_MODELS_MODELS_H
/*
 * The model catalog: <share>/evaluator/models/<family>.json. An entry gives a
 * name a family, a GGUF file and where it can be had, chat template, context
 * and licence, or the server that has it and its prices. `--model` takes a
 * catalog name or alias, a GGUF path, "openai:NAME@URL", "http://...#NAME",
 * "replay:RUN", "answers:FILE" or "fake:...".
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

struct model_entry {
    const char *name, *family, *about, *licence;
    const char *file;   /* name below <cache>/models */
    const char *repo;   /* "Qwen/Qwen2-0.5B-Instruct-GGUF"; NULL = none */
    const char *remote; /* file name in the repo; with url, the server's name of it */
    const char *sha256; /* "" = not pinned */
    const char *template; /* name for llama_chat_apply_template; NULL = the file's */
    const char *const *alias;
    size_t n_alias;
    double params; /* 0 = unknown */
    double price_in, price_out; /* US dollars per million tokens; 0 = unknown */
    const char *url; /* of the server that has it; NULL = a file is needed */
    int context;
    bool gguf_supported; /* false: listed, but llama.cpp has no such architecture */
    const char *note;
};

struct model_catalog;
MUST_USE int model_catalog_open(struct model_catalog **out, const char *share, struct err *e);
const struct model_entry *model_find(const struct model_catalog *c, const char *name_or_alias);
const struct model_entry *model_at(const struct model_catalog *c, size_t i); /* NULL at end */
void model_catalog_close(struct model_catalog *c);

/* What `--model SPEC` means. */
struct model_choice {
    const char *label; /* the row's name in tables */
    const char *spec;  /* what engine_open() takes */
    const char *asked; /* this one of --model as typed; the caller's to fill in */
    const char *template; /* catalog's template name or NULL */
    const char *family;   /* or "" */
    double price_in, price_out; /* per million tokens; 0 = unknown */
};

/* Resolve a spec; strings in mem. A catalog name without its file is an error
 * naming `evalrun model pull NAME` and `--model PATH`; an unknown word names
 * the nearest entry. */
MUST_USE int model_resolve(struct model_choice *out, const struct model_catalog *c,
                           const char *spec, const char *cache, struct arena *mem,
                           struct err *e);

struct model_pull_options {
    const char *cache, *endpoint;
    bool quiet;
    int wait_ms;
};
MUST_USE int model_pull(const struct model_entry *m, const struct model_pull_options *o,
                        struct err *e);

#endif
