/* Token buckets, pauses between tries, money. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evaluator/engines/http_limits.h"

/* How many requests of one unit go in a simulated time. */
static int count(double per_minute, int64_t ms)
{
    struct bucket b;
    int n = 0;
    bucket_init(&b, per_minute, 0);
    for (int64_t now = 0; now < ms;) {
        int64_t wait = bucket_wait(&b, 1, now);
        if (wait == 0) {
            bucket_take(&b, 1);
            n++;
        }
        now += wait;
    }
    return n;
}

static void buckets(void **state)
{
    (void)state;
    assert_int_equal(count(60, 60000), 60); /* one at once, then one a second */
    assert_int_equal(count(6, 60000), 6);
    assert_in_range(count(6000, 60000), 6000, 6100);
    struct bucket b;
    bucket_init(&b, 0, 0);
    assert_int_equal(bucket_wait(&b, 1e9, 0), 0); /* no limit */
    bucket_take(&b, 1e9);
    assert_int_equal(bucket_wait(&b, 1e9, 1), 0);
}

/* More than fits goes when the bucket is full, and is paid for afterwards. */
static void debts(void **state)
{
    (void)state;
    struct bucket b;
    bucket_init(&b, 60000, 0); /* one a millisecond, holds 1000 */
    assert_int_equal(bucket_wait(&b, 5000, 0), 0);
    bucket_take(&b, 5000);
    assert_int_equal(bucket_wait(&b, 1, 0), 4001);
    assert_int_equal(bucket_wait(&b, 5000, 0), 5000);
    assert_int_equal(bucket_wait(&b, 1, 4001), 0);
    bucket_take(&b, -3000); /* it was cheaper than feared; never more than full */
    assert_int_equal(bucket_wait(&b, 1000, 4001), 0);
    bucket_take(&b, 1000);
    assert_int_equal(bucket_wait(&b, 1, 4001), 1);
    assert_int_equal(bucket_wait(&b, 1, 3000), 1); /* a clock that goes back gives nothing */
}

static void pauses(void **state)
{
    (void)state;
    assert_int_equal(backoff_ms(1, 500, 0), 250);
    assert_in_range(backoff_ms(1, 500, UINT32_MAX), 749, 750);
    assert_int_equal(backoff_ms(1, 500, 1u << 31), 500);
    assert_int_equal(backoff_ms(3, 500, 1u << 31), 2000);
    assert_int_equal(backoff_ms(7, 500, 1u << 31), 30000);
    assert_int_equal(backoff_ms(1000000, 500, 1u << 31), 30000);
    assert_int_equal(backoff_ms(9, 45000, 1u << 31), 45000);
    assert_int_equal(backoff_ms(1, 1, 1u << 31), 1);
}

static void money(void **state)
{
    (void)state;
    struct budget b = { .max = 1, .price_in = 2, .price_out = 8 };
    double one = budget_price(&b, 100000, 25000);
    assert_true(one > 0.399 && one < 0.401);
    assert_true(budget_reserve(&b, one));
    assert_true(budget_reserve(&b, one));
    assert_false(budget_reserve(&b, one)); /* 1.2 */
    budget_release(&b, one);
    b.spent += 0.1; /* it came cheaper */
    assert_true(budget_reserve(&b, one));
    budget_release(&b, 100);
    assert_true(b.reserved >= 0);
    b.max = 0;
    assert_true(budget_reserve(&b, 1e9));
    assert_true(tokens_guess(0) > 0 && tokens_guess(1000) >= 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets),
        cmocka_unit_test(debts),
        cmocka_unit_test(pauses),
        cmocka_unit_test(money),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
