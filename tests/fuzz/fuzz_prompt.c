/* Templates: text that compiles renders to the same valid text each time. */
#include "tasks/prompt.h"
#include "tests/fuzz/fuzz.h"

static const char row_text[] =
    "{\"question\":\" 水的\\t沸点？ \",\"A\":\"_a_b_\",\"B\":\"{{A}}\",\"C\":\"　\","
    "\"D\":\"\",\"n\":0.1,\"flag\":true,\"list\":[1,\"Σ\"],\"nil\":null,"
    "\"o\":[{\"t\":\" [x] \"},{\"t\":3}],\"by\":{\"name\":1,\"other\":0}}";
static const char words_text[] = "{\"w\":{\"of\":\"flag\",\"is\":{\"true\":\"yes\"}}}";

static void render(const struct prompt *p, const struct prompt_source *source)
{
    struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
    struct err e = { 0 };
    size_t bad;
    int rc = prompt_render(&a, p, source, &e);
    assert(rc == 0 || fuzz_explained(&e));
    assert(prompt_render(&b, p, source, &e) == rc);
    assert(strcmp(a.s, b.s) == 0 && a.len == strlen(a.s) && utf8_valid(a.s, a.len, &bad));
    strbuf_release(&a);
    strbuf_release(&b);
}

/* With and without a subset, over a list, an object and nothing. */
static void render_all(const struct prompt *p, const cJSON *row)
{
    static const struct subset subset = { .name = "a_b", .title_zh = "农学", .title_en = "" };
    static struct out out = { .text = "thought" };
    struct turn turn = { .step = "think", .a = { .out = &out, .n_out = 1 } };
    const struct trace so_far = { .turn = &turn, .n_turn = 1 };
    struct prompt_options options = { json_get(row, "o"), 2, NULL, "\n" };
    struct prompt_source source = { row, &subset, "zh", &options, 1, &so_far, "out" };
    render(p, &source);
    options.list = json_get(row, "by");
    source.subset = NULL;
    render(p, &source);
    options.n = 0;
    source.place = 0;
    render(p, &source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const writer[] = { "think" };
    struct arena mem = { 0 };
    struct err e = { 0 };
    struct prompt *p = NULL;
    cJSON *row = NULL, *words = NULL;
    size_t bad;
    char *text = fuzz_string(data, size);
    if (json_parse(&row, row_text, sizeof row_text - 1, &e) < 0 ||
        json_parse(&words, words_text, sizeof words_text - 1, &e) < 0)
        abort();
    const struct prompt_scope scope = { PROMPT_VALUE | PROMPT_PLACE | PROMPT_COUNT, words, writer,
                                        1, true };
    if (utf8_valid(text, strlen(text), &bad) &&
        prompt_compile(&p, text, "prompt", &scope, &mem, &e) == 0)
        render_all(p, row);
    cJSON_Delete(row);
    cJSON_Delete(words);
    arena_release(&mem);
    free(text);
    return 0;
}
