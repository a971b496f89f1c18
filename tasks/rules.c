#include "tasks/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/extract.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/opt.h"
#include "tasks/keys.h"

enum { FILE_MAX = 1 << 20 };

static const struct key rules_keys[] = {
    { "rules", KEY_TEXT, true, NULL, NULL, "its name, which is also the file's" },
    { "about", KEY_TEXT, true, NULL, NULL, "one line for lists" },
    { "source", KEY_TEXT, true, NULL, NULL, "whose rules these are, with file and version" },
    { "version", KEY_COUNT, true, NULL, NULL, "raised whenever an answer may change" },
    { "extract", KEY_RULES, true, NULL, NULL, "the rules, tried in order" },
    { 0 },
};

static bool is_path(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

/* ---- one file */

static int check_list(const cJSON *list, struct err *e)
{
    struct extract *x = NULL;
    if (extract_new(&x, list, "extract", e) < 0)
        return e->code;
    extract_free(x);
    return 0;
}

static int read_set(struct rules *out, const char *name, struct err *e)
{
    if (keys_check(out->tree, rules_keys, e) < 0)
        return e->code;
    out->name = json_text(out->tree, "rules", "");
    out->about = json_text(out->tree, "about", "");
    out->source = json_text(out->tree, "source", "");
    out->version = (int)json_number(out->tree, "version", 0);
    out->list = json_get(out->tree, "extract");
    if (!is_path(name) && strcmp(out->name, name) != 0)
        return err_set(e, ERR_INPUT, "rules: '%s' is not the file's name", out->name);
    return check_list(out->list, e);
}

static int read_file(struct rules *out, const char *name, const char *path, struct err *e)
{
    struct strbuf text = STRBUF_INIT;
    int rc = file_read(&text, path, FILE_MAX, e);
    if (rc == 0)
        sha256_text(out->sha256, text.s, text.len);
    if (rc == 0 && json_parse(&out->tree, text.s, text.len, e) < 0)
        rc = err_in(e, "%s", path);
    strbuf_release(&text);
    if (rc < 0)
        return rc;
    if (cJSON_IsArray(out->tree) && is_path(name)) {
        out->name = name;
        out->about = out->source = "";
        out->list = out->tree;
        rc = check_list(out->list, e);
    } else {
        rc = read_set(out, name, e);
    }
    return rc < 0 ? err_in(e, "%s", path) : 0;
}

/* ---- by name */

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int rules_names(const char ***names, size_t *n, const char *share, struct arena *mem,
                struct err *e)
{
    const char **list, *folder = arena_printf(mem, "%s/tasks/rules", share);
    size_t len;
    if (file_list(&list, &len, folder, mem, e) < 0)
        return e->code;
    *names = arena_array(mem, len + 1, sizeof **names);
    *n = 0;
    for (size_t i = 0; i < len; i++)
        if (is_path(list[i]))
            (*names)[(*n)++] = arena_strndup(mem, list[i], strlen(list[i]) - 5);
    qsort(*names, *n, sizeof **names, compare);
    return 0;
}

static int no_such_set(const char *share, const char *name, struct arena *mem, struct err *e)
{
    const char **names = NULL;
    size_t n = 0;
    struct err none = { 0 };
    struct strbuf all = STRBUF_INIT;
    if (share && rules_names(&names, &n, share, mem, &none) < 0)
        n = 0;
    const char *near = n ? nearest_word(name, names, n) : NULL;
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&all, "%s%s", i ? ", " : "", names[i]);
    int rc = near ? err_set(e, ERR_INPUT, "unknown rule set '%s' (did you mean '%s'?)", name, near)
                  : err_set(e, ERR_INPUT, "unknown rule set '%s' (there %s %s); a file's name ends "
                                          "in .json", name, n == 1 ? "is" : "are",
                            n ? all.s : "none");
    strbuf_release(&all);
    return rc;
}

int rules_open(struct rules *out, const char *share, const char *name_or_path, struct err *e)
{
    struct arena mem = { 0 };
    const char *path = name_or_path;
    bool known = true;
    *out = (struct rules){ 0 };
    if (!is_path(name_or_path)) {
        path = arena_printf(&mem, "%s/tasks/rules/%s.json", share ? share : "", name_or_path);
        known = share && !strchr(name_or_path, '/') && file_exists(path);
    }
    int rc = known ? read_file(out, name_or_path, path, e)
                   : no_such_set(share, name_or_path, &mem, e);
    arena_release(&mem);
    if (rc < 0)
        rules_release(out);
    return rc;
}

void rules_release(struct rules *r)
{
    cJSON_Delete(r->tree);
    *r = (struct rules){ 0 };
}

static cJSON *copy(const cJSON *tree)
{
    cJSON *made = cJSON_Duplicate(tree, true);
    if (!made)
        abort(); /* out of memory */
    return made;
}

int rules_load(cJSON **list, const char *share, const char *name_or_path, struct err *e)
{
    struct rules r;
    if (rules_open(&r, share, name_or_path, e) < 0)
        return e->code;
    *list = copy(r.list);
    rules_release(&r);
    return 0;
}

/* ---- in a recipe */

static cJSON *describe(const struct rules *r)
{
    cJSON *set = cJSON_CreateObject();
    if (!set || !cJSON_AddStringToObject(set, "name", r->name) ||
        !cJSON_AddNumberToObject(set, "version", r->version) ||
        !cJSON_AddStringToObject(set, "sha256", r->sha256) ||
        !cJSON_AddItemToObject(set, "extract", copy(r->list)))
        abort(); /* out of memory */
    return set;
}

static int find_stored(cJSON **set, const cJSON *stored, const char *name, struct err *e)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, stored)
        if (strcmp(json_text(item, "name", ""), name) == 0) {
            *set = copy(item);
            cJSON_DeleteItemFromObjectCaseSensitive(*set, "at");
            return 0;
        }
    return err_set(e, ERR_INPUT, "the run did not keep the rule set '%s'", name);
}

static int find_set(cJSON **set, const char *name, const struct rules_source *source,
                    struct err *e)
{
    struct rules r;
    if (source->stored)
        return find_stored(set, source->stored, name, e);
    if (rules_open(&r, source->share, name, e) < 0)
        return e->code;
    *set = describe(&r);
    rules_release(&r);
    return 0;
}

int rules_resolve(cJSON **used, cJSON *object, const char *key, const char *place,
                  const struct rules_source *source, struct err *e)
{
    const char *name = json_text(object, key, NULL);
    cJSON *set = NULL;
    if (!name)
        return 0;
    char *at = xprintf("%s.%s", place, key);
    int rc = find_set(&set, name, source, e);
    if (rc < 0) {
        (void)err_in(e, "%s", at);
        free(at);
        return rc;
    }
    if (!*used)
        *used = cJSON_CreateArray();
    if (!*used || !cJSON_AddStringToObject(set, "at", at) || !cJSON_AddItemToArray(*used, set) ||
        !cJSON_ReplaceItemInObjectCaseSensitive(object, key, copy(json_get(set, "extract"))))
        abort(); /* out of memory */
    free(at);
    return 0;
}
