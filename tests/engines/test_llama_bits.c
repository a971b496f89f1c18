/* Same inputs, same bits: a question's log-probabilities do not depend on what
 * was asked before it, on the number of threads or on a repetition. Checked on
 * F16 and on a quantised model ($F16, $MODEL) and the tiny ones ($TINY_DIR).
 *
 * ctest: labels=slow timeout=900 */
#include <math.h>

#include "base/strbuf.h"
#include "tests/engines/ask.h"

enum { N_QUESTION = 5, N_SHOT = 24, MAX_OUT = 8 };

static const char *const letters[] = { " A", " B", " C", " D", NULL };
static const char *const texts[] = { " the capital of France", " 上海是一座城市", " no", NULL };

struct figures {
    double logprob[N_QUESTION][MAX_OUT];
    bool asked[N_QUESTION];
};

/* Questions 0 to 3 share a beginning of several hundred tokens; question 4 has
 * another one. Questions 1 and 3 have options of several tokens. */
static void ask(struct figures *f, struct engine *g, size_t k, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    struct response r;
    strbuf_printf(&b, "Questions about geography, set %d.\n\n", k == 4 ? 2 : 1);
    for (int i = 0; i < N_SHOT; i++)
        strbuf_printf(&b, "Which city is number %d?\nA. 北京 Beijing\nB. Paris\nC. %d\nD. Rome\n"
                          "Answer: %c\n\n", i, i * 7, "ABCD"[i % 4]);
    strbuf_printf(&b, "And which one is number %zu, 请选择?\nA. 上海\nB. Berlin\nC. %zu\nD. Madrid\n"
                      "Answer:", k, k * k);
    const char *const *variant = k == 1 || k == 3 ? texts : letters;
    size_t n = 0;
    while (variant[n])
        n++;
    test_loglik(&r, g, b.s, variant, n, mem);
    strbuf_release(&b);
    assert_null(r.failed);
    for (size_t i = 0; i < n; i++) {
        assert_true(r.out[i].n_token > 0);
        assert_true(isfinite(r.out[i].logprob) && r.out[i].logprob < 0);
        if (f->asked[k])
            assert_memory_equal(&f->logprob[k][i], &r.out[i].logprob, sizeof(double));
        f->logprob[k][i] = r.out[i].logprob;
    }
    f->asked[k] = true;
}

static void ask_in_order(struct figures *f, const char *path, int threads, const char *order)
{
    struct arena mem = { 0 };
    struct engine_options o = test_options();
    o.threads = threads > 0 ? threads : o.threads;
    struct engine *g = test_open(path, &o);
    for (const char *k = order; *k; k++) {
        ask(f, g, (size_t)(*k - '0'), &mem);
        arena_clear(&mem);
    }
    engine_llama.close(g);
    arena_release(&mem);
}

static void check_model(const char *path)
{
    struct figures f = { .asked = { false } };
    ask_in_order(&f, path, 0, "01234012");
    ask_in_order(&f, path, 0, "432");
    ask_in_order(&f, path, 0, "3");
    ask_in_order(&f, path, 1, "10");
    ask_in_order(&f, path, 2, "01");
}

static void real_model(void **state)
{
    const char *path = test_path(*state);
    if (!path)
        skip();
    check_model(path);
}

static void tiny_models(void **state)
{
    static const char *const arch[] = { "llama", "qwen2", "chatglm" };
    const char *dir = getenv("TINY_DIR");
    (void)state;
    if (!dir || !*dir)
        skip();
    for (size_t i = 0; i < sizeof arch / sizeof *arch; i++) {
        char *path = xprintf("%s/%s.gguf", dir, arch[i]);
        if (file_exists(path))
            check_model(path);
        else
            fprintf(stderr, "SKIPPED: %s is not there\n", path);
        free(path);
    }
}

int main(void)
{
    static char f16[] = "F16", quantised[] = "MODEL";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiny_models),
        cmocka_unit_test_prestate(real_model, quantised),
        cmocka_unit_test_prestate(real_model, f16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
