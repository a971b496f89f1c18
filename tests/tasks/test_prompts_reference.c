/*
 * Prompts, stop strings, token limits and right answers of written tasks as
 * lm-evaluation-harness 0.4.13 has them, byte for byte, over upstream's own
 * files: its prompts_lmeval.jsonl. Skipped where those files are not.
 */
#include "tests/base/scratch.h"

#include "datasets/store.h"
#include "tasks/task.h"

enum { LINE_MAX_BYTES = 1 << 20, MAX_LINES = 256, QUESTIONS = 3, USUAL_TOKENS = 256 };

/* The reference calls a task by `prefix` and the name of the subset. */
struct protocol {
    const char *prefix, *task, *recipe, *data; /* data: the folder */
    int shots;     /* -1: as the recipe says, and the reference */
    size_t n_line; /* that the reference has of it */
    bool after_marks; /* its target is what stands behind #### in ours */
};

static const struct protocol protocols[] = {
    { "bbh_zeroshot_", "bbh", "lm-eval-zeroshot", "bbh", -1, 15, false },
    { "bbh_cot_fewshot_", "bbh", "lm-eval-cot-fewshot", "bbh", -1, 15, false },
    { "gsm8k", "gsm8k", "lm-eval", "gsm8k", -1, 3, false },
    { "gsm8k_cot", "gsm8k", "cot-8shot", NULL, -1, 3, true },
    { "mgsm_native_cot_zh", "mgsm-zh", "lm-eval", "mgsm", 0, 3, false },
    { "mgsm_native_cot_zh", "mgsm-zh", "lm-eval", "mgsm", 8, 3, false },
    { "mgsm_native_cot_en", "mgsm-en", "lm-eval", "mgsm", 0, 3, false },
    { "mgsm_native_cot_en", "mgsm-en", "lm-eval", "mgsm", 8, 3, false },
    { "mgsm_direct_zh", "mgsm-zh", "lm-eval-direct", "mgsm", 0, 3, false },
    { "mgsm_direct_zh", "mgsm-zh", "lm-eval-direct", "mgsm", 8, 3, false },
    { "mgsm_direct_en", "mgsm-en", "lm-eval-direct", "mgsm", 0, 3, false },
    { "mgsm_direct_en", "mgsm-en", "lm-eval-direct", "mgsm", 8, 3, false },
};

struct scene {
    char folder[64];
    struct dataset_where where;
    struct task *task;
    struct dataset *data;
    struct pool *pool;
};

static void import_from(struct scene *s, const char *name, const char *from)
{
    struct catalog_entry *entry = NULL;
    struct import_result result = { 0 };
    struct err e = { 0 };
    if (catalog_load(&entry, s->where.share, name, &e) < 0 ||
        store_import(&result, s->where.data, entry, from, from, &e) < 0)
        fail_msg("%s", e.text);
    import_result_release(&result);
    catalog_free(entry);
}

/* The worked examples of a prompt "Q: ...\nA: ...\n\n", as the file that holds
 * them writes them; it is not among the shared data. */
static void put_examples(struct strbuf *out, const char *prompt)
{
    strbuf_puts(out, "fewshot_config:\n  samples:\n");
    for (const char *at, *end; (end = strstr(prompt, "\n\n")); prompt = end + 2) {
        struct json_writer w = { .out = out };
        at = strstr(prompt, "\nA: ");
        assert_true(at && at < end);
        char *question = xprintf("%.*s", (int)(at - prompt - 3), prompt + 3);
        char *target = xprintf("%.*s", (int)(end - at - 4), at + 4);
        strbuf_puts(out, "  - question: ");
        json_put_text(&w, NULL, question);
        w.comma = false;
        strbuf_puts(out, "\n    target: ");
        json_put_text(&w, NULL, target);
        strbuf_puts(out, "\n");
        free(question);
        free(target);
    }
}

static void write_file(const char *folder, const char *name, const struct strbuf *text)
{
    char *path = xprintf("%s/%s", folder, name);
    write_bytes(path, text->s, text->len);
    free(path);
}

/* Test rows with the examples beside them. */
static void import_with_examples(struct scene *s, const char *shared, const char *name,
                                 const char *prompt)
{
    char folder[] = "/tmp/evalrun-examples-XXXXXX";
    char *rows = xprintf("%s/data/%s/test.jsonl", shared, name);
    struct strbuf text = STRBUF_INIT;
    struct err e = { 0 };
    assert_non_null(mkdtemp(folder));
    put_examples(&text, prompt);
    write_file(folder, "gsm8k-cot.yaml", &text);
    strbuf_clear(&text);
    assert_int_equal(file_read(&text, rows, LINE_MAX_BYTES, &e), 0);
    write_file(folder, "test.jsonl", &text);
    import_from(s, name, folder);
    scratch_remove(folder);
    strbuf_release(&text);
    free(rows);
}

static void import(struct scene *s, const char *shared, const struct protocol *p,
                   const char *prompt)
{
    char *from = xprintf("%s/data/%s", shared, p->data ? p->data : "");
    if (p->data)
        import_from(s, p->task, from);
    else
        import_with_examples(s, shared, p->task, prompt);
    free(from);
}

static void open_scene(struct scene *s, const char *shared, const struct protocol *p,
                       const char *prompt)
{
    const struct task_query q = { .name = p->task, .recipe = p->recipe,
                                  .shots = p->shots };
    struct err e = { 0 };
    *s = (struct scene){ .folder = "/tmp/evalrun-reference-XXXXXX" };
    assert_non_null(mkdtemp(s->folder));
    s->where = (struct dataset_where){ getenv("EVALRUN_SHARE"), s->folder };
    import(s, shared, p, prompt);
    if (task_load(&s->task, s->where.share, &q, &e) < 0)
        fail_msg("%s", e.text);
    const struct task_facts *f = task_facts(s->task);
    const struct dataset_query dq = { .name = f->dataset, .split = f->split,
                                      .limit = QUESTIONS };
    if (dataset_open(&s->data, &s->where, &dq, &e) < 0 ||
        (f->shots && pool_open(&s->pool, &s->where, f->dataset, f->shot_split, false, &e) < 0) ||
        task_bind(s->task, s->pool, dataset_facts(s->data), &e) < 0)
        fail_msg("%s", e.text);
}

static void close_scene(struct scene *s, const char *name)
{
    struct err e = { 0 };
    task_free(s->task);
    dataset_close(s->data);
    pool_close(s->pool);
    assert_int_equal(store_remove(s->folder, name, &e), 0);
    char *lock = xprintf("%s/.%s.lock", s->folder, name);
    (void)unlink(lock); /* the store leaves it for the next import */
    assert_int_equal(rmdir(s->folder), 0);
    free(lock);
}

static const cJSON *find_line(cJSON *const *line, const struct protocol *p,
                              const struct sample *sample)
{
    char *name = xprintf("%s%s", p->prefix, sample->subset);
    const cJSON *found = NULL;
    for (size_t i = 0; line[i] && !found; i++)
        if (strcmp(json_text(line[i], "task", ""), name) == 0 &&
            (size_t)json_number(line[i], "index", -1) == sample->subset_index &&
            (p->shots < 0 || (int)json_number(line[i], "shots", -1) == p->shots))
            found = line[i];
    free(name);
    return found;
}

static void check_decode(const struct decode *d, const cJSON *generation)
{
    const cJSON *item;
    size_t i = 0;
    assert_true(d->max_tokens == json_number(generation, "max_gen_toks", USUAL_TOKENS));
    assert_true(d->temperature == 0);
    cJSON_ArrayForEach(item, json_get(generation, "until")) {
        assert_true(i < d->n_stop);
        assert_string_equal(d->stop[i++], item->valuestring);
    }
    assert_int_equal(i, d->n_stop);
}

static void check_target(const char *target, const cJSON *line, bool after_marks)
{
    const char *marks = strstr(target, "#### ");
    assert_true(marks || !after_marks);
    assert_string_equal(after_marks ? marks + 5 : target, json_text(line, "target", ""));
}

static void check_turn(const struct turn *t, const cJSON *line, bool after_marks)
{
    struct strbuf prompt = STRBUF_INIT;
    for (size_t k = 0; k < t->q.n_message; k++)
        strbuf_puts(&prompt, t->q.message[k].text);
    assert_string_equal(prompt.s, json_text(line, "prompt", ""));
    assert_true(t->q.ask == ASK_TEXT && t->q.raw && t->q.fit == FIT_CUT_LEFT);
    assert_int_equal(t->n_target, 1);
    check_target(t->target[0], line, after_marks);
    check_decode(&t->q.decode, json_get(line, "generation"));
    strbuf_release(&prompt);
}

static const char *first_prompt(cJSON *const *line, const char *prefix)
{
    for (size_t i = 0; line[i]; i++)
        if (strcmp(json_text(line[i], "task", ""), prefix) == 0)
            return json_text(line[i], "prompt", "");
    return "";
}

static void check_protocol(cJSON *const *line, const struct protocol *p, const char *shared)
{
    struct scene s;
    struct arena mem = { 0 };
    struct sample sample;
    struct err e = { 0 };
    size_t n = 0;
    open_scene(&s, shared, p, first_prompt(line, p->prefix));
    while (dataset_next(s.data, &mem, &sample, &e) == 1) {
        struct turn turn = { 0 };
        const struct trace trace = { .sample = sample, .mem = &mem };
        const cJSON *want = find_line(line, p, &sample);
        assert_non_null(want);
        if (task_next(s.task, &trace, &turn, &e) != 1)
            fail_msg("%s", e.text);
        check_turn(&turn, want, p->after_marks);
        cJSON_Delete((cJSON *)sample.row);
        arena_clear(&mem);
        n++;
    }
    assert_int_equal(n, p->n_line);
    arena_release(&mem);
    close_scene(&s, p->task);
}

static void read_lines(cJSON **line, const char *path)
{
    struct line_reader *r;
    const char *text;
    size_t len, n = 0;
    struct err e = { 0 };
    assert_int_equal(line_open(&r, path, LINE_MAX_BYTES, &e), 0);
    while (line_next(r, &text, &len, &e) == 1) {
        assert_true(n + 1 < MAX_LINES);
        assert_int_equal(json_parse(&line[n++], text, len, &e), 0);
    }
    line_close(r);
}

static void test_prompts(void **state)
{
    (void)state;
    const char *shared = getenv("SHARED");
    char *path = xprintf("%s/reference/prompts_lmeval.jsonl", shared ? shared : "");
    cJSON *line[MAX_LINES] = { NULL };
    if (!file_exists(path)) {
        print_message("SKIPPED: %s is not there; no prompt was compared\n", path);
        free(path);
        skip();
    }
    read_lines(line, path);
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        check_protocol(line, &protocols[i], shared);
    for (size_t i = 0; line[i]; i++)
        cJSON_Delete(line[i]);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_prompts) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
