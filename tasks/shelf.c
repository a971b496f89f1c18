/* The shipped task files: <share>/tasks/{zh,en}/<name>.json. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/opt.h"
#include "tasks/recipe.h"
#include "tasks/task.h"

enum { FILE_MAX = 1 << 20 };

static const char *const folders[] = { "zh", "en" };
enum { N_FOLDERS = sizeof folders / sizeof *folders };

static bool ends_in(const char *s, const char *tail)
{
    size_t n = strlen(s), m = strlen(tail);
    return n > m && strcmp(s + n - m, tail) == 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int task_names(const char ***names, size_t *n, const char *share, struct arena *mem,
               struct err *e)
{
    const char **list[N_FOLDERS];
    size_t len[N_FOLDERS], total = 0;
    for (int i = 0; i < N_FOLDERS; i++) {
        const char *folder = arena_printf(mem, "%s/tasks/%s", share, folders[i]);
        if (file_list(&list[i], &len[i], folder, mem, e) < 0)
            return e->code;
        total += len[i];
    }
    *names = arena_array(mem, total + 1, sizeof **names);
    *n = 0;
    for (int i = 0; i < N_FOLDERS; i++)
        for (size_t k = 0; k < len[i]; k++)
            if (ends_in(list[i][k], ".json"))
                (*names)[(*n)++] = arena_strndup(mem, list[i][k], strlen(list[i][k]) - 5);
    qsort(*names, *n, sizeof **names, compare);
    return 0;
}

static int no_such_task(const char *share, const char *name, struct arena *mem, struct err *e)
{
    const char **names;
    size_t n;
    if (task_names(&names, &n, share, mem, e) < 0)
        return e->code;
    const char *near = nearest_word(name, names, n);
    return err_set(e, ERR_USAGE, "unknown task '%s' (%s%s%s`evalrun list tasks` names all)", name,
                   near ? "did you mean '" : "", near ? near : "", near ? "'? " : "");
}

/* The path of a task, and what its errors call it. */
static int find(const char **path, const char **where, const char *share, const char *name,
                struct arena *mem, struct err *e)
{
    if (ends_in(name, ".json")) {
        *path = *where = name;
        return 0;
    }
    for (int i = 0; i < N_FOLDERS && !strchr(name, '/'); i++) {
        *where = arena_printf(mem, "tasks/%s/%s.json", folders[i], name);
        *path = arena_printf(mem, "%s/%s", share, *where);
        if (file_exists(*path))
            return 0;
    }
    if (strchr(name, '/'))
        return err_set(e, ERR_USAGE, "%s: is no task file; its name must end in .json", name);
    return no_such_task(share, name, mem, e);
}

/* A shipped file is found by its name, so its name must be the task's. */
static int check_name(const struct task *t, const char *name, const char *where, struct err *e)
{
    if (ends_in(name, ".json") || strcmp(task_facts(t)->name, name) == 0)
        return 0;
    return err_set(e, ERR_INPUT, "%s: task: '%s' is not the file's name", where,
                   task_facts(t)->name);
}

int task_load(struct task **out, const char *share, const struct task_query *q, struct err *e)
{
    struct arena mem = { 0 };
    struct strbuf text = STRBUF_INIT;
    struct task *t = NULL;
    const char *path, *where;
    struct task_query own = *q;
    if (!own.share)
        own.share = share;
    int rc = find(&path, &where, share, q->name, &mem, e);
    if (rc == 0)
        rc = file_read(&text, path, FILE_MAX, e);
    if (rc == 0)
        rc = task_parse(&t, text.s, text.len, where, &own, e);
    if (rc == 0)
        rc = check_name(t, q->name, where, e);
    if (rc == 0)
        *out = t;
    else
        task_free(t);
    strbuf_release(&text);
    arena_release(&mem);
    return rc;
}

static int list_recipes(const char ***names, size_t *n, const char *path, struct arena *mem,
                        struct err *e)
{
    cJSON *tree;
    const cJSON *item;
    if (json_read_file(&tree, path, FILE_MAX, e) < 0)
        return e->code;
    int rc = recipe_check(tree, e);
    const cJSON *recipes = json_get(tree, "recipes");
    *n = 0;
    if (rc == 0) {
        *names = arena_array(mem, (size_t)cJSON_GetArraySize(recipes), sizeof **names);
        cJSON_ArrayForEach(item, recipes)
            (*names)[(*n)++] = arena_strdup(mem, item->string);
    }
    cJSON_Delete(tree);
    return rc < 0 ? err_in(e, "%s", path) : 0;
}

int task_recipes(const char ***names, size_t *n, const char *share, const char *name,
                 struct arena *mem, struct err *e)
{
    const char *path, *where;
    if (find(&path, &where, share, name, mem, e) < 0)
        return e->code;
    return list_recipes(names, n, path, mem, e);
}
