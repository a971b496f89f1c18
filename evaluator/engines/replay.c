#include "evaluator/engines/replay.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "evaluator/engines/engine.h"
#include "evaluator/engines/queue.h"
#include "evaluator/journal/journal.h"
#include "evaluator/journal/manifest.h"

struct answer {
    UT_hash_handle hh;
    const struct turn *turn;
    const char *why; /* of a turn that failed */
};

struct replay {
    struct engine engine;
    struct manifest manifest;
    struct records *file; /* one per journal */
    size_t n_file, cap_file;
    struct answer *answers;
    struct arena mem;
    struct queue queue;
};

static void replay_close(struct engine *g)
{
    struct replay *r = (struct replay *)g;
    HASH_CLEAR(hh, r->answers);
    for (size_t i = 0; i < r->n_file; i++)
        records_release(&r->file[i]);
    free(r->file);
    manifest_release(&r->manifest);
    arena_release(&r->mem);
    free(r);
}

/* A failure is an answer too, unless the same question was answered as well. */
static void index_records(struct replay *r, const struct records *have)
{
    for (size_t i = 0; i < have->n; i++)
        for (size_t k = 0; k < have->record[i].trace.n_turn; k++) {
            const struct turn *t = &have->record[i].trace.turn[k];
            struct answer *found = NULL;
            r->engine.asks |= t->q.ask;
            HASH_FIND(hh, r->answers, t->question, 64, found);
            if (found && (t->a.failed || !found->turn->a.failed))
                continue;
            if (!found) {
                found = arena_alloc(&r->mem, sizeof *found);
                HASH_ADD_KEYPTR(hh, r->answers, t->question, 64, found);
            }
            found->turn = t;
            found->why = have->record[i].why;
        }
}

static int read_run(struct replay *r, const char *dir, struct err *e)
{
    if (manifest_read(&r->manifest, dir, e) < 0)
        return e->code;
    for (size_t i = 0; i < r->manifest.n_task; i++) {
        const char **paths = NULL;
        size_t n = 0;
        const struct manifest_task *t = &r->manifest.task[i];
        if (manifest_journals(&paths, &n, dir, t->task, t->recipe, &r->mem, e) < 0)
            return e->code;
        for (size_t k = 0; k < n; k++) {
            r->file = grow(r->file, r->n_file, &r->cap_file, sizeof *r->file);
            if (records_read(&r->file[r->n_file++], paths[k], e) < 0)
                return e->code;
        }
    }
    for (size_t i = 0; i < r->n_file; i++)
        index_records(r, &r->file[i]);
    if (!r->answers)
        return err_set(e, ERR_INPUT, "%s: holds no answers to replay", dir);
    return 0;
}

static int replay_open(struct engine **out, const char *where, const struct engine_options *o,
                       struct err *e)
{
    (void)o;
    struct replay *r = xcalloc(1, sizeof *r);
    r->engine.type = &engine_replay;
    if (read_run(r, where, e) < 0) {
        replay_close(&r->engine);
        return err_in(e, "replay");
    }
    *out = &r->engine;
    return 0;
}

static int replay_push(struct engine *g, const struct request *q, struct arena *mem,
                       const struct turn *turn, void *tag, struct err *e)
{
    (void)e;
    struct replay *r = (struct replay *)g;
    return queue_put(&r->queue, &(struct job){ q, turn, mem, tag });
}

static void copy_response(struct response *out, const struct response *a, struct arena *mem)
{
    *out = *a;
    out->out = arena_array(mem, a->n_out, sizeof *out->out);
    for (size_t i = 0; i < a->n_out; i++) {
        out->out[i] = a->out[i];
        if (a->out[i].text)
            out->out[i].text = arena_strdup(mem, a->out[i].text);
    }
}

static int replay_pull(struct engine *g, int wait_ms, void **tag, struct response *out,
                       struct err *e)
{
    (void)wait_ms, (void)e;
    struct replay *r = (struct replay *)g;
    struct job job;
    if (!queue_get(&r->queue, &job))
        return 0;
    *tag = job.tag;
    struct answer *found = NULL;
    HASH_FIND(hh, r->answers, job.turn->question, 64, found);
    if (found && found->turn->a.failed)
        *out = (struct response){ .failed = found->turn->a.failed, .why = found->why,
                                  .n_prompt = found->turn->a.n_prompt };
    else if (found && found->turn->a.n_out == job.q->n_out)
        copy_response(out, &found->turn->a, job.mem);
    else
        *out = (struct response){
            .failed = "mismatch",
            .why = arena_printf(job.mem, "the stored run never asked this question (%.12s)",
                                job.turn->question),
        };
    return 1;
}

static void replay_describe(const struct engine *g, struct json_writer *w)
{
    const struct replay *r = (const struct replay *)g;
    for (const cJSON *v = r->manifest.model->child; v; v = v->next)
        if (strcmp(v->string, "label") != 0 && strcmp(v->string, "spec") != 0 &&
            strcmp(v->string, "family") != 0 && strcmp(v->string, "replayed") != 0)
            json_put_tree(w, v->string, v);
    json_put_bool(w, "replayed", true);
}

const struct engine_type engine_replay = {
    .name = "replay",
    .help = "the answers of a stored run (replay:RUN); refuses questions it did not ask",
    .open = replay_open,
    .push = replay_push,
    .pull = replay_pull,
    .describe = replay_describe,
    .close = replay_close,
};
