/* JSON: what is read, written and read again is the same value, and both forms
 * of the writer, compact and indented, say the same. */
#include "base/json.h"
#include "tests/fuzz/fuzz.h"

static void round_trip(const cJSON *tree, int indent)
{
    struct strbuf text = STRBUF_INIT, again = STRBUF_INIT;
    struct json_writer w = { .out = &text, .indent = indent };
    struct json_writer v = { .out = &again, .indent = indent };
    struct err e = { 0 };
    cJSON *copy = NULL;
    size_t bad;

    json_put_tree(&w, NULL, tree);
    assert(utf8_valid(text.s, text.len, &bad));
    assert(json_parse(&copy, text.s, text.len, &e) == 0);
    assert(json_equal(tree, copy) && json_equal(copy, tree));
    json_put_tree(&v, NULL, copy);
    assert(strcmp(text.s, again.s) == 0);
    cJSON_Delete(copy);
    strbuf_release(&text);
    strbuf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = { 0 };
    cJSON *tree = NULL;
    if (json_parse(&tree, (const char *)data, size, &e) == 0) {
        round_trip(tree, 0);
        round_trip(tree, 2);
        cJSON_Delete(tree);
    } else {
        assert(fuzz_explained(&e) && !tree);
    }
    return 0;
}
