/*
 * Chinese words, against what jieba made of the same texts with the same words and
 * tables: tests/cases/segment.jsonl by the small ones of tests/cases/jieba, made by
 * tests/fixtures/rouge_vectors.py; or the file and the folder named as arguments.
 */
#include "tests/base/scratch.h"

#include <time.h>

#include "base/json.h"
#include "scorers/segmenter.h"

/* The file of texts, and the folder of words and tables. */
static const char *const recorded[] = { NULL, "tests/cases/segment.jsonl", "tests/cases/jieba" };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void same_words(const char *text, const cJSON *want, const struct segments *got)
{
    size_t i = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, want) {
        const char *word = item->valuestring;
        if (i >= got->n || got->item[i].len != strlen(word) ||
            memcmp(got->item[i].at, word, got->item[i].len) != 0)
            fail_msg("'%s': word %zu is '%.*s', not '%s'", text, i,
                     i < got->n ? (int)got->item[i].len : 0, i < got->n ? got->item[i].at : "",
                     word);
        i++;
    }
    assert_int_equal(i, got->n);
}

static void as_jieba(void **state)
{
    const char *const *from = *state;
    struct err e;
    struct segmenter *s = NULL;
    struct line_reader *in = NULL;
    struct arena mem = { 0 };
    const char *line;
    size_t len, n = 0;
    double time = 0;
    int rc;
    assert_int_equal(segmenter_open(&s, from[2], &e), 0);
    assert_int_equal(line_open(&in, from[1], 1 << 24, &e), 0);
    while ((rc = line_next(in, &line, &len, &e)) > 0) {
        cJSON *v = NULL;
        struct segments words;
        assert_int_equal(json_parse(&v, line, len, &e), 0);
        const char *text = json_text(v, "text", "");
        time -= seconds();
        segmenter_cut(&words, s, text, strlen(text), &mem);
        time += seconds();
        same_words(text, json_get(v, "words"), &words);
        cJSON_Delete(v);
        arena_clear(&mem);
        n++;
    }
    assert_int_equal(rc, 0);
    printf("%zu texts cut in %.6f s\n", n, time);
    assert_true(n >= 200);
    line_close(in);
    arena_release(&mem);
    segmenter_close(s);
}

/* What is left over at the ends of things. */
static void edges(void **state)
{
    static const char *const texts[] = { "", " ", "\r\n", "\r", "a", "%", "。", "龘", "😀" };
    struct err e;
    struct segmenter *s = NULL;
    struct arena mem = { 0 };
    (void)state;
    assert_int_equal(segmenter_open(&s, recorded[2], &e), 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct segments words;
        segmenter_cut(&words, s, texts[i], strlen(texts[i]), &mem);
        assert_int_equal(words.n, *texts[i] != '\0');
        if (words.n)
            assert_int_equal(words.item[0].len, strlen(texts[i]));
    }
    arena_release(&mem);
    segmenter_close(s);
}

#define START "P={'B': -1, 'E': -3.14e+100, 'M': -3.14e+100, 'S': -1}"
#define TRANS "P={'B': {'E': -1, 'M': -1}, 'E': {'B': -1}, 'M': {'E': -1}, 'S': {'S': -1}}"
#define EMIT "P={'B': {'\\u4e00': -1}, 'E': {'\xE4\xB8\x80': -2.5,\n}, 'M': {'a': -1}}"

static const struct {
    const char *words, *start, *trans, *emit, *error; /* NULL: it can be read */
} files[] = {
    { "\xE4\xB8\x80 3 n\n", START, TRANS, EMIT, NULL },
    { "\xE4\xB8\x80 3\r\n\xE4\xBA\x8C 1", START, TRANS, EMIT, NULL },
    { "", START, TRANS, EMIT, "/dict.txt: it has no word" },
    { "a 0\n", START, TRANS, EMIT, "/dict.txt: it has no word" },
    { "a 1\nb\n", START, TRANS, EMIT, "/dict.txt: line 2: a word of at most 64 characters, a "
                                      "blank and its frequency are wanted" },
    { "a x\n", START, TRANS, EMIT, "/dict.txt: line 1: a word of at most 64 characters, a blank "
                                   "and its frequency are wanted" },
    { " 3\n", START, TRANS, EMIT, "/dict.txt: line 1: a word of at most 64 characters, a blank "
                                  "and its frequency are wanted" },
    { "a\xFF 3\n", START, TRANS, EMIT, "/dict.txt: byte 1 is not UTF-8" },
    { "a 3\n", "", TRANS, EMIT, "/finalseg: prob_start.py: not a table of the states B, E, M "
                                "and S" },
    { "a 3\n", "P={'X': -1}", TRANS, EMIT, "/finalseg: prob_start.py: not a table of the states "
                                           "B, E, M and S" },
    { "a 3\n", START, "P={'B': -1}", EMIT, "/finalseg: prob_trans.py: not a table of the states "
                                           "B, E, M and S" },
    { "a 3\n", START, TRANS, "P={'B': {'\\u4e': -1}}", "/finalseg: prob_emit.py: not a table of "
                                                       "the states B, E, M and S" },
    { "a 3\n", START, TRANS, "P={'B': {'a': -1}", "/finalseg: prob_emit.py: not a table of the "
                                                  "states B, E, M and S" },
};

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    write_text(path, text);
}

static void damaged_files(void **state)
{
    const char *dir = *state;
    struct err e;
    char below[4200];
    snprintf(below, sizeof below, "%s/finalseg", dir);
    assert_int_equal(file_mkdirs(below, &e), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct segmenter *s = NULL;
        write_file(dir, "dict.txt", files[i].words);
        write_file(below, "prob_start.py", files[i].start);
        write_file(below, "prob_trans.py", files[i].trans);
        write_file(below, "prob_emit.py", files[i].emit);
        int rc = segmenter_open(&s, dir, &e);
        if (rc < 0 && (!files[i].error || strcmp(e.text + strlen(dir), files[i].error) != 0))
            fail_msg("%s, not %s", e.text, files[i].error ? files[i].error : "good");
        assert_int_equal(rc < 0, files[i].error != NULL);
        if (s)
            assert_false(segmenter_is_original(s));
        segmenter_close(s);
    }
}

static void absent_files(void **state)
{
    struct err e;
    struct segmenter *s = NULL;
    (void)state;
    assert_int_equal(segmenter_open(&s, "/nowhere", &e), ERR_IO);
    assert_non_null(strstr(e.text, "/nowhere/dict.txt"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest given[] = { cmocka_unit_test_prestate(as_jieba, argv) };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(as_jieba, (void *)(uintptr_t)recorded),
        cmocka_unit_test(edges),
        cmocka_unit_test_setup_teardown(damaged_files, scratch_setup, scratch_teardown),
        cmocka_unit_test(absent_files),
    };
    return argc > 2 ? cmocka_run_group_tests(given, NULL, NULL)
                    : cmocka_run_group_tests(tests, NULL, NULL);
}
