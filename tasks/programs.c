#include "tasks/programs.h"

#include <string.h>

#include "base/extract.h"

static const struct turn *find_writer(const struct trace *so_far, const char *name)
{
    for (size_t i = 0; i < so_far->n_turn; i++)
        if (strcmp(so_far->turn[i].step, name) == 0)
            return &so_far->turn[i];
    return NULL;
}

/* What of a draw is the program; NULL = nothing. */
static const char *find_program(const struct asking *a, const struct out *draw)
{
    struct extraction found;
    bool any;
    if (draw->fault)
        return NULL;
    const char *text = extract_without_thoughts(&any, draw->text, a->mem);
    if (!a->step->clean)
        return text;
    extract_apply(&found, a->step->clean, text, a->sample->subset, a->mem);
    return found.text;
}

static int add_solutions(struct turn *out, const struct asking *a, const struct view *v)
{
    const struct turn *t = find_writer(a->so_far, a->step->of);
    struct view draw = *v;
    if (!t)
        return err_set(a->e, ERR_MISMATCH, "%s: there is no answer of step '%s'", a->step->place,
                       a->step->of);
    const char **solution = arena_array(a->mem, t->a.n_out, sizeof *solution);
    for (size_t i = 0; i < t->a.n_out; i++) {
        solution[i] = "";
        draw.out = find_program(a, &t->a.out[i]);
        if (draw.out && view_render(&solution[i], a, a->step->solution, &draw, 0) < 0)
            return a->e->code;
    }
    out->q.variant = solution;
    out->q.n_out = t->a.n_out;
    return 0;
}

int programs_add(struct turn *out, const struct asking *a, const struct view *v)
{
    const struct step *s = a->step;
    struct exec *exec = arena_alloc(a->mem, sizeof *exec);
    exec->limit_s = s->limit_s;
    exec->memory_mb = s->memory_mb;
    if (programs_language(&exec->language, a) < 0 ||
        view_render(&exec->given, a, s->given, v, 0) < 0 ||
        view_render(&exec->test, a, s->test, v, 0) < 0 ||
        view_render(&exec->entry, a, s->entry, v, 0) < 0)
        return a->e->code;
    out->q.exec = exec;
    return add_solutions(out, a, v);
}

int programs_language(const char **out, const struct asking *a)
{
    cJSON *nothing = cJSON_CreateObject();
    const struct view v = { .row = nothing };
    int rc = view_render(out, a, a->step->language, &v, 0);
    cJSON_Delete(nothing);
    if (rc == 0 && !**out)
        rc = err_set(a->e, ERR_INPUT, "%s: no language is named", prompt_place(a->step->language));
    return rc;
}
