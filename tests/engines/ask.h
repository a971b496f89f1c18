#ifndef EVALRUN_TESTS_ENGINES_ASK_H
#define EVALRUN_TESTS_ENGINES_ASK_H
/* Asking an engine one question, for the tests of the linked engine. Each test
 * program is one source, hence the code in a header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "evaluator/engines/engine.h"
#include "evaluator/engines/llama.h"

/* A path from the environment; NULL with a word on stderr when the file is not
 * there. */
static inline const char *test_path(const char *variable)
{
    const char *path = getenv(variable);
    if (path && *path && file_exists(path))
        return path;
    fprintf(stderr, "SKIPPED: $%s is no file here (%s)\n", variable, path ? path : "not set");
    return NULL;
}

static inline struct engine *test_open(const char *path, const struct engine_options *o)
{
    struct err e = { 0 };
    struct engine *g = NULL;
    if (engine_llama.open(&g, path, o, &e) < 0)
        fail_msg("%s", e.text);
    return g;
}

/* $TEST_THREADS: fewer threads on a busy machine; the bits are the same. */
static inline struct engine_options test_options(void)
{
    const char *threads = getenv("TEST_THREADS");
    return (struct engine_options){ .ctx = 4096, .gpu_layers = -1, .seed = 1,
                                    .threads = threads ? (int)strtol(threads, NULL, 10) : 0 };
}

static inline void test_ask(struct response *out, struct engine *g, const struct request *q,
                            struct arena *mem)
{
    struct err e = { 0 };
    void *tag = NULL;
    if (g->type->push(g, q, mem, NULL, out, &e) != 1)
        fail_msg("push: %s", e.text);
    int rc;
    while ((rc = g->type->pull(g, 1000, &tag, out, &e)) == 0)
        ;
    if (rc < 0)
        fail_msg("pull: %s", e.text);
    assert_ptr_equal(tag, out);
}

/* A raw prompt and its continuations. What stands before the last blank line
 * (header and examples) is a message of its own, as tasks make it. */
static inline void test_loglik(struct response *out, struct engine *g, const char *prompt,
                               const char *const *variant, size_t n, struct arena *mem)
{
    struct message *m = arena_array(mem, 2, sizeof *m);
    struct request *q = arena_alloc(mem, sizeof *q);
    const char *split = prompt;
    for (const char *at = prompt; (at = strstr(at, "\n\n")); split = at)
        at += 2;
    m[0] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_HEADER,
                             .text = arena_strndup(mem, prompt, (size_t)(split - prompt)) };
    m[1] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_QUESTION, .text = split };
    *q = (struct request){ .ask = ASK_LOGLIK, .raw = true, .message = m, .n_message = 2,
                           .variant = variant, .n_out = n };
    test_ask(out, g, q, mem);
}

#endif
