/* Templates: every value, every filter, every complaint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tasks/prompt.h"

static const char row_json[] =
    "{\"id\": \"x/test/0\", \"Q\": \"  \\u3000你好 {{A}}\\n\", \"A\": \"{{Q}}\", \"n\": 0.25,"
    " \"big\": 3, \"list\": [1], \"yes\": true, \"name_of_it\": \"a_b\", \"empty\": \"\"}";

static const struct {
    const char *template, *text, *error; /* one of both */
} cases[] = {
    { "", "", NULL },
    { "plain } text { }}", "plain } text { }}", NULL },
    { "[{{A}}]", "[{{Q}}]", NULL },
    { "{{ A }}{{A}}", "{{Q}}{{Q}}", NULL },
    { "{{Q}}", "  \xE3\x80\x80你好 {{A}}\n", NULL },
    { "<{{Q|strip}}>", "<你好 {{A}}>", NULL },
    { " {{ Q | strip }} ", " 你好 {{A}} ", NULL },
    { "{{n}} {{big}}", "0.25 3", NULL },
    { "x{{empty}}y{{empty|strip|words}}", "xy", NULL },
    { "a_b {{name_of_it|words}} c_d", "a_b a b c_d", NULL },
    { "{{subset.name|words}}", "food science", NULL },
    { "{{subset.title}}/{{subset.title_zh}}/{{subset.title_en}}",
      "食品科学/食品科学/food science (title)", NULL },
    { "{{Quesion}}", NULL,
      "p: unknown field 'Quesion' (row has id, Q, A, n, big, list, yes, name_of_it, empty)" },
    { "{{a}}", NULL,
      "p: unknown field 'a' (row has id, Q, A, n, big, list, yes, name_of_it, empty)" },
    { "{{list}}", NULL, "p: field 'list' is neither text nor a number" },
    { "{{yes}}", NULL, "p: field 'yes' is neither text nor a number" },
    { "{{A", NULL, "p: '{{' without '}}'" },
    { "a {{A}} {{", NULL, "p: '{{' without '}}'" },
    { "{{}}", NULL, "p: '{{' without a name" },
    { "{{ |strip}}", NULL, "p: '{{' without a name" },
    { "{{A|stirp}}", NULL, "p: unknown filter 'stirp' (did you mean 'strip'?)" },
    { "{{A|}}", NULL, "p: unknown filter ''" },
    { "{{A|strip|strip|strip|strip|strip}}", NULL, "p: more than 4 filters on 'A'" },
    { "{{subset.titel}}", NULL, "p: unknown value 'subset.titel' (did you mean 'subset.title'?)" },
};

static int render(struct strbuf *out, const char *template, const struct prompt_source *source,
                  struct err *e)
{
    struct arena mem = { 0 };
    struct prompt *p;
    int rc = prompt_compile(&p, template, "p", &mem, e);
    if (rc == 0) {
        assert_string_equal(prompt_place(p), "p");
        rc = prompt_render(out, p, source, e);
    }
    arena_release(&mem);
    return rc;
}

static void test_cases(void **state)
{
    (void)state;
    struct err e = { 0 };
    const struct subset subset = { .name = "food_science", .title_zh = "食品科学",
                                   .title_en = "food science (title)" };
    cJSON *row;
    assert_int_equal(json_parse(&row, row_json, strlen(row_json), &e), 0);
    const struct prompt_source source = { row, &subset, "zh" };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf b = STRBUF_INIT;
        e.text[0] = '\0';
        int rc = render(&b, cases[i].template, &source, &e);
        assert_string_equal(e.text, cases[i].error ? cases[i].error : "");
        assert_true(cases[i].error ? rc < 0 : rc == 0);
        if (cases[i].text)
            assert_string_equal(b.s, cases[i].text);
        strbuf_release(&b);
    }
    cJSON_Delete(row);
}

static void test_subset(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct strbuf b = STRBUF_INIT;
    cJSON *row = cJSON_CreateObject();
    const struct subset subset = { .name = "s", .title_zh = "", .title_en = "English" };
    const struct prompt_source en = { row, &subset, "en" }, zh = { row, &subset, "zh" };
    const struct prompt_source none = { row, NULL, "en" };
    assert_int_equal(render(&b, "{{subset.title}}", &en, &e), 0);
    assert_string_equal(b.s, "English");
    assert_int_equal(render(&b, "{{subset.title}}", &zh, &e), ERR_INPUT);
    assert_string_equal(e.text,
                        "p: subset 's' has no such title for 'subset.title' in the catalog");
    assert_int_equal(render(&b, "{{subset.name}}", &none, &e), ERR_INPUT);
    assert_string_equal(e.text, "p: 'subset.name' needs a data set with subsets");
    assert_int_equal(render(&b, "{{x}}", &none, &e), ERR_INPUT);
    assert_string_equal(e.text, "p: unknown field 'x' (row has none)");
    cJSON_Delete(row);
    strbuf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_subset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
