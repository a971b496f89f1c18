/* The rows of one upstream file: checked, and put into the store's form. */
#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "datasets/import.h"
#include "datasets/reader.h"

static struct import_part *part_of(struct import *im, const struct catalog_split *split,
                                   const char *subset)
{
    for (size_t i = im->n_part; i-- > 0;)
        if (im->part[i].split == split && strcmp(im->part[i].subset, subset) == 0)
            return &im->part[i];
    im->part = grow(im->part, im->n_part, &im->part_cap, sizeof *im->part);
    struct import_part *p = &im->part[im->n_part];
    *p = (struct import_part){ .split = split, .subset = arena_strdup(&im->mem, subset),
                               .order = im->n_part++ };
    strbuf_init(&p->text, 0);
    return p;
}

/* A file at hand. */
struct source {
    struct import *im;
    const struct import_file *file;
    const struct catalog_split *split;
    struct catalog_form form; /* as the reader needs it */
    struct pattern **pattern; /* parallel to the split's fields; NULL = none */
    const cJSON **value;      /* of the latest row, parallel too */
    cJSON *cut;               /* values made by patterns, an array */
    const cJSON *label;       /* of the latest row; NULL when there are none */
    struct strbuf id;         /* of the latest row */
    struct strbuf text;       /* of any one value */
};

static bool is_absent(const cJSON *v)
{
    return !v || cJSON_IsNull(v);
}

static const cJSON *upstream_value(const struct catalog_field *f, const struct node *row)
{
    const cJSON *v = f->n_from ? NULL : json_get(row->value, f->name);
    for (size_t i = 0; i < f->n_from && is_absent(v); i++)
        v = node_find(row, f->from[i]);
    return v;
}

/* Only the part that the field's pattern takes; absent when there is none. */
static int cut_value(const cJSON **value, struct source *src, size_t i, struct err *e)
{
    const struct catalog_field *f = &src->split->form.field[i];
    struct match match;
    if (!f->match || is_absent(*value))
        return 0;
    if (!cJSON_IsString(*value))
        return err_set(e, ERR_INPUT, "field '%s': its pattern needs a text", f->name);
    const char *text = (*value)->valuestring;
    enum found found = pattern_find(src->pattern[i], text, strlen(text), 0, 1, &match);
    if (found == FOUND_LIMIT)
        return err_set(e, ERR_LIMIT, "field '%s': its pattern takes too long on this text",
                       f->name);
    *value = NULL;
    if (found == FOUND_NOTHING)
        return 0;
    char *part = xprintf("%.*s", (int)match.len, text + match.from);
    cJSON *made = cJSON_CreateString(part);
    free(part);
    cJSON_AddItemToArray(src->cut, made);
    *value = made;
    return 0;
}

/* Constants of the catalog are facts about upstream's rows, so must not
 * contradict them. */
static int take_constant(const cJSON **value, const struct catalog_field *f,
                         const struct catalog_subset *subset, struct err *e)
{
    const cJSON *constant = json_get(subset ? subset->row : NULL, f->name);
    if (!constant)
        return 0;
    if (!is_absent(*value) && !json_equal(*value, constant))
        return err_set(e, ERR_INPUT, "field '%s' is not what the catalog says of subset '%s'",
                       f->name, subset->name);
    *value = constant;
    return 0;
}

static int take_label(const cJSON **value, const struct source *src,
                      const struct catalog_field *f, struct err *e)
{
    if (!src->label || strcmp(f->name, src->split->label) != 0)
        return 0;
    if (!is_absent(*value))
        return err_set(e, ERR_INPUT, "field '%s' is in the row and in the file of labels",
                       f->name);
    *value = src->label;
    return 0;
}

static int take_values(struct source *src, const struct node *row, const char *subset,
                       struct err *e)
{
    const struct catalog_form *form = &src->split->form;
    const struct catalog_subset *known = catalog_subset(src->im->entry, subset);
    cJSON_Delete(src->cut);
    src->cut = cJSON_CreateArray();
    for (size_t i = 0; i < form->n_field; i++) {
        const struct catalog_field *f = &form->field[i];
        const cJSON **v = &src->value[i];
        *v = upstream_value(f, row);
        if (strcmp(f->name, src->im->entry->subset_field) == 0)
            continue; /* the store writes the subset's own name */
        if (cut_value(v, src, i, e) < 0 || take_constant(v, f, known, e) < 0 ||
            take_label(v, src, f, e) < 0 || import_check_value(f, *v, e) < 0)
            return e->code;
    }
    return 0;
}

/* The subset that a row itself names. */
static int row_subset(const char **subset, struct source *src, const struct node *row,
                      struct err *e)
{
    const struct catalog_entry *entry = src->im->entry;
    const struct catalog_field *f = catalog_field(&src->split->form, entry->subset_field);
    const struct catalog_field plain = { .name = entry->subset_field };
    const cJSON *v = upstream_value(f ? f : &plain, row);
    if (!import_as_text(&src->text, v) || !src->text.len)
        return err_set(e, ERR_INPUT, "field '%s' is missing", entry->subset_field);
    if (entry->n_subset && !catalog_subset(entry, src->text.s))
        return err_set(e, ERR_INPUT, "field '%s': no subset '%s' in the catalog",
                       entry->subset_field, src->text.s);
    *subset = arena_strdup(&src->im->mem, src->text.s);
    return 0;
}

static size_t hash_of(const char *text)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return (size_t)h;
}

static const char **id_slot(const struct import_ids *ids, const char *id)
{
    size_t i = hash_of(id) & (ids->n_slot - 1);
    while (ids->slot[i] && strcmp(ids->slot[i], id) != 0)
        i = (i + 1) & (ids->n_slot - 1);
    return &ids->slot[i];
}

/* False when the id is there already. It must outlive the table. */
static bool add_id(struct import_ids *ids, const char *id)
{
    if (2 * ids->n >= ids->n_slot) {
        struct import_ids old = *ids;
        ids->n_slot = old.n_slot ? 2 * old.n_slot : 1024;
        ids->slot = xcalloc(ids->n_slot, sizeof *ids->slot);
        for (size_t i = 0; i < old.n_slot; i++)
            if (old.slot[i])
                *id_slot(ids, old.slot[i]) = old.slot[i];
        free(old.slot);
    }
    const char **slot = id_slot(ids, id);
    if (*slot)
        return false;
    *slot = id;
    ids->n++;
    return true;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

/* What tells the row from others of its part: a number, or its own fields. */
static int put_key(struct strbuf *id, struct source *src, size_t n, struct err *e)
{
    const struct catalog_entry *entry = src->im->entry;
    const struct catalog_form *form = &src->split->form;
    if (!entry->n_id_field || !catalog_field(form, entry->id_field[0])) {
        strbuf_printf(id, "%zu", n);
        return 0;
    }
    for (size_t i = 0; i < entry->n_id_field; i++) {
        const struct catalog_field *f = catalog_field(form, entry->id_field[i]);
        const cJSON *v = src->value[f - form->field];
        if (!import_as_text(&src->text, v) || !src->text.len || has_control(src->text.s))
            return err_set(e, ERR_INPUT, "field '%s' is part of the id: it must be text or a "
                           "number, on one line", f->name);
        strbuf_printf(id, "%s%s", i ? "#" : "", src->text.s);
    }
    return 0;
}

static int make_id(struct strbuf *id, struct source *src, const char *subset, size_t n,
                   struct err *e)
{
    strbuf_clear(id);
    if (*subset)
        strbuf_printf(id, "%s/", subset);
    strbuf_printf(id, "%s/", src->split->name);
    if (put_key(id, src, n, e) < 0)
        return e->code;
    if (src->im->entry->n_id_field && !add_id(&src->im->ids, arena_strdup(&src->im->mem, id->s)))
        return err_set(e, ERR_INPUT, "the id '%s' is there twice; 'id_fields' of the catalog "
                       "must tell rows apart", id->s);
    return 0;
}

/* One row in the store's own form: id, subset, then the catalog's fields. */
static void put_row(struct source *src, struct import_part *p)
{
    const struct catalog_entry *entry = src->im->entry;
    const struct catalog_form *form = &src->split->form;
    struct json_writer w = { .out = &p->text };
    json_open(&w, NULL, '{');
    json_put_text(&w, "id", src->id.s);
    if (*entry->subset_field)
        json_put_text(&w, entry->subset_field, p->subset);
    for (size_t i = 0; i < form->n_field; i++)
        if (src->value[i] && strcmp(form->field[i].name, entry->subset_field) != 0)
            json_put_tree(&w, form->field[i].name, src->value[i]);
    json_close(&w, '}');
    strbuf_putc(&p->text, '\n');
    p->n++;
}

/* Rows that the catalog's `where` leaves out are as if they were not there. */
static bool is_meant(struct source *src, const struct node *row)
{
    const struct catalog_form *form = &src->split->form;
    if (!form->where)
        return true;
    if (form->where_range) {
        const cJSON *v = node_find(row, form->where);
        return cJSON_IsNumber(v) && v->valuedouble >= form->where_from &&
               v->valuedouble <= form->where_to;
    }
    bool is = import_as_text(&src->text, node_find(row, form->where)) &&
              strcmp(src->text.s, form->where_is) == 0;
    return is != form->where_not;
}

static int no_rows(const struct catalog_form *form, const char *name, size_t n_other,
                   struct err *e)
{
    if (!n_other)
        return err_set(e, ERR_INPUT, "%s: the file has no rows", name);
    if (form->where_range)
        return err_set(e, ERR_INPUT, "%s: no row has a number from %g to %g in '%s', which the "
                                     "catalog asks for", name, form->where_from, form->where_to,
                       form->where);
    if (form->where_not)
        return err_set(e, ERR_INPUT, "%s: every row has '%s' in '%s', which the catalog leaves out",
                       name, form->where_is, form->where);
    return err_set(e, ERR_INPUT, "%s: no row has '%s' in '%s', which the catalog asks for", name,
                   form->where_is, form->where);
}

static int take_row(struct source *src, const struct node *row, struct err *e)
{
    const char *subset = *src->split->subset ? src->split->subset : src->file->subset;
    if (*src->im->entry->subset_field && !*subset && row_subset(&subset, src, row, e) < 0)
        return e->code;
    if (take_values(src, row, subset, e) < 0)
        return e->code;
    struct import_part *p = part_of(src->im, src->split, subset);
    if (make_id(&src->id, src, subset, p->n, e) < 0)
        return e->code;
    put_row(src, p);
    return 0;
}

/* The reader need not find what rows have elsewhere. */
static void set_form(struct source *src)
{
    const struct catalog_form *form = &src->split->form;
    src->form = *form;
    src->form.field = arena_array(&src->im->mem, form->n_field + 1, sizeof *form->field);
    for (size_t i = 0; i < form->n_field; i++) {
        src->form.field[i] = form->field[i];
        if (catalog_is_given(src->im->entry, src->split, form->field[i].name))
            src->form.field[i].required = false;
    }
}

static int compile(struct source *src, struct err *e)
{
    const struct catalog_form *form = &src->split->form;
    src->value = xcalloc(form->n_field + 1, sizeof *src->value);
    src->pattern = xcalloc(form->n_field + 1, sizeof *src->pattern);
    for (size_t i = 0; i < form->n_field; i++)
        if (form->field[i].match && pattern_new(&src->pattern[i], form->field[i].match, e) < 0)
            return e->code;
    return 0;
}

/* Row i has line i of the labels, whether it is meant or not. */
static int take_rows(struct source *src, struct reader *r, const struct import_labels *labels,
                     struct err *e)
{
    struct node row;
    const cJSON *line = labels ? labels->line->child : NULL;
    size_t n_row = 0, n_taken = 0, n_line = labels ? (size_t)cJSON_GetArraySize(labels->line) : 0;
    int rc;
    while ((rc = reader_next(r, &row, e)) == 1) {
        src->label = line;
        line = line ? line->next : NULL;
        n_row++;
        if (!is_meant(src, &row) || (labels && !src->label))
            continue;
        n_taken++;
        if (take_row(src, &row, e) < 0)
            return reader_in(r, e);
    }
    if (rc == 0 && labels && n_line != n_row)
        return err_set(e, ERR_INPUT, "%s: rows: %zu, but lines of %s: %zu", src->file->name,
                       n_row, labels->name, n_line);
    if (rc == 0 && !n_taken)
        return no_rows(&src->form, src->file->name, n_row, e);
    return rc;
}

static void source_release(struct source *src)
{
    for (size_t i = 0; i < src->split->form.n_field; i++)
        pattern_free(src->pattern[i]);
    free(src->pattern);
    free(src->value);
    cJSON_Delete(src->cut);
    strbuf_release(&src->id);
    strbuf_release(&src->text);
}

int import_rows(struct import *im, const struct import_file *f, const struct strbuf *text,
                const struct import_labels *labels, struct err *e)
{
    struct source src = { .im = im, .file = f, .split = f->split, .id = STRBUF_INIT,
                          .text = STRBUF_INIT };
    struct reader *r = NULL;
    set_form(&src);
    int rc = compile(&src, e);
    if (rc == 0)
        rc = reader_open(&r, &src.form, f->name, text->s, text->len, e);
    if (rc == 0)
        rc = take_rows(&src, r, labels, e);
    reader_close(r);
    source_release(&src);
    return rc;
}
