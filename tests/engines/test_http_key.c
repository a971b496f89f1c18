/* Where the key comes from, who may have it, and where it must not go. */
#include <sys/stat.h>

#include "evaluator/engines/http_key.h"
#include "evaluator/engines/http_url.h"
#include "tests/base/scratch.h"

static void clear(void)
{
    unsetenv("EVALRUN_API_KEY");
    unsetenv("OPENAI_API_KEY");
    unsetenv("EVALRUN_ALLOW_HTTP_KEY");
}

static int find(char **key, const char *file, const char *where, struct err *e)
{
    struct endpoint to;
    *e = (struct err){ 0 };
    assert_int_equal(endpoint_parse(&to, where, e), 0);
    int rc = http_key_find(key, file, &to, e);
    endpoint_free(&to);
    return rc;
}

static void order(void **state)
{
    const char *dir = *state;
    char *key = NULL, *file = xprintf("%s/key", dir);
    struct err e;
    clear();
    assert_int_equal(find(&key, NULL, "m@https://h", &e), 0);
    assert_null(key);
    setenv("OPENAI_API_KEY", "sk-two", 1);
    assert_int_equal(find(&key, NULL, "m@https://h", &e), 0);
    assert_string_equal(key, "sk-two");
    http_key_free(key);
    setenv("EVALRUN_API_KEY", "sk-one", 1);
    assert_int_equal(find(&key, NULL, "m@https://h", &e), 0);
    assert_string_equal(key, "sk-one");
    http_key_free(key);
    write_text(file, "  sk-file \r\nsecond line\n");
    chmod(file, 0600);
    assert_int_equal(find(&key, file, "m@https://h", &e), 0);
    assert_string_equal(key, "sk-file"); /* what is said here and now goes first */
    http_key_free(key);
    free(file);
    clear();
}

static void refused(const char *file, const char *where, const char *want)
{
    char *key = NULL;
    struct err e;
    assert_true(find(&key, file, where, &e) < 0);
    assert_null(key);
    if (!strstr(e.text, want) || strstr(e.text, "sk-"))
        fail_msg("'%s' does not say '%s', or says the key", e.text, want);
}

static void bad_files(void **state)
{
    const char *dir = *state;
    char *file = xprintf("%s/bad", dir);
    clear();
    refused(file, "m@https://h", "cannot be opened");
    write_text(file, "sk-secret\n");
    chmod(file, 0640);
    refused(file, "m@https://h", "chmod 600");
    chmod(file, 0604);
    refused(file, "m@https://h", "chmod 600");
    chmod(file, 0600);
    write_text(file, "\nsk-secret\n");
    refused(file, "m@https://h", "is empty");
    write_text(file, "sk-s\x01" "cret\n");
    refused(file, "m@https://h", "is no key");
    refused(dir, "m@https://h", "regular file");
    setenv("EVALRUN_API_KEY", "sk-a\r\nX-Evil: 1", 1);
    refused(NULL, "m@https://h", "EVALRUN_API_KEY is no key");
    clear();
    free(file);
}

static void readable_way(void **state)
{
    (void)state;
    char *key = NULL;
    struct err e;
    clear();
    setenv("EVALRUN_API_KEY", "sk-secret", 1);
    refused(NULL, "m@http://example.org/v1", "EVALRUN_ALLOW_HTTP_KEY");
    refused(NULL, "m@http://10.0.0.1:8000", "https://");
    static const char *const fine[] = { "m@http://localhost:1", "m@http://127.0.0.1:8000/v1",
                                        "m@http://[::1]:8000", "m@https://example.org" };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        assert_int_equal(find(&key, NULL, fine[i], &e), 0);
        http_key_free(key);
    }
    setenv("EVALRUN_ALLOW_HTTP_KEY", "1", 1);
    assert_int_equal(find(&key, NULL, "m@http://example.org/v1", &e), 0);
    http_key_free(key);
    clear();
}

static void stars(void **state)
{
    (void)state;
    char text[] = "bad key sk-12345, sk-12345sk-12345 sk-1234";
    http_key_hide(text, strlen(text), "sk-12345");
    assert_string_equal(text, "bad key ********, **************** sk-1234");
    http_key_hide(text, 3, "sk-12345");
    http_key_hide(text, strlen(text), NULL);
    assert_string_equal(text, "bad key ********, **************** sk-1234");
}

static void parsed(const char *where, const char *model, const char *base, const char *root)
{
    struct endpoint p;
    struct err e = { 0 };
    if (endpoint_parse(&p, where, &e) < 0)
        fail_msg("%s", e.text);
    assert_string_equal(p.model, model);
    assert_string_equal(p.base, base);
    assert_string_equal(p.root, root);
    endpoint_free(&p);
}

static void addresses(void **state)
{
    (void)state;
    parsed("m@http://h:8000", "m", "http://h:8000/v1", "http://h:8000");
    parsed("m@http://h:8000/", "m", "http://h:8000/v1", "http://h:8000");
    parsed("m@http://h:8000/v1/", "m", "http://h:8000/v1", "http://h:8000");
    parsed("m@https://h/api/paas/v4/", "m", "https://h/api/paas/v4", "https://h/api/paas/v4");
    parsed("http://h/v1#Qwen/Qwen2-7B", "Qwen/Qwen2-7B", "http://h/v1", "http://h");
    parsed("a@b@http://h", "a@b", "http://h/v1", "http://h");
    parsed("x@http://y@https://h", "x@http://y", "https://h/v1", "https://h");
    static const char *const bad[] = { "", "m", "@http://h", "m@ftp://h", "http://h/v1",
                                       "http://h/v1#", "m@http://", "m@http://u:sk-p@h/v1",
                                       "m@https://h/v1?api-key=sk-x" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct endpoint p;
        struct err e = { 0 };
        assert_int_equal(endpoint_parse(&p, bad[i], &e), ERR_USAGE);
        assert_null(strstr(e.text, "sk-"));
    }
}

static void same_server(void **state)
{
    (void)state;
    assert_true(endpoint_same_server("http://h:8000/v1/x", "http://H:8000/y"));
    assert_true(endpoint_same_server("https://h/v1", "https://h:443/v1/"));
    assert_true(endpoint_same_server("http://h/v1", "https://h/v1"));
    assert_false(endpoint_same_server("https://h/v1", "http://h/v1"));
    assert_false(endpoint_same_server("http://h:8000/v1", "http://h:8001/v1"));
    assert_false(endpoint_same_server("http://h/v1", "http://h.evil/v1"));
    assert_false(endpoint_same_server("http://h/v1", "http://h@evil/v1"));
    assert_false(endpoint_same_server("http://h/v1", "not a url"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(readable_way),
        cmocka_unit_test(stars),
        cmocka_unit_test(addresses),
        cmocka_unit_test(same_server),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
