/*
 * Sentences and languages, against what NLTK and langdetect say of the same texts:
 * tests/cases/language.jsonl, made by tests/fixtures/language_vectors.py, or those of
 * $EVALRUN_VECTORS. Their data is in the cache (scripts/setup.sh --language); without
 * it the test is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dirs.h"
#include "base/file.h"
#include "base/json.h"
#include "scorers/language.h"
#include "scorers/sentences.h"

struct tools {
    struct languages *languages;
    struct sentences *sentences;
    struct treebank *words;
};

static void same_list(const char *what, const char *text, const cJSON *want,
                      const char *const *got, size_t n)
{
    size_t i = 0;
    const cJSON *item;
    assert_non_null(got);
    cJSON_ArrayForEach(item, want) {
        if (i >= n || strcmp(got[i], item->valuestring) != 0)
            fail_msg("%s of '%s': number %zu is '%s', not '%s'", what, text, i,
                     i < n ? got[i] : "(none)", item->valuestring);
        i++;
    }
    if (i != n)
        fail_msg("%s of '%s': %zu, not %zu", what, text, n, i);
}

static void check_line(const struct tools *t, const cJSON *v, struct arena *mem)
{
    size_t n;
    const char *text = json_text(v, "text", NULL), *want = json_text(v, "language", "none");
    const char *const *got = sentences_split(&n, t->sentences, text, mem);
    same_list("sentences", text, json_get(v, "sentences"), got, n);
    assert_int_equal(sentences_count(t->sentences, text, mem), n);
    got = sentences_words(&n, t->sentences, t->words, text, mem);
    same_list("words", text, json_get(v, "words"), got, n);
    const char *language = language_of(t->languages, text, mem);
    if (strcmp(language ? language : "none", want) != 0)
        fail_msg("language of '%s': %s, not %s", text, language ? language : "none", want);
}

static void as_the_packages(void **state)
{
    const struct tools *t = *state;
    struct arena mem = { 0 };
    static char line[1 << 16];
    size_t n_line = 0;
    const char *vectors = getenv("EVALRUN_VECTORS");
    FILE *f = fopen(vectors ? vectors : "tests/cases/language.jsonl", "r");
    assert_non_null(f);
    for (; fgets(line, sizeof line, f); n_line++) {
        cJSON *v = NULL;
        struct err e;
        assert_int_equal(json_parse(&v, line, strlen(line), &e), 0);
        check_line(t, v, &mem);
        cJSON_Delete(v);
        arena_clear(&mem);
    }
    fclose(f);
    assert_true(n_line >= 150);
    arena_release(&mem);
}

static void files_that_are_none(void **state)
{
    struct languages *l = NULL;
    struct sentences *s = NULL;
    struct err e;
    (void)state;
    assert_true(languages_open(&l, "tests/cases", &e) < 0);
    assert_non_null(strstr(e.text, "tests/cases/utils/messages.properties"));
    assert_true(sentences_open(&s, "tests/cases", &e) < 0);
    assert_non_null(strstr(e.text, "tests/cases/abbrev_types.txt"));
    languages_close(NULL);
    sentences_close(NULL);
}

int main(void)
{
    struct tools t = { 0 };
    struct arena mem = { 0 };
    struct err e;
    const char *cache;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(as_the_packages, &t),
        cmocka_unit_test(files_that_are_none),
    };
    if (dirs_cache(&cache, &mem, &e) < 0)
        return 1;
    const char *langdetect = arena_printf(&mem, "%s/langdetect-1.0.9", cache);
    const char *punkt = arena_printf(&mem, "%s/punkt-english", cache);
    if (!file_is_dir(langdetect) || !file_is_dir(punkt)) {
        fprintf(stderr, "skipped: %s or %s is not there; scripts/setup.sh --language\n",
                langdetect, punkt);
        return 77;
    }
    if (languages_open(&t.languages, langdetect, &e) < 0 ||
        sentences_open(&t.sentences, punkt, &e) < 0 || treebank_new(&t.words, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    languages_close(t.languages);
    sentences_close(t.sentences);
    treebank_free(t.words);
    arena_release(&mem);
    return rc;
}
