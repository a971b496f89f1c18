/*
 * Plain forms and tokens, against what the authors' own code makes of the same
 * texts: tests/cases/plain.jsonl, made by tests/fixtures/plain_vectors.py, or those
 * of $EVALRUN_VECTORS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "scorers/mixed.h"
#include "scorers/plain.h"
#include "scorers/treebank.h"

static void same_tokens(const char *what, const char *text, const cJSON *want,
                        const char *const *token, size_t n)
{
    size_t i = 0;
    const cJSON *item;
    assert_non_null(token);
    cJSON_ArrayForEach(item, want) {
        if (i >= n || strcmp(token[i], item->valuestring) != 0)
            fail_msg("%s of '%s': token %zu is '%s', not '%s'", what, text, i,
                     i < n ? token[i] : "(none)", item->valuestring);
        i++;
    }
    if (i != n)
        fail_msg("%s of '%s': %zu tokens, not %zu", what, text, n, i);
}

static void as_the_authors_code(void **state)
{
    struct err e;
    struct treebank *words = NULL;
    struct arena mem = { 0 };
    char line[8192];
    size_t n, n_line = 0;
    (void)state;
    assert_int_equal(treebank_new(&words, &e), 0);
    const char *vectors = getenv("EVALRUN_VECTORS");
    FILE *f = fopen(vectors ? vectors : "tests/cases/plain.jsonl", "r");
    assert_non_null(f);
    for (; fgets(line, sizeof line, f); n_line++) {
        cJSON *v = NULL;
        assert_int_equal(json_parse(&v, line, strlen(line), &e), 0);
        const char *text = json_text(v, "text", NULL);
        const char *const *token = treebank_words(&n, words, text, &mem);
        same_tokens("words", text, json_get(v, "words"), token, n);
        token = mixed_tokens(&n, text, words, &mem);
        same_tokens("tokens", text, json_get(v, "tokens"), token, n);
        assert_string_equal(plain_english(text, &mem), json_text(v, "english", NULL));
        assert_string_equal(mixed_bare(text, &mem), json_text(v, "bare", NULL));
        cJSON_Delete(v);
        arena_clear(&mem);
    }
    fclose(f);
    assert_true(n_line >= 250);
    treebank_free(words);
    arena_release(&mem);
}

static void characters(void **state)
{
    static const struct {
        const char *text, *tokens;
    } cases[] = {
        { "北京大学", "北|京|大|学|" },
        { "《GPT-4》很 好！3.5分", "gpt|4|很|好|3|5|分|" },
        { "ＡＢ，é😀", "ａ|ｂ|é|😀|" },
        { "「」。 \t", "" },
        { "", "" },
        { "a", "a|" },
    };
    struct arena mem = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n;
        struct strbuf got = STRBUF_INIT;
        const char *const *token = plain_chars(&n, cases[i].text, &mem);
        for (size_t k = 0; k < n; k++)
            strbuf_printf(&got, "%s|", token[k]);
        assert_string_equal(got.len ? got.s : "", cases[i].tokens);
        strbuf_release(&got);
    }
    arena_release(&mem);
}

static void common_words(void **state)
{
    static const char *const a[] = { "x", "y", "x" }, *const b[] = { "x", "z", "y", "x", "x" };
    struct arena mem = { 0 };
    (void)state;
    assert_int_equal(plain_common(a, 3, b, 5, &mem), 3);
    assert_int_equal(plain_common(a, 1, b, 5, &mem), 1);
    assert_int_equal(plain_common(a, 0, b, 5, &mem), 0);
    assert_float_equal(plain_f1(a, 3, b, 5, &mem), 2 * 1.0 * 0.6 / 1.6, 1e-15);
    assert_float_equal(plain_f1(a, 0, b, 0, &mem), 1, 0);
    assert_float_equal(plain_f1(a, 0, b, 5, &mem), 0, 0);
    assert_float_equal(plain_f1(a + 1, 1, b + 1, 1, &mem), 0, 0);
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_authors_code),
        cmocka_unit_test(characters),
        cmocka_unit_test(common_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
