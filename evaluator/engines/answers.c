#include "evaluator/engines/answers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/utf8.h"
#include "evaluator/engines/answers_read.h"
#include "evaluator/engines/engine.h"
#include "evaluator/engines/queue.h"
#include "evaluator/engines/thoughts.h"

struct answers {
    struct engine engine;
    struct given_set set;
    const char *file; /* base name */
    char sha256[SHA256_HEX];
    size_t n_asked, n_longer; /* with more texts than the recipe draws */
    struct queue queue;
    struct arena mem;
};

static void say_leftovers(const struct answers *a)
{
    size_t n = 0;
    const struct given *example = NULL;
    for (const struct given *g = a->set.by_id; g; g = g->hh.next)
        if (!g->used) {
            example = example ? example : g;
            n++;
        }
    if (n && a->n_asked)
        log_warn("answers", "%zu of %u answers of %s belong to no sample asked, e.g. '%.*s' "
                 "(line %u)", n, HASH_COUNT(a->set.by_id), a->file,
                 (int)strcspn(example->id, "\037"), example->id, example->line);
    if (a->n_longer)
        log_warn("answers", "%s: answers with more texts than the recipe draws: %zu; of each the "
                 "first ones count", a->file, a->n_longer);
}

static void answers_close(struct engine *g)
{
    struct answers *a = (struct answers *)g;
    say_leftovers(a);
    given_release(&a->set);
    arena_release(&a->mem);
    free(a);
}

static int answers_open(struct engine **out, const char *where, const struct engine_options *o,
                        struct err *e)
{
    (void)o;
    struct answers *a = xcalloc(1, sizeof *a);
    const char *slash = strrchr(where, '/');
    a->engine.type = &engine_answers;
    a->file = arena_strdup(&a->mem, slash ? slash + 1 : where);
    if (given_read(&a->set, where, e) < 0 || sha256_file(a->sha256, where, e) < 0) {
        answers_close(&a->engine);
        return e->code;
    }
    a->engine.asks = a->set.loglik ? ASK_LOGLIK : ASK_TEXT;
    a->engine.no_loglik = a->set.loglik ? NULL : "its file holds texts";
    *out = &a->engine;
    return 0;
}

static int answers_push(struct engine *g, const struct request *q, struct arena *mem,
                        const struct turn *turn, void *tag, struct err *e)
{
    (void)e;
    struct answers *a = (struct answers *)g;
    return queue_put(&a->queue, &(struct job){ q, turn, mem, tag });
}

/* --- whose answer -------------------------------------------------------- */

static struct given *by_place(const struct answers *a, size_t place)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%zu", place);
    return given_find(&a->set, digits, NULL);
}

/* A log of lm-evaluation-harness counts from 0 in its task, which is the whole
 * split or one subset: the document's own texts tell which. */
static struct given *by_document(const struct answers *a, const struct sample *s,
                                 struct given **other)
{
    struct given *at[] = { by_place(a, s->subset_index), by_place(a, s->index) };
    bool one_place = s->subset_index == s->index;
    for (size_t i = 0; i < 2; i++)
        if (at[i] && (at[i]->mark[0] ? given_fits(at[i], s->row) : one_place))
            return at[i];
    *other = at[0] ? at[0] : at[1];
    return NULL;
}

static struct given *by_task_id(const struct answers *a, const struct sample *s)
{
    struct given *found = given_find(&a->set, s->id, NULL);
    const char *text = json_text(s->row, "task_id", NULL);
    char digits[24];
    int64_t n = json_int(s->row, "task_id", -1);
    if (!found && !text && n >= 0) {
        snprintf(digits, sizeof digits, "%" PRId64, n);
        text = digits;
    }
    return found || !text ? found : given_find(&a->set, text, NULL);
}

static struct given *find_given(const struct answers *a, const struct turn *t,
                                struct given **other)
{
    switch (a->set.form) {
    case FORM_LM_EVAL:
        return by_document(a, t->sample, other);
    case FORM_COMPLETIONS:
        return by_task_id(a, t->sample);
    default:
        return given_find(&a->set, t->sample->id, t->step);
    }
}

/* --- answering ----------------------------------------------------------- */

/* Why this answer is none to this question; NULL = it is one. */
static const char *misfit(const struct answers *a, const struct given *g, const struct job *j)
{
    bool loglik = j->q->ask == ASK_LOGLIK;
    struct arena *mem = j->mem;
    if (a->set.loglik != loglik)
        return arena_printf(mem, "%s holds %s, not what step '%s' asks", a->file,
                            a->set.loglik ? "log-likelihoods" : "texts", j->turn->step);
    if (loglik && (j->q->whole || j->q->roll))
        return arena_printf(mem, "%s holds log-likelihoods of options after a prompt; this "
                                 "recipe asks those of whole texts", a->file);
    if (loglik && j->q->tail)
        return arena_printf(mem, "%s holds log-likelihoods of whole options; this question asks "
                                 "for that of the least likely tokens", a->file);
    if (g->used)
        return arena_printf(mem, "%s: the answer of line %u was given to another question "
                                 "already; one file is for one task%s", a->file, g->line,
                            a->set.form == FORM_PLAIN ? " (\"step\" tells a sample's questions "
                                                        "apart)" : "");
    if (loglik && g->n != j->q->n_out)
        return arena_printf(mem, "%s: line %u has %u log-likelihoods, the question %zu options",
                            a->file, g->line, g->n, j->q->n_out);
    if (g->n < j->q->n_out)
        return arena_printf(mem, "%s: line %u has %u texts, the recipe draws %zu", a->file,
                            g->line, g->n, j->q->n_out);
    return NULL;
}

static const char *no_answer(const struct answers *a, const struct given *other,
                             const struct job *j)
{
    const struct sample *s = j->turn->sample;
    if (other && !other->mark[0])
        return arena_printf(j->mem, "%s: line %u (document %s) has no 'doc'; in a data set with "
                                    "subsets its place alone does not tell the row", a->file,
                            other->line, other->id);
    if (other)
        return arena_printf(j->mem, "%s: line %u (document %s) is about another row: its 'doc' "
                                    "has none of this sample's texts; is it the log of this task "
                                    "and split?", a->file, other->line, other->id);
    if (a->set.form == FORM_LM_EVAL)
        return arena_printf(j->mem, "%s has no answer for document %zu", a->file,
                            s->subset_index);
    return arena_printf(j->mem, "%s has no answer for '%s'", a->file, s->id);
}

static void put_text(struct out *out, const char *text, const struct decode *d,
                     struct arena *mem)
{
    struct thoughts t;
    thoughts_find(&t, text, d);
    out->text = t.answer;
    if (t.thinking)
        out->thinking = arena_strndup(mem, t.thinking, t.n_thinking);
    if (t.unclosed)
        out->fault = "thinking";
}

static void fill(struct response *out, const struct given *g, const struct job *j)
{
    size_t n_missing = 0;
    const struct piece_given *p = g->first;
    out->n_out = j->q->n_out;
    out->out = arena_array(j->mem, out->n_out + 1, sizeof *out->out);
    for (size_t i = 0; i < out->n_out; i++, p = p->next) {
        struct out *o = &out->out[i];
        *o = (struct out){ .logprob = p->logprob, .greedy = p->greedy };
        if (p->missing)
            *o = (struct out){ .text = "", .fault = "empty" };
        else if (j->q->ask == ASK_TEXT)
            put_text(o, p->text, &j->q->decode, j->mem);
        n_missing += p->missing;
    }
    if (!out->n_out || n_missing < out->n_out)
        return;
    out->failed = "empty";
    out->why = arena_printf(j->mem, "line %u holds null for an answer", g->line);
}

static int answers_pull(struct engine *g, int wait_ms, void **tag, struct response *out,
                        struct err *e)
{
    (void)wait_ms, (void)e;
    struct answers *a = (struct answers *)g;
    struct given *other = NULL;
    struct job j;
    if (!queue_get(&a->queue, &j))
        return 0;
    *tag = j.tag;
    *out = (struct response){ 0 };
    a->n_asked++;
    struct given *found = find_given(a, j.turn, &other);
    const char *why = found ? misfit(a, found, &j) : no_answer(a, other, &j);
    if (found)
        found->used = true;
    if (why) {
        out->failed = "mismatch";
        out->why = why;
        return 1;
    }
    a->n_longer += j.q->ask == ASK_TEXT && found->n > j.q->n_out;
    fill(out, found, &j);
    return 1;
}

static void answers_describe(const struct engine *g, struct json_writer *w)
{
    const struct answers *a = (const struct answers *)g;
    json_put_text(w, "file", a->file);
    json_put_text(w, "sha256", a->sha256);
    json_put_text(w, "form", form_name(a->set.form));
    json_put_bool(w, "theirs", true);
    json_open(w, "engine", '{');
    json_put_text(w, "name", "answers");
    json_close(w, '}');
}

const struct engine_type engine_answers = {
    .name = "answers",
    .help = "answers made elsewhere (answers:FILE), by whatever system; docs/replay.md",
    .open = answers_open,
    .push = answers_push,
    .pull = answers_pull,
    .describe = answers_describe,
    .close = answers_close,
};
