/* The segmenter's files: found in the cache, absent, or not jieba's own. */
#include "tests/base/scratch.h"

#include "scorers/equipment.h"
#include "scorers/segmenter.h"

static const char debian[] = "/usr/lib/python3/dist-packages/jieba/dict.txt";

struct rule_of {
    const struct scorer_type *type;
    void *rule;
};

static struct rule_of compile(const char *use)
{
    struct rule_of r = { .type = scorer_find(use) };
    struct err e;
    cJSON *spec = cJSON_CreateObject();
    assert_non_null(r.type);
    cJSON_AddStringToObject(spec, "use", use);
    assert_int_equal(r.type->compile(&r.rule, spec, &e), 0);
    cJSON_Delete(spec);
    return r;
}

static int equip_scorer(struct err *e, const char *use)
{
    struct equipment q = { 0 };
    struct rule_of r = compile(use);
    int rc = equip(&q, r.type, r.rule, e);
    r.type->free(r.rule);
    equipment_release(&q);
    return rc;
}

static void absent(void **state)
{
    struct err e;
    if (file_exists(debian))
        skip();
    setenv("XDG_CACHE_HOME", *state, 1);
    assert_int_equal(equip_scorer(&e, "rouge[zh-jieba]"), ERR_INPUT);
    char *want = xprintf("rouge[zh-jieba] cuts Chinese into words with jieba's dictionary, which "
                         "is not at %s/evalrun/jieba-0.42.1; get it with scripts/setup.sh "
                         "--jieba", (const char *)*state);
    assert_string_equal(e.text, want);
    free(want);
}

/* A scorer that cuts nothing wants nothing. */
static void not_wanted(void **state)
{
    struct err e;
    setenv("XDG_CACHE_HOME", *state, 1);
    assert_int_equal(equip_scorer(&e, "rouge[zh-char]"), 0);
    assert_int_equal(equip_scorer(&e, "exact"), 0);
}

static void copy_file(const char *dir, const char *name)
{
    struct strbuf text = STRBUF_INIT;
    struct err e;
    char *from = xprintf("tests/cases/jieba/%s", name), *to = xprintf("%s/%s", dir, name);
    assert_int_equal(file_read(&text, from, 1 << 20, &e), 0);
    write_bytes(to, text.s, text.len);
    strbuf_release(&text);
    free(from);
    free(to);
}

/* By other words figures would be other figures. */
static void another_dictionary(void **state)
{
    struct err e;
    char *dir = xprintf("%s/evalrun/jieba-0.42.1", (const char *)*state);
    char *below = xprintf("%s/finalseg", dir);
    char *want = xprintf("%s: these are not the files of jieba 0.42.1; get them with "
                         "scripts/setup.sh --jieba", dir);
    setenv("XDG_CACHE_HOME", *state, 1);
    assert_int_equal(file_mkdirs(below, &e), 0);
    copy_file(dir, "dict.txt");
    copy_file(dir, "finalseg/prob_start.py");
    copy_file(dir, "finalseg/prob_trans.py");
    copy_file(dir, "finalseg/prob_emit.py");
    assert_int_equal(equip_scorer(&e, "rouge[chinese]"), ERR_MISMATCH);
    assert_string_equal(e.text, want);
    free(dir);
    free(below);
    free(want);
}

/* jieba's own files, where setup.sh left them: read once for two rules. */
static void original(void **state)
{
    static const char text[] = "他来到了网易杭研大厦"; /* an example of jieba's own page */
    static const char *const words[] = { "他", "来到", "了", "网易", "杭研", "大厦" };
    struct equipment q = { 0 };
    struct segments got;
    struct arena mem = { 0 };
    struct err e;
    struct rule_of a = compile("rouge[zh-jieba]"), b = compile("rouge[chinese]");
    int rc = equip(&q, a.type, a.rule, &e);
    (void)state;
    if (rc == ERR_INPUT && strstr(e.text, "get it with")) {
        fprintf(stderr, "SKIPPED: %s\n", e.text);
    } else {
        const struct segmenter *first = q.segmenter;
        assert_int_equal(rc, 0);
        assert_int_equal(equip(&q, b.type, b.rule, &e), 0);
        assert_ptr_equal(q.segmenter, first);
        segmenter_cut(&got, q.segmenter, text, strlen(text), &mem);
        assert_int_equal(got.n, sizeof words / sizeof *words);
        for (size_t i = 0; i < got.n; i++)
            assert_memory_equal(got.item[i].at, words[i], got.item[i].len);
    }
    a.type->free(a.rule);
    b.type->free(b.rule);
    equipment_release(&q);
    arena_release(&mem);
}

#define IN_SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(original), /* before the cache is moved */
        IN_SCRATCH(absent),
        IN_SCRATCH(not_wanted),
        IN_SCRATCH(another_dictionary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
