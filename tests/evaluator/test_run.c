/* The loop with two engines: neither waits for the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evaluator/engines/queue.h"
#include "evaluator/run.h"

static const char task_text[] =
    "{\"task\": \"t\", \"version\": 1, \"lang\": \"en\", \"about\": \"a\","
    " \"dataset\": \"gsm8k\", \"split\": \"test\", \"default\": \"one\", \"recipes\": {"
    "  \"one\": {\"source\": \"s\", \"average\": \"micro\", \"steps\": ["
    "   {\"name\": \"write\", \"ask\": \"model\", \"prompt\": \"{{question}}\","
    "    \"target\": \"x\"},"
    "   {\"name\": \"run\", \"ask\": \"sandbox\", \"language\": \"python\","
    "    \"solution\": \"<{{out}}>\", \"test\": \"{{answer}}\"}],"
    "   \"score\": [{\"use\": \"exact\", \"on\": \"write\"}]}}}";

/* What happened, one letter each: m and s are pushed to model and sandbox, M and S
 * pulled from them. */
struct history {
    char text[1024];
    size_t n;
};

static void happened(struct history *h, char what)
{
    assert_true(h->n + 1 < sizeof h->text);
    h->text[h->n++] = what;
}

/* Answers after a number of pulls for each question; takes `most` at once. */
struct scripted {
    struct engine engine;
    struct queue queue;
    size_t most, pulls, patience, n_answered, halt_after;
    int longest_wait; /* while `other` had questions */
    const struct scripted *other;
    struct history *history;
    const char *failed;
    bool sandbox;
};

static int scripted_push(struct engine *g, const struct request *q, struct arena *mem,
                         const struct turn *turn, void *tag, struct err *e)
{
    struct scripted *s = (struct scripted *)g;
    (void)e;
    if (s->queue.n == s->most)
        return 0;
    assert_int_equal(q->role, s->sandbox ? ROLE_SANDBOX : ROLE_MODEL);
    happened(s->history, s->sandbox ? 's' : 'm');
    return queue_put(&s->queue, &(struct job){ q, turn, mem, tag });
}

static void answer(struct scripted *s, const struct job *job, struct response *out)
{
    *out = (struct response){ .n_out = job->q->n_out, .n_prompt = 7, .failed = s->failed,
                              .why = s->failed };
    out->out = arena_array(job->mem, out->n_out, sizeof *out->out);
    out->out[0].text = "program";
    out->out[0].fault = s->sandbox ? "wrong" : NULL;
    if (s->sandbox)
        assert_string_equal(job->q->variant[0], "<program>");
}

static int scripted_pull(struct engine *g, int wait_ms, void **tag, struct response *out,
                         struct err *e)
{
    struct scripted *s = (struct scripted *)g;
    struct job job;
    (void)e;
    assert_true(s->queue.n > 0); /* nobody is asked who has nothing */
    if (s->other->queue.n && wait_ms > s->longest_wait)
        s->longest_wait = wait_ms;
    if (++s->pulls < s->patience || !queue_get(&s->queue, &job))
        return 0;
    s->pulls = 0;
    happened(s->history, s->sandbox ? 'S' : 'M');
    *tag = job.tag;
    answer(s, &job, out);
    if (++s->n_answered == s->halt_after)
        s->engine.halted = "enough";
    return 1;
}

static const struct engine_type scripted_type = {
    .name = "scripted", .push = scripted_push, .pull = scripted_pull,
};

struct scene {
    struct scripted model, sandbox;
    struct history history;
    struct task *task;
    struct dataset *data;
    struct bound_scorer scorer;
    struct run_result result;
    struct records records;
    struct err e;
};

static struct scripted scripted(size_t most, size_t patience, bool sandbox)
{
    return (struct scripted){ .engine = { .type = &scripted_type }, .most = most,
                              .patience = patience, .sandbox = sandbox };
}

static void open_scene(struct scene *s)
{
    const struct task_query q = { .name = "t", .shots = -1 };
    const struct dataset_where where = { getenv("EVALRUN_SHARE"), "" };
    const struct dataset_query dq = { .name = "gsm8k", .split = "test", .sample = true,
                                      .limit = 6 };
    *s = (struct scene){ 0 };
    s->model = scripted(2, 1, false);
    s->sandbox = scripted(2, 1, true);
    if (task_parse(&s->task, task_text, strlen(task_text), "f", &q, &s->e) < 0 ||
        dataset_open(&s->data, &where, &dq, &s->e) < 0 ||
        task_bind(s->task, NULL, dataset_facts(s->data), &s->e) < 0)
        fail_msg("%s", s->e.text);
    s->scorer.type = scorer_find("exact");
    if (s->scorer.type->compile(&s->scorer.rule, task_facts(s->task)->score->child, &s->e) < 0)
        fail_msg("%s", s->e.text);
}

static void run_scene(struct scene *s)
{
    struct journal *journal = NULL;
    char path[] = "/tmp/evalrun-run-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    s->model.other = &s->sandbox;
    s->sandbox.other = &s->model;
    s->model.history = s->sandbox.history = &s->history;
    if (journal_open(&journal, path, false, &s->e) < 0 ||
        run_task(&s->result, &(struct run_input){
            .task = s->task, .dataset = s->data,
            .engine = { [ROLE_MODEL] = &s->model.engine, [ROLE_SANDBOX] = &s->sandbox.engine },
            .scorer = &s->scorer, .n_scorer = 1, .journal = journal, .n_slot = 6 }, &s->e) < 0 ||
        journal_close(journal, &s->e) < 0 || records_read(&s->records, path, &s->e) < 0)
        fail_msg("%s", s->e.text);
    unlink(path);
}

static void close_scene(struct scene *s)
{
    records_release(&s->records);
    s->scorer.type->free(s->scorer.rule);
    task_free(s->task);
    dataset_close(s->data);
}

static void test_both_steps(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    run_scene(&s);
    assert_int_equal(s.result.n_settled, 6);
    assert_int_equal(s.records.n, 6);
    const struct trace *t = &s.records.record[5].trace;
    assert_int_equal(t->n_turn, 2);
    assert_string_equal(t->turn[1].step, "run");
    assert_int_equal(t->turn[1].q.ask, ASK_EXEC);
    assert_string_equal(t->turn[1].q.exec->language, "python");
    assert_string_equal(t->turn[1].a.out[0].fault, "wrong");
    assert_null(t->turn[1].q.variant); /* the draw holds it already */
    close_scene(&s);
}

/* While the model computes, what the sandbox has finished is taken, and what the
 * model wrote is handed to it; and the other way round. */
static void test_nobody_waits(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    s.sandbox.patience = 40; /* the model has written all before it answers once */
    s.sandbox.most = 6;
    run_scene(&s);
    assert_true(strchr(s.history.text, 'S') > strrchr(s.history.text, 'M'));
    assert_in_range(s.sandbox.longest_wait + s.model.longest_wait, 0, 20);
    close_scene(&s);
    open_scene(&s);
    s.model.patience = 40;
    run_scene(&s);
    assert_int_equal(s.result.n_settled, 6);
    assert_in_range(s.sandbox.longest_wait + s.model.longest_wait, 0, 20);
    const char *said = s.history.text, *third = strchr(strchr(strchr(said, 'M') + 1, 'M') + 1, 'M');
    assert_true(strchr(said, 'S') < third); /* it was run while others were written */
    close_scene(&s);
}

/* A full sandbox keeps nothing from the model. */
static void test_full(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    s.sandbox.most = 1;
    s.sandbox.patience = 20;
    run_scene(&s);
    assert_int_equal(s.result.n_settled, 6);
    assert_non_null(strstr(s.history.text, "MmM")); /* asked on, while the first program ran */
    close_scene(&s);
}

static void test_failed(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    s.sandbox.failed = "sandbox";
    run_scene(&s);
    assert_int_equal(s.result.n_failed, 6);
    assert_string_equal(s.records.record[0].failed, "sandbox");
    assert_int_equal(s.records.record[0].trace.n_turn, 2);
    close_scene(&s);
}

/* What a model has written before it ended early is run all the same. */
static void test_halted(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    s.model.halt_after = 2;
    s.sandbox.patience = 9;
    run_scene(&s);
    assert_string_equal(s.result.halted, "enough");
    assert_int_equal(s.result.n_settled, s.model.n_answered);
    assert_in_range(s.result.n_settled, 2, 4);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_steps), cmocka_unit_test(test_nobody_waits),
        cmocka_unit_test(test_full),       cmocka_unit_test(test_failed),
        cmocka_unit_test(test_halted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
