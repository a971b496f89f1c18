/* YAML documents. What is expected is what PyYAML makes of the same text. */
#include "tests/datasets/read.h"

static void expect_at(const char *rows, const char *text, const char *want)
{
    struct catalog_form form = { .reader = "yaml", .rows = rows };
    expect_rows(&form, text, want);
}

/* The whole document is one row. */
static void expect_document(const char *text, const char *want)
{
    char *document = xprintf("r:\n  %s", text);
    char *rows = xprintf("f: at r: %s\n", want);
    expect_at("r", document, rows);
    free(document);
    free(rows);
}

static void test_structure(void **state)
{
    (void)state;
    expect_at("*", "# comment\n- a: 1\n  b: x\n\n- a: 2 # two\n",
              "f: at 0: {\"a\":1,\"b\":\"x\"}\nf: at 1: {\"a\":2}\n");
    expect_at("r.*", "---\nr:\n- a: 1\n- a: 2\nother: yes\n---\nr: 5\n",
              "f: at r.0: {\"a\":1}\nf: at r.1: {\"a\":2}\n");
    expect_at("r.s.*", "r:\n  t: 1\n  s:\n    - q: a\n      t: b\n    -\n      q: c\n",
              "f: at r.s.0: {\"q\":\"a\",\"t\":\"b\"}\nf: at r.s.1: {\"q\":\"c\"}\n");
    expect_document("a:\n    b:\n      c: 1\n    d: 2\n", "{\"a\":{\"b\":{\"c\":1},\"d\":2}}");
    expect_document("a:\n    b: [x, \"y, z\", 3,\n  4]\n", "{\"a\":{\"b\":[\"x\",\"y, z\",3,4]}}");
    expect_document("a:\n  - - 1\n    - 2\n  - 3\n", "{\"a\":[[1,2],3]}");
    expect_document("a: !function utils.x\n", "{\"a\":\"utils.x\"}");
    expect_document("a:\n    b:\n", "{\"a\":{\"b\":null}}");
    expect_at("r", "r:\r\n  a: x\r\n  b: y\r\n", "f: at r: {\"a\":\"x\",\"b\":\"y\"}\n");
}

static void test_scalars(void **state)
{
    (void)state;
    expect_document("a: true\n  b: No\n  c: ~\n  d: 1.5\n  e: -3\n  f: 1.2.3\n  g: a:b\n",
                    "{\"a\":true,\"b\":false,\"c\":null,\"d\":1.5,\"e\":-3,\"f\":\"1.2.3\","
                    "\"g\":\"a:b\"}");
    expect_document("a: one\n    two\n\n    three\n  b: 1\n",
                    "{\"a\":\"one two\\nthree\",\"b\":1}");
    expect_document("a: costs $5 # dear\n", "{\"a\":\"costs $5\"}");
    expect_document("a: 'it''s\n\n    b'\n", "{\"a\":\"it's\\nb\"}");
    expect_document("a: \"x\\n\\\"\\u95ee\\xe9\\\n    y\"\n", "{\"a\":\"x\\n\\\"问éy\"}");
    expect_document("'a b': 1\n  \"c: d\": 2\n", "{\"a b\":1,\"c: d\":2}");
    expect_document("a: |\n    x\n      y\n\n    z\n  b: 1\n",
                    "{\"a\":\"x\\n  y\\n\\nz\\n\",\"b\":1}");
    expect_document("a: |-\n    x\n  b: 1\n", "{\"a\":\"x\",\"b\":1}");
    expect_document("a: >\n    x\n    y\n\n    z\n", "{\"a\":\"x y\\nz\\n\"}");
    expect_document("a: >-\n    x\n    y\n", "{\"a\":\"x y\"}");
}

static void test_broken(void **state)
{
    (void)state;
    expect_at("*", "", "f: there is nothing in it");
    expect_at("*", "# only\n", "f: there is nothing in it");
    expect_at("r", "r:\n  a: 'x\n",
              "f: line 2: a text in quotes does not end, or has an escape that is not known");
    expect_at("r", "r:\n  a: \"\\q\"\n",
              "f: line 2: a text in quotes does not end, or has an escape that is not known");
    expect_at("r", "r:\n  a: [1, 2\n",
              "f: line 3: a list in brackets must hold scalars, apart by commas");
    expect_at("r", "r:\n  a: {b: 1}\n",
              "f: line 2: anchors, aliases and {mappings} are not read here");
    expect_at("r", "r:\n  a: *b\n",
              "f: line 2: anchors, aliases and {mappings} are not read here");
    expect_at("r", "r:\n  a: 1\n  a: 2\n", "f: line 3: 'a' stands twice in one mapping");
    expect_at("r", "r:\n    a: 1\n  b: 2\n", "f: line 3: the indentation fits nothing above");
    expect_at("r", "r:\n  a: 1\n  just text\n", "f: line 3: 'key: value' is wanted here");
}

static void test_deep(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < 100; i++)
        strbuf_puts(&text, "- ");
    expect_at("*", text.s, "f: line 1: nested too deep");
    strbuf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure),
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
