#ifndef EVALRUN_BASE_PYRANDOM_H
#define EVALRUN_BASE_PYRANDOM_H
/*
 * The numbers that Python's random.Random draws, for protocols that are
 * defined by them: which worked examples a question gets, for instance.
 *
 *     struct pyrandom r;
 *     pyrandom_seed(&r, 1234);
 *     pyrandom_sample(place, &r, n_row, 5);
 *
 * is random.Random(1234).sample(range(n_row), 5) of Python 3.2 to 3.14. The
 * generator is MT19937 (Matsumoto and Nishimura 1998, with their initialisation
 * by array of 2002); how numbers are drawn from it is CPython's Lib/random.py.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PYRANDOM_STATE = 624 };

struct pyrandom {
    uint32_t state[PYRANDOM_STATE];
    size_t used; /* of the state; all of it: a new one is made */
    bool has_normal;
    double normal; /* drawn with the one before */
};

/* random.Random(seed) */
void pyrandom_seed(struct pyrandom *r, uint64_t seed);

/* r.getrandbits(32) */
uint32_t pyrandom_bits32(struct pyrandom *r);

/* r.randrange(n), n > 0 */
uint32_t pyrandom_below(struct pyrandom *r, uint32_t n);

/* r.random() */
double pyrandom_real(struct pyrandom *r);

/* r.gauss(0.0, 1.0) */
double pyrandom_normal(struct pyrandom *r);

/* r.sample(range(n), k) into out[k], k <= n */
void pyrandom_sample(size_t *out, struct pyrandom *r, size_t n, size_t k);

#endif
