#include "evaluator/numerics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "evaluator/stop.h"

enum { SHOWN = 40 /* bytes of a text that differs */ };

int numerics_check(const struct model_choice *m, struct err *e)
{
    const struct engine_type *type = engine_type_of(m->spec, NULL);
    if (!type || type->linked) /* engine_open() says that there is none */
        return 0;
    return err_set(e, ERR_USAGE, "%s: --numerics compares two ways of computing, and a model of "
                                 "kind '%s' is not computed here; give a GGUF file", m->label,
                   type->name);
}

int numerics_sides(struct engine_options *reference, struct engine_options *usual,
                   const struct plan *p, const struct asked *a, const struct model_choice *m,
                   struct err *e)
{
    if (numerics_check(m, e) < 0 || plan_engine(usual, p, a, m, e) < 0)
        return e->code;
    if (usual->no_share)
        return err_set(e, ERR_USAGE, "--numerics compares with --no-share: leave that out");
    *reference = *usual;
    reference->no_share = true;
    reference->group = 1;
    reference->slots = 1;
    return 0;
}

/* ------------------------------------------------------------------ asking */

/* The first rows of every subset that the plan has, whatever the shard: the
 * figures of one of them are those of the run. */
static int open_rows(struct dataset **out, const struct plan *p, const struct plan_task *t,
                     size_t limit, struct err *e)
{
    struct dataset_query q = t->query;
    q.shard = (struct shard){ 0, 1 };
    if (limit && (!q.limit || limit < q.limit))
        q.limit = limit;
    if (dataset_open(out, &p->where, &q, e) < 0)
        return e->code;
    if (strcmp(dataset_facts(*out)->sha256, dataset_facts(t->dataset)->sha256) == 0)
        return 0;
    return err_set(e, ERR_MISMATCH, "data set '%s' was imported anew while it was read; start "
                                    "again", q.name);
}

/* Through the loop of every run, into a journal that is read back. */
static int ask_into(const char *path, bool *stopped, const struct plan *p,
                    const struct plan_task *t, struct engine *g, const struct asking *way,
                    struct err *e)
{
    struct dataset *rows = NULL;
    struct journal *journal = NULL;
    struct progress *progress = NULL;
    int rc = open_rows(&rows, p, t, way->limit, e);
    if (rc == 0)
        rc = journal_open(&journal, path, false, e);
    if (rc == 0) {
        struct run_result result = { 0 };
        progress = progress_new(way->title, dataset_facts(rows)->n_asked, "tokens", way->quiet);
        rc = run_task(&result, &(struct run_input){
            .task = t->task, .dataset = rows, .engine = { [ROLE_MODEL] = g },
            .journal = journal, .progress = progress, .n_slot = g->hold,
            .stopped = stop_asked }, e);
        *stopped |= result.stopped;
    }
    progress_free(progress);
    struct err closing = { 0 };
    if (journal && journal_close(journal, &closing) < 0 && rc == 0) {
        *e = closing;
        rc = e->code;
    }
    dataset_close(rows);
    return rc;
}

static int ask_task(struct answered *out, const struct plan *p, size_t task, struct engine *g,
                    const struct asking *way, struct err *e)
{
    char *dir = xprintf("%s/numerics-XXXXXX", p->cache), *path = NULL;
    int rc = file_mkdirs(p->cache, e);
    if (rc == 0 && !mkdtemp(dir))
        rc = err_set(e, ERR_IO, "%s: a folder cannot be made in it", p->cache);
    if (rc == 0) {
        path = xprintf("%s/answers.jsonl", dir);
        rc = ask_into(path, &out->stopped, p, &p->task[task], g, way, e);
        if (rc == 0)
            rc = records_read(&out->task[task], path, e);
        unlink(path);
        rmdir(dir);
    }
    free(path);
    free(dir);
    return rc;
}

int numerics_ask(struct answered *out, const struct plan *p, const struct model_choice *m,
                 const struct engine_options *o, const struct asking *way, struct err *e)
{
    struct engine *g = NULL;
    *out = (struct answered){ 0 };
    if (engine_open(&g, m->spec, o, e) < 0)
        return e->code;
    out->task = xcalloc(p->n_task, sizeof *out->task);
    int rc = plan_check_engine(p, g, m->label, e);
    for (; rc == 0 && out->n_task < p->n_task && !out->stopped; out->n_task++)
        rc = ask_task(out, p, out->n_task, g, way, e);
    engine_close(g);
    if (rc < 0)
        numerics_release(out);
    return rc;
}

void numerics_release(struct answered *a)
{
    for (size_t i = 0; i < a->n_task; i++)
        records_release(&a->task[i]);
    free(a->task);
    *a = (struct answered){ 0 };
}

/* --------------------------------------------------------------- comparing */

/* The likeliest option; the first of several. */
static size_t best(const struct response *a, bool per_token)
{
    size_t at = 0;
    double most = -INFINITY;
    for (size_t i = 0; i < a->n_out; i++) {
        double n = per_token && a->out[i].n_token ? a->out[i].n_token : 1;
        if (a->out[i].logprob / n > most) {
            most = a->out[i].logprob / n;
            at = i;
        }
    }
    return at;
}

static bool same_bits(const struct out *x, const struct out *y)
{
    return memcmp(&x->logprob, &y->logprob, sizeof x->logprob) == 0 && x->n_token == y->n_token;
}

/* *sum and *n_option are for the mean. */
static void compare_options(struct numerics *out, double *sum, size_t *n_option, const char *id,
                            const struct response *a, const struct response *b)
{
    bool equal = true;
    for (size_t i = 0; i < a->n_out; i++, ++*n_option) {
        const struct out *x = &a->out[i], *y = &b->out[i];
        if (same_bits(x, y))
            continue;
        double d = fabs(x->logprob - y->logprob), n = x->n_token ? x->n_token : 1;
        d = isnan(d) ? INFINITY : d;
        *sum += d;
        out->max_per_token = fmax(out->max_per_token, d / n);
        if (d > out->max_abs || !out->worst)
            out->worst = id;
        out->max_abs = fmax(out->max_abs, d);
        equal = false;
    }
    out->n++;
    out->n_equal += equal;
    out->n_flip += best(a, false) != best(b, false);
    out->n_flip_per_token += best(a, true) != best(b, true);
}

static char *excerpt(const char *text, struct arena *mem)
{
    size_t len = strlen(text);
    return arena_strndup(mem, text, utf8_whole(text, len < SHOWN ? len : SHOWN));
}

static void compare_texts(struct numerics *out, const char *id, const struct response *a,
                          const struct response *b, struct arena *mem)
{
    for (size_t i = 0; i < a->n_out; i++) {
        const char *x = a->out[i].text ? a->out[i].text : "";
        const char *y = b->out[i].text ? b->out[i].text : "";
        bool equal = strcmp(x, y) == 0 && a->out[i].n_token == b->out[i].n_token;
        out->n_text++;
        out->n_text_equal += equal;
        if (equal || out->text_id)
            continue;
        size_t at = 0;
        while (x[at] && x[at] == y[at])
            at++;
        at = utf8_whole(x, at);
        out->text_id = arena_strdup(mem, id);
        out->text_at = at;
        out->text[0] = excerpt(x + at, mem);
        out->text[1] = excerpt(y + at, mem);
    }
}

static void compare_sample(struct numerics *out, double *sum, size_t *n_option,
                           const struct record *a, const struct record *b, struct arena *mem)
{
    const struct trace *x = &a->trace, *y = &b->trace;
    if (a->failed || b->failed) {
        out->n_failed++;
        return;
    }
    for (size_t i = 0; i < x->n_turn || i < y->n_turn; i++) {
        const struct turn *s = i < x->n_turn ? &x->turn[i] : NULL;
        const struct turn *t = i < y->n_turn ? &y->turn[i] : NULL;
        if (!s || !t || strcmp(s->question, t->question) != 0 || s->a.n_out != t->a.n_out)
            out->n_apart++;
        else if (s->q.ask == ASK_LOGLIK)
            compare_options(out, sum, n_option, x->sample.id, &s->a, &t->a);
        else if (s->q.ask == ASK_TEXT)
            compare_texts(out, x->sample.id, &s->a, &t->a, mem);
    }
}

void numerics_compare(struct numerics *out, const struct answered *a, const struct answered *b,
                      size_t task, struct arena *mem)
{
    const struct records *x = &a->task[task], *y = &b->task[task];
    double sum = 0;
    size_t n_option = 0;
    *out = (struct numerics){ 0 };
    for (size_t i = 0, k = 0; i < x->n && k < y->n;) {
        size_t p = x->record[i].trace.sample.index, q = y->record[k].trace.sample.index;
        if (p == q)
            compare_sample(out, &sum, &n_option, &x->record[i], &y->record[k], mem);
        i += p <= q;
        k += q <= p;
    }
    out->worst = out->worst ? arena_strdup(mem, out->worst) : NULL;
    out->mean_abs = n_option ? sum / (double)n_option : 0;
}

int numerics_measure(struct numerics *out, bool *stopped, const struct plan *p,
                     const struct asked *a, const struct model_choice *m, struct arena *mem,
                     struct err *e)
{
    struct engine_options reference, usual;
    struct answered x = { 0 }, y = { 0 };
    struct asking way = { .limit = (size_t)a->numerics, .quiet = a->quiet };
    if (numerics_sides(&reference, &usual, p, a, m, e) < 0)
        return e->code;
    way.title = "numerics: --no-share";
    int rc = numerics_ask(&x, p, m, &reference, &way, e);
    way.title = "numerics: as in the run";
    if (rc == 0 && !x.stopped)
        rc = numerics_ask(&y, p, m, &usual, &way, e);
    *stopped = x.stopped || y.stopped;
    for (size_t i = 0; rc == 0 && !*stopped && i < p->n_task; i++)
        numerics_compare(&out[i], &x, &y, i, mem);
    numerics_release(&x);
    numerics_release(&y);
    return rc;
}

/* ----------------------------------------------------------------- telling */

void numerics_put(struct json_writer *w, const struct numerics *n)
{
    json_put_int(w, "n", (int64_t)n->n);
    json_put_int(w, "equal", (int64_t)n->n_equal);
    json_put_int(w, "flips", (int64_t)n->n_flip);
    json_put_int(w, "flips_per_token", (int64_t)n->n_flip_per_token);
    json_put_number(w, "max_abs", n->max_abs);
    json_put_number(w, "mean_abs", n->mean_abs);
    json_put_number(w, "max_per_token", n->max_per_token);
    json_put_text(w, "worst", n->worst);
    json_put_int(w, "texts", (int64_t)n->n_text);
    json_put_int(w, "texts_equal", (int64_t)n->n_text_equal);
    if (n->text_id) {
        json_open(w, "first_text", '{');
        json_put_text(w, "id", n->text_id);
        json_put_int(w, "at", (int64_t)n->text_at);
        json_put_text(w, "reference", n->text[0]);
        json_put_text(w, "other", n->text[1]);
        json_close(w, '}');
    }
    json_put_int(w, "failed", (int64_t)n->n_failed);
    json_put_int(w, "apart", (int64_t)n->n_apart);
}

void numerics_add(cJSON *tasks, const struct numerics *n, size_t n_task)
{
    cJSON *task = tasks ? tasks->child : NULL;
    for (size_t i = 0; task && i < n_task; i++, task = task->next) {
        struct strbuf text = STRBUF_INIT;
        struct json_writer w = { .out = &text };
        json_open(&w, NULL, '{');
        numerics_put(&w, &n[i]);
        json_close(&w, '}');
        cJSON_AddItemToObject(task, "numerics", cJSON_ParseWithLength(text.s, text.len));
        strbuf_release(&text);
    }
}
