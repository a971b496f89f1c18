/*
 * Imports of upstream's own files of mathematics, as far as a copy of them stands
 * beside the sources (SHARED, a folder `data` in it). A copy that is not there is
 * skipped, and that is said.
 */
#include "tests/datasets/copy.h"

struct upstream {
    const char *set, *folder, *split;
    size_t n_rows;
    const char *id;   /* of one row */
    const char *part; /* what its JSON has */
};

/* Numbers of rows: `wc -l`, and Python over the examples. */
static const struct upstream cases[] = {
    { "mgsm-zh", "mgsm", "test", 250, "test/0", "\"answer\":\"18\"" },
    { "mgsm-zh", "mgsm", "test", 250, "test/2", "80,000 美元" },
    { "mgsm-zh", "mgsm", "train", 8, "train/0", "\"steps_cut\":\"杰一开始有 5 个球" },
    { "mgsm-zh", "mgsm", "train", 8, "train/7", "\"answer\":\"5\"" },
    { "mgsm-en", "mgsm", "test", 250, "test/0", "Janet’s ducks" },
    { "mgsm-en", "mgsm", "train", 8, "train/2", "\"steps\":\"Leah had 32" },
    { "agieval-zh-cloze", "agieval", "test", 118, "test/1", "\"answer\":\"$5$;$10$\"" },
};

static const char *source_tree(void)
{
    const char *src = getenv("SRC");
    return src ? src : ".";
}

static void import_set(struct copy *c, const struct upstream *u, const char *from)
{
    struct catalog_entry *entry = NULL;
    struct import_result r = { 0 };
    struct capture said = capture_begin(); /* files of other sets in the folder */
    int rc = catalog_load(&entry, source_tree(), u->set, &c->e);
    if (rc == 0)
        rc = store_import(&r, c->data, entry, from, NULL, &c->e);
    free(capture_end(&said));
    import_result_release(&r);
    catalog_free(entry);
    if (rc < 0)
        fail_msg("%s", c->e.text);
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
        found |= strcmp(s.id, u->id) == 0 && strstr(json, u->part);
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
        if (file_exists(from)) {
            import_set(c, &cases[i], from);
            check_rows(c, &cases[i]);
            n_done++;
        } else {
            print_message("SKIPPED: %s is not there\n", from);
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
