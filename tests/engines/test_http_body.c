/* What is said to a server, and what its answers mean. */
#include "evaluator/engines/http_body.h"
#include "tests/base/scratch.h"

static const struct message three[] = {
    { .who = SPEAKER_SYSTEM, .text = "Be \"brief\"." },
    { .who = SPEAKER_USER, .text = "1+1=\n" },
    { .who = SPEAKER_USER, .text = "答案：" },
};

static cJSON *said(const struct request *q, size_t draw, const struct dialect *d)
{
    struct strbuf out = STRBUF_INIT;
    struct err e = { 0 };
    cJSON *tree = NULL;
    body_text(&out, q, draw, d);
    if (json_parse(&tree, out.s, out.len, &e) < 0)
        fail_msg("%s: %s", out.s, e.text);
    strbuf_release(&out);
    return tree;
}

static void least(void **state)
{
    (void)state;
    struct dialect d = { .model = "m/x" };
    struct request q = { .ask = ASK_TEXT, .message = three, .n_message = 3, .n_out = 1 };
    cJSON *t = said(&q, 0, &d);
    assert_string_equal(json_text(t, "model", ""), "m/x");
    assert_int_equal(json_int(t, "max_tokens", 0), BODY_MAX_TOKENS);
    assert_int_equal(json_int(t, "temperature", -1), 0);
    assert_int_equal(json_int(t, "n", 0), 1);
    assert_false(json_bool(t, "stream", true));
    const cJSON *list = json_get(t, "messages");
    assert_int_equal(cJSON_GetArraySize(list), 2); /* neighbours of one speaker are joined */
    assert_string_equal(json_text(cJSON_GetArrayItem(list, 0), "role", ""), "system");
    assert_string_equal(json_text(cJSON_GetArrayItem(list, 1), "content", ""), "1+1=\n答案：");
    static const char *const absent[] = { "prompt", "top_p", "top_k", "min_p", "stop",
                                          "repetition_penalty", "repeat_penalty", "echo",
                                          "logprobs" };
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(json_get(t, absent[i]));
    cJSON_Delete(t);
}

static void all(void **state)
{
    (void)state;
    static const char *const stop[] = { "\n", "", "a", "b", "c", "d" };
    struct dialect d = { .model = "m", .completion_tokens = true };
    struct request q = { .ask = ASK_TEXT, .raw = true, .message = three, .n_message = 3,
        .n_out = 3, .decode = { .temperature = 0.5, .top_p = 0.9, .top_k = 40, .min_p = 0.05,
            .repeat_penalty = 1.25, .max_tokens = 100, .think_tokens = 50,
            .seed = 0xFFFFFFFFFFFFFFFFu, .stop = stop, .n_stop = 6 } };
    cJSON *t = said(&q, 2, &d), *again = said(&q, 2, &d), *other = said(&q, 1, &d);
    assert_true(json_equal(t, again) && !json_equal(t, other));
    assert_string_equal(json_text(t, "prompt", ""), "Be \"brief\".1+1=\n答案：");
    assert_null(json_get(t, "messages"));
    assert_null(json_get(t, "max_tokens"));
    assert_int_equal(json_int(t, "max_completion_tokens", 0), 150);
    assert_int_equal(json_int(t, "seed", -1), 1); /* wraps at 2^64, fits 31 bits */
    assert_true(json_number(t, "top_p", 0) > 0.89 && json_number(t, "min_p", 0) > 0.04);
    assert_int_equal(json_int(t, "top_k", 0), 40);
    assert_true(json_number(t, "repetition_penalty", 0) > 1.24);
    assert_int_equal(cJSON_GetArraySize(json_get(t, "stop")), BODY_STOPS);
    cJSON_Delete(t);
    cJSON_Delete(again);
    cJSON_Delete(other);
    d = (struct dialect){ .model = "m", .llama = true };
    q.decode.think_open = "<think>";
    q.decode.think_close = "</think>";
    t = said(&q, 0, &d);
    assert_true(json_number(t, "repeat_penalty", 0) > 1.24);
    assert_null(json_get(t, "stop")); /* thoughts may hold one */
    cJSON_Delete(t);
}

/* --- answers */

struct reply_case {
    const char *json;
    bool raw;
    const char *text, *thinking, *fault;
    bool cut;
};

static const char *const stops[] = { "\nQ:", "END" };

static int answer(struct out *out, const char *json, bool raw, struct arena *mem, struct err *e)
{
    struct request q = { .ask = ASK_TEXT, .raw = raw, .n_out = 1,
        .decode = { .stop = stops, .n_stop = 2, .think_open = "<think>",
                    .think_close = "</think>" } };
    cJSON *tree = NULL;
    size_t n = 0;
    *e = (struct err){ 0 };
    int rc = reply_tree(&tree, &n, json, strlen(json), e);
    if (rc == 0)
        rc = reply_text(out, tree, &q, mem, e);
    cJSON_Delete(tree);
    return rc;
}

#define CHAT(message, finish) \
    "{\"choices\":[{\"message\":{" message "},\"finish_reason\":\"" finish "\"}]}"
#define RAW(text, finish) "{\"choices\":[{\"text\":" text ",\"finish_reason\":\"" finish "\"}]}"

static void texts(void **state)
{
    (void)state;
    static const struct reply_case rows[] = {
        { CHAT("\"content\":\"B\"", "stop"), false, "B", NULL, NULL, false },
        { CHAT("\"content\":\"B and\"", "length"), false, "B and", NULL, NULL, true },
        { RAW("\" B\\nQ: next\"", "length"), true, " B", NULL, NULL, false },
        { RAW("\"xENDy\\nQ:\"", "stop"), true, "x", NULL, NULL, false },
        { CHAT("\"content\":null", "stop"), false, "", NULL, "empty", false },
        { CHAT("\"content\":\" \\n\"", "stop"), false, " \n", NULL, "empty", false },
        { CHAT("\"content\":\"\"", "length"), false, "", NULL, "empty", true },
        { CHAT("\"content\":\"So\"", "content_filter"), false, "So", NULL, "refused", false },
        { CHAT("\"content\":null,\"refusal\":\"I cannot\"", "stop"), false, "", NULL, "refused",
          false },
        { CHAT("\"content\":[{\"type\":\"text\",\"text\":\"A\"},{\"text\":\"B\"}]", "stop"),
          false, "AB", NULL, NULL, false },
        { CHAT("\"content\":\"B\",\"reasoning_content\":\"hm\"", "stop"), false, "B", "hm", NULL,
          false },
        { CHAT("\"content\":\"B\",\"reasoning\":\"hm\"", "stop"), false, "B", "hm", NULL, false },
        { CHAT("\"content\":\"\",\"reasoning\":\"hm\"", "length"), false, "", "hm", "thinking",
          true },
        { CHAT("\"content\":\"<think>a END b</think>\\n\\nB\"", "stop"), false, "B", "a END b",
          NULL, false },
        { CHAT("\"content\":\"a b</think>B\"", "stop"), false, "B", "a b", NULL, false },
        { CHAT("\"content\":\"\\n<think>a b\"", "length"), false, "", "a b", "thinking", true },
        { CHAT("\"content\":\"So: <think>a</think> B\"", "stop"), false,
          "So: <think>a</think> B", NULL, NULL, false },
    };
    struct arena mem = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct out o;
        struct err e;
        if (answer(&o, rows[i].json, rows[i].raw, &mem, &e) < 0)
            fail_msg("%s: %s", rows[i].json, e.text);
        assert_string_equal(o.text, rows[i].text);
        assert_int_equal(o.cut, rows[i].cut);
        assert_int_equal(!o.thinking, !rows[i].thinking);
        assert_int_equal(!o.fault, !rows[i].fault);
        if (o.thinking)
            assert_string_equal(o.thinking, rows[i].thinking);
        if (o.fault)
            assert_string_equal(o.fault, rows[i].fault);
    }
    arena_release(&mem);
}

static void damaged(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "", "<html>", "[]", "\"x\"", "{\"choices\":[", "{}", "{\"choices\":{}}",
        "{\"choices\":[]}", "{\"choices\":[7]}", "{\"choices\":[{}]}",
        "{\"choices\":[{\"message\":\"B\"}]}", "{\"choices\":[{\"message\":{\"content\":7}}]}",
        "{\"choices\":[{\"text\":\"B\"}]}", "{\"error\":{\"message\":\"no\"}}",
        "{\"choices\":[],\"choices\":[]}",
    };
    struct arena mem = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct out o;
        struct err e;
        assert_int_equal(answer(&o, rows[i], false, &mem, &e), ERR_INPUT);
        assert_true(*e.text && !strchr(e.text, '\n'));
    }
    struct out o;
    struct err e;
    assert_int_equal(answer(&o, CHAT("\"content\":\"B\"", "stop"), true, &mem, &e), ERR_INPUT);
    arena_release(&mem);
}

static void mended(void **state)
{
    (void)state;
    struct err e = { 0 };
    cJSON *tree = NULL;
    size_t n = 0;
    const char *bad = "{\"a\":\"x\xFF\\u0000\\\\u0000y\"}";
    assert_int_equal(reply_tree(&tree, &n, bad, strlen(bad), &e), 0);
    assert_int_equal(n, 2);
    assert_string_equal(json_text(tree, "a", ""), "x\xEF\xBF\xBD\xEF\xBF\xBD\\u0000y");
    cJSON_Delete(tree);
    const char *use = "{\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":7,"
                      "\"completion_tokens_details\":{\"reasoning_tokens\":9}}}";
    struct usage u;
    assert_int_equal(reply_tree(&tree, &n, use, strlen(use), &e), 0);
    reply_usage(&u, tree);
    assert_true(u.known && u.n_prompt == 12 && u.n_token == 7 && u.n_think == 7);
    cJSON_Delete(tree);
    static const char *const none[] = { "{}", "{\"usage\":null}",
                                        "{\"usage\":{\"prompt_tokens\":-1}}",
                                        "{\"usage\":{\"prompt_tokens\":\"1\"}}" };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(reply_tree(&tree, &n, none[i], strlen(none[i]), &e), 0);
        reply_usage(&u, tree);
        assert_true(!u.known && u.n_prompt == 0);
        cJSON_Delete(tree);
    }
}

/* --- complaints: statuses and words of real servers */

static void verdicts(void **state)
{
    (void)state;
    static const struct {
        long status;
        const char *body;
        enum verdict_kind kind;
        const char *failed, *why;
    } rows[] = {
        { 429, "{\"error\":{\"message\":\"Rate limit reached\"}}", VERDICT_AGAIN, NULL,
          "HTTP 429: Rate limit reached" },
        { 429, "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"You exceeded your "
               "current quota\"}}", VERDICT_HALT, NULL, "quota" },
        { 500, "oops", VERDICT_AGAIN, NULL, "HTTP 500" },
        { 502, "<html>", VERDICT_AGAIN, NULL, "HTTP 502" },
        { 408, "", VERDICT_AGAIN, NULL, "HTTP 408" },
        { 501, "", VERDICT_FAILED, "remote", "HTTP 501" },
        { 401, "{\"error\":{\"message\":\"Incorrect API key\"}}", VERDICT_HALT, NULL,
          "Incorrect" },
        { 402, "{\"error\":\"Insufficient Balance\"}", VERDICT_HALT, NULL, "Balance" },
        { 403, "{}", VERDICT_HALT, NULL, "HTTP 403" },
        { 403, "{\"error\":{\"message\":\"input was flagged\"}}", VERDICT_FAILED, "refused",
          "flagged" },
        { 404, "{\"error\":{\"code\":\"model_not_found\"}}", VERDICT_HALT, NULL, "HTTP 404" },
        { 400, "{\"error\":{\"code\":\"content_filter\",\"message\":\"no\"}}", VERDICT_FAILED,
          "refused", "no" },
        { 400, "{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens.\"}}",
          VERDICT_FAILED, "too_long", "8192" },
        { 400, "{\"error\":{\"type\":\"exceed_context_size_error\",\"message\":\"m\"}}",
          VERDICT_FAILED, "too_long", "m" },
        { 500, "{\"error\":{\"message\":\"exceeds the available context size\"}}",
          VERDICT_FAILED, "too_long", "context size" },
        { 400, "{\"object\":\"error\",\"message\":\"bad\\nthing\",\"code\":40001}",
          VERDICT_FAILED, "remote", "HTTP 400: bad thing" },
        { 422, "{\"detail\":[{\"loc\":[],\"msg\":\"field required\"}]}", VERDICT_FAILED, "remote",
          "field required" },
        { 400, "{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens'. Use "
               "'max_completion_tokens' instead.\"}}", VERDICT_ADAPT, NULL, "max_" },
        { 302, "", VERDICT_FAILED, "remote", "HTTP 302" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verdict v;
        reply_judge(&v, rows[i].status, rows[i].body, strlen(rows[i].body));
        if (v.kind != rows[i].kind || !strstr(v.why, rows[i].why))
            fail_msg("%ld %s: %d, %s", rows[i].status, rows[i].body, (int)v.kind, v.why);
        if (rows[i].failed)
            assert_string_equal(v.failed, rows[i].failed);
    }
}

static void long_words(void **state)
{
    (void)state;
    char line[64];
    struct strbuf b = STRBUF_INIT;
    strbuf_puts(&b, "{\"error\":{\"message\":\"");
    for (int i = 0; i < 500; i++)
        strbuf_puts(&b, "错");
    strbuf_puts(&b, "\"}}");
    reply_complaint(line, sizeof line, b.s, b.len);
    assert_int_equal(strlen(line), 63); /* 21 whole characters */
    reply_complaint(line, sizeof line, "{\"a\":1}", 7);
    assert_string_equal(line, "");
    strbuf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least),   cmocka_unit_test(all),      cmocka_unit_test(texts),
        cmocka_unit_test(damaged), cmocka_unit_test(mended),   cmocka_unit_test(verdicts),
        cmocka_unit_test(long_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
