#include "tasks/options.h"

#include <stdlib.h>
#include <string.h>

#include "tasks/path.h"
#include "tasks/rotate.h"

/* A worked example may have no options: only what speaks of them needs any. */
void view_row(struct view *out, const struct asking *a, const cJSON *row)
{
    const struct step *s = a->step;
    const cJSON *list = s->each ? path_find(row, s->each) : NULL;
    *out = (struct view){
        .row = row,
        .options = { .list = list, .line = s->option, .separator = s->option_separator,
                     .n = s->each ? (size_t)cJSON_GetArraySize(list)
                                  : s->n_choice + s->n_offer },
    };
}

int view_render(const char **out, const struct asking *a, const struct prompt *p,
                const struct view *v, size_t place)
{
    struct strbuf text = STRBUF_INIT;
    const struct prompt_source source = {
        .row = v->row, .subset = a->subset, .lang = a->lang, .options = &v->options,
        .place = place, .so_far = a->so_far, .out = v->out,
    };
    int rc = prompt_render(&text, p, &source, a->e);
    if (rc == 0)
        *out = arena_strndup(a->mem, text.s, text.len);
    strbuf_release(&text);
    return rc;
}

int view_render_all(const char ***out, const struct asking *a, const struct prompt *const *p,
                    size_t n_p, const struct view *v)
{
    size_t n = v->options.n;
    *out = arena_array(a->mem, n, sizeof **out);
    for (size_t i = 0; i < n; i++)
        if (view_render(&(*out)[i], a, p[n_p == n ? i : 0], v, i) < 0)
            return a->e->code;
    return 0;
}

/* ---- which are right */

/* A reader of the right answers of one row. */
struct finder {
    struct options *o;
    const struct asking *a;
    const struct view *v;
    const char *place; /* begins the errors */
    struct err *e;
};

static int no_such_choice(const struct finder *f, const char *answer)
{
    struct strbuf list = STRBUF_INIT;
    for (size_t i = 0; i < f->o->n; i++)
        strbuf_printf(&list, "%s%s", i ? ", " : "", f->o->label[i]);
    int rc = err_set(f->e, ERR_INPUT, "%s: answer '%s' is none of the choices %s", f->place,
                     answer, list.s);
    strbuf_release(&list);
    return rc;
}

static void add_gold(const struct finder *f, size_t place)
{
    struct options *o = f->o;
    for (size_t i = 0; i < o->n_gold; i++)
        if (o->gold[i] == place)
            return;
    o->gold[o->n_gold++] = (uint32_t)place;
}

/* None of the choices: a row without a right one, where the step allows it. */
static int add_missing(const struct finder *f, const char *answer)
{
    struct options *o = f->o;
    if (!f->a->step->gold_missing)
        return no_such_choice(f, answer);
    o->target = arena_array(f->a->mem, 1, sizeof *o->target);
    o->target[0] = arena_strdup(f->a->mem, answer);
    o->n_target = 1;
    return 0;
}

static int add_by_text(const struct finder *f, const char *answer)
{
    for (size_t i = 0; i < f->o->n; i++)
        if (strcmp(f->o->label[i], answer) == 0) {
            add_gold(f, i);
            return 0;
        }
    return add_missing(f, answer);
}

/* What is wrong with the value at `gold`. */
static int bad_gold(const struct finder *f, const char *value, const char *wanted)
{
    return err_set(f->e, ERR_INPUT, "%s: '%s' is '%.40s', not %s", f->place, f->a->step->gold,
                   value, wanted);
}

static int out_of_choices(const struct finder *f, const char *value)
{
    if (f->a->step->gold_missing)
        return add_missing(f, value);
    return err_set(f->e, ERR_INPUT, "%s: '%s' is '%.40s', and there are %zu choices", f->place,
                   f->a->step->gold, value, f->o->n);
}

static int add_by_place(const struct finder *f, const char *text)
{
    size_t first = f->a->step->gold_is == GOLD_NUMBER, i = 0;
    if (!strcmp(text, "true") || !strcmp(text, "false"))
        text = *text == 't' ? "1" : "0";
    if (!*text || text[strspn(text, "0123456789")])
        return bad_gold(f, text, first ? "a choice's number, from 1"
                                       : "a choice's place, from 0");
    for (const char *c = text; *c && i <= f->o->n; c++)
        i = 10 * i + (size_t)(*c - '0');
    if (i < first || i - first >= f->o->n)
        return out_of_choices(f, text);
    add_gold(f, i - first);
    return 0;
}

/* "AC" and "A C"; a list may hold other things than letters, which are no answers. */
static int add_by_letters(const struct finder *f, const char *text, bool in_list)
{
    for (const char *c = text; *c; c++) {
        if (*c == ' ')
            continue;
        if (in_list && (*c < 'A' || *c > 'Z'))
            return 0;
        if (*c < 'A' || *c > 'Z')
            return bad_gold(f, text, "a choice's letter, or several");
        if ((size_t)(*c - 'A') >= f->o->n)
            return out_of_choices(f, text);
        add_gold(f, (size_t)(*c - 'A'));
    }
    return 0;
}

static void add_items(struct values *out, const cJSON *list)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list) {
        out->at = grow(out->at, out->n, &out->cap, sizeof *out->at);
        out->at[out->n++] = item;
    }
}

/* The labels in their order: of the task file, or at a path of the row. */
static int find_labels(struct values *out, const struct finder *f)
{
    const cJSON *labels = f->a->step->gold_labels;
    if (cJSON_IsArray(labels)) {
        add_items(out, labels);
        return 0;
    }
    if (path_expand(out, f->v->row, labels->valuestring, f->e) < 0)
        return err_in(f->e, "%s.gold_labels", f->a->step->place);
    if (!strchr(labels->valuestring, '*')) {
        const cJSON *list = out->at[0];
        out->n = 0;
        add_items(out, list);
    }
    return 0;
}

/* A label is compared as templates would put it: 5 is "5". */
static bool is_text(const cJSON *label, const char *text)
{
    struct strbuf own = STRBUF_INIT;
    struct err none = { 0 };
    bool same = path_text(&own, label, "", &none) == 0 && strcmp(own.s, text) == 0;
    strbuf_release(&own);
    return same;
}

static int add_by_label(const struct finder *f, const char *text)
{
    struct values labels = { 0 };
    size_t i = 0;
    int rc = find_labels(&labels, f);
    while (rc == 0 && i < labels.n && !is_text(labels.at[i], text))
        i++;
    if (rc == 0 && i < labels.n && i < f->o->n)
        add_gold(f, i);
    else if (rc == 0 && f->a->step->gold_missing)
        rc = add_missing(f, text);
    else if (rc == 0)
        rc = bad_gold(f, text, "the label of a choice");
    free(labels.at);
    return rc;
}

static int add_one(const struct finder *f, const cJSON *value, bool in_list)
{
    struct strbuf text = STRBUF_INIT;
    enum gold_is is = f->a->step->gold_is;
    int rc = path_text(&text, value, f->a->step->gold, f->e);
    if (rc < 0)
        (void)err_in(f->e, "%s", f->place);
    else if (is == GOLD_TEXT)
        rc = add_by_text(f, text.s);
    else if (is == GOLD_LABEL)
        rc = add_by_label(f, text.s);
    else
        rc = is == GOLD_LETTER ? add_by_letters(f, text.s, in_list) : add_by_place(f, text.s);
    strbuf_release(&text);
    return rc;
}

/* As many 0 and 1 as there are choices, in a list or as an object's values. */
static int add_flags(const struct finder *f, const cJSON *list)
{
    const char *path = f->a->step->gold;
    const cJSON *item;
    size_t i = 0, n = (size_t)cJSON_GetArraySize(list);
    if ((!cJSON_IsArray(list) && !cJSON_IsObject(list)) || n != f->o->n)
        return err_set(f->e, ERR_INPUT, "%s: '%s' is not a list of %zu flags, one for each "
                                        "choice", f->place, path, f->o->n);
    cJSON_ArrayForEach(item, list) {
        double flag = cJSON_IsBool(item) ? cJSON_IsTrue(item) != 0
                      : cJSON_IsNumber(item) ? item->valuedouble
                                             : -1;
        if (flag != 0 && flag != 1)
            return err_set(f->e, ERR_INPUT, "%s: '%s' holds something other than 0 and 1",
                           f->place, path);
        if (flag == 1)
            add_gold(f, i);
        i++;
    }
    return 0;
}

static int read_gold(struct finder *f)
{
    const struct step *s = f->a->step;
    const cJSON *value, *item;
    f->place = arena_printf(f->a->mem, "%s.gold", s->place);
    if (path_need(&value, f->v->row, s->gold, f->e) < 0)
        return err_in(f->e, "%s", f->place);
    if (s->gold_is == GOLD_FLAGS)
        return add_flags(f, value);
    if (!cJSON_IsArray(value))
        return add_one(f, value, false);
    cJSON_ArrayForEach(item, value)
        if (add_one(f, item, true) < 0)
            return f->e->code;
    return 0;
}

static int read_target(struct finder *f)
{
    const struct prompt *p = f->a->step->target;
    const char *target;
    f->place = prompt_place(p);
    if (view_render(&target, f->a, p, f->v, 0) < 0)
        return f->e->code;
    return add_by_text(f, target);
}

static void set_targets(struct options *o, const struct asking *a)
{
    if (o->n_gold == 0)
        return;
    o->target = arena_array(a->mem, o->n_gold, sizeof *o->target);
    o->n_target = o->n_gold;
    for (size_t i = 0; i < o->n_gold; i++)
        o->target[i] = o->label[o->gold[i]];
}

int options_read(struct options *out, const struct asking *a, const struct view *v)
{
    const struct step *s = a->step;
    struct finder f = { .o = out, .a = a, .v = v, .e = a->e };
    *out = (struct options){ 0 };
    if (options_count(&out->n, s, v->row, a->e) < 0)
        return a->e->code;
    out->gold = arena_array(a->mem, out->n, sizeof *out->gold);
    if (view_render_all(&out->label, a, s->choice, s->n_choice, v) < 0 ||
        (s->gold ? read_gold(&f) : read_target(&f)) < 0)
        return a->e->code;
    set_targets(out, a);
    if (out->n_gold || s->gold_missing)
        return 0;
    return err_set(a->e, ERR_INPUT, "%s: '%s' names no right choice", f.place, s->gold);
}

void options_rotate(struct options *o, const struct asking *a, const char **label, size_t r)
{
    o->label = label;
    for (size_t i = 0; i < o->n_gold; i++)
        o->gold[i] = (uint32_t)((o->gold[i] + o->n - r) % o->n);
    set_targets(o, a);
}
