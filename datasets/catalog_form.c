/* How rows come out of files: the keys of a catalog entry and its splits. */
#include <string.h>

#include "base/pattern.h"
#include "datasets/catalog_read.h"
#include "datasets/reader.h"

static const struct catalog_key field_keys[] = {
    { "name", cJSON_String, true },
    { "from", CATALOG_TEXTS, false },
    { "match", cJSON_String, false },
    { "required", cJSON_True, false },
    { "one_of", cJSON_String, false },
    { NULL, 0, false },
};

static const struct catalog_key where_keys[] = {
    { "field", cJSON_String, true },
    { "is", cJSON_String, false },
    { "is_not", cJSON_String, false },
    { "from", cJSON_Number, false },
    { "to", cJSON_Number, false },
    { NULL, 0, false },
};

static int check_match(const char *match, struct err *e)
{
    struct pattern *p = NULL;
    if (pattern_new(&p, match, e) < 0)
        return err_in(e, "key 'match'");
    size_t n = pattern_groups(p);
    pattern_free(p);
    if (n == 1)
        return 0;
    return err_set(e, ERR_INPUT, "key 'match' must have one group (), and has %zu", n);
}

static int read_field(struct catalog_form *form, const cJSON *item, struct arena *mem,
                      struct err *e)
{
    if (catalog_check_keys(item, field_keys, e) < 0)
        return e->code;
    struct catalog_field f = { .name = json_text(item, "name", ""),
                               .match = json_text(item, "match", NULL),
                               .required = json_bool(item, "required", false),
                               .one_of = json_text(item, "one_of", NULL) };
    if (!*f.name)
        return err_set(e, ERR_INPUT, "key 'name' is empty");
    if (strcmp(f.name, "id") == 0)
        return err_set(e, ERR_INPUT, "'id' is taken by the store's own id; give it another "
                       "'name' and \"from\": \"id\"");
    if (catalog_field(form, f.name))
        return err_set(e, ERR_INPUT, "'%s' is there twice", f.name);
    if (catalog_texts(&f.from, &f.n_from, json_get(item, "from"), mem, e) < 0)
        return err_in(e, "key 'from'");
    if (f.match && check_match(f.match, e) < 0)
        return e->code;
    form->field[form->n_field++] = f;
    return 0;
}

static int read_fields(struct catalog_form *form, const cJSON *array, struct arena *mem,
                       struct err *e)
{
    form->field = arena_array(mem, (size_t)cJSON_GetArraySize(array) + 1, sizeof *form->field);
    form->n_field = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
        if (read_field(form, item, mem, e) < 0)
            return err_in(e, "fields[%zu]", form->n_field);
    return form->n_field ? 0 : err_set(e, ERR_INPUT, "key 'fields' is empty");
}

/* A reader of its own takes over nothing that is for another one. */
static struct catalog_form inherit(const cJSON *object, const struct catalog_form *base)
{
    if (!base)
        return (struct catalog_form){ .reader = json_text(object, "reader", "") };
    struct catalog_form form = *base;
    const char *reader = json_text(object, "reader", NULL);
    if (reader)
        form = (struct catalog_form){ .reader = reader, .field = base->field,
                                      .n_field = base->n_field };
    if (json_get(object, "header") || json_get(object, "columns"))
        form.header = false, form.n_column = 0;
    return form;
}

static int read_where(struct catalog_form *form, const cJSON *where, struct err *e)
{
    if (catalog_check_keys(where, where_keys, e) < 0)
        return e->code;
    const char *is = json_text(where, "is", NULL), *is_not = json_text(where, "is_not", NULL);
    const cJSON *from = json_get(where, "from"), *to = json_get(where, "to");
    if (!from != !to || (is != NULL) + (is_not != NULL) + (from != NULL) != 1)
        return err_set(e, ERR_INPUT, "it must have one of the keys 'is' and 'is_not', or 'from' "
                                     "and 'to'");
    form->where_range = from != NULL;
    form->where_from = from ? from->valuedouble : 0;
    form->where_to = to ? to->valuedouble : 0;
    form->where = json_text(where, "field", NULL);
    form->where_is = is ? is : is_not;
    form->where_not = is_not != NULL;
    return 0;
}

int catalog_read_form(struct catalog_form *out, const cJSON *object, const char *rows_key,
                      const struct catalog_form *base, struct arena *mem, struct err *e)
{
    struct catalog_form form = inherit(object, base);
    const cJSON *columns = json_get(object, "columns"), *fields = json_get(object, "fields");
    form.header = json_bool(object, "header", form.header);
    form.quoted = json_bool(object, "quoted", form.quoted);
    form.rows = json_text(object, rows_key, form.rows);
    const cJSON *where = json_get(object, "where");
    if (where && read_where(&form, where, e) < 0)
        return err_in(e, "key 'where'");
    if (columns && catalog_texts(&form.column, &form.n_column, columns, mem, e) < 0)
        return err_in(e, "key 'columns'");
    if (fields && read_fields(&form, fields, mem, e) < 0)
        return e->code;
    *out = form;
    return 0;
}

static bool is_listed(const char *const *list, size_t n, const char *name, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i]) == len && memcmp(list[i], name, len) == 0)
            return true;
    return false;
}

/* The number of segments, 0 when one is empty. */
static size_t count_segments(const char *path, const char *between)
{
    size_t n = 0;
    for (const char *at = path;; at++) {
        size_t len = strcspn(at, between);
        if (!len)
            return 0;
        n++;
        at += len;
        if (!*at)
            return n;
    }
}

static int check_path(const struct catalog_form *form, const char *from, struct err *e)
{
    const char *named = from;
    size_t up = 0, depth = count_segments(form->rows ? form->rows : "*", ".");
    for (; strncmp(named, "../", 3) == 0; named += 3)
        up++;
    if (strcmp(named, "..") == 0)
        named += 2, up++;
    size_t len = strlen(named);
    bool later = strstr(named, "/../") || (len > 2 && strcmp(named + len - 3, "/..") == 0);
    if (!count_segments(from, "/") || later)
        return err_set(e, ERR_INPUT, "'%s' is no path: names apart by '/', '..' only before "
                       "them", from);
    if (up && !reader_find(form->reader)->is_tree)
        return err_set(e, ERR_INPUT, "'..' is for the reader json, a row of '%s' has nothing "
                       "around it", form->reader);
    if (up > depth)
        return err_set(e, ERR_INPUT, "'%s' leads out of the document; the rows are %zu below "
                       "its top", from, depth);
    return 0;
}

/* Does any of the field's paths begin with one of these names? */
static bool is_among(const struct catalog_field *f, const char *const *list, size_t n)
{
    for (size_t i = 0; i < f->n_from; i++)
        if (is_listed(list, n, f->from[i], strcspn(f->from[i], "/")))
            return true;
    return !f->n_from && is_listed(list, n, f->name, strlen(f->name));
}

/* Where the reader's fields are known beforehand, this one must be among them. */
static int check_field(const struct catalog_form *form, const struct catalog_field *f,
                       bool given, struct err *e)
{
    const struct reader_type *type = reader_find(form->reader);
    const char *source = f->n_from ? f->from[0] : f->name;
    size_t n = 0;
    for (size_t i = 0; i < f->n_from; i++)
        if (check_path(form, f->from[i], e) < 0)
            return err_in(e, "key 'from'");
    if (given)
        return 0;
    if (form->n_column && !is_among(f, form->column, form->n_column))
        return err_set(e, ERR_INPUT, "'%s' is none of 'columns'", source);
    while (type->field && type->field[n])
        n++;
    if (n && f->required && !is_among(f, type->field, n))
        return err_set(e, ERR_INPUT, "the reader '%s' gives no '%s'; a split may have 'fields' of "
                       "its own", form->reader, source);
    return 0;
}

static int check_columns(const struct catalog_form *form, struct err *e)
{
    const struct reader_type *type = reader_find(form->reader);
    bool has_columns = type->has_columns;
    if (!has_columns && (form->header || form->n_column))
        return err_set(e, ERR_INPUT, "keys 'header' and 'columns' are not for the reader '%s'",
                       form->reader);
    if (has_columns && !type->by_ending && !form->header && !form->n_column)
        return err_set(e, ERR_INPUT, "the reader '%s' needs \"header\": true or 'columns'",
                       form->reader);
    if (form->quoted && strcmp(form->reader, "tsv") != 0)
        return err_set(e, ERR_INPUT, "key 'quoted' is for the reader tsv, not '%s'",
                       form->reader);
    return 0;
}

int catalog_check_form(const struct catalog_split *split, const struct catalog_entry *c,
                       struct err *e)
{
    const struct catalog_form *form = &split->form;
    const struct reader_type *type = reader_find(form->reader);
    if (!type)
        return err_set(e, ERR_INPUT, "key 'reader': no reader '%s' (there are: %s)",
                       form->reader, reader_names());
    if (check_columns(form, e) < 0)
        return e->code;
    if (form->rows && !type->is_tree)
        return err_set(e, ERR_INPUT, "a path to the rows is for readers of documents, json, python "
                                     "and yaml, not '%s'", form->reader);
    if (form->rows && !count_segments(form->rows, "."))
        return err_set(e, ERR_INPUT, "'%s' is no path to the rows: '*', keys and numbers apart by "
                       "dots", form->rows);
    if (form->where && check_path(form, form->where, e) < 0)
        return err_in(e, "key 'where'");
    for (size_t i = 0; i < form->n_field; i++) {
        const struct catalog_field *f = &form->field[i];
        if (check_field(form, f, catalog_is_given(c, split, f->name), e) < 0)
            return err_in(e, "fields[%zu]", i);
    }
    return 0;
}
