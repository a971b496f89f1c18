/* Tokens as sacrebleu 2.6.0 makes them: tests/cases/sacrebleu.jsonl, which
 * tests/fixtures/sacrebleu_vectors.py writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "scorers/text_tokens.h"

static void tokenize(struct text_tokens *out, enum tokenization how, const char *text,
                     struct arena *mem)
{
    struct tokenizer t;
    tokenizer_init(&t, how);
    text_tokenize(out, &t, text, strlen(text), mem);
}

/* The tokens with "|" between them. */
static const char *joined(enum tokenization how, const char *text, struct arena *mem)
{
    struct text_tokens tokens;
    tokenize(&tokens, how, text, mem);
    const char *all = "";
    for (size_t i = 0; i < tokens.n; i++)
        all = arena_printf(mem, "%s%s%.*s", all, i ? "|" : "", (int)tokens.list[i].len,
                           tokens.list[i].s);
    return all;
}

static void check(const cJSON *row, enum tokenization how, struct arena *mem)
{
    const char *text = json_text(row, "text", "");
    const cJSON *want = json_get(json_get(row, "tokens"), tokenization_names[how]), *token;
    const char *all = "";
    cJSON_ArrayForEach(token, want)
        all = arena_printf(mem, "%s%s%s", all, *all ? "|" : "", token->valuestring);
    const char *found = joined(how, text, mem);
    if (strcmp(found, all) != 0)
        fail_msg("%s of '%s': '%s', not '%s'", tokenization_names[how], text, found, all);
}

static void tokens_are_those_of_sacrebleu(void **state)
{
    (void)state;
    struct line_reader *reader = NULL;
    struct arena mem = { 0 };
    struct err e = { 0 };
    const char *line;
    size_t len, n = 0;
    int rc = line_open(&reader, "tests/cases/sacrebleu.jsonl", 1 << 20, &e);
    while (rc >= 0 && (rc = line_next(reader, &line, &len, &e)) == 1) {
        cJSON *row = NULL;
        assert_int_equal(json_parse(&row, line, len, &e), 0);
        for (int how = 0; how < TOKENIZE_COUNT && json_get(row, "tokens"); how++, n++)
            check(row, (enum tokenization)how, &mem);
        cJSON_Delete(row);
        arena_clear(&mem);
    }
    line_close(reader);
    arena_release(&mem);
    assert_int_equal(rc, 0);
    assert_true(n > 300);
}

static void stops_that_follow_each_other(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    static const struct {
        enum tokenization how;
        const char *text, *tokens;
    } cases[] = {
        { TOKENIZE_13A, "a..b", "a|.|.|b" },      { TOKENIZE_13A, "a..5", "a|.|.5" },
        { TOKENIZE_13A, "5..5", "5|.|.|5" },      { TOKENIZE_13A, "5...5", "5|.|.|.5" },
        { TOKENIZE_13A, "3.14,", "3.14|," },      { TOKENIZE_13A, "5-7", "5|-|7" },
        { TOKENIZE_13A, "a-7 -7", "a-7|-7" },     { TOKENIZE_13A, "5--7", "5|-|-7" },
        { TOKENIZE_ZH, "3.", "3." },              { TOKENIZE_13A, "3.", "3|." },
        { TOKENIZE_INTL, "3.", "3." },            { TOKENIZE_INTL, "½.½", "½.½" },
        { TOKENIZE_INTL, "€5", "€|5" },           { TOKENIZE_INTL, "«a»", "«|a|»" },
        { TOKENIZE_ZH, "中文abc，3.5公斤", "中|文|abc|，|3.5|公|斤" },
        { TOKENIZE_ZH, "a→b\u200Bc—", "a|→|b|\u200B|c|—" }, /* sacrebleu's ranges */
        { TOKENIZE_ZH, "𠀀𠀁", "𠀀𠀁" },
        { TOKENIZE_13A, "<skipped>a&amp;lt;-\nb\nc", "a|<|b|c" },
        { TOKENIZE_NONE, "a\u00A0b\u3000 c.\x1c", "a|b|c." },
        { TOKENIZE_CHAR, " 中 a\t.", "中|a|." },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(joined(cases[i].how, cases[i].text, &mem), cases[i].tokens);
    arena_release(&mem);
}

static void numbers_tell_words_apart(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct text_tokens tokens;
    struct vocabulary words;
    tokenize(&tokens, TOKENIZE_NONE, "one two one abcdefgh abcdefghi abcdefgh", &mem);
    vocabulary_init(&words, tokens.n, &mem);
    const uint32_t *numbers = vocabulary_numbers(&words, &tokens, &mem);
    static const uint32_t want[] = { 0, 1, 0, 2, 3, 2 };
    assert_int_equal(tokens.n, 6);
    assert_memory_equal(numbers, want, sizeof want);
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_those_of_sacrebleu),
        cmocka_unit_test(stops_that_follow_each_other),
        cmocka_unit_test(numbers_tell_words_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
