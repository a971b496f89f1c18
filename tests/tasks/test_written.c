/*
 * Every task that asks for the likelihood of choices can be asked in writing too: it
 * has a recipe `gen`, through the chat template, whose texts are searched by rules that
 * the report counts. It is the only way in for a server without log-probabilities.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "tasks/task.h"

static const struct exception {
    const char *task, *why;
} exceptions[] = {
    { "truthfulqa-mc1", "the true answer stands first in every row: its letter would be A" },
    { "truthfulqa-mc2", "several answers are true, and their probabilities are the figure" },
};

/* Those whose gen is another suite's, which applies no template by itself. */
static const char *const without_chat[] = { "mmlu-pro" };

static bool is_exception(const char *task)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (!strcmp(exceptions[i].task, task))
            return true;
    return false;
}

static bool is_without_chat(const char *task)
{
    for (size_t i = 0; i < sizeof without_chat / sizeof *without_chat; i++)
        if (!strcmp(without_chat[i], task))
            return true;
    return false;
}

static cJSON *read_task(const char *share, const char *name)
{
    static const char *const langs[] = { "zh", "en" };
    cJSON *file = NULL;
    for (size_t i = 0; !file && i < 2; i++) {
        struct err e = { 0 };
        char *path = xprintf("%s/tasks/%s/%s.json", share, langs[i], name);
        if (json_read_file(&file, path, 1 << 22, &e) < 0)
            file = NULL;
        free(path);
    }
    assert_non_null(file);
    return file;
}

static bool scores_choices(const cJSON *recipe)
{
    const cJSON *score;
    cJSON_ArrayForEach(score, json_get(recipe, "score"))
        if (!strcmp(json_text(score, "use", ""), "choice"))
            return true;
    return false;
}

static bool has_choices(const cJSON *file)
{
    const cJSON *recipe;
    cJSON_ArrayForEach(recipe, json_get(file, "recipes"))
        if (scores_choices(recipe))
            return true;
    return false;
}

static void check_gen(const char *task, const cJSON *gen)
{
    const cJSON *score;
    if (!gen)
        fail_msg("%s has no recipe gen", task);
    if (scores_choices(gen))
        fail_msg("%s: gen asks for likelihoods", task);
    if (json_bool(gen, "chat", false) == is_without_chat(task))
        fail_msg("%s: gen %s", task, is_without_chat(task) ? "has chat: leave it out of "
                                                             "without_chat" : "lacks chat");
    cJSON_ArrayForEach(score, json_get(gen, "score"))
        if (!json_get(score, "extract"))
            fail_msg("%s: gen has a score without rules", task);
}

static void every_choice_can_be_written(void **state)
{
    (void)state;
    const char *share = getenv("EVALRUN_SHARE");
    const char **name;
    size_t n, n_checked = 0;
    struct arena mem = { 0 };
    struct err e = { 0 };
    assert_int_equal(task_names(&name, &n, share, &mem, &e), 0);
    for (size_t i = 0; i < n; i++) {
        cJSON *file = read_task(share, name[i]);
        const cJSON *gen = json_get(json_get(file, "recipes"), "gen");
        if (has_choices(file) && !is_exception(name[i])) {
            check_gen(name[i], gen);
            n_checked++;
        } else if (is_exception(name[i]) && gen) {
            fail_msg("%s has a recipe gen: it is no exception", name[i]);
        }
        cJSON_Delete(file);
    }
    assert_true(n_checked > 25);
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_choice_can_be_written) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
