#ifndef EVALRUN_EVALUATOR_ENGINES_HTTP_LIMITS_H
#define EVALRUN_EVALUATOR_ENGINES_HTTP_LIMITS_H
/*
 * How fast and for how much may be asked. No clock and no randomness in here:
 * milliseconds and random numbers are passed in.
 */
#include <stdbool.h>
#include <stdint.h>

/* A token bucket. It holds at most one second's worth (and at least one), so
 * that a minute never sees noticeably more than its rate. It may go below
 * zero: a request that needs more than fits waits until the bucket is full,
 * and the next ones pay for it. */
struct bucket {
    double per_ms; /* 0 = no limit */
    double capacity, level;
    int64_t at;
};

void bucket_init(struct bucket *b, double per_minute, int64_t now_ms);
/* Milliseconds until `need` may be taken; 0 = now. */
int64_t bucket_wait(struct bucket *b, double need, int64_t now_ms);
void bucket_take(struct bucket *b, double need); /* negative: give back */

/* Milliseconds before the next try, `tries` (from 1) having failed: base,
 * doubled each time up to 30 s (or base, if that is more), times 0.5 to 1.5
 * as `random` says. */
int64_t backoff_ms(int tries, int64_t base_ms, uint32_t random);

/* What was spent, and what those under way may yet cost, in the currency of
 * the prices. */
struct budget {
    double max;                 /* 0 = no limit */
    double price_in, price_out; /* per million tokens */
    double spent, reserved;
};

double budget_price(const struct budget *b, double tokens_in, double tokens_out);
/* Set aside what a question may cost. False: it does not fit now; and if
 * nothing is set aside either, never. */
bool budget_reserve(struct budget *b, double cost);
void budget_release(struct budget *b, double cost);

/* Tokens that a text of so many bytes has at most, for practical purposes:
 * a token for two bytes (three for Chinese by byte-level tokenizers). */
double tokens_guess(double bytes);

#endif
