/* A scorer of written text and one sample: "right answer|another" against draws. */
#ifndef EVALRUN_TESTS_SCORERS_WRITTEN_H
#define EVALRUN_TESTS_SCORERS_WRITTEN_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "scorers/answer.h"
#include "scorers/scorer.h"

enum { WRITTEN_MAX = 64 };

struct written {
    const struct scorer_type *type;
    void *rule;
    struct arena mem;
    double stat[WRITTEN_MAX];
    char answer[200];   /* "none" when there is none */
    const char *subset; /* of the samples; NULL after written_open() */
    struct err e;
};

static inline int written_compile(struct written *w, const char *spec)
{
    cJSON *tree = NULL;
    memset(w, 0, sizeof *w);
    assert_int_equal(json_parse(&tree, spec, strlen(spec), &w->e), 0);
    w->type = scorer_find(json_text(tree, "use", ""));
    assert_non_null(w->type);
    int rc = w->type->compile(&w->rule, tree, &w->e);
    cJSON_Delete(tree);
    return rc;
}

static inline void written_open(struct written *w, const char *spec)
{
    if (written_compile(w, spec) < 0)
        fail_msg("%s", w->e.text);
}

static inline void written_close(struct written *w)
{
    w->type->free(w->rule);
    arena_release(&w->mem);
}

/* The pieces of "a|b|c" in the arena. */
static inline size_t written_split(const char *const **out, const char *text, struct arena *mem)
{
    size_t n = 1;
    for (const char *s = text; *s; s++)
        n += *s == '|';
    const char **list = arena_array(mem, n, sizeof *list);
    for (size_t i = 0; i < n; i++) {
        size_t len = strcspn(text, "|");
        list[i] = arena_strndup(mem, text, len);
        text += len + (text[len] == '|');
    }
    *out = list;
    return n;
}

/* Draws and right answers apart by "|"; a draw "" has the fault "empty". More turns
 * may stand before it. */
static inline int written_turns(struct written *w, const char *draws, const char *targets,
                                struct turn *turn, size_t n_turn)
{
    const char *const *text;
    struct turn *t = &turn[n_turn - 1];
    size_t n = written_split(&text, draws, &w->mem);
    struct out *out = arena_array(&w->mem, n, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct out){ .text = text[i], .fault = *text[i] ? NULL : "empty" };
    *t = (struct turn){ .step = "answer", .q.ask = ASK_TEXT, .q.n_out = n, .a.out = out,
                        .a.n_out = n };
    t->n_target = written_split(&t->target, targets, &w->mem);
    struct trace trace = { .sample.subset = w->subset, .turn = turn, .n_turn = n_turn,
                           .mem = &w->mem };
    struct score s = { 0 };
    int rc = w->type->score(w->rule, &trace, &s, &w->e);
    if (rc < 0)
        return rc;
    assert_int_equal(s.n_stat, w->type->n_stat);
    assert_string_equal(s.scorer, w->type->name);
    memcpy(w->stat, s.stat, s.n_stat * sizeof *s.stat);
    snprintf(w->answer, sizeof w->answer, "%s", s.answer ? s.answer : "none");
    return 0;
}

static inline void written_score(struct written *w, const char *draws, const char *targets)
{
    struct turn turn;
    if (written_turns(w, draws, targets, &turn, 1) < 0)
        fail_msg("%s", w->e.text);
}

/* A metric's figure over rows of statistics. */
static inline double written_fold(const struct written *w, const char *metric,
                                  const double *rows, size_t n)
{
    const struct metric *m = metric_find(w->type, metric);
    assert_non_null(m);
    return metric_fold(m, rows, n, w->type->n_stat);
}

#endif
