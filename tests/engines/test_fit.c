/* The shortening rules over made-up token counts: a message of text "nnn" has
 * as many tokens as the number says, and joining costs nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evaluator/engines/fit.h"

struct prompt {
    struct message m[12];
    size_t n;
    size_t joined_extra; /* tokens that the joined text has more */
};

static void add(struct prompt *p, enum piece piece, uint32_t shot, const char *tokens)
{
    p->m[p->n++] = (struct message){ .piece = piece, .shot = shot, .text = tokens };
}

static size_t count(void *self, const bool *keep)
{
    const struct prompt *p = self;
    size_t sum = 0, kept = 0;
    for (size_t i = 0; i < p->n; i++)
        if (keep[i]) {
            sum += strtoul(p->m[i].text, NULL, 10);
            kept++;
        }
    return kept == p->n ? sum + p->joined_extra : sum;
}

static struct fit_result apply(struct prompt *p, enum fit rule, size_t limit, struct arena *mem)
{
    struct fit_prompt f = { .message = p->m, .n = p->n, .rule = rule, .limit = limit,
                            .count = count, .self = p };
    struct fit_result r;
    fit_apply(&r, &f, mem);
    return r;
}

/* header 10, three examples of 30 (in two messages), 50 and 50, question 20 */
static struct prompt example(void)
{
    struct prompt p = { .n = 0 };
    add(&p, PIECE_HEADER, 0, "10");
    add(&p, PIECE_SHOT, 0, "25");
    add(&p, PIECE_SHOT, 0, "5");
    add(&p, PIECE_SHOT, 1, "50");
    add(&p, PIECE_SHOT, 2, "50");
    add(&p, PIECE_QUESTION, 0, "20");
    return p;
}

static void kept(const struct fit_result *r, const char *want)
{
    for (size_t i = 0; want[i]; i++)
        assert_int_equal(r->keep[i], want[i] == '1');
}

static void refuse(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct prompt p = example();
    struct fit_result r = apply(&p, FIT_REFUSE, 160, &mem);
    assert_true(r.fits);
    r = apply(&p, FIT_REFUSE, 159, &mem);
    assert_false(r.fits);
    kept(&r, "111111");
    arena_release(&mem);
}

static void last_shots_go_first(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct prompt p = example();
    struct fit_result r = apply(&p, FIT_DROP_LAST_SHOTS, 159, &mem);
    assert_true(r.fits);
    assert_int_equal(r.shots_dropped, 1);
    kept(&r, "111101");
    r = apply(&p, FIT_DROP_LAST_SHOTS, 59, &mem);
    assert_true(r.fits);
    assert_int_equal(r.shots_dropped, 3);
    kept(&r, "100001");
    r = apply(&p, FIT_DROP_LAST_SHOTS, 29, &mem);
    assert_false(r.fits);
    arena_release(&mem);
}

static void longest_shots_go_together(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct prompt p = example();
    /* 130 >= limit - 30: at 160 the sum of the examples is too long already */
    struct fit_result r = apply(&p, FIT_DROP_LONGEST_SHOTS, 161, &mem);
    assert_int_equal(r.shots_dropped, 0);
    r = apply(&p, FIT_DROP_LONGEST_SHOTS, 160, &mem);
    assert_true(r.fits);
    assert_int_equal(r.shots_dropped, 2);
    kept(&r, "111001");
    r = apply(&p, FIT_DROP_LONGEST_SHOTS, 60, &mem);
    assert_int_equal(r.shots_dropped, 3);
    kept(&r, "100001");
    assert_false(r.header_dropped);
    arena_release(&mem);
}

static void header_goes_last(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct prompt p = example();
    struct fit_result r = apply(&p, FIT_DROP_LONGEST_SHOTS, 30, &mem);
    assert_true(r.fits);
    kept(&r, "100001");
    r = apply(&p, FIT_DROP_LONGEST_SHOTS, 29, &mem);
    assert_true(r.fits);
    assert_true(r.header_dropped);
    assert_int_equal(r.shots_dropped, 3);
    kept(&r, "000001");
    r = apply(&p, FIT_DROP_LONGEST_SHOTS, 19, &mem);
    assert_false(r.fits);
    arena_release(&mem);
}

/* A document counts as the question does, and stays as it does. */
static void document_is_question(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct prompt p = { .n = 0 };
    add(&p, PIECE_HEADER, 0, "10");
    add(&p, PIECE_SHOT, 0, "30");
    add(&p, PIECE_SHOT, 1, "20");
    add(&p, PIECE_CONTEXT, 0, "15");
    add(&p, PIECE_QUESTION, 0, "5");
    struct fit_result r = apply(&p, FIT_DROP_LONGEST_SHOTS, 80, &mem);
    kept(&r, "10111"); /* 50 >= 80 - 30; with the document outside, all would stay */
    assert_int_equal(r.shots_dropped, 1);
    r = apply(&p, FIT_DROP_LONGEST_SHOTS, 29, &mem);
    assert_true(r.fits && r.header_dropped);
    kept(&r, "00011");
    r = apply(&p, FIT_DROP_LAST_SHOTS, 31, &mem);
    assert_true(r.fits);
    kept(&r, "10011");
    arena_release(&mem);
}

/* The sum of the parts fits by the authors' arithmetic, the joined text not. */
static void joined_text_counts(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct prompt p = example();
    p.joined_extra = 5;
    struct fit_result r = apply(&p, FIT_DROP_LONGEST_SHOTS, 162, &mem);
    assert_true(r.fits);
    assert_int_equal(r.shots_dropped, 2);
    arena_release(&mem);
}

static void nothing_to_drop(void **state)
{
    (void)state;
    struct arena mem = { 0 };
    struct prompt p = { .n = 0 };
    struct fit_result r = apply(&p, FIT_DROP_LAST_SHOTS, 10, &mem);
    assert_true(r.fits);
    add(&p, PIECE_QUESTION, 0, "20");
    r = apply(&p, FIT_DROP_LAST_SHOTS, 10, &mem);
    assert_false(r.fits);
    r = apply(&p, FIT_DROP_LONGEST_SHOTS, 10, &mem);
    assert_false(r.fits);
    kept(&r, "1");
    r = apply(&p, FIT_CUT_LEFT, 10, &mem);
    assert_true(r.fits);
    arena_release(&mem);
}

static void cut_left(void **state)
{
    (void)state;
    /* whole, prompt, context, max_prompt */
    assert_int_equal(fit_cut(101, 100, 100, 0), 0); /* the last token is no input */
    assert_int_equal(fit_cut(102, 101, 100, 0), 1);
    assert_int_equal(fit_cut(110, 100, 100, 0), 9);
    assert_int_equal(fit_cut(110, 100, 200, 60), 40);
    assert_int_equal(fit_cut(110, 100, 100, 99), 9);
    assert_int_equal(fit_cut(110, 100, 5, 0), 110); /* no prompt would be left */
    assert_int_equal(fit_cut(5, 0, 100, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuse),
        cmocka_unit_test(last_shots_go_first),
        cmocka_unit_test(longest_shots_go_together),
        cmocka_unit_test(header_goes_last),
        cmocka_unit_test(document_is_question),
        cmocka_unit_test(joined_text_counts),
        cmocka_unit_test(nothing_to_drop),
        cmocka_unit_test(cut_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
