#include "base/pyrandom.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { N = PYRANDOM_STATE, M = 397 };

static void init(struct pyrandom *r, uint32_t seed)
{
    r->state[0] = seed;
    for (uint32_t i = 1; i < N; i++)
        r->state[i] = 1812433253U * (r->state[i - 1] ^ (r->state[i - 1] >> 30)) + i;
    r->used = N;
    r->has_normal = false;
}

static uint32_t mixed(const uint32_t *s, size_t i, uint32_t factor)
{
    return s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * factor);
}

/* Behind the last place comes the first, which then repeats the last. */
static size_t following(uint32_t *s, size_t i)
{
    if (++i < N)
        return i;
    s[0] = s[N - 1];
    return 1;
}

void pyrandom_seed(struct pyrandom *r, uint64_t seed)
{
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    uint32_t *s = r->state, n_key = key[1] ? 2 : 1;
    size_t i = 1;
    init(r, 19650218U);
    for (uint32_t k = 0, j = 0; k < N; k++, j = (j + 1) % n_key) {
        s[i] = mixed(s, i, 1664525U) + key[j] + j;
        i = following(s, i);
    }
    for (uint32_t k = 1; k < N; k++) {
        s[i] = mixed(s, i, 1566083941U) - (uint32_t)i;
        i = following(s, i);
    }
    s[0] = 0x80000000U;
}

static void renew(struct pyrandom *r)
{
    uint32_t *s = r->state;
    for (size_t i = 0; i < N; i++) {
        uint32_t y = (s[i] & 0x80000000U) | (s[(i + 1) % N] & 0x7fffffffU);
        s[i] = s[(i + M) % N] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfU : 0);
    }
    r->used = 0;
}

uint32_t pyrandom_bits32(struct pyrandom *r)
{
    if (r->used == N)
        renew(r);
    uint32_t y = r->state[r->used++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    return y ^ (y >> 18);
}

uint32_t pyrandom_below(struct pyrandom *r, uint32_t n)
{
    unsigned bits = 0;
    assert(n > 0);
    while (bits < 32 && n >> bits)
        bits++;
    for (;;) {
        uint32_t drawn = pyrandom_bits32(r) >> (32 - bits);
        if (drawn < n)
            return drawn;
    }
}

double pyrandom_real(struct pyrandom *r)
{
    uint32_t high = pyrandom_bits32(r) >> 5, low = pyrandom_bits32(r) >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;
}

double pyrandom_normal(struct pyrandom *r)
{
    static const double two_pi = 6.283185307179586;
    r->has_normal = !r->has_normal;
    if (!r->has_normal)
        return r->normal;
    double angle = pyrandom_real(r) * two_pi;
    double length = sqrt(-2.0 * log(1.0 - pyrandom_real(r)));
    r->normal = sin(angle) * length;
    return cos(angle) * length;
}

/* Above this size Python remembers what was drawn instead of copying all. */
static size_t copied_size(size_t k)
{
    size_t power = 1;
    if (k <= 5)
        return 21;
    while (power < 3 * k)
        power *= 4;
    return 21 + power;
}

static void sample_copied(size_t *out, struct pyrandom *r, size_t n, size_t k)
{
    size_t *pool = xcalloc(n, sizeof *pool);
    for (size_t i = 0; i < n; i++)
        pool[i] = i;
    for (size_t i = 0; i < k; i++) {
        size_t j = pyrandom_below(r, (uint32_t)(n - i));
        out[i] = pool[j];
        pool[j] = pool[n - i - 1];
    }
    free(pool);
}

static bool is_drawn(const size_t *out, size_t n, size_t value)
{
    for (size_t i = 0; i < n; i++)
        if (out[i] == value)
            return true;
    return false;
}

void pyrandom_sample(size_t *out, struct pyrandom *r, size_t n, size_t k)
{
    assert(k <= n && n <= UINT32_MAX);
    if (n <= copied_size(k)) {
        sample_copied(out, r, n, k);
        return;
    }
    for (size_t i = 0; i < k; i++)
        do
            out[i] = pyrandom_below(r, (uint32_t)n);
        while (is_drawn(out, i, out[i]));
}
