/* Writing many texts at once: a text is the same whatever was written beside
 * it ($MODEL, $F16), and what prompts share is decoded once ($TINY_DIR).
 *
 * ctest: labels=slow timeout=900 */
#include <llama.h>

#include "evaluator/engines/llama_write.h"
#include "tests/engines/parts.h"

enum { N_STEP = 6, N_KIND = 9, MAX_DRAWS = 4, CONTEXT = 512 };

static const char *const header =
    "Below are short questions about cities, rivers and numbers. Every answer is one sentence that"
    " begins with a capital letter and ends with a full stop. 请认真阅读下面的问题并回答。 Nothing"
    " else is written, and nobody asks twice.\n\n"
    "Question: Which river flows through London?\nAnswer: The Thames.\n\n";

static const char *const questions[N_KIND] = {
    "Question: Which is the largest city of France?\nAnswer:",
    "Question: What is 7 plus 8?\nAnswer:",
    "Question: 上海在哪个国家？\nAnswer:",
    "Once upon a time",
    "Question: Name a river in Egypt.\nAnswer:",
    "1, 2, 3, 4,",
    "Question: Which is the largest city of France?\nAnswer:",
    "A",
    "Question: Who?\nAnswer:",
};

/* Question k: some share a header, some have several draws, some are random;
 * all end at other times. A function of k alone. */
static void make(struct request *q, struct message m[2], size_t k)
{
    static const char *const stop[] = { "\n", "。" };
    m[0] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_HEADER,
                             .text = k % 4 == 3 ? "" : header };
    m[1] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_QUESTION, .text = questions[k] };
    *q = (struct request){ .ask = ASK_TEXT, .raw = true, .message = m, .n_message = 2,
                           .n_out = k == 1 || k == 7 ? MAX_DRAWS : k == 3 ? 2 : 1 };
    q->decode = (struct decode){ .max_tokens = (int)(3 + k * 5 % 17), .seed = 100 + k,
                                 .temperature = q->n_out > 1 || k == 4 ? 0.8 : 0,
                                 .top_p = k == 3 ? 0.9 : 0, .stop = stop,
                                 .n_stop = k % 2 ? 0 : 2 };
}

/* Everything that an answer says. */
static char *say(const struct response *r, struct arena *mem)
{
    char *s = arena_printf(mem, "%s %u", r->failed ? r->failed : "answered", (unsigned)r->n_prompt);
    for (size_t i = 0; i < r->n_out && !r->failed; i++)
        s = arena_printf(mem, "%s [%u %d '%s' %a]", s, (unsigned)r->out[i].n_token, r->out[i].cut,
                         r->out[i].text ? r->out[i].text : "", r->out[i].logprob);
    return s;
}

/* Push as much as it takes, and pull the rest. tags are numbers of questions. */
static void ask_all(const char *got[], struct engine *g, const struct request *q, size_t n,
                    struct arena *mem)
{
    static const char numbers[64] = "";
    struct err e = { 0 };
    struct response r;
    size_t pushed = 0;
    void *tag;
    for (size_t pulled = 0; pulled < n;) {
        int rc = 0;
        while (pushed < n && (rc = engine_llama.push(g, &q[pushed], mem, NULL,
                                                     (void *)(uintptr_t)&numbers[pushed], &e)) == 1)
            pushed++;
        if (rc < 0 || (rc = engine_llama.pull(g, 10, &tag, &r, &e)) < 0)
            fail_msg("%s", e.text);
        if (rc == 0)
            continue;
        got[(const char *)tag - numbers] = say(&r, mem);
        pulled++;
    }
    assert_int_equal(engine_llama.pull(g, 0, &tag, &r, &e), 0);
}

static struct engine *open_slots(const char *path, int slots)
{
    struct engine_options o = test_options();
    o.ctx = CONTEXT;
    o.slots = slots;
    o.asks = ASK_TEXT | ASK_LOGLIK;
    return test_open(path, &o);
}

/* The questions named in `order`, checked against want[] where that is known. */
static void ask_in_order(const char *want[N_KIND], const char *path, int slots, const char *order,
                         struct arena *mem)
{
    struct engine *g = open_slots(path, slots);
    struct message m[2 * N_KIND][2];
    struct request q[2 * N_KIND];
    const char *got[2 * N_KIND];
    size_t n = strlen(order);
    assert_true(n <= 2 * N_KIND);
    for (size_t i = 0; i < n; i++)
        make(&q[i], m[i], (size_t)(order[i] - '0'));
    ask_all(got, g, q, n, mem);
    for (size_t i = 0; i < n; i++) {
        size_t k = (size_t)(order[i] - '0');
        if (!want[k])
            want[k] = got[i];
        assert_string_equal(got[i], want[k]);
    }
    engine_llama.close(g);
}

static void same_texts(void **state)
{
    const char *path = test_path(*state), *want[N_KIND] = { NULL };
    struct arena mem = { 0 };
    if (!path)
        skip();
    ask_in_order(want, path, 1, "012345678", &mem);
    for (size_t k = 0; k < N_KIND; k++)
        assert_non_null(strstr(want[k], "answered"));
    /* Question 0 is asked in the words of 6, with other limits. */
    assert_string_equal(questions[0], questions[6]);
    ask_in_order(want, path, 16, "012345678", &mem);
    ask_in_order(want, path, 3, "876543210", &mem);
    ask_in_order(want, path, 5, "13717", &mem);
    ask_in_order(want, path, 16, "4", &mem);
    arena_release(&mem);
}

static void draws_differ(void **state)
{
    struct arena mem = { 0 };
    struct message m[2];
    struct request q;
    struct response r;
    if (!test_path(*state))
        skip();
    struct engine *g = open_slots(getenv(*state), 4);
    make(&q, m, 7);
    q.decode.max_tokens = 12;
    test_ask(&r, g, &q, &mem);
    assert_int_equal(r.n_out, MAX_DRAWS);
    for (size_t i = 0; i < MAX_DRAWS; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(r.out[i].text, r.out[j].text);
    engine_llama.close(g);
    arena_release(&mem);
}

/* Greedy draws are one text, also where what follows the header is a single
 * token (a batch that the prompt cannot be cut into). */
static void greedy_draws_are_one_text(void **state)
{
    static const char *const last[] = { "A", "", " the answer is:", "A B" };
    struct arena mem = { 0 };
    if (!test_path(*state))
        skip();
    struct engine *g = open_slots(getenv(*state), 2);
    for (size_t k = 0; k < 4; k++) {
        struct message m[2];
        struct request q;
        struct response one, four;
        make(&q, m, 1);
        m[1].text = last[k];
        q.decode = (struct decode){ .max_tokens = 8 };
        test_ask(&four, g, &q, &mem);
        q.n_out = 1;
        test_ask(&one, g, &q, &mem);
        for (size_t i = 0; i < MAX_DRAWS; i++)
            assert_string_equal(four.out[i].text, one.out[0].text);
    }
    engine_llama.close(g);
    arena_release(&mem);
}

/* Likelihoods and texts in one queue: each as if it were alone. */
static void mixed_queue(void **state)
{
    static const char *const letters[] = { " A", " B", " the sea" };
    struct arena mem = { 0 };
    struct message m[N_KIND][2];
    struct request q[N_KIND];
    const char *want[N_KIND], *got[N_KIND];
    if (!test_path(*state))
        skip();
    struct engine *g = open_slots(getenv(*state), 1);
    for (size_t k = 0; k < N_KIND; k++) {
        make(&q[k], m[k], k);
        if (k % 3 == 1) {
            q[k].ask = ASK_LOGLIK;
            q[k].variant = letters;
            q[k].n_out = 3;
        }
        ask_all(&want[k], g, &q[k], 1, &mem);
    }
    engine_llama.close(g);
    g = open_slots(getenv(*state), 4);
    ask_all(got, g, q, N_KIND, &mem);
    for (size_t k = 0; k < N_KIND; k++)
        assert_string_equal(got[k], want[k]);
    engine_llama.close(g);
    arena_release(&mem);
}

/* --- tiny models --------------------------------------------------------- */

static void tiny_models(void **state)
{
    static const char *const arch[] = { "chatglm", "qwen2" };
    (void)state;
    for (size_t i = 0; i < sizeof arch / sizeof *arch; i++) {
        char *path = tiny_path(arch[i]);
        const char *want[N_KIND] = { NULL };
        struct arena mem = { 0 };
        if (!path)
            skip();
        ask_in_order(want, path, 1, "012345678", &mem);
        ask_in_order(want, path, 16, "0123456788", &mem);
        ask_in_order(want, path, 3, "876543210", &mem);
        ask_in_order(want, path, 2, "7", &mem);
        arena_release(&mem);
        free(path);
    }
}

static void queue_is_bounded(void **state)
{
    char *path = tiny_path("chatglm");
    struct message m[2];
    struct request q;
    struct err e = { 0 };
    struct arena mem = { 0 };
    struct response r;
    size_t n = 0, pulled = 0;
    void *tag;
    (void)state;
    if (!path)
        skip();
    struct engine *g = open_slots(path, 2);
    make(&q, m, 1);
    while (n < 2000 && engine_llama.push(g, &q, &mem, NULL, &r, &e) == 1)
        n++;
    assert_int_equal(n, g->hold);
    assert_true(n >= 4);
    while (engine_llama.pull(g, 1000, &tag, &r, &e) == 0)
        ;
    assert_int_equal(engine_llama.push(g, &q, &mem, NULL, &r, &e), 1);
    assert_int_equal(engine_llama.push(g, &q, &mem, NULL, &r, &e), 0);
    while (pulled < n && engine_llama.pull(g, 1000, &tag, &r, &e) == 1) {
        assert_int_equal(r.n_out, MAX_DRAWS);
        pulled++;
    }
    assert_int_equal(pulled, n);
    assert_int_equal(engine_llama.pull(g, 0, &tag, &r, &e), 0);
    engine_llama.close(g);
    /* and one that ends with texts under way */
    g = open_slots(path, 2);
    for (int i = 0; i < 5; i++)
        assert_int_equal(engine_llama.push(g, &q, &mem, NULL, &r, &e), 1);
    assert_int_equal(engine_llama.pull(g, 0, &tag, &r, &e), 0);
    engine_llama.close(g);
    arena_release(&mem);
    free(path);
}

/* Work of a question with a writer that has answered others. */
static struct work work_of(struct writer *w, struct parts *p, const struct request *q,
                           size_t *n_prompt, struct arena *mem)
{
    struct work before = writer_work(w), after;
    struct encoding *code = arena_alloc(mem, sizeof *code);
    struct out *out = arena_array(mem, q->n_out, sizeof *out);
    struct err e = { 0 };
    encoding_make(code, &p->text, (size_t)p->loaded.n_ctx, q, mem);
    assert_null(code->failed);
    assert_true(writer_ready(w) && writer_idle(w));
    writer_put(w, code, q, out, mem, code);
    void *tag;
    while (!(tag = writer_take(w)))
        assert_int_equal(writer_step(w, &e), 0);
    assert_ptr_equal(tag, code);
    assert_true(writer_idle(w));
    *n_prompt = code->prompt.n;
    after = writer_work(w);
    return (struct work){ after.n_token - before.n_token, after.n_batch - before.n_batch,
                          after.n_found - before.n_found };
}

static void shared_beginnings_are_decoded_once(void **state)
{
    char *path = tiny_path("chatglm");
    struct engine_options o = test_options();
    struct parts p;
    struct arena mem = { 0 };
    struct message m[2];
    struct request q;
    size_t n, n_other;
    (void)state;
    if (!path)
        skip();
    o.ctx = 1024;
    o.slots = 2;
    o.asks = ASK_TEXT;
    parts_open(&p, path, &o);
    struct writer *w = parts_writer(&p);
    make(&q, m, 0);
    q.decode = (struct decode){ .max_tokens = 1, .temperature = 0.8 };
    struct work k = work_of(w, &p, &q, &n, &mem);
    assert_int_equal(k.n_token, n);
    assert_int_equal(k.n_found, 0);
    /* Another question behind the same header. */
    m[1].text = questions[1];
    k = work_of(w, &p, &q, &n_other, &mem);
    assert_true(k.n_found >= 64 && k.n_found < n_other);
    assert_int_equal(k.n_token + k.n_found, n_other);
    /* Four draws: one prompt, and a first token each from its last row. */
    q.n_out = MAX_DRAWS;
    m[0].text = "Another header.";
    k = work_of(w, &p, &q, &n, &mem);
    assert_int_equal(k.n_token, n);
    /* With a second token each: two steps of two texts. */
    q.decode.max_tokens = 2;
    m[0].text = "A third header, so that nothing is found.";
    k = work_of(w, &p, &q, &n, &mem);
    assert_int_equal(k.n_token, n + MAX_DRAWS);
    /* A last text alone is kept company. */
    q.n_out = 1;
    q.decode.max_tokens = 3;
    m[0].text = "";
    k = work_of(w, &p, &q, &n, &mem);
    assert_int_equal(k.n_token, n + 2 * 2);
    assert_int_equal(k.n_batch, 1 + 2);
    writer_free(w);
    parts_close(&p);
    arena_release(&mem);
    free(path);
}

/* --- bits ---------------------------------------------------------------- */

static struct writer *open_writer(struct parts *p, const char *path, int slots)
{
    struct engine_options o = test_options();
    o.ctx = CONTEXT;
    o.slots = slots;
    o.asks = ASK_TEXT;
    parts_open(p, path, &o);
    return parts_writer(p);
}

static void step(struct writer *w)
{
    struct err e = { 0 };
    if (writer_step(w, &e) < 0)
        fail_msg("%s", e.text);
}

static void put(struct writer *w, struct parts *p, struct message m[2], size_t n_out,
                struct arena *mem)
{
    struct request *q = arena_alloc(mem, sizeof *q);
    struct encoding *code = arena_alloc(mem, sizeof *code);
    *q = (struct request){ .ask = ASK_TEXT, .raw = true, .message = m, .n_message = 2,
                           .n_out = n_out, .decode = { .max_tokens = N_STEP + 1 } };
    encoding_make(code, &p->text, CONTEXT, q, mem);
    assert_null(code->failed);
    writer_put(w, code, q, arena_array(mem, n_out, sizeof(struct out)), mem, code);
}

/* The logits of the first text in N_STEP steps. */
static float *rows(struct writer *w, struct parts *p, struct arena *mem)
{
    size_t n = (size_t)llama_vocab_n_tokens(p->text.vocab);
    float *all = arena_array(mem, N_STEP * n, sizeof *all);
    for (size_t i = 0; i < N_STEP; i++) {
        step(w);
        memcpy(all + i * n, llama_get_logits_ith(p->loaded.writing, 0), n * sizeof *all);
    }
    return all;
}

static void same_rows(const float *a, const float *b, const struct parts *p)
{
    size_t n = (size_t)llama_vocab_n_tokens(p->text.vocab);
    for (size_t i = 0; i < N_STEP; i++)
        if (memcmp(a + i * n, b + i * n, n * sizeof *a) != 0)
            fail_msg("step %zu has other bits", i);
}

/* A text alone, beside two others, and as the second draw of its prompt. */
static void check_bits(const char *path, const char *head, const char *question,
                       struct arena *mem)
{
    struct message a[] = { { .who = SPEAKER_USER, .piece = PIECE_HEADER, .text = head },
                           { .who = SPEAKER_USER, .piece = PIECE_QUESTION, .text = question } };
    struct message b[] = { a[0], { .who = SPEAKER_USER, .piece = PIECE_QUESTION,
                                   .text = "1, 2," } };
    struct message c[] = { b[1], a[1] };
    struct parts p;
    struct writer *w = open_writer(&p, path, 1);
    put(w, &p, a, 2, mem);
    step(w);
    float *alone = rows(w, &p, mem);
    step(w);
    same_rows(rows(w, &p, mem), alone, &p);
    assert_non_null(writer_take(w));
    put(w, &p, a, 1, mem);
    step(w);
    same_rows(rows(w, &p, mem), alone, &p);
    writer_free(w);
    parts_close(&p);
    w = open_writer(&p, path, 3);
    put(w, &p, b, 1, mem); /* leaves the header behind */
    for (int i = 0; i <= N_STEP; i++)
        step(w);
    put(w, &p, a, 1, mem);
    step(w);
    put(w, &p, b, 1, mem);
    step(w);
    put(w, &p, c, 1, mem);
    step(w);
    same_rows(rows(w, &p, mem), alone, &p);
    writer_free(w);
    parts_close(&p);
}

static void same_bits(void **state)
{
    struct arena mem = { 0 };
    char *path = strcmp(*state, "MODEL") == 0 || strcmp(*state, "F16") == 0
                     ? xprintf("%s", getenv(*state) ? getenv(*state) : "") : tiny_path(*state);
    if (!path || !file_exists(path)) {
        free(path);
        skip();
    }
    check_bits(path, header, "Count:", &mem);
    /* What follows the header is one token, and a token is no batch. */
    check_bits(path, "x y z x y z x y z x y z x y z x y z x y z\n\n", "A", &mem);
    arena_release(&mem);
    free(path);
}

int main(void)
{
    static char llama[] = "llama", qwen2[] = "qwen2", chatglm[] = "chatglm";
    static char f16[] = "F16", quantised[] = "MODEL";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_is_bounded),
        cmocka_unit_test(shared_beginnings_are_decoded_once),
        cmocka_unit_test(tiny_models),
        cmocka_unit_test_prestate(same_bits, chatglm),
        cmocka_unit_test_prestate(same_bits, llama),
        cmocka_unit_test_prestate(same_bits, qwen2),
        cmocka_unit_test_prestate(same_bits, quantised),
        cmocka_unit_test_prestate(same_bits, f16),
        cmocka_unit_test_prestate(draws_differ, quantised),
        cmocka_unit_test_prestate(greedy_draws_are_one_text, quantised),
        cmocka_unit_test_prestate(mixed_queue, quantised),
        cmocka_unit_test_prestate(same_texts, quantised),
        cmocka_unit_test_prestate(same_texts, f16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
