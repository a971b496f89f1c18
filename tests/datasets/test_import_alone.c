/* A copy that holds another split than the main one. */
#include "tests/datasets/copy.h"

#define ENTRY(alone)                                                                  \
    "{\"dataset\":\"mini\",\"lang\":\"en\",\"about\":\"a\",\"licence\":\"L\","        \
    "\"source\":\"S\",\"reader\":\"jsonl\",\"fields\":[{\"name\":\"q\"}],\"splits\":[" \
    "{\"name\":\"dev\",\"files\":\"dev.jsonl\"},"                                     \
    "{\"name\":\"trial\",\"files\":\"trial.jsonl\",\"optional\":true" alone "}]}"

static void put_copy(struct copy *c, const char *entry)
{
    put_file(c, "share/datasets/en/mini.json", entry);
    remove_tree(c->from);
    put_file(c, "from/trial.jsonl", "{\"q\":\"x\"}\n");
}

static int open_split(struct copy *c, const char *split)
{
    struct dataset_query q = { .name = "mini", .split = split };
    struct dataset *d = NULL;
    c->e = (struct err){ 0 };
    int rc = dataset_open(&d, &c->where, &q, &c->e);
    if (rc == 0)
        dataset_close(d);
    return rc;
}

static void test_alone(void **state)
{
    struct copy *c = *state;
    struct import_result r;
    put_copy(c, ENTRY(",\"alone\":true"));
    assert_int_equal(import_mini(c, NULL, &r), 0);
    assert_true(r.partial);
    assert_string_equal(r.missing, "split dev");
    assert_int_equal(r.n_rows, 1);
    import_result_release(&r);
    assert_int_equal(store_verify(c->data, "mini", &c->e), 0);
    assert_int_equal(open_split(c, "trial"), 0);
    assert_int_equal(open_split(c, "dev"), ERR_INPUT);
    assert_says(&c->e, "split 'dev' of 'mini' was not imported: the source had no file of it; "
                       "import again from a whole copy (imported: trial)");
}

static void test_not_alone(void **state)
{
    struct copy *c = *state;
    put_copy(c, ENTRY(""));
    assert_int_equal(import_mini(c, NULL, NULL), ERR_INPUT);
    assert_says(&c->e, "no file of split 'dev' of 'mini' in it (looked for dev.jsonl");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_alone, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_not_alone, copy_setup, copy_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
