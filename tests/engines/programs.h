#ifndef EVALRUN_TESTS_ENGINES_PROGRAMS_H
#define EVALRUN_TESTS_ENGINES_PROGRAMS_H
/* Solutions and the verdicts that they must get, run in a sandbox. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "evaluator/engines/runner.h"
#include "evaluator/engines/sandbox.h"

/* A verdict that begins so; "!" = any but passed; NULL = passed. */
struct program {
    const char *name, *fault, *solution;
    const char *test; /* NULL = that of all */
};

/* Of all tests of a program: *state is the sandbox. */
static inline int programs_open(void **state)
{
    struct sandbox *box = NULL;
    struct err e = { 0 };
    if (sandbox_open(&box, &(struct sandbox_options){ 0 }, &e) < 0) {
        fprintf(stderr, "SKIPPED: no program can be run: %s\n", e.text);
        return -1;
    }
    *state = box;
    return 0;
}

static inline int programs_close(void **state)
{
    sandbox_close(*state);
    return 0;
}

/* Whether programs of this language can be run here; says so, where not. */
static inline bool programs_language(const char *language)
{
    const char *why = NULL;
    void *box = NULL;
    if (!sandbox_language(language, &why)) {
        fprintf(stderr, "SKIPPED: %s: %s\n", language, why);
        return false;
    }
    if (programs_open(&box) < 0)
        return false;
    return programs_close(&box) == 0;
}

static inline struct out programs_run(struct sandbox *box, const struct exec *x,
                                      const char *solution, struct arena *mem)
{
    struct runner *r = NULL;
    struct out out = { 0 };
    struct err e = { 0 };
    int got = runner_new(&r, box, x, solution, &e);
    while (got == 0 && (got = runner_step(r, &out, mem, &e)) == 0)
        got = sandbox_wait(box, -1, 100, &e);
    runner_free(r);
    if (got != 1)
        fail_msg("%s", got < 0 ? e.text : out.text);
    return out;
}

static inline void programs_check(struct sandbox *box, const struct exec *all,
                                  const struct program *p, size_t n)
{
    struct arena mem = { 0 };
    size_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        struct exec x = *all;
        if (p[i].test)
            x.test = p[i].test;
        struct out out = programs_run(box, &x, p[i].solution, &mem);
        const char *got = out.fault ? out.fault : "passed";
        const char *want = p[i].fault ? p[i].fault : "passed";
        if (!strcmp(want, "!") ? out.fault != NULL : !strcmp(want, got))
            continue;
        fprintf(stderr, "%s: %s, not %s: %s\n", p[i].name, got, want, out.text);
        bad++;
    }
    arena_release(&mem);
    assert_int_equal(bad, 0);
}

#define PROGRAMS_CHECK(box, all, list) \
    programs_check(box, all, list, sizeof(list) / sizeof *(list))

#endif
