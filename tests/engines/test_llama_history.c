/* What was asked before leaves no trace: a mixture of questions (raw and chat,
 * whole, rolled, cut, too long, of several tokens, writing, up to a context that
 * is full) gets the same bits from an engine that was just opened and from one
 * that has answered the others in any order. $TINY_DIR has the models.
 *
 * ctest: labels=slow timeout=900 */
#include "tests/engines/ask.h"

enum { N_KIND = 32, N_FEW = 5 /* of a large vocabulary */, CONTEXT = 512, N_ROUND = 2 };

static const char *const letters[] = { " A", " B", " C", " D" };
static const char *const texts[] = { " the capital", " 上海是一座城市，很大", " no", "" };
static const char *const one[] = { "" };

static const char *words(size_t n, size_t which, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%c%zu 是 ", (char)('a' + (i + which) % 26), i % 7);
    const char *s = arena_strndup(mem, b.s ? b.s : "", b.len);
    strbuf_release(&b);
    return s;
}

/* Question k of the mixture: a function of k alone. */
static struct request make(size_t k, struct arena *mem)
{
    static const size_t lengths[] = { 0, 3, 20, 60, 70, 71, 72, 73, 74, 90, 200 };
    struct message *m = arena_array(mem, 3, sizeof *m);
    size_t header = lengths[k % 5], asked = lengths[k * 7 % 11];
    m[0] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_HEADER,
                             .text = words(header, k % 2, mem) };
    m[1] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_SHOT,
                             .text = words(k % 3 * 15, 5, mem) };
    m[2] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_QUESTION,
                             .text = words(asked, k, mem) };
    struct request q = { .ask = ASK_LOGLIK, .raw = k % 4 != 1, .message = m, .n_message = 3,
                         .variant = k % 3 == 2 ? texts : letters, .n_out = 4,
                         .whole = k % 6 == 4, .fit = (enum fit)(k % 4),
                         .max_prompt = k % 5 == 3 ? 150 : 0 };
    if (k % 13 == 6) {
        q.roll = q.raw = true;
        q.variant = one;
        q.n_out = 1;
    } else if (k % 8 == 7) {
        q.ask = ASK_TEXT;
        q.n_out = 2;
        q.decode = (struct decode){ .temperature = k % 16 == 7 ? 0 : 1, .max_tokens = 9 };
    }
    return q;
}

/* Everything an answer says, to the bit. */
static char *answer(struct engine *g, size_t k)
{
    struct arena mem = { 0 };
    struct strbuf b = STRBUF_INIT;
    struct response r;
    struct request q = make(k, &mem);
    test_ask(&r, g, &q, &mem);
    strbuf_printf(&b, "%zu: %s %u %u %u", k, r.failed ? r.failed : "answered",
                  (unsigned)r.n_prompt, (unsigned)r.shots_dropped, (unsigned)r.tokens_cut);
    for (size_t i = 0; i < r.n_out && !r.failed; i++)
        strbuf_printf(&b, " [%a %u %u %d '%s']", r.out[i].logprob, (unsigned)r.out[i].n_token,
                      (unsigned)r.out[i].n_straddle, r.out[i].greedy,
                      r.out[i].text ? r.out[i].text : "");
    arena_release(&mem);
    return strbuf_take(&b);
}

/* The first n of the mixture. */
static void check_model(const char *path, size_t n)
{
    struct engine_options o = test_options();
    char *want[N_KIND];
    size_t n_answered = 0;
    o.ctx = CONTEXT;
    o.need_chat = true;
    for (size_t k = 0; k < n; k++) {
        struct engine *g = test_open(path, &o);
        want[k] = answer(g, k);
        n_answered += strstr(want[k], "answered") != NULL;
        engine_llama.close(g);
    }
    assert_true(n_answered > n / 2);
    struct engine *g = test_open(path, &o);
    for (size_t i = 0; i < N_ROUND * n; i++) {
        static const size_t step[N_ROUND] = { 1, 27 }; /* no factor in common with n */
        size_t k = i % n * step[i / n] % n;
        char *got = answer(g, k);
        assert_string_equal(got, want[k]);
        free(got);
    }
    engine_llama.close(g);
    for (size_t k = 0; k < n; k++)
        free(want[k]);
}

static void any_order(void **state)
{
    static const char *const arch[] = { "chatglm", "llama" };
    static const size_t n[] = { N_KIND, N_FEW };
    const char *dir = getenv("TINY_DIR");
    (void)state;
    if (!dir || !*dir)
        skip();
    for (size_t i = 0; i < sizeof arch / sizeof *arch; i++) {
        char *path = xprintf("%s/%s.gguf", dir, arch[i]);
        if (file_exists(path))
            check_model(path, n[i]);
        else
            fprintf(stderr, "SKIPPED: %s is not there\n", path);
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(any_order) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
