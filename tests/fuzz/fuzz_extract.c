/* Rules over any text: what they find is text, and every finder ends. */
#include <string.h>

#include "base/extract.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

static const char *const lists[] = {
    "[{\"number\": true, \"pick\": \"last\"}]",
    "[{\"number\": true, \"chinese\": true, \"fraction\": true, \"percent\": true,"
    " \"pick\": \"all\"}]",
    "[{\"boxed\": true, \"pick\": \"last\", \"keep_after\": \"=\", \"trim\": \"{}。\"}]",
    "[{\"code\": true}, {\"code\": [\"python\"], \"pick\": 2}]",
    "[{\"json\": \"a.0.b\", \"pick\": \"last\"}, {\"json\": \"answer\"}]",
    "[{\"option_text\": true, \"fold\": \"width\", \"line\": \"last\"}]",
    "[{\"regex\": \"[A-D]\", \"pick\": \"all\", \"sort\": true, \"after\": [\"答\", \"A\"],"
    " \"before\": \"\\n\"}]",
    "[{\"whole\": true, \"remove\": [\"\\\\s+\", \"(?=好)\"], \"strip\": \"end\"}]",
};

static void apply(const char *rules, const char *text, struct arena *mem)
{
    static const char *const options[] = { "A", "北京", "" };
    struct err e = { 0 };
    struct extract *x = NULL;
    struct extraction got;
    cJSON *list = NULL;
    size_t bad;
    int rc = json_parse(&list, rules, strlen(rules), &e);
    assert(rc == 0);
    rc = extract_new(&x, list, "extract", &e);
    assert(rc == 0);
    extract_find(&got, x, &(struct extract_input){ .text = text, .option = options,
                                                   .n_option = 3, .n_wanted = 2 }, mem);
    assert(!got.text || (*got.text && utf8_valid(got.text, strlen(got.text), &bad)));
    assert(!(got.text && got.limit) && (got.rule || !got.text));
    extract_free(x);
    cJSON_Delete(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena mem = { 0 };
    struct strbuf text = STRBUF_INIT;
    bool any;
    utf8_repair(&text, (const char *)data, size);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        apply(lists[i], text.s, &mem);
    assert(strlen(extract_without_thoughts(&any, text.s, &mem)) <= text.len);
    strbuf_release(&text);
    arena_release(&mem);
    return 0;
}
