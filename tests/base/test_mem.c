#include "tests/base/scratch.h"

static void heap_helpers(void **state)
{
    (void)state;
    char *a = xstrdup("abc"), *b = xprintf("%s-%d", "n", 42);
    assert_string_equal(a, "abc");
    assert_string_equal(b, "n-42");
    free(a);
    free(b);
    free(xmalloc(0));
    int *zero = xcalloc(4, sizeof *zero);
    assert_int_equal(zero[3], 0);
    zero = xrealloc(zero, 100 * sizeof *zero);
    zero[99] = 1;
    free(zero);
    b = xprintf("%s", "");
    assert_string_equal(b, "");
    free(b);
}

static void arena_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    for (size_t size = 0; size < 300; size++) {
        unsigned char *p = arena_alloc(&mem, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, size);
    }
    arena_clear(&mem);
    unsigned char *again = arena_alloc(&mem, 4000);
    for (size_t i = 0; i < 4000; i++)
        assert_int_equal(again[i], 0);
    arena_release(&mem);
    assert_null(mem.block);
}

static void arena_pieces_do_not_overlap(void **state)
{
    (void)state;
    enum { N = 5000 };
    struct arena mem = { 0 };
    char *p[N];
    for (int i = 0; i < N; i++)
        p[i] = arena_printf(&mem, "piece %d of %d", i, N);
    for (int i = 0; i < N; i++) {
        char want[64];
        snprintf(want, sizeof want, "piece %d of %d", i, N);
        assert_string_equal(p[i], want);
    }
    arena_release(&mem);
}

static void arena_gives_large_blocks(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    char *small = arena_strdup(&mem, "small");
    char *large = arena_alloc(&mem, 10 << 20);
    memset(large, 1, 10 << 20);
    char *after = arena_strdup(&mem, "after");
    assert_string_equal(small, "small");
    assert_string_equal(after, "after");
    arena_clear(&mem); /* keeps one ordinary block, gives the large one back */
    assert_non_null(mem.block);
    assert_string_equal(arena_strdup(&mem, "once more"), "once more");
    arena_release(&mem);
}

static void arena_clear_of_nothing(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    arena_clear(&mem);
    assert_null(mem.block);
    arena_release(&mem);
    arena_alloc(&mem, 1 << 20); /* only a large block: nothing is kept */
    arena_clear(&mem);
    assert_null(mem.block);
    arena_release(&mem);
}

static void arena_strings(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    const char part[3] = { 'a', 'b', 'c' }; /* no NUL behind it */
    assert_string_equal(arena_strndup(&mem, part, 3), "abc");
    assert_string_equal(arena_strndup(&mem, "", 0), "");
    assert_string_equal(arena_strdup(&mem, ""), "");
    int *row = arena_array(&mem, 7, sizeof *row);
    assert_int_equal(row[6], 0);
    arena_array(&mem, 0, sizeof *row);
    arena_release(&mem);
}

static void grow_doubles(void **state)
{
    (void)state;
    size_t cap = 0, changes = 0;
    int *array = NULL;
    for (size_t n = 0; n < 1000; n++) {
        size_t before = cap;
        array = grow(array, n, &cap, sizeof *array);
        changes += cap != before;
        array[n] = (int)n;
    }
    assert_true(cap >= 1000 && changes <= 8);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(array[i], i);
    free(array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heap_helpers),
        cmocka_unit_test(arena_is_zeroed_and_aligned),
        cmocka_unit_test(arena_pieces_do_not_overlap),
        cmocka_unit_test(arena_gives_large_blocks),
        cmocka_unit_test(arena_clear_of_nothing),
        cmocka_unit_test(arena_strings),
        cmocka_unit_test(grow_doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
