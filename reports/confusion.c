/* Which labels a cell's samples got where which was right. */
#include <math.h>

#include "reports/input.h"
#include "scorers/scorer.h"

/* More than a scorer takes, and little enough for any run.json. */
enum { MOST_LABELS = 256 };

/* Where a scorer of labels keeps their places in its list "labels", from 1; 0 is an
 * answer that is none. */
struct label_stats {
    size_t answered, gold;
};

static bool find_stats(struct label_stats *out, const struct scorer_type *type)
{
    if (!type)
        return false;
    *out = (struct label_stats){ stat_place(type, "answered"), stat_place(type, "gold") };
    return out->answered < type->n_stat && out->gold < type->n_stat;
}

/* False when run.json has no such list. */
static bool begin(struct confusion *c, const cJSON *spec, struct arena *mem)
{
    const cJSON *list = json_get(spec, "labels"), *item;
    size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    if (!n || n > MOST_LABELS)
        return false;
    *c = (struct confusion){ .scorer = json_text(spec, "use", ""),
                             .name = json_text(spec, "name", NULL),
                             .label = arena_array(mem, n, sizeof *c->label),
                             .count = arena_array(mem, n * (n + 1), sizeof *c->count) };
    cJSON_ArrayForEach(item, list) {
        if (!cJSON_IsString(item))
            return false;
        c->label[c->n_label++] = item->valuestring;
    }
    return true;
}

static void count_line(struct confusion *c, double right, double answered)
{
    double most = (double)c->n_label;
    if (!(right >= 1 && right <= most && answered >= 0 && answered <= most))
        return; /* of a list that run.json does not have any more */
    size_t column = answered < 1 ? c->n_label : (size_t)answered - 1;
    c->count[((size_t)right - 1) * (c->n_label + 1) + column]++;
}

static void count_lines(struct confusion *c, const struct merged *m, size_t place,
                        const struct label_stats *at)
{
    const struct scorers *s = &m->part->scorers;
    for (size_t i = 0; i < m->n; i++) {
        struct line line;
        double right, answered;
        pack_peek(&line, &m->in->pack, m->place[i]);
        if (line.failed || line.bad)
            continue;
        pack_stats(&right, &m->in->pack, &s->shape, m->place[i], s->first[place] + at->gold, 1);
        pack_stats(&answered, &m->in->pack, &s->shape, m->place[i],
                   s->first[place] + at->answered, 1);
        count_line(c, right, answered);
    }
}

void count_confusions(struct cell *out, const struct merged *m, struct arena *mem)
{
    const cJSON *spec;
    size_t place = 0;
    out->confusion = arena_array(mem, m->part->scorers.n, sizeof *out->confusion);
    cJSON_ArrayForEach(spec, m->part->task->score) {
        struct label_stats at;
        struct confusion *c = &out->confusion[out->n_confusion];
        if (find_stats(&at, m->part->scorers.type[place]) && begin(c, spec, mem)) {
            out->n_confusion++;
            count_lines(c, m, place, &at);
        }
        place++;
    }
}

size_t confusion_count(const struct confusion *c, size_t right, size_t answer)
{
    return c->count[right * (c->n_label + 1) + answer];
}

static double share(double part, double of)
{
    return of > 0 ? part / of : NAN;
}

struct label_figures confusion_label(const struct confusion *c, size_t label)
{
    struct label_figures f = { .n = 0 };
    for (size_t i = 0; i <= c->n_label; i++)
        f.n += confusion_count(c, label, i);
    for (size_t i = 0; i < c->n_label; i++)
        f.answered += confusion_count(c, i, label);
    double both = (double)confusion_count(c, label, label);
    f.precision = share(both, (double)f.answered);
    f.recall = share(both, (double)f.n);
    f.f1 = share(2 * both, (double)f.n + (double)f.answered);
    return f;
}
