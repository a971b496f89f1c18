/* Steps that run what the model wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/question.h"
#include "tasks/task.h"

static const struct subset subsets[] = {
    { .name = "python", .title_zh = "", .title_en = "Python", .n_asked = 1 },
    { .name = "go", .title_zh = "", .title_en = "Go", .n_asked = 1 },
};
static const struct dataset_facts data = { .name = "d", .split = "test", .n = 2,
                                           .subset = subsets, .n_subset = 2 };

static const char row_text[] =
    "{\"id\": \"python/0\", \"q\": \"def f(x):\\n\", \"a\": \"    return x\","
    " \"check\": \"assert f(1) == 1\", \"name\": \"f\"}";

static const char usual[] = "\"language\": \"{{subset.name}}\", \"solution\": \"{{q}}{{out}}\\n\","
                            " \"test\": \"{{check}}\"";

struct scene {
    struct task *task;
    struct trace trace;
    struct turn turn[3];
    struct arena mem;
    struct err e;
};

/* A step that writes three draws, one that writes one, and one with these keys. */
static int load(struct scene *s, const char *keys)
{
    *s = (struct scene){ 0 };
    char *text = xprintf("{\"task\": \"t\", \"version\": 1, \"lang\": \"en\", \"about\": \"a\","
                         " \"dataset\": \"d\", \"split\": \"test\", \"default\": \"one\","
                         " \"recipes\": {\"one\": {\"source\": \"s\", \"average\": \"micro\","
                         "  \"chat\": true, \"fit\": {\"rule\": \"cut_left\", \"max_tokens\": 9},"
                         "  \"steps\": ["
                         "   {\"name\": \"code\", \"ask\": \"model\", \"prompt\": \"{{q}}\","
                         "    \"target\": \"{{a}}\", \"temperature\": 1, \"draws\": 3},"
                         "   {\"name\": \"more\", \"ask\": \"model\", \"prompt\": \"{{q}}\","
                         "    \"target\": \"{{a}}\"},"
                         "   {\"name\": \"run\", \"ask\": \"sandbox\"%s%s}],"
                         "  \"score\": [{\"use\": \"exact\", \"on\": \"code\"}]}}}",
                         *keys ? ", " : "", keys);
    const struct task_query q = { .name = "t", .shots = -1 };
    int rc = task_parse(&s->task, text, strlen(text), "f", &q, &s->e);
    free(text);
    return rc < 0 ? rc : task_bind(s->task, NULL, &data, &s->e);
}

/* Up to the third question, after these draws of the first step and one of the
 * second. */
static int ask(struct scene *s, const char *keys, struct out *draw)
{
    static struct out more = { .text = "more" };
    cJSON *row = NULL;
    if (load(s, keys) < 0)
        return s->e.code;
    assert_int_equal(json_parse(&row, row_text, strlen(row_text), &s->e), 0);
    s->trace = (struct trace){ .sample = { .id = "python/0", .subset = "python", .row = row },
                               .turn = s->turn, .mem = &s->mem };
    for (int i = 0; i < 2; i++) {
        assert_int_equal(task_next(s->task, &s->trace, &s->turn[i], &s->e), 1);
        s->turn[i].a = (struct response){ .out = i ? &more : draw, .n_out = i ? 1 : 3 };
        s->trace.n_turn++;
    }
    return task_next(s->task, &s->trace, &s->turn[2], &s->e);
}

static void leave(struct scene *s)
{
    cJSON_Delete((cJSON *)s->trace.sample.row);
    task_free(s->task);
    arena_release(&s->mem);
}

static void test_last_writer(void **state)
{
    (void)state;
    struct scene s;
    struct out draw[3] = { { .text = "a" }, { .text = "b" }, { .text = "c" } };
    assert_int_equal(ask(&s, usual, draw), 1);
    const struct request *q = &s.turn[2].q;
    assert_true(q->role == ROLE_SANDBOX && q->ask == ASK_EXEC && q->raw);
    assert_true(q->n_message == 0 && q->fit == FIT_REFUSE && q->max_prompt == 0);
    assert_int_equal(q->n_out, 1);
    assert_string_equal(q->variant[0], "def f(x):\nmore\n");
    assert_string_equal(q->exec->language, "python");
    assert_string_equal(q->exec->test, "assert f(1) == 1");
    assert_string_equal(q->exec->given, "");
    assert_string_equal(q->exec->entry, "");
    assert_true(q->exec->limit_s == 10 && q->exec->memory_mb == 0);
    assert_int_equal(task_asks(s.task, ROLE_SANDBOX), ASK_EXEC);
    assert_int_equal(task_asks(s.task, ROLE_MODEL), ASK_TEXT);
    s.turn[2].a = (struct response){ .out = draw, .n_out = 1 };
    s.trace.n_turn++;
    struct turn none;
    assert_int_equal(task_next(s.task, &s.trace, &none, &s.e), 0);
    leave(&s);
}

static void test_every_draw(void **state)
{
    (void)state;
    struct scene s;
    struct out draw[3] = { { .text = "Sure!\n```python\n  x\n```" }, { .text = "nothing" },
                           { .text = "```python\ny\n```", .fault = "thinking" } };
    char *keys = xprintf("%s, \"of\": \"code\", \"given\": \"import {{name}}\","
                         " \"entry\": \"{{name}}\", \"limit_s\": 2.5, \"memory_mb\": 99,"
                         " \"clean\": [{\"regex\": \"```python\\\\n([\\\\s\\\\S]*?)\\\\n```\"}]",
                         usual);
    if (ask(&s, keys, draw) != 1)
        fail_msg("%s", s.e.text);
    const struct request *q = &s.turn[2].q;
    assert_int_equal(q->n_out, 3);
    assert_non_null(strstr(q->variant[0], "def f(x):\n"));
    assert_non_null(strstr(q->variant[0], "x\n"));
    assert_null(strstr(q->variant[0], "```"));
    assert_string_equal(q->variant[1], ""); /* no rule finds a program */
    assert_string_equal(q->variant[2], ""); /* the draw holds no answer */
    assert_string_equal(q->exec->given, "import f");
    assert_string_equal(q->exec->entry, "f");
    assert_true(q->exec->limit_s == 2.5 && q->exec->memory_mb == 99);
    free(keys);
    leave(&s);
}

/* Everything that decides a verdict decides the question. */
static void test_question(void **state)
{
    (void)state;
    static const char *const solution[] = { "x", "y" };
    const struct exec base = { .language = "python", .given = "g", .test = "t", .entry = "f",
                               .limit_s = 3, .memory_mb = 64 };
    struct exec other[] = { base, base, base, base, base, base };
    other[0].language = "go";
    other[1].given = "";
    other[2].test = "u";
    other[3].entry = "";
    other[4].limit_s = 3.5;
    other[5].memory_mb = 0;
    struct request q = { .role = ROLE_SANDBOX, .ask = ASK_EXEC, .raw = true, .variant = solution,
                         .n_out = 2, .exec = &base };
    struct strbuf b = STRBUF_INIT;
    char first[65], now[65], prompt[65];
    question_json(&b, &q);
    assert_string_equal(
        b.s, "{\"role\":\"sandbox\",\"ask\":\"exec\",\"raw\":true,\"roll\":false,\"whole\":false,"
             "\"fit\":\"refuse\",\"max_prompt\":0,\"messages\":[],\"n_out\":2,"
             "\"variants\":[\"x\",\"y\"],\"exec\":{\"language\":\"python\",\"given\":\"g\","
             "\"test\":\"t\",\"entry\":\"f\",\"limit_s\":3,\"memory_mb\":64}}");
    strbuf_release(&b);
    question_hash(first, prompt, &q);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        q.exec = &other[i];
        question_hash(now, prompt, &q);
        assert_string_not_equal(now, first);
    }
    q.exec = &base;
    q.n_out = 1;
    question_hash(now, prompt, &q);
    assert_string_not_equal(now, first);
}

static void test_languages(void **state)
{
    (void)state;
    struct scene s;
    const char **language;
    size_t n;
    assert_int_equal(load(&s, usual), 0);
    assert_int_equal(task_languages(&language, &n, s.task, &subsets[1], &s.mem, &s.e), 0);
    assert_int_equal(n, 1);
    assert_string_equal(language[0], "go");
    assert_true(task_languages(&language, &n, s.task, NULL, &s.mem, &s.e) < 0);
    leave(&s);
    assert_int_equal(load(&s, "\"language\": \"{{q}}\", \"solution\": \"x\", \"test\": \"y\""), 0);
    assert_true(task_languages(&language, &n, s.task, &subsets[0], &s.mem, &s.e) < 0);
    assert_non_null(strstr(s.e.text, "f: recipes.one.steps[2].language: unknown field 'q'"));
    leave(&s);
}

static const struct {
    const char *keys, *error;
} wrong[] = {
    { "", "steps[2]: missing key 'language' (sandbox: template of the language's name" },
    { "\"language\": \"python\", \"test\": \"x\"", "steps[2]: missing key 'solution'" },
    { "\"language\": \"python\", \"solution\": \"x\"", "steps[2]: missing key 'test'" },
    { "\"of\": \"cod\"", "of: no step 'cod' before this one writes text (the last that does is "
                         "'more')" },
    { "\"of\": \"run\"", "of: no step 'run' before this one writes text" },
    { "\"limit_s\": 0", "limit_s: no program ends in 0 seconds; leave it out for 10" },
    { "\"prompt\": \"x\"", "prompt: goes with a question, and this one runs programs" },
    { "\"target\": \"x\"", "target: goes with a question, and this one runs programs" },
    { "\"choices\": [\"x\"]", "choices: goes with choices, and this one runs programs" },
    { "\"text\": \"x\"", "text: goes with a text, and this one runs programs" },
    { "\"max_tokens\": 3",
      "max_tokens: goes with a step that writes text, and this one runs programs" },
    { "\"clean\": \"\"", "clean: expected a rule set's name or a list of rules, got text" },
    { "\"clean\": [\"x\"]", "clean[0]: expected an object, got text" },
    { "\"clean\": [{\"regex\": \"(\"}]", "steps[2]: clean[0]: regex:" },
    { "\"given\": \"{{out.x}} {{answer.run}}\"",
      "given: 'answer.run': no step 'run' before this one writes text" },
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct scene s;
        bool alone = i < 3;
        char *keys = xprintf("%s%s%s", alone ? "" : usual, alone ? "" : ", ", wrong[i].keys);
        assert_true(load(&s, keys) < 0);
        if (!strstr(s.e.text, wrong[i].error))
            fail_msg("%s\nnot: %s", s.e.text, wrong[i].error);
        free(keys);
        leave(&s);
    }
}

/* Nothing to run: an earlier step must have written it. */
static void test_no_writer(void **state)
{
    (void)state;
    static const char text[] =
        "{\"task\": \"t\", \"version\": 1, \"lang\": \"en\", \"about\": \"a\", \"dataset\": \"d\","
        " \"split\": \"test\", \"default\": \"one\", \"recipes\": {\"one\": {\"source\": \"s\","
        " \"average\": \"micro\", \"steps\": [{\"name\": \"run\", \"ask\": \"sandbox\","
        " \"language\": \"python\", \"solution\": \"x\", \"test\": \"y\"}],"
        " \"score\": [{\"use\": \"exact\"}]}}}";
    const struct task_query q = { .name = "t", .shots = -1 };
    struct task *t = NULL;
    struct err e = { 0 };
    assert_true(task_parse(&t, text, strlen(text), "f", &q, &e) < 0);
    assert_string_equal(e.text, "f: recipes.one.steps[0].ask: the sandbox runs what an earlier "
                                "step wrote, and none does");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_writer), cmocka_unit_test(test_every_draw),
        cmocka_unit_test(test_question),    cmocka_unit_test(test_languages),
        cmocka_unit_test(test_mistakes),    cmocka_unit_test(test_no_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
