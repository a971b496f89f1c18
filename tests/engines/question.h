#ifndef EVALRUN_TESTS_ENGINES_QUESTION_H
#define EVALRUN_TESTS_ENGINES_QUESTION_H
/* Whole questions (request, turn, sample) for the engines that answer from
 * files, and asking them. */
#include "evaluator/engines/engine.h"
#include "tasks/question.h"
#include "tests/base/scratch.h"

struct asking {
    struct message message;
    struct request q;
    struct turn turn;
    struct sample sample;
    struct arena mem;
    struct response a;
};

/* n draws of a text, or with `option` n log-likelihoods. */
static inline void asking_make(struct asking *k, const char *id, const char *prompt,
                               const char *const *option, size_t n)
{
    *k = (struct asking){ .message = { .who = SPEAKER_USER, .piece = PIECE_QUESTION,
                                       .text = prompt } };
    k->q = (struct request){ .ask = option ? ASK_LOGLIK : ASK_TEXT, .raw = true,
                             .message = &k->message, .n_message = 1, .variant = option,
                             .n_out = n };
    k->sample = (struct sample){ .id = id, .subset = "" };
    k->turn = (struct turn){ .step = "answer", .sample = &k->sample };
}

static inline int asking_push(struct asking *k, struct engine *g)
{
    struct err e = { 0 };
    k->turn.q = k->q;
    question_hash(k->turn.question, k->turn.prompt, &k->q);
    int rc = g->type->push(g, &k->q, &k->mem, &k->turn, k, &e);
    if (rc < 0)
        fail_msg("push: %s", e.text);
    return rc;
}

/* The next answer, in its own asking; NULL when there is none. */
static inline struct asking *asking_pull(struct engine *g)
{
    struct err e = { 0 };
    struct response a = { 0 };
    void *tag = NULL;
    int rc = g->type->pull(g, 0, &tag, &a, &e);
    if (rc < 0)
        fail_msg("pull: %s", e.text);
    struct asking *k = rc == 1 ? tag : NULL;
    if (k)
        k->turn.a = k->a = a;
    return k;
}

static inline struct response *asking_ask(struct asking *k, struct engine *g)
{
    assert_int_equal(asking_push(k, g), 1);
    assert_ptr_equal(asking_pull(g), k);
    return &k->a;
}

static inline void asking_release(struct asking *k)
{
    arena_release(&k->mem);
}

#endif
