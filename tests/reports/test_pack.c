#include "reports/pack.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct pack_shape shape = { .n_stat = 6, .n_answer = 2 };
static const double stats[] = { 1, 0, 0.7750657408595145, -0.0, 4294967295.0, NAN };
static const char *const answers[] = { "A", NULL };
static const struct fault_count faults[] = { { 3, 2 }, { 200, 1 } };

static struct line make_line(void)
{
    return (struct line){ .id = 0xFEDCBA98, .subset = 300, .stat = stats, .answer = answers,
                          .spent = { .prompt_tokens = 70000, .written_tokens = 127,
                                     .n_asked = 1 } };
}

static uint32_t add(struct pack *p, const struct line *line)
{
    uint32_t place = 0;
    struct err e = { 0 };
    assert_int_equal(pack_add(&place, p, &shape, line, &e), 0);
    assert_true(place > 0);
    return place;
}

static void statistics_keep_every_bit(void **state)
{
    (void)state;
    struct pack p = { 0 };
    struct line line = make_line();
    double back[6];
    uint32_t at = add(&p, &line);
    pack_stats(back, &p, &shape, at, 0, 6);
    assert_memory_equal(back, stats, sizeof stats);
    pack_stats(back, &p, &shape, at, 2, 1);
    assert_memory_equal(back, &stats[2], sizeof *back);
    pack_release(&p);
}

static void everything_is_read_back(void **state)
{
    (void)state;
    struct pack p = { 0 };
    struct arena mem = { 0 };
    struct line line = make_line(), back;
    line.shortened = line.different = true;
    line.before = 77;
    line.spent = (struct spent){ .prompt_tokens = 1, .written_tokens = 2, .n_asked = 3,
                                 .thinking_tokens = 4, .n_cut = 5, .n_retry = 6, .n_cached = 7,
                                 .cached_prompt = (uint64_t)1 << 40, .cached_written = 9,
                                 .n_straddle = 10, .fault = faults, .n_fault = 2 };
    uint32_t at = add(&p, &line);
    pack_read(&back, &p, &shape, at, &mem);
    assert_memory_equal(back.spent.fault, faults, sizeof faults);
    back.spent.fault = faults;
    assert_memory_equal(&back.spent, &line.spent, sizeof back.spent);
    pack_peek(&back, &p, at);
    assert_int_equal(back.id, line.id);
    assert_int_equal(back.subset, 300);
    assert_int_equal(back.before, 77);
    assert_true(back.shortened && back.different && !back.rescored && !back.failed);
    line.failed = 9;
    pack_read(&back, &p, &shape, add(&p, &line), &mem);
    assert_int_equal(back.failed, 9);
    assert_int_equal(back.spent.n_straddle, 10);
    line.failed = 0;
    line.bad = "x/test/1";
    pack_read(&back, &p, &shape, add(&p, &line), &mem);
    assert_string_equal(back.bad, "x/test/1");
    assert_int_equal(back.spent.n_straddle, 10);
    arena_release(&mem);
    pack_release(&p);
}

/* Answers and statistics, not who gave them nor what they took. */
static void lines_are_compared(void **state)
{
    (void)state;
    static char x[101], y[101]; /* they differ in the last byte, which is not kept */
    memset(x, 'x', 100);
    memcpy(y, x, 100);
    y[99] = 'y';
    struct pack p = { 0 };
    struct line line = make_line(), other = make_line();
    other.id = 1;
    other.spent.n_cut = 3;
    uint32_t a = add(&p, &line);
    assert_int_equal(pack_compare(&p, &shape, a, add(&p, &other)), 0);
    double more[6];
    memcpy(more, stats, sizeof more);
    more[2] = nextafter(more[2], 1);
    other.stat = more;
    assert_true(pack_compare(&p, &shape, a, add(&p, &other)) < 0);
    other = make_line();
    other.answer = (const char *const[]){ "A", "B" };
    assert_true(pack_compare(&p, &shape, a, add(&p, &other)) < 0);
    other.answer = (const char *const[]){ x, NULL };
    a = add(&p, &other);
    assert_int_equal(pack_compare(&p, &shape, a, add(&p, &other)), 0);
    other.answer = (const char *const[]){ y, NULL };
    assert_int_not_equal(pack_compare(&p, &shape, a, add(&p, &other)), 0);
    other.failed = 1;
    assert_true(pack_compare(&p, &shape, a, add(&p, &other)) > 0);
    pack_release(&p);
}

/* Over the ends of many blocks, and in little memory. */
static void many_lines(void **state)
{
    (void)state;
    enum { N = 50000 };
    struct pack p = { 0 };
    static uint32_t place[N];
    double stat[] = { 1, 1, 0, 1, 0, 0 };
    struct line line = make_line();
    line.stat = stat;
    for (uint32_t i = 0; i < N; i++) {
        stat[4] = sqrt(i);
        line.id = i;
        uint32_t next = pack_next(&p);
        place[i] = add(&p, &line);
        assert_true(place[i] >= next && pack_next(&p) > place[i]);
    }
    for (uint32_t i = 0; i < N; i++) {
        struct line back;
        double v;
        pack_peek(&back, &p, place[i]);
        pack_stats(&v, &p, &shape, place[i], 4, 1);
        assert_int_equal(back.id, i);
        assert_true(v == sqrt(i));
    }
    assert_true(p.n_block * 65536 < N * 26);
    pack_release(&p);
}

static void names_have_numbers(void **state)
{
    (void)state;
    struct names names = { 0 };
    assert_int_equal(name_number(&names, "anatomy"), 1);
    assert_int_equal(name_number(&names, ""), 2);
    assert_int_equal(name_number(&names, "anatomy"), 1);
    assert_int_equal(name_number(&names, ""), 2);
    assert_string_equal(name_text(&names, 1), "anatomy");
    names_release(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_keep_every_bit),
        cmocka_unit_test(everything_is_read_back),
        cmocka_unit_test(lines_are_compared),
        cmocka_unit_test(many_lines),
        cmocka_unit_test(names_have_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
