/* The readers of JSON lines and of JSON arrays. */
#include "datasets/reader.h"
#include "tests/datasets/copy.h"

static void expect(const char *reader, const char *text, const char *want)
{
    struct catalog_entry entry = { .reader = reader };
    struct err e = { 0 };
    struct reader *r = NULL;
    struct strbuf out = STRBUF_INIT;
    cJSON *row = NULL;
    int rc = reader_open(&r, &entry, text, strlen(text), &e);
    while (rc == 0 && (rc = reader_next(r, &row, &e)) == 1) {
        char *line = cJSON_PrintUnformatted(row);
        strbuf_printf(&out, "%zu%s", reader_line(r), line);
        cJSON_free(line);
        cJSON_Delete(row);
        rc = 0;
    }
    if (rc < 0)
        strbuf_puts(&out, e.text);
    reader_close(r);
    if (!strstr(out.s, want) || (!*want && out.len))
        fail_msg("'%s' is not '%s'", out.s, want);
    strbuf_release(&out);
}

static void test_lines(void **state)
{
    (void)state;
    expect("jsonl", "{\"a\":\"x\"}\n\n{\"a\":1}", "1{\"a\":\"x\"}3{\"a\":1}");
    expect("jsonl", "\xef\xbb\xbf{\"a\":null}\r\n", "1{\"a\":null}");
    expect("jsonl", "", "");
    expect("jsonl", "{\"a\":1}\n{\"a\":\n", "1{\"a\":1}2: ");
    expect("jsonl", "[1]\n", "1: a row must be a JSON object");
    expect("jsonl", "{\"a\":1,\"a\":2}\n", "1: ");
    expect("jsonl", "{\"a\":\"\\u0000\"}\n", "1: ");
}

static void test_array(void **state)
{
    (void)state;
    expect("json", "[ {\"a\":\"x\"},\n {\"a\":1} ]", "1{\"a\":\"x\"}2{\"a\":1}");
    expect("json", "[]", "");
    expect("json", "{}", "the file must be one JSON array");
    expect("json", "[{},1]", "2: a row must be a JSON object");
    expect("json", "[{}", "1: ");
    expect("parquet", "", "no reader 'parquet' (there are: csv, json, jsonl)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
