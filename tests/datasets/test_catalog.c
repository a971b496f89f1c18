/* Catalog entries: the shipped ones, and what is refused in others. */
#include "tests/datasets/copy.h"

static const char *source_tree(void)
{
    const char *src = getenv("SRC");
    return src ? src : ".";
}

static void check_entry(const char *name, size_t n_subset, size_t n_test, size_t n_dev)
{
    struct err e = { 0 };
    struct catalog_entry *c = NULL;
    if (catalog_load(&c, source_tree(), name, &e) < 0)
        fail_msg("%s", e.text);
    assert_int_equal(c->n_subset, n_subset);
    assert_int_equal(c->split[0].n_expected, n_test);
    assert_int_equal(catalog_split(c, "dev")->n_expected, n_dev);
    assert_int_equal(n_subset * 5, n_dev);
    for (size_t i = 0; i < c->n_subset; i++) {
        const struct catalog_subset *s = &c->subset[i];
        assert_true(*s->title_zh && *s->title_en && s->n_category > 0 && s->n_expected > 0);
        assert_int_equal(catalog_expected(c, catalog_split(c, "dev"), s), 5);
        assert_true(i == 0 || strcmp(c->subset[i - 1].name, s->name) < 0);
    }
    catalog_free(c);
}

static void test_shipped(void **state)
{
    (void)state;
    check_entry("cmmlu", 67, 11582, 335);
    check_entry("mmlu", 57, 14042, 285);
}

static size_t in_category(const struct catalog_entry *c, const char *category)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_subset; i++)
        for (size_t k = 0; k < c->subset[i].n_category; k++)
            n += strcmp(c->subset[i].category[k], category) == 0;
    return n;
}

/* The sizes that the authors' own lists have. */
static void test_categories(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct catalog_entry *c = NULL;
    assert_int_equal(catalog_load(&c, source_tree(), "cmmlu", &e), 0);
    assert_int_equal(in_category(c, "stem"), 17);
    assert_int_equal(in_category(c, "humanities"), 13);
    assert_int_equal(in_category(c, "social_science"), 22);
    assert_int_equal(in_category(c, "other"), 15);
    assert_int_equal(in_category(c, "china_specific"), 15);
    catalog_free(c);
    assert_int_equal(catalog_load(&c, source_tree(), "mmlu", &e), 0);
    assert_int_equal(in_category(c, "stem"), 18);
    assert_int_equal(in_category(c, "humanities"), 13);
    assert_int_equal(in_category(c, "social_science"), 12);
    assert_int_equal(in_category(c, "other"), 14);
    catalog_free(c);
}

static void test_names(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct arena mem = { 0 };
    const char **names;
    size_t n;
    assert_int_equal(catalog_names(&names, &n, source_tree(), &mem, &e), 0);
    assert_true(n >= 2);
    for (size_t i = 1; i < n; i++)
        assert_true(strcmp(names[i - 1], names[i]) < 0);
    arena_release(&mem);
}

static void refuse(struct copy *c, const char *json, const char *says)
{
    struct catalog_entry *entry = NULL;
    put_file(c, "share/datasets/en/mini.json", json);
    c->e = (struct err){ 0 };
    assert_true(catalog_load(&entry, c->share, "mini", &c->e) < 0);
    assert_says(&c->e, says);
}

static void test_refused(void **state)
{
    struct copy *c = *state;
    struct catalog_entry *entry = NULL;
    assert_int_equal(catalog_load(&entry, c->share, "mimi", &c->e), ERR_USAGE);
    assert_says(&c->e, "did you mean 'mini'");
    assert_int_equal(catalog_load(&entry, c->share, "../mini", &c->e), ERR_USAGE);
    assert_int_equal(catalog_load(&entry, c->share, "", &c->e), ERR_USAGE);
    refuse(c, MINI_HEAD "\"lisence\":1," MINI_FIELDS MINI_SPLITS MINI_SUBSETS,
           "en/mini.json: unknown key 'lisence' (did you mean 'licence'?)");
    refuse(c, MINI_HEAD MINI_SPLITS MINI_SUBSETS, "key 'fields' is missing");
    refuse(c, MINI_HEAD "\"fields\":[]," MINI_SPLITS MINI_SUBSETS, "'fields' is empty");
    refuse(c, MINI_HEAD "\"fields\":[{\"name\":3}]," MINI_SPLITS MINI_SUBSETS,
           "fields[0]: key 'name' must be a string");
    refuse(c, MINI_HEAD "\"fields\":[{\"name\":\"id\"}]," MINI_SPLITS MINI_SUBSETS,
           "fields[0]: 'id' is taken");
    refuse(c, MINI_HEAD MINI_FIELDS "\"urls\":[{\"url\":\"u\",\"sha256\":\"12\"}]," MINI_SPLITS
           MINI_SUBSETS, "urls[0]: key 'sha256' must be 64");
    refuse(c, MINI_HEAD MINI_FIELDS MINI_SPLITS "\"subsets\":[{\"name\":\"a\"},{\"name\":\"a\"}]}",
           "subsets[1]: 'a' is there twice");
    refuse(c, MINI_HEAD MINI_FIELDS MINI_SPLITS "\"subsets\":[{\"name\":\"a\",\"rows\":4}]}",
           "subsets add up to 4 rows, split 'test' has 5");
    refuse(c, MINI_HEAD MINI_FIELDS MINI_SPLITS "\"subsets\":[{\"name\":\"a\",\"rows\":-1}]}",
           "subsets[0]: key 'rows' must be a count");
    refuse(c, "{\"dataset\":\"mini\"}", "is missing");
    refuse(c, "[1]", "must be an object");
    refuse(c, "", "mini.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_categories),
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_refused, copy_setup, copy_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
