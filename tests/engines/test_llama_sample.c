/* Choosing tokens from rows of logits: penalty, filters in their order, random
 * numbers. Needs no model. */
#include <math.h>

#include "tests/base/scratch.h"

#include "evaluator/engines/llama_sample.h"

enum { N = 8, DRAWS = 20000 };

static int setup(void **state)
{
    *state = sampler_new(N);
    return 0;
}

static int teardown(void **state)
{
    sampler_free(*state);
    return 0;
}

static int32_t choose(struct sampler *s, const float *row, const struct decode *d, uint64_t *random)
{
    return sampler_choose(s, row, d, NULL, 0, NULL, 0, random);
}

/* How often each token comes in DRAWS draws of one stream. */
static void count(size_t n[N], struct sampler *s, const float *row, const struct decode *d)
{
    uint64_t random = sampler_seed(1, 2, 0);
    memset(n, 0, N * sizeof *n);
    for (size_t i = 0; i < DRAWS; i++) {
        int32_t id = choose(s, row, d, &random);
        assert_true(id >= 0 && id < N);
        n[id]++;
    }
}

/* Which tokens come at all, as a string of digits. */
static void only(const char *want, struct sampler *s, const float *row, const struct decode *d)
{
    size_t n[N];
    char got[N + 1] = "";
    count(n, s, row, d);
    for (size_t i = 0, len = 0; i < N; i++)
        if (n[i] > 0)
            got[len++] = (char)('0' + i);
    assert_string_equal(got, want);
}

/* Five standard deviations around the expectation. */
static void share(size_t n, double p)
{
    double off = fabs((double)n - p * DRAWS), sigma = sqrt(p * (1 - p) * DRAWS);
    if (off > 5 * sigma + 1e-9)
        fail_msg("%zu of %d, expected %.0f", n, DRAWS, p * DRAWS);
}

static const float skewed[N] = { 0, 2, -1, 2, 1, -3, 0.5f, -2 };
/* Probabilities 0.5, 0.25, 0.125, 0.0625 ... at places 3, 0, 5, 1, 7, 2, 6, 4. */
static const float halves[N] = { -0.6931472f, -2.0794415f, -3.4657359f, 0,
                                 -4.8520303f, -1.3862944f, -4.1588831f, -2.7725887f };

static void greedy_takes_the_first_of_equals(void **state)
{
    struct decode d = { .top_k = 3, .top_p = 0.1, .seed = 3 };
    uint64_t random = 5;
    assert_int_equal(choose(*state, skewed, &d, &random), 1);
    assert_int_equal(random, 5); /* takes no random number */
    d.temperature = -1;
    assert_int_equal(choose(*state, skewed, &d, &random), 1);
}

static void temperature_gives_the_softmax(void **state)
{
    static const double temperature[] = { 1, 0.8, 2.5 };
    for (size_t t = 0; t < 3; t++) {
        struct decode d = { .temperature = temperature[t] };
        size_t n[N];
        double sum = 0;
        count(n, *state, skewed, &d);
        for (size_t i = 0; i < N; i++)
            sum += exp((double)skewed[i] / d.temperature);
        for (size_t i = 0; i < N; i++)
            share(n[i], exp((double)skewed[i] / d.temperature) / sum);
    }
    struct decode cold = { .temperature = 1e-3 };
    only("13", *state, skewed, &cold);
}

static void top_k_keeps_the_likeliest(void **state)
{
    struct decode d = { .temperature = 1, .top_k = 3 };
    size_t n[N];
    only("035", *state, halves, &d);
    count(n, *state, halves, &d);
    share(n[3], 4.0 / 7);
    share(n[0], 2.0 / 7);
    share(n[5], 1.0 / 7);
    d.top_k = 1;
    only("3", *state, halves, &d);
    only("1", *state, skewed, &d); /* of equals, the first */
    d.top_k = 100;
    only("01234567", *state, skewed, &d);
}

static void top_p_keeps_the_fewest(void **state)
{
    struct decode d = { .temperature = 1, .top_p = 0.49 };
    only("3", *state, halves, &d);
    d.top_p = 0.6;
    only("03", *state, halves, &d);
    d.top_p = 0.8;
    only("035", *state, halves, &d);
    d.top_p = 1;
    only("01234567", *state, halves, &d);
    d.top_p = 1e-9;
    only("3", *state, halves, &d);
}

static void min_p_is_relative_to_the_best(void **state)
{
    struct decode d = { .temperature = 1, .min_p = 0.6 };
    only("3", *state, halves, &d);
    d.min_p = 0.4;
    only("03", *state, halves, &d);
    d.min_p = 0.1;
    only("0135", *state, halves, &d);
}

/* Temperature first, then top_k, then top_p of what top_k left, then min_p. */
static void filters_in_their_order(void **state)
{
    /* Of all, 0.5 + 0.25 reach 0.74; of the first two, they are 2/3 and 1/3. */
    struct decode d = { .temperature = 1, .top_k = 2, .top_p = 0.6 };
    only("3", *state, halves, &d);
    d.top_k = 0;
    only("03", *state, halves, &d);
    /* A temperature of 2 takes the root: 1 : 0.71 : 0.5 : 0.35 ... */
    d = (struct decode){ .temperature = 2, .min_p = 0.6 };
    only("03", *state, halves, &d);
    d = (struct decode){ .temperature = 2, .top_p = 0.6, .min_p = 0.4 };
    only("035", *state, halves, &d);
    d = (struct decode){ .temperature = 1, .top_p = 0.9, .min_p = 0.2 };
    only("035", *state, halves, &d);
}

static void penalty_divides_or_multiplies(void **state)
{
    static const int32_t prompt[] = { 1, 1, -5, 99 }, had[] = { 3, 1, 3 };
    struct decode d = { .repeat_penalty = 1.5 };
    uint64_t random = 1;
    /* 1 and 3 fall from 2 to 1.33, once each, above the 1 of 4 */
    assert_int_equal(sampler_choose(*state, skewed, &d, prompt, 4, had, 3, &random), 1);
    d.repeat_penalty = 2.5; /* to 0.8 */
    assert_int_equal(sampler_choose(*state, skewed, &d, prompt, 4, had, 3, &random), 4);
    assert_int_equal(sampler_choose(*state, skewed, &d, prompt, 4, NULL, 0, &random), 3);
    assert_int_equal(sampler_choose(*state, skewed, &d, NULL, 0, had, 1, &random), 1);
    /* the row itself is left alone, and so is the next choice */
    assert_int_equal(choose(*state, skewed, &d, &random), 1);
    assert_true(skewed[1] == 2);
    /* below zero: multiplied, so less likely too */
    static const float low[N] = { -1, -1.5f, -9, -9, -9, -9, -9, -9 };
    static const int32_t zero[] = { 0 };
    d.repeat_penalty = 2;
    assert_int_equal(sampler_choose(*state, low, &d, zero, 1, NULL, 0, &random), 1);
    d.repeat_penalty = 1;
    assert_int_equal(sampler_choose(*state, low, &d, zero, 1, NULL, 0, &random), 0);
    d.repeat_penalty = 0;
    assert_int_equal(sampler_choose(*state, low, &d, zero, 1, NULL, 0, &random), 0);
}

/* The penalty comes before temperature and filters. */
static void penalty_before_filters(void **state)
{
    static const int32_t prompt[] = { 3 };
    static const float row[N] = { 1, 0, 0, 2, 0, 0, 0, 0 };
    struct decode d = { .temperature = 1, .repeat_penalty = 4, .top_k = 1 };
    uint64_t random = 1;
    for (int i = 0; i < 100; i++)
        assert_int_equal(sampler_choose(*state, row, &d, prompt, 1, NULL, 0, &random), 0);
}

static void same_seed_same_draws(void **state)
{
    struct decode d = { .temperature = 1.5 };
    uint64_t a = sampler_seed(1, 7, 0), b = sampler_seed(1, 7, 0);
    for (int i = 0; i < 200; i++)
        assert_int_equal(choose(*state, skewed, &d, &a), choose(*state, skewed, &d, &b));
    assert_true(a == b);
}

/* Engine, sample and draw each give another stream. */
static void other_seed_other_draws(void **state)
{
    static const uint64_t seeds[][3] = { { 1, 7, 0 }, { 2, 7, 0 }, { 1, 8, 0 }, { 1, 7, 1 },
                                         { 1, 7, 2 }, { 0, 0, 0 }, { 7, 1, 0 } };
    enum { N_SEED = sizeof seeds / sizeof *seeds, LEN = 64 };
    int32_t got[N_SEED][LEN];
    struct decode d = { .temperature = 5 };
    for (size_t k = 0; k < N_SEED; k++) {
        uint64_t random = sampler_seed(seeds[k][0], seeds[k][1], (size_t)seeds[k][2]);
        for (size_t i = 0; i < LEN; i++)
            got[k][i] = choose(*state, skewed, &d, &random);
    }
    for (size_t k = 0; k < N_SEED; k++)
        for (size_t j = 0; j < k; j++) {
            size_t same = 0;
            for (size_t i = 0; i < LEN; i++)
                same += got[k][i] == got[j][i];
            assert_true(same < LEN / 2);
        }
}

/* First draws of many samples are spread as draws of one stream are. */
static void streams_are_independent(void **state)
{
    struct decode d = { .temperature = 1 };
    size_t first = 0, both = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        uint64_t a = sampler_seed(1, i, 0), b = sampler_seed(1, i, 1);
        bool x = choose(*state, halves, &d, &a) == 3, y = choose(*state, halves, &d, &b) == 3;
        first += x;
        both += x && y;
    }
    double p = 128.0 / 255;
    share(first, p);
    share(both, p * p);
}

static void large_and_tiny_logits(void **state)
{
    float row[N] = { 1e30f, -1e30f, 1e30f, 0, 0, 0, 0, 0 };
    struct decode d = { .temperature = 1, .top_p = 0.99, .min_p = 0.01 };
    only("02", *state, row, &d);
    row[0] = -INFINITY; /* a token that a model rules out */
    only("2", *state, row, &d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greedy_takes_the_first_of_equals),
        cmocka_unit_test(temperature_gives_the_softmax),
        cmocka_unit_test(top_k_keeps_the_likeliest),
        cmocka_unit_test(top_p_keeps_the_fewest),
        cmocka_unit_test(min_p_is_relative_to_the_best),
        cmocka_unit_test(filters_in_their_order),
        cmocka_unit_test(penalty_divides_or_multiplies),
        cmocka_unit_test(penalty_before_filters),
        cmocka_unit_test(same_seed_same_draws),
        cmocka_unit_test(other_seed_other_draws),
        cmocka_unit_test(streams_are_independent),
        cmocka_unit_test(large_and_tiny_logits),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
