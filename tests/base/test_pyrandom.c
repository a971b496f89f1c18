/* Compared with what python3 prints for the expression in each comment. */
#include "base/pyrandom.h"
#include "tests/base/scratch.h"

static void bits(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed;
        uint32_t drawn[4];
    } row[] = { /* [r.getrandbits(32) for _ in range(4)] */
        { 0, { 3626764237U, 1654615998U, 3255389356U, 3823568514U } },
        { 1234, { 4150886329U, 3342196574U, 1892932127U, 501869158U } },
        { (1ULL << 40) + 7, { 2635837658U, 3209733218U, 3500038837U, 4028389051U } },
    };
    struct pyrandom r;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        pyrandom_seed(&r, row[i].seed);
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(pyrandom_bits32(&r), row[i].drawn[k]);
    }
}

/* r = Random(42), after 700 numbers, so that the state was made anew */
static void below(void **state)
{
    (void)state;
    struct pyrandom r;
    pyrandom_seed(&r, 42);
    for (int i = 0; i < 700; i++)
        (void)pyrandom_bits32(&r);
    assert_int_equal(pyrandom_bits32(&r), 4214005797U);
    assert_int_equal(pyrandom_below(&r, (1U << 31) + 5), 1422277848U);
    assert_int_equal(pyrandom_below(&r, 1), 0);
    assert_int_equal(pyrandom_below(&r, 8), 1);
}

static void expect(struct pyrandom *r, size_t n, size_t k, const size_t *wanted, size_t n_wanted)
{
    size_t out[32];
    pyrandom_sample(out, r, n, k);
    for (size_t i = 0; i < n_wanted; i++)
        assert_int_equal(out[i], wanted[i]);
}

/* r = Random(1234); the sizes stand on both sides of where Python goes over
 * from copying the population to remembering what was drawn. */
static void samples(void **state)
{
    (void)state;
    struct pyrandom r;
    pyrandom_seed(&r, 1234);
    expect(&r, 7473, 5, (size_t[]){ 6374, 3610, 957, 61, 742 }, 5);
    expect(&r, 7473, 5, (size_t[]){ 7462, 6610, 4769, 286, 5501 }, 5);
    expect(&r, 5, 5, (size_t[]){ 0, 4, 1, 3, 2 }, 5);
    expect(&r, 21, 5, (size_t[]){ 0, 20, 11, 15, 14 }, 5);
    expect(&r, 22, 5, (size_t[]){ 4, 2, 5, 3, 0 }, 5);
    expect(&r, 85, 6, (size_t[]){ 64, 62, 31, 8, 69, 59 }, 6);
    expect(&r, 86, 6, (size_t[]){ 8, 76, 11, 65, 74, 5 }, 6);
    expect(&r, 300, 25, (size_t[]){ 138, 284, 32, 154, 246, 181 }, 6);
    expect(&r, 200, 25, (size_t[]){ 142, 55, 36, 6, 88, 28 }, 6);
    expect(&r, 22, 5, (size_t[]){ 11, 15, 10, 18, 14 }, 5);
    /* a copied population would give 15, 1, 22, 19, 5 */
    expect(&r, 23, 5, (size_t[]){ 15, 1, 19, 5, 14 }, 5);
}

/* r = Random(0): gauss() draws two at a time, and keeps one */
static void normal(void **state)
{
    (void)state;
    struct pyrandom r;
    pyrandom_seed(&r, 0);
    assert_float_equal(pyrandom_normal(&r), 0.9417154046806644, 1e-15);
    assert_float_equal(pyrandom_normal(&r), -1.3965781047011498, 1e-15);
    assert_float_equal(pyrandom_normal(&r), -0.6797144480784211, 1e-15);
    assert_float_equal(pyrandom_real(&r), 0.5112747213686085, 0);
    assert_float_equal(pyrandom_normal(&r), 0.3705035674606598, 1e-15);
    pyrandom_seed(&r, 0);
    assert_float_equal(pyrandom_normal(&r), 0.9417154046806644, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits),
        cmocka_unit_test(below),
        cmocka_unit_test(samples),
        cmocka_unit_test(normal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
