/* A task over hand-made rows: what is asked, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/task.h"

static const char file[] =
    "{\"task\": \"t\", \"version\": 3, \"lang\": \"en\", \"about\": \"a\", \"dataset\": \"d\",\n"
    " \"split\": \"test\", \"default\": \"one\", \"recipes\": {\n"
    "  \"one\": {\"source\": \"s\", \"average\": \"macro\", \"delimiter\": \" \",\n"
    "   \"fit\": {\"rule\": \"cut_left\"}, \"categories\": {\"s\": [\"y\"]},\n"
    "   \"steps\": [\n"
    "    {\"name\": \"answer\", \"ask\": \"model\", \"header\": \"On {{subset.title}}.\\n\",\n"
    "     \"prompt\": [\"{{q}}\", \"A:\"], \"choices\": [\"{{x}}\", \"{{y}}\"],\n"
    "     \"target\": \"{{a}}\"},\n"
    "    {\"name\": \"again\", \"ask\": \"model\", \"prompt\": \"{{q}}?\", \"whole\": true,\n"
    "     \"choices\": [\"{{x}}\", \"{{y}}\"], \"target\": \"{{a}}\"}],\n"
    "   \"score\": [{\"use\": \"choice\", \"show\": [\"acc\"]}]} } }\n";

static const struct subset subset = { .name = "s", .title_en = "things", .title_zh = "物",
                                      .n = 2, .n_asked = 2 };
static const struct dataset_facts data = { .name = "d", .split = "test", .subset = &subset,
                                           .n_subset = 1, .n = 2 };

struct scene {
    struct task *task;
    struct arena mem;
    cJSON *row;
    struct trace trace;
    struct turn turn[3];
    struct err e;
};

static void open_task(struct scene *s, const char *text, const struct task_query *q,
                      const char *row)
{
    *s = (struct scene){ 0 };
    if (task_parse(&s->task, text, strlen(text), "f.json", q, &s->e) < 0)
        fail_msg("%s", s->e.text);
    assert_int_equal(task_bind(s->task, NULL, &data, &s->e), 0);
    assert_int_equal(json_parse(&s->row, row, strlen(row), &s->e), 0);
    s->trace = (struct trace){ .sample = { "s/test/0", "s", 0, 0, s->row },
                               .turn = s->turn, .mem = &s->mem };
}

static void open_scene(struct scene *s, const struct task_query *q, const char *row)
{
    open_task(s, file, q, row);
}

static int next(struct scene *s)
{
    return task_next(s->task, &s->trace, &s->turn[s->trace.n_turn], &s->e);
}

static void close_scene(struct scene *s)
{
    task_free(s->task);
    arena_release(&s->mem);
    cJSON_Delete(s->row);
}

static const char row[] = "{\"q\": \"Which?\", \"x\": \"this\", \"y\": \"那\", \"a\": \"那\"}";
static const struct task_query usual = { .name = "t", .shots = -1 };

static void test_steps(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s, &usual, row);
    assert_int_equal(next(&s), 1);
    const struct turn *t = &s.turn[0];
    assert_string_equal(t->step, "answer");
    assert_int_equal(t->q.n_message, 2);
    assert_string_equal(t->q.message[0].text, "On things.\n");
    assert_int_equal(t->q.message[0].piece, PIECE_HEADER);
    assert_string_equal(t->q.message[1].text, "Which?\nA:");
    assert_int_equal(t->q.message[1].piece, PIECE_QUESTION);
    assert_int_equal(t->q.n_out, 2);
    assert_string_equal(t->q.variant[1], " 那");
    assert_string_equal(t->label[1], "那");
    assert_int_equal(t->n_gold, 1);
    assert_int_equal(t->gold[0], 1);
    assert_string_equal(t->target[0], "那");
    assert_true(t->q.raw && !t->q.whole && t->q.fit == FIT_CUT_LEFT && t->q.ask == ASK_LOGLIK);
    assert_int_equal(strlen(t->question), 64);
    assert_int_equal(strlen(t->prompt), 64);
    s.trace.n_turn = 1;
    assert_int_equal(next(&s), 1);
    assert_string_equal(s.turn[1].step, "again");
    assert_true(s.turn[1].q.whole);
    assert_int_equal(s.turn[1].q.n_message, 1);
    s.trace.n_turn = 2;
    assert_int_equal(next(&s), 0);
    close_scene(&s);
}

static void test_failed_turn_ends(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s, &usual, row);
    assert_int_equal(next(&s), 1);
    s.turn[0].a.failed = "too_long";
    s.trace.n_turn = 1;
    assert_int_equal(next(&s), 0);
    close_scene(&s);
}

/* The same trace gives the same question, whatever was asked before. */
static void test_pure(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s, &usual, row);
    assert_int_equal(next(&s), 1);
    struct turn first = s.turn[0];
    s.trace.sample.index = 77;
    assert_int_equal(next(&s), 1);
    assert_string_equal(first.question, s.turn[0].question);
    assert_string_equal(first.prompt, s.turn[0].prompt);
    close_scene(&s);
}

static void test_chat(void **state)
{
    (void)state;
    struct scene s;
    const struct task_query q = { .name = "t", .shots = -1, .chat = CHAT_ON };
    open_scene(&s, &q, row);
    assert_true(task_facts(s.task)->chat);
    assert_int_equal(next(&s), 1);
    assert_false(s.turn[0].q.raw);
    assert_int_equal(s.turn[0].q.message[0].who, SPEAKER_USER);
    assert_string_equal(s.turn[0].q.variant[0], "this");
    close_scene(&s);
}

static const struct {
    const char *row, *error;
} bad_rows[] = {
    { "{\"q\": \"Which?\", \"x\": \"a\", \"y\": \"b\", \"a\": \"c\"}",
      "f.json: row s/test/0: recipes.one.steps[0].target: answer 'c' is none of the choices "
      "a, b" },
    { "{\"q\": \"Which?\", \"x\": \"a\", \"y\": \"b\", \"a\": \"\"}",
      "f.json: row s/test/0: recipes.one.steps[0].target: answer '' is none of the choices "
      "a, b" },
    { "{\"question\": \"Which?\", \"x\": \"a\", \"y\": \"b\", \"a\": \"b\"}",
      "f.json: row s/test/0: recipes.one.steps[0].prompt: unknown field 'q' "
      "(row has question, x, y, a)" },
    { "{\"q\": \"Which?\", \"x\": \"a\", \"y\": null, \"a\": \"b\"}",
      "f.json: row s/test/0: recipes.one.steps[0].choices[1]: field 'y' is null, not text, a "
      "number, true or false" },
};

static void test_bad_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
        struct scene s;
        open_scene(&s, &usual, bad_rows[i].row);
        assert_int_equal(next(&s), ERR_INPUT);
        assert_string_equal(s.e.text, bad_rows[i].error);
        close_scene(&s);
    }
}

/* A step that speaks of what an earlier one wrote, and of the recipe's words. */
static const char two_steps[] =
    "{\"task\": \"t\", \"version\": 1, \"lang\": \"en\", \"about\": \"a\", \"dataset\": \"d\",\n"
    " \"split\": \"test\", \"default\": \"one\", \"pair\": \"p\", \"recipes\": {\n"
    "  \"one\": {\"source\": \"s\", \"average\": \"macro\", \"split\": \"val\",\n"
    "   \"subsets\": [\"s\", \"u\"],\n"
    "   \"words\": {\"so\": {\"of\": \"a\", \"is\": {\"那\": \"therefore\"}}},\n"
    "   \"steps\": [\n"
    "    {\"name\": \"think\", \"ask\": \"model\", \"prompt\": \"{{q}}\", \"target\": \"\"},\n"
    "    {\"name\": \"choose\", \"ask\": \"model\", \"choices\": [\"{{x}}\", \"{{y}}\"],\n"
    "     \"prompt\": \"{{q}} {{answer.think}}, {{word.so}}\", \"target\": \"{{a}}\"}],\n"
    "   \"score\": [{\"use\": \"choice\"}]} } }\n";

static void test_two_steps(void **state)
{
    (void)state;
    struct scene s;
    struct out out = { .text = "Hm" };
    open_task(&s, two_steps, &usual, row);
    const struct task_facts *f = task_facts(s.task);
    assert_string_equal(f->split, "val");
    assert_string_equal(f->pair, "p");
    assert_int_equal(f->n_subset, 2);
    assert_string_equal(f->subset[1], "u");
    assert_int_equal(task_asks(s.task, ROLE_MODEL), ASK_TEXT | ASK_LOGLIK);
    assert_int_equal(next(&s), 1);
    s.turn[0].a = (struct response){ .out = &out, .n_out = 1 };
    s.trace.n_turn = 1;
    assert_int_equal(next(&s), 1);
    assert_string_equal(s.turn[1].q.message[0].text, "Which? Hm, therefore");
    close_scene(&s);
}

static void test_facts(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s, &usual, row);
    const struct task_facts *f = task_facts(s.task);
    assert_string_equal(f->name, "t");
    assert_string_equal(f->recipe, "one");
    assert_int_equal(f->version, 3);
    assert_int_equal(f->shots, 0);
    assert_null(f->shot_split);
    assert_int_equal(f->average, AVERAGE_MACRO);
    assert_string_equal(f->text, file);
    assert_null(f->pair);
    assert_null(f->subset);
    assert_string_equal(f->split, "test");
    assert_int_equal(f->permute, 0);
    assert_false(f->contamination);
    assert_int_equal(strlen(f->sha256), 64);
    assert_int_equal(cJSON_GetArraySize(f->score), 1);
    assert_non_null(json_get(f->categories, "s"));
    assert_int_equal(task_asks(s.task, ROLE_MODEL), ASK_LOGLIK);
    assert_int_equal(task_asks(s.task, ROLE_JUDGE), 0);
    close_scene(&s);
    task_free(NULL);
}

static void test_no_shots_to_take(void **state)
{
    (void)state;
    struct task *t = NULL;
    struct err e = { 0 };
    const struct task_query q = { .name = "t", .shots = 5 }, none = { .name = "t", .shots = 0 };
    assert_int_equal(task_parse(&t, file, strlen(file), "f.json", &q, &e), ERR_USAGE);
    assert_string_equal(e.text, "f.json: recipe 'one' takes no shots (--shots 5)");
    assert_int_equal(task_parse(&t, file, strlen(file), "f.json", &none, &e), 0);
    task_free(t);
}

static void test_unknown_names(void **state)
{
    (void)state;
    struct task *t = NULL;
    struct err e = { 0 };
    struct task_query q = { .name = "cmlu", .shots = -1 };
    const char *share = getenv("EVALRUN_SHARE");
    assert_non_null(share);
    assert_int_equal(task_load(&t, share, &q, &e), ERR_USAGE);
    assert_string_equal(e.text, "unknown task 'cmlu' (did you mean 'cmmlu'? "
                                "`evalrun list tasks` names all)");
    q = (struct task_query){ .name = "../zh/cmmlu", .shots = -1 };
    assert_int_equal(task_load(&t, share, &q, &e), ERR_USAGE);
    q = (struct task_query){ .name = "cmmlu", .recipe = "lmeval", .shots = -1 };
    assert_int_equal(task_load(&t, share, &q, &e), ERR_USAGE);
    assert_string_equal(e.text, "tasks/zh/cmmlu.json: unknown recipe 'lmeval' (did you mean "
                                "'lm-eval'? it has original, lm-eval, opencompass-ppl, gen, "
                                "opencompass-cot, original-chat)");
    q = (struct task_query){ .name = "/nowhere/x.json", .shots = -1 };
    assert_true(task_load(&t, share, &q, &e) < 0);
    assert_non_null(strstr(e.text, "/nowhere/x.json"));
}

static void test_shelf(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct err e = { 0 };
    const char **names;
    size_t n;
    const char *share = getenv("EVALRUN_SHARE");
    assert_int_equal(task_names(&names, &n, share, &mem, &e), 0);
    assert_true(n >= 2);
    for (size_t i = 1; i < n; i++)
        assert_true(strcmp(names[i - 1], names[i]) < 0);
    assert_int_equal(task_recipes(&names, &n, share, "cmmlu", &mem, &e), 0);
    assert_int_equal(n, 6);
    assert_string_equal(names[0], "original");
    assert_string_equal(names[2], "opencompass-ppl");
    assert_string_equal(names[5], "original-chat");
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),          cmocka_unit_test(test_failed_turn_ends),
        cmocka_unit_test(test_pure),           cmocka_unit_test(test_chat),
        cmocka_unit_test(test_bad_rows),       cmocka_unit_test(test_facts),
        cmocka_unit_test(test_no_shots_to_take), cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_shelf),          cmocka_unit_test(test_two_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
