/* Clipped matches of n-grams, beside counting them one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "scorers/ngrams.h"

enum { MOST = 40, ORDERS = 6, OTHERS = 3 };

static uint32_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static size_t times(const struct items *in, const uint32_t *gram, size_t order)
{
    size_t n = 0;
    for (size_t i = 0; i < ngrams_of(in->n, order); i++)
        n += !memcmp(in->list + i, gram, order * sizeof *gram);
    return n;
}

/* One n-gram of the text counts when it is not there more often before it than in
 * the one of the others that has it most often. */
static size_t count(const struct items *text, const struct items *others, size_t order)
{
    size_t n = 0;
    for (size_t i = 0; i < ngrams_of(text->n, order); i++) {
        const struct items before = { text->list, i + order - 1 };
        size_t most = 0;
        for (size_t k = 0; k < OTHERS; k++) {
            size_t has = times(&others[k], text->list + i, order);
            most = has > most ? has : most;
        }
        n += times(&before, text->list + i, order) < most;
    }
    return n;
}

static void matches_are_counted(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    uint64_t seed = 1;
    for (int round = 0; round < 500; round++) {
        uint32_t list[OTHERS + 1][MOST], kinds = 1 + next(&seed) % 6;
        struct items items[OTHERS + 1];
        size_t n_match[ORDERS];
        for (size_t k = 0; k <= OTHERS; k++) {
            items[k] = (struct items){ list[k], next(&seed) % MOST };
            for (size_t i = 0; i < MOST; i++)
                list[k][i] = next(&seed) % kinds * 0x10FFFF;
        }
        ngrams_match(n_match, ORDERS, &items[0], &items[1], OTHERS, &mem);
        for (size_t order = 1; order <= ORDERS; order++)
            assert_int_equal(n_match[order - 1], count(&items[0], &items[1], order));
        arena_clear(&mem);
    }
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(matches_are_counted) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
