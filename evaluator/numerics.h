#ifndef EVALRUN_EVALUATOR_NUMERICS_H
#define EVALRUN_EVALUATOR_NUMERICS_H
/*
 * What the linked engine's ways of saving work change: the same questions are
 * asked twice, through the run loop, and the answers are compared bit by bit.
 *
 * Likelihoods: --no-share (one full pass per question) against what a run
 * does. Texts: one at a time (--slots 1) against many at once.
 *
 *     numerics_sides(&reference, &usual, &plan, &asked, model, e);
 *     numerics_ask(&a, &plan, model, &reference, &way, e);
 *     numerics_ask(&b, &plan, model, &usual, &way, e);
 *     numerics_compare(&n, &a, &b, task, mem);      for every task
 *     numerics_release(&a); numerics_release(&b);
 */
#include "evaluator/plan.h"

/* All that was answered, in memory. */
struct answered {
    struct records *task; /* one per task of the plan; heap */
    size_t n_task;
    bool stopped; /* Ctrl-C: what is here is a part */
};

struct asking {
    const char *title; /* of the progress line */
    size_t limit;      /* first so many samples of every subset; 0 = all of the plan's */
    bool quiet;
};

/* One task, two ways of answering it. */
struct numerics {
    size_t n;                /* questions whose options were compared */
    size_t n_equal;          /* of these, equal to the last bit */
    size_t n_flip;           /* ... where another option is the likeliest */
    size_t n_flip_per_token; /* ... by log-prob per token */
    double max_abs, mean_abs, max_per_token; /* of an option's log-prob, in nat */
    const char *worst;       /* sample of max_abs; NULL = all are equal */
    size_t n_text, n_text_equal; /* texts compared */
    const char *text_id;         /* sample of the first that differs, or NULL */
    size_t text_at;              /* bytes that this one's two versions share */
    const char *text[2];         /* how they go on from there */
    size_t n_failed; /* samples that failed either way: not compared */
    size_t n_apart;  /* questions that depend on an answer that differed */
};

/* ERR_USAGE unless the linked engine answers for the model. */
MUST_USE int numerics_check(const struct model_choice *m, struct err *e);

/* The options of the two ways. */
MUST_USE int numerics_sides(struct engine_options *reference, struct engine_options *usual,
                            const struct plan *p, const struct asked *a,
                            const struct model_choice *m, struct err *e);

/* Open the model's engine, ask all tasks, close it. Release it after success. */
MUST_USE int numerics_ask(struct answered *out, const struct plan *p,
                          const struct model_choice *m, const struct engine_options *o,
                          const struct asking *way, struct err *e);
void numerics_release(struct answered *a);

/* a is the reference; texts in mem. */
void numerics_compare(struct numerics *out, const struct answered *a, const struct answered *b,
                      size_t task, struct arena *mem);

/* Both sides and the comparison at once: out[p->n_task]; *stopped by Ctrl-C. */
MUST_USE int numerics_measure(struct numerics *out, bool *stopped, const struct plan *p,
                              const struct asked *a, const struct model_choice *m,
                              struct arena *mem, struct err *e);

/* Members of an open JSON object. */
void numerics_put(struct json_writer *w, const struct numerics *n);

/* Put each task's figures into its entry of run.json's list. */
void numerics_add(cJSON *tasks, const struct numerics *n, size_t n_task);

#endif
