#include "tasks/targets.h"

#include <stdlib.h>
#include <string.h>

#include "tasks/path.h"

static void add(struct targets *out, const struct asking *a, const char *text, size_t len)
{
    const char **grown = arena_array(a->mem, out->n + 1, sizeof *grown);
    if (out->n)
        memcpy(grown, out->text, out->n * sizeof *grown);
    grown[out->n++] = arena_strndup(a->mem, text, len);
    out->text = grown;
}

/* A scorer that knows such objects reads it again. */
static void put_json(struct strbuf *out, const cJSON *object)
{
    char *json = cJSON_PrintUnformatted(object);
    strbuf_puts(out, json);
    cJSON_free(json);
}

static int add_values(struct targets *out, const struct asking *a, const struct values *found,
                      const char *path)
{
    struct strbuf text = STRBUF_INIT;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < found->n; i++) {
        strbuf_clear(&text);
        if (cJSON_IsObject(found->at[i]))
            put_json(&text, found->at[i]);
        else
            rc = path_text(&text, found->at[i], path, a->e);
        if (rc == 0)
            add(out, a, text.s, text.len);
    }
    strbuf_release(&text);
    return rc;
}

/* "path?": what is missing or null is no answer. */
static void find_optional(struct values *found, const cJSON *row, const char *path)
{
    struct err none = { 0 };
    if (path_expand(found, row, path, &none) < 0)
        found->n = 0;
    size_t n = 0;
    for (size_t i = 0; i < found->n; i++)
        if (!cJSON_IsNull(found->at[i]))
            found->at[n++] = found->at[i];
    found->n = n;
}

static int add_path(struct targets *out, const struct asking *a, const struct view *v,
                    const char *path)
{
    struct values found = { 0 };
    size_t len = strlen(path);
    bool optional = len > 1 && path[len - 1] == '?';
    const char *own = optional ? arena_strndup(a->mem, path, len - 1) : path;
    int rc = 0;
    if (optional)
        find_optional(&found, v->row, own);
    else
        rc = path_expand(&found, v->row, own, a->e);
    if (rc == 0)
        rc = add_values(out, a, &found, own);
    free(found.at);
    return rc;
}

int targets_read(struct targets *out, const struct asking *a, const struct view *v)
{
    const struct step *s = a->step;
    *out = (struct targets){ 0 };
    if (!s->targets) {
        out->text = arena_array(a->mem, 1, sizeof *out->text);
        out->n = 1;
        return view_render(out->text, a, s->target, v, 0);
    }
    for (size_t i = 0; i < s->n_targets; i++)
        if (add_path(out, a, v, s->targets[i]) < 0)
            return err_in(a->e, "%s.targets[%zu]", s->place, i);
    if (out->n == 0 && s->target_missing)
        add(out, a, "", 0);
    if (out->n > 0)
        return 0;
    return err_set(a->e, ERR_INPUT, "%s.targets: there is no right answer; where that is meant, "
                                    "target_missing is 'empty'", s->place);
}
