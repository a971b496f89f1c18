/* Labels by labels: counted, and shown by all formats. */
#include "reports/report.h"
#include "tests/reports/fixture.h"

#define LABELS "[\"积极\",\"negative\"]"
#define SCORE(labels) "[{\"use\":\"label\",\"show\":[\"macro_f1\"],\"labels\":" labels "}]"

static const struct fixture_task two = {
    .task = "moods", .recipe = "gen", .lang = "zh", .average = "micro", .n_subset = 1,
    .per_subset = 6, .sample = true, .score = SCORE(LABELS),
};
static const struct fixture_task many = {
    .task = "moods", .recipe = "gen", .lang = "en", .average = "micro", .n_subset = 1,
    .per_subset = 6,
    .score = SCORE("[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"]"),
};
static const struct fixture_task wide = {
    .task = "moods", .recipe = "gen", .lang = "en", .average = "micro", .n_subset = 1,
    .per_subset = 6,
    .score = SCORE("[\"happiness\",\"sadness\",\"surprise\",\"resentment\","
                   "\"no feeling at all\"]"),
};
static const struct fixture_task damaged = {
    .task = "moods", .recipe = "gen", .lang = "en", .average = "micro", .n_subset = 1,
    .per_subset = 6, .score = SCORE("[\"a\",7]"),
};
static const struct fixture_task shorter = {
    .task = "moods", .recipe = "gen", .lang = "en", .average = "micro", .n_subset = 1,
    .per_subset = 6, .score = SCORE("[\"a\"]"),
};

#define HASHES \
    "\"question\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"," \
    "\"prompt\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\""
/* Statistics: right, extracted, rule, limit, thoughts, answered, gold. */
#define LINE(index, answered, gold) \
    "{\"id\":\"anatomy/test/" #index "\",\"index\":" #index ",\"subset\":\"anatomy\"," \
    "\"failed\":null,\"turns\":[{\"step\":\"s\",\"ask\":\"text\"," HASHES \
    ",\"outs\":[{\"text\":\"x\",\"tokens\":1}],\"target\":[\"A\"]}]," \
    "\"scores\":[{\"scorer\":\"label\",\"answer\":\"x\",\"stats\":[0,1,0,0,0," #answered "," \
    #gold "]}]}\n"

static const char lines[] =
    LINE(0, 1, 1) LINE(1, 2, 1) LINE(2, 0, 2) LINE(3, 2, 2) LINE(4, 1, 1)
    "{\"id\":\"anatomy/test/5\",\"index\":5,\"subset\":\"anatomy\",\"failed\":\"remote\","
    "\"turns\":[],\"scores\":[]}\n";

static void add_run(struct report *r, const struct fixture_task *task, const char *dir,
                    const char *label)
{
    struct err e = { 0 };
    struct arena mem = { 0 };
    fixture_manifest(&(struct fixture_run){ .dir = dir, .label = label,
                                            .sha256 = label, .task = task, .n_task = 1 });
    const char *path = arena_printf(&mem, "%s/moods.gen.0-of-1.jsonl", dir);
    assert_int_equal(file_write_atomic(path, lines, sizeof lines - 1, &e), 0);
    if (report_add(r, dir, &e) < 0)
        fail_msg("%s", e.text);
    arena_release(&mem);
}

static struct report *report_of(const struct fixture_task *task, const char *dir)
{
    struct report *r = report_new();
    struct err e = { 0 };
    add_run(r, task, dir, "m");
    if (report_finish(r, &e) < 0)
        fail_msg("%s", e.text);
    return r;
}

static void assert_shows(const struct report *r, const char *format,
                         const struct report_style *style, const char *want)
{
    struct strbuf out = STRBUF_INIT;
    struct err e = { 0 };
    assert_int_equal(format_find(format)->render(r, style, &out, &e), 0);
    if (!strstr(out.s, want))
        fail_msg("no '%s' in %s", want, out.s);
    strbuf_release(&out);
}

static void labels_are_counted(void **state)
{
    (void)state;
    static const size_t counts[2][3] = { { 2, 1, 0 }, { 0, 1, 1 } };
    struct report *r = report_of(&two, "two");
    assert_int_equal(r->row[0].cell[0].n_confusion, 1);
    const struct confusion *c = &r->row[0].cell[0].confusion[0];
    assert_string_equal(c->scorer, "label");
    assert_int_equal(c->n_label, 2);
    assert_string_equal(c->label[0], "积极");
    for (size_t i = 0; i < 2; i++) /* the sample that failed is in none */
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(confusion_count(c, i, k), counts[i][k]);
    const struct label_figures a = confusion_label(c, 0), b = confusion_label(c, 1);
    assert_true(a.n == 3 && a.answered == 2 && a.precision == 1);
    assert_true(a.recall == 2 / 3.0 && a.f1 == 0.8);
    assert_true(b.n == 2 && b.answered == 2);
    assert_true(b.precision == 0.5 && b.recall == 0.5 && b.f1 == 0.5);
    report_free(r);
}

static void every_format_shows_them(void **state)
{
    (void)state;
    const struct report_style en = { .columns = 80 }, zh = { .columns = 80, .zh = true };
    struct report *r = report_of(&two, "two");
    assert_shows(r, "text", &en,
                 "\nmoods: right labels (rows) and answers (columns)\nsample\n"
                 "right label  积极  negative  (none)  precision  recall    F1  n\n");
    assert_shows(r, "text", &en,
                 "─\n积极            2         1       0      100.0    66.7  80.0  3\n"
                 "negative        0         1       1       50.0    50.0  50.0  2\n");
    assert_shows(r, "text", &zh,
                 "\nmoods：正确标签（行）与回答（列）\n样例集\n"
                 "正确标签  积极  negative  （无）  精确率  召回率    F1  n\n");
    assert_shows(r, "markdown", &en,
                 "| 积极 | 2 | 1 | 0 | 100.0 | 66.7 | 80.0 | 3 |\n"
                 "| negative | 0 | 1 | 1 | 50.0 | 50.0 | 50.0 | 2 |\n");
    assert_shows(r, "csv", &en, ",confusion,积极,label,negative,1,,,3,");
    assert_shows(r, "csv", &en, ",confusion,negative,label,,1,,,2,");
    report_free(r);
}

static void json_has_rows_of_answers(void **state)
{
    (void)state;
    struct report *r = report_of(&two, "two");
    struct strbuf out = STRBUF_INIT;
    struct err e = { 0 };
    assert_int_equal(format_find("json")->render(r, &(struct report_style){ 0 }, &out, &e), 0);
    cJSON *tree = fixture_parse(&out);
    const cJSON *model = cJSON_GetArrayItem(json_get(tree, "models"), 0);
    const cJSON *result = cJSON_GetArrayItem(json_get(model, "results"), 0);
    const cJSON *c = cJSON_GetArrayItem(json_get(result, "confusion"), 0);
    assert_string_equal(json_text(c, "scorer", ""), "label");
    assert_string_equal(cJSON_GetArrayItem(json_get(c, "labels"), 1)->valuestring, "negative");
    const cJSON *row = cJSON_GetArrayItem(json_get(c, "counts"), 1);
    assert_int_equal(cJSON_GetArraySize(row), 3); /* the last: no label */
    assert_true(cJSON_GetArrayItem(row, 2)->valuedouble == 1);
    const cJSON *label = cJSON_GetArrayItem(json_get(c, "per_label"), 0);
    assert_string_equal(json_text(label, "label", ""), "积极");
    assert_true(json_number(label, "f1", 0) == 0.8);
    assert_true(json_number(label, "support", 0) == 3);
    assert_true(json_number(label, "answered", 0) == 2);
    cJSON_Delete(tree);
    strbuf_release(&out);
    report_free(r);
}

static void many_labels_leave_the_counts_out(void **state)
{
    (void)state;
    const struct report_style en = { .columns = 80 };
    struct report *r = report_of(&many, "many");
    assert_shows(r, "text", &en,
                 "\nmoods: figures of each right label\n"
                 "right label  precision  recall    F1  n  taken for\n"
                 "──────────────────────────────────────────────────\n"
                 "a                100.0    66.7  80.0  3        b 1\n"
                 "b                 50.0    50.0  50.0  2   (none) 1\n"
                 "c                    -       -     -  0          -\n");
    assert_shows(r, "text", &en,
                 "\n  taken for  the most frequent wrong answer; all counts are in JSON and CSV\n");
    report_free(r);
}

/* With long labels the table wraps in 80 columns; it has no intervals to tell of. */
static void a_wide_table_wraps(void **state)
{
    (void)state;
    static const char first_block[] =
        "\nmoods: right labels (rows) and answers (columns)\n"
        "right label        happiness  sadness  surprise  resentment  no feeling at all\n";
    const struct report_style en = { .columns = 80 };
    struct report *r = report_of(&wide, "wide");
    assert_shows(r, "text", &en, first_block);
    assert_shows(r, "text", &en, "\n\nright label        (none)  precision  recall    F1  n\n");
    report_free(r);
}

/* run.json may be edited: no table then, and no place that is none of the list. */
static void a_damaged_list_is_none(void **state)
{
    (void)state;
    struct report *r = report_of(&damaged, "damaged");
    assert_int_equal(r->row[0].cell[0].n_confusion, 0);
    report_free(r);
    r = report_of(&shorter, "shorter");
    const struct confusion *c = &r->row[0].cell[0].confusion[0];
    assert_int_equal(c->n_label, 1);
    assert_int_equal(confusion_label(c, 0).n, 2); /* those whose answer is not in it are out */
    report_free(r);
}

static void models_stand_below_each_other(void **state)
{
    (void)state;
    struct report *r = report_new();
    struct err e = { 0 };
    add_run(r, &two, "first", "first");
    add_run(r, &two, "second", "second");
    assert_int_equal(report_finish(r, &e), 0);
    assert_shows(r, "markdown", &(struct report_style){ 0 },
                 "|  | negative | 0 | 1 | 1 | 50.0 | 50.0 | 50.0 | 2 |\n"
                 "| second | 积极 | 2 | 1 | 0 | 100.0 | 66.7 | 80.0 | 3 |\n");
    report_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_counted),
        cmocka_unit_test(every_format_shows_them),
        cmocka_unit_test(json_has_rows_of_answers),
        cmocka_unit_test(many_labels_leave_the_counts_out),
        cmocka_unit_test(a_wide_table_wraps),
        cmocka_unit_test(a_damaged_list_is_none),
        cmocka_unit_test(models_stand_below_each_other),
    };
    return cmocka_run_group_tests(tests, fixture_enter, fixture_leave);
}
