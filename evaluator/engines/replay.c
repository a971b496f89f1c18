#include "evaluator/engines/replay.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/log.h"
#include "evaluator/engines/engine.h"
#include "evaluator/engines/queue.h"
#include "evaluator/journal/journal.h"
#include "evaluator/journal/manifest.h"

/* What one sample was answered to a question. Two samples may have asked the
 * same, and a server may have answered them differently. */
struct answer {
    struct answer *next; /* of the same question */
    const char *sample;
    const struct turn *turn;
    const char *why; /* of a turn that failed */
};

/* A question or a prompt that the run asked, or a sample that it had. */
struct known {
    UT_hash_handle hh;
    const char *key;
    struct answer *answer; /* of a question, the last one first */
};

struct replay {
    struct engine engine;
    struct manifest manifest;
    struct records *file; /* one per journal */
    size_t n_file, cap_file;
    struct known *question, *prompt, *sample;
    size_t n_asked, n_mismatch;
    size_t n_prompt, n_sample; /* of the mismatches: prompt known, else sample known */
    struct arena mem;
    struct queue queue;
};

static void say_mismatches(const struct replay *r)
{
    struct strbuf ran = STRBUF_INIT;
    if (!r->n_mismatch)
        return;
    for (size_t i = 0; i < r->manifest.n_task; i++) {
        const struct manifest_task *t = &r->manifest.task[i];
        strbuf_printf(&ran, "%s%s, recipe %s, %d shots%s", i ? "; " : "", t->task, t->recipe,
                      t->shots, t->chat ? ", chat template" : "");
    }
    const char *reason = "the samples are not those of the run: other data, subsets or limit";
    if (r->n_prompt * 2 >= r->n_mismatch)
        reason = "the prompts are the run's: the options, how text is written (tokens, "
                 "temperature, seed, draws, stop strings) or the rule for long prompts differ";
    else if (r->n_sample * 2 >= r->n_mismatch)
        reason = "the samples are the run's, the prompts are not: the recipe, the shots or the "
                 "template differ, or the rows were changed";
    log_warn("replay", "%zu of %zu questions were never asked by %s (%s); %s", r->n_mismatch,
             r->n_asked, r->manifest.dir ? r->manifest.dir : "", ran.s, reason);
    strbuf_release(&ran);
}

static void replay_close(struct engine *g)
{
    struct replay *r = (struct replay *)g;
    say_mismatches(r);
    HASH_CLEAR(hh, r->question);
    HASH_CLEAR(hh, r->prompt);
    HASH_CLEAR(hh, r->sample);
    for (size_t i = 0; i < r->n_file; i++)
        records_release(&r->file[i]);
    free(r->file);
    manifest_release(&r->manifest);
    arena_release(&r->mem);
    free(r);
}

/* --- reading ------------------------------------------------------------- */

static struct known *find(struct known *set, const char *key)
{
    struct known *found = NULL;
    HASH_FIND_STR(set, key, found);
    return found;
}

static struct known *know(struct known **set, const char *key, struct arena *mem)
{
    struct known *found = find(*set, key);
    if (!found) {
        found = arena_alloc(mem, sizeof *found);
        found->key = key;
        HASH_ADD_KEYPTR(hh, *set, key, strlen(key), found);
    }
    return found;
}

static void index_turn(struct replay *r, const struct record *record, const struct turn *t)
{
    struct known *question = know(&r->question, t->question, &r->mem);
    struct answer *a = arena_alloc(&r->mem, sizeof *a);
    *a = (struct answer){ .sample = record->trace.sample.id, .turn = t, .why = record->why,
                          .next = question->answer };
    question->answer = a;
    know(&r->prompt, t->prompt, &r->mem);
    r->engine.asks |= t->q.ask;
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
        for (size_t k = 0; k < r->file[i].n; k++) {
            const struct record *record = &r->file[i].record[k];
            know(&r->sample, record->trace.sample.id, &r->mem);
            for (size_t j = 0; j < record->trace.n_turn; j++)
                index_turn(r, record, &record->trace.turn[j]);
        }
    if (!r->question)
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

/* --- answering ----------------------------------------------------------- */

static int replay_push(struct engine *g, const struct request *q, struct arena *mem,
                       const struct turn *turn, void *tag, struct err *e)
{
    (void)e;
    struct replay *r = (struct replay *)g;
    return queue_put(&r->queue, &(struct job){ q, turn, mem, tag });
}

static const char *copy(const char *s, struct arena *mem)
{
    return s ? arena_strdup(mem, s) : NULL;
}

static void copy_response(struct response *out, const struct response *a, struct arena *mem)
{
    *out = *a;
    out->out = arena_array(mem, a->n_out + 1, sizeof *out->out);
    for (size_t i = 0; i < a->n_out; i++) {
        out->out[i] = a->out[i];
        out->out[i].text = copy(a->out[i].text, mem);
        out->out[i].thinking = copy(a->out[i].thinking, mem);
        out->out[i].fault = copy(a->out[i].fault, mem);
    }
}

/* This sample's own answer, else another's. A failure is an answer too, unless
 * the same question was answered as well. */
static const struct answer *choose(const struct replay *r, const struct job *job)
{
    const struct known *question = find(r->question, job->turn->question);
    const struct sample *s = job->turn->sample;
    const struct answer *best = NULL;
    int best_rank = -1;
    const struct answer *a = question ? question->answer : NULL;
    for (; a && best_rank < 3; a = a->next) {
        int rank = (a->turn->a.failed ? 0 : 2) + (s && !strcmp(a->sample, s->id));
        if (!a->turn->a.failed && a->turn->a.n_out != job->q->n_out)
            continue;
        if (rank >= best_rank) {
            best = a;
            best_rank = rank;
        }
    }
    return best;
}

static void miss(struct replay *r, struct response *out, const struct job *job)
{
    bool same_prompt = find(r->prompt, job->turn->prompt) != NULL;
    const struct sample *s = job->turn->sample;
    r->n_mismatch++;
    r->n_prompt += same_prompt;
    r->n_sample += !same_prompt && s && find(r->sample, s->id);
    *out = (struct response){
        .failed = "mismatch",
        .why = arena_printf(job->mem, "the stored run never asked this question (%.12s)%s",
                            job->turn->question,
                            same_prompt ? "; it asked this prompt with other options or another "
                                          "way of writing" : ""),
    };
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
    r->n_asked++;
    const struct answer *found = choose(r, &job);
    if (!found)
        miss(r, out, &job);
    else if (found->turn->a.failed)
        *out = (struct response){ .failed = found->turn->a.failed,
                                  .why = copy(found->why, job.mem),
                                  .n_prompt = found->turn->a.n_prompt };
    else
        copy_response(out, &found->turn->a, job.mem);
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
