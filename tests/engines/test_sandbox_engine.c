/* The sandbox as an engine: verdicts of solutions, in any number, and that nothing
 * is left of it whoever dies. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "evaluator/engines/engine.h"
#include "evaluator/engines/sandbox.h"
#include "tests/engines/jobs.h"

static const struct engine_options options = { .exec_jobs = 2 };

static struct engine *opened(void)
{
    struct engine *g = NULL;
    struct err e = { 0 };
    if (engine_open(&g, "sandbox:", &options, &e) < 0)
        fail_msg("%s", e.text);
    return g;
}

/* A question to the engine: solutions of one exercise. */
struct question {
    struct exec exec;
    struct request q;
    struct turn turn;
    struct arena mem;
    struct response a;
};

static void ask(struct question *k, struct engine *g, const char *const *solution, size_t n)
{
    struct err e = { 0 };
    *k = (struct question){
        .exec = { .language = "python", .given = "", .entry = "twice", .limit_s = 1,
                  .test = "assert twice(4) == 8\n" },
        .q = { .role = ROLE_SANDBOX, .ask = ASK_EXEC, .variant = solution, .n_out = n },
    };
    k->q.exec = &k->exec;
    assert_int_equal(g->type->push(g, &k->q, &k->mem, &k->turn, k, &e), 1);
}

/* The next answer, in its own question. */
static struct question *next(struct engine *g)
{
    struct err e = { 0 };
    struct response a;
    void *tag = NULL;
    int rc = 0;
    while ((rc = g->type->pull(g, 1000, &tag, &a, &e)) == 0)
        continue;
    if (rc < 0)
        fail_msg("%s", e.text);
    struct question *k = tag;
    k->a = a;
    return k;
}

static const char right[] = "def twice(n):\n    return 2 * n\n";
static const char wrong[] = "def twice(n):\n    return n\n";
static const char slow[] = "def twice(n):\n    while True:\n        pass\n";
static const char ends[] = "import os\nos._exit(0)\n";

static void verdicts(void **state)
{
    (void)state;
    static const char *const solution[] = { right, wrong, "", slow, ends, right };
    static const char *const want[] = { NULL, "wrong", "empty", "timeout", "unfinished", NULL };
    struct engine *g = opened();
    struct question k;
    ask(&k, g, solution, 6);
    assert_ptr_equal(next(g), &k);
    assert_null(k.a.failed);
    assert_int_equal(k.a.n_out, 6);
    for (size_t i = 0; i < 6; i++) {
        const char *fault = k.a.out[i].fault;
        if ((want[i] && (!fault || strcmp(fault, want[i]) != 0)) || (!want[i] && fault))
            fail_msg("solution %zu: %s (%s)", i, fault ? fault : "passed", k.a.out[i].text);
        assert_non_null(k.a.out[i].text);
    }
    engine_close(g);
    arena_release(&k.mem);
}

static void only_empty(void **state)
{
    (void)state;
    static const char *const solution[] = { "", "" };
    struct engine *g = opened();
    struct question k;
    ask(&k, g, solution, 2);
    assert_ptr_equal(next(g), &k);
    assert_string_equal(k.a.out[1].fault, "empty");
    engine_close(g);
    arena_release(&k.mem);
}

/* Each answer is its own question's, whichever ends first. */
static void many(void **state)
{
    (void)state;
    enum { N = 40 };
    static const char *const good[] = { right, right }, *const bad[] = { wrong, right };
    static struct question k[N];
    struct engine *g = opened();
    for (size_t i = 0; i < N; i++)
        ask(&k[i], g, i % 3 ? good : bad, 2);
    for (size_t i = 0; i < N; i++)
        next(g);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(k[i].a.n_out, 2);
        assert_int_equal(k[i].a.out[0].fault != NULL, i % 3 == 0);
        assert_null(k[i].a.out[1].fault);
        arena_release(&k[i].mem);
    }
    engine_close(g);
}

/* A call that is not ready to wait returns at once. */
static void no_wait(void **state)
{
    (void)state;
    static const char *const solution[] = { slow };
    struct engine *g = opened();
    struct question k;
    struct response a;
    struct err e = { 0 };
    void *tag = NULL;
    ask(&k, g, solution, 1);
    int64_t begun = clock_ms();
    assert_int_equal(g->type->pull(g, 0, &tag, &a, &e), 0);
    assert_int_equal(g->type->pull(g, 50, &tag, &a, &e), 0);
    assert_true(clock_ms() - begun < 600);
    engine_close(g);
    arena_release(&k.mem);
}

/* --- nothing is left ---------------------------------------------------------------- */

/* We adopt what loses its parent; so within this time there must be nobody. */
static void assert_alone(int within_ms)
{
    int64_t until = clock_ms() + within_ms;
    while (waitpid(-1, NULL, WNOHANG) >= 0) {
        if (clock_ms() > until)
            fail_msg("a process is left");
        poll(NULL, 0, 5);
    }
    assert_int_equal(errno, ECHILD);
}

static void closed_at_work(void **state)
{
    (void)state;
    static const char *const solution[] = { slow, slow, slow, slow };
    for (int ms = 0; ms < 80; ms += 10) {
        struct engine *g = opened();
        struct question k;
        ask(&k, g, solution, 4);
        poll(NULL, 0, ms);
        int64_t begun = clock_ms();
        engine_close(g);
        assert_true(clock_ms() - begun < 3000);
        assert_alone(0);
        arena_release(&k.mem);
    }
}

/* evalrun is killed: its warden sees to the rest. */
static void owner_killed(void **state)
{
    (void)state;
    static const char *const solution[] = { slow, slow, slow, slow };
    for (int ms = 1; ms < 100; ms += 14) {
        pid_t pid = fork();
        if (pid == 0) {
            struct question k;
            struct engine *g = opened();
            ask(&k, g, solution, 4);
            pause();
        }
        poll(NULL, 0, 50 + ms);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        assert_alone(9000); /* less than the program's own limit */
    }
}

static pid_t only_child(void)
{
    char path[64], text[64] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    fclose(f);
    return (pid_t)strtol(text, NULL, 10);
}

static void warden_killed(void **state)
{
    (void)state;
    static const char *const solution[] = { slow, slow, slow, slow };
    struct engine *g = opened();
    struct question k;
    struct response a;
    struct err e = { 0 };
    void *tag = NULL;
    ask(&k, g, solution, 4);
    poll(NULL, 0, 60);
    kill(only_child(), SIGKILL);
    assert_int_equal(g->type->pull(g, 3000, &tag, &a, &e), ERR_ENGINE);
    assert_string_equal(e.text, "the process that runs programs has ended");
    engine_close(g);
    assert_alone(0);
    arena_release(&k.mem);
}

/* --- trouble ------------------------------------------------------------------------ */

/* In a language that nothing runs. */
static void ask_cobol(struct question *k, struct engine *g)
{
    static const char *const solution[] = { right };
    struct err e = { 0 };
    *k = (struct question){
        .exec = { .language = "cobol", .given = "", .entry = "", .test = "" },
        .q = { .role = ROLE_SANDBOX, .ask = ASK_EXEC, .variant = solution, .n_out = 1 },
    };
    k->q.exec = &k->exec;
    assert_int_equal(g->type->push(g, &k->q, &k->mem, &k->turn, k, &e), 1);
}

/* One failure is a sample's; when nothing can be run, the run must end. */
static void broken(void **state)
{
    (void)state;
    static const char *const solution[] = { right };
    struct engine *g = opened();
    struct question good, bad;
    struct response a;
    struct err e = { 0 };
    void *tag = NULL;
    for (int i = 0; i < 4; i++) {
        if (i == 2) { /* a program that was run: they are not three in a row */
            ask(&good, g, solution, 1);
            assert_ptr_equal(next(g), &good);
            arena_release(&good.mem);
        }
        ask_cobol(&bad, g);
        assert_int_equal(g->type->pull(g, 5000, &tag, &a, &e), 1);
        assert_string_equal(a.failed, "sandbox");
        assert_non_null(strstr(a.why, "cobol"));
        arena_release(&bad.mem);
    }
    ask_cobol(&bad, g);
    assert_int_equal(g->type->pull(g, 5000, &tag, &a, &e), ERR_ENGINE);
    assert_non_null(strstr(e.text, "no program can be run: "));
    engine_close(g);
    arena_release(&bad.mem);
}

static void specs(void **state)
{
    (void)state;
    struct engine *g = NULL;
    struct err e = { 0 };
    assert_int_equal(engine_open(&g, "sandbox:x", &options, &e), ERR_USAGE);
    assert_string_equal(e.text, "sandbox:x: nothing follows the colon");
    assert_alone(0);
}

static void describes(void **state)
{
    (void)state;
    struct engine *g = opened();
    struct strbuf b = STRBUF_INIT;
    struct json_writer w = { .out = &b };
    json_open(&w, NULL, '{');
    g->type->describe(g, &w);
    json_close(&w, '}');
    assert_non_null(strstr(b.s, "\"engine\":\"sandbox\",\"isolation\":\"bubblewrap\""));
    assert_non_null(strstr(b.s, "\"languages\":{\"python\":\"Python 3."));
    assert_int_equal(g->asks, ASK_EXEC);
    strbuf_release(&b);
    engine_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),       cmocka_unit_test(only_empty),
        cmocka_unit_test(many),           cmocka_unit_test(no_wait),
        cmocka_unit_test(closed_at_work), cmocka_unit_test(owner_killed),
        cmocka_unit_test(warden_killed),  cmocka_unit_test(broken),
        cmocka_unit_test(specs),          cmocka_unit_test(describes),
    };
    const char *why = NULL;
    sandbox_close(jobs_open(false)); /* skips where it cannot be */
    if (!sandbox_language("python", &why)) {
        fprintf(stderr, "SKIPPED: %s\n", why);
        return 77;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
