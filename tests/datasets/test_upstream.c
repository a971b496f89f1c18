/*
 * Imports of upstream's own files, as far as a copy of them stands beside the
 * sources (SHARED, a folder `data` in it): how many rows, and what the first
 * and the last one say. A copy that is not there is skipped, and that is said.
 */
#include "tests/datasets/copy.h"

struct upstream {
    const char *set, *folder, *split;
    size_t n_rows;
    const char *id;   /* of one row */
    const char *part; /* what its JSON has */
};

/* Numbers of rows: `wc -l`, and jq over the files. */
static const struct upstream cases[] = {
    { "cmmlu", "cmmlu", "dev", 100, "agronomy/dev/0", "\"Answer\":\"" },
    { "gsm8k", "gsm8k", "test", 200, "test/0", "#### 18\"" },
    { "gsm8k", "gsm8k", "train", 7473, "train/0", "#### 72\"" },
    { "c3", "c3", "dev", 3816, "m/dev/0", "\"answer\":\"他是一个很虚心的人\"" },
    { "agieval-zh", "agieval", "test", 769, "gaokao-mathcloze/test/0", "\"options\":null" },
    { "agieval-en", "agieval", "test", 1177, "sat-math/test/0", "[\"(A)2\",\"(B)4\"" },
    { "bbh", "bbh", "test", 1178, "navigate/test/0", "\"choices\":[\"Yes\",\"No\"]" },
    { "bbh", "bbh", "cot", 15, "snarks/cot/0", "\"final\":\"(A)\"" },
    { "humaneval", "humaneval", "test", 164, "test/HumanEval/0", "\"entry_point\":\"has_close" },
    { "humaneval-x", "humaneval-x", "test", 328, "cpp/test/CPP/0", "\"language\":\"cpp\"" },
    { "gaokao", "gaokao", "test", 534, "Math_I_MCQs/test/0", "\"answer\":[\"D\"]" },
};

static const char *source_tree(void)
{
    const char *src = getenv("SRC");
    return src ? src : ".";
}

static int import_set(struct copy *c, const struct upstream *u, const char *from)
{
    struct catalog_entry *entry = NULL;
    struct import_result r = { 0 };
    struct capture said = capture_begin(); /* files of other sets in the folder */
    int rc = catalog_load(&entry, source_tree(), u->set, &c->e);
    if (rc == 0)
        rc = store_import(&r, c->data, entry, from, NULL, &c->e);
    if (rc == 0)
        rc = store_verify(c->data, u->set, &c->e);
    free(capture_end(&said));
    import_result_release(&r);
    catalog_free(entry);
    return rc;
}

static void check_rows(struct copy *c, const struct upstream *u)
{
    struct dataset_where where = { .share = source_tree(), .data = c->data };
    struct dataset_query q = { .name = u->set, .split = u->split };
    struct dataset *d = NULL;
    struct arena mem = { 0 };
    struct sample s;
    bool found = false;
    if (dataset_open(&d, &where, &q, &c->e) < 0)
        fail_msg("%s", c->e.text);
    assert_int_equal(dataset_facts(d)->n, u->n_rows);
    while (dataset_next(d, &mem, &s, &c->e) == 1) {
        char *json = cJSON_PrintUnformatted(s.row);
        if (strcmp(s.id, u->id) == 0)
            found = strstr(json, u->part) != NULL;
        cJSON_free(json);
        cJSON_Delete((cJSON *)s.row);
    }
    if (!found)
        fail_msg("%s has no row %s with %s", u->set, u->id, u->part);
    dataset_close(d);
    arena_release(&mem);
}

static void test_upstream(void **state)
{
    struct copy *c = *state;
    const char *shared = getenv("SHARED");
    size_t n_done = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *from = xprintf("%s/data/%s", shared ? shared : "../shared", cases[i].folder);
        if (file_is_dir(from)) {
            if (import_set(c, &cases[i], from) < 0)
                fail_msg("%s", c->e.text);
            check_rows(c, &cases[i]);
            n_done++;
        } else {
            printf("skipped: no copy of %s's files in %s\n", cases[i].set, from);
        }
        free(from);
    }
    if (!n_done)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_upstream, copy_setup, copy_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
