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
        assert_int_equal(catalog_expected(c, c->split, s), s->n_expected);
        if (catalog_split(c, "val")) /* "rows" of a subset are those of the first split */
            assert_int_equal(catalog_expected(c, catalog_split(c, "val"), s), 0);
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

/* Rows of the main split, as upstream's own files have them. */
static void test_sizes(void **state)
{
    static const struct {
        const char *name, *split;
        size_t n;
    } sizes[] = {
        { "afqmc", "dev", 4316 },  { "chid", "test", 2002 },  { "cluewsc", "test", 976 },
        { "cmnli", "dev", 12241 }, { "eprstmt", "test", 610 }, { "ocnli", "dev", 2950 },
        { "cmrc2018", "dev", 3219 }, { "drcd", "dev", 3524 },  { "squad2", "dev", 11873 },
        { "squad1", "dev", 10570 },  { "drop", "dev", 9536 },  { "dialogsum", "test", 500 },
        { "csds", "test", 800 },     { "flores", "devtest", 1012 },
        { "triviaqa", "validation", 17944 }, { "narrativeqa", "test", 10557 },
        { "cnn-dailymail", "test", 11490 },  { "xsum", "test", 11334 },
        { "xlsum-zh", "test", 4670 },        { "xlsum-en", "test", 11535 },
        { "emotion-zh", "test", 8000 },      { "emotion-en", "test", 2000 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct err e = { 0 };
        struct catalog_entry *c = NULL;
        assert_int_equal(catalog_load(&c, source_tree(), sizes[i].name, &e), 0);
        assert_string_equal(c->split[0].name, sizes[i].split);
        assert_int_equal(c->split[0].n_expected, sizes[i].n);
        catalog_free(c);
    }
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

/* An entry of the reader json, its other keys given; says NULL = accepted. */
static void judge(struct copy *c, const char *keys, const char *says)
{
    struct catalog_entry *entry = NULL;
    char *json = xprintf("{\"dataset\":\"mini\",\"lang\":\"en\",\"about\":\"a\",\"licence\":\"L\","
                         "\"source\":\"S\",%s}", keys);
    put_file(c, "share/datasets/en/mini.json", json);
    free(json);
    c->e = (struct err){ 0 };
    int rc = catalog_load(&entry, c->share, "mini", &c->e);
    if (says && rc == 0)
        fail_msg("accepted: %s", keys);
    if (!says && rc < 0)
        fail_msg("%s", c->e.text);
    catalog_free(entry);
    const char *at = says ? strstr(c->e.text, "mini.json: ") : NULL;
    if (says)
        assert_string_equal(at ? at + 11 : c->e.text, says);
}

#define SPLITS "\"splits\":[{\"name\":\"test\",\"files\":\"x.json\"}]"
#define ASK "\"fields\":[{\"name\":\"q\",\"required\":true}],"

static void test_form(void **state)
{
    struct copy *c = *state;
    judge(c, "\"reader\":\"json\"," ASK SPLITS, NULL);
    judge(c, "\"reader\":\"xml\"," ASK SPLITS, "key 'reader': no reader 'xml' (there are: auto, "
          "csv, json, jsonl, parquet, python, text, tsv, worked, yaml)");
    judge(c, "\"reader\":\"json\",\"row\":\"*\"," ASK SPLITS,
          "unknown key 'row' (did you mean 'rows'?)");
    judge(c, "\"reader\":\"jsonl\",\"rows\":\"*\"," ASK SPLITS,
          "a path to the rows is for readers of documents, json, python and yaml, not 'jsonl'");
    judge(c, "\"reader\":\"json\",\"rows\":3," ASK SPLITS, "key 'rows' must be a string");
    judge(c, "\"reader\":\"json\",\"rows\":\"data..qas\"," ASK SPLITS,
          "'data..qas' is no path to the rows: '*', keys and numbers apart by dots");
    judge(c, "\"reader\":\"json\",\"rows\":\"\"," ASK SPLITS,
          "'' is no path to the rows: '*', keys and numbers apart by dots");
    judge(c, "\"reader\":\"json\",\"header\":true," ASK SPLITS,
          "keys 'header' and 'columns' are not for the reader 'json'");
    judge(c, "\"reader\":\"text\",\"columns\":[\"q\"]," ASK SPLITS,
          "keys 'header' and 'columns' are not for the reader 'text'");
    judge(c, "\"reader\":\"tsv\"," ASK SPLITS,
          "the reader 'tsv' needs \"header\": true or 'columns'");
    judge(c, "\"reader\":\"csv\",\"header\":true,\"columns\":[\"q\"]," ASK SPLITS, NULL);
    judge(c, "\"reader\":\"auto\"," ASK SPLITS, NULL);
    judge(c, "\"reader\":\"csv\",\"header\":true,\"quoted\":true," ASK SPLITS,
          "key 'quoted' is for the reader tsv, not 'csv'");
    judge(c, "\"reader\":\"tsv\",\"header\":true,\"quoted\":true," ASK SPLITS, NULL);
    judge(c, "\"reader\":\"text\"," ASK SPLITS,
          "fields[0]: the reader 'text' gives no 'q'; a split may have 'fields' of its own");
    judge(c, "\"reader\":\"tsv\",\"columns\":[\"a\"]," ASK SPLITS,
          "fields[0]: 'q' is none of 'columns'");
    judge(c, "\"reader\":\"tsv\",\"columns\":[\"a\"],\"fields\":[{\"name\":\"q\",\"from\":\"a\"}],"
          SPLITS, NULL);
    judge(c, "\"reader\":\"json\",\"noncommercial\":\"yes\"," ASK SPLITS,
          "key 'noncommercial' must be true or false");
    judge(c, "\"reader\":\"json\",\"gated\":true," ASK SPLITS, "key 'gated' must be a string");
}

static void judge_from(struct copy *c, const char *from, const char *says)
{
    char *keys = xprintf("\"reader\":\"json\",\"rows\":\"*.1.*\",\"fields\":[{\"name\":\"q\","
                         "\"from\":\"%s\"}]," SPLITS, from);
    judge(c, keys, says);
    free(keys);
}

static void test_from(void **state)
{
    struct copy *c = *state;
    judge_from(c, "question/stem", NULL);
    judge_from(c, "../../0", NULL);
    judge_from(c, "../../..", NULL);
    judge_from(c, "..x", NULL);
    judge_from(c, "../../../../0", "fields[0]: key 'from': '../../../../0' leads out of the "
               "document; the rows are 3 below its top");
    static const char *const wrong[] = { "", "/a", "a/", "a//b", "a/../b", "a/..", "../a/.." };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *says = xprintf("fields[0]: key 'from': '%s' is no path: names apart by '/', '..' "
                             "only before them", wrong[i]);
        judge_from(c, wrong[i], says);
        free(says);
    }
    judge(c, "\"reader\":\"jsonl\",\"fields\":[{\"name\":\"q\",\"from\":\"../x\"}]," SPLITS,
          "fields[0]: key 'from': '..' is for the reader json, a row of 'jsonl' has nothing "
          "around it");
    judge(c, "\"reader\":\"json\",\"fields\":[{\"name\":\"id\",\"form\":\"x\"}]," SPLITS,
          "fields[0]: unknown key 'form' (did you mean 'from'?)");
    judge(c, "\"reader\":\"json\",\"fields\":[{\"name\":\"\"}]," SPLITS,
          "fields[0]: key 'name' is empty");
    judge(c, "\"reader\":\"json\",\"fields\":[{\"name\":\"id\"}]," SPLITS,
          "fields[0]: 'id' is taken by the store's own id; give it another 'name' and \"from\": "
          "\"id\"");
}

#define MATCH(pattern)                                                                \
    "\"reader\":\"json\",\"fields\":[{\"name\":\"q\",\"match\":\"" pattern "\"}],"
#define LABELS(keys) "\"splits\":[{\"name\":\"test\",\"files\":\"x\",\"labels\":{" keys "}}]"

static void test_match_where_labels(void **state)
{
    struct copy *c = *state;
    judge(c, MATCH("is (.*)") SPLITS, NULL);
    judge(c, MATCH("is .*") SPLITS,
          "fields[0]: key 'match' must have one group (), and has 0");
    judge(c, MATCH("(a)(b)") SPLITS,
          "fields[0]: key 'match' must have one group (), and has 2");
    judge(c, MATCH("(a") SPLITS, "fields[0]: key 'match': at byte 2: missing closing parenthesis");
    judge(c, "\"reader\":\"json\",\"where\":{\"field\":\"l\",\"is\":\"zh\"}," ASK SPLITS, NULL);
    judge(c, "\"reader\":\"json\",\"where\":{\"field\":\"l\"}," ASK SPLITS,
          "key 'where': it must have one of the keys 'is' and 'is_not', or 'from' and 'to'");
    judge(c, "\"reader\":\"json\",\"where\":{\"field\":\"l\",\"from\":1,\"to\":5}," ASK SPLITS,
          NULL);
    judge(c, "\"reader\":\"json\",\"where\":{\"field\":\"l\",\"from\":1}," ASK SPLITS,
          "key 'where': it must have one of the keys 'is' and 'is_not', or 'from' and 'to'");
    judge(c, "\"reader\":\"json\",\"where\":{\"field\":\"l\",\"is_not\":\"-\"}," ASK SPLITS, NULL);
    judge(c, "\"reader\":\"json\",\"where\":{\"field\":\"l\",\"is\":\"a\",\"is_not\":\"b\"}," ASK
          SPLITS, "key 'where': it must have one of the keys 'is' and 'is_not', or 'from' "
                  "and 'to'");
    judge(c, "\"reader\":\"json\",\"where\":{\"field\":\"l\",\"iss\":\"zh\"}," ASK SPLITS,
          "key 'where': unknown key 'iss' (did you mean 'is'?)");
    judge(c, "\"reader\":\"json\",\"where\":{\"field\":\"/l\",\"is\":\"zh\"}," ASK SPLITS,
          "key 'where': '/l' is no path: names apart by '/', '..' only before them");
    judge(c, "\"reader\":\"jsonl\"," ASK LABELS("\"field\":\"q\",\"files\":\"y\""), NULL);
    judge(c, "\"reader\":\"jsonl\"," ASK LABELS("\"field\":\"p\",\"files\":\"y\""),
          "splits[0]: key 'labels': 'p' is none of 'fields'");
    judge(c, "\"reader\":\"jsonl\"," ASK LABELS("\"field\":\"q\",\"files\":[]"),
          "splits[0]: key 'labels': key 'files' is empty");
    judge(c, "\"reader\":\"tsv\",\"columns\":[\"a\"]," ASK
          LABELS("\"field\":\"q\",\"files\":\"y\""), NULL);
}

static void test_files(void **state)
{
    struct copy *c = *state;
    judge(c, "\"reader\":\"json\"," ASK "\"splits\":[{\"name\":\"t\",\"files\":[\"a\",\"b\"]}]",
          NULL);
    judge(c, "\"reader\":\"json\"," ASK "\"splits\":[{\"name\":\"t\",\"files\":[]}]",
          "splits[0]: key 'files' is empty");
    judge(c, "\"reader\":\"json\"," ASK "\"splits\":[{\"name\":\"t\",\"files\":[1]}]",
          "splits[0]: key 'files': item 1 must be a string");
    judge(c, "\"reader\":\"json\"," ASK "\"splits\":[{\"name\":\"t\",\"files\":1}]",
          "splits[0]: key 'files' must be a string or an array of strings");
    judge(c, "\"reader\":\"json\"," ASK "\"splits\":[{\"name\":\"t\",\"files\":\"a\",\"optional\":"
          "true}]", "splits[0]: the first split is the main one and cannot be optional");
}

static void judge_split(struct copy *c, const char *keys, const char *says)
{
    char *all = xprintf("\"reader\":\"json\",\"rows\":\"examples.*\"," ASK "\"splits\":[{\"name\":"
                        "\"test\",\"files\":\"x.json\"},{\"name\":\"shots\",\"files\":\"x.txt\","
                        "%s}]", keys);
    judge(c, all, says);
    free(all);
}

/* A split's own reader takes over none of the other reader's keys. */
static void test_split_form(void **state)
{
    struct copy *c = *state;
    struct catalog_entry *entry = NULL;
    judge_split(c, "\"reader\":\"worked\",\"fields\":[{\"name\":\"question\"}]", NULL);
    assert_int_equal(catalog_load(&entry, c->share, "mini", &c->e), 0);
    assert_string_equal(entry->split[0].form.rows, "examples.*");
    assert_string_equal(entry->split[0].form.field[0].name, "q");
    assert_null(entry->split[1].form.rows);
    assert_string_equal(entry->split[1].form.field[0].name, "question");
    catalog_free(entry);
    judge_split(c, "\"reader\":\"csv\",\"header\":true", NULL);
    judge_split(c, "\"rows_path\":\"*\",\"rows\":3", NULL);
    judge_split(c, "\"reader\":\"worked\"", "splits[1]: fields[0]: the reader 'worked' gives no "
                "'q'; a split may have 'fields' of its own");
    judge_split(c, "\"rows\":\"*\"", "splits[1]: key 'rows' must be a number");
    judge_split(c, "\"header\":true",
                "splits[1]: keys 'header' and 'columns' are not for the reader 'json'");
    judge_split(c, "\"reader\":\"jsonl\",\"rows_path\":\"*\"",
                "splits[1]: a path to the rows is for readers of documents, json, python and "
                "yaml, not 'jsonl'");
    judge_split(c, "\"fields\":[]", "splits[1]: key 'fields' is empty");
}

#define TWO_FIELDS "\"reader\":\"json\",\"fields\":[{\"name\":\"q\"},{\"name\":\"choices\"}],"

static void test_subsets(void **state)
{
    struct copy *c = *state;
    judge(c, TWO_FIELDS "\"subset_field\":\"task\"," SPLITS ",\"subsets\":[{\"name\":\"a\","
          "\"row\":{\"choices\":[\"Yes\",\"No\"]},\"file\":\"A_1\"}]", NULL);
    judge(c, TWO_FIELDS "\"subset_field\":\"task\"," SPLITS ",\"subsets\":[{\"name\":\"a\","
          "\"row\":{\"choice\":[]}}]", "subsets[0]: key 'row': 'choice' is none of 'fields'");
    judge(c, TWO_FIELDS "\"subset_field\":\"q\"," SPLITS ",\"subsets\":[{\"name\":\"a\","
          "\"row\":{\"q\":\"a\"}}]", "subsets[0]: key 'row': 'q' is the subset's own name");
    judge(c, TWO_FIELDS "\"subset_field\":\"task\"," SPLITS ",\"subsets\":[{\"name\":\"a\","
          "\"row\":[]}]", "subsets[0]: key 'row' must be an object");
    judge(c, TWO_FIELDS "\"subset_field\":\"task\"," SPLITS ",\"subsets\":[{\"name\":\"a\"},"
          "{\"name\":\"b\",\"file\":\"a\"}]", "subsets[1]: the file 'a' is already that of 'a'");
    judge(c, TWO_FIELDS SPLITS ",\"subsets\":[{\"name\":\"a\"}]", "key 'subsets' needs "
          "'subset_field', the name under which rows have their subset");
    judge(c, TWO_FIELDS "\"splits\":[{\"name\":\"test\",\"files\":\"{subset}.json\"}]",
          "splits[0]: key 'files': '{subset}' needs 'subset_field', the name under which rows have "
          "their subset");
    judge(c, TWO_FIELDS "\"subset_field\":\"id\"," SPLITS,
          "key 'subset_field': 'id' is taken by the store's own id");
}

static void test_id_fields(void **state)
{
    struct copy *c = *state;
    judge(c, TWO_FIELDS "\"id_fields\":[\"q\",\"choices\"]," SPLITS, NULL);
    judge(c, TWO_FIELDS "\"id_fields\":[\"x\"]," SPLITS,
          "key 'id_fields': 'x' is none of the fields of split 'test'");
    judge(c, TWO_FIELDS "\"id_fields\":[]," SPLITS, "key 'id_fields' is empty");
    judge(c, TWO_FIELDS "\"id_fields\":[1]," SPLITS, "key 'id_fields': item 1 must be a string");
    judge(c, TWO_FIELDS "\"id_fields\":[\"q\",\"choices\"],\"splits\":[{\"name\":\"test\","
          "\"files\":\"x\"},{\"name\":\"dev\",\"files\":\"y\",\"fields\":[{\"name\":\"q\"}]}]",
          "key 'id_fields': 'choices' is none of the fields of split 'dev'");
    judge(c, TWO_FIELDS "\"id_fields\":[\"q\"],\"splits\":[{\"name\":\"test\",\"files\":\"x\"},"
          "{\"name\":\"dev\",\"files\":\"y\",\"fields\":[{\"name\":\"shot\"}]}]", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_categories),
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_refused, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_form, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_from, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_match_where_labels, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_files, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_split_form, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_subsets, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_id_fields, copy_setup, copy_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
