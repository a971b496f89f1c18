/*
 * ROUGE and its tokens, against what rouge-score, rouge-chinese and NLTK make of the
 * same texts: tests/cases/rouge.jsonl and porter.txt, made by
 * tests/fixtures/rouge_vectors.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "scorers/porter.h"
#include "scorers/rouge_text.h"

static void stems(void **state)
{
    char word[100], stem[100];
    size_t n = 0;
    (void)state;
    FILE *f = fopen("tests/cases/porter.txt", "r");
    assert_non_null(f);
    for (char line[200]; fgets(line, sizeof line, f); n++) {
        size_t len = strcspn(line, " ");
        snprintf(word, sizeof word, "%.*s", (int)len, line);
        snprintf(stem, sizeof stem, "%.*s", (int)strcspn(line + len + 1, "\n"), line + len + 1);
        char copy[100];
        memcpy(copy, word, sizeof copy);
        copy[porter_stem(copy, len)] = '\0';
        if (strcmp(copy, stem) != 0)
            fail_msg("%s: its stem is %s, not %s", word, stem, copy);
    }
    fclose(f);
    assert_true(n > 250);
}

static const char *const ways[] = {
    [ROUGE_WORDS] = "",           [ROUGE_STEMS] = "[stem]",
    [ROUGE_CHARS] = "[zh-char]",  [ROUGE_JIEBA] = "[zh-jieba]",
    [ROUGE_CHINESE] = "[chinese]", [ROUGE_CHINESE_CHARS] = "[chinese-char]",
};

static struct rouge_count count(const struct rouge_tokens t[2], size_t which, bool once,
                                struct arena *mem)
{
    if (which < 2)
        return rouge_ngrams(&t[0], &t[1], which + 1, once, mem);
    return which == 2 ? rouge_lcs(&t[0], &t[1], mem) : rouge_lcs_union(&t[0], &t[1], mem);
}

static bool near(const struct rouge_value *v, const cJSON *want)
{
    return fabs(v->f - cJSON_GetArrayItem(want, 0)->valuedouble) < 1e-12 &&
           fabs(v->precision - cJSON_GetArrayItem(want, 1)->valuedouble) < 1e-12 &&
           fabs(v->recall - cJSON_GetArrayItem(want, 2)->valuedouble) < 1e-12;
}

static void one_case(const cJSON *v, const struct segmenter *s, struct arena *mem)
{
    const char *text[] = { json_text(v, "pred", ""), json_text(v, "ref", "") };
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        struct rouge_tokens t[2];
        const cJSON *item;
        size_t which = 0;
        bool once = way >= ROUGE_CHINESE;
        rouge_cut(t, text, 2, (enum rouge_cut)way,
                  rouge_cut_needs_segmenter((enum rouge_cut)way) ? s : NULL, mem);
        cJSON_ArrayForEach(item, json_get(json_get(v, "ways"), ways[way])) {
            struct rouge_count c = count(t, which, once, mem);
            struct rouge_value got = once ? rouge_chinese(c) : rouge_google(c);
            if (!near(&got, item))
                fail_msg("'%s' of '%s': rouge%s, figure %zu: %.17g, not %.17g", text[0], text[1],
                         ways[way], which, got.f, cJSON_GetArrayItem(item, 0)->valuedouble);
            which++;
        }
        assert_int_equal(which, once ? 3 : 4);
    }
}

static void as_the_packages(void **state)
{
    struct err e;
    struct segmenter *s = NULL;
    struct line_reader *in = NULL;
    struct arena mem = { 0 };
    const char *line;
    size_t len, n = 0;
    (void)state;
    assert_int_equal(segmenter_open(&s, "tests/cases/jieba", &e), 0);
    assert_int_equal(line_open(&in, "tests/cases/rouge.jsonl", 1 << 20, &e), 0);
    for (; line_next(in, &line, &len, &e) > 0; n++) {
        cJSON *v = NULL;
        assert_int_equal(json_parse(&v, line, len, &e), 0);
        one_case(v, s, &mem);
        cJSON_Delete(v);
        arena_clear(&mem);
    }
    assert_true(n > 100);
    line_close(in);
    arena_release(&mem);
    segmenter_close(s);
}

/* The example of Lin (2004), section 3.2, its sentences the other way round. */
static void union_of_sentences(void **state)
{
    static const char *const text[] = { "w1 w3 w8 w9 w5\nw1 w2 w6 w7 w8", "w1 w2 w3 w4 w5" };
    struct rouge_tokens t[2];
    struct arena mem = { 0 };
    (void)state;
    rouge_cut(t, text, 2, ROUGE_WORDS, NULL, &mem);
    assert_int_equal(rouge_lcs_union(&t[0], &t[1], &mem).both, 4);
    assert_int_equal(rouge_lcs(&t[0], &t[1], &mem).both, 3);
    arena_release(&mem);
}

static const struct {
    enum rouge_cut cut;
    const char *text;
    size_t n_token, n_sentence;
} cuts[] = {
    { ROUGE_WORDS, "", 0, 0 },
    { ROUGE_WORDS, "Don't, 中文 3.5", 4, 1 },
    { ROUGE_WORDS, "a\n\n \nb", 2, 2 },
    { ROUGE_WORDS, "\xE2\x84\xAA", 1, 1 }, /* Kelvin's sign is a small k */
    { ROUGE_CHARS, "中文 3.5é，Ａ", 6, 1 },
    { ROUGE_JIEBA, "中文，3.5。\nab", 3, 2 },
    { ROUGE_CHINESE_CHARS, "中 文。a\n\nb", 6, 1 }, /* one of them empty */
};

static void tokens(void **state)
{
    struct err e;
    struct segmenter *s = NULL;
    struct arena mem = { 0 };
    (void)state;
    assert_int_equal(segmenter_open(&s, "tests/cases/jieba", &e), 0);
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct rouge_tokens t;
        rouge_cut(&t, &cuts[i].text, 1, cuts[i].cut, s, &mem);
        if (t.n != cuts[i].n_token || t.n_sentence != cuts[i].n_sentence)
            fail_msg("'%s': %zu tokens, %zu sentences", cuts[i].text, t.n, t.n_sentence);
    }
    arena_release(&mem);
    segmenter_close(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems),
        cmocka_unit_test(as_the_packages),
        cmocka_unit_test(union_of_sentences),
        cmocka_unit_test(tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
