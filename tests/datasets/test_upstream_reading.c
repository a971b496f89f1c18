/*
 * Imports of upstream's own files of reading and summaries, as far as a copy of
 * them stands beside the sources (SHARED, a folder `data` in it): how many rows,
 * and what one of them says. A copy that is not there is skipped, and that is said.
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
    { "cmrc2018", "cmrc2018", "trial", 1002, "trial/TRIAL_800_QUERY_0",
      "\"question\":\"生命数耗完即算为什么？\",\"answers\":[{\"text\":\"踢爆\"," },
    { "cmrc2018", "cmrc2018", "trial", 1002, "trial/TRIAL_800_QUERY_0",
      "\"context\":\"基于《跑跑卡丁车》与《泡泡堂》上所开发的游戏" },
    { "dialogsum", "dialogsum", "test", 300, "test/test_0",
      "\"dialogue\":\"#Person1#: Ms. Dawson, I need you to take a dictation for me.\\n" },
};

static const char *source_tree(void)
{
    const char *src = getenv("SRC");
    return src ? src : ".";
}

static int import_set(struct copy *c, const char *set, const char *from)
{
    struct catalog_entry *entry = NULL;
    struct import_result r = { 0 };
    int rc = catalog_load(&entry, source_tree(), set, &c->e);
    if (rc == 0)
        rc = store_import(&r, c->data, entry, from, NULL, &c->e);
    if (rc == 0)
        rc = store_verify(c->data, set, &c->e);
    import_result_release(&r);
    catalog_free(entry);
    return rc;
}

static bool has_row(struct dataset *d, const struct upstream *u, struct err *e)
{
    struct arena mem = { 0 };
    struct sample s;
    bool found = false;
    while (dataset_next(d, &mem, &s, e) == 1) {
        char *json = cJSON_PrintUnformatted(s.row);
        if (strcmp(s.id, u->id) == 0)
            found = strstr(json, u->part) != NULL;
        cJSON_free(json);
        cJSON_Delete((cJSON *)s.row);
    }
    arena_release(&mem);
    return found;
}

static void check_case(struct copy *c, const struct upstream *u, const char *from)
{
    struct dataset_where where = { .share = source_tree(), .data = c->data };
    struct dataset_query q = { .name = u->set, .split = u->split };
    struct dataset *d = NULL;
    if (import_set(c, u->set, from) < 0 || dataset_open(&d, &where, &q, &c->e) < 0)
        fail_msg("%s", c->e.text);
    assert_int_equal(dataset_facts(d)->n, u->n_rows);
    if (!has_row(d, u, &c->e))
        fail_msg("%s has no row %s with %s", u->set, u->id, u->part);
    dataset_close(d);
}

static void test_upstream(void **state)
{
    struct copy *c = *state;
    const char *shared = getenv("SHARED");
    size_t n_done = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *from = xprintf("%s/data/%s", shared ? shared : "../shared", cases[i].folder);
        if (file_is_dir(from)) {
            check_case(c, &cases[i], from);
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
