/* Statistics anew from the stored answers, compared with the stored ones. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/input.h"
#include "scorers/equipment.h"
#include "scorers/scorer.h"

struct rescore {
    const struct scorer_type **type;
    void **rule;
    size_t n;
    struct equipment equipment;
};

static int add_rule(struct rescore *s, const cJSON *spec, struct err *e)
{
    const char *name = json_text(spec, "use", "");
    const struct scorer_type *type = scorer_find(name);
    if (!type)
        return err_set(e, ERR_INPUT, "there is no scorer '%s'", name);
    if (type->compile(&s->rule[s->n], spec, e) < 0)
        return e->code;
    s->type[s->n] = type;
    return equip(&s->equipment, type, s->rule[s->n++], e);
}

int rescore_open(struct rescore **out, const cJSON *specs, struct err *e)
{
    struct rescore *s = xcalloc(1, sizeof *s);
    size_t most = (size_t)cJSON_GetArraySize(specs), i = 0;
    s->type = xcalloc(most + 1, sizeof *s->type);
    s->rule = xcalloc(most + 1, sizeof *s->rule);
    const cJSON *spec;
    cJSON_ArrayForEach(spec, specs) {
        if (add_rule(s, spec, e) < 0) {
            err_in(e, "score[%zu]", i);
            rescore_close(s);
            return e->code;
        }
        i++;
    }
    *out = s;
    return 0;
}

void rescore_close(struct rescore *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        s->type[i]->free(s->rule[i]);
    equipment_release(&s->equipment);
    free(s->type);
    free(s->rule);
    free(s);
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* What differs first, in words, or NULL. */
static const char *difference(const struct scorer_type *type, const struct score *stored,
                              const struct score *now, struct arena *mem)
{
    if (!stored || strcmp(stored->scorer, type->name) || stored->n_stat != now->n_stat)
        return arena_printf(mem, "'%s' was not scored by this version", type->name);
    const char *a = stored->answer ? stored->answer : "none";
    const char *b = now->answer ? now->answer : "none";
    if (strcmp(a, b) != 0)
        return arena_printf(mem, "%s: answer: stored %s, computed %s", type->name, a, b);
    for (size_t i = 0; i < now->n_stat; i++)
        if (!same_number(stored->stat[i], now->stat[i]))
            return arena_printf(mem, "%s: %s: stored %.17g, computed %.17g", type->name,
                                type->stat[i], stored->stat[i], now->stat[i]);
    return NULL;
}

int rescore_record(const char **different, const struct rescore *s, struct record *record,
                   const char *path, struct err *e)
{
    struct arena *mem = record->trace.mem;
    struct score *score = arena_array(mem, s->n, sizeof *score);
    *different = NULL;
    for (size_t i = 0; i < s->n; i++) {
        if (s->type[i]->score(s->rule[i], &record->trace, &score[i], e) < 0)
            return err_in(e, "%s: sample %s", path, record->trace.sample.id);
        score[i].scorer = s->type[i]->name;
        if (!*different)
            *different = difference(s->type[i], i < record->n_score ? &record->score[i] : NULL,
                                    &score[i], mem);
    }
    record->score = score;
    record->n_score = s->n;
    return 0;
}
