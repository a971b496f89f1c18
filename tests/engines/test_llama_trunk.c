/* Which tokens stay for the next question, and in which batches they came. */
#include "tests/base/scratch.h"

#include "evaluator/engines/llama_trunk.h"

enum { CTX = 4096, STEP = 512, LEAST = 16 };

struct world {
    struct trunk trunk;
    int32_t ids[CTX], other[CTX];
};

static int setup(void **state)
{
    struct world *w = xcalloc(1, sizeof *w);
    trunk_init(&w->trunk, CTX);
    for (int32_t i = 0; i < CTX; i++)
        w->other[i] = w->ids[i] = i * 7 % 1000;
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    trunk_release(&w->trunk);
    free(w);
    return 0;
}

static void plan(struct trunk *t, size_t a, size_t b, size_t limit, bool on)
{
    const size_t cut[] = { a, b };
    trunk_plan(t, cut, b > 0 ? 2 : a > 0, limit, STEP, LEAST, on);
}

/* The ends of the planned batches, as "a b c". */
static void planned(const struct trunk *t, const char *want)
{
    struct arena mem = { 0 };
    const char *got = "";
    for (size_t i = 0; i < t->n_next; i++)
        got = arena_printf(&mem, "%s%s%zu", got, *got ? " " : "", t->next[i]);
    assert_string_equal(got, want);
    assert_int_equal(trunk_planned(t), t->n_next > 0 ? t->next[t->n_next - 1] : 0);
    arena_release(&mem);
}

/* As the owners do it; returns how many batches had to be decoded. */
static size_t fill(struct trunk *t, const int32_t *id)
{
    size_t n = 0, at, end;
    trunk_cut(t, trunk_found(t, id));
    while (t->n_bound < t->n_next) {
        at = trunk_next(t, &end);
        assert_int_equal(at, t->n);
        assert_true(end > at && end - at <= STEP);
        trunk_add(t, id);
        assert_int_equal(t->n, end);
        n++;
    }
    assert_int_equal(t->n, trunk_planned(t));
    assert_memory_equal(t->id, id, t->n * sizeof *id);
    return n;
}

static void parts_begin_batches(void **state)
{
    struct trunk *t = &((struct world *)*state)->trunk;
    plan(t, 0, 0, 1000, false);
    planned(t, "");
    plan(t, 100, 0, 1000, false);
    planned(t, "100");
    plan(t, 100, 300, 1000, false);
    planned(t, "100 300");
    plan(t, 600, 700, 1000, false);
    planned(t, "512 600 700");
    plan(t, 1024, 0, 1500, false);
    planned(t, "512 1024");
}

/* No batch of less than `least`, whatever the lengths. */
static void small_parts_go_along(void **state)
{
    struct trunk *t = &((struct world *)*state)->trunk;
    plan(t, 15, 0, 1000, false);
    planned(t, "");
    plan(t, 16, 0, 1000, false);
    planned(t, "16");
    plan(t, 15, 31, 1000, false); /* with the document */
    planned(t, "31");
    plan(t, 100, 115, 1000, false); /* with the question */
    planned(t, "100");
    plan(t, 513, 0, 1000, false);
    planned(t, "497 513");
    plan(t, 527, 0, 1000, false);
    planned(t, "511 527");
    plan(t, 528, 0, 1000, false);
    planned(t, "512 528");
    for (size_t a = 0; a < 1100; a += 7)
        for (size_t b = a; b < 1700; b += 31) {
            size_t at = 0;
            plan(t, a, b, 1600, true);
            for (size_t i = 0; i < t->n_next; at = t->next[i++]) {
                assert_true(t->next[i] >= at + LEAST && t->next[i] <= at + STEP);
                assert_true(t->next[i] <= 1600);
            }
        }
}

static void the_limit_holds(void **state)
{
    struct trunk *t = &((struct world *)*state)->trunk;
    plan(t, 100, 300, 200, false);
    planned(t, "100 200");
    plan(t, 100, 300, 110, false);
    planned(t, "100");
    plan(t, 100, 300, 50, false);
    planned(t, "50");
    plan(t, 100, 300, 10, false);
    planned(t, "");
    plan(t, 100, 300, 0, true);
    planned(t, "");
}

/* A document that nobody declared: whole batches only, so that a question of
 * another length behind it plans the same. */
static void on_behind_the_last_part(void **state)
{
    struct trunk *t = &((struct world *)*state)->trunk;
    plan(t, 0, 0, 511, true);
    planned(t, "");
    plan(t, 0, 0, 512, true);
    planned(t, "512");
    plan(t, 0, 0, 1535, true);
    planned(t, "512 1024");
    plan(t, 100, 0, 700, true);
    planned(t, "100 612");
    plan(t, 100, 0, 611, true);
    planned(t, "100");
    plan(t, 100, 300, 811, false);
    planned(t, "100 300");
    plan(t, 100, 300, 812, true);
    planned(t, "100 300 812");
}

static void found_by_whole_batches(void **state)
{
    struct world *w = *state;
    struct trunk *t = &w->trunk;
    plan(t, 100, 300, 1000, false);
    assert_int_equal(fill(t, w->ids), 2);
    assert_int_equal(trunk_found(t, w->ids), 2);
    memcpy(w->other, w->ids, sizeof w->ids);
    w->other[299] = -1; /* the last of the second */
    assert_int_equal(trunk_found(t, w->other), 1);
    w->other[0] = -1;
    assert_int_equal(trunk_found(t, w->other), 0);
    memcpy(w->other, w->ids, sizeof w->ids);
    w->other[300] = -1; /* behind the trunk: none of its business */
    assert_int_equal(trunk_found(t, w->other), 2);
}

/* The same tokens in other batches have other bits. */
static void other_batches_are_not_found(void **state)
{
    struct world *w = *state;
    struct trunk *t = &w->trunk;
    plan(t, 100, 300, 1000, false);
    fill(t, w->ids);
    plan(t, 300, 0, 1000, false);
    assert_int_equal(trunk_found(t, w->ids), 0);
    plan(t, 100, 200, 1000, false);
    assert_int_equal(trunk_found(t, w->ids), 1);
    plan(t, 100, 0, 1000, false);
    assert_int_equal(trunk_found(t, w->ids), 1);
    plan(t, 100, 300, 1000, true);
    planned(t, "100 300 812");
    assert_int_equal(trunk_found(t, w->ids), 2);
    assert_int_equal(fill(t, w->ids), 1);
    assert_int_equal(t->n, 812);
}

static void cut_forgets(void **state)
{
    struct world *w = *state;
    struct trunk *t = &w->trunk;
    size_t end;
    plan(t, 100, 300, 1000, false);
    fill(t, w->ids);
    trunk_cut(t, 1);
    assert_int_equal(t->n, 100);
    assert_int_equal(trunk_next(t, &end), 100);
    assert_int_equal(end, 300);
    assert_int_equal(trunk_found(t, w->ids), 1);
    trunk_cut(t, 0);
    assert_int_equal(t->n, 0);
    assert_int_equal(trunk_found(t, w->ids), 0);
    assert_int_equal(fill(t, w->ids), 2);
}

/* Batches are a function of the question, whatever was there before. */
static void same_plan_after_others(void **state)
{
    struct world *w = *state;
    struct trunk *t = &w->trunk;
    static const size_t limits[] = { 1000, 200, 30, 600, 1600 };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        memcpy(w->other, w->ids, sizeof w->ids);
        w->other[i * 77] = -1;
        plan(t, 33 + i * 50, 500, limits[i], i % 2);
        fill(t, w->other);
        plan(t, 120, 640, 1000, false);
        planned(t, "120 624 640");
        fill(t, w->ids);
        assert_int_equal(t->n_bound, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_begin_batches, setup, teardown),
        cmocka_unit_test_setup_teardown(small_parts_go_along, setup, teardown),
        cmocka_unit_test_setup_teardown(the_limit_holds, setup, teardown),
        cmocka_unit_test_setup_teardown(on_behind_the_last_part, setup, teardown),
        cmocka_unit_test_setup_teardown(found_by_whole_batches, setup, teardown),
        cmocka_unit_test_setup_teardown(other_batches_are_not_found, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_forgets, setup, teardown),
        cmocka_unit_test_setup_teardown(same_plan_after_others, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
