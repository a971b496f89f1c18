/* A catalog file's JSON, key by key; docs/data-format.md describes each. */
#include "datasets/catalog_read.h"

#include <string.h>

#include "base/opt.h"

static const struct catalog_key top_keys[] = {
    { "dataset", cJSON_String, true },       { "lang", cJSON_String, true },
    { "about", cJSON_String, true },         { "licence", cJSON_String, true },
    { "noncommercial", cJSON_True, false },  { "gated", cJSON_String, false },
    { "source", cJSON_String, true },        { "citation", cJSON_String, false },
    { "urls", cJSON_Array, false },          { "hub", cJSON_Object, false },
    { "reader", cJSON_String, true },        { "header", cJSON_True, false },
    { "columns", cJSON_Array, false },       { "quoted", cJSON_True, false },
    { "rows", cJSON_String, false },         { "fields", cJSON_Array, true },
    { "id_fields", cJSON_Array, false },     { "subset_field", cJSON_String, false },
    { "splits", cJSON_Array, true },         { "subsets", cJSON_Array, false },
    { "where", cJSON_Object, false },        { NULL, 0, false },
};

static const struct catalog_key split_keys[] = {
    { "name", cJSON_String, true },       { "files", CATALOG_TEXTS, true },
    { "rows", cJSON_Number, false },      { "rows_each", cJSON_Number, false },
    { "optional", cJSON_True, false },    { "alone", cJSON_True, false },
    { "labels", cJSON_Object, false },
    { "reader", cJSON_String, false },    { "header", cJSON_True, false },
    { "columns", cJSON_Array, false },    { "quoted", cJSON_True, false },
    { "rows_path", cJSON_String, false }, { "fields", cJSON_Array, false },
    { "where", cJSON_Object, false },     { "subset", cJSON_String, false },
    { NULL, 0, false },
};

static const struct catalog_key label_keys[] = {
    { "field", cJSON_String, true },
    { "files", CATALOG_TEXTS, true },
    { NULL, 0, false },
};

static const struct catalog_key subset_keys[] = {
    { "name", cJSON_String, true },      { "title_zh", cJSON_String, false },
    { "title_en", cJSON_String, false }, { "category", cJSON_Array, false },
    { "rows", cJSON_Number, false },     { "file", cJSON_String, false },
    { "row", cJSON_Object, false },      { NULL, 0, false },
};

static bool has_type(const cJSON *item, int type)
{
    if (type == cJSON_True)
        return cJSON_IsBool(item);
    if (type == CATALOG_TEXTS)
        return cJSON_IsString(item) || cJSON_IsArray(item);
    return (item->type & 0xff) == type;
}

static const char *type_name(int type)
{
    switch (type) {
    case cJSON_True: return "true or false";
    case cJSON_Number: return "a number";
    case cJSON_Array: return "an array";
    case cJSON_Object: return "an object";
    case CATALOG_TEXTS: return "a string or an array of strings";
    default: return "a string";
    }
}

static int unknown_key(const char *key, const struct catalog_key *keys, struct err *e)
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

int catalog_check_keys(const cJSON *object, const struct catalog_key *keys, struct err *e)
{
    if (!cJSON_IsObject(object))
        return err_set(e, ERR_INPUT, "must be an object");
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        const struct catalog_key *k = keys;
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
    for (const struct catalog_key *k = keys; k->name; k++)
        if (k->need && !json_get(object, k->name))
            return err_set(e, ERR_INPUT, "key '%s' is missing", k->name);
    return 0;
}

static size_t json_count(const cJSON *object, const char *key)
{
    return (size_t)json_number(object, key, 0);
}

int catalog_texts(const char ***out, size_t *n, const cJSON *texts, struct arena *mem,
                  struct err *e)
{
    *n = 0;
    *out = arena_array(mem, (size_t)cJSON_GetArraySize(texts) + 1, sizeof **out);
    if (cJSON_IsString(texts)) {
        (*out)[(*n)++] = texts->valuestring;
        return 0;
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, texts) {
        if (!cJSON_IsString(item))
            return err_set(e, ERR_INPUT, "item %zu must be a string", *n + 1);
        (*out)[(*n)++] = item->valuestring;
    }
    return 0;
}

static int read_subset(struct catalog_entry *c, const cJSON *item, struct err *e)
{
    struct catalog_subset *s = &c->subset[c->n_subset];
    if (catalog_check_keys(item, subset_keys, e) < 0)
        return e->code;
    s->name = json_text(item, "name", "");
    s->file = json_text(item, "file", s->name);
    if (catalog_subset(c, s->name))
        return err_set(e, ERR_INPUT, "'%s' is there twice", s->name);
    if (catalog_subset_of_file(c, s->file))
        return err_set(e, ERR_INPUT, "the file '%s' is already that of '%s'", s->file,
                       catalog_subset_of_file(c, s->file)->name);
    s->title_zh = json_text(item, "title_zh", "");
    s->title_en = json_text(item, "title_en", "");
    s->n_expected = json_count(item, "rows");
    s->row = json_get(item, "row");
    if (catalog_texts(&s->category, &s->n_category, json_get(item, "category"), &c->mem, e) < 0)
        return err_in(e, "key 'category'");
    c->n_subset++;
    return 0;
}

static int read_subsets(struct catalog_entry *c, const cJSON *array, struct err *e)
{
    c->subset = arena_array(&c->mem, (size_t)cJSON_GetArraySize(array) + 1, sizeof *c->subset);
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
        if (read_subset(c, item, e) < 0)
            return err_in(e, "subsets[%zu]", c->n_subset);
    if (c->n_subset && !*c->subset_field)
        return err_set(e, ERR_INPUT, "key 'subsets' needs 'subset_field', the name under which "
                       "rows have their subset");
    return 0;
}

static int read_files(struct catalog_files *out, struct catalog_entry *c, const cJSON *object,
                      struct err *e)
{
    const cJSON *files = json_get(object, "files");
    if (catalog_texts(&out->pattern, &out->n, files, &c->mem, e) < 0)
        return err_in(e, "key 'files'");
    if (!out->n)
        return err_set(e, ERR_INPUT, "key 'files' is empty");
    for (size_t i = 0; i < out->n && !*c->subset_field; i++)
        if (strstr(out->pattern[i], "{subset}"))
            return err_set(e, ERR_INPUT, "key 'files': '{subset}' needs 'subset_field', the name "
                           "under which rows have their subset");
    return 0;
}

static int read_labels(struct catalog_split *s, struct catalog_entry *c, const cJSON *object,
                       struct err *e)
{
    if (!object)
        return 0;
    if (catalog_check_keys(object, label_keys, e) < 0 ||
        read_files(&s->label_files, c, object, e) < 0)
        return err_in(e, "key 'labels'");
    s->label = json_text(object, "field", "");
    if (!catalog_field(&s->form, s->label))
        return err_set(e, ERR_INPUT, "key 'labels': '%s' is none of 'fields'", s->label);
    return 0;
}

static int read_split(struct catalog_entry *c, const cJSON *item, struct err *e)
{
    if (catalog_check_keys(item, split_keys, e) < 0)
        return e->code;
    struct catalog_split s = { .name = json_text(item, "name", ""),
                               .n_expected = json_count(item, "rows"),
                               .n_each = json_count(item, "rows_each"),
                               .optional = json_bool(item, "optional", false),
                               .alone = json_bool(item, "alone", false),
                               .subset = json_text(item, "subset", "") };
    if (catalog_split(c, s.name))
        return err_set(e, ERR_INPUT, "'%s' is there twice", s.name);
    if (!*s.name || strchr(s.name, '/'))
        return err_set(e, ERR_INPUT, "'%s' is no name", s.name);
    if (*s.subset && !catalog_subset(c, s.subset))
        return err_set(e, ERR_INPUT, "key 'subset': no subset '%s' in 'subsets'", s.subset);
    if (read_files(&s.files, c, item, e) < 0 ||
        catalog_read_form(&s.form, item, "rows_path", &c->form, &c->mem, e) < 0 ||
        read_labels(&s, c, json_get(item, "labels"), e) < 0)
        return e->code;
    if (s.optional && !c->n_split)
        return err_set(e, ERR_INPUT, "the first split is the main one and cannot be optional");
    c->split[c->n_split++] = s;
    return 0;
}

static int read_splits(struct catalog_entry *c, const cJSON *array, struct err *e)
{
    c->split = arena_array(&c->mem, (size_t)cJSON_GetArraySize(array) + 1, sizeof *c->split);
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
        if (read_split(c, item, e) < 0)
            return err_in(e, "splits[%zu]", c->n_split);
    return c->n_split ? 0 : err_set(e, ERR_INPUT, "key 'splits' is empty");
}

/* A mistake is the split's only when it says anything of how to read. */
static int check_forms(const struct catalog_entry *c, const cJSON *splits, struct err *e)
{
    static const char *const own[] = { "reader",    "header", "columns", "quoted",
                                       "rows_path", "fields", "where" };
    const cJSON *item = splits->child;
    for (size_t i = 0; i < c->n_split; i++, item = item->next) {
        if (catalog_check_form(&c->split[i], c, e) == 0)
            continue;
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            if (json_get(item, own[k]))
                return err_in(e, "splits[%zu]", i);
        return e->code;
    }
    return 0;
}

/* A field that no split keeps is not one. */
static bool is_kept(const struct catalog_entry *c, const char *name)
{
    for (size_t i = 0; i < c->n_split; i++)
        if (catalog_field(&c->split[i].form, name))
            return true;
    return false;
}

static int check_constants(const struct catalog_entry *c, struct err *e)
{
    for (size_t i = 0; i < c->n_subset; i++) {
        const cJSON *v;
        cJSON_ArrayForEach(v, c->subset[i].row) {
            if (strcmp(v->string, c->subset_field) == 0)
                return err_set(e, ERR_INPUT, "subsets[%zu]: key 'row': '%s' is the subset's own "
                               "name", i, v->string);
            if (!is_kept(c, v->string))
                return err_set(e, ERR_INPUT, "subsets[%zu]: key 'row': '%s' is none of 'fields'",
                               i, v->string);
        }
    }
    return 0;
}

/* Splits that keep none of the fields number their rows: few-shot examples. */
static int check_id_fields(const struct catalog_entry *c, struct err *e)
{
    if (json_get(c->tree, "id_fields") && !c->n_id_field)
        return err_set(e, ERR_INPUT, "key 'id_fields' is empty");
    for (size_t i = 0; i < c->n_split; i++) {
        size_t n = 0;
        const char *lacks = NULL;
        for (size_t k = 0; k < c->n_id_field; k++)
            if (catalog_field(&c->split[i].form, c->id_field[k]))
                n++;
            else
                lacks = c->id_field[k];
        if (lacks && (n || i == 0))
            return err_set(e, ERR_INPUT, "key 'id_fields': '%s' is none of the fields of split "
                           "'%s'", lacks, c->split[i].name);
    }
    return 0;
}

static int check_counts(const struct catalog_entry *c, struct err *e)
{
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

static void read_facts(struct catalog_entry *c)
{
    const cJSON *t = c->tree;
    c->name = json_text(t, "dataset", "");
    c->lang = json_text(t, "lang", "");
    c->about = json_text(t, "about", "");
    c->licence = json_text(t, "licence", "");
    c->noncommercial = json_bool(t, "noncommercial", false);
    c->gated = json_text(t, "gated", "");
    c->source = json_text(t, "source", "");
    c->citation = json_text(t, "citation", "");
    c->subset_field = json_text(t, "subset_field", "");
}

static int check_facts(const struct catalog_entry *c, const char *name, struct err *e)
{
    if (strcmp(c->name, name) != 0)
        return err_set(e, ERR_INPUT, "key 'dataset' must be the file's name, '%s'", name);
    if (strcmp(c->lang, "zh") != 0 && strcmp(c->lang, "en") != 0)
        return err_set(e, ERR_INPUT, "key 'lang' must be \"zh\" or \"en\"");
    if (strcmp(c->subset_field, "id") == 0)
        return err_set(e, ERR_INPUT, "key 'subset_field': 'id' is taken by the store's own id");
    return 0;
}

/* Subsets before splits: constants stand for fields that a file lacks. */
int catalog_read(struct catalog_entry *c, const char *name, struct err *e)
{
    const cJSON *t = c->tree;
    if (catalog_check_keys(t, top_keys, e) < 0)
        return e->code;
    read_facts(c);
    if (check_facts(c, name, e) < 0 || read_subsets(c, json_get(t, "subsets"), e) < 0 ||
        catalog_read_form(&c->form, t, "rows", NULL, &c->mem, e) < 0 ||
        read_splits(c, json_get(t, "splits"), e) < 0 ||
        check_forms(c, json_get(t, "splits"), e) < 0 || catalog_read_upstream(c, e) < 0)
        return e->code;
    if (catalog_texts(&c->id_field, &c->n_id_field, json_get(t, "id_fields"), &c->mem, e) < 0)
        return err_in(e, "key 'id_fields'");
    if (check_constants(c, e) < 0 || check_id_fields(c, e) < 0)
        return e->code;
    return check_counts(c, e);
}
