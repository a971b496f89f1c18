#include "tests/reports/formats.h"

static cJSON *parse_report(enum report_by by)
{
    struct strbuf out = STRBUF_INIT;
    formats_render(&out, "json", &(struct report_style){ .by = by }, formats_report());
    cJSON *tree = fixture_parse(&out);
    strbuf_release(&out);
    return tree;
}

static const cJSON *at(const cJSON *tree, const char *list, int i)
{
    return cJSON_GetArrayItem(json_get(tree, list), i);
}

static void golden(void **state)
{
    (void)state;
    formats_golden("json", &(struct report_style){ .by = BY_NONE }, "table.json",
                   formats_report());
    formats_golden("json", &(struct report_style){ .by = BY_NONE }, "many.json",
                   formats_many_report());
}

static void holds_what_the_table_shows(void **state)
{
    (void)state;
    cJSON *tree = parse_report(BY_NONE);
    assert_true(json_number(tree, "schema", 0) == 1);
    assert_true(json_number(tree, "n_torn", 0) == 1);
    assert_int_equal(cJSON_GetArraySize(json_get(tree, "columns")), 2);
    assert_int_equal(cJSON_GetArraySize(json_get(tree, "models")), 3);
    const cJSON *column = at(tree, "columns", 0), *model = at(tree, "models", 0);
    assert_true(json_bool(column, "sample", false));
    assert_string_equal(cJSON_GetArrayItem(json_get(column, "marks"), 0)->valuestring, "sample");
    const cJSON *result = at(model, "results", 0);
    assert_true(json_bool(result, "sample", false));
    assert_true(json_number(result, "n", 0) == 147);
    assert_true(json_number(result, "n_failed", 0) == 3);
    assert_true(json_number(json_get(result, "failed"), "too_long", 0) == 3);
    const cJSON *acc = at(result, "metrics", 0);
    assert_true(json_number(json_get(acc, "macro"), "value", 0) ==
                json_number(result, "value", 1));
    assert_true(json_number(json_get(acc, "micro"), "value", 0) > 0);
    assert_null(json_get(acc, "categories"));
    const cJSON *zh = at(model, "averages", 0);
    assert_string_equal(json_text(zh, "lang", ""), "zh");
    assert_true(json_number(zh, "value", 0) == json_number(result, "value", 1));
    assert_string_equal(cJSON_GetArrayItem(json_get(zh, "marks"), 0)->valuestring, "sample");
    cJSON_Delete(tree);
}

static void breakdowns(void **state)
{
    (void)state;
    cJSON *tree = parse_report(BY_SUBSET);
    const cJSON *result = at(at(tree, "models", 0), "results", 0);
    const cJSON *subset = at(at(result, "metrics", 0), "subsets", 1);
    assert_string_equal(json_text(subset, "name", ""), "ancient");
    assert_string_equal(json_text(subset, "title_zh", ""), "古汉语");
    assert_true(json_number(json_get(subset, "micro"), "n", 0) == 50);
    cJSON_Delete(tree);
}

/* A model without a figure has no result, and its average is null. */
static void what_is_not_there(void **state)
{
    (void)state;
    cJSON *tree = parse_report(BY_NONE);
    const cJSON *model = at(tree, "models", 2);
    assert_int_equal(cJSON_GetArraySize(json_get(model, "results")), 1);
    assert_true(cJSON_IsNull(json_get(at(model, "averages", 1), "value")));
    assert_true(json_number(at(model, "results", 0), "n_waiting", 0) == 9);
    cJSON_Delete(tree);
}

static void tells_what_did_not_run_and_what_was_not_isolated(void **state)
{
    (void)state;
    const struct manifest_left_out gone = { "go", "no 'go' command" };
    struct column column = { .task = "t", .recipe = "r", .lang = "en", .average = "macro",
                             .dataset = "d", .split = "s", .licence = "", .source = "",
                             .data_sha256 = "", .shots_sha256 = "", .task_sha256 = "",
                             .exec_unsafe = true, .left_out = &gone, .n_left_out = 1 };
    const struct report r = { .column = &column, .n_column = 1 };
    struct strbuf out = STRBUF_INIT;
    struct err e = { 0 };
    assert_int_equal(format_find("json")->render(&r, &(struct report_style){ 0 }, &out, &e), 0);
    cJSON *tree = fixture_parse(&out);
    const cJSON *c = at(tree, "columns", 0);
    assert_true(json_bool(c, "exec_unsafe", false));
    assert_string_equal(json_text(at(c, "not_run", 0), "subset", ""), "go");
    assert_string_equal(json_text(at(c, "not_run", 0), "why", ""), "no 'go' command");
    cJSON_Delete(tree);
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),
        cmocka_unit_test(holds_what_the_table_shows),
        cmocka_unit_test(breakdowns),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(tells_what_did_not_run_and_what_was_not_isolated),
    };
    return cmocka_run_group_tests(tests, fixture_enter, fixture_leave);
}
