#include "reports/json_beside.h"

#include <string.h>

#include "scorers/scorer.h"

const char *section_name(enum section section)
{
    static const char *const name[SECTION_COUNT] = { [SECTION_MAIN] = "main",
                                                     [SECTION_ROBUSTNESS] = "robustness",
                                                     [SECTION_CONTAMINATION] = "contamination" };
    return name[section];
}

void json_marks(struct json_writer *w, struct marks marks)
{
    json_open(w, "marks", '[');
    for (size_t i = 0; i < marks.n; i++)
        json_put_text(w, NULL, marks.mark[i].text);
    json_close(w, ']');
}

static void put_members(struct json_writer *w, const struct figure *f)
{
    json_put_number(w, "value", f->value);
    json_put_number(w, "low", f->ci.low);
    json_put_number(w, "high", f->ci.high);
    json_put_int(w, "n", (int64_t)f->n);
    if (f->resampled)
        json_put_text(w, "interval", "bootstrap");
}

void json_figure(struct json_writer *w, const char *key, const struct figure *f)
{
    json_open(w, key, '{');
    put_members(w, f);
    json_close(w, '}');
}

void json_groups(struct json_writer *w, const struct report *r)
{
    json_open(w, "groups", '[');
    for (size_t g = 0; g < r->n_group; g++) {
        const struct task_set *s = &r->group[g];
        json_open(w, NULL, '{');
        json_put_text(w, "name", s->name);
        json_put_text(w, "about", s->about);
        json_open(w, "members", '[');
        for (size_t i = 0; i < s->n_member; i++)
            json_put_text(w, NULL, s->member[i]);
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* How many tasks an average is over, and what it is not. */
static void put_set(struct json_writer *w, const struct report *r,
                    const struct average_figure *a, struct arena *mem)
{
    struct marks marks = set_marks(r, a->of, false, mem);
    struct marks own = average_marks(a, false, mem);
    for (size_t i = 0; i < own.n; i++)
        marks.mark[marks.n++] = own.mark[i];
    json_put_int(w, "n_tasks", (int64_t)a->n_task);
    json_put_int(w, "n_tasks_of", (int64_t)a->of->n_tasks);
    json_put_int(w, "n_left_out", (int64_t)a->of->n_left_out);
    json_marks(w, marks);
}

static void put_averages(struct json_writer *w, const struct report *r,
                         const struct model_row *row, struct arena *mem)
{
    json_open(w, "averages", '[');
    for (size_t l = 0; l < r->n_lang; l++) {
        json_open(w, NULL, '{');
        json_put_text(w, "lang", r->lang[l].name);
        put_members(w, &row->average[l].macro);
        put_set(w, r, &row->average[l], mem);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_open(w, "groups", '[');
    for (size_t g = 0; g < r->n_group; g++) {
        json_open(w, NULL, '{');
        json_put_text(w, "name", r->group[g].name);
        json_figure(w, "macro", &row->group[g].macro);
        json_figure(w, "micro", &row->group[g].micro);
        put_set(w, r, &row->group[g], mem);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_pair(struct json_writer *w, const struct report *r, const struct pair_gap *g,
                     struct arena *mem)
{
    static const char *const why[] = { [PAIR_GIVEN] = NULL,
                                       [PAIR_REPEATED] = "ids repeat",
                                       [PAIR_NO_MEAN] = "the metric is no mean over items",
                                       [PAIR_APART] = "no item was answered in both" };
    const struct column *zh = &r->column[g->zh];
    json_open(w, NULL, '{');
    json_put_text(w, "pair", zh->pair);
    json_put_text(w, "recipe", zh->recipe);
    json_put_int(w, "shots", zh->shots);
    json_put_int(w, "column_zh", (int64_t)g->zh);
    json_put_int(w, "column_en", (int64_t)g->en);
    json_put_text(w, "metric", zh->headline ? zh->headline->name : NULL);
    json_put_number(w, "zh", g->zh_value);
    json_put_number(w, "en", g->en_value);
    json_figure(w, "gap", &g->gap);
    json_put_int(w, "only_zh", (int64_t)g->only_zh);
    json_put_int(w, "only_en", (int64_t)g->only_en);
    json_put_text(w, "refused", why[g->state]);
    json_marks(w, pair_marks(r, g, false, mem));
    json_close(w, '}');
}

static void put_draws(struct json_writer *w, const struct report *r, const struct draws *d,
                      struct arena *mem)
{
    const struct column *c = &r->column[d->column];
    json_open(w, NULL, '{');
    json_put_text(w, "task", c->task);
    json_put_text(w, "recipe", arena_strndup(mem, c->recipe, d->base_len));
    json_put_int(w, "shots", c->shots);
    json_put_text(w, "metric", c->headline ? c->headline->name : NULL);
    json_put_int(w, "n_draws", (int64_t)d->n);
    json_put_number(w, "mean", d->mean);
    json_put_number(w, "sd", d->deviation);
    json_put_number(w, "min", d->min);
    json_put_number(w, "max", d->max);
    json_marks(w, column_marks(c, false, mem));
    json_close(w, '}');
}

static void put_published(struct json_writer *w, const struct report *r,
                          const struct published_figure *p, struct arena *mem)
{
    const struct column *c = &r->column[p->column];
    json_open(w, NULL, '{');
    json_put_int(w, "column", (int64_t)p->column);
    json_put_text(w, "task", c->task);
    json_put_text(w, "metric", p->metric);
    json_put_number(w, "published", p->value);
    json_put_text(w, "recipe", p->recipe);
    if (p->shots < 0)
        json_put_null(w, "shots");
    else
        json_put_int(w, "shots", p->shots);
    json_put_text(w, "split", p->split);
    json_put_text(w, "source", p->source);
    json_put_bool(w, "unconfirmed", p->unconfirmed);
    json_put_text(w, "verdict", word(published_verdict(c, p), false));
    if (p->measured)
        json_figure(w, "measured", p->measured);
    else
        json_put_null(w, "measured");
    json_marks(w, column_marks(c, false, mem));
    json_close(w, '}');
}

void json_beside(struct json_writer *w, const struct report *r, const struct model_row *row,
                 struct arena *mem)
{
    put_averages(w, r, row, mem);
    json_open(w, "pairs", '[');
    for (size_t i = 0; i < row->n_pair; i++)
        put_pair(w, r, &row->pair[i], mem);
    json_close(w, ']');
    json_figure(w, "mean_gap", &row->mean_gap);
    json_open(w, "draws", '[');
    for (size_t i = 0; i < row->n_draws; i++)
        put_draws(w, r, &row->draws[i], mem);
    json_close(w, ']');
    json_open(w, "published", '[');
    for (size_t i = 0; i < row->n_published; i++)
        put_published(w, r, &row->published[i], mem);
    json_close(w, ']');
}
