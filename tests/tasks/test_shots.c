/* Worked examples out of the embedded sample data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/shots.h"
#include "tasks/task.h"

struct scene {
    struct dataset_where where;
    struct dataset *data;
    struct pool *pool;
};

static void open_scene(struct scene *s, const char *const *subset, size_t n)
{
    const struct dataset_query q = { .name = "cmmlu", .split = "test", .sample = true,
                                     .subset = subset, .n_subset = n };
    struct err e = { 0 };
    *s = (struct scene){ .where = { getenv("EVALRUN_SHARE"), "" } };
    assert_int_equal(dataset_open(&s->data, &s->where, &q, &e), 0);
    assert_int_equal(pool_open(&s->pool, &s->where, "cmmlu", "dev", true, &e), 0);
}

static void close_scene(struct scene *s)
{
    dataset_close(s->data);
    pool_close(s->pool);
}

static void test_first(void **state)
{
    (void)state;
    static const char *const subset[] = { "anatomy" };
    struct scene s;
    struct err e = { 0 };
    const struct shot_rule rule = { .n = 3, .split = "dev" };
    open_scene(&s, subset, 1);
    assert_int_equal(shots_check(&rule, s.pool, dataset_facts(s.data), &e), 0);
    const cJSON *const *rows = shots_pick(&rule, s.pool, "anatomy");
    assert_string_equal(json_text(rows[0], "id", ""), "anatomy/dev/0");
    assert_string_equal(json_text(rows[2], "id", ""), "anatomy/dev/2");
    close_scene(&s);
}

static void test_too_many(void **state)
{
    (void)state;
    static const char *const subset[] = { "anatomy" };
    struct scene s;
    struct err e = { 0 };
    const struct shot_rule rule = { .n = 6, .split = "dev" }, none = { 0 };
    open_scene(&s, subset, 1);
    assert_int_equal(shots_check(&rule, s.pool, dataset_facts(s.data), &e), ERR_INPUT);
    assert_string_equal(e.text, "subset 'anatomy' has 5 rows in split 'dev', 6 shots are wanted");
    assert_int_equal(shots_check(&none, NULL, dataset_facts(s.data), &e), 0);
    close_scene(&s);
}

/* Header, shots in order with the delimiter before their answers, question. */
static void test_messages(void **state)
{
    (void)state;
    static const char *const subset[] = { "anatomy" };
    const struct task_query q = { .name = "cmmlu", .recipe = "lm-eval", .shots = 2 };
    struct scene s;
    struct task *t = NULL;
    struct arena mem = { 0 };
    struct sample sample;
    struct turn turn;
    struct err e = { 0 };
    open_scene(&s, subset, 1);
    assert_int_equal(task_load(&t, s.where.share, &q, &e), 0);
    assert_string_equal(task_facts(t)->shot_split, "dev");
    assert_int_equal(task_bind(t, s.pool, dataset_facts(s.data), &e), 0);
    assert_int_equal(dataset_next(s.data, &mem, &sample, &e), 1);
    const struct trace trace = { .sample = sample, .mem = &mem };
    assert_int_equal(task_next(t, &trace, &turn, &e), 1);
    assert_int_equal(turn.q.n_message, 4);
    const struct message *m = turn.q.message;
    assert_true(m[0].piece == PIECE_HEADER && m[1].piece == PIECE_SHOT);
    assert_true(m[2].piece == PIECE_SHOT && m[3].piece == PIECE_QUESTION);
    assert_int_equal(m[1].shot, 0);
    assert_int_equal(m[2].shot, 1);
    assert_non_null(strstr(m[1].text, "\n答案： C\n\n"));
    assert_string_equal(m[3].text + strlen(m[3].text) - strlen("\n答案："), "\n答案：");
    cJSON_Delete((cJSON *)sample.row);
    arena_release(&mem);
    task_free(t);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
