/* Models made from a tiny one by changing its file: embedding models, weights
 * that are no numbers, a vocabulary that libllama gives up on, a model in two
 * files, a context larger than the machine. $TINY_DIR has the tiny one. */
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ggml.h>
#include <gguf.h>

#include "tests/base/scratch.h"
#include "tests/engines/ask.h"

static char *tiny(void)
{
    const char *dir = getenv("TINY_DIR");
    char *path = xprintf("%s/chatglm.gguf", dir && *dir ? dir : "/nonexistent");
    if (file_exists(path))
        return path;
    fprintf(stderr, "SKIPPED: %s is not there\n", path);
    free(path);
    skip();
    return NULL;
}

/* A tiny model's file in memory; release with model_free(). */
struct model {
    struct gguf_context *gguf;
    struct ggml_context *tensors;
};

static void model_read(struct model *m)
{
    char *path = tiny();
    m->tensors = NULL;
    m->gguf = gguf_init_from_file(path, (struct gguf_init_params){ .ctx = &m->tensors });
    assert_non_null(m->gguf);
    free(path);
}

static void model_free(struct model *m)
{
    gguf_free(m->gguf);
    ggml_free(m->tensors);
}

static void add_tensors(struct gguf_context *out, const struct model *m, int64_t from, int64_t end)
{
    for (int64_t i = from; i < end; i++)
        gguf_add_tensor(out, ggml_get_tensor(m->tensors, gguf_get_tensor_name(m->gguf, i)));
}

static void model_write(const struct model *m, const char *path)
{
    struct gguf_context *out = gguf_init_empty();
    gguf_set_kv(out, m->gguf);
    add_tensors(out, m, 0, gguf_get_n_tensors(m->gguf));
    assert_true(gguf_write_to_file(out, path, false));
    gguf_free(out);
}

static void refused(const char *path, const struct engine_options *o, const char *want)
{
    struct engine *g = NULL;
    struct err e = { 0 };
    assert_true(engine_llama.open(&g, path, o, &e) < 0);
    if (!strstr(e.text, want) || !strstr(e.text, path))
        fail_msg("'%s' does not say '%s'", e.text, want);
}

static void no_text_models(void **state)
{
    struct engine_options o = test_options();
    struct model m;
    model_read(&m); /* may skip, so before anything is allocated */
    char *path = xprintf("%s/kind.gguf", (const char *)*state);
    gguf_set_val_u32(m.gguf, "chatglm.pooling_type", 3);
    model_write(&m, path);
    refused(path, &o, "an embedding model");
    gguf_set_val_u32(m.gguf, "chatglm.pooling_type", 0);
    gguf_set_val_bool(m.gguf, "chatglm.attention.causal", false);
    model_write(&m, path);
    refused(path, &o, "an encoder model");
    gguf_set_val_bool(m.gguf, "chatglm.attention.causal", true);
    model_write(&m, path);
    engine_llama.close(test_open(path, &o));
    model_free(&m);
    free(path);
}

static void huge_context(void **state)
{
    struct engine_options o = test_options();
    char *path = tiny();
    (void)state;
    o.ctx = 2000000000;
    refused(path, &o, "--ctx");
    free(path);
}

/* An error each time, whatever was asked before. */
static void not_numbers(void **state)
{
    static const char *const letters[] = { " A", " B" };
    struct engine_options o = test_options();
    struct message text = { .who = SPEAKER_USER, .piece = PIECE_QUESTION, .text = "Which one?" };
    struct request q = { .ask = ASK_LOGLIK, .raw = true, .message = &text, .n_message = 1,
                         .variant = letters, .n_out = 2 };
    struct model m;
    model_read(&m);
    char *path = xprintf("%s/nan.gguf", (const char *)*state);
    float *norm = ggml_get_tensor(m.tensors, "output_norm.weight")->data;
    norm[0] = NAN;
    model_write(&m, path);
    model_free(&m);
    struct engine *g = test_open(path, &o);
    for (int i = 0; i < 2; i++) {
        struct arena mem = { 0 };
        struct response r;
        struct err e = { 0 };
        void *tag = NULL;
        assert_int_equal(engine_llama.push(g, &q, &mem, NULL, &r, &e), 1);
        assert_true(engine_llama.pull(g, 0, &tag, &r, &e) < 0);
        assert_non_null(strstr(e.text, "not finite"));
        arena_release(&mem);
    }
    engine_llama.close(g);
    free(path);
}

/* Two tokens of one name end libllama, and with it the process: one line. */
static void ggml_gives_up(void **state)
{
    struct engine_options o = test_options();
    char *from = tiny(), *path = xprintf("%s/twice.gguf", (const char *)*state);
    struct strbuf b = STRBUF_INIT;
    struct err e = { 0 };
    int status = 0, end[2];
    char said[2048] = "";
    assert_int_equal(file_read(&b, from, 1u << 30, &e), 0);
    for (size_t i = 0; i + 7 < b.len; i++)
        if (memcmp(b.s + i, "[sMASK]", 7) == 0)
            memcpy(b.s + i, "[gMASK]", 7);
    write_bytes(path, b.s, b.len);
    assert_int_equal(pipe(end), 0);
    pid_t child = fork();
    if (child == 0) {
        struct engine *g = NULL;
        dup2(end[1], STDERR_FILENO);
        _exit(engine_llama.open(&g, path, &o, &e) < 0 ? 20 : 10);
    }
    close(end[1]);
    for (size_t n = 0; n < sizeof said - 1;) {
        ssize_t got = read(end[0], said + n, sizeof said - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    close(end[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_non_null(strstr(said, "llama.cpp gave up: llama-vocab.cpp"));
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
    strbuf_release(&b);
    free(path);
    free(from);
}

/* File `no` of two: the first has all keys, both have half of the tensors. */
static void write_half(const struct model *m, const char *path, uint16_t no)
{
    struct gguf_context *out = gguf_init_empty();
    if (no == 0)
        gguf_set_kv(out, m->gguf);
    gguf_set_val_u16(out, "split.no", no);
    gguf_set_val_u16(out, "split.count", 2);
    int64_t n = gguf_get_n_tensors(m->gguf);
    gguf_set_val_i32(out, "split.tensors.count", (int32_t)n);
    add_tensors(out, m, no == 0 ? 0 : n / 2, no == 0 ? n / 2 : n);
    assert_true(gguf_write_to_file(out, path, false));
    gguf_free(out);
}

static char *identity(const char *path)
{
    struct engine_options o = test_options();
    struct engine *g = test_open(path, &o);
    struct strbuf b = STRBUF_INIT;
    struct json_writer w = { .out = &b };
    json_open(&w, NULL, '{');
    engine_llama.describe(g, &w);
    json_close(&w, '}');
    engine_llama.close(g);
    struct err e = { 0 };
    cJSON *tree = NULL;
    assert_int_equal(json_parse(&tree, b.s, b.len, &e), 0);
    char *id = xprintf("%s %.0f", json_text(tree, "sha256", "none"),
                       json_number(tree, "bytes", 0));
    cJSON_Delete(tree);
    strbuf_release(&b);
    return id;
}

static void model_in_two_files(void **state)
{
    struct model m;
    model_read(&m);
    char *first = xprintf("%s/m-00001-of-00002.gguf", (const char *)*state);
    char *second = xprintf("%s/m-00002-of-00002.gguf", (const char *)*state);
    write_half(&m, first, 0);
    write_half(&m, second, 1);
    char *one = identity(first), *again = identity(first);
    float *norm = ggml_get_tensor(m.tensors, "output_norm.weight")->data;
    norm[0] *= 2;
    write_half(&m, second, 1);
    char *other = identity(first);
    assert_string_equal(one, again);
    assert_string_not_equal(one, other);
    assert_int_equal(strtoll(strchr(one, ' '), NULL, 10), file_size(first) + file_size(second));
    free(other);
    free(again);
    free(one);
    model_free(&m);
    free(second);
    free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_models), cmocka_unit_test(huge_context),
        cmocka_unit_test(not_numbers),    cmocka_unit_test(ggml_gives_up),
        cmocka_unit_test(model_in_two_files),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
