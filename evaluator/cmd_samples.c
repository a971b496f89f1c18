/* `evalrun samples`: every answer of a run as a JSON line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/extract.h"
#include "base/hash.h"
#include "evaluator/asked.h"
#include "evaluator/cmd.h"
#include "evaluator/rebuild.h"
#include "scorers/scorer.h"
#include "scorers/turn.h"

struct samples_asked {
    const char *task, *data_dir;
    bool wrong, failed, unextracted, prompts;
};

#define AT(field) offsetof(struct samples_asked, field)

const struct opt samples_opts[] = {
    { "task", 't', OPT_TEXT, AT(task), "T[,T]", "only these tasks", NULL, 0 },
    { "wrong", 'w', OPT_FLAG, AT(wrong), NULL, "only wrong answers", NULL, 0 },
    { "failed", 0, OPT_FLAG, AT(failed), NULL,
      "only failed samples (with others of these: all)", NULL, 0 },
    { "unextracted", 'u', OPT_FLAG, AT(unextracted), NULL,
      "only texts in which no answer was found", NULL, 0 },
    { "prompts", 'p', OPT_FLAG, AT(prompts), NULL,
      "add the prompt: as stored, else made again and checked", NULL, 0 },
    { "data-dir", 0, OPT_TEXT, AT(data_dir), "DIR", "where imported data sets are", NULL, 0 },
    { 0 },
};

/* One task of one run directory. */
struct listing {
    const struct samples_asked *asked;
    const struct manifest *run;
    const struct manifest_task *task;
    struct rebuild *rebuild; /* opened when the first prompt is not stored */
    struct strbuf line, prompt;
};

/* ---- what a record says */

/* The statistic that says right or wrong: of the first scorer's first shown
 * metric that is a proportion; -1 when there is none. */
static int right_stat(const struct manifest_task *t, const struct score *score)
{
    const struct scorer_type *type = scorer_find(score->scorer);
    const cJSON *spec = t->score ? t->score->child : NULL, *name;
    if (!type)
        return -1;
    cJSON_ArrayForEach(name, json_get(spec, "show")) {
        const struct metric *m = cJSON_IsString(name) ? metric_find(type, name->valuestring)
                                                      : NULL;
        if (m && m->proportion && m->stat < score->n_stat)
            return (int)m->stat;
    }
    const struct metric *m = type->metric;
    return m->proportion && m->stat < score->n_stat ? (int)m->stat : -1;
}

enum verdict { UNKNOWN, WRONG, RIGHT };

/* Of several draws at least so many are right where a sample counts as right. */
static const double HALF = 0.5;

static enum verdict verdict(const struct manifest_task *t, const struct record *record)
{
    int stat = !record->failed && record->n_score ? right_stat(t, &record->score[0]) : -1;
    if (stat < 0)
        return UNKNOWN;
    return record->score[0].stat[stat] >= HALF ? RIGHT : WRONG;
}

static size_t find_place(const struct scorer_type *type, const char *name)
{
    size_t k = 0;
    while (k < type->n_stat && strcmp(type->stat[k], name) != 0)
        k++;
    return k;
}

/* What the task's first scorer is about: written text, or (also when it is not known)
 * what comes last. */
static bool scores_text(const cJSON *spec)
{
    const struct scorer_type *type = scorer_find(json_text(spec, "use", ""));
    return type && find_place(type, "rule") < type->n_stat;
}

/* The turn that was scored first: of the step that the scorer names, or of the recipe's
 * own the last in which it finds its like; for programs, the one that wrote them. */
static size_t main_turn(const struct listing *l, const struct record *record)
{
    const cJSON *spec = l->task->score ? l->task->score->child : NULL;
    const struct trace *t = &record->trace;
    const char *on = json_text(spec, "on", "");
    bool text = scores_text(spec);
    size_t last = 0;
    for (size_t i = 0; i < t->n_turn; i++) {
        enum ask ask = t->turn[i].q.ask, before = t->turn[last].q.ask;
        if (ask == ASK_EXEC || turn_is_added(&t->turn[i]))
            continue;
        if (!strcmp(t->turn[i].step, on))
            return i;
        if (text ? ask == ASK_TEXT : ask == ASK_LOGLIK || before != ASK_LOGLIK)
            last = i;
    }
    return last;
}

static const char *gold_text(const struct turn *t, size_t i)
{
    if (t->label && t->gold[i] < t->q.n_out)
        return t->label[t->gold[i]];
    return i < t->n_target ? t->target[i] : NULL;
}

static void put_gold(struct json_writer *w, const struct turn *t)
{
    size_t n = t->n_gold ? t->n_gold : t->n_target;
    if (n > 1)
        json_open(w, "gold", '[');
    for (size_t i = 0; i < n; i++)
        json_put_text(w, n > 1 ? NULL : "gold", t->n_gold ? gold_text(t, i) : t->target[i]);
    if (n > 1)
        json_close(w, ']');
    if (!n)
        json_put_null(w, "gold");
}

/* A statistic of a scorer of written text; NULL for any other. */
static const double *find_stat(const struct score *score, const char *name)
{
    const struct scorer_type *type = scorer_find(score->scorer);
    size_t k = type ? find_place(type, name) : score->n_stat;
    return type && k < type->n_stat && k < score->n_stat ? &score->stat[k] : NULL;
}

/* Is there a draw in which a scorer found no answer? */
static bool is_unextracted(const struct record *record)
{
    for (size_t i = 0; i < record->n_score && !record->failed; i++) {
        const double *extracted = find_stat(&record->score[i], "extracted");
        if (extracted && find_stat(&record->score[i], "rule") && *extracted < 1)
            return true;
    }
    return false;
}

/* By entry of the score list, which rule found the (first) answer; null for none. */
static void put_rules(struct json_writer *w, const struct manifest_task *t,
                      const struct record *record)
{
    struct arena mem = { 0 };
    const cJSON *spec = t->score ? t->score->child : NULL;
    bool any = false;
    for (size_t i = 0; i < record->n_score && spec; i++, spec = spec->next) {
        const double *rule = find_stat(&record->score[i], "rule");
        const cJSON *list = json_get(spec, "extract");
        if (!rule || !list)
            continue;
        if (!any)
            json_open(w, "rules", '{');
        any = true;
        json_put_text(w, json_text(spec, "name", record->score[i].scorer),
                      *rule >= 1 ? extract_label(list, (size_t)*rule, &mem) : NULL);
    }
    if (any)
        json_close(w, '}');
    arena_release(&mem);
}

static void put_answer(struct json_writer *w, const struct manifest_task *t,
                       const struct record *record)
{
    enum verdict v = verdict(t, record);
    bool scored = !record->failed && record->n_score;
    json_put_text(w, "prediction", scored ? record->score[0].answer : NULL);
    if (v == UNKNOWN)
        json_put_null(w, "correct");
    else
        json_put_bool(w, "correct", v == RIGHT);
    if (scored)
        put_rules(w, t, record);
}

/* null is a draw without an answer: what came of it is none. */
static void put_texts(struct json_writer *w, const struct turn *t)
{
    bool any = false;
    json_open(w, "texts", '[');
    for (size_t i = 0; i < t->a.n_out; i++) {
        json_put_text(w, NULL, t->a.out[i].fault ? NULL : t->a.out[i].text);
        any |= t->a.out[i].fault != NULL;
    }
    if (!t->a.n_out)
        json_put_null(w, NULL);
    json_close(w, ']');
    if (!any)
        return;
    json_open(w, "faults", '[');
    for (size_t i = 0; i < t->a.n_out; i++)
        json_put_text(w, NULL, t->a.out[i].fault);
    json_close(w, ']');
}

/* In the words of an answers: file (docs/replay.md). */
static void put_turn(struct json_writer *w, const struct turn *t)
{
    if (t && t->q.ask == ASK_TEXT) {
        put_texts(w, t);
    } else {
        json_open(w, "logprobs", '[');
        for (size_t i = 0; t && t->q.ask == ASK_LOGLIK && i < t->a.n_out; i++)
            json_put_number(w, NULL, t->a.out[i].logprob);
        json_close(w, ']');
    }
    json_put_text(w, "prompt_sha256", t ? t->prompt : NULL);
    json_put_int(w, "prompt_tokens", t ? t->a.n_prompt : 0);
}

/* Of the draws whose programs were run: what became of each, and the end of what
 * it said. */
static void put_programs(struct json_writer *w, const struct trace *trace)
{
    const struct turn *t = NULL;
    for (size_t i = 0; i < trace->n_turn; i++)
        if (trace->turn[i].q.ask == ASK_EXEC)
            t = &trace->turn[i];
    if (!t)
        return;
    json_open(w, "verdicts", '[');
    for (size_t i = 0; i < t->a.n_out; i++)
        json_put_text(w, NULL, t->a.out[i].fault ? t->a.out[i].fault : "passed");
    json_close(w, ']');
    json_open(w, "said", '[');
    for (size_t i = 0; i < t->a.n_out; i++)
        json_put_text(w, NULL, t->a.out[i].text);
    json_close(w, ']');
}

static void put_record(const struct listing *l, const struct record *record, const char *prompt,
                       struct strbuf *out)
{
    const struct sample *s = &record->trace.sample;
    const struct turn *t = record->trace.n_turn ? &record->trace.turn[main_turn(l, record)]
                                                : NULL;
    struct json_writer w = { .out = out };
    json_open(&w, NULL, '{');
    json_put_text(&w, "task", l->task->task);
    json_put_text(&w, "recipe", l->task->recipe);
    json_put_text(&w, "lang", l->task->lang);
    json_put_text(&w, "subset", s->subset);
    json_put_int(&w, "index", (int64_t)s->subset_index);
    json_put_text(&w, "id", s->id);
    if (t)
        put_gold(&w, t);
    else
        json_put_null(&w, "gold");
    put_answer(&w, l->task, record);
    put_turn(&w, t);
    put_programs(&w, &record->trace);
    json_put_text(&w, "failed", record->failed);
    if (record->failed)
        json_put_text(&w, "why", record->why);
    json_put_text(&w, "model", l->run->label);
    json_put_bool(&w, "sample", l->task->sample);
    if (prompt)
        json_put_text(&w, "prompt", prompt);
    json_close(&w, '}');
    strbuf_putc(out, '\n');
}

/* ---- prompts */

/* A stored prompt must be the one whose hash was stored: the plain texts, or,
 * with a chat template, "speaker NUL text NUL" of each message. */
static bool is_stored_prompt(const struct turn *t, const struct strbuf *prompt)
{
    static const char *const speakers[] = { "system", "user", "model" };
    char plain[SHA256_HEX], chat[SHA256_HEX];
    struct sha256 *h = sha256_new();
    for (size_t i = 0; i < t->q.n_message; i++) {
        const struct message *m = &t->q.message[i];
        sha256_add(h, speakers[m->who], strlen(speakers[m->who]) + 1);
        sha256_add(h, m->text, strlen(m->text) + 1);
    }
    sha256_finish(h, chat);
    sha256_text(plain, prompt->s, prompt->len);
    return !strcmp(plain, t->prompt) || !strcmp(chat, t->prompt);
}

static int find_prompt(struct listing *l, const struct record *record, struct err *e)
{
    const struct turn *t = &record->trace.turn[main_turn(l, record)];
    strbuf_clear(&l->prompt);
    for (size_t i = 0; i < t->q.n_message; i++)
        strbuf_puts(&l->prompt, t->q.message[i].text);
    if (t->q.n_message && is_stored_prompt(t, &l->prompt))
        return 0;
    if (t->q.n_message)
        return err_set(e, ERR_MISMATCH, "sample %s: the stored prompt has not the stored SHA-256",
                       record->trace.sample.id);
    if (!l->rebuild &&
        rebuild_open(&l->rebuild, l->run, l->task, l->asked->data_dir, e) < 0)
        return e->code;
    return rebuild_prompt(&l->prompt, l->rebuild, record, main_turn(l, record), e);
}

/* ---- lists of records */

static bool is_wanted(const struct listing *l, const struct record *record)
{
    const struct samples_asked *a = l->asked;
    if (!a->wrong && !a->failed && !a->unextracted)
        return true;
    return (a->failed && record->failed) || (a->unextracted && is_unextracted(record)) ||
           (a->wrong && verdict(l->task, record) == WRONG);
}

static int print_record(struct listing *l, const struct record *record, struct err *e)
{
    bool prompt = l->asked->prompts && record->trace.n_turn;
    if (!is_wanted(l, record))
        return 0;
    if (prompt && find_prompt(l, record, e) < 0)
        return e->code;
    strbuf_clear(&l->line);
    put_record(l, record, prompt ? l->prompt.s : NULL, &l->line);
    if (fwrite(l->line.s, 1, l->line.len, stdout) != l->line.len)
        return err_set(e, ERR_IO, "standard output cannot be written");
    return 0;
}

static int by_index(const void *a, const void *b)
{
    const struct record *x = *(const struct record *const *)a;
    const struct record *y = *(const struct record *const *)b;
    return (x->trace.sample.index > y->trace.sample.index) -
           (x->trace.sample.index < y->trace.sample.index);
}

/* All shards of a task together, by index. */
static int print_journals(struct listing *l, struct records *shard, size_t n, struct err *e)
{
    size_t n_all = 0;
    for (size_t i = 0; i < n; i++)
        n_all += shard[i].n;
    const struct record **all = xcalloc(n_all + 1, sizeof *all);
    n_all = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < shard[i].n; k++)
            all[n_all++] = &shard[i].record[k];
    if (n_all)
        qsort(all, n_all, sizeof *all, by_index);
    int rc = 0;
    for (size_t i = 0; i < n_all && rc == 0; i++)
        rc = print_record(l, all[i], e);
    free(all);
    return rc;
}

static int list_task(struct listing *l, struct arena *mem, struct err *e)
{
    const char **paths = NULL;
    size_t n = 0, n_read = 0;
    if (manifest_journals(&paths, &n, l->run->dir, l->task->task, l->task->recipe, mem, e) < 0)
        return e->code;
    struct records *shard = xcalloc(n + 1, sizeof *shard);
    int rc = 0;
    for (; n_read < n && rc == 0; n_read++)
        rc = records_read(&shard[n_read], paths[n_read], e);
    if (rc == 0)
        rc = print_journals(l, shard, n, e);
    for (size_t i = 0; i < n_read; i++)
        records_release(&shard[i]);
    free(shard);
    return rc;
}

static bool is_listed(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return true;
    return n == 0;
}

/* Counts the tasks that were named and are there. */
static int list_run(const char *dir, const struct samples_asked *asked, size_t *n_found,
                    struct arena *mem, struct err *e)
{
    struct manifest run;
    const char *const *names = NULL;
    size_t n_name = 0;
    if (asked->task && split_list(&names, &n_name, asked->task, "task", mem, e) < 0)
        return e->code;
    if (manifest_read(&run, dir, e) < 0)
        return e->code;
    int rc = 0;
    for (size_t i = 0; i < run.n_task && rc == 0; i++) {
        struct listing l = { .asked = asked, .run = &run, .task = &run.task[i],
                             .line = STRBUF_INIT, .prompt = STRBUF_INIT };
        if (!is_listed(names, n_name, run.task[i].task))
            continue;
        ++*n_found;
        rc = list_task(&l, mem, e);
        rebuild_close(l.rebuild);
        strbuf_release(&l.line);
        strbuf_release(&l.prompt);
    }
    manifest_release(&run);
    return rc;
}

int cmd_samples(int argc, char **argv, struct err *e)
{
    static const struct opt *const tables[] = { samples_opts, NULL };
    struct samples_asked asked = { 0 };
    struct arena mem = { 0 };
    const char **dirs = NULL;
    size_t n_dir = 0, n_found = 0;
    int n = 0;
    if (opt_parse(&asked, tables, argc - 1, argv + 1, &n, e) < 0)
        return e->code;
    if (n != 1)
        return err_set(e, ERR_USAGE, "which run? `evalrun samples RUN`");
    int rc = manifest_find(&dirs, &n_dir, argv[1], &mem, e);
    for (size_t i = 0; i < n_dir && rc == 0; i++)
        rc = list_run(dirs[i], &asked, &n_found, &mem, e);
    if (rc == 0 && !n_found)
        rc = err_set(e, ERR_USAGE, "--task %s: %s holds no such task", asked.task, argv[1]);
    arena_release(&mem);
    return rc;
}
