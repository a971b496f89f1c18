#include "base/hash.h"
#include "tests/base/scratch.h"

/* FIPS 180-4 examples, and the empty message. */
static const char of_nothing[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char of_abc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char of_two_blocks[] =
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
static const char of_a_million[] =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static const char two_blocks[] =
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

static void known_answers(void **state)
{
    (void)state;
    char hex[SHA256_HEX];
    sha256_text(hex, "", 0);
    assert_string_equal(hex, of_nothing);
    sha256_text(hex, "abc", 3);
    assert_string_equal(hex, of_abc);
    sha256_text(hex, two_blocks, strlen(two_blocks));
    assert_string_equal(hex, of_two_blocks);
}

static void pieces_add_up(void **state)
{
    (void)state;
    char hex[SHA256_HEX];
    struct sha256 *h = sha256_new();
    for (size_t i = 0; i < 10000; i++)
        sha256_add(h,
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                   100);
    sha256_add(h, "", 0);
    sha256_finish(h, hex);
    assert_string_equal(hex, of_a_million);
    h = sha256_new();
    for (const char *p = two_blocks; *p; p++)
        sha256_add(h, p, 1);
    sha256_finish(h, hex);
    assert_string_equal(hex, of_two_blocks);
}

static void one_begins_anew(void **state)
{
    (void)state;
    char hex[SHA256_HEX];
    struct sha256 *h = sha256_new();
    for (int i = 0; i < 3; i++) {
        sha256_digest(h, hex);
        assert_string_equal(hex, of_nothing);
        sha256_add(h, "a", 1);
        sha256_add(h, "bc", 2);
        sha256_digest(h, hex);
        assert_string_equal(hex, of_abc);
    }
    sha256_finish(h, hex);
    assert_string_equal(hex, of_nothing);
}

static void files(void **state)
{
    struct err e = { 0 };
    char hex[SHA256_HEX], *path = xprintf("%s/f", (const char *)*state);
    write_bytes(path, "abc", 3);
    assert_int_equal(sha256_file(hex, path, &e), 0);
    assert_string_equal(hex, of_abc);
    char *million = xmalloc(1000000); /* larger than the reading buffer */
    memset(million, 'a', 1000000);
    write_bytes(path, million, 1000000);
    assert_int_equal(sha256_file(hex, path, &e), 0);
    assert_string_equal(hex, of_a_million);
    write_bytes(path, "", 0);
    assert_int_equal(sha256_file(hex, path, &e), 0);
    assert_string_equal(hex, of_nothing);
    free(million);
    free(path);
}

static void files_that_cannot_be_read(void **state)
{
    struct err e = { 0 };
    char hex[SHA256_HEX], *absent = xprintf("%s/absent", (const char *)*state);
    assert_int_equal(sha256_file(hex, absent, &e), ERR_IO);
    assert_non_null(strstr(e.text, "/absent: cannot be opened: "));
    assert_int_equal(sha256_file(hex, *state, &e), ERR_IO); /* a folder */
    assert_non_null(strstr(e.text, "cannot be read: "));
    free(absent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(pieces_add_up),
        cmocka_unit_test(one_begins_anew),
        cmocka_unit_test_setup_teardown(files, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(files_that_cannot_be_read,
                                        scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
