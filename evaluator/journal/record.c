/* One journal line: written from a settled trace, parsed back into one. The
 * fields are described in docs/run-format.md; keep the two halves in step. */
#include <math.h>
#include <string.h>

#include "evaluator/journal/journal.h"

static const char *const ask_names[] = { [ASK_TEXT] = "text", [ASK_LOGLIK] = "loglik",
                                         [ASK_EXEC] = "exec" };
static const char *const role_names[] = { [ROLE_MODEL] = "model", [ROLE_JUDGE] = "judge",
                                          [ROLE_SANDBOX] = "sandbox" };
static const char *const speaker_names[] = { [SPEAKER_SYSTEM] = "system",
                                             [SPEAKER_USER] = "user",
                                             [SPEAKER_MODEL] = "model" };

static void put_texts(struct json_writer *w, const char *key, const char *const *text, size_t n)
{
    if (!text)
        return;
    json_open(w, key, '[');
    for (size_t i = 0; i < n; i++)
        json_put_text(w, NULL, text[i]);
    json_close(w, ']');
}

static void put_out(struct json_writer *w, const struct request *q, const struct out *o)
{
    enum ask ask = q->ask;
    json_open(w, NULL, '{');
    if (ask == ASK_LOGLIK) {
        json_put_number(w, "logprob", o->logprob);
        json_put_int(w, "tokens", o->n_token);
        json_put_bool(w, "greedy", o->greedy);
        if (q->tail)
            json_put_number(w, "tail", o->tail);
        if (o->n_straddle)
            json_put_int(w, "straddle", o->n_straddle);
    } else {
        json_put_text(w, "text", o->text ? o->text : "");
        if (o->thinking)
            json_put_text(w, "thinking", o->thinking);
        if (o->fault)
            json_put_text(w, "fault", o->fault);
        if (ask == ASK_EXEC)
            json_put_int(w, "status", o->status);
        else
            json_put_int(w, "tokens", o->n_token);
        if (o->n_think)
            json_put_int(w, "think_tokens", o->n_think);
        if (o->cut)
            json_put_bool(w, "cut", true);
    }
    json_close(w, '}');
}

static void put_messages(struct json_writer *w, const struct request *q)
{
    json_open(w, "messages", '[');
    for (size_t i = 0; i < q->n_message; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "who", speaker_names[q->message[i].who]);
        json_put_text(w, "text", q->message[i].text);
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* Programs repeat what the draws hold already, so they are kept only with the
 * prompts. */
static void put_exec(struct json_writer *w, const struct request *q, bool keep_prompts)
{
    const struct exec *x = q->exec;
    json_open(w, "exec", '{');
    json_put_text(w, "language", x->language);
    if (keep_prompts) {
        json_put_text(w, "given", x->given);
        json_put_text(w, "test", x->test);
        json_put_text(w, "entry", x->entry);
        put_texts(w, "solutions", q->variant, q->n_out);
    }
    json_put_number(w, "limit_s", x->limit_s);
    if (x->memory_mb)
        json_put_int(w, "memory_mb", x->memory_mb);
    json_close(w, '}');
}

static void put_turn(struct json_writer *w, const struct turn *t, bool keep_prompts)
{
    json_open(w, NULL, '{');
    json_put_text(w, "step", t->step);
    json_put_text(w, "role", role_names[t->q.role]);
    json_put_text(w, "ask", ask_names[t->q.ask]);
    json_put_text(w, "question", t->question);
    json_put_text(w, "prompt", t->prompt);
    if (t->q.tail)
        json_put_int(w, "tail", t->q.tail);
    if (keep_prompts && t->q.ask != ASK_EXEC)
        put_messages(w, &t->q);
    if (t->q.exec)
        put_exec(w, &t->q, keep_prompts);
    if (keep_prompts && t->label) /* which say how many there are */
        put_texts(w, "leads", t->q.lead, t->q.n_out);
    put_texts(w, "labels", t->label, t->q.n_out);
    put_texts(w, "target", t->target, t->n_target);
    put_texts(w, "options", t->option, t->n_option);
    json_open(w, "gold", '[');
    for (size_t i = 0; i < t->n_gold; i++)
        json_put_int(w, NULL, t->gold[i]);
    json_close(w, ']');
    json_put_int(w, "prompt_tokens", t->a.n_prompt);
    if (t->a.shots_dropped)
        json_put_int(w, "shots_dropped", t->a.shots_dropped);
    if (t->a.tokens_cut)
        json_put_int(w, "tokens_cut", t->a.tokens_cut);
    json_open(w, "outs", '[');
    for (size_t i = 0; i < t->a.n_out && !t->a.failed; i++)
        put_out(w, &t->q, &t->a.out[i]);
    json_close(w, ']');
    if (t->a.failed)
        json_put_text(w, "failed", t->a.failed);
    if (t->a.n_retry)
        json_put_int(w, "retries", t->a.n_retry);
    if (t->a.cached)
        json_put_bool(w, "cached", true);
    json_put_int(w, "ms", t->a.ms);
    json_close(w, '}');
}

void record_write(struct strbuf *out, const struct trace *t, const char *failed,
                  const char *why, const struct score *score, size_t n_score,
                  bool keep_prompts)
{
    struct json_writer w = { .out = out };
    json_open(&w, NULL, '{');
    json_put_text(&w, "id", t->sample.id);
    json_put_int(&w, "index", (int64_t)t->sample.index);
    json_put_text(&w, "subset", t->sample.subset);
    json_put_int(&w, "subset_index", (int64_t)t->sample.subset_index);
    json_put_text(&w, "failed", failed);
    if (failed)
        json_put_text(&w, "why", why ? why : "");
    json_open(&w, "turns", '[');
    for (size_t i = 0; i < t->n_turn; i++)
        put_turn(&w, &t->turn[i], keep_prompts);
    json_close(&w, ']');
    json_open(&w, "scores", '[');
    for (size_t i = 0; i < n_score; i++) {
        json_open(&w, NULL, '{');
        json_put_text(&w, "scorer", score[i].scorer);
        json_put_text(&w, "answer", score[i].answer);
        json_open(&w, "stats", '[');
        for (size_t k = 0; k < score[i].n_stat; k++)
            json_put_number(&w, NULL, score[i].stat[k]);
        json_close(&w, ']');
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_close(&w, '}');
}

static int name_index(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (names[i] && !strcmp(names[i], name))
            return (int)i;
    return -1;
}

static const char *copy_text(const cJSON *object, const char *key, struct arena *mem)
{
    const char *s = json_text(object, key, NULL);
    return s ? arena_strdup(mem, s) : NULL;
}

static uint32_t small(const cJSON *object, const char *key)
{
    double v = json_number(object, key, 0);
    return v > 0 && v <= UINT32_MAX ? (uint32_t)v : 0;
}

static const char *const *copy_texts(size_t *n, const cJSON *array, struct arena *mem)
{
    *n = (size_t)cJSON_GetArraySize(array);
    const char **text = arena_array(mem, *n + 1, sizeof *text);
    size_t i = 0;
    for (const cJSON *v = array ? array->child : NULL; v; v = v->next)
        text[i++] = arena_strdup(mem, cJSON_IsString(v) ? v->valuestring : "");
    return text;
}

static void parse_outs(struct response *a, const cJSON *outs, struct arena *mem)
{
    a->n_out = (size_t)cJSON_GetArraySize(outs);
    a->out = arena_array(mem, a->n_out, sizeof *a->out);
    size_t i = 0;
    for (const cJSON *v = outs ? outs->child : NULL; v; v = v->next, i++)
        a->out[i] = (struct out){
            .text = copy_text(v, "text", mem),
            .thinking = copy_text(v, "thinking", mem),
            .fault = copy_text(v, "fault", mem),
            .n_think = small(v, "think_tokens"),
            .logprob = json_number(v, "logprob", -INFINITY), /* null: not finite */
            .tail = json_number(v, "tail", json_get(v, "tail") ? NAN : 0),
            .n_token = small(v, "tokens"),
            .n_straddle = small(v, "straddle"),
            .greedy = json_bool(v, "greedy", false),
            .cut = json_bool(v, "cut", false),
            .status = (int)json_int(v, "status", 0),
        };
}

static void parse_messages(struct request *q, const cJSON *list, struct arena *mem)
{
    if (!list)
        return;
    q->n_message = (size_t)cJSON_GetArraySize(list);
    struct message *m = arena_array(mem, q->n_message, sizeof *m);
    size_t i = 0;
    for (const cJSON *v = list->child; v; v = v->next, i++) {
        int who = name_index(speaker_names, 3, json_text(v, "who", "user"));
        m[i].who = who < 0 ? SPEAKER_USER : (enum speaker)who;
        m[i].text = arena_strdup(mem, json_text(v, "text", ""));
    }
    q->message = m;
}

static int parse_gold(struct turn *t, const cJSON *list, struct arena *mem, struct err *e)
{
    uint32_t *index = arena_array(mem, (size_t)cJSON_GetArraySize(list) + 1, sizeof *index);
    for (const cJSON *g = list ? list->child : NULL; g; g = g->next) {
        double v = cJSON_IsNumber(g) ? g->valuedouble : -1;
        if (v < 0 || v > UINT32_MAX || v != floor(v))
            return err_set(e, ERR_INPUT, "key 'gold': whole numbers from 0 are wanted");
        index[t->n_gold++] = (uint32_t)v;
    }
    t->gold = index;
    return 0;
}

static int parse_leads(struct turn *t, const cJSON *list, struct arena *mem, struct err *e)
{
    size_t n = 0;
    if (!list)
        return 0;
    t->q.lead = copy_texts(&n, list, mem);
    if (n != t->q.n_out)
        return err_set(e, ERR_INPUT, "%zu leads but %zu labels", n, t->q.n_out);
    return 0;
}

static const char *need_copy(const cJSON *object, const char *key, struct arena *mem)
{
    return arena_strdup(mem, json_text(object, key, ""));
}

static int parse_exec(struct request *q, const cJSON *v, struct arena *mem, struct err *e)
{
    const cJSON *solutions = json_get(v, "solutions");
    if (!v)
        return err_set(e, ERR_INPUT, "missing key 'exec'");
    struct exec *x = arena_alloc(mem, sizeof *x);
    *x = (struct exec){ .language = need_copy(v, "language", mem),
                        .given = need_copy(v, "given", mem),
                        .test = need_copy(v, "test", mem),
                        .entry = need_copy(v, "entry", mem),
                        .limit_s = json_number(v, "limit_s", 0),
                        .memory_mb = small(v, "memory_mb") };
    q->exec = x;
    if (solutions)
        q->variant = copy_texts(&q->n_out, solutions, mem);
    return 0;
}

static int parse_turn(struct turn *t, const cJSON *v, struct arena *mem, struct err *e)
{
    const char *ask = NULL, *question = NULL, *prompt = NULL, *step = NULL;
    if (json_need_text(&step, v, "step", e) < 0 || json_need_text(&ask, v, "ask", e) < 0 ||
        json_need_text(&question, v, "question", e) < 0 ||
        json_need_text(&prompt, v, "prompt", e) < 0)
        return e->code;
    int kind = name_index(ask_names, ASK_EXEC + 1, ask);
    int role = name_index(role_names, ROLE_COUNT, json_text(v, "role", "model"));
    if (kind < 0 || role < 0)
        return err_set(e, ERR_INPUT, "unknown kind of question '%s'", ask);
    if (strlen(question) != 64 || strlen(prompt) != 64)
        return err_set(e, ERR_INPUT, "keys 'question' and 'prompt' must be SHA-256 digests");
    t->step = arena_strdup(mem, step);
    t->q.ask = (enum ask)kind;
    t->q.role = (enum role)role;
    memcpy(t->question, question, 65);
    memcpy(t->prompt, prompt, 65);
    t->q.tail = small(v, "tail");
    parse_messages(&t->q, json_get(v, "messages"), mem);
    parse_outs(&t->a, json_get(v, "outs"), mem);
    size_t n_label = 0;
    if (json_get(v, "labels"))
        t->label = copy_texts(&n_label, json_get(v, "labels"), mem);
    t->q.n_out = t->label ? n_label : t->a.n_out;
    if (t->q.ask == ASK_EXEC && parse_exec(&t->q, json_get(v, "exec"), mem, e) < 0)
        return e->code;
    if (t->label && t->q.n_out != n_label)
        return err_set(e, ERR_INPUT, "%zu labels but %zu solutions", n_label, t->q.n_out);
    if (parse_leads(t, json_get(v, "leads"), mem, e) < 0)
        return e->code;
    t->target = copy_texts(&t->n_target, json_get(v, "target"), mem);
    if (json_get(v, "options"))
        t->option = copy_texts(&t->n_option, json_get(v, "options"), mem);
    if (parse_gold(t, json_get(v, "gold"), mem, e) < 0)
        return e->code;
    t->a.n_prompt = small(v, "prompt_tokens");
    t->a.shots_dropped = small(v, "shots_dropped");
    t->a.tokens_cut = small(v, "tokens_cut");
    t->a.failed = copy_text(v, "failed", mem);
    t->a.n_retry = small(v, "retries");
    t->a.cached = json_bool(v, "cached", false);
    t->a.ms = small(v, "ms");
    if (!t->a.failed && t->q.n_out != t->a.n_out)
        return err_set(e, ERR_INPUT, "%zu %s but %zu outs", t->q.n_out,
                       t->q.ask == ASK_EXEC ? "solutions" : "labels", t->a.n_out);
    return 0;
}

static void parse_scores(struct record *out, const cJSON *list, struct arena *mem)
{
    out->n_score = (size_t)cJSON_GetArraySize(list);
    struct score *score = arena_array(mem, out->n_score, sizeof *score);
    size_t i = 0;
    for (const cJSON *v = list ? list->child : NULL; v; v = v->next, i++) {
        const cJSON *stats = json_get(v, "stats");
        double *stat = arena_array(mem, (size_t)cJSON_GetArraySize(stats) + 1, sizeof *stat);
        size_t n = 0;
        for (const cJSON *s = stats ? stats->child : NULL; s; s = s->next)
            stat[n++] = cJSON_IsNumber(s) ? s->valuedouble : NAN;
        const char *name = copy_text(v, "scorer", mem);
        score[i] = (struct score){ .scorer = name ? name : "",
                                   .answer = copy_text(v, "answer", mem), .stat = stat,
                                   .n_stat = n };
    }
    out->score = score;
}

static int parse_tree(struct record *out, const cJSON *tree, struct arena *mem, struct err *e)
{
    const char *id = NULL;
    size_t index = 0;
    if (!cJSON_IsObject(tree))
        return err_set(e, ERR_INPUT, "not a journal line (a JSON object is wanted)");
    if (json_need_text(&id, tree, "id", e) < 0 || json_need_count(&index, tree, "index", e) < 0)
        return e->code;
    if (index > UINT32_MAX)
        return err_set(e, ERR_INPUT, "key 'index': no data set has so many samples");
    const cJSON *turns = json_get(tree, "turns");
    if (!cJSON_IsArray(turns))
        return err_set(e, ERR_INPUT, "key 'turns': a list is wanted");
    struct trace *t = &out->trace;
    t->sample = (struct sample){ .id = arena_strdup(mem, id), .index = index,
                                 .subset = arena_strdup(mem, json_text(tree, "subset", "")),
                                 .subset_index = small(tree, "subset_index") };
    t->mem = mem;
    t->n_turn = (size_t)cJSON_GetArraySize(turns);
    t->turn = arena_array(mem, t->n_turn, sizeof *t->turn);
    size_t i = 0;
    for (const cJSON *v = turns->child; v; v = v->next, i++)
        if (parse_turn(&t->turn[i], v, mem, e) < 0)
            return err_in(e, "turns[%zu]", i);
    out->failed = copy_text(tree, "failed", mem);
    out->why = copy_text(tree, "why", mem);
    parse_scores(out, json_get(tree, "scores"), mem);
    return 0;
}

int record_parse(struct record *out, const char *line, size_t len, struct arena *mem,
                 struct err *e)
{
    cJSON *tree = NULL;
    *out = (struct record){ 0 };
    if (json_parse(&tree, line, len, e) < 0)
        return e->code;
    int rc = parse_tree(out, tree, mem, e);
    cJSON_Delete(tree);
    return rc;
}
