/* A stored run as an engine: whose answer is given, what is refused and why. */
#include "evaluator/engines/cached.h"
#include "evaluator/engines/replay.h"
#include "evaluator/journal/journal.h"
#include "evaluator/journal/manifest.h"
#include "tests/engines/question.h"

static const char manifest[] =
    "{\"format\":1,\"evalrun\":\"0.1.0\",\"created\":\"now\",\"model\":{\"label\":\"m\","
    "\"spec\":\"s\",\"engine\":\"x\",\"skill\":1},\"asked\":{\"task\":\"t\"},\"tasks\":[{"
    "\"task\":\"t\",\"recipe\":\"r\",\"version\":1,\"average\":\"macro\",\"shots\":3,"
    "\"task_sha256\":\"00\",\"data_sha256\":\"11\",\"n\":3,\"identity\":\"22\",\"subsets\":[]}]}";

static void begin_run(const char *dir)
{
    char *path = xprintf("%s/run.json", dir);
    write_bytes(path, manifest, sizeof manifest - 1);
    free(path);
}

/* Append what `k` was answered to the run's journal. */
static void store(const char *dir, struct asking *k, const char *failed)
{
    struct arena mem = { 0 };
    struct err e = { 0 };
    struct journal *j = NULL;
    k->turn.q = k->q;
    k->turn.a = k->a;
    k->turn.a.failed = failed;
    question_hash(k->turn.question, k->turn.prompt, &k->q);
    k->turn.label = k->q.variant;
    struct trace t = { .sample = k->sample, .turn = &k->turn, .n_turn = 1, .mem = &mem };
    const char *path = manifest_journal_path(dir, "t", "r", 0, 1, &mem);
    assert_int_equal(journal_open(&j, path, false, &e), 0);
    assert_int_equal(journal_add(j, &t, failed, failed ? "was down" : NULL, NULL, 0, false, &e),
                     0);
    assert_int_equal(journal_close(j, &e), 0);
    arena_release(&mem);
}

static struct engine *opened(const char *dir)
{
    struct err e = { 0 };
    struct engine *g = NULL;
    if (engine_replay.open(&g, dir, &(struct engine_options){ 0 }, &e) < 0)
        fail_msg("%s", e.text);
    return g;
}

static void answer(struct asking *k, const char *id, const char *prompt, struct out *out,
                   size_t n)
{
    asking_make(k, id, prompt, NULL, n);
    k->sample.index = (size_t)(id[0] - 'a');
    k->a = (struct response){ .out = out, .n_out = n, .n_prompt = 12, .n_retry = 2 };
}

static void test_draws(void **state)
{
    struct asking k;
    struct out out[] = { { .text = "一", .thinking = "hm\n", .n_token = 4, .n_think = 2 },
                         { .text = "", .fault = "thinking", .n_token = 9 },
                         { .text = "three", .cut = true } };
    begin_run(*state);
    answer(&k, "a", "one", out, 3);
    store(*state, &k, NULL);
    struct engine *g = opened(*state);
    assert_int_equal(g->asks, ASK_TEXT);
    const struct response *a = asking_ask(&k, g);
    assert_null(a->failed);
    assert_int_equal(a->n_out, 3);
    assert_int_equal(a->n_prompt, 12);
    assert_string_equal(a->out[0].text, "一");
    assert_string_equal(a->out[0].thinking, "hm\n");
    assert_int_equal(a->out[0].n_think, 2);
    assert_null(a->out[0].fault);
    assert_string_equal(a->out[1].fault, "thinking");
    assert_null(a->out[1].thinking);
    assert_true(a->out[2].cut);
    g->type->close(g);
    asking_release(&k);
}

/* Two samples that ask the same get each its own answer; a third one gets one
 * of them, and a failure counts only where there is no answer. */
static void test_whose_answer(void **state)
{
    struct asking k[4];
    struct out out[] = { { .text = "A" }, { .text = "B" } };
    begin_run(*state);
    answer(&k[0], "a", "one", &out[0], 1);
    answer(&k[1], "b", "one", &out[1], 1);
    answer(&k[2], "c", "one", &out[0], 1);
    answer(&k[3], "d", "two", &out[0], 1);
    store(*state, &k[0], NULL);
    store(*state, &k[1], NULL);
    store(*state, &k[2], "remote");
    store(*state, &k[3], "remote");
    struct engine *g = opened(*state);
    assert_string_equal(asking_ask(&k[1], g)->out[0].text, "B");
    assert_string_equal(asking_ask(&k[0], g)->out[0].text, "A");
    assert_string_equal(asking_ask(&k[2], g)->out[0].text, "A");
    assert_string_equal(asking_ask(&k[3], g)->failed, "remote");
    assert_string_equal(k[3].a.why, "was down");
    g->type->close(g);
    for (size_t i = 0; i < 4; i++)
        asking_release(&k[i]);
}

/* What the engine says at its end about `asked`, which the run never asked. */
static void expect_reason(const char *dir, struct asking *asked, const char *why,
                          const char *reason)
{
    struct engine *g = opened(dir);
    assert_string_equal(asking_ask(asked, g)->failed, "mismatch");
    if (!strstr(asked->a.why, why))
        fail_msg("'%s' does not say '%s'", asked->a.why, why);
    struct capture c = capture_begin();
    g->type->close(g);
    char *text = capture_end(&c);
    if (!strstr(text, reason))
        fail_msg("'%s' does not say '%s'", text, reason);
    assert_non_null(strstr(text, "1 of 1 questions were never asked"));
    assert_non_null(strstr(text, "t, recipe r, 3 shots"));
    free(text);
    asking_release(asked);
}

static void test_reasons(void **state)
{
    struct asking k, other;
    struct out out = { .text = "A" };
    begin_run(*state);
    answer(&k, "a", "one", &out, 1);
    store(*state, &k, NULL);
    asking_make(&other, "a", "one", NULL, 1);
    other.q.decode.max_tokens = 7;
    expect_reason(*state, &other, "it asked this prompt with other options",
                  "the prompts are the run's");
    asking_make(&other, "a", "uno", NULL, 1);
    expect_reason(*state, &other, "never asked this question",
                  "the samples are the run's, the prompts are not");
    asking_make(&other, "z", "uno", NULL, 1);
    expect_reason(*state, &other, "never asked this question",
                  "the samples are not those of the run");
    asking_make(&other, "a", "one", NULL, 2); /* more draws */
    expect_reason(*state, &other, "it asked this prompt", "draws");
    asking_release(&k);
}

static void test_refusals(void **state)
{
    struct err e = { 0 };
    struct engine *g = NULL;
    const struct engine_options o = { 0 };
    assert_int_equal(engine_replay.open(&g, "/nowhere/run", &o, &e), ERR_INPUT);
    begin_run(*state);
    assert_int_equal(engine_replay.open(&g, *state, &o, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, "holds no answers to replay"));
    struct asking k;
    struct out out = { .text = "A" };
    answer(&k, "a", "one", &out, 1);
    store(*state, &k, NULL);
    g = opened(*state);
    assert_int_equal(cached_wrap(&g, *state, &e), ERR_USAGE);
    g->type->close(g);
    asking_release(&k);
}

static void test_description(void **state)
{
    struct asking k;
    struct out out = { .text = "A" };
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text };
    begin_run(*state);
    answer(&k, "a", "one", &out, 1);
    store(*state, &k, NULL);
    struct engine *g = opened(*state);
    json_open(&w, NULL, '{');
    g->type->describe(g, &w);
    json_close(&w, '}');
    assert_string_equal(text.s, "{\"engine\":\"x\",\"skill\":1,\"replayed\":true}");
    g->type->close(g);
    strbuf_release(&text);
    asking_release(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_draws, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_whose_answer, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_reasons, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_refusals, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_description, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
