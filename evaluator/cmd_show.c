/* `evalrun show`: the question a task makes of a row, byte for byte. */
#include <stdio.h>
#include <string.h>

#include "base/dirs.h"
#include "base/strbuf.h"
#include "evaluator/asked.h"
#include "evaluator/cmd.h"
#include "evaluator/custom.h"
#include "evaluator/engines/engine.h"
#include "evaluator/models/models.h"
#include "tasks/task.h"

struct show_asked {
    struct asked run; /* first: engine_opts write here */
    long long index, turn;
    bool raw;
};

#define AT(field)  offsetof(struct show_asked, field)
#define RUN(field) offsetof(struct show_asked, run.field)

const struct opt show_opts[] = {
    { "recipe", 'r', OPT_TEXT, RUN(recipe), "R", "protocol of the task file (default: its own)",
      NULL, 0 },
    { "subset", 's', OPT_TEXT, RUN(subset), "S", "count rows within this subset or category",
      NULL, 0 },
    { "split", 0, OPT_TEXT, RUN(split), "NAME",
      "a row of this split of the data set (default: the recipe's)", NULL, 0 },
    { "index", 'i', OPT_INT, AT(index), "N", "which row, counting from 0 (default 0)", NULL, 0 },
    { "turn", 0, OPT_INT, AT(turn), "N",
      "which of the row's questions, counting from 0 (default 0)", NULL, 0 },
    { "permute", 0, OPT_INT, RUN(permute), "N", "with the questions that `run --permute N` adds",
      NULL, 0 },
    { "contamination", 0, OPT_FLAG, RUN(contamination), NULL,
      "with the question that `run --contamination` adds", NULL, 0 },
    { "shots", 'k', OPT_INT, RUN(shots), "K", "few-shot examples (default: the recipe's)", NULL,
      RUN(has_shots) },
    { "sample", 0, OPT_FLAG, RUN(sample), NULL, "the small data sets shipped with evalrun", NULL,
      0 },
    { "chat", 0, OPT_FLAG, RUN(chat), NULL, "apply the chat template (default: the recipe's)",
      NULL, RUN(has_chat) },
    { "seed", 0, OPT_INT, RUN(seed), "S", "seed of everything that draws (default 1234)", NULL,
      0 },
    { "data-dir", 0, OPT_TEXT, RUN(data_dir), "DIR", "where imported data sets are", NULL, 0 },
    { "model", 'm', OPT_TEXT, RUN(model), "M", "show also its tokens, the boundary and BOS", NULL,
      0 },
    { "raw", 0, OPT_FLAG, AT(raw), NULL, "the bytes of the prompt and nothing else", NULL, 0 },
    { "json", 0, OPT_FLAG, RUN(json), NULL, "one JSON object", NULL, 0 },
    { 0 },
};

/* Everything a question is made from, and the question. */
struct view {
    struct show_asked asked;
    const char *name; /* of the task */
    struct arena mem;
    struct dataset_where where;
    const char *cache;
    struct task *task;
    struct dataset *data;
    struct pool *pool;
    struct sample sample;
    struct turn turn;
    const char *then;   /* the step after it, NULL when there is none */
    struct strbuf seen; /* by the model */
    const char *model;  /* its label, NULL when none was asked */
};

static int parse(struct view *v, int argc, char **argv, struct err *e)
{
    const struct opt *const tables[] = { show_opts, engine_opts, NULL };
    int n_rest = 0;
    if (opt_parse(&v->asked, tables, argc - 1, argv + 1, &n_rest, e) < 0)
        return e->code;
    if (n_rest != 1)
        return err_set(e, ERR_USAGE, "show one task: `evalrun show TASK --subset S --index N`");
    v->name = argv[1];
    if (v->asked.index < 0 || v->asked.turn < 0)
        return err_set(e, ERR_USAGE, "--%s %lld: counted from 0",
                       v->asked.index < 0 ? "index" : "turn",
                       v->asked.index < 0 ? v->asked.index : v->asked.turn);
    if (v->asked.run.permute < 0 || v->asked.run.permute == 1 || v->asked.run.permute > 26)
        return err_set(e, ERR_USAGE, "--permute must be from 2 to the number of options");
    if (v->asked.run.has_shots && (v->asked.run.shots < 0 || v->asked.run.shots > 1000))
        return err_set(e, ERR_USAGE, "--shots %lld: not a number from 0 to 1000",
                       v->asked.run.shots);
    if (v->asked.raw && (v->asked.run.json || v->asked.run.model))
        return err_set(e, ERR_USAGE, "--raw prints the prompt alone: leave --json and --model "
                                     "out");
    return 0;
}

static int find_folders(struct view *v, struct err *e)
{
    if (dirs_share(&v->where.share, &v->mem, e) < 0)
        return e->code;
    if (v->asked.run.data_dir)
        v->where.data = v->asked.run.data_dir;
    else if (dirs_data(&v->where.data, &v->mem, e) < 0)
        return e->code;
    return dirs_cache(&v->cache, &v->mem, e);
}

static int open_task(struct view *v, struct err *e)
{
    const struct asked *a = &v->asked.run;
    const struct task_query q = {
        .name = v->name,
        .recipe = a->recipe,
        .split = a->split,
        .shots = a->has_shots ? (int)a->shots : -1,
        .seed = (uint64_t)a->seed,
        .permute = (size_t)a->permute,
        .contamination = a->contamination,
        .share = v->where.share,
        .chat = !a->has_chat ? CHAT_RECIPE : a->chat ? CHAT_ON : CHAT_OFF,
    };
    const char *share = v->where.share, *data = v->where.data;
    if (task_load(&v->task, custom_share(share, data, "tasks", v->name, &v->mem), &q, e) < 0)
        return e->code;
    const struct task_facts *f = task_facts(v->task);
    const struct dataset_where where = {
        .share = custom_share(share, data, "datasets", f->dataset, &v->mem),
        .data = data,
    };
    const struct dataset_query dq = {
        .name = f->dataset,
        .split = f->split,
        .sample = a->sample,
        .subset = &v->asked.run.subset,
        .n_subset = a->subset != NULL,
        .usual = f->subset,
        .n_usual = f->n_subset,
        .categories = f->categories,
        .limit = (size_t)v->asked.index + 1,
    };
    if (dataset_open(&v->data, &where, &dq, e) < 0)
        return e->code;
    if (f->shot_split &&
        pool_open(&v->pool, &where, f->dataset, f->shot_split, a->sample, e) < 0)
        return e->code;
    return task_bind(v->task, v->pool, dataset_facts(v->data), e);
}

static int no_such_row(const struct view *v, struct err *e)
{
    const struct dataset_facts *d = dataset_facts(v->data);
    const char *subset = v->asked.run.subset;
    size_t n = d->n_subset ? 0 : d->n;
    for (size_t i = 0; i < d->n_subset; i++)
        if (d->subset[i].n_asked > 0)
            n += d->subset[i].n;
    return err_set(e, ERR_USAGE, "--index %lld: %s has %zu rows in split '%s'%s, counted from 0",
                   v->asked.index, subset ? subset : d->name, n, d->split,
                   d->sample ? " of the sample" : "");
}

static int find_row(struct view *v, struct err *e)
{
    size_t wanted = (size_t)v->asked.index;
    int rc;
    for (size_t at = 0; (rc = dataset_next(v->data, &v->mem, &v->sample, e)) == 1; at++) {
        if (at == wanted)
            return 0;
        cJSON_Delete((cJSON *)v->sample.row);
        v->sample.row = NULL;
    }
    return rc < 0 ? rc : no_such_row(v, e);
}

/* Nobody answers; what a later question repeats of an answer is this, and a program
 * is made of the right one. */
static void make_answer(struct turn *t, struct view *v)
{
    struct out *said = arena_alloc(&v->mem, sizeof *said);
    bool runs = task_asks(v->task, ROLE_SANDBOX);
    said->text = runs && t->n_target ? t->target[0] : "(what was written)";
    t->a = (struct response){ .out = said, .n_out = 1 };
}

/* The question after the last, were that answered. */
static int find_next(struct view *v, struct trace *trace, struct err *e)
{
    struct turn *next = &trace->turn[trace->n_turn + 1];
    make_answer(&trace->turn[trace->n_turn++], v);
    int rc = task_next(v->task, trace, next, e);
    v->then = rc == 1 ? next->step : NULL;
    return rc < 0 ? rc : 0;
}

/* Questions before the one wanted are made too. */
static int ask(struct view *v, struct err *e)
{
    size_t wanted = (size_t)v->asked.turn;
    struct trace trace = { .sample = v->sample, .mem = &v->mem };
    for (;; trace.n_turn++) {
        struct turn *list = arena_array(&v->mem, trace.n_turn + 2, sizeof *list);
        for (size_t i = 0; i < trace.n_turn; i++)
            list[i] = trace.turn[i];
        int rc = task_next(v->task, &trace, &list[trace.n_turn], e);
        if (rc < 0)
            return rc;
        if (rc == 0)
            return err_set(e, ERR_USAGE, "--turn %lld: a row has %zu question%s, counted from 0",
                           v->asked.turn, trace.n_turn, trace.n_turn == 1 ? "" : "s");
        trace.turn = list;
        v->turn = list[trace.n_turn];
        if (trace.n_turn == wanted)
            return find_next(v, &trace, e);
        make_answer(&list[trace.n_turn], v);
    }
}

static int explain(struct view *v, struct engine *g, struct err *e)
{
    if (!g->type->explain)
        return err_set(e, ERR_USAGE, "--model %s: the engine '%s' has no tokens to show",
                       v->asked.run.model, g->type->name);
    return g->type->explain(g, &v->turn.q, &v->seen, e);
}

/* How the model sees the question: its vocabulary is loaded, not its weights. */
static int look(struct view *v, struct err *e)
{
    struct model_catalog *catalog = NULL;
    struct model_choice choice;
    struct engine_options options;
    struct engine *g = NULL;
    if (!v->asked.run.model)
        return 0;
    int rc = model_catalog_open(&catalog, v->where.share, e);
    if (rc == 0)
        rc = model_resolve(&choice, catalog, v->asked.run.model, v->cache, &v->mem, e);
    if (rc == 0)
        rc = asked_engine(&options, &v->asked.run, v->cache, e);
    if (rc == 0) {
        options.vocab_only = true;
        options.need_chat = !v->turn.q.raw;
        options.template_else = choice.template;
        options.share = v->where.share;
        rc = engine_open(&g, choice.spec, &options, e);
    }
    if (rc == 0)
        rc = explain(v, g, e);
    if (rc == 0)
        v->model = choice.label;
    engine_close(g);
    model_catalog_close(catalog);
    return rc;
}

/* ---- printing */

static const char *speaker_name(enum speaker who)
{
    return who == SPEAKER_SYSTEM ? "system" : who == SPEAKER_USER ? "user" : "model";
}

static size_t prompt_bytes(const struct request *q)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n_message; i++)
        n += strlen(q->message[i].text);
    return n;
}

static bool is_gold(const struct turn *t, size_t i)
{
    for (size_t k = 0; k < t->n_gold; k++)
        if (t->gold[k] == i)
            return true;
    return false;
}

static void put_prompt(struct strbuf *out, const struct request *q)
{
    for (size_t i = 0; i < q->n_message; i++)
        strbuf_puts(out, q->message[i].text);
}

/* How a text is written, in words. */
static void put_decode(struct strbuf *out, const struct request *q)
{
    const struct decode *d = &q->decode;
    strbuf_printf(out, "text of at most %d tokens, ", d->max_tokens);
    if (d->temperature > 0)
        strbuf_printf(out, "temperature %g, %zu draw%s", d->temperature, q->n_out,
                      q->n_out == 1 ? "" : "s");
    else
        strbuf_puts(out, "the likeliest token always");
}

static void put_asked(struct strbuf *out, const struct request *q)
{
    if (q->ask == ASK_TEXT)
        put_decode(out, q);
    else if (q->ask == ASK_EXEC)
        strbuf_printf(out, "whether a program in %s passes its tests within %g s",
                      q->exec->language, q->exec->limit_s);
    else
        strbuf_puts(out, q->roll    ? "likelihood of the text, in windows of the context"
                         : q->whole ? "likelihood of prompt and continuation together"
                         : q->lead  ? "likelihood of each continuation after the prompt and a "
                                      "text of its own"
                                    : "likelihood of each continuation after the prompt");
    if (q->ask != ASK_EXEC)
        strbuf_puts(out, q->raw ? ", without chat template" : ", through the chat template");
}

static void put_head(struct strbuf *out, const struct view *v)
{
    const struct task_facts *f = task_facts(v->task);
    const struct request *q = &v->turn.q;
    strbuf_printf(out, "task       %s (version %d), recipe %s\n", f->name, f->version, f->recipe);
    strbuf_printf(out, "source     %s\n", f->source);
    strbuf_printf(out, "row        %s%s\n", v->sample.id,
                  dataset_facts(v->data)->sample ? " of the sample data" : "");
    strbuf_printf(out, "shots      %d%s%s\n", f->shots, f->shot_split ? " from " : "",
                  f->shot_split ? f->shot_split : "");
    strbuf_puts(out, "asked      ");
    put_asked(out, q);
    strbuf_printf(out, "\nstep       %s\n", v->turn.step);
    strbuf_printf(out, "question   sha256 %s\n", v->turn.question);
    strbuf_printf(out, "prompt     sha256 %s\n", v->turn.prompt);
}

/* Marks stand on lines of their own; the end mark says whether the line end
 * before it belongs to the prompt. */
static void put_messages(struct strbuf *out, const struct request *q)
{
    const char *last = "";
    for (size_t i = 0; i < q->n_message; i++) {
        const struct message *m = &q->message[i];
        bool turn = i == 0 || m->who != q->message[i - 1].who;
        if (!q->raw && turn)
            strbuf_printf(out, "%s===== %s\n", i ? "\n" : "", speaker_name(m->who));
        strbuf_puts(out, m->text);
        last = m->text;
    }
    size_t n = strlen(last);
    if (n && last[n - 1] == '\n')
        strbuf_puts(out, "===== end of the prompt, which ends with a line end\n");
    else
        strbuf_puts(out, "\n===== end of the prompt, which ends without a line end\n");
}

static void put_quoted(struct strbuf *out, const char *what, const char *text)
{
    struct json_writer w = { .out = out };
    strbuf_printf(out, "%s  ", what);
    json_put_text(&w, NULL, text);
    strbuf_putc(out, '\n');
}

static void put_part(struct strbuf *out, const char *what, const char *text)
{
    size_t n = strlen(text);
    if (n > 0)
        strbuf_printf(out, "===== %s, %zu bytes\n%s%s", what, n, text,
                      text[n - 1] == '\n' ? "" : "\n");
}

/* What is run, in its parts; how they are put together is the language's. */
static void put_program(struct strbuf *out, const struct turn *t)
{
    const struct exec *x = t->q.exec;
    put_part(out, "solution, of the right answer", t->q.variant[0]);
    if (!*t->q.variant[0])
        strbuf_puts(out, "===== no solution: the rules find none in the right answer\n");
    put_part(out, "given", x->given);
    put_part(out, "test", x->test);
    put_part(out, "entry", x->entry);
}

static void put_question(struct strbuf *out, const struct view *v)
{
    const struct turn *t = &v->turn;
    strbuf_printf(out, "===== prompt, %zu bytes\n", prompt_bytes(&t->q));
    put_messages(out, &t->q);
    for (size_t i = 0; t->q.variant && i < t->q.n_out; i++) {
        struct json_writer w = { .out = out };
        if (t->q.lead)
            put_quoted(out, "after", t->q.lead[i]);
        strbuf_printf(out, "continuation %zu  ", i + 1);
        json_put_text(&w, NULL, t->q.variant[i]);
        strbuf_puts(out, is_gold(t, i) ? "  <- right\n" : "\n");
    }
    for (size_t i = 0; t->q.ask == ASK_TEXT && i < t->q.decode.n_stop; i++)
        put_quoted(out, "stops at", t->q.decode.stop[i]);
    for (size_t i = 0; i < t->n_option; i++)
        put_quoted(out, "option", t->option[i]);
    for (size_t i = 0; t->q.ask == ASK_TEXT && i < t->n_target; i++)
        put_quoted(out, "right answer", t->target[i]);
    if (v->model) {
        bool ended = v->seen.len > 0 && v->seen.s[v->seen.len - 1] == '\n';
        strbuf_printf(out, "===== as %s sees it\n%s%s", v->model, v->seen.s, ended ? "" : "\n");
    }
}

static void put_text(struct strbuf *out, const struct view *v)
{
    put_head(out, v);
    if (v->turn.q.ask == ASK_EXEC)
        put_program(out, &v->turn);
    else
        put_question(out, v);
    if (v->then)
        strbuf_printf(out, "then       step %s; --turn %lld shows it\n", v->then,
                      v->asked.turn + 1);
}

static void put_json_messages(struct json_writer *w, const struct request *q)
{
    static const char *const pieces[] = {
        [PIECE_HEADER] = "header",     [PIECE_SHOT] = "shot",       [PIECE_CONTEXT] = "context",
        [PIECE_QUESTION] = "question", [PIECE_HISTORY] = "history",
    };
    json_open(w, "messages", '[');
    for (size_t i = 0; i < q->n_message; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "who", speaker_name(q->message[i].who));
        json_put_text(w, "piece", pieces[q->message[i].piece]);
        json_put_text(w, "text", q->message[i].text);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_json_texts(struct json_writer *w, const char *key, const char *const *text,
                           size_t n)
{
    json_open(w, key, '[');
    for (size_t i = 0; text && i < n; i++)
        json_put_text(w, NULL, text[i]);
    json_close(w, ']');
}

static void put_json_program(struct json_writer *w, const struct turn *t)
{
    const struct exec *x = t->q.exec;
    json_open(w, "exec", '{');
    json_put_text(w, "language", x->language);
    json_put_text(w, "solution", t->q.variant[0]);
    json_put_text(w, "given", x->given);
    json_put_text(w, "test", x->test);
    json_put_text(w, "entry", x->entry);
    json_put_number(w, "limit_s", x->limit_s);
    json_put_int(w, "memory_mb", x->memory_mb);
    json_close(w, '}');
}

static void put_json_choices(struct json_writer *w, const struct turn *t)
{
    put_json_texts(w, "continuations", t->q.ask == ASK_LOGLIK ? t->q.variant : NULL, t->q.n_out);
    put_json_texts(w, "leads", t->q.lead, t->q.n_out);
    put_json_texts(w, "labels", t->label, t->q.n_out);
    json_open(w, "gold", '[');
    for (size_t i = 0; i < t->n_gold; i++)
        json_put_int(w, NULL, t->gold[i]);
    json_close(w, ']');
}

static void put_json_decode(struct json_writer *w, const struct request *q)
{
    put_json_texts(w, "stop", q->decode.stop, q->decode.n_stop);
    json_put_int(w, "max_tokens", q->decode.max_tokens);
    json_put_number(w, "temperature", q->decode.temperature);
    json_put_int(w, "draws", (int64_t)q->n_out);
}

static void put_json(struct strbuf *out, const struct view *v)
{
    const struct task_facts *f = task_facts(v->task);
    const struct request *q = &v->turn.q;
    struct json_writer w = { .out = out };
    struct strbuf prompt = STRBUF_INIT;
    put_prompt(&prompt, q);
    json_open(&w, NULL, '{');
    json_put_text(&w, "task", f->name);
    json_put_text(&w, "recipe", f->recipe);
    json_put_text(&w, "lang", f->lang);
    json_put_bool(&w, "sample", dataset_facts(v->data)->sample);
    json_put_text(&w, "subset", v->sample.subset);
    json_put_int(&w, "index", (int64_t)v->sample.subset_index);
    json_put_text(&w, "id", v->sample.id);
    json_put_int(&w, "shots", f->shots);
    json_put_bool(&w, "chat", !q->raw);
    json_put_text(&w, "ask", q->ask == ASK_TEXT ? "text" : q->ask == ASK_EXEC ? "exec" : "loglik");
    json_put_text(&w, "step", v->turn.step);
    json_put_bool(&w, "whole", q->whole);
    json_put_bool(&w, "roll", q->roll);
    json_put_text(&w, "prompt", prompt.s);
    put_json_messages(&w, q);
    put_json_choices(&w, &v->turn);
    if (q->ask == ASK_TEXT)
        put_json_decode(&w, q);
    if (q->ask == ASK_EXEC)
        put_json_program(&w, &v->turn);
    put_json_texts(&w, "target", v->turn.target, v->turn.n_target);
    if (v->turn.option)
        put_json_texts(&w, "options", v->turn.option, v->turn.n_option);
    json_put_text(&w, "question_sha256", v->turn.question);
    json_put_text(&w, "prompt_sha256", v->turn.prompt);
    if (v->model) {
        json_put_text(&w, "model", v->model);
        json_put_text(&w, "seen", v->seen.s);
    }
    json_close(&w, '}');
    strbuf_putc(out, '\n');
    strbuf_release(&prompt);
}

static int print(const struct view *v, struct err *e)
{
    struct strbuf out = STRBUF_INIT;
    if (v->asked.raw)
        put_prompt(&out, &v->turn.q);
    else if (v->asked.run.json)
        put_json(&out, v);
    else
        put_text(&out, v);
    bool written = fwrite(out.s, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
    strbuf_release(&out);
    return written ? 0 : err_set(e, ERR_IO, "standard output: cannot be written");
}

int cmd_show(int argc, char **argv, struct err *e)
{
    struct view v = { .asked = { .run = ASKED_INIT }, .seen = STRBUF_INIT };
    int rc = parse(&v, argc, argv, e);
    if (rc == 0)
        rc = find_folders(&v, e);
    if (rc == 0)
        rc = open_task(&v, e);
    if (rc == 0)
        rc = find_row(&v, e);
    if (rc == 0)
        rc = ask(&v, e);
    if (rc == 0)
        rc = look(&v, e);
    if (rc == 0)
        rc = print(&v, e);
    cJSON_Delete((cJSON *)v.sample.row);
    task_free(v.task);
    dataset_close(v.data);
    pool_close(v.pool);
    strbuf_release(&v.seen);
    arena_release(&v.mem);
    return rc;
}
