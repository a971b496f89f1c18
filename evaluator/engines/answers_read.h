#ifndef EVALRUN_EVALUATOR_ENGINES_ANSWERS_READ_H
#define EVALRUN_EVALUATOR_ENGINES_ANSWERS_READ_H
/*
 * Files of answers made elsewhere, one JSON object a line, plain or gzip:
 *
 *   plain        {"id": sample id, "text": "..."}, or "texts": [...] for draws,
 *                or "logprobs": [...] of the options; "step" where a sample
 *                asks several questions
 *   lm-eval      a sample log of lm-evaluation-harness (--log_samples):
 *                "doc_id" and "resps"; for tasks that score options the
 *                log-likelihoods. A log has a line per document and filter;
 *                "resps" is the same in each. Source: its file
 *                lm_eval/loggers/evaluation_tracker.py, which makes numbers
 *                into text: [[["-2.5", "False"]], ...]
 *   completions  {"task_id": ..., "completion": "..."}, a line per draw, as
 *                suites that run programs read them
 *
 * The first line decides the form of the file; other keys do not matter.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

enum form { FORM_NONE, FORM_PLAIN, FORM_LM_EVAL, FORM_COMPLETIONS };

/* One text, or the log-likelihood of one option. */
struct piece_given {
    struct piece_given *next;
    const char *text; /* NULL: a log-likelihood, or (missing) null in the file */
    double logprob;
    bool greedy, missing;
};

enum { MARKS = 3 };

/* What the file holds under one id. */
struct given {
    UT_hash_handle hh;
    const char *id; /* "id", or "id\037step"; of lm-eval the doc_id's digits */
    struct piece_given *first, *last;
    uint64_t mark[MARKS]; /* of the longest texts of lm-eval's "doc"; 0 = none */
    uint64_t filter;      /* hash of the name of lm-eval's filter */
    uint32_t n, line;
    bool used;
};

struct given_set {
    struct given *by_id;
    enum form form;
    bool loglik; /* log-likelihoods, else texts */
    struct arena mem;
};

MUST_USE int given_read(struct given_set *out, const char *path, struct err *e);
void given_release(struct given_set *s);

/* One line; `number` counts from 1. Errors do not name the file or the line. */
MUST_USE int given_add(struct given_set *s, const char *line, size_t len, size_t number,
                       struct err *e);

/* step NULL: the answer of any step. */
struct given *given_find(const struct given_set *s, const char *id, const char *step);

/* Is one of the texts in `row` one of the marks? */
bool given_fits(const struct given *g, const struct cJSON *row);

const char *form_name(enum form form);

#endif
