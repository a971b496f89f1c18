#include "evaluator/rebuild.h"

#include <stdlib.h>
#include <string.h>

#include "base/dirs.h"
#include "datasets/dataset.h"
#include "evaluator/custom.h"
#include "tasks/task.h"

struct rebuild {
    struct dataset_where where;
    struct task *task;
    struct dataset *data;
    struct pool *pool;
    struct sample sample; /* the row that was read last; row NULL before */
    struct arena row_mem; /* of that row and its question */
    struct arena mem;
};

static int find_data(struct rebuild *b, const struct manifest *m, const char *data_dir,
                     struct err *e)
{
    b->where.data = data_dir ? data_dir : json_text(m->asked, "data-dir", NULL);
    if (!b->where.data && dirs_data(&b->where.data, &b->mem, e) < 0)
        return e->code;
    return dirs_share(&b->where.share, &b->mem, e);
}

static int check_hash(const char *what, const char *stored, const char *here, struct err *e)
{
    if (!strcmp(stored, here))
        return 0;
    return err_set(e, ERR_MISMATCH, "the %s is not that of the run (SHA-256 %.12s / %.12s)",
                   what, stored, here);
}

static int open_data(struct rebuild *b, const struct manifest_task *t, struct err *e)
{
    const struct task_facts *f = task_facts(b->task);
    const char **subset = arena_array(&b->mem, t->n_subset, sizeof *subset);
    for (size_t i = 0; i < t->n_subset; i++)
        subset[i] = t->subset[i].name;
    const struct dataset_query q = { .name = t->dataset, .split = t->split,
                                     .sample = t->sample, .subset = subset,
                                     .n_subset = t->n_subset };
    if (dataset_open(&b->data, &b->where, &q, e) < 0 ||
        check_hash("data set", t->data_sha256, dataset_facts(b->data)->sha256, e) < 0)
        return e->code;
    if (f->shots > 0 && f->shot_split) {
        if (pool_open(&b->pool, &b->where, t->dataset, f->shot_split, t->sample, e) < 0 ||
            check_hash("few-shot data", t->shots_sha256, pool_sha256(b->pool), e) < 0)
            return e->code;
    }
    return task_bind(b->task, b->pool, dataset_facts(b->data), e);
}

int rebuild_open(struct rebuild **out, const struct manifest *m, const struct manifest_task *t,
                 const char *data_dir, struct err *e)
{
    struct rebuild *b = xcalloc(1, sizeof *b);
    const struct task_query q = { .name = t->task, .recipe = t->recipe, .split = t->split,
                                  .shots = t->shots,
                                  .seed = t->seed, .permute = t->permute,
                                  .contamination = t->contamination,
                                  .rules = t->rules,
                                  .chat = t->chat ? CHAT_ON : CHAT_OFF };
    char *where = xprintf("%s/run.json: %s", m->dir, t->task);
    int rc = find_data(b, m, data_dir, e);
    if (rc == 0)
        b->where.share = custom_share(b->where.share, b->where.data, "datasets", t->dataset,
                                      &b->mem);
    if (rc == 0)
        rc = task_parse(&b->task, t->task_text, strlen(t->task_text), where, &q, e);
    if (rc == 0 && open_data(b, t, e) < 0)
        rc = err_in(e, "%s: prompts cannot be made again", where);
    free(where);
    if (rc < 0) {
        rebuild_close(b);
        return rc;
    }
    *out = b;
    return 0;
}

void rebuild_close(struct rebuild *b)
{
    if (!b)
        return;
    cJSON_Delete((cJSON *)b->sample.row);
    task_free(b->task);
    dataset_close(b->data);
    pool_close(b->pool);
    arena_release(&b->row_mem);
    arena_release(&b->mem);
    free(b);
}

/* Read on until the row of this sample. */
static int find_row(struct rebuild *b, const struct sample *wanted, struct err *e)
{
    while (!b->sample.row || b->sample.index < wanted->index) {
        cJSON_Delete((cJSON *)b->sample.row);
        b->sample = (struct sample){ 0 };
        arena_clear(&b->row_mem);
        int rc = dataset_next(b->data, &b->row_mem, &b->sample, e);
        if (rc < 0)
            return rc;
        if (rc == 0)
            break;
    }
    if (!b->sample.row || b->sample.index != wanted->index ||
        strcmp(b->sample.id, wanted->id) != 0)
        return err_set(e, ERR_MISMATCH, "sample %s is not in the data set", wanted->id);
    return 0;
}

int rebuild_prompt(struct strbuf *out, struct rebuild *b, const struct record *record,
                   size_t which, struct err *e)
{
    const struct turn *stored = &record->trace.turn[which];
    struct turn turn = { 0 };
    if (find_row(b, &record->trace.sample, e) < 0)
        return e->code;
    const struct trace so_far = { .sample = b->sample, .turn = record->trace.turn,
                                  .n_turn = which, .mem = &b->row_mem };
    int rc = task_next(b->task, &so_far, &turn, e);
    if (rc < 0)
        return err_in(e, "sample %s", record->trace.sample.id);
    if (rc == 0 || strcmp(turn.prompt, stored->prompt) != 0)
        return err_set(e, ERR_MISMATCH,
                       "sample %s: the prompt made now is not the one that was asked "
                       "(SHA-256 %.12s / %.12s)",
                       record->trace.sample.id, stored->prompt, rc ? turn.prompt : "none");
    for (size_t i = 0; i < turn.q.n_message; i++)
        strbuf_puts(out, turn.q.message[i].text);
    return 0;
}
