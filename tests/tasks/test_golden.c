/*
 * The first question of every shipped task and recipe, byte for byte, from the
 * embedded sample data: a benchmark cannot change unnoticed.
 *
 * `test_golden --update` writes tests/golden/<task>.<recipe>.txt; the diff is
 * part of the review.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tasks/task.h"

static const char *const speakers[] = { "system", "user", "model" };

/* Three ways to ask: as the recipe says, with some shots, through a template. */
struct way {
    const char *title;
    int shots;
    enum chat_mode chat;
};

static const struct way ways[] = {
    { "as the recipe says", -1, CHAT_RECIPE },
    { "--shots 2", 2, CHAT_RECIPE },
    { "--shots 1 --chat", 1, CHAT_ON },
};

static void put_writing(struct strbuf *out, const struct turn *t)
{
    const struct decode *d = &t->q.decode;
    strbuf_printf(out, "\n----- text: at most %d tokens, temperature %g, draws %zu%s%s\n",
                  d->max_tokens, d->temperature, t->q.n_out,
                  d->think_open ? ", thoughts after " : "", d->think_open ? d->think_open : "");
    for (size_t i = 0; i < d->n_stop; i++)
        strbuf_printf(out, "stop \"%s\"\n", d->stop[i]);
    for (size_t i = 0; i < t->n_option; i++)
        strbuf_printf(out, "option \"%s\"\n", t->option[i]);
    for (size_t i = 0; i < t->n_target; i++)
        strbuf_printf(out, "right \"%s\"\n", t->target[i]);
}

/* The right answer stands for what a model would write. */
static void put_program(struct strbuf *out, const struct turn *t)
{
    const struct exec *x = t->q.exec;
    strbuf_printf(out, "----- step %s: a program in %s, %g s, %u MB, entry \"%s\"\n", t->step,
                  x->language, x->limit_s, x->memory_mb, x->entry);
    strbuf_printf(out, "%s\n----- given\n%s\n----- test\n%s\n", t->q.variant[0], x->given,
                  x->test);
}

static bool is_right(const struct turn *t, size_t i)
{
    for (size_t k = 0; k < t->n_gold; k++)
        if (t->gold[k] == i)
            return true;
    return false;
}

/* What is not scored stands before a bar; what counts instead, behind. */
static void put_variants(struct strbuf *out, const struct turn *t)
{
    const struct request *q = &t->q;
    strbuf_printf(out, "\n----- %s\n", q->roll ? "text" : "continuations");
    for (size_t i = 0; i < q->n_out; i++) {
        if (q->lead)
            strbuf_printf(out, "\"%s\" | ", q->lead[i]);
        strbuf_printf(out, "\"%s\"%s\n", q->variant[i], is_right(t, i) ? "  right" : "");
        if (q->roll && strcmp(q->variant[i], t->label[i]) != 0)
            strbuf_printf(out, "----- counted\n\"%s\"\n", t->label[i]);
    }
}

static void put_turn(struct strbuf *out, const struct turn *t)
{
    const struct request *q = &t->q;
    size_t n = 0;
    if (q->ask == ASK_EXEC) {
        put_program(out, t);
        return;
    }
    for (size_t i = 0; i < q->n_message; i++)
        n += strlen(q->message[i].text);
    strbuf_printf(out, "----- step %s: prompt of %zu bytes, %s%s, sha256 %s\n", t->step, n,
                  q->raw ? "raw" : "chat", q->whole ? ", scored whole" : "", t->prompt);
    for (size_t i = 0; i < q->n_message; i++) {
        if (!q->raw && (i == 0 || q->message[i].who != q->message[i - 1].who))
            strbuf_printf(out, "%s[%s]\n", i ? "\n" : "", speakers[q->message[i].who]);
        strbuf_puts(out, q->message[i].text);
    }
    if (q->ask == ASK_TEXT) {
        put_writing(out, t);
        return;
    }
    put_variants(out, t);
}

/* Every question of one sample; what a model would write is made up. */
static void put_sample(struct strbuf *out, const struct task *task, const struct sample *sample,
                       struct arena *mem)
{
    struct turn turn[16];
    struct trace trace = { .sample = *sample, .turn = turn, .mem = mem };
    struct out said[16];
    struct err e = { 0 };
    bool runs = task_asks(task, ROLE_SANDBOX);
    int rc;
    while ((rc = task_next(task, &trace, &turn[trace.n_turn], &e)) == 1) {
        struct turn *t = &turn[trace.n_turn];
        said[trace.n_turn] = (struct out){
            .text = runs && t->n_target ? t->target[0] : "(what was written)" };
        t->a = (struct response){ .out = &said[trace.n_turn], .n_out = 1 };
        put_turn(out, t);
        trace.n_turn++;
        assert_true(trace.n_turn < 16);
    }
    if (rc < 0)
        fail_msg("%s", e.text);
}

/* False: the recipe takes no shots, which is said. */
static bool load(struct strbuf *out, struct task **task, const char *share,
                 const struct task_query *q)
{
    struct err e = { 0 };
    int rc = task_load(task, share, q, &e);
    if (rc < 0 && (rc != ERR_USAGE || q->shots <= 0))
        fail_msg("%s", e.text);
    if (rc < 0)
        strbuf_printf(out, "%s\n", e.text);
    return rc == 0;
}

static void put_first(struct strbuf *out, const struct task *task, struct dataset *data)
{
    const struct task_facts *f = task_facts(task);
    struct arena mem = { 0 };
    struct sample sample = { 0 };
    struct err e = { 0 };
    if (dataset_next(data, &mem, &sample, &e) != 1)
        fail_msg("%s", e.text);
    strbuf_printf(out, "%s, %d shots, row %s\n", f->recipe, f->shots, sample.id);
    put_sample(out, task, &sample, &mem);
    cJSON_Delete((cJSON *)sample.row);
    arena_release(&mem);
}

static bool put_way(struct strbuf *out, const char *share, const struct task_query *q)
{
    const struct dataset_where where = { .share = share, .data = "/nowhere" };
    struct task *task = NULL;
    struct dataset *data = NULL;
    struct pool *pool = NULL;
    struct err e = { 0 };
    if (!load(out, &task, share, q))
        return false;
    const struct task_facts *f = task_facts(task);
    const struct dataset_query dq = { .name = f->dataset, .split = f->split, .sample = true,
                                      .usual = f->subset, .n_usual = f->n_subset };
    if (dataset_open(&data, &where, &dq, &e) < 0 ||
        (f->shots && pool_open(&pool, &where, f->dataset, f->shot_split, true, &e) < 0) ||
        task_bind(task, pool, dataset_facts(data), &e) < 0)
        fail_msg("%s", e.text);
    put_first(out, task, data);
    task_free(task);
    dataset_close(data);
    pool_close(pool);
    return true;
}

static void check_file(const char *path, const struct strbuf *said, bool update)
{
    struct strbuf kept = STRBUF_INIT;
    struct err e = { 0 };
    if (update && file_write_atomic(path, said->s, said->len, &e) < 0)
        fail_msg("%s", e.text);
    if (file_read(&kept, path, 1 << 20, &e) < 0)
        fail_msg("%s (write it with test_golden --update)", e.text);
    if (strcmp(kept.s, said->s) != 0)
        print_error("%s is not what is asked now:\n%s", path, said->s);
    assert_string_equal(kept.s, said->s);
    strbuf_release(&kept);
}

static void check_recipe(const char *share, const char *task, const char *recipe, bool update)
{
    struct strbuf said = STRBUF_INIT;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct task_query q = { .name = task, .recipe = recipe, .shots = ways[i].shots,
                                .chat = ways[i].chat };
        strbuf_printf(&said, "%s===== %s: ", i ? "\n" : "", ways[i].title);
        if (!put_way(&said, share, &q) && q.chat == CHAT_ON) {
            strbuf_puts(&said, "----- without them: ");
            q.shots = -1;
            assert_true(put_way(&said, share, &q));
        }
    }
    char *path = xprintf("tests/golden/%s.%s.txt", task, recipe);
    check_file(path, &said, update);
    free(path);
    strbuf_release(&said);
}

static void test_every_recipe(void **state)
{
    const char *share = getenv("EVALRUN_SHARE");
    const char **task, **recipe;
    size_t n_task, n_recipe;
    struct arena mem = { 0 };
    struct err e = { 0 };
    assert_non_null(share);
    assert_int_equal(task_names(&task, &n_task, share, &mem, &e), 0);
    for (size_t i = 0; i < n_task; i++) {
        assert_int_equal(task_recipes(&recipe, &n_recipe, share, task[i], &mem, &e), 0);
        for (size_t k = 0; k < n_recipe; k++)
            check_recipe(share, task[i], recipe[k], *state != NULL);
    }
    arena_release(&mem);
}

int main(int argc, char **argv)
{
    bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_every_recipe, update ? &update : NULL),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
