/*
 * Instructions that a text follows. Upstream's kinds, against what
 * lm-evaluation-harness's own code says of the same texts: tests/cases/instruction.jsonl,
 * made by tests/fixtures/instruction_vectors.py, or those of EVALRUN_VECTORS. They
 * need what scripts/setup.sh --language fetches; without it the test is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scorers/answer.h"
#include "scorers/equipment.h"
#include "scorers/instruction.h"

enum { PROMPT_STRICT, PROMPT_LOOSE = ANSWER_END, STRICT, LOOSE, N_INSTRUCTION, N_STAT };

struct scoring {
    const struct scorer_type *type;
    void *rule;
    struct equipment equipment;
    struct arena mem;
    double stat[N_STAT];
    struct err e;
};

/* What the whole scorer makes of a text and the instructions. */
static int score(struct scoring *s, const char *text, const char *target)
{
    struct out out = { .text = text, .fault = *text ? NULL : "empty" };
    struct turn turn = { .step = "answer", .q.ask = ASK_TEXT, .q.n_out = 1, .a.out = &out,
                         .a.n_out = 1, .target = &target, .n_target = 1 };
    struct trace trace = { .turn = &turn, .n_turn = 1, .mem = &s->mem };
    struct score got = { 0 };
    int rc = s->type->score(s->rule, &trace, &got, &s->e);
    if (rc < 0)
        return rc;
    memcpy(s->stat, got.stat, sizeof s->stat);
    return 0;
}

static size_t count_true(const cJSON *list)
{
    size_t n = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
        n += cJSON_IsTrue(item);
    return n;
}

static void check_line(struct scoring *s, const cJSON *v, size_t number)
{
    struct strbuf target = STRBUF_INIT;
    char *ids = cJSON_PrintUnformatted(json_get(v, "instructions"));
    char *kwargs = cJSON_PrintUnformatted(json_get(v, "kwargs"));
    strbuf_printf(&target, "{\"instructions\":%s,\"kwargs\":%s}", ids, kwargs);
    if (score(s, json_text(v, "text", ""), target.s) < 0)
        fail_msg("line %zu: %s", number, s->e.text);
    double n = cJSON_GetArraySize(json_get(v, "strict"));
    double strict = (double)count_true(json_get(v, "strict"));
    double loose = (double)count_true(json_get(v, "loose"));
    if (s->stat[STRICT] != strict || s->stat[LOOSE] != loose || s->stat[N_INSTRUCTION] != n ||
        s->stat[PROMPT_STRICT] != (strict == n) || s->stat[PROMPT_LOOSE] != (loose == n))
        fail_msg("line %zu, %s: strict %g, not %g; loose %g, not %g", number, ids,
                 s->stat[STRICT], strict, s->stat[LOOSE], loose);
    cJSON_free(ids);
    cJSON_free(kwargs);
    strbuf_release(&target);
}

static void as_upstream(void **state)
{
    struct scoring *s = *state;
    static char line[1 << 16];
    size_t n = 0;
    const char *vectors = getenv("EVALRUN_VECTORS");
    FILE *f = fopen(vectors ? vectors : "tests/cases/instruction.jsonl", "r");
    assert_non_null(f);
    for (; fgets(line, sizeof line, f); n++) {
        cJSON *v = NULL;
        assert_int_equal(json_parse(&v, line, strlen(line), &s->e), 0);
        check_line(s, v, n + 1);
        cJSON_Delete(v);
        arena_clear(&s->mem);
    }
    fclose(f);
    assert_true(n >= 160);
}

static const struct {
    const char *id, *args, *text;
    int follows;
} chinese[] = {
    { "zh:keywords", "{\"keywords\":[\"春天\",\"花\"]}", "春天来了，花开了。", 1 },
    { "zh:keywords", "{\"keywords\":[\"春天\",\"雪\"]}", "春天来了，花开了。", 0 },
    { "zh:keyword_frequency", "{\"keyword\":\"花\",\"frequency\":2,\"relation\":\"at least\"}",
      "花开花落", 1 },
    { "zh:keyword_frequency", "{\"keyword\":\"花\",\"frequency\":2,\"relation\":\"less than\"}",
      "花开花落", 0 },
    { "zh:forbidden_words", "{\"forbidden_words\":[\"但是\"]}", "虽然下雨，但是我去了。", 0 },
    { "zh:forbidden_words", "{\"forbidden_words\":[\"但是\"]}", "虽然下雨，可我去了。", 1 },
    { "zh:number_chars", "{\"num_chars\":6,\"relation\":\"at least\"}", "一二三，四五六 abc。", 1 },
    { "zh:number_chars", "{\"num_chars\":7,\"relation\":\"at least\"}", "一二三，四五六 abc。", 0 },
    { "zh:chars_range", "{\"min_chars\":2,\"max_chars\":4}", "你好！", 1 },
    { "zh:chars_range", "{\"min_chars\":2,\"max_chars\":4}", "你们大家好", 0 },
    { "zh:number_sentences", "{\"num_sentences\":3,\"relation\":\"less than\"}",
      "他说：“好！”然后走了。", 1 },
    { "zh:number_sentences", "{\"num_sentences\":2,\"relation\":\"at least\"}",
      "真的吗？！真的……", 1 },
    { "zh:number_sentences", "{\"num_sentences\":2,\"relation\":\"at least\"}", "只有一句", 0 },
    { "zh:number_paragraphs", "{\"num_paragraphs\":2}", "第一段。\n\n第二段。\n", 1 },
    { "zh:number_paragraphs", "{\"num_paragraphs\":2}", "一\n二\n三", 0 },
    { "zh:nth_paragraph_start", "{\"nth_paragraph\":2,\"start\":\"首先\"}", "好。\n首先，吃饭。", 1 },
    { "zh:nth_paragraph_start", "{\"nth_paragraph\":2,\"start\":\"首先\"}", "首先，吃饭。", 0 },
    { "zh:start_with", "{\"start_phrase\":\"亲爱的\"}", "  亲爱的朋友：", 1 },
    { "zh:start_with", "{\"start_phrase\":\"亲爱的\"}", "我亲爱的朋友：", 0 },
    { "zh:end_with", "{\"end_phrase\":\"祝好\"}", "就写到这里。祝好！”", 1 },
    { "zh:end_with", "{\"end_phrase\":\"还有问题吗？\"}", "还有问题吗？", 1 },
    { "zh:end_with", "{\"end_phrase\":\"祝好\"}", "祝好，再见。", 0 },
    { "zh:language", "{}", "大模型 LLM 很好用", 1 },
    { "zh:language", "{}", "This is 中文", 0 },
    { "zh:language", "{}", "12345", 0 },
    { "zh:no_latin", "{}", "没有字母，123。", 1 },
    { "zh:no_latin", "{}", "有ａ字母", 0 },
    { "zh:no_digits", "{}", "三个苹果", 1 },
    { "zh:no_digits", "{}", "３个苹果", 0 },
    { "zh:no_comma", "{}", "你好。我来了。", 1 },
    { "zh:no_comma", "{}", "你好，我来了。", 0 },
    { "zh:quotation", "{}", "“全部都在引号里。”", 1 },
    { "zh:quotation", "{}", "「全部」", 1 },
    { "zh:quotation", "{}", "“只有一半”在里面", 0 },
    { "zh:title", "{}", "《春》\n春天来了。", 1 },
    { "zh:title", "{}", "春天来了。《春》", 0 },
    { "zh:title", "{}", "《》\n空的", 0 },
    { "zh:bullet_list", "{\"num_bullets\":3}", "如下：\n1. 一\n２、二\n- 三", 1 },
    { "zh:bullet_list", "{\"num_bullets\":2}", "一、东\n二、西\n三、南", 0 },
    { "zh:sections", "{\"unit\":\"部分\",\"num_sections\":2}", "第一部分\n甲\n## 第2部分\n乙", 1 },
    { "zh:sections", "{\"unit\":\"章\",\"num_sections\":2}", "第一部分\n第二章", 0 },
    { "zh:placeholders", "{\"num_placeholders\":2}", "【姓名】您好，您的订单[编号]已发货。", 1 },
    { "zh:placeholders", "{\"num_placeholders\":2}", "【】您好，[编号]。", 0 },
    { "zh:highlighted", "{\"num_highlights\":1}", "这是**重点**。", 1 },
    { "zh:highlighted", "{\"num_highlights\":1}", "这是****。", 0 },
    { "zh:postscript", "{\"marker\":\"附言\"}", "正文。\n附言：记得带伞。", 1 },
    { "zh:postscript", "{\"marker\":\"附言\"}", "正文附言：记得带伞。", 0 },
    { "zh:poem", "{\"num_lines\":4,\"chars_per_line\":5}",
      "《山中》\n山空闻鸟语，\n水静见鱼游。\n日暮归樵晚，\n风清月满楼。", 1 },
    { "zh:poem", "{\"num_lines\":4,\"chars_per_line\":5}", "山空闻鸟语，水静见鱼。", 0 },
    { "zh:poem", "{\"num_lines\":2,\"chars_per_line\":5}", "山空闻鸟语，水静见a游", 0 },
};

static void chinese_kinds(void **state)
{
    struct scoring *s = *state;
    for (size_t i = 0; i < sizeof chinese / sizeof *chinese; i++) {
        struct strbuf target = STRBUF_INIT;
        strbuf_printf(&target, "{\"instructions\":[\"%s\"],\"kwargs\":[%s]}", chinese[i].id,
                      chinese[i].args);
        if (score(s, chinese[i].text, target.s) < 0)
            fail_msg("%s: %s", chinese[i].id, s->e.text);
        if ((int)s->stat[STRICT] != chinese[i].follows)
            fail_msg("%s %s of '%s' is not %d", chinese[i].id, chinese[i].args, chinese[i].text,
                     chinese[i].follows);
        strbuf_release(&target);
    }
    size_t n = 0; /* every kind is among them, both ways */
    for (const struct instruction_kind *k = instruction_zh; k->id; k++, n++) {
        int seen[2] = { 0, 0 };
        for (size_t i = 0; i < sizeof chinese / sizeof *chinese; i++)
            seen[chinese[i].follows] += strcmp(chinese[i].id, k->id) == 0;
        if (!seen[0] || !seen[1])
            fail_msg("%s has no case that follows, or none that does not", k->id);
    }
    assert_int_equal(n, 22);
    arena_clear(&s->mem);
}

/* Upstream's kinds at their edges; what is said of them was read in upstream's code. */
static const struct {
    const char *id, *args, *text;
    int follows;
} edges[] = {
    { "detectable_format:number_bullet_lists", "{\"num_bullets\":1}", "* a\n- b", 0 },
    { "detectable_format:number_bullet_lists", "{\"num_bullets\":2}", "* a\n- b", 1 },
    { "combination:two_responses", "{}", "one ****** two", 1 },
    { "combination:two_responses", "{}", "one ****** one", 0 },
    { "combination:two_responses", "{}", "one ****** ****** two", 0 },
    { "combination:two_responses", "{}", "******one ****** two******", 1 },
    { "startend:quotation", "{}", "\"", 0 },
    { "startend:quotation", "{}", " \"\" ", 1 },
    { "length_constraints:nth_paragraph_first_word",
      "{\"num_paragraphs\":2,\"nth_paragraph\":2,\"first_word\":\"so\"}", "Well\n\n\"So, it is",
      1 },
    { "length_constraints:nth_paragraph_first_word",
      "{\"num_paragraphs\":2,\"nth_paragraph\":2,\"first_word\":\"so\"}", "Well\n\n'so' it is", 1 },
    { "length_constraints:nth_paragraph_first_word",
      "{\"num_paragraphs\":2,\"nth_paragraph\":2,\"first_word\":\"\"}", "a\n\n \n\nb", 0 },
    { "language:response_language", "{\"language\":\"fr\"}", "12 345", 1 }, /* not known */
    { "zh:language", "{}", "中文ab", 1 },
    { "zh:quotation", "{}", "“”", 0 },
};

static void at_the_edges(void **state)
{
    struct scoring *s = *state;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        struct strbuf target = STRBUF_INIT;
        strbuf_printf(&target, "{\"instructions\":[\"%s\"],\"kwargs\":[%s]}", edges[i].id,
                      edges[i].args);
        if (score(s, edges[i].text, target.s) < 0)
            fail_msg("%s: %s", edges[i].id, s->e.text);
        if ((int)s->stat[STRICT] != edges[i].follows)
            fail_msg("%s %s of '%s' is not %d", edges[i].id, edges[i].args, edges[i].text,
                     edges[i].follows);
        strbuf_release(&target);
    }
    arena_clear(&s->mem);
}

static void loosely(void **state)
{
    struct scoring *s = *state;
    static const char target[] = "{\"instructions\":[\"zh:start_with\",\"zh:end_with\"],"
                                 "\"kwargs\":[{\"start_phrase\":\"甲\"},{\"end_phrase\":\"乙\"}]}";
    assert_int_equal(score(s, "好的：\n*甲乙*\n希望有用", target), 0);
    assert_float_equal(s->stat[STRICT], 0, 0);
    assert_float_equal(s->stat[LOOSE], 2, 0);
    assert_float_equal(s->stat[PROMPT_LOOSE], 1, 0);
    assert_int_equal(score(s, "", target), 0); /* nothing follows nothing */
    assert_float_equal(s->stat[LOOSE], 0, 0);
    assert_float_equal(s->stat[N_INSTRUCTION], 2, 0);
}

static void figures(void **state)
{
    struct scoring *s = *state;
    double rows[2 * N_STAT] = { 0 };
    rows[STRICT] = 1, rows[LOOSE] = 2, rows[N_INSTRUCTION] = 2;
    rows[N_STAT + STRICT] = 1, rows[N_STAT + LOOSE] = 1, rows[N_STAT + N_INSTRUCTION] = 1;
    rows[PROMPT_LOOSE] = rows[N_STAT + PROMPT_LOOSE] = rows[N_STAT + PROMPT_STRICT] = 1;
    static const struct {
        const char *metric;
        double value;
    } want[] = { { "prompt_strict", 0.5 }, { "inst_strict", 2 / 3.0 }, { "prompt_loose", 1 },
                 { "inst_loose", 1 } };
    for (size_t i = 0; i < 4; i++)
        assert_float_equal(metric_fold(metric_find(s->type, want[i].metric), rows, 2, N_STAT),
                           want[i].value, 1e-12);
}

static void gives_up(void **state)
{
    static const char target[] = "{\"instructions\":[\"keywords:forbidden_words\"],"
                                 "\"kwargs\":[{\"forbidden_words\":[\"(a+)+$\"]}]}";
    struct scoring *s = *state;
    assert_int_equal(score(s, "it is an apple", target), 0);
    assert_float_equal(s->stat[STRICT], 1, 0);
    assert_float_equal(s->stat[ANSWER_LIMIT], 0, 0);
    assert_int_equal(score(s, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", target), 0);
    assert_float_equal(s->stat[LOOSE], 0, 0); /* it cannot be told */
    assert_float_equal(s->stat[ANSWER_LIMIT], 1, 0);
}

static void json_values(void **state)
{
    static const struct {
        const char *text;
        int follows;
    } cases[] = {
        { "{\"a\": [1, -2.5e3, null, true], \"b\": {}}", 1 }, { "```json\n[]\n```", 1 },
        { " \"text\" ", 1 }, { "NaN", 1 }, { "[1,]", 0 }, { "{a: 1}", 0 }, { "01", 0 },
        { "\"line\nend\"", 0 }, { "{} {}", 0 }, { "```", 0 }, { "\"\\x\"", 0 },
        { "\"\\u12aF\"", 1 }, { "[1 2]", 0 }, { "{\"a\" : \"中文\"}", 1 }, { "[", 0 },
    };
    struct scoring *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(score(s, cases[i].text, "{\"instructions\":[\"detectable_format:"
                                                 "json_format\"],\"kwargs\":[{}]}"), 0);
        if ((int)s->stat[STRICT] != cases[i].follows)
            fail_msg("'%s' is not %d", cases[i].text, cases[i].follows);
    }
}

static void wrong_rows(void **state)
{
    static const char *const bad[][2] = {
        { "{", "the right answer" },
        { "{\"instructions\":[\"a\"],\"kwargs\":[]}", "of one length" },
        { "{\"instructions\":[1],\"kwargs\":[{}]}", "instructions: texts are wanted" },
        { "{\"instructions\":[\"zh:none\"],\"kwargs\":[{}]}", "unknown instruction 'zh:none'" },
        { "{\"instructions\":[\"zh:title\",\"zh:keywords\"],\"kwargs\":[{},{\"keywords\":[1]}]}",
          "instruction 'zh:keywords': argument 'keywords': a list of texts is wanted" },
        { "{\"instructions\":[\"keywords:existence\"],\"kwargs\":[{\"keywords\":[\"(\"]}]}",
          "instruction 'keywords:existence': pattern '(?i)('" },
        { "{\"instructions\":[\"length_constraints:number_words\"],\"kwargs\":"
          "[{\"num_words\":3,\"relation\":\"about\"}]}",
          "argument 'relation': 'less than' or 'at least' is wanted, not 'about'" },
        { "{\"instructions\":[\"length_constraints:number_words\"],\"kwargs\":"
          "[{\"num_words\":null,\"relation\":\"at least\"}]}",
          "argument 'num_words': a whole number is wanted" },
        { "{\"instructions\":[\"length_constraints:nth_paragraph_first_word\"],\"kwargs\":"
          "[{\"num_paragraphs\":2,\"nth_paragraph\":3,\"first_word\":\"a\"}]}",
          "argument 'nth_paragraph': 1 to 2 is wanted" },
        { "{\"instructions\":[\"keywords:letter_frequency\"],\"kwargs\":"
          "[{\"letter\":\"#\",\"let_frequency\":3,\"let_relation\":\"at least\"}]}",
          "argument 'letter': one of A to Z is wanted, not '#'" },
    };
    struct scoring *s = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(score(s, "some text", bad[i][0]), ERR_INPUT);
        if (!strstr(s->e.text, bad[i][1]))
            fail_msg("'%s' does not say '%s'", s->e.text, bad[i][1]);
    }
}

static int run(struct scoring *s)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(as_upstream, s), cmocka_unit_test_prestate(chinese_kinds, s),
        cmocka_unit_test_prestate(at_the_edges, s),
        cmocka_unit_test_prestate(loosely, s),     cmocka_unit_test_prestate(figures, s),
        cmocka_unit_test_prestate(gives_up, s),     cmocka_unit_test_prestate(json_values, s),
        cmocka_unit_test_prestate(wrong_rows, s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    struct scoring s = { .type = scorer_find("instructions") };
    cJSON *spec = cJSON_CreateObject();
    cJSON_AddStringToObject(spec, "use", "instructions");
    cJSON_AddBoolToObject(spec, "strip", 0);
    int rc = s.type->compile(&s.rule, spec, &s.e);
    cJSON_Delete(spec);
    if (rc == 0 && equip(&s.equipment, s.type, s.rule, &s.e) < 0) {
        fprintf(stderr, "skipped: %s\n", s.e.text);
        rc = strstr(s.e.text, "--language") ? 77 : 1;
    } else if (rc == 0) {
        rc = run(&s);
    }
    s.type->free(s.rule);
    equipment_release(&s.equipment);
    arena_release(&s.mem);
    return rc;
}
