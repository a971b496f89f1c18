/* The response cache: what is answered from it, what is asked, what a damaged
 * file does. */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "base/hash.h"
#include "base/log.h"
#include "evaluator/engines/cached.h"
#include "evaluator/engines/cachefile.h"
#include "tests/engines/question.h"

/* An engine whose answers are the number of questions it was asked so far. */
struct counting {
    struct engine engine;
    const char *name, *spec;
    const char *fail; /* the next answers fail with this class */
    struct asking *held[8];
    void *tag[8];
    size_t n_held, n_asked;
    bool *closed;
};

static int counting_push(struct engine *g, const struct request *q, struct arena *mem,
                         const struct turn *turn, void *tag, struct err *e)
{
    struct counting *c = (struct counting *)g;
    (void)mem, (void)e, (void)turn;
    if (c->n_held == 8)
        return 0;
    c->held[c->n_held] = (struct asking *)(void *)((char *)(void *)(uintptr_t)q -
                                                   offsetof(struct asking, q));
    c->tag[c->n_held++] = tag;
    return 1;
}

/* Last in, first out: the order of answers is free. */
static int counting_pull(struct engine *g, int wait_ms, void **tag, struct response *out,
                         struct err *e)
{
    struct counting *c = (struct counting *)g;
    (void)wait_ms, (void)e;
    if (!c->n_held)
        return 0;
    struct asking *k = c->held[--c->n_held];
    *tag = c->tag[c->n_held];
    c->n_asked++;
    *out = (struct response){ .failed = c->fail, .n_out = k->q.n_out, .n_prompt = 7, .ms = 5,
                              .n_retry = 1 };
    out->out = arena_array(&k->mem, k->q.n_out, sizeof *out->out);
    for (size_t i = 0; i < k->q.n_out; i++)
        out->out[i] = (struct out){
            .text = arena_printf(&k->mem, "答 %zu.%zu \"\\\n", c->n_asked, i),
            .thinking = i ? NULL : "hm", .fault = i == 1 ? "empty" : NULL, .cut = i == 2,
            .n_token = 3, .n_think = 1,
        };
    if (c->n_asked == 4)
        c->engine.halted = "enough";
    return 1;
}

static void counting_describe(const struct engine *g, struct json_writer *w)
{
    const struct counting *c = (const struct counting *)g;
    json_put_text(w, "engine", c->name);
    json_put_text(w, "file", c->spec); /* changes no answer */
}

static void counting_close(struct engine *g)
{
    *((struct counting *)g)->closed = true;
    free(g);
}

static const struct engine_type engine_counting = {
    .name = "counting", .push = counting_push, .pull = counting_pull,
    .describe = counting_describe, .close = counting_close,
};

static struct counting *counting_new(const char *name, const char *spec, bool *closed)
{
    struct counting *c = xcalloc(1, sizeof *c);
    c->engine = (struct engine){ .type = &engine_counting, .asks = ASK_TEXT, .hold = 5 };
    c->name = name;
    c->spec = spec;
    c->closed = closed;
    return c;
}

static struct engine *wrapped(struct counting *c, const char *dir)
{
    struct engine *g = &c->engine;
    struct err e = { 0 };
    if (cached_wrap(&g, dir, &e) < 0)
        fail_msg("%s", e.text);
    assert_ptr_not_equal(g, &c->engine);
    return g;
}

static char *only_file(const char *dir, struct arena *mem)
{
    const char **names = NULL;
    size_t n = 0;
    struct err e = { 0 };
    assert_int_equal(file_list(&names, &n, dir, mem, &e), 0);
    assert_int_equal(n, 1);
    return arena_printf(mem, "%s/%s", dir, names[0]);
}

static void test_second_run_asks_nobody(void **state)
{
    bool closed = false;
    struct arena mem = { 0 };
    const char *dir = arena_printf(&mem, "%s/new/answers", (char *)*state);
    struct asking k[3];
    asking_make(&k[0], "a/0", "one", NULL, 3);
    asking_make(&k[1], "a/1", "two", NULL, 3);
    asking_make(&k[2], "a/2", "one", NULL, 3); /* the same question */
    struct counting *c = counting_new("x", "here", &closed);
    struct engine *g = wrapped(c, dir);
    assert_int_equal(g->asks, ASK_TEXT);
    assert_int_equal(g->hold, 5);
    assert_int_equal(asking_push(&k[0], g), 1);
    assert_int_equal(asking_push(&k[1], g), 1);
    assert_ptr_equal(asking_pull(g), &k[1]);
    assert_ptr_equal(asking_pull(g), &k[0]);
    assert_null(asking_pull(g));
    assert_false(k[0].a.cached);
    assert_true(asking_ask(&k[2], g)->cached);
    assert_int_equal(c->n_asked, 2);
    g->type->close(g);
    assert_true(closed);

    struct asking again;
    asking_make(&again, "other/7", "one", NULL, 3);
    c = counting_new("x", "elsewhere", &closed);
    g = wrapped(c, dir);
    struct response *a = asking_ask(&again, g);
    assert_int_equal(c->n_asked, 0);
    assert_true(a->cached);
    assert_int_equal(a->n_prompt, 7);
    assert_int_equal(a->ms, 0);
    assert_int_equal(a->n_retry, 0);
    for (size_t i = 0; i < 3; i++) {
        const struct out *x = &a->out[i], *y = &k[0].a.out[i];
        assert_string_equal(x->text, y->text);
        assert_int_equal(x->n_token, y->n_token);
        assert_int_equal(x->n_think, y->n_think);
        assert_int_equal(x->cut, y->cut);
    }
    assert_string_equal(a->out[0].thinking, "hm");
    assert_null(a->out[1].thinking);
    assert_string_equal(a->out[1].fault, "empty");
    g->type->close(g);
    for (size_t i = 0; i < 3; i++)
        asking_release(&k[i]);
    asking_release(&again);
    arena_release(&mem);
}

static void test_other_model_other_answers(void **state)
{
    bool closed = false;
    const char *const *names = (const char *const[]){ "x", "y" };
    for (size_t i = 0; i < 2; i++) {
        struct asking k;
        asking_make(&k, "a/0", "one", NULL, 1);
        struct engine *g = wrapped(counting_new(names[i], "", &closed), *state);
        assert_false(asking_ask(&k, g)->cached);
        g->type->close(g);
        asking_release(&k);
    }
}

static void test_other_question_other_answer(void **state)
{
    bool closed = false;
    struct asking k[4];
    struct engine *g = wrapped(counting_new("x", "", &closed), *state);
    for (size_t i = 0; i < 4; i++)
        asking_make(&k[i], "a/0", "one", NULL, 1);
    k[1].q.decode.temperature = 0.7;
    k[2].q.decode.temperature = 0.7;
    k[2].q.decode.seed = 9;
    k[3].q.raw = false;
    for (size_t i = 0; i < 4; i++)
        assert_false(asking_ask(&k[i], g)->cached);
    for (size_t i = 0; i < 4; i++) {
        struct asking again = k[i];
        again.mem = (struct arena){ 0 };
        again.q.message = &again.message;
        again.turn.sample = &again.sample;
        assert_true(asking_ask(&again, g)->cached);
        assert_string_equal(again.a.out[0].text, k[i].a.out[0].text);
        asking_release(&again);
        asking_release(&k[i]);
    }
    g->type->close(g);
}

static void test_failures_and_halts(void **state)
{
    bool closed = false;
    struct asking k;
    struct counting *c = counting_new("x", "", &closed);
    struct engine *g = wrapped(c, *state);
    c->fail = "remote";
    for (size_t i = 0; i < 4; i++) {
        assert_null(g->halted);
        asking_make(&k, "a/0", "one", NULL, 1);
        assert_string_equal(asking_ask(&k, g)->failed, "remote");
        asking_release(&k);
    }
    assert_string_equal(g->halted, "enough");
    assert_int_equal(c->n_asked, 4);
    g->type->close(g);
}

static void test_full_engine(void **state)
{
    bool closed = false;
    struct asking k[10];
    struct engine *g = wrapped(counting_new("x", "", &closed), *state);
    for (size_t i = 0; i < 9; i++) {
        char *prompt = xprintf("question %zu", i);
        asking_make(&k[i], "a/0", prompt, NULL, 1);
        assert_int_equal(asking_push(&k[i], g), i < 8);
    }
    for (size_t i = 0; i < 8; i++)
        assert_non_null(asking_pull(g));
    assert_null(asking_pull(g));
    g->type->close(g);
    for (size_t i = 0; i < 9; i++) {
        free((char *)(uintptr_t)k[i].message.text);
        asking_release(&k[i]);
    }
}

/* --- damaged files ------------------------------------------------------- */

/* Ask `prompt` of a fresh engine; was it answered from the cache? */
static bool known(const char *dir, const char *prompt, size_t *n_asked)
{
    bool closed = false;
    struct asking k;
    asking_make(&k, "a/0", prompt, NULL, 2);
    struct counting *c = counting_new("x", "", &closed);
    struct engine *g = wrapped(c, dir);
    bool cached = asking_ask(&k, g)->cached;
    *n_asked += c->n_asked;
    g->type->close(g);
    asking_release(&k);
    return cached;
}

static void test_damage(void **state)
{
    struct arena mem = { 0 };
    struct strbuf text = STRBUF_INIT;
    struct err e = { 0 };
    size_t n = 0;
    log_set_level(LOG_ERROR);
    assert_false(known(*state, "one", &n));
    assert_false(known(*state, "two", &n));
    const char *path = only_file(*state, &mem);
    assert_int_equal(file_read(&text, path, 1 << 20, &e), 0);
    size_t first = strcspn(text.s, "\n") + 1;
    assert_true(text.len > first);

    /* a bit of the first answer; a line that is none; half a line at the end */
    char *digit = strstr(text.s, "\\u7b54") ? strstr(text.s, "\\u7b54") : strstr(text.s, "1.0");
    assert_non_null(digit);
    *digit ^= 1;
    strbuf_puts(&text, "rubbish\n\n{\"question\":\"");
    assert_int_equal(file_write_atomic(path, text.s, text.len, &e), 0);
    assert_true(known(*state, "two", &n));
    assert_int_equal(n, 2);
    assert_false(known(*state, "one", &n)); /* asked again, kept again */
    assert_int_equal(n, 3);
    assert_true(known(*state, "one", &n));
    assert_true(known(*state, "two", &n));

    struct cachefile *f = NULL;
    assert_int_equal(cachefile_open(&f, path, &e), 0);
    assert_int_equal(cachefile_count(f), 2);
    assert_int_equal(cachefile_damaged(f), 2); /* the half line is gone */
    cachefile_close(f);
    strbuf_clear(&text);
    assert_int_equal(file_read(&text, path, 1 << 20, &e), 0);
    assert_int_equal(text.s[text.len - 1], '\n');
    strbuf_release(&text);
    arena_release(&mem);
    log_set_level(LOG_WARN);
}

/* Every cut of a file leaves a file that works. */
static void test_every_cut(void **state)
{
    struct arena mem = { 0 };
    struct strbuf text = STRBUF_INIT;
    struct err e = { 0 };
    size_t n = 0;
    log_set_level(LOG_ERROR);
    assert_false(known(*state, "one", &n));
    const char *path = only_file(*state, &mem);
    assert_int_equal(file_read(&text, path, 1 << 20, &e), 0);
    for (size_t cut = 0; cut < text.len; cut++) {
        assert_int_equal(file_write_atomic(path, text.s, cut, &e), 0);
        assert_false(known(*state, "one", &n));
        assert_int_equal(file_size(path), (long long)text.len);
    }
    assert_true(known(*state, "one", &n));
    strbuf_release(&text);
    arena_release(&mem);
    log_set_level(LOG_WARN);
}

/* Processes that share a file: every line is whole, none is lost or twice. */
static void test_processes_share(void **state)
{
    enum { PROCESSES = 4, QUESTIONS = 50 };
    pid_t child[PROCESSES];
    struct err e = { 0 };
    char *path = xprintf("%s/shared.jsonl", (char *)*state);
    for (int p = 0; p < PROCESSES; p++) {
        child[p] = fork();
        assert_true(child[p] >= 0);
        if (child[p])
            continue;
        struct cachefile *f = NULL;
        if (cachefile_open(&f, path, &e) < 0)
            _exit(1);
        for (int i = 0; i < QUESTIONS; i++) {
            struct turn t = { .step = "s", .q = { .ask = ASK_TEXT }, .a = { .n_out = 1 } };
            struct out out = { .text = "text" };
            t.a.out = &out;
            sha256_text(t.question, &i, sizeof i);
            memcpy(t.prompt, t.question, sizeof t.prompt);
            if (cachefile_add(f, &t, &e) < 0)
                _exit(2);
        }
        int n = (int)cachefile_count(f);
        cachefile_close(f);
        _exit(n == QUESTIONS ? 0 : 3);
    }
    for (int p = 0; p < PROCESSES; p++) {
        int status = 0;
        assert_int_equal(waitpid(child[p], &status, 0), child[p]);
        assert_int_equal(status, 0);
    }
    struct strbuf text = STRBUF_INIT;
    assert_int_equal(file_read(&text, path, 1 << 20, &e), 0);
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.s[i] == '\n';
    assert_int_equal(lines, QUESTIONS);
    strbuf_release(&text);
    free(path);
}

static void test_refusals(void **state)
{
    bool closed = false;
    struct err e = { 0 };
    struct engine *g = &counting_new("x", "", &closed)->engine, *before = g;
    char *path = xprintf("%s/file", (char *)*state);
    write_bytes(path, "x", 1);
    assert_int_equal(cached_wrap(&g, path, &e), ERR_IO);
    assert_ptr_equal(g, before);
    g->type->close(g);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_second_run_asks_nobody, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_other_model_other_answers, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_other_question_other_answer, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_failures_and_halts, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_full_engine, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_damage, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_every_cut, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_processes_share, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_refusals, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
