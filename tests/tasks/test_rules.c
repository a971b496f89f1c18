/* Named sets of rules: files, names, and where a recipe names them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "tasks/rules.h"
#include "tasks/task.h"

static const char *const files[] = { "letter.json", "list.json", "other.json", "notes.txt",
                                     "bad.json", "keys.json" };

static void write_set(const char *share, const char *name, const char *text)
{
    struct err e = { 0 };
    char *path = xprintf("%s/tasks/rules/%s", share, name);
    assert_int_equal(file_write_atomic(path, text, strlen(text), &e), 0);
    free(path);
}

static const char letter[] =
    "{\"rules\": \"letter\", \"about\": \"a\", \"source\": \"s\", \"version\": 3,\n"
    " \"extract\": [{\"regex\": \"answer is ([A-D])\"}, {\"regex\": \"^([A-D])\"}]}";

static int make_share(void **state)
{
    struct err e = { 0 };
    char *share = xstrdup("/tmp/evalrun-rules-XXXXXX");
    const char *const text[] = {
        letter,
        "[{\"regex\": \"x\"}]",
        letter,
        "no set",
        "{\"rules\": \"bad\", \"about\": \"a\", \"source\": \"s\", \"version\": 1,"
        " \"extract\": [{\"regex\": \"(\"}]}",
        "{\"rules\": \"keys\", \"about\": \"a\", \"source\": \"s\", \"version\": 1,"
        " \"extracts\": []}",
    };
    assert_non_null(mkdtemp(share));
    char *folder = xprintf("%s/tasks/rules", share);
    assert_int_equal(file_mkdirs(folder, &e), 0);
    free(folder);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        write_set(share, files[i], text[i]);
    *state = share;
    return 0;
}

static int remove_share(void **state)
{
    char *share = *state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = xprintf("%s/tasks/rules/%s", share, files[i]);
        unlink(path);
        free(path);
    }
    static const char *const folders[] = { "/tasks/rules", "/tasks", "" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *path = xprintf("%s%s", share, folders[i]);
        assert_int_equal(rmdir(path), 0);
        free(path);
    }
    free(share);
    return 0;
}

static void test_open(void **state)
{
    const char *share = *state;
    struct rules r;
    struct err e = { 0 };
    char hex[65];
    assert_int_equal(rules_open(&r, share, "letter", &e), 0);
    assert_string_equal(r.name, "letter");
    assert_int_equal(r.version, 3);
    assert_int_equal(cJSON_GetArraySize(r.list), 2);
    sha256_text(hex, letter, strlen(letter));
    assert_string_equal(r.sha256, hex);
    rules_release(&r);
    char *path = xprintf("%s/tasks/rules/list.json", share);
    cJSON *list = NULL;
    assert_int_equal(rules_load(&list, NULL, path, &e), 0); /* a file may hold the list alone */
    assert_int_equal(cJSON_GetArraySize(list), 1);
    cJSON_Delete(list);
    free(path);
}

static const struct {
    const char *name, *error;
} mistakes[] = {
    { "lettr", "unknown rule set 'lettr' (did you mean 'letter'?)" },
    { "something", "unknown rule set 'something' (there are bad, keys, letter, list, other); a "
                   "file's name ends in .json" },
    { "../rules/letter", "unknown rule set" },
    { "other", "tasks/rules/other.json: rules: 'letter' is not the file's name" },
    { "bad", "tasks/rules/bad.json: extract[0]: regex:" },
    { "keys", "tasks/rules/keys.json: extracts: unknown key (did you mean 'extract'?)" },
    { "list", "tasks/rules/list.json: expected an object, got a list" },
    { "/nowhere/x.json", "/nowhere/x.json: " },
};

static void test_mistakes(void **state)
{
    const char *share = *state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct rules r;
        struct err e = { 0 };
        assert_true(rules_open(&r, share, mistakes[i].name, &e) < 0);
        if (!strstr(e.text, mistakes[i].error))
            fail_msg("%s\nnot: %s", e.text, mistakes[i].error);
    }
}

static void test_names(void **state)
{
    const char *share = *state;
    const char **names;
    size_t n;
    struct arena mem = { 0 };
    struct err e = { 0 };
    assert_int_equal(rules_names(&names, &n, share, &mem, &e), 0);
    assert_int_equal(n, 5);
    assert_string_equal(names[2], "letter");
    arena_release(&mem);
}

/* ---- in a recipe */

static const char task_text[] =
    "{\"task\": \"t\", \"version\": 1, \"lang\": \"en\", \"about\": \"a\", \"dataset\": \"d\","
    " \"split\": \"test\", \"default\": \"one\", \"recipes\": {"
    "  \"one\": {\"source\": \"s\", \"average\": \"micro\", \"steps\": ["
    "   {\"name\": \"write\", \"ask\": \"model\", \"prompt\": \"{{q}}\", \"target\": \"{{a}}\"},"
    "   {\"name\": \"run\", \"ask\": \"sandbox\", \"language\": \"python\", \"clean\": \"letter\","
    "    \"solution\": \"{{out}}\", \"test\": \"{{a}}\"}],"
    "   \"score\": [{\"use\": \"exact\", \"extract\": \"letter\"},"
    "               {\"use\": \"exact\", \"name\": \"own\", \"extract\": [{\"regex\": \"x\"}]}]},"
    "  \"two\": {\"source\": \"s\", \"average\": \"micro\", \"steps\": ["
    "   {\"name\": \"write\", \"ask\": \"model\", \"prompt\": \"{{q}}\", \"target\": \"{{a}}\"}],"
    "   \"score\": [{\"use\": \"exact\", \"extract_target\": \"nothing\"}]},"
    "  \"three\": {\"source\": \"s\", \"average\": \"micro\", \"steps\": ["
    "   {\"name\": \"write\", \"ask\": \"model\", \"prompt\": \"{{q}}\", \"target\": \"{{a}}\"}],"
    "   \"score\": [{\"use\": \"exact\"}]}}}";

static int parse(struct task **t, struct task_query q, struct err *e)
{
    q.shots = -1;
    return task_parse(t, task_text, strlen(task_text), "f", &q, e);
}

static void test_resolved(void **state)
{
    const char *share = *state;
    struct task *t = NULL, *again = NULL;
    struct err e = { 0 };
    assert_int_equal(parse(&t, (struct task_query){ .share = share }, &e), 0);
    const struct task_facts *f = task_facts(t);
    assert_int_equal(cJSON_GetArraySize(json_get(f->score->child, "extract")), 2);
    assert_int_equal(cJSON_GetArraySize(f->rules), 2);
    assert_string_equal(json_text(f->rules->child, "at", ""), "steps[1].clean");
    assert_string_equal(json_text(f->rules->child->next, "at", ""), "score[0].extract");
    assert_string_equal(json_text(f->rules->child, "name", ""), "letter");
    assert_int_equal(json_int(f->rules->child, "version", 0), 3);
    assert_int_equal(strlen(json_text(f->rules->child, "sha256", "")), 64);
    assert_non_null(strstr(f->text, "\"clean\": \"letter\"")); /* the file's own bytes */
    /* a stored run's sets are taken as they were, without any shipped one */
    assert_int_equal(parse(&again, (struct task_query){ .rules = f->rules }, &e), 0);
    assert_true(json_equal(task_facts(again)->rules, f->rules));
    assert_true(json_equal(task_facts(again)->score, f->score));
    task_free(again);
    task_free(t);
}

static void test_unresolved(void **state)
{
    const char *share = *state;
    struct task *t = NULL;
    struct err e = { 0 };
    assert_int_equal(parse(&t, (struct task_query){ .share = share, .recipe = "three" }, &e), 0);
    assert_null(task_facts(t)->rules);
    task_free(t);
    assert_true(parse(&t, (struct task_query){ .share = share, .recipe = "two" }, &e) < 0);
    assert_non_null(strstr(e.text, "f: recipes.two: score[0].extract_target: unknown rule set "
                                   "'nothing'"));
    cJSON *none = cJSON_CreateArray();
    e = (struct err){ 0 };
    assert_true(parse(&t, (struct task_query){ .share = share, .rules = none }, &e) < 0);
    assert_string_equal(e.text, "f: recipes.one: steps[1].clean: the run did not keep the rule set "
                                "'letter'");
    cJSON_Delete(none);
    e = (struct err){ 0 };
    assert_true(parse(&t, (struct task_query){ 0 }, &e) < 0);
    assert_non_null(strstr(e.text, "unknown rule set 'letter' (there are none)"));
}

/* ---- the shipped ones */

static void test_shipped(void **state)
{
    (void)state;
    const char **names = NULL, *shipped = getenv("EVALRUN_SHARE");
    size_t n = 0;
    struct arena mem = { 0 };
    struct err e = { 0 };
    if (rules_names(&names, &n, shipped, &mem, &e) < 0)
        fail_msg("%s", e.text);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        struct rules r;
        if (rules_open(&r, shipped, names[i], &e) < 0)
            fail_msg("%s", e.text);
        assert_true(*r.about && *r.source && r.version > 0);
        rules_release(&r);
    }
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),       cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_resolved),
        cmocka_unit_test(test_unresolved), cmocka_unit_test(test_shipped),
    };
    return cmocka_run_group_tests(tests, make_share, remove_share);
}
