/* Questions decoded together (--group), here on the CPU: their figures are
 * those of questions decoded alone but for rounding, and depend neither on the
 * order of arrival nor on what was asked before. $TINY_DIR and $F16.
 *
 * ctest: labels=slow timeout=900 */
#include <math.h>

#include <llama.h>

#include "base/strbuf.h"
#include "tests/engines/parts.h"

enum { N_QUESTION = 16, MAX_OUT = 4, CONTEXT = 1024, GROUP = 4 };

static const char *const letters[] = { " A", " B", " C", " D" };
static const char *const texts[] = { " the capital of France", " 上海是一座城市", " no", " D" };

struct asked {
    struct message m[3];
    struct request q;
    struct turn turn;
    struct sample sample;
    struct response a;
};

static const char *words(size_t n, size_t which, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%c%zu 是 ", (char)('a' + i % 26), (i + which) % 10);
    strbuf_puts(&b, n > 0 ? "\nAnswer:" : "");
    const char *s = arena_strdup(mem, b.s);
    strbuf_release(&b);
    return s;
}

/* Question k of 16, four to a group: 0 to 3 letters behind one header; 4 to 7
 * some with longer options; 8 to 11 of two documents, one of them whole; 12 to
 * 15 one too long, one without anything to score. */
static void make(struct asked *a, size_t k, struct arena *mem)
{
    static const char *const nothing[] = { "", "" };
    bool document = k / 4 == 2;
    *a = (struct asked){ .sample = { .id = "id", .subset = "s", .index = k, .subset_index = k } };
    a->m[0] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_HEADER,
                                .text = words(20, 1, mem) };
    a->m[1] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_CONTEXT,
                                .text = words(document ? 20 : 0, k / 2, mem) };
    a->m[2] = (struct message){ .who = SPEAKER_USER, .piece = PIECE_QUESTION,
                                .text = words(k == 13 ? 1200 : 6 + k % 4, k, mem) };
    a->q = (struct request){ .ask = ASK_LOGLIK, .raw = true, .message = a->m, .n_message = 3,
                             .whole = k == 10, .n_out = 3 + k % 2,
                             .variant = k / 4 > 0 && k % 3 == 1 ? texts : letters };
    if (k == 14) {
        a->q.variant = nothing;
        a->q.n_out = 2;
    }
    a->turn = (struct turn){ .step = "answer", .q = a->q, .sample = &a->sample };
}

/* All questions of the order, pushed before any is pulled. */
static void ask_all(struct asked a[], struct engine *g, const char *order, struct arena *mem)
{
    struct err e = { 0 };
    size_t n = strlen(order);
    assert_true(n <= g->hold);
    for (size_t i = 0; i < n; i++) {
        struct asked *k = &a[order[i] - 'a'];
        assert_int_equal(engine_llama.push(g, &k->q, mem, &k->turn, k, &e), 1);
    }
    for (size_t i = 0; i < n; i++) {
        struct response r;
        void *tag;
        int rc;
        while ((rc = engine_llama.pull(g, 1000, &tag, &r, &e)) == 0)
            ;
        if (rc < 0)
            fail_msg("%s", e.text);
        ((struct asked *)tag)->a = r;
    }
}

/* The answers of an order with groups of `group`, all in a new engine. */
static void run(struct asked a[N_QUESTION], const char *path, int group, const char *order,
                struct arena *mem)
{
    struct engine_options o = test_options();
    o.ctx = CONTEXT;
    o.group = group;
    o.asks = ASK_LOGLIK;
    struct engine *g = test_open(path, &o);
    for (size_t k = 0; k < N_QUESTION; k++)
        make(&a[k], k, mem);
    for (const char *at = order; *at;) {
        char part[N_QUESTION + 1];
        size_t n = strcspn(at, " ");
        memcpy(part, at, n);
        part[n] = '\0';
        ask_all(a, g, part, mem);
        at += n + (at[n] == ' ');
    }
    engine_llama.close(g);
}

static void same(const struct asked *got, const struct asked *want, bool exact)
{
    assert_string_equal(got->a.failed ? got->a.failed : "", want->a.failed ? want->a.failed : "");
    for (size_t i = 0; i < want->a.n_out && !want->a.failed; i++) {
        const struct out *x = &got->a.out[i], *y = &want->a.out[i];
        double off = fabs(x->logprob - y->logprob);
        assert_int_equal(x->n_token, y->n_token);
        if (exact ? off != 0 || x->greedy != y->greedy : off > 0.02 * y->n_token)
            fail_msg("question %zu, option %zu: %.17g and %.17g", want->sample.index, i,
                     x->logprob, y->logprob);
    }
}

static void check_model(const char *path)
{
    struct asked alone[N_QUESTION], want[N_QUESTION], got[N_QUESTION];
    struct arena mem = { 0 };
    run(alone, path, 1, "abcdefghijklmnop", &mem);
    assert_string_equal(alone[13].a.failed, "too_long");
    run(want, path, GROUP, "abcdefghijklmnop", &mem);
    for (size_t k = 0; k < N_QUESTION; k++)
        same(&want[k], &alone[k], false);
    /* Other groups first, others arriving first in them, one group at a time,
     * and all of it again. */
    run(got, path, GROUP, "mponlkjigfehdbca dacb abcd", &mem);
    for (size_t k = 0; k < N_QUESTION; k++)
        same(&got[k], &want[k], true);
    run(got, path, GROUP, "ijkl efgh mnop abcd efgh", &mem);
    for (size_t k = 0; k < N_QUESTION; k++)
        same(&got[k], &want[k], true);
    arena_release(&mem);
}

static void real_model(void **state)
{
    const char *path = test_path(*state);
    if (!path)
        skip();
    check_model(path);
}

static void tiny_model(void **state)
{
    char *path = tiny_path(*state);
    if (!path)
        skip();
    check_model(path);
    free(path);
}

/* Four questions cost fewer batches than one by one, and no more tokens. */
static void together(void **state)
{
    char *path = tiny_path("chatglm");
    struct engine_options o = test_options();
    struct parts p;
    struct arena mem = { 0 };
    struct err e = { 0 };
    struct asked a[GROUP];
    struct encoding code[GROUP];
    struct question question[GROUP], *q[GROUP];
    struct work work[2];
    (void)state;
    if (!path)
        skip();
    o.ctx = CONTEXT;
    o.asks = ASK_LOGLIK;
    parts_open(&p, path, &o);
    for (size_t k = 0; k < GROUP; k++) {
        make(&a[k], k, &mem);
        encoding_make(&code[k], &p.text, CONTEXT, &a[k].q, &mem);
        question[k] = (struct question){ .c = code[k].c, .n = code[k].n, .n_cut = code[k].n_cut };
        memcpy(question[k].cut, code[k].cut, sizeof code[k].cut);
        q[k] = &question[k];
    }
    for (size_t i = 0; i < 2; i++) {
        struct forward *f = parts_forward(&p, false);
        for (size_t k = 0; k < GROUP; k += i == 0 ? 1 : GROUP)
            assert_int_equal(forward_score_group(f, q + k, i == 0 ? 1 : GROUP, &e), 0);
        work[i] = forward_work(f);
        forward_free(f);
        llama_memory_clear(llama_get_memory(p.loaded.scoring), false);
    }
    assert_int_equal(work[0].n_batch, 1 + GROUP); /* the header, then each */
    assert_int_equal(work[1].n_batch, 1 + 1);
    /* What all begin with beyond the header is decoded once. */
    assert_in_range(work[1].n_token, work[0].n_token - 64, work[0].n_token);
    parts_close(&p);
    arena_release(&mem);
    free(path);
}

int main(void)
{
    static char f16[] = "F16", chatglm[] = "chatglm";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(together),
        cmocka_unit_test_prestate(tiny_model, chatglm),
        cmocka_unit_test_prestate(real_model, f16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
