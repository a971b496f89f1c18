/* The model catalog: the shipped one, broken ones, and what --model means. */
#include "evaluator/models/models.h"
#include "tests/base/scratch.h"

static const char *share(void)
{
    const char *dir = getenv("EVALRUN_SHARE");
    return dir ? dir : ".";
}

static void put(const char *scratch, const char *name, const char *text)
{
    struct err e = { 0 };
    char *path = xprintf("%s/%s", scratch, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(file_mkdirs(path, &e), 0);
    *slash = '/';
    write_text(path, text);
    free(path);
}

static void shipped_catalog(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "smollm2", "qwen", "qwen1.5", "qwen2", "qwen2-0.5b-instruct", "qwen2.5", "qwen2-72b",
        "llama", "llama2", "llama3", "llama3.1", "llama3.2", "llama3-70b-instruct",
        "chatglm", "chatglm2", "chatglm3", "glm4", "Qwen2-7B-Instruct",
        "gpt-4", "gpt-4-turbo", "gpt-4o", "gpt-4o-mini", "gpt-3.5-turbo", "chatgpt",
    };
    struct model_catalog *c = NULL;
    struct err e = { 0 };
    if (model_catalog_open(&c, share(), &e) < 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!model_find(c, wanted[i]))
            fail_msg("%s is not in the catalog", wanted[i]);
    const struct model_entry *m;
    for (size_t i = 0; (m = model_at(c, i)); i++) {
        assert_true(m->context >= 2048 && (m->url || m->params > 1e8));
        assert_true(!m->url == (m->price_in <= 0 || m->price_out <= 0));
        assert_true(m->sha256[0] == '\0' || strlen(m->sha256) == 64);
        if (!m->repo && m->note[0] == '\0')
            fail_msg("%s has neither a repository nor a note", m->name);
        if (m->url && (!strstr(m->note, "as of") || m->gguf_supported))
            fail_msg("%s: of what day are the prices?", m->name);
        if (m->repo)
            assert_non_null(strstr(m->remote, ".gguf"));
    }
    assert_false(model_find(c, "chatglm-6b")->gguf_supported);
    assert_null(model_find(c, "no such model"));
    model_catalog_close(c);
}

static void refused(const char *scratch, const char *text, const char *want)
{
    struct model_catalog *c = NULL;
    struct err e = { 0 };
    put(scratch, "evaluator/models/x.json", text);
    assert_true(model_catalog_open(&c, scratch, &e) < 0);
    if (!strstr(e.text, want) || !strstr(e.text, "x.json"))
        fail_msg("'%s' does not say '%s'", e.text, want);
}

#define HEAD "{\"family\": \"x\", \"title\": \"X\", \"models\": ["
#define ENTRY "\"about\": \"a\", \"licence\": \"l\", \"context\": 2048"

static void broken_catalogs(void **state)
{
    const char *scratch = *state;
    refused(scratch, "[]", "must be an object");
    refused(scratch, "{\"family\": \"x\", \"model\": []}", "models");
    refused(scratch, "{\"family\": \"x\", \"models\": {}}", "must be a list");
    refused(scratch, HEAD "{\"name\": \"m\", \"abuot\": \"a\"}]}", "about");
    refused(scratch, HEAD "{" ENTRY "}]}", "name");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY ", \"repo\": \"a/b\"}]}", "go together");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY ", \"file\": \"../x\"}]}", "plain file name");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY "}, {\"name\": \"M\", " ENTRY "}]}",
            "taken by");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY ", \"alias\": [1]}]}", "alias");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY ", \"url\": \"https://h/v1\"}]}",
            "'url' wants 'remote'");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY ", \"url\": \"https://h\", \"repo\": \"a/b\","
                          " \"remote\": \"r\"}]}", "no 'repo'");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY ", \"url\": \"h/v1\", \"remote\": \"r\"}]}",
            "http://");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY ", \"price_in\": 1}]}", "go with 'url'");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY ", \"price_in\": \"1\"}]}", "price_in");
    refused(scratch, HEAD "{\"name\": \"m\", " ENTRY ", \"price_out\": -1}]}", "price_out");
    refused(scratch, HEAD "{\"name\": \"m\"", "x.json");
}

static void what_model_means(void **state)
{
    const char *scratch = *state;
    struct model_catalog *c = NULL;
    struct err e = { 0 };
    struct arena mem = { 0 };
    struct model_choice m;
    put(scratch, "evaluator/models/x.json",
        HEAD "{\"name\": \"tiny\", \"alias\": [\"t\"], \"template\": \"chatml\", \"repo\": \"a/b\","
             " \"remote\": \"r.gguf\", " ENTRY "}, {\"name\": \"odd\", \"note\": \"ask a server\","
             " \"gguf_supported\": false, " ENTRY "}]}");
    put(scratch, "own.gguf", "GGUF");
    assert_int_equal(model_catalog_open(&c, scratch, &e), 0);

    assert_int_equal(model_resolve(&m, c, "tiny", scratch, &mem, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, "evalrun model pull tiny"));
    assert_non_null(strstr(e.text, "--model PATH"));
    put(scratch, "models/r.gguf", "GGUF");
    assert_int_equal(model_resolve(&m, c, "T", scratch, &mem, &e), 0);
    assert_string_equal(m.label, "tiny");
    assert_string_equal(m.template, "chatml");
    assert_string_equal(m.family, "x");
    assert_non_null(strstr(m.spec, "/models/r.gguf"));

    assert_true(model_resolve(&m, c, "odd", scratch, &mem, &e) < 0);
    assert_non_null(strstr(e.text, "ask a server"));
    assert_int_equal(model_resolve(&m, c, "tyny", scratch, &mem, &e), ERR_USAGE);
    assert_non_null(strstr(e.text, "did you mean 'tiny'"));

    const char *path = arena_printf(&mem, "%s/own.gguf", scratch);
    assert_int_equal(model_resolve(&m, c, path, scratch, &mem, &e), 0);
    assert_string_equal(m.label, "own");
    assert_string_equal(m.spec, path);
    assert_null(m.template);
    assert_true(model_resolve(&m, c, "./none.gguf", scratch, &mem, &e) < 0);
    assert_non_null(strstr(e.text, "no such file"));
    assert_int_equal(model_resolve(&m, c, "fake:oracle", scratch, &mem, &e), 0);
    assert_string_equal(m.spec, "fake:oracle");
    assert_int_equal(model_resolve(&m, c, "fake", scratch, &mem, &e), 0);
    assert_string_equal(m.spec, "fake:"); /* and no file of that name */
    assert_int_equal(model_resolve(&m, c, "replay:runs/x", scratch, &mem, &e), 0);
    assert_string_equal(m.label, "replay:x");
    arena_release(&mem);
    model_catalog_close(c);
}

static void servers(void **state)
{
    static const struct {
        const char *spec, *label; /* NULL: refused */
    } rows[] = {
        { "openai:Qwen/Qwen2-7B@http://127.0.0.1:8000", "Qwen/Qwen2-7B" },
        { "openai:a@b:c@https://h/v1", "a@b:c" },
        { "http://localhost:8080/v1#x", "x" },
        { "https://h/v1#org/m#2", "2" },
        { "openai:http://h/v1#m", "m" },
        { "openai:gpt-4", NULL },
        { "openai:@http://h", NULL },
        { "http://h/v1", NULL },
        { "http://h/v1#", NULL },
    };
    const char *scratch = *state;
    struct model_catalog *c = NULL;
    struct err e = { 0 };
    struct arena mem = { 0 };
    struct model_choice m;
    put(scratch, "evaluator/models/x.json",
        HEAD "{\"name\": \"dear\", \"alias\": [\"d\"], \"url\": \"https://h/v1\", \"remote\":"
             " \"dear-2\", \"price_in\": 2.5, \"price_out\": 10, " ENTRY "}]}");
    assert_int_equal(model_catalog_open(&c, scratch, &e), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int rc = model_resolve(&m, c, rows[i].spec, scratch, &mem, &e);
        assert_int_equal(rc, rows[i].label ? 0 : ERR_USAGE);
        if (rows[i].label) {
            assert_string_equal(m.label, rows[i].label);
            assert_string_equal(m.spec, rows[i].spec);
        }
    }
    assert_int_equal(model_resolve(&m, c, "D", scratch, &mem, &e), 0);
    assert_string_equal(m.label, "dear");
    assert_string_equal(m.spec, "openai:dear-2@https://h/v1");
    assert_true(m.price_in > 2.4 && m.price_in < 2.6 && m.price_out > 9);
    arena_release(&mem);
    model_catalog_close(c);
}

static void pulling(void **state)
{
    const char *scratch = *state;
    struct err e = { 0 };
    struct model_pull_options o = { .cache = scratch, .endpoint = "http://127.0.0.1:9/",
                                    .quiet = true, .wait_ms = 1 };
    struct model_entry m = { .name = "m", .file = "m.gguf", .sha256 = "", .note = "note",
                             .gguf_supported = true };
    assert_true(model_pull(&m, &o, &e) < 0); /* no repository */
    assert_non_null(strstr(e.text, "note"));
    m.gguf_supported = false;
    assert_true(model_pull(&m, &o, &e) < 0);
    m.gguf_supported = true;
    m.repo = "a/b";
    m.remote = "c.gguf";
    assert_true(model_pull(&m, &o, &e) < 0); /* nobody listens there */
    assert_non_null(strstr(e.text, "127.0.0.1:9/a/b/resolve/main/c.gguf"));
    put(scratch, "models/m.gguf", "GGUF");
    assert_int_equal(model_pull(&m, &o, &e), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_catalog),
        cmocka_unit_test(broken_catalogs),
        cmocka_unit_test(what_model_means),
        cmocka_unit_test(servers),
        cmocka_unit_test(pulling),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
