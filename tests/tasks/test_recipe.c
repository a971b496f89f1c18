/* Task files as their authors get them wrong: every complaint, word for word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tasks/recipe.h"
#include "tasks/task.h"

static const char good[] =
    "{\"task\": \"t\", \"version\": 3, \"lang\": \"en\", \"about\": \"a\", \"dataset\": \"d\",\n"
    " \"split\": \"test\", \"default\": \"one\", \"recipes\": {\n"
    "  \"one\": {\"source\": \"s\", \"average\": \"macro\", \"delimiter\": \" \",\n"
    "   \"shots\": {\"n\": 2, \"split\": \"dev\", \"pick\": \"first\", \"same\": \"subset\"},\n"
    "   \"fit\": {\"rule\": \"drop_last_shots\", \"max_tokens\": 99},\n"
    "   \"categories\": {\"x\": [\"y\", \"z\"]},\n"
    "   \"steps\": [{\"name\": \"answer\", \"ask\": \"model\", \"prompt\": [\"{{q}}\", \"A:\"],\n"
    "    \"choices\": [\"A\", \"B\"], \"target\": \"{{a}}\"}],\n"
    "   \"score\": [{\"use\": \"choice\", \"extra\": 1}]},\n"
    "  \"two\": {\"source\": \"s\", \"average\": \"micro\", \"chat\": true,\n"
    "   \"steps\": [{\"name\": \"answer\", \"ask\": \"model\", \"prompt\": \"{{q}}\",\n"
    "    \"header\": \"h\", \"choices\": [\"A\"], \"target\": \"A\", \"whole\": true}],\n"
    "   \"score\": [{\"use\": \"choice\", \"show\": [\"acc\"]}]} } }\n";

static const struct task_query usual = { .name = "t", .shots = -1 };

/* The text with one piece replaced; heap. */
static char *edited(const char *from, const char *to)
{
    struct strbuf b = STRBUF_INIT;
    const char *at = strstr(good, from);
    assert_non_null(at);
    strbuf_add(&b, good, (size_t)(at - good));
    strbuf_puts(&b, to);
    strbuf_puts(&b, at + strlen(from));
    return strbuf_take(&b);
}

static const struct {
    const char *from, *to, *error;
} mistakes[] = {
    { "\"task\"", "\"taks\"", "f.json: taks: unknown key (did you mean 'task'?)" },
    { "\"version\": 3", "\"version\": \"3\"",
      "f.json: version: expected a whole number, got text" },
    { "\"lang\": \"en\"", "\"lang\": \"fr\"", "f.json: lang: 'fr' is none of zh|en" },
    { "\"split\": \"test\", ", "", "f.json: missing key 'split' (the split whose rows are the "
                                   "questions)" },
    { "\"default\": \"one\"", "\"default\": \"onne\"",
      "f.json: default: unknown recipe 'onne' (did you mean 'one'? it has one, two)" },
    { "\"prompt\"", "\"promt\"",
      "f.json: recipes.one.steps[0].promt: unknown key (did you mean 'prompt'?)" },
    { "\"prompt\": [\"{{q}}\", \"A:\"],", "",
      "f.json: recipes.one.steps[0]: missing key 'prompt' (template of the question; "
      "needed, but with `text` there is none)" },
    { "\"ask\": \"model\"", "\"ask\": \"judge\"",
      "f.json: recipes.one.steps[0].ask: 'judge' is none of model|sandbox" },
    { "\"choices\": [\"A\", \"B\"]", "\"choices\": []",
      "f.json: recipes.one.steps[0].choices: expected a list of texts, got an empty list" },
    { "\"average\": \"macro\"", "\"average\": \"mikro\"",
      "f.json: recipes.one.average: 'mikro' is none of micro|macro" },
    { "\"n\": 2", "\"n\": -2",
      "f.json: recipes.one.shots.n: -2 is not a whole number from 0 to 1000000000" },
    { "\"pick\": \"first\"", "\"pick\": \"random\"",
      "f.json: recipes.one.shots.pick: 'random' is none of first|lm-eval" },
    { "\"same\": \"subset\"", "\"same\": \"any\"",
      "f.json: recipes.one.shots.same: 'any' is none of subset|all" },
    { "\"n\": 2", "\"seed\": 3, \"n\": 2",
      "f.json: recipes.one.shots.seed: goes with pick 'lm-eval'" },
    { "\"two\"", "\"two@3\"",
      "f.json: recipes.two@3: a name has no '@', which says with what seed shots are drawn" },
    { "\"chat\": true", "\"words\": {\"w\": {\"of\": \"x\"}}",
      "f.json: recipes.two.words.w: missing key 'is' (the word for each value that may stand "
      "there)" },
    { "\"chat\": true", "\"words\": {\"w\": {\"of\": \"x\", \"is\": {\"a\": 1}}}",
      "f.json: recipes.two.words.w.is.a: expected text, got a number" },
    { "\"chat\": true", "\"subsets\": \"x\"",
      "f.json: recipes.two.subsets: expected a list of texts, got text" },
    { "\"rule\": \"drop_last_shots\"", "\"rule\": \"cut\"",
      "f.json: recipes.one.fit.rule: 'cut' is none of "
      "refuse|drop_last_shots|drop_longest_shots|cut_left" },
    { "\"use\"", "\"used\"", "f.json: recipes.one.score[0]: missing key 'use' (the scorer; see "
                             "`evalrun list scorers`)" },
    { "\"chat\": true", "\"chat\": 1",
      "f.json: recipes.two.chat: expected true or false, got a number" },
    { "{{q}}\", \"A:\"", "{{q\", \"A:\"",
      "f.json: recipes.one.steps[0].prompt: '{{' without '}}'" },
    { "{{a}}", "{{a|strap}}",
      "f.json: recipes.one.steps[0].target: unknown filter 'strap' (did you mean 'strip'?)" },
    { "\"B\"", "\"{{}}\"", "f.json: recipes.one.steps[0].choices[1]: '{{' without a name" },
    { " \"split\": \"test\"", " \"split\": \"a\", \"split\": \"test\"",
      "f.json: key 'split' appears twice in one object" },
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        char *text = edited(mistakes[i].from, mistakes[i].to);
        struct task *t = NULL;
        struct err e = { 0 };
        int rc = task_parse(&t, text, strlen(text), "f.json", &usual, &e);
        assert_int_equal(rc, ERR_INPUT);
        assert_string_equal(e.text, mistakes[i].error);
        assert_null(t);
        free(text);
    }
}

static void test_no_json(void **state)
{
    (void)state;
    struct task *t = NULL;
    struct err e = { 0 };
    assert_int_equal(task_parse(&t, "{", 1, "f.json", &usual, &e), ERR_INPUT);
    assert_memory_equal(e.text, "f.json: line 1, column 2", 24);
}

static cJSON *good_tree(void)
{
    struct err e = { 0 };
    cJSON *tree;
    assert_int_equal(json_parse(&tree, good, strlen(good), &e), 0);
    assert_int_equal(recipe_check(tree, &e), 0);
    return tree;
}

static void test_read(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct arena mem = { 0 };
    struct recipe r;
    cJSON *tree = good_tree();
    assert_int_equal(recipe_read(&r, tree, &(struct recipe_query){ 0 }, &mem, &e), 0);
    assert_string_equal(r.name, "one");
    assert_int_equal(r.average, AVERAGE_MACRO);
    assert_int_equal(r.fit, FIT_DROP_LAST_SHOTS);
    assert_int_equal(r.max_prompt, 99);
    assert_false(r.chat);
    assert_true(r.has_shots);
    assert_int_equal(r.shots.n, 2);
    assert_string_equal(r.shots.split, "dev");
    assert_string_equal(r.delimiter, " ");
    assert_string_equal(r.shot_separator, "\n\n");
    assert_int_equal(r.n_step, 1);
    assert_ptr_equal(r.step->shot, r.step->prompt);
    assert_null(r.step->header);
    assert_int_equal(r.step->n_choice, 2);
    assert_non_null(json_get(r.categories, "x"));
    assert_true(strcmp(r.split, "test") == 0 && !r.shots.own && !r.shots.spare);
    assert_int_equal(recipe_read(&r, tree, &(struct recipe_query){ .split = "dev" }, &mem, &e), 0);
    assert_true(strcmp(r.split, "dev") == 0 && r.shots.own && r.shots.spare);
    assert_int_equal(recipe_read(&r, tree, &(struct recipe_query){ .name = "two" }, &mem, &e), 0);
    assert_true(r.chat && r.step->whole && !r.has_shots && !r.categories);
    assert_int_equal(r.fit, FIT_REFUSE);
    assert_string_equal(r.delimiter, "");
    assert_int_equal(recipe_read(&r, tree, &(struct recipe_query){ .name = "tow" }, &mem, &e),
                     ERR_USAGE);
    assert_string_equal(e.text, "unknown recipe 'tow' (did you mean 'two'? it has one, two)");
    cJSON_Delete(tree);
    arena_release(&mem);
}

/* ---- seeds behind a recipe's name */

static struct recipe named(cJSON *tree, const char *name, struct arena *mem)
{
    struct recipe r;
    struct err e = { 0 };
    if (recipe_read(&r, tree, &(struct recipe_query){ .name = name }, mem, &e) < 0)
        fail_msg("%s", e.text);
    return r;
}

static void test_shots(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    char *text = edited("\"pick\": \"first\", \"same\": \"subset\"",
                        "\"pick\": \"lm-eval\", \"same\": \"all\"");
    struct err e = { 0 };
    cJSON *first = good_tree(), *drawn = NULL;
    assert_int_equal(json_parse(&drawn, text, strlen(text), &e), 0);
    struct recipe r = named(first, "one", &mem);
    assert_true(r.shots.pick == SHOT_FIRST && !r.shots.same_all && !r.shots.spare);
    r = named(first, "one@7", &mem);
    assert_string_equal(r.name, "one@7");
    assert_true(r.shots.pick == SHOT_DRAWN && r.shots.seed == 7);
    r = named(drawn, "one", &mem);
    assert_true(r.shots.pick == SHOT_LM_EVAL && r.shots.seed == 1234 && r.shots.same_all);
    r = named(drawn, "@9007199254740992", &mem); /* of the default recipe */
    assert_string_equal(r.name, "one@9007199254740992");
    assert_true(r.shots.pick == SHOT_LM_EVAL && r.shots.seed == UINT64_C(1) << 53);
    cJSON_Delete(first);
    cJSON_Delete(drawn);
    arena_release(&mem);
    free(text);
}

/* Shots from the question's own split leave one place for the question itself. */
static void test_own_split(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    char *text = edited("\"split\": \"dev\"", "\"split\": \"test\"");
    struct err e = { 0 };
    cJSON *tree = NULL;
    assert_int_equal(json_parse(&tree, text, strlen(text), &e), 0);
    struct recipe r = named(tree, "one", &mem);
    assert_true(r.shots.own && r.shots.spare);
    cJSON_Delete(tree);
    arena_release(&mem);
    free(text);
}

static const struct {
    const char *recipe;
    int shots;
    const char *error;
} seeds[] = {
    { "one@", -1, "recipe 'one@': behind '@' a whole number up to 2^53 is wanted" },
    { "one@x", -1, "recipe 'one@x': behind '@' a whole number up to 2^53 is wanted" },
    { "one@-1", -1, "recipe 'one@-1': behind '@' a whole number up to 2^53 is wanted" },
    { "one@1@2", -1, "recipe 'one@1@2': behind '@' a whole number up to 2^53 is wanted" },
    { "one@9007199254740993", -1,
      "recipe 'one@9007199254740993': behind '@' a whole number up to 2^53 is wanted" },
    { "onne@1", -1, "unknown recipe 'onne' (did you mean 'one'? it has one, two)" },
    { "two@1", -1,
      "recipe 'two' takes no shots, so there is nothing to draw with seed 1" },
    { "one@1", 0,
      "recipe 'one@1' has 0 shots, so there is nothing to draw; --shots N asks for some" },
};

static void test_seeds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        const struct task_query q = { .name = "t", .recipe = seeds[i].recipe,
                                      .shots = seeds[i].shots };
        struct task *t = NULL;
        struct err e = { 0 };
        char *want = xprintf("f.json: %s", seeds[i].error);
        assert_int_equal(task_parse(&t, good, strlen(good), "f.json", &q, &e), ERR_USAGE);
        assert_string_equal(e.text, want);
        free(want);
    }
}

/* docs/task-format.md is the program's own output. */
static void test_docs(void **state)
{
    (void)state;
    struct strbuf said = STRBUF_INIT, kept = STRBUF_INIT;
    struct err e = { 0 };
    task_describe_keys(&said);
    if (*state) {
        assert_int_equal(file_write_atomic("docs/task-format.md", said.s, said.len, &e), 0);
    } else {
        assert_int_equal(file_read(&kept, "docs/task-format.md", 1 << 20, &e), 0);
        assert_string_equal(kept.s, said.s);
    }
    strbuf_release(&said);
    strbuf_release(&kept);
}

int main(int argc, char **argv)
{
    bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_no_json),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_shots),
        cmocka_unit_test(test_own_split),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test_prestate(test_docs, update ? &update : NULL),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
