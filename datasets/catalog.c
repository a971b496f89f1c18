#include "datasets/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/opt.h"
#include "datasets/reader.h"

enum { CATALOG_LIMIT = 4 << 20 };

/* The keys of a catalog file, by object. docs/data-format.md describes each. */
struct key {
    const char *name;
    int type; /* of cJSON; a bool is cJSON_True */
    bool need;
};

static const struct key top_keys[] = {
    { "dataset", cJSON_String, true },   { "lang", cJSON_String, true },
    { "about", cJSON_String, true },     { "licence", cJSON_String, true },
    { "source", cJSON_String, true },    { "citation", cJSON_String, false },
    { "urls", cJSON_Array, false },      { "reader", cJSON_String, true },
    { "header", cJSON_True, false },     { "columns", cJSON_Array, false },
    { "fields", cJSON_Array, true },     { "subset_field", cJSON_String, false },
    { "splits", cJSON_Array, true },     { "subsets", cJSON_Array, false },
    { NULL, 0, false },
};

static const struct key url_keys[] = {
    { "url", cJSON_String, true },
    { "sha256", cJSON_String, false },
    { NULL, 0, false },
};

static const struct key field_keys[] = {
    { "name", cJSON_String, true },
    { "required", cJSON_True, false },
    { "one_of", cJSON_String, false },
    { NULL, 0, false },
};

static const struct key split_keys[] = {
    { "name", cJSON_String, true },
    { "files", cJSON_String, true },
    { "rows", cJSON_Number, false },
    { "rows_each", cJSON_Number, false },
    { NULL, 0, false },
};

static const struct key subset_keys[] = {
    { "name", cJSON_String, true },      { "title_zh", cJSON_String, false },
    { "title_en", cJSON_String, false }, { "category", cJSON_Array, false },
    { "rows", cJSON_Number, false },     { NULL, 0, false },
};

static bool has_type(const cJSON *item, int type)
{
    if (type == cJSON_True)
        return cJSON_IsBool(item);
    return (item->type & 0xff) == type;
}

static const char *type_name(int type)
{
    switch (type) {
    case cJSON_True: return "true or false";
    case cJSON_Number: return "a number";
    case cJSON_Array: return "an array";
    default: return "a string";
    }
}

static int unknown_key(const char *key, const struct key *keys, struct err *e)
{
    const char *names[32];
    size_t n = 0;
    while (keys[n].name && n < 32) {
        names[n] = keys[n].name;
        n++;
    }
    const char *near = nearest_word(key, names, n);
    if (near)
        return err_set(e, ERR_INPUT, "unknown key '%s' (did you mean '%s'?)", key, near);
    return err_set(e, ERR_INPUT, "unknown key '%s'", key);
}

/* Every member is known and of its type, and no needed one is missing. */
static int check_keys(const cJSON *object, const struct key *keys, struct err *e)
{
    if (!cJSON_IsObject(object))
        return err_set(e, ERR_INPUT, "must be an object");
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        const struct key *k = keys;
        while (k->name && strcmp(k->name, item->string) != 0)
            k++;
        if (!k->name)
            return unknown_key(item->string, keys, e);
        if (!has_type(item, k->type))
            return err_set(e, ERR_INPUT, "key '%s' must be %s", k->name, type_name(k->type));
        if (k->type == cJSON_Number &&
            (item->valuedouble < 0 || item->valuedouble > 1e12))
            return err_set(e, ERR_INPUT, "key '%s' must be a count", k->name);
    }
    for (const struct key *k = keys; k->name; k++)
        if (k->need && !json_get(object, k->name))
            return err_set(e, ERR_INPUT, "key '%s' is missing", k->name);
    return 0;
}

static size_t json_count(const cJSON *object, const char *key)
{
    return (size_t)json_number(object, key, 0);
}

/* An array of strings, borrowed from the tree. */
static int read_texts(const char ***out, size_t *n, const cJSON *array, struct arena *mem,
                      struct err *e)
{
    *n = 0;
    *out = arena_array(mem, (size_t)cJSON_GetArraySize(array) + 1, sizeof **out);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (!cJSON_IsString(item))
            return err_set(e, ERR_INPUT, "item %zu must be a string", *n + 1);
        (*out)[(*n)++] = item->valuestring;
    }
    return 0;
}

static int read_urls(struct catalog_entry *c, const cJSON *array, struct err *e)
{
    size_t n = (size_t)cJSON_GetArraySize(array);
    c->url = arena_array(&c->mem, n + 1, sizeof *c->url);
    c->url_sha256 = arena_array(&c->mem, n + 1, sizeof *c->url_sha256);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (check_keys(item, url_keys, e) < 0)
            return err_in(e, "urls[%zu]", c->n_url);
        const char *pin = json_text(item, "sha256", "");
        if (*pin && (strlen(pin) != 64 || strspn(pin, "0123456789abcdef") != 64))
            return err_set(e, ERR_INPUT, "urls[%zu]: key 'sha256' must be 64 lower-case "
                           "hex digits or empty", c->n_url);
        c->url[c->n_url] = json_text(item, "url", "");
        c->url_sha256[c->n_url++] = pin;
    }
    return 0;
}

static int read_fields(struct catalog_entry *c, const cJSON *array, struct err *e)
{
    c->field = arena_array(&c->mem, (size_t)cJSON_GetArraySize(array) + 1, sizeof *c->field);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (check_keys(item, field_keys, e) < 0)
            return err_in(e, "fields[%zu]", c->n_field);
        struct catalog_field *f = &c->field[c->n_field];
        f->name = json_text(item, "name", "");
        f->required = json_bool(item, "required", false);
        f->one_of = json_text(item, "one_of", NULL);
        if (strcmp(f->name, "id") == 0)
            return err_set(e, ERR_INPUT, "fields[%zu]: 'id' is taken by the store's own id",
                           c->n_field);
        for (size_t i = 0; i < c->n_field; i++)
            if (strcmp(c->field[i].name, f->name) == 0)
                return err_set(e, ERR_INPUT, "fields[%zu]: '%s' is there twice", c->n_field,
                               f->name);
        c->n_field++;
    }
    return c->n_field ? 0 : err_set(e, ERR_INPUT, "key 'fields' is empty");
}

static int read_splits(struct catalog_entry *c, const cJSON *array, struct err *e)
{
    c->split = arena_array(&c->mem, (size_t)cJSON_GetArraySize(array) + 1, sizeof *c->split);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (check_keys(item, split_keys, e) < 0)
            return err_in(e, "splits[%zu]", c->n_split);
        const char *name = json_text(item, "name", "");
        if (catalog_split(c, name))
            return err_set(e, ERR_INPUT, "splits[%zu]: '%s' is there twice", c->n_split, name);
        if (!*name || strchr(name, '/'))
            return err_set(e, ERR_INPUT, "splits[%zu]: '%s' is no name", c->n_split, name);
        c->split[c->n_split++] = (struct catalog_split){
            .name = name,
            .files = json_text(item, "files", ""),
            .n_expected = json_count(item, "rows"),
            .n_each = json_count(item, "rows_each"),
        };
    }
    return c->n_split ? 0 : err_set(e, ERR_INPUT, "key 'splits' is empty");
}

static int read_subsets(struct catalog_entry *c, const cJSON *array, struct err *e)
{
    c->subset = arena_array(&c->mem, (size_t)cJSON_GetArraySize(array) + 1, sizeof *c->subset);
    const cJSON *item;
    cJSON_ArrayForEach(item, array) {
        if (check_keys(item, subset_keys, e) < 0)
            return err_in(e, "subsets[%zu]", c->n_subset);
        struct catalog_subset *s = &c->subset[c->n_subset];
        s->name = json_text(item, "name", "");
        if (catalog_subset(c, s->name))
            return err_set(e, ERR_INPUT, "subsets[%zu]: '%s' is there twice", c->n_subset,
                           s->name);
        s->title_zh = json_text(item, "title_zh", "");
        s->title_en = json_text(item, "title_en", "");
        s->n_expected = json_count(item, "rows");
        if (read_texts(&s->category, &s->n_category, json_get(item, "category"), &c->mem, e) < 0)
            return err_in(e, "subsets[%zu]: key 'category'", c->n_subset);
        c->n_subset++;
    }
    return 0;
}

/* What the keys must be to each other. */
static int check_sense(const struct catalog_entry *c, const char *name, struct err *e)
{
    if (strcmp(json_text(c->tree, "dataset", ""), name) != 0)
        return err_set(e, ERR_INPUT, "key 'dataset' must be the file's name, '%s'", name);
    if (strcmp(c->lang, "zh") != 0 && strcmp(c->lang, "en") != 0)
        return err_set(e, ERR_INPUT, "key 'lang' must be \"zh\" or \"en\"");
    if (!reader_find(c->reader))
        return err_set(e, ERR_INPUT, "key 'reader': no reader '%s' (there are: %s)", c->reader,
                       reader_names());
    for (size_t i = 0; !c->header && c->n_column && i < c->n_field; i++) {
        size_t k = 0;
        while (k < c->n_column && strcmp(c->column[k], c->field[i].name) != 0)
            k++;
        if (k == c->n_column)
            return err_set(e, ERR_INPUT, "fields[%zu]: '%s' is none of 'columns'", i,
                           c->field[i].name);
    }
    size_t sum = 0;
    bool all = c->n_subset > 0;
    for (size_t i = 0; i < c->n_subset; i++) {
        sum += c->subset[i].n_expected;
        all = all && c->subset[i].n_expected > 0;
    }
    if (all && c->split[0].n_expected && sum != c->split[0].n_expected)
        return err_set(e, ERR_MISMATCH, "subsets add up to %zu rows, split '%s' has %zu", sum,
                       c->split[0].name, c->split[0].n_expected);
    return 0;
}

static int read_entry(struct catalog_entry *c, const char *name, struct err *e)
{
    const cJSON *t = c->tree;
    if (check_keys(t, top_keys, e) < 0)
        return e->code;
    c->name = json_text(t, "dataset", "");
    c->lang = json_text(t, "lang", "");
    c->about = json_text(t, "about", "");
    c->licence = json_text(t, "licence", "");
    c->source = json_text(t, "source", "");
    c->citation = json_text(t, "citation", "");
    c->reader = json_text(t, "reader", "");
    c->header = json_bool(t, "header", false);
    c->subset_field = json_text(t, "subset_field", "");
    if (read_texts(&c->column, &c->n_column, json_get(t, "columns"), &c->mem, e) < 0)
        return err_in(e, "key 'columns'");
    if (read_urls(c, json_get(t, "urls"), e) < 0 || read_fields(c, json_get(t, "fields"), e) < 0 ||
        read_splits(c, json_get(t, "splits"), e) < 0 ||
        read_subsets(c, json_get(t, "subsets"), e) < 0)
        return e->code;
    return check_sense(c, name, e);
}

/* Calls each language folder of <share>/datasets; "sample" is not one. */
static int language_folders(const char ***names, size_t *n, const char *root, struct arena *mem,
                            struct err *e)
{
    const char **all;
    size_t n_all;
    if (file_list(&all, &n_all, root, mem, e) < 0)
        return e->code;
    *names = arena_array(mem, n_all + 1, sizeof **names);
    *n = 0;
    for (size_t i = 0; i < n_all; i++)
        if (strcmp(all[i], "sample") != 0 && file_is_dir(arena_printf(mem, "%s/%s", root, all[i])))
            (*names)[(*n)++] = all[i];
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int catalog_names(const char ***names, size_t *n, const char *share, struct arena *mem,
                  struct err *e)
{
    const char *root = arena_printf(mem, "%s/datasets", share), **lang;
    size_t n_lang, cap = 0;
    if (language_folders(&lang, &n_lang, root, mem, e) < 0)
        return e->code;
    const char **found = NULL;
    *n = 0;
    for (size_t i = 0; i < n_lang; i++) {
        const char **file;
        size_t n_file;
        if (file_list(&file, &n_file, arena_printf(mem, "%s/%s", root, lang[i]), mem, e) < 0) {
            free(found);
            return e->code;
        }
        for (size_t k = 0; k < n_file; k++) {
            size_t len = strlen(file[k]);
            if (len <= 5 || strcmp(file[k] + len - 5, ".json") != 0)
                continue;
            found = grow(found, *n, &cap, sizeof *found);
            found[(*n)++] = arena_strndup(mem, file[k], len - 5);
        }
    }
    *names = arena_array(mem, *n + 1, sizeof **names);
    if (*n) {
        qsort(found, *n, sizeof *found, by_text);
        memcpy(*names, found, *n * sizeof *found);
    }
    free(found);
    return 0;
}

static int unknown_name(const char *share, const char *name, struct arena *mem, struct err *e)
{
    const char **names;
    size_t n;
    if (catalog_names(&names, &n, share, mem, e) < 0)
        return e->code;
    const char *near = nearest_word(name, names, n);
    if (near)
        return err_set(e, ERR_USAGE, "no data set '%s' (did you mean '%s'?)", name, near);
    return err_set(e, ERR_USAGE, "no data set '%s'; 'evalrun data list' shows all", name);
}

static int find_file(const char **path, const char *share, const char *name, struct arena *mem,
                     struct err *e)
{
    const char *root = arena_printf(mem, "%s/datasets", share), **lang;
    size_t n_lang;
    if (language_folders(&lang, &n_lang, root, mem, e) < 0)
        return e->code;
    for (size_t i = 0; i < n_lang && *name && !strchr(name, '/'); i++) {
        *path = arena_printf(mem, "%s/%s/%s.json", root, lang[i], name);
        if (file_exists(*path))
            return 0;
    }
    return unknown_name(share, name, mem, e);
}

int catalog_load(struct catalog_entry **out, const char *share, const char *name, struct err *e)
{
    struct catalog_entry *c = xcalloc(1, sizeof *c);
    const char *path = NULL;
    int rc = find_file(&path, share, name, &c->mem, e);
    if (rc < 0)
        goto done;
    rc = json_read_file(&c->tree, path, CATALOG_LIMIT, e);
    if (rc < 0)
        goto done;
    rc = read_entry(c, name, e);
    if (rc < 0)
        err_in(e, "%s", path);
done:
    if (rc < 0)
        catalog_free(c);
    else
        *out = c;
    return rc;
}

void catalog_free(struct catalog_entry *c)
{
    if (!c)
        return;
    cJSON_Delete(c->tree);
    arena_release(&c->mem);
    free(c);
}

const struct catalog_split *catalog_split(const struct catalog_entry *c, const char *name)
{
    for (size_t i = 0; i < c->n_split; i++)
        if (strcmp(c->split[i].name, name) == 0)
            return &c->split[i];
    return NULL;
}

const struct catalog_subset *catalog_subset(const struct catalog_entry *c, const char *name)
{
    for (size_t i = 0; i < c->n_subset; i++)
        if (strcmp(c->subset[i].name, name) == 0)
            return &c->subset[i];
    return NULL;
}

size_t catalog_expected(const struct catalog_entry *c, const struct catalog_split *split,
                        const struct catalog_subset *subset)
{
    if (split->n_each)
        return split->n_each;
    return split == c->split ? subset->n_expected : 0;
}
