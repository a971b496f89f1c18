/* Steps that write text with several right answers, with options, and with a
 * message of the system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/task.h"

static const struct dataset_facts data = { .name = "d", .split = "test", .n = 2 };

static const char row_text[] =
    "{\"id\": \"test/0\", \"q\": \"Q?\", \"a\": \"one\", \"n\": 7, \"nil\": null,"
    " \"answers\": [{\"text\": \"x\"}, {\"text\": \"y\"}, {\"text\": \"x\"}],"
    " \"none\": [], \"texts\": {\"text\": [\"u\", \"v\"]},"
    " \"opts\": [{\"t\": \"red\"}, {\"t\": \"blue\"}]}";

struct scene {
    struct task *task;
    struct sample sample;
    struct trace trace;
    struct turn turn;
    struct arena mem;
    struct err e;
};

/* The first question of a task whose one step has these keys besides a prompt. */
static int ask(struct scene *s, const char *keys, const char *recipe, enum chat_mode chat)
{
    *s = (struct scene){ 0 };
    char *text = xprintf("{\"task\": \"t\", \"version\": 1, \"lang\": \"en\", \"about\": \"a\","
                         " \"dataset\": \"d\", \"split\": \"test\", \"default\": \"one\","
                         " \"recipes\": {\"one\": {\"source\": \"s\", \"average\": \"micro\", %s"
                         "  \"steps\": [{\"name\": \"w\", \"ask\": \"model\","
                         "   \"prompt\": \"{{q}}\", %s}],"
                         "  \"score\": [{\"use\": \"exact\"}]}}}", recipe, keys);
    const struct task_query q = { .name = "t", .shots = -1, .chat = chat };
    int rc = task_parse(&s->task, text, strlen(text), "f", &q, &s->e);
    free(text);
    if (rc < 0 || (rc = task_bind(s->task, NULL, &data, &s->e)) < 0)
        return rc;
    cJSON *row = NULL;
    assert_int_equal(json_parse(&row, row_text, strlen(row_text), &s->e), 0);
    s->trace = (struct trace){ .sample = { .id = "test/0", .subset = "", .row = row },
                               .mem = &s->mem };
    return task_next(s->task, &s->trace, &s->turn, &s->e);
}

static void leave(struct scene *s)
{
    cJSON_Delete((cJSON *)s->trace.sample.row);
    task_free(s->task);
    arena_release(&s->mem);
}

static const struct {
    const char *keys;
    const char *target[5]; /* NULL-ended */
} right[] = {
    { "\"target\": \"{{a}}!\"", { "one!" } },
    { "\"targets\": [\"a\"]", { "one" } },
    { "\"targets\": [\"answers.*.text\"]", { "x", "y", "x" } },
    { "\"targets\": [\"texts.text.*\", \"a\"]", { "u", "v", "one" } },
    { "\"targets\": [\"n\", \"answers.1.text\"]", { "7", "y" } },
    { "\"targets\": [\"lacking?\", \"nil?\", \"a\", \"answers.*.other?\"]", { "one" } },
    { "\"targets\": [\"none.*\"], \"target_missing\": \"empty\"", { "" } },
    { "\"targets\": [\"none.*\", \"a\"], \"target_missing\": \"empty\"", { "one" } },
    { "\"targets\": [\"texts\", \"opts.*\"]",
      { "{\"text\":[\"u\",\"v\"]}", "{\"t\":\"red\"}", "{\"t\":\"blue\"}" } },
    { "\"targets\": [\"texts\", \"answers.0\"]",
      { "{\"text\":[\"u\",\"v\"]}", "{\"text\":\"x\"}" } },
    /* a target beside them is what a shot would be answered */
    { "\"targets\": [\"a\"], \"target\": \"{{n}}\"", { "one" } },
};

static void test_targets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct scene s;
        size_t n = 0;
        if (ask(&s, right[i].keys, "", CHAT_RECIPE) != 1)
            fail_msg("%s: %s", right[i].keys, s.e.text);
        while (right[i].target[n])
            n++;
        assert_int_equal(s.turn.n_target, n);
        for (size_t k = 0; k < n; k++)
            assert_string_equal(s.turn.target[k], right[i].target[k]);
        assert_null(s.turn.option);
        leave(&s);
    }
}

static const struct {
    const char *keys, *error;
} wrong[] = {
    { "\"targets\": [\"none.*\"]",
      "f: row test/0: recipes.one.steps[0].targets: there is no right answer; where that is meant, "
      "target_missing is 'empty'" },
    { "\"targets\": [\"a\", \"lacking\"]",
      "recipes.one.steps[0].targets[1]: unknown field 'lacking' (row has " },
    { "\"targets\": [\"answers\"]",
      "steps[0].targets[0]: field 'answers' is a list, not text, a number, true or false" },
    { "\"targets\": [\"nil\"]", "targets[0]: field 'nil' is null" },
    { "\"targets\": [\"\"]", "f: recipes.one.steps[0].targets[0]: a path is wanted" },
    { "\"target\": \"x\", \"target_missing\": \"empty\"",
      "target_missing: goes with the key 'targets'" },
    { "\"targets\": [\"a\"], \"target_missing\": \"wrong\"",
      "target_missing: 'wrong' is none of error|empty" },
    { "\"targets\": [\"a\"], \"choices\": [\"A\"]",
      "targets: goes with a step that writes text, and this one has choices" },
    { "\"target\": \"A\", \"options\": [\"A\"], \"choices\": [\"A\"]",
      "options: goes with a step that writes text, and this one has choices" },
    { "\"target\": \"A\", \"each\": \"opts\", \"options\": [\"{{.t}}\", \"B\"]",
      "options: with 'each' there is one template for all options" },
    { "\"target\": \"A\", \"options\": [\"{{.t}}\"]",
      "options[0]: '.t' stands for an option; it needs the key 'each'" },
    { "\"target\": \"A\", \"options\": [\"{{lacking}}\"]", "options[0]: unknown field 'lacking'" },
    { "\"target\": \"A\", \"limit_s\": 3",
      "limit_s: goes with a step that asks the sandbox, and this one asks the model" },
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct scene s;
        assert_true(ask(&s, wrong[i].keys, "", CHAT_RECIPE) < 0);
        if (!strstr(s.e.text, wrong[i].error))
            fail_msg("%s\nnot: %s", s.e.text, wrong[i].error);
        leave(&s);
    }
}

static void test_options(void **state)
{
    (void)state;
    struct scene s;
    char alone[65];
    assert_int_equal(ask(&s, "\"target\": \"A\"", "", CHAT_RECIPE), 1);
    memcpy(alone, s.turn.question, sizeof alone);
    leave(&s);
    assert_int_equal(ask(&s, "\"target\": \"A\", \"options\": [\"{{a}}\", \"{{option.letter}}\"]",
                         "", CHAT_RECIPE), 1);
    assert_int_equal(s.turn.n_option, 2);
    assert_string_equal(s.turn.option[0], "one");
    assert_string_equal(s.turn.option[1], "B");
    assert_string_equal(s.turn.question, alone); /* they are not asked */
    leave(&s);
    assert_int_equal(ask(&s, "\"target\": \"A\", \"each\": \"opts\", \"options\": [\"{{.t}}\"],"
                             "\"option\": \"{{option.letter}}. {{.t}}\","
                             "\"header\": \"{{option.lines}}\\n\"", "", CHAT_RECIPE), 1);
    assert_int_equal(s.turn.n_option, 2);
    assert_string_equal(s.turn.option[1], "blue");
    assert_string_equal(s.turn.q.message[0].text, "A. red\nB. blue\n");
    leave(&s);
}

static void test_system(void **state)
{
    (void)state;
    struct scene s;
    const char *keys = "\"target\": \"A\", \"header\": \"H \", \"system\": \"You know {{n}}.\"";
    assert_int_equal(ask(&s, keys, "\"chat\": true, ", CHAT_RECIPE), 1);
    assert_int_equal(s.turn.q.n_message, 3);
    assert_int_equal(s.turn.q.message[0].who, SPEAKER_SYSTEM);
    assert_string_equal(s.turn.q.message[0].text, "You know 7.");
    assert_int_equal(s.turn.q.message[1].who, SPEAKER_USER);
    leave(&s);
    assert_int_equal(ask(&s, keys, "", CHAT_RECIPE), ERR_USAGE);
    assert_string_equal(s.e.text, "f: recipe 'one' has a message of the system, which needs the "
                                  "chat template (--chat)");
    leave(&s);
    assert_int_equal(ask(&s, keys, "\"chat\": true, ", CHAT_OFF), ERR_USAGE);
    leave(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets), cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_options), cmocka_unit_test(test_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
