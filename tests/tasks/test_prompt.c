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
    " \"big\": 3, \"list\": [1], \"yes\": true, \"name_of_it\": \"a_b\", \"empty\": \"\","
    " \"nil\": null, \"deep\": {\"text\": [\"one\", \"two\"], \"in\": {\"er\": false}},"
    " \"deep.text.1\": \"whole name\", \"opts\": [{\"t\": \"x\", \"v\": null}, {\"t\": \"y\"}],"
    " \"answer\": [\"seven\"], \"kind\": \"cause\"}";
#define HAS                                                                                  \
    "id, Q, A, n, big, list, yes, name_of_it, empty, nil, deep, deep.text.1, opts, answer, " \
    "kind"

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
    { "{{n}} {{big}} {{yes}}", "0.25 3 true", NULL },
    { "x{{empty}}y{{empty|strip|words}}", "xy", NULL },
    { "a_b {{name_of_it|words}} c_d", "a_b a b c_d", NULL },
    { "{{subset.name|words}}", "food science", NULL },
    { "{{subset.title}}/{{subset.title_zh}}/{{subset.title_en}}",
      "食品科学/食品科学/food science (title)", NULL },
    { "{{Quesion}}", NULL, "p: unknown field 'Quesion' (row has " HAS ")" },
    { "{{a}}", NULL, "p: unknown field 'a' (row has " HAS ")" },
    { "{{list}}", NULL, "p: field 'list' is a list, not text, a number, true or false" },
    { "{{deep}}", NULL, "p: field 'deep' is an object, not text, a number, true or false" },
    { "{{nil}}", NULL, "p: field 'nil' is null, not text, a number, true or false" },
    { "{{A", NULL, "p: '{{' without '}}'" },
    { "a {{A}} {{", NULL, "p: '{{' without '}}'" },
    { "{{}}", NULL, "p: '{{' without a name" },
    { "{{ |strip}}", NULL, "p: '{{' without a name" },
    { "{{A|stirp}}", NULL, "p: unknown filter 'stirp' (did you mean 'strip'?)" },
    { "{{A|}}", NULL, "p: unknown filter ''" },
    { "{{A|strip|strip|strip|strip|strip}}", NULL, "p: more than 4 filters on 'A'" },
    { "{{subset.titel}}", NULL, "p: unknown value 'subset.titel' (did you mean 'subset.title'?)" },
    /* places in the row */
    { "{{list.0}} {{deep.text.0}} {{deep.in.er}}", "1 one false", NULL },
    { "{{deep.text.1}}", "whole name", NULL },
    { "{{deep.text.2}}", NULL, "p: unknown field 'deep.text.2' ('deep.text' has a list of 2)" },
    { "{{deep.txt}}", NULL, "p: unknown field 'deep.txt' ('deep' has text, in)" },
    { "{{deep.text.x}}", NULL, "p: unknown field 'deep.text.x' ('deep.text' has a list of 2)" },
    { "{{A.b}}", NULL, "p: unknown field 'A.b' ('A' has a value without members)" },
    { "{{deep.}}", NULL, "p: unknown field 'deep.' ('deep' has text, in)" },
    { "{{answer.0}}", "seven", NULL },
    { "<{{nil?}}{{nowhere?}}{{deep.no?|strip}}>{{yes?}}", "<>true", NULL },
    { "{{list?}}", NULL, "p: field 'list' is a list, not text, a number, true or false" },
    /* lists */
    { "{{deep.text|join_spaces}}, {{deep.text|join_lines|upper}}", "one two, ONE\nTWO", NULL },
    { "{{nil?|join_spaces}}", "", NULL },
    { "{{A|join_lines}}", NULL, "p: field 'A' is not a list, which filter join_lines wants" },
    { "{{opts|join_lines}}", NULL,
      "p: field 'opts' is an object, not text, a number, true or false" },
    { "{{deep.text|strip|join_lines}}", NULL,
      "p: filter join_lines takes a list, so it comes first" },
    /* arguments */
    { "{{name_of_it|drop:a_}}", "b", NULL },
    { "{{name_of_it|drop:_b |upper}}", "A_B", NULL },
    { "{{A|drop}}", NULL, "p: filter drop takes a text: 'drop:TEXT'" },
    { "{{A|drop:}}", NULL, "p: filter drop takes a text: 'drop:TEXT'" },
    { "{{A|strip:x}}", NULL, "p: filter strip takes no ':'" },
    /* blocks */
    { "a {{#upper}}b {{name_of_it|words}} c{{/}} d", "a B A B C d", NULL },
    { "{{#strip|upper}} {{empty}} x {{/}}{{#lower}}{{/}}", "X", NULL },
    { "{{#upper}}a{{#lower}}b{{/}}{{/}}", NULL, "p: '{{#' inside another one" },
    { "{{#upper}}a", NULL, "p: '{{#' without '{{/}}'" },
    { "a{{/}}", NULL, "p: '{{/}}' without '{{#'" },
    { "{{#}}a{{/}}", NULL, "p: unknown filter ''" },
    { "{{#join_lines}}a{{/}}", NULL, "p: filter join_lines takes a list, so it comes first" },
    /* words and answers */
    { "{{word.link}} {{word.link|upper}}", "since SINCE", NULL },
    { "{{word.lnk}}", NULL, "p: unknown value 'word.lnk' (did you mean 'word.link'?)" },
    { "{{word.none}}", NULL, "p: 'word.none' has no word for '{{Q}}', which field 'A' is" },
    { "{{word.gone}}", NULL, "p: unknown field 'gone' (row has " HAS ")" },
    { "<{{answer.think|strip}}>", "<thoughts>", NULL },
    { "<{{out|upper}}> {{out.x?}}", "<DEF F(): 1> ", NULL },
    { "{{answer.thnk}}", NULL, "p: 'answer.thnk': no step 'thnk' before this one writes text" },
    /* options */
    { "{{option.letter}}{{option.number}} of {{option.count}}, to {{option.last_letter}}: {{.t}}",
      "B2 of 2, to B: y", NULL },
    { "{{option.lines}}", "A. x; B. y", NULL },
    { "{{.v?}}{{.}}", NULL, "p: field '.' is an object, not text, a number, true or false" },
    { "{{.u}}", NULL, "p: option 2: unknown field 'u' (row has t)" },
    { "{{option.leter}}", NULL,
      "p: unknown value 'option.leter' (did you mean 'option.letter'?)" },
};

static const char words_json[] =
    "{\"link\": {\"of\": \"kind\", \"is\": {\"cause\": \"since\"}},"
    " \"none\": {\"of\": \"A\", \"is\": {\"cause\": \"since\"}},"
    " \"gone\": {\"of\": \"gone\", \"is\": {\"cause\": \"since\"}}}";

static cJSON *parsed(const char *text)
{
    struct err e = { 0 };
    cJSON *tree = NULL;
    if (json_parse(&tree, text, strlen(text), &e) < 0)
        fail_msg("%s", e.text);
    return tree;
}

static int render(struct strbuf *out, const char *template, const struct prompt_scope *scope,
                  const struct prompt_source *source, struct err *e)
{
    struct arena mem = { 0 };
    struct prompt *p;
    int rc = prompt_compile(&p, template, "p", scope, &mem, e);
    if (rc == 0) {
        assert_string_equal(prompt_place(p), "p");
        rc = prompt_render(out, p, source, e);
    }
    arena_release(&mem);
    return rc;
}

/* A line of {{option.lines}}. */
static const struct prompt *line(struct arena *mem)
{
    const struct prompt_scope scope = { .options = PROMPT_VALUE | PROMPT_PLACE };
    struct prompt *p = NULL;
    struct err e = { 0 };
    if (prompt_compile(&p, "{{option.letter}}. {{.t}}", "line", &scope, mem, &e) < 0)
        fail_msg("%s", e.text);
    return p;
}

static void test_cases(void **state)
{
    (void)state;
    static const char *const writer[] = { "think" };
    struct out out = { .text = " thoughts\n" };
    struct turn turn = { .step = "think", .a = { .out = &out, .n_out = 1 } };
    const struct trace so_far = { .turn = &turn, .n_turn = 1 };
    const struct subset subset = { .name = "food_science", .title_zh = "食品科学",
                                   .title_en = "food science (title)" };
    struct arena mem = { 0 };
    cJSON *row = parsed(row_json), *words = parsed(words_json);
    const struct prompt_options options = { json_get(row, "opts"), 2, line(&mem), "; " };
    const struct prompt_scope scope = { 15, words, writer, 1, true };
    const struct prompt_source source = { row,  &subset, "zh",           &options,
                                          1,    &so_far, "def f(): 1" };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf b = STRBUF_INIT;
        struct err e = { 0 };
        int rc = render(&b, cases[i].template, &scope, &source, &e);
        assert_string_equal(e.text, cases[i].error ? cases[i].error : "");
        assert_true(cases[i].error ? rc < 0 : rc == 0);
        if (cases[i].text)
            assert_string_equal(b.s, cases[i].text);
        strbuf_release(&b);
    }
    cJSON_Delete(row);
    cJSON_Delete(words);
    arena_release(&mem);
}

/* What a template may not speak of, and why. */
static const struct {
    unsigned options;
    const char *template, *error;
} bounds[] = {
    { 0, "{{.}}", "p: '.' stands for an option; it needs the key 'each', and is known only in "
                  "choices, option and lead" },
    { PROMPT_PLACE, "{{.text}}", "p: '.text' stands for an option; it needs the key 'each', and "
                                 "is known only in choices, option and lead" },
    { PROMPT_COUNT, "{{option.letter}}",
      "p: 'option.letter' is known only in choices, option and lead" },
    { 0, "{{option.count}}", "p: 'option.count' needs options: the key 'choices' or 'each'" },
    { PROMPT_VALUE, "{{option.lines}}",
      "p: 'option.lines' needs the keys 'each' and 'option', and is not known in option itself" },
    { 0, "{{word.x}}", "p: 'word.x' needs the recipe's key 'words'" },
};

static void test_scope(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        const struct prompt_scope scope = { .options = bounds[i].options };
        struct strbuf b = STRBUF_INIT;
        struct err e = { 0 };
        assert_int_equal(render(&b, bounds[i].template, &scope, NULL, &e), ERR_INPUT);
        assert_string_equal(e.text, bounds[i].error);
    }
}

/* The members of an object, a row without options, and more of them than letters. */
static void test_options(void **state)
{
    (void)state;
    cJSON *row = parsed("{\"x\": {\"first one\": 1, \"b\": 0}}");
    const struct prompt_scope scope = { .options = 15 };
    struct prompt_options options = { .list = json_get(row, "x"), .n = 2 };
    const struct prompt_source source = { .row = row, .lang = "en", .options = &options };
    struct prompt_source last = source;
    struct strbuf b = STRBUF_INIT;
    struct err e = { 0 };
    assert_int_equal(render(&b, "{{option.letter}} {{.}}", &scope, &source, &e), 0);
    assert_string_equal(b.s, "A first one");
    assert_int_equal(render(&b, "{{.text}}", &scope, &source, &e), ERR_INPUT);
    assert_string_equal(e.text, "p: option 1 is a name, which has no 'text'");
    options.n = 27;
    last.place = 26;
    assert_int_equal(render(&b, "{{option.letter}}", &scope, &last, &e), ERR_INPUT);
    assert_string_equal(e.text, "p: option 27: there are only 26 letters");
    options.n = 0;
    assert_int_equal(render(&b, "{{option.count}}", &scope, &source, &e), ERR_INPUT);
    assert_string_equal(e.text, "p: 'option.count' of a row that has no options");
    strbuf_release(&b);
    cJSON_Delete(row);
}

static void test_subset(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct strbuf b = STRBUF_INIT;
    cJSON *row = cJSON_CreateObject();
    const struct subset subset = { .name = "s", .title_zh = "", .title_en = "English" };
    const struct prompt_source en = { .row = row, .subset = &subset, .lang = "en" };
    const struct prompt_source zh = { .row = row, .subset = &subset, .lang = "zh" };
    const struct prompt_source none = { .row = row, .lang = "en" };
    const struct prompt_scope scope = { 0 };
    assert_int_equal(render(&b, "{{subset.title}}", &scope, &en, &e), 0);
    assert_string_equal(b.s, "English");
    assert_int_equal(render(&b, "{{subset.title}}", &scope, &zh, &e), ERR_INPUT);
    assert_string_equal(e.text,
                        "p: subset 's' has no such title for 'subset.title' in the catalog");
    assert_int_equal(render(&b, "{{subset.name}}", &scope, &none, &e), ERR_INPUT);
    assert_string_equal(e.text, "p: 'subset.name' needs a data set with subsets (and shots "
                        "of the question's own)");
    assert_int_equal(render(&b, "{{x}}", &scope, &none, &e), ERR_INPUT);
    assert_string_equal(e.text, "p: unknown field 'x' (row has none)");
    cJSON_Delete(row);
    strbuf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_scope),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_subset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
