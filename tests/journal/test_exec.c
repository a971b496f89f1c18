/* Turns of the sandbox in the journal, and what a manifest says of programs and
 * named rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evaluator/journal/journal.h"
#include "evaluator/journal/manifest.h"

static const char *const solution[] = { "def f(): 1", "" };
static const char *const option[] = { "红", "blue" };
static const char *const target[] = { "A", "B" };
static const struct exec exec = { .language = "python", .given = "import f", .test = "assert f()",
                                  .entry = "f", .limit_s = 2.5, .memory_mb = 64 };

/* One turn that writes, with options, and one that runs; the line is yours. */
static struct strbuf written(bool keep, const char *failed)
{
    struct out said[] = { { .text = "x", .n_token = 3 }, { .text = "", .fault = "empty" } };
    struct out ran[] = { { .text = "AssertionError", .fault = "wrong", .status = 1 },
                         { .text = "", .fault = "empty" } };
    struct turn turn[] = {
        { .step = "code", .q = { .ask = ASK_TEXT, .n_out = 2 }, .a = { .out = said, .n_out = 2 },
          .option = option, .n_option = 2, .target = target, .n_target = 2 },
        { .step = "run",
          .q = { .role = ROLE_SANDBOX, .ask = ASK_EXEC, .variant = solution, .n_out = 2,
                 .exec = &exec },
          .a = { .out = ran, .n_out = 2, .ms = 31, .failed = failed } },
    };
    for (int i = 0; i < 2; i++) {
        memset(turn[i].question, 'a', 64);
        memset(turn[i].prompt, 'b', 64);
    }
    struct trace t = { .sample = { .id = "x/1", .subset = "" }, .turn = turn, .n_turn = 2 };
    struct strbuf line = STRBUF_INIT;
    record_write(&line, &t, failed, failed, NULL, 0, keep);
    return line;
}

static void read_back(struct record *out, bool keep, const char *failed, struct arena *mem)
{
    struct err e = { 0 };
    struct strbuf line = written(keep, failed);
    if (record_parse(out, line.s, line.len, mem, &e) < 0)
        fail_msg("%s", e.text);
    strbuf_release(&line);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct record r;
    read_back(&r, false, NULL, &mem);
    const struct turn *code = &r.trace.turn[0], *run = &r.trace.turn[1];
    assert_int_equal(code->n_option, 2);
    assert_string_equal(code->option[0], "红");
    assert_int_equal(code->n_target, 2);
    assert_null(run->option);
    assert_int_equal(run->q.role, ROLE_SANDBOX);
    assert_int_equal(run->q.ask, ASK_EXEC);
    assert_int_equal(run->q.n_out, 2);
    assert_string_equal(run->q.exec->language, "python");
    assert_true(run->q.exec->limit_s == 2.5 && run->q.exec->memory_mb == 64);
    assert_null(run->q.variant);
    assert_string_equal(run->a.out[0].text, "AssertionError");
    assert_string_equal(run->a.out[0].fault, "wrong");
    assert_int_equal(run->a.out[0].status, 1);
    assert_int_equal(run->a.ms, 31);
    arena_release(&mem);
}

/* Programs repeat the draws, so they are kept with the prompts only; and what is
 * run has no tokens. */
static void test_kept(void **state)
{
    (void)state;
    struct strbuf plain = written(false, NULL), whole = written(true, NULL);
    assert_null(strstr(plain.s, "def f()"));
    assert_null(strstr(plain.s, "assert f()"));
    const char *run = strstr(plain.s, "\"step\":\"run\"");
    assert_null(strstr(run, "\"tokens\""));
    assert_non_null(strstr(whole.s, "\"solutions\":[\"def f(): 1\",\"\"]"));
    strbuf_release(&plain);
    strbuf_release(&whole);
    struct arena mem = { 0 };
    struct record r;
    read_back(&r, true, NULL, &mem);
    const struct request *q = &r.trace.turn[1].q;
    assert_string_equal(q->variant[0], "def f(): 1");
    assert_string_equal(q->exec->given, "import f");
    assert_string_equal(q->exec->test, "assert f()");
    assert_string_equal(q->exec->entry, "f");
    arena_release(&mem);
}

static void test_failed(void **state)
{
    (void)state;
    for (int keep = 0; keep < 2; keep++) {
        struct arena mem = { 0 };
        struct record r;
        read_back(&r, keep, "sandbox", &mem);
        assert_string_equal(r.trace.turn[1].a.failed, "sandbox");
        assert_int_equal(r.trace.turn[1].a.n_out, 0);
        arena_release(&mem);
    }
}

static void replace(struct strbuf *line, const char *from, const char *to)
{
    const char *at = strstr(line->s, from);
    assert_non_null(at);
    char *text = xprintf("%.*s%s%s", (int)(at - line->s), line->s, to, at + strlen(from));
    strbuf_clear(line);
    strbuf_puts(line, text);
    free(text);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *error;
    } cases[] = {
        { "\"exec\":{", "\"exce\":{", "turns[1]: missing key 'exec'" },
        { "\"role\":\"sandbox\",", "\"role\":\"sandbox\",\"labels\":[\"A\"],",
          "turns[1]: 1 labels but 2 solutions" },
        { "\"def f(): 1\",\"\"", "\"def f(): 1\"", "turns[1]: 1 solutions but 2 outs" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf line = written(true, NULL);
        struct arena mem = { 0 };
        struct record r;
        struct err e = { 0 };
        replace(&line, cases[i].from, cases[i].to);
        assert_true(record_parse(&r, line.s, line.len, &mem, &e) < 0);
        assert_string_equal(e.text, cases[i].error);
        strbuf_release(&line);
        arena_release(&mem);
    }
}

/* ---- run.json */

static cJSON *manifest(const char *more)
{
    char *text = xprintf("{\"format\": 1, \"evalrun\": \"0\", \"created\": \"now\","
                         " \"model\": {\"label\": \"m\", \"engine\": \"fake\"}, \"asked\": {},"
                         " \"tasks\": [{\"task\": \"t\", \"recipe\": \"r\", \"version\": 1,"
                         "  \"average\": \"micro\", \"task_sha256\": \"00\","
                         "  \"data_sha256\": \"11\", \"n\": 3, \"identity\": \"22\","
                         "  \"subsets\": []%s}]}", more);
    cJSON *tree = NULL;
    struct err e = { 0 };
    if (json_parse(&tree, text, strlen(text), &e) < 0)
        fail_msg("%s", e.text);
    free(text);
    return tree;
}

static const char safe[] = ", \"sandbox\": {\"engine\": \"sandbox\"}";
static const char unsafe[] = ", \"sandbox\": {\"engine\": \"sandbox\"}, \"exec_unsafe\": true";

static void test_manifest(void **state)
{
    (void)state;
    char dir[] = "/tmp/evalrun-manifest-XXXXXX";
    struct err e = { 0 };
    struct manifest m;
    assert_non_null(mkdtemp(dir));
    cJSON *a = manifest(", \"sandbox\": {\"engine\": \"sandbox\"}, \"exec_unsafe\": true,"
                        " \"left_out\": [{\"subset\": \"go\", \"why\": \"no 'go' command\"}],"
                        " \"rules\": [{\"at\": \"score[0].extract\", \"name\": \"letter\"}]");
    cJSON *b = manifest(safe), *c = manifest(unsafe);
    assert_int_equal(manifest_write(dir, a, &e), 0);
    assert_int_equal(manifest_read(&m, dir, &e), 0);
    assert_true(m.task[0].exec_unsafe);
    assert_non_null(m.task[0].sandbox);
    assert_int_equal(m.task[0].n_left_out, 1);
    assert_string_equal(m.task[0].left_out[0].subset, "go");
    assert_string_equal(m.task[0].left_out[0].why, "no 'go' command");
    assert_string_equal(json_text(m.task[0].rules->child, "name", ""), "letter");
    manifest_release(&m);
    char *path = xprintf("%s/run.json", dir);
    assert_int_equal(unlink(path), 0);
    /* what ran with isolation does not go on without */
    assert_int_equal(manifest_write(dir, b, &e), 0);
    assert_int_equal(manifest_write(dir, c, &e), ERR_MISMATCH);
    assert_non_null(strstr(e.text, "tasks[0].exec_unsafe: absent / true"));
    assert_int_equal(unlink(path), 0);
    free(path);
    rmdir(dir);
    cJSON_Delete(a), cJSON_Delete(b), cJSON_Delete(c);
}

/* A changed set of rules is another task. */
static void test_rules_decide(void **state)
{
    (void)state;
    cJSON *a = manifest(", \"rules\": [{\"name\": \"letter\", \"sha256\": \"aa\"}]");
    cJSON *b = manifest(", \"rules\": [{\"name\": \"letter\", \"sha256\": \"bb\"}]");
    struct strbuf out = STRBUF_INIT;
    char x[65], y[65];
    manifest_diff(&out, a, b);
    assert_string_equal(out.s, "tasks[0].rules[0].sha256: \"aa\" / \"bb\"");
    manifest_identity(x, json_get(a, "tasks")->child, json_get(a, "model"));
    manifest_identity(y, json_get(b, "tasks")->child, json_get(b, "model"));
    assert_string_not_equal(x, y);
    strbuf_release(&out);
    cJSON_Delete(a), cJSON_Delete(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_kept),
        cmocka_unit_test(test_failed),     cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_manifest),   cmocka_unit_test(test_rules_decide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
