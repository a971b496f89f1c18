/* Task files: one that is accepted makes the questions of a row, or says why
 * not, and makes the same ones again. */
#include "tasks/task.h"
#include "tests/fuzz/fuzz.h"

static const char row_text[] =
    "{\"id\":\"agronomy/test/0\",\"question\":\"水的沸点是多少？\",\"A\":\"90\",\"B\":\"100\","
    "\"C\":\"110\",\"D\":\"120\",\"answer\":\"B\",\"n\":3}";

static const struct subset subset = { .name = "agronomy", .title_zh = "农学",
                                      .title_en = "agronomy", .n = 1, .n_asked = 1 };
static const struct dataset_facts facts = { .name = "x", .split = "test", .subset = &subset,
                                            .n_subset = 1, .n = 1, .n_asked = 1 };

/* A single recipe may have any number of steps: a few are enough. */
static void ask(const struct task *t, const cJSON *row)
{
    struct arena mem = { 0 };
    struct err e = { 0 };
    struct turn turn[3], again;
    struct trace so_far = { .sample = { .id = "agronomy/test/0", .subset = "agronomy",
                                        .row = row }, .turn = turn, .mem = &mem };
    int rc = 0;
    while (so_far.n_turn < 3 && (rc = task_next(t, &so_far, &turn[so_far.n_turn], &e)) == 1) {
        const struct turn *first = &turn[so_far.n_turn];
        assert(task_next(t, &so_far, &again, &e) == 1);
        assert(strcmp(first->question, again.question) == 0);
        assert(strcmp(first->prompt, again.prompt) == 0);
        assert(first->q.n_out > 0 && first->gold[0] < first->q.n_out);
        so_far.n_turn++;
    }
    assert(rc >= 0 || fuzz_explained(&e));
    arena_release(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = { 0 };
    cJSON *row = NULL;
    if (json_parse(&row, row_text, sizeof row_text - 1, &e) < 0)
        abort();
    for (int chat = CHAT_RECIPE; chat <= CHAT_OFF; chat++) {
        const struct task_query query = { .shots = 0, .chat = (enum chat_mode)chat };
        struct task *t = NULL;
        if (task_parse(&t, (const char *)data, size, "x.json", &query, &e) == 0 &&
            task_bind(t, NULL, &facts, &e) == 0)
            ask(t, row);
        task_free(t);
    }
    cJSON_Delete(row);
    return 0;
}
