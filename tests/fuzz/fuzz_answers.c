/* Answers made elsewhere: a line that is taken is found again under its id,
 * with as many pieces as are counted; two readings agree. */
#include "evaluator/engines/answers_read.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct given_set *s)
{
    assert(!s->by_id || s->form != FORM_NONE);
    for (const struct given *g = s->by_id; g; g = g->hh.next) {
        uint32_t n = 0;
        for (const struct piece_given *p = g->first; p; p = p->next, n++) {
            assert(p == g->last || p->next);
            assert(s->loglik ? !p->text : (p->text != NULL) != p->missing);
        }
        assert(n == g->n && n > 0 && g->line > 0 && !g->used);
        assert(given_find(s, g->id, NULL) == g);
    }
}

/* 0, or the number of the line that was refused. */
static size_t add_lines(struct given_set *s, const char *text, size_t size)
{
    size_t number = 1;
    for (const char *p = text, *end = text + size; p < end; number++) {
        struct err e = { 0 };
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t len = (size_t)((newline ? newline : end) - p);
        if (given_add(s, p, len, number, &e) < 0) {
            assert(fuzz_explained(&e));
            return number;
        }
        p += len + 1;
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given_set once = { 0 }, again = { 0 };
    size_t refused = add_lines(&once, (const char *)data, size);
    assert(add_lines(&again, (const char *)data, size) == refused);
    assert(HASH_COUNT(once.by_id) == HASH_COUNT(again.by_id));
    if (!refused)
        check(&once);
    given_release(&once);
    given_release(&again);
    return 0;
}
