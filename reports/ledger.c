/* How the answers of a cell's samples were found. */
#include <string.h>

#include "base/extract.h"
#include "reports/input.h"
#include "scorers/scorer.h"

/* Where a scorer of written text keeps what is told of its answers. */
struct answer_stats {
    size_t extracted, rule, thoughts;
};

/* False for a scorer of anything else. */
static bool find_stats(struct answer_stats *out, const struct scorer_type *type)
{
    if (!type)
        return false;
    *out = (struct answer_stats){ stat_place(type, "extracted"), stat_place(type, "rule"),
                                  stat_place(type, "thoughts") };
    return out->extracted < type->n_stat && out->rule < type->n_stat &&
           out->thoughts < type->n_stat;
}

cJSON *ledger_with_rules(const cJSON *specs, const cJSON *extract)
{
    cJSON *copy = cJSON_Duplicate(specs, true), *spec;
    struct answer_stats unused;
    cJSON_ArrayForEach(spec, copy) {
        if (!find_stats(&unused, scorer_find(json_text(spec, "use", ""))))
            continue;
        cJSON_DeleteItemFromObjectCaseSensitive(spec, "extract");
        cJSON_AddItemToObject(spec, "extract", cJSON_Duplicate(extract, true));
    }
    return copy;
}

/* The set that an entry of the score list names. */
static const char *set_name(const cJSON *sets, size_t place, struct arena *mem)
{
    const char *at = arena_printf(mem, "score[%zu].extract", place);
    const cJSON *set;
    cJSON_ArrayForEach(set, sets)
        if (!strcmp(json_text(set, "at", ""), at))
            return json_text(set, "name", NULL);
    return NULL;
}

static void count_line(struct ledger *l, const double *stat, const struct answer_stats *at)
{
    double rule = stat[at->rule];
    l->n++;
    l->thoughts += stat[at->thoughts] > 0;
    if (rule < 0)
        l->gave_up++;
    else if (rule >= 1 && rule <= (double)l->n_rule)
        l->rule[(size_t)rule - 1].n++;
    else if (!l->n_rule && stat[at->extracted] > 0)
        l->whole++;
    else
        l->none++;
}

static void count_lines(struct ledger *l, const struct merged *m, size_t place,
                        const struct answer_stats *at, struct arena *mem)
{
    const struct scorers *s = &m->part->scorers;
    size_t n = s->type[place]->n_stat;
    double *stat = arena_array(mem, n, sizeof *stat);
    for (size_t i = 0; i < m->n; i++) {
        struct line line;
        pack_peek(&line, &m->in->pack, m->place[i]);
        if (line.failed || line.bad)
            continue;
        pack_stats(stat, &m->in->pack, &s->shape, m->place[i], s->first[place], n);
        count_line(l, stat, at);
    }
}

static void begin(struct ledger *l, const cJSON *spec, struct arena *mem)
{
    const cJSON *list = json_get(spec, "extract");
    l->scorer = json_text(spec, "use", "");
    l->name = json_text(spec, "name", NULL);
    l->n_rule = (size_t)cJSON_GetArraySize(list);
    l->rule = arena_array(mem, l->n_rule, sizeof *l->rule);
    for (size_t i = 0; i < l->n_rule; i++)
        l->rule[i].rule = extract_label(list, i + 1, mem);
}

void count_ledgers(struct cell *out, const struct merged *m, const char *extract_name,
                   struct arena *mem)
{
    const struct manifest_task *task = m->part->task;
    const cJSON *spec;
    size_t place = 0;
    out->ledger = arena_array(mem, m->part->scorers.n, sizeof *out->ledger);
    cJSON_ArrayForEach(spec, task->score) {
        struct answer_stats at;
        if (find_stats(&at, m->part->scorers.type[place])) {
            struct ledger *l = &out->ledger[out->n_ledger++];
            begin(l, spec, mem);
            l->rules = extract_name ? extract_name : set_name(task->rules, place, mem);
            count_lines(l, m, place, &at, mem);
        }
        place++;
    }
}
