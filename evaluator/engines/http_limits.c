#include "evaluator/engines/http_limits.h"

#include <math.h>

enum { LONGEST_BACKOFF_MS = 30000 };

void bucket_init(struct bucket *b, double per_minute, int64_t now_ms)
{
    *b = (struct bucket){ .per_ms = per_minute / 60000, .at = now_ms };
    b->capacity = fmax(1, per_minute / 60);
    b->level = b->capacity;
}

int64_t bucket_wait(struct bucket *b, double need, int64_t now_ms)
{
    if (b->per_ms <= 0)
        return 0;
    if (now_ms > b->at) {
        b->level = fmin(b->capacity, b->level + (double)(now_ms - b->at) * b->per_ms);
        b->at = now_ms;
    }
    double missing = fmin(need, b->capacity) - b->level;
    return missing <= 1e-9 ? 0 : (int64_t)ceil(missing / b->per_ms);
}

void bucket_take(struct bucket *b, double need)
{
    if (b->per_ms > 0)
        b->level = fmin(b->capacity, b->level - need);
}

int64_t backoff_ms(int tries, int64_t base_ms, uint32_t random)
{
    int64_t most = base_ms > LONGEST_BACKOFF_MS ? base_ms : LONGEST_BACKOFF_MS;
    int64_t wait = base_ms;
    for (int i = 1; i < tries && wait < most; i++)
        wait *= 2;
    if (wait > most)
        wait = most;
    return (int64_t)((double)wait * (0.5 + (double)random / 4294967296.0));
}

double budget_price(const struct budget *b, double tokens_in, double tokens_out)
{
    return (tokens_in * b->price_in + tokens_out * b->price_out) / 1e6;
}

bool budget_reserve(struct budget *b, double cost)
{
    if (b->max > 0 && b->spent + b->reserved + cost > b->max)
        return false;
    b->reserved += cost;
    return true;
}

void budget_release(struct budget *b, double cost)
{
    b->reserved = fmax(0, b->reserved - cost);
}

double tokens_guess(double bytes)
{
    return ceil(bytes / 2) + 8; /* and what the chat template adds */
}
