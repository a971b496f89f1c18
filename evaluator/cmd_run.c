#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "evaluator/cmd.h"
#include "evaluator/engines/cached.h"
#include "evaluator/journal/manifest.h"
#include "evaluator/numerics.h"
#include "evaluator/plan.h"
#include "evaluator/print.h"
#include "evaluator/stop.h"

enum { HOLD = 32 }; /* questions of an engine that does not say */

#define AT(field) offsetof(struct asked, field)

const struct opt run_opts[] = {
    { "task", 't', OPT_TEXT, AT(task), "T[,T]",
      "tasks or groups of them (`list groups`), or a task file's path", NULL, 0 },
    { "model", 'm', OPT_TEXT, AT(model), "M[,M]",
      "catalog name, GGUF path, URL, replay:RUN, answers:FILE or fake:", NULL, 0 },
    { "recipe", 'r', OPT_TEXT, AT(recipe), "R", "protocol of the task file (default: its own)",
      NULL, 0 },
    { "shots", 'k', OPT_INT, AT(shots), "K", "few-shot examples (default: the recipe's)", NULL,
      AT(has_shots) },
    { "subset", 's', OPT_TEXT, AT(subset), "S[,S]", "only these subsets, or all of a category",
      NULL, 0 },
    { "split", 0, OPT_TEXT, AT(split), "NAME",
      "ask this split of the data set (default: the recipe's)", NULL, 0 },
    { "limit", 'n', OPT_INT, AT(limit), "N", "first N samples of every subset", NULL, 0 },
    { "shard", 0, OPT_TEXT, AT(shard), "I/N", "only every N-th sample, from the I-th on", NULL,
      0 },
    { "sample", 0, OPT_FLAG, AT(sample), NULL,
      "the small data sets shipped with evalrun; figures are marked", NULL, 0 },
    { "out", 'o', OPT_TEXT, AT(out), "DIR", "run directory (default: runs/<time>-<model>)", NULL,
      0 },
    { "resume", 0, OPT_TEXT, AT(resume), "DIR", "continue a run; needs no other option", NULL,
      0 },
    { "retry-failed", 0, OPT_FLAG, AT(retry_failed), NULL, "with --resume: ask failed samples "
      "again", NULL, 0 },
    { "data-dir", 0, OPT_TEXT, AT(data_dir), "DIR", "where imported data sets are", NULL, 0 },
    { "chat", 0, OPT_FLAG, AT(chat), NULL, "apply the chat template (default: the recipe's)",
      NULL, AT(has_chat) },
    { "seed", 0, OPT_INT, AT(seed), "S", "seed of everything that draws (default 1234)", NULL,
      0 },
    { "shots-seed", 0, OPT_TEXT, AT(shots_seed), "S[,S]",
      "draw the few-shot examples anew with each seed: a column each, and their spread", NULL,
      0 },
    { "permute", 0, OPT_INT, AT(permute), "N",
      "ask every question in N orders of its options: accuracy over all, letters chosen", NULL,
      0 },
    { "contamination", 0, OPT_FLAG, AT(contamination), NULL,
      "ask also how likely the questions' own texts are: Min-K%, order of the options", NULL,
      0 },
    { "keep-prompts", 0, OPT_FLAG, AT(keep_prompts), NULL, "store the prompts in the journal",
      NULL, 0 },
    { "by", 0, OPT_CHOICE, AT(by), "WHAT", "break the table down by category or subset",
      "category|subset", 0 },
    { "format", 'f', OPT_CHOICE, AT(format), "F", "table as text, json, csv or markdown",
      "text|json|csv|markdown", 0 },
    { "json", 0, OPT_FLAG, AT(json), NULL, "short for --format json", NULL, 0 },
    { "lang", 0, OPT_CHOICE, AT(lang), "L", "language of the table's headings", "en|zh", 0 },
    { "quiet", 'q', OPT_FLAG, AT(quiet), NULL, "no progress line", NULL, 0 },
    { "numerics", 0, OPT_INT, AT(numerics), "N",
      "first compare N questions of every subset with --no-share, and keep the figures in "
      "run.json", NULL, 0 },
    { "allow-exec", 0, OPT_FLAG, AT(allow_exec), NULL,
      "run the programs that a model writes, in a sandbox; tasks that need it stop without", NULL,
      0 },
    { "exec-jobs", 0, OPT_INT, AT(exec_jobs), "N", "programs run at once (default: one per core)",
      NULL, 0 },
    { "exec-unsafe", 0, OPT_FLAG, AT(exec_unsafe), NULL,
      "with --allow-exec: run them without isolation, with your rights; figures are marked",
      NULL, 0 },
    { "dry-run", 0, OPT_FLAG, AT(dry_run), NULL,
      "check everything, say what would run and what memory it takes, stop", NULL, 0 },
    { 0 },
};

const struct opt engine_opts[] = {
    { "ctx", 'c', OPT_INT, AT(ctx), "N", "context in tokens (default: the model's, at most 8192)",
      NULL, 0 },
    { "threads", 'j', OPT_INT, AT(threads), "N", "threads (default: physical cores)", NULL, 0 },
    { "gpu-layers", 0, OPT_INT, AT(gpu_layers), "N", "layers on the GPU (default: all that fit)",
      NULL, 0 },
    { "kv-type", 0, OPT_CHOICE, AT(kv_type), "T", "type of the KV cache (default f16)",
      "f32|f16|q8_0|q4_0", 0 },
    { "flash-attn", 0, OPT_CHOICE, AT(flash), "WHEN", "flash attention (default auto)",
      "auto|on|off", 0 },
    { "template", 0, OPT_TEXT, AT(template), "NAME", "chat template (default: the model's own)",
      NULL, 0 },
    { "no-share", 0, OPT_FLAG, AT(no_share), NULL,
      "reference path: one full pass per question and option, nothing shared", NULL, 0 },
    { "group", 0, OPT_INT, AT(group), "N",
      "questions decoded together (default: 1 on the CPU, 8 on a GPU)", NULL, 0 },
    { "slots", 0, OPT_INT, AT(slots), "N", "texts written at once (default: 16)", NULL, 0 },
    { "kv-memory", 0, OPT_TEXT, AT(kv_memory), "SIZE",
      "memory for the KV cache, e.g. 2G (default: half of what is free)", NULL, 0 },
    { 0 },
};

const struct opt http_opts[] = {
    { "concurrency", 0, OPT_INT, AT(concurrency), "N", "requests in flight (default 16)", NULL,
      0 },
    { "rpm", 0, OPT_INT, AT(rpm), "N", "requests a minute at most", NULL, 0 },
    { "tpm", 0, OPT_INT, AT(tpm), "N", "tokens a minute at most", NULL, 0 },
    { "timeout", 0, OPT_INT, AT(timeout), "S",
      "seconds a question may take, retries included (default 600)", NULL, 0 },
    { "max-cost", 0, OPT_TEXT, AT(max_cost), "X",
      "stop when the catalog's prices come to X; the run can be resumed", NULL, 0 },
    { "key-file", 0, OPT_TEXT, AT(key_file), "FILE",
      "read the key from a file only you can read (default: EVALRUN_API_KEY, OPENAI_API_KEY)",
      NULL, 0 },
    { "cache", 0, OPT_FLAG, AT(cache), NULL,
      "answer from earlier runs what was asked before, and keep the answers", NULL, 0 },
    { 0 },
};

struct session {
    struct asked asked;
    struct plan plan;
    struct engine *sandbox; /* NULL = no task runs programs */
    const char *out;   /* where run directories go */
    const char **dirs; /* run directories of this command, one per model */
    size_t n_dir;
    size_t n_failed;
    bool stopped;
    const char *halted; /* why an engine ended early; or NULL */
};

static int parse(struct session *s, int argc, char **argv, struct err *e)
{
    const struct opt *const tables[] = { run_opts, engine_opts, http_opts, NULL };
    int n_rest = 0;
    char **copy = xmalloc(sizeof *copy * ((size_t)argc + 1));
    memcpy(copy, argv, sizeof *copy * (size_t)argc);
    int rc = opt_parse(&s->asked, tables, argc, copy, &n_rest, e);
    if (rc == 0 && n_rest)
        rc = err_set(e, ERR_USAGE, "'%s' is no option and no command; `evalrun help` shows both",
                     copy[0]);
    free(copy);
    return rc;
}

/* A stored run's options first, what was typed now on top: any difference that
 * matters is found by manifest_write(). */
static int parse_resume(struct session *s, int argc, char **argv, struct arena *mem,
                        struct err *e)
{
    const char *dir = s->asked.resume, *typed = s->asked.out;
    const char **dirs = NULL;
    if (typed)
        return err_set(e, ERR_USAGE, "--out %s: --resume %s goes on where that run is; give one "
                                     "of them", typed, dir);
    size_t n = 0;
    if (manifest_find(&dirs, &n, dir, mem, e) < 0)
        return e->code;
    struct manifest m;
    if (manifest_read(&m, dirs[0], e) < 0)
        return e->code;
    bool one = !strcmp(dirs[0], dir);
    s->asked = (struct asked)ASKED_INIT;
    asked_from_json(&s->asked, m.asked, mem);
    if (one) /* the directory of a single model, whatever ran beside it */
        s->asked.model = arena_strdup(mem, json_text(m.asked, "one",
                                                     json_text(m.model, "spec", "")));
    manifest_release(&m);
    s->out = arena_strdup(mem, dir);
    return parse(s, argc, argv, e);
}

/* "4.jsonl" of "run/t.r.0-of-4.jsonl"; a task's name may hold "-of-" too. */
static const char *shards_of(const char *path)
{
    const char *last = path;
    for (const char *p = path; (p = strstr(p, "-of-")); p++)
        last = p;
    return last;
}

static int check_shard(const char *dir, const struct plan *p, const char *shard,
                       const char *task, const char *recipe, struct arena *mem, struct err *e)
{
    const char **paths = NULL;
    size_t n = 0;
    if (manifest_journals(&paths, &n, dir, task, recipe, mem, e) < 0)
        return e->code;
    const char *mine = manifest_journal_path(dir, task, recipe, p->shard.i, p->shard.n, mem);
    for (size_t i = 0; i < n; i++)
        if (strcmp(shards_of(paths[i]), shards_of(mine)) != 0)
            return err_set(e, ERR_MISMATCH, "%s: this run is cut into other shards (%s); give "
                                            "--shard I/N as then%s", dir, paths[i],
                           shard ? "" : " (none was given)");
    return 0;
}

static size_t hold_of(const struct engine *g)
{
    return g->hold ? g->hold : HOLD;
}

static int run_one_task(struct session *s, struct plan_task *t, struct engine *g,
                        const char *dir, const char *label, struct err *e)
{
    struct plan *p = &s->plan;
    const struct task_facts *facts = task_facts(t->task);
    struct engine *sandbox = task_asks(t->task, ROLE_SANDBOX) ? s->sandbox : NULL;
    struct journal *journal = NULL;
    struct progress *progress = NULL;
    const char *path = manifest_journal_path(dir, facts->name, facts->recipe, p->shard.i,
                                             p->shard.n, &p->mem);
    if (check_shard(dir, p, s->asked.shard, facts->name, facts->recipe, &p->mem, e) < 0)
        return e->code;
    if (!s->asked.resume && file_size(path) > 0)
        return err_set(e, ERR_MISMATCH, "%s: holds results already; continue with --resume %s or "
                                        "give another --out", path, dir);
    if (journal_open(&journal, path, s->asked.retry_failed, e) < 0)
        return e->code;
    int rc = dataset_rewind(t->dataset, e);
    dataset_group(t->dataset, g->group);
    if (rc == 0) {
        size_t total = dataset_facts(t->dataset)->n_asked;
        if (p->shard.n > 1)
            total = total / p->shard.n + 1;
        char *title = arena_printf(&p->mem, "%s %s", label, facts->name);
        progress = progress_new(title, total, "tokens", s->asked.quiet);
        struct run_result result = { 0 };
        rc = run_task(&result, &(struct run_input){
            .task = t->task, .dataset = t->dataset,
            .engine = { [ROLE_MODEL] = g, [ROLE_SANDBOX] = sandbox },
            .scorer = t->scorer, .n_scorer = t->n_scorer, .journal = journal,
            .progress = progress,
            .n_slot = hold_of(g) + (sandbox ? hold_of(sandbox) : 0),
            .keep_prompts = s->asked.keep_prompts,
            .stopped = stop_asked }, e);
        s->stopped |= result.stopped || result.halted;
        if (result.halted)
            s->halted = arena_strdup(&p->mem, result.halted);
    }
    s->n_failed += journal_count_failed(journal);
    progress_free(progress);
    struct err closing = { 0 };
    if (journal_close(journal, &closing) < 0 && rc == 0) {
        *e = closing;
        rc = e->code;
    }
    return rc;
}

/* Makes a folder that was not there: two runs may start within one second. What
 * goes wrong here goes wrong in manifest_write() again, which says it. */
static const char *new_dir(const char *name, struct arena *mem)
{
    struct err later = { 0 };
    const char *dir = arena_printf(mem, "runs/%s", name);
    if (file_mkdirs("runs", &later) < 0)
        return dir;
    for (int k = 2; mkdir(dir, 0777) < 0 && errno == EEXIST; k++)
        dir = arena_printf(mem, "runs/%s-%d", name, k);
    return dir;
}

static const char *choose_dir(struct session *s, const struct model_choice *m)
{
    struct plan *p = &s->plan;
    struct arena *mem = &p->mem;
    if (!s->out)
        s->out = s->asked.out;
    if (!s->out)
        s->out = new_dir(plan_run_name(p->n_model > 1 ? "models" : m->label, mem), mem);
    if (p->n_model == 1)
        return s->out;
    return arena_printf(mem, "%s/%s", s->out, plan_safe_name(m->label, mem));
}

static bool is_ours(struct plan *p, const char *parent, const char *dir)
{
    for (size_t i = 0; i < p->n_model; i++)
        if (!strcmp(dir, arena_printf(&p->mem, "%s/%s", parent,
                                      plan_safe_name(p->model[i].label, &p->mem))))
            return true;
    return false;
}

/* A folder is one run or holds those of several models, never both: `report`
 * and --resume would see a part of them only. */
static int check_folder(struct session *s, struct err *e)
{
    struct plan *p = &s->plan;
    struct err none = { 0 };
    const char *dir = s->out ? s->out : s->asked.out, **dirs = NULL;
    size_t n = 0;
    if (!dir || !file_is_dir(dir) || manifest_find(&dirs, &n, dir, &p->mem, &none) < 0)
        return 0;
    bool one = !strcmp(dirs[0], dir);
    if (one && p->n_model > 1)
        return err_set(e, ERR_MISMATCH, "%s: is the run of one model, and %zu are asked; give "
                                        "another --out", dir, p->n_model);
    if (one || (p->n_model > 1 && !s->asked.resume))
        return 0;
    for (size_t i = 0; i < n; i++)
        if (p->n_model == 1 || !is_ours(p, dir, dirs[i]))
            return err_set(e, ERR_MISMATCH,
                           s->asked.resume ? "%s: holds several runs, %s for one; say which to "
                                             "resume"
                                           : "%s: holds other runs, %s for one; give another "
                                             "--out", dir, dirs[i]);
    return 0;
}

/* Has the model's run.json been written: by a run that is resumed, or by
 * another shard? */
static bool is_begun(struct session *s, const struct model_choice *m)
{
    if (!s->out && !s->asked.out)
        return false;
    return file_exists(arena_printf(&s->plan.mem, "%s/run.json", choose_dir(s, m)));
}

/* *out stays NULL where nothing is to be measured, or not again. */
static int measure(struct numerics **out, struct session *s, const struct model_choice *m,
                   struct err *e)
{
    struct plan *p = &s->plan;
    *out = NULL;
    if (!s->asked.numerics || is_begun(s, m))
        return 0;
    *out = arena_array(&p->mem, p->n_task, sizeof **out);
    return numerics_measure(*out, &s->stopped, p, &s->asked, m, &p->mem, e);
}

static int run_one_model(struct session *s, const struct model_choice *m, struct err *e)
{
    struct plan *p = &s->plan;
    struct engine_options o;
    struct engine *g = NULL;
    struct numerics *numerics = NULL;
    if (measure(&numerics, s, m, e) < 0)
        return e->code;
    if (s->stopped)
        return 0;
    if (plan_engine(&o, p, &s->asked, m, e) < 0 || engine_open(&g, m->spec, &o, e) < 0)
        return e->code;
    const char *dir = NULL;
    cJSON *tree = NULL;
    int rc = plan_check_engine(p, g, m->label, e);
    if (rc == 0 && s->asked.cache)
        rc = cached_wrap(&g, arena_printf(&p->mem, "%s/answers", p->cache), e);
    if (rc == 0) {
        dir = choose_dir(s, m);
        tree = plan_manifest(p, &s->asked, g, s->sandbox, m);
        if (numerics)
            numerics_add(cJSON_GetObjectItemCaseSensitive(tree, "tasks"), numerics, p->n_task);
        rc = manifest_write(dir, tree, e);
    }
    if (rc == 0)
        s->dirs[s->n_dir++] = dir;
    for (size_t i = 0; rc == 0 && i < p->n_task && !s->stopped; i++)
        rc = run_one_task(s, &p->task[i], g, dir, m->label, e);
    cJSON_Delete(tree);
    engine_close(g);
    return rc;
}

/* Of an engine that can tell without loading anything. */
static int say_memory(struct session *s, const struct model_choice *m, struct err *e)
{
    struct plan *p = &s->plan;
    struct engine_options o;
    struct engine *g = NULL;
    const struct engine_type *type = engine_type_of(m->spec, NULL);
    if (type && !type->plan) {
        printf("       (not opened: --dry-run asks and reads nothing of %s models)\n", type->name);
        return 0;
    }
    if (plan_engine(&o, p, &s->asked, m, e) < 0)
        return e->code;
    o.vocab_only = true;
    if (engine_open(&g, m->spec, &o, e) < 0)
        return e->code;
    int rc = plan_check_engine(p, g, m->label, e);
    struct strbuf text = STRBUF_INIT;
    if (rc == 0)
        type->plan(g, o.asks, &text);
    for (const char *line = text.s; *line; line += *line == '\n') {
        int len = (int)strcspn(line, "\n");
        printf("       %.*s\n", len, line);
        line += len;
    }
    strbuf_release(&text);
    engine_close(g);
    return rc;
}

/* What programs would run in, and which ones would not. */
static int say_sandbox(struct session *s, struct err *e)
{
    const struct plan *p = &s->plan;
    struct strbuf text = STRBUF_INIT;
    struct json_writer w = { .out = &text };
    if (plan_sandbox(&s->sandbox, p, &s->asked, e) < 0)
        return e->code;
    if (!s->sandbox)
        return 0;
    json_open(&w, NULL, '{');
    s->sandbox->type->describe(s->sandbox, &w);
    json_close(&w, '}');
    printf("programs run in %s\n", text.s);
    strbuf_release(&text);
    return 0;
}

static void say_left_out(const struct plan_task *t)
{
    for (size_t i = 0; i < t->n_left_out; i++)
        printf("       not run: %s (%s)\n", t->left_out[i].subset, t->left_out[i].why);
}

static int say_plan(struct session *s, struct err *e)
{
    const struct plan *p = &s->plan;
    for (size_t i = 0; i < p->n_task; i++) {
        const struct task_facts *f = task_facts(p->task[i].task);
        const struct dataset_facts *d = dataset_facts(p->task[i].dataset);
        printf("task   %s, recipe %s, %d shots, %zu samples of %s/%s%s\n", f->name, f->recipe,
               f->shots, d->n_asked, d->name, d->split, d->sample ? " (sample data)" : "");
        say_left_out(&p->task[i]);
    }
    int rc = say_sandbox(s, e);
    for (size_t i = 0; rc == 0 && i < p->n_model; i++) {
        printf("model  %s (%s)\n", p->model[i].label, p->model[i].spec);
        rc = say_memory(s, &p->model[i], e);
        if (rc == 0 && s->asked.numerics)
            rc = numerics_check(&p->model[i], e);
    }
    return rc;
}

static int print_runs(struct session *s, struct err *e)
{
    struct print_style style = {
        .format = s->asked.json ? "json" : s->asked.format, .by = s->asked.by,
        .lang = s->asked.lang };
    return print_report(s->dirs, s->n_dir, &style, e);
}

static int run_models(struct session *s, struct err *e)
{
    struct plan *p = &s->plan;
    s->dirs = arena_array(&p->mem, p->n_model, sizeof *s->dirs);
    stop_install();
    int rc = plan_sandbox(&s->sandbox, p, &s->asked, e);
    size_t i = 0;
    for (; rc == 0 && i < p->n_model && !s->stopped && !stop_asked(); i++)
        rc = run_one_model(s, &p->model[i], e);
    s->stopped |= stop_asked();
    if (rc < 0 && i > 1)
        fprintf(stderr, "evalrun: what earlier models answered is kept in %s\n", s->out);
    if (rc < 0)
        return rc;
    if (s->n_dir && print_runs(s, e) < 0)
        return e->code;
    if (s->stopped && !s->n_dir) {
        fprintf(stderr, "evalrun: stopped before the first question; nothing is kept\n");
        return EXIT_STOPPED;
    }
    if (s->stopped) {
        fprintf(stderr, "evalrun: stopped%s%s; continue with: evalrun --resume %s%s%s\n",
                s->halted ? ": " : "", s->halted ? s->halted : "", s->out ? s->out : ".",
                s->asked.shard ? " --shard " : "",
                s->asked.shard ? s->asked.shard : "");
        return EXIT_STOPPED;
    }
    if (!s->asked.quiet)
        fprintf(stderr, "evalrun: run directory: %s\n", s->out);
    return s->n_failed ? EXIT_FAILED : EXIT_DONE;
}

int cmd_run(int argc, char **argv, struct err *e)
{
    struct session s = { .asked = ASKED_INIT };
    struct arena mem = { 0 };
    int rc = parse(&s, argc - 1, argv + 1, e);
    if (rc == 0 && s.asked.resume)
        rc = parse_resume(&s, argc - 1, argv + 1, &mem, e);
    else if (rc == 0 && s.asked.retry_failed)
        rc = err_set(e, ERR_USAGE, "--retry-failed: goes with --resume DIR");
    if (rc == 0)
        rc = plan_make(&s.plan, &s.asked, e);
    if (rc == 0)
        rc = check_folder(&s, e);
    if (rc == 0 && s.asked.dry_run)
        rc = say_plan(&s, e);
    else if (rc == 0)
        rc = run_models(&s, e);
    engine_close(s.sandbox);
    plan_release(&s.plan);
    arena_release(&mem);
    return rc;
}
