/*
 * Prompts as lm-evaluation-harness 0.4.13 builds them, byte for byte: 160
 * questions over upstream's own files. Skipped where those are not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "datasets/store.h"
#include "tasks/task.h"

enum { LINE_MAX_BYTES = 1 << 20, N_LINES = 160 };

struct scene {
    char folder[64];
    struct dataset_where where;
    struct task *task;
    struct dataset *data;
    struct pool *pool;
};

static void import(struct scene *s, const char *shared)
{
    struct catalog_entry *entry = NULL;
    struct import_result result = { 0 };
    struct err e = { 0 };
    char *from = xprintf("%s/data/cmmlu", shared);
    if (catalog_load(&entry, s->where.share, "cmmlu", &e) < 0 ||
        store_import(&result, s->where.data, entry, from, from, &e) < 0)
        fail_msg("%s", e.text);
    import_result_release(&result);
    catalog_free(entry);
    free(from);
}

static void open_scene(struct scene *s, const char *shared)
{
    const struct task_query q = { .name = "cmmlu", .recipe = "lm-eval", .shots = 5 };
    const struct dataset_query dq = { .name = "cmmlu", .split = "test", .limit = 8 };
    struct err e = { 0 };
    *s = (struct scene){ .folder = "/tmp/evalrun-reference-XXXXXX" };
    assert_non_null(mkdtemp(s->folder));
    s->where = (struct dataset_where){ getenv("EVALRUN_SHARE"), s->folder };
    import(s, shared);
    if (task_load(&s->task, s->where.share, &q, &e) < 0 ||
        dataset_open(&s->data, &s->where, &dq, &e) < 0 ||
        pool_open(&s->pool, &s->where, "cmmlu", "dev", false, &e) < 0 ||
        task_bind(s->task, s->pool, dataset_facts(s->data), &e) < 0)
        fail_msg("%s", e.text);
}

static void close_scene(struct scene *s)
{
    struct err e = { 0 };
    task_free(s->task);
    dataset_close(s->data);
    pool_close(s->pool);
    assert_int_equal(store_remove(s->folder, "cmmlu", &e), 0);
    char *lock = xprintf("%s/.cmmlu.lock", s->folder);
    (void)unlink(lock); /* the store leaves it for the next import */
    assert_int_equal(rmdir(s->folder), 0);
    free(lock);
}

/* The line of the reference for a subset and index. */
static const cJSON *find_line(cJSON *const *line, const char *subset, size_t index)
{
    for (size_t i = 0; i < N_LINES; i++)
        if (strcmp(json_text(line[i], "subset", ""), subset) == 0 &&
            (size_t)json_number(line[i], "index", -1) == index)
            return line[i];
    return NULL;
}

static void check_turn(const struct turn *t, const cJSON *line)
{
    struct strbuf prompt = STRBUF_INIT;
    const cJSON *item;
    size_t i = 0;
    for (size_t k = 0; k < t->q.n_message; k++)
        strbuf_puts(&prompt, t->q.message[k].text);
    assert_string_equal(prompt.s, json_text(line, "prompt", ""));
    cJSON_ArrayForEach(item, json_get(line, "continuations"))
        assert_string_equal(t->q.variant[i++], item->valuestring);
    assert_int_equal(i, t->q.n_out);
    assert_string_equal(t->label[t->gold[0]], json_text(line, "gold", ""));
    assert_true(t->q.raw && !t->q.whole && t->q.fit == FIT_CUT_LEFT);
    strbuf_release(&prompt);
}

static void read_lines(cJSON **line, const char *path)
{
    struct line_reader *r;
    const char *text;
    size_t len, n = 0;
    struct err e = { 0 };
    assert_int_equal(line_open(&r, path, LINE_MAX_BYTES, &e), 0);
    while (line_next(r, &text, &len, &e) == 1) {
        assert_true(n < N_LINES);
        assert_int_equal(json_parse(&line[n++], text, len, &e), 0);
    }
    assert_int_equal(n, N_LINES);
    line_close(r);
}

static void test_prompts(void **state)
{
    (void)state;
    const char *shared = getenv("SHARED");
    char *path = xprintf("%s/reference/cmmlu_5shot_lmeval.jsonl", shared ? shared : "");
    cJSON *line[N_LINES];
    struct scene s;
    struct arena mem = { 0 };
    struct sample sample;
    struct err e = { 0 };
    size_t n = 0;
    if (!file_exists(path)) {
        free(path);
        skip();
    }
    read_lines(line, path);
    open_scene(&s, shared);
    while (dataset_next(s.data, &mem, &sample, &e) == 1) {
        struct turn turn;
        const struct trace trace = { .sample = sample, .mem = &mem };
        const cJSON *want = find_line(line, sample.subset, sample.subset_index);
        assert_non_null(want);
        if (task_next(s.task, &trace, &turn, &e) != 1)
            fail_msg("%s", e.text);
        check_turn(&turn, want);
        cJSON_Delete((cJSON *)sample.row);
        arena_clear(&mem);
        n++;
    }
    assert_int_equal(n, N_LINES);
    for (size_t i = 0; i < N_LINES; i++)
        cJSON_Delete(line[i]);
    arena_release(&mem);
    close_scene(&s);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_prompts) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
