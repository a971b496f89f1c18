#include "tasks/task.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tasks/question.h"
#include "tasks/recipe.h"

struct task {
    struct arena mem; /* everything that is not the tree's */
    cJSON *tree;
    const char *where; /* begins the errors */
    struct recipe recipe;
    struct task_facts facts;
    char sha256[SHA256_HEX];
    uint64_t seed;
    const struct pool *pool;          /* borrowed from task_bind() */
    const struct dataset_facts *data; /* the same */
};

/* ---- loading */

static int set_shots(struct task *t, int asked, struct err *e)
{
    struct recipe *r = &t->recipe;
    if (asked > 0 && !r->has_shots)
        return err_set(e, ERR_USAGE, "recipe '%s' takes no shots (--shots %d)", r->name, asked);
    if (asked >= 0)
        r->shots.n = (size_t)asked;
    return 0;
}

static void set_facts(struct task *t, const char *text, size_t len)
{
    const struct recipe *r = &t->recipe;
    sha256_text(t->sha256, text, len);
    t->facts = (struct task_facts){
        .name = json_text(t->tree, "task", ""),
        .lang = json_text(t->tree, "lang", ""),
        .about = json_text(t->tree, "about", ""),
        .recipe = r->name,
        .dataset = json_text(t->tree, "dataset", ""),
        .split = json_text(t->tree, "split", ""),
        .shot_split = r->shots.n ? r->shots.split : NULL,
        .version = (int)json_number(t->tree, "version", 0),
        .shots = (int)r->shots.n,
        .average = r->average,
        .chat = r->chat,
        .sha256 = t->sha256,
        .text = arena_strndup(&t->mem, text, len),
        .score = r->score,
        .categories = r->categories,
        .source = r->source,
    };
}

static int parse(struct task *t, const char *text, size_t len, const struct task_query *q,
                 struct err *e)
{
    if (json_parse(&t->tree, text, len, e) < 0 || recipe_check(t->tree, e) < 0 ||
        recipe_read(&t->recipe, t->tree, q->recipe, &t->mem, e) < 0 ||
        set_shots(t, q->shots, e) < 0)
        return e->code;
    if (q->chat != CHAT_RECIPE)
        t->recipe.chat = q->chat == CHAT_ON;
    t->seed = q->seed;
    set_facts(t, text, len);
    return 0;
}

int task_parse(struct task **out, const char *text, size_t len, const char *where,
               const struct task_query *q, struct err *e)
{
    struct task *t = xcalloc(1, sizeof *t);
    t->where = arena_strdup(&t->mem, where);
    if (parse(t, text, len, q, e) < 0) {
        task_free(t);
        return err_in(e, "%s", where);
    }
    *out = t;
    return 0;
}

int task_bind(struct task *t, const struct pool *pool, const struct dataset_facts *facts,
              struct err *e)
{
    t->pool = pool;
    t->data = facts;
    if (shots_check(&t->recipe.shots, pool, facts, e) < 0)
        return err_in(e, "%s: recipe '%s'", t->where, t->recipe.name);
    return 0;
}

unsigned task_asks(const struct task *t, enum role who)
{
    unsigned asks = 0;
    for (size_t i = 0; i < t->recipe.n_step; i++)
        if (t->recipe.step[i].role == who)
            asks |= t->recipe.step[i].ask;
    return asks;
}

const struct task_facts *task_facts(const struct task *t)
{
    return &t->facts;
}

void task_free(struct task *t)
{
    if (!t)
        return;
    cJSON_Delete(t->tree);
    arena_release(&t->mem);
    free(t);
}

/* ---- asking */

/* One question in the making. */
struct asking {
    const struct task *task;
    const struct step *step;
    const struct sample *sample;
    const struct subset *subset;
    struct arena *mem;
    struct err *e;
};

static const struct subset *find_subset(const struct dataset_facts *d, const char *name)
{
    for (size_t i = 0; i < d->n_subset; i++)
        if (strcmp(d->subset[i].name, name) == 0)
            return &d->subset[i];
    return NULL;
}

/* A template over a row, as a string in the arena. */
static int render(const char **out, const struct asking *a, const struct prompt *p,
                  const cJSON *row)
{
    struct strbuf text = STRBUF_INIT;
    const struct prompt_source source = { row, a->subset, a->task->facts.lang };
    int rc = prompt_render(&text, p, &source, a->e);
    if (rc == 0)
        *out = arena_strndup(a->mem, text.s, text.len);
    strbuf_release(&text);
    return rc;
}

/* The answers a row offers, and which of them is right. */
struct options {
    const char **label;
    size_t n;
    const char *target;
    uint32_t gold;
};

static int no_such_choice(const struct asking *a, const struct options *o)
{
    struct strbuf list = STRBUF_INIT;
    for (size_t i = 0; i < o->n; i++)
        strbuf_printf(&list, "%s%s", i ? ", " : "", o->label[i]);
    int rc = err_set(a->e, ERR_INPUT, "%s: answer '%s' is none of the choices %s",
                     prompt_place(a->step->target), o->target, list.s);
    strbuf_release(&list);
    return rc;
}

static int resolve(struct options *out, const struct asking *a, const cJSON *row)
{
    *out = (struct options){ .n = a->step->n_choice };
    out->label = arena_array(a->mem, out->n, sizeof *out->label);
    for (size_t i = 0; i < out->n; i++)
        if (render(&out->label[i], a, a->step->choice[i], row) < 0)
            return a->e->code;
    if (render(&out->target, a, a->step->target, row) < 0)
        return a->e->code;
    for (out->gold = 0; out->gold < out->n; out->gold++)
        if (strcmp(out->label[out->gold], out->target) == 0)
            return 0;
    return no_such_choice(a, out);
}

/* The error knows the template; the sample's id is still missing. */
static int in_row(const struct asking *a)
{
    return err_in(a->e, "row %s", a->sample->id);
}

/* A worked example's answer; that of choices must be one of them. */
static int render_answer(const char **out, const struct asking *a, const cJSON *row)
{
    struct options o;
    if (a->step->ask == ASK_TEXT)
        return render(out, a, a->step->answer, row);
    if (resolve(&o, a, row) < 0)
        return a->e->code;
    *out = o.target;
    return 0;
}

static void add_message(struct request *q, struct message *list, enum piece piece, uint32_t shot,
                        enum speaker who, const char *text)
{
    if (*text)
        list[q->n_message++] = (struct message){ who, piece, shot, text };
}

static int add_shot(struct request *q, struct message *list, const struct asking *a, uint32_t i,
                    const cJSON *row)
{
    const struct recipe *r = &a->task->recipe;
    const char *text = "", *answer = "";
    if (render(&text, a, a->step->shot, row) < 0 || render_answer(&answer, a, row) < 0)
        return err_in(a->e, "shot %s", json_text(row, "id", "?"));
    if (r->chat && r->turns) {
        add_message(q, list, PIECE_SHOT, i, SPEAKER_USER, text);
        add_message(q, list, PIECE_SHOT, i, SPEAKER_MODEL, answer);
        return 0;
    }
    text = arena_printf(a->mem, "%s%s%s%s", text, r->delimiter, answer, r->shot_separator);
    add_message(q, list, PIECE_SHOT, i, SPEAKER_USER, text);
    return 0;
}

static int add_shots(struct request *q, struct message *list, const struct asking *a)
{
    const struct shot_rule *rule = &a->task->recipe.shots;
    if (rule->n == 0)
        return 0;
    const cJSON *const *rows = shots_pick(rule, a->task->pool, a->sample->subset);
    for (size_t i = 0; i < rule->n; i++)
        if (add_shot(q, list, a, (uint32_t)i, rows[i]) < 0)
            return a->e->code;
    return 0;
}

/* One template over the sample's own row; nothing when the step has none. */
static int add_own(struct request *q, struct message *list, const struct asking *a,
                   enum piece piece, const struct prompt *p)
{
    const char *text = "";
    if (!p)
        return 0;
    if (render(&text, a, p, a->sample->row) < 0)
        return in_row(a);
    add_message(q, list, piece, 0, SPEAKER_USER, text);
    return 0;
}

static int add_messages(struct request *q, const struct asking *a)
{
    const struct step *s = a->step;
    struct message *list = arena_array(a->mem, 2 * a->task->recipe.shots.n + 3, sizeof *list);
    q->message = list;
    if (add_own(q, list, a, PIECE_HEADER, s->header) < 0 || add_shots(q, list, a) < 0 ||
        add_own(q, list, a, PIECE_CONTEXT, s->context) < 0)
        return a->e->code;
    return add_own(q, list, a, PIECE_QUESTION, s->prompt);
}

/* The choices as continuations: the delimiter belongs to them, unless a chat
 * template stands between prompt and answer. */
static int add_choices(struct turn *out, const struct asking *a)
{
    const struct recipe *r = &a->task->recipe;
    struct options o;
    if (resolve(&o, a, a->sample->row) < 0)
        return in_row(a);
    const char **variant = arena_array(a->mem, o.n, sizeof *variant);
    for (size_t i = 0; i < o.n; i++)
        variant[i] = arena_printf(a->mem, "%s%s", r->chat ? "" : r->delimiter, o.label[i]);
    const char **target = arena_array(a->mem, 1, sizeof *target);
    uint32_t *gold = arena_array(a->mem, 1, sizeof *gold);
    *target = o.target;
    *gold = o.gold;
    out->q.variant = variant;
    out->q.n_out = o.n;
    out->label = o.label;
    out->target = target;
    out->n_target = 1;
    out->gold = gold;
    out->n_gold = 1;
    return 0;
}

static int add_stops(struct decode *out, const struct asking *a)
{
    const struct step *s = a->step;
    const char **stop = arena_array(a->mem, s->n_stop, sizeof *stop);
    for (size_t i = 0; i < s->n_stop; i++) {
        if (render(&stop[i], a, s->stop[i], a->sample->row) < 0)
            return in_row(a);
        if (!*stop[i]) {
            (void)err_set(a->e, ERR_INPUT, "%s: an empty text would stop every answer at once",
                          prompt_place(s->stop[i]));
            return in_row(a);
        }
    }
    out->stop = stop;
    out->n_stop = s->n_stop;
    return 0;
}

/* Keyed by seed, sample and step, so that no draw depends on what else was
 * asked. A step that does not draw has no seed: its question stays the same. */
static uint64_t draw_seed(const struct asking *a)
{
    char hex[SHA256_HEX], head[24];
    if (a->step->decode.temperature <= 0)
        return 0;
    int n = snprintf(head, sizeof head, "%" PRIu64 " ", a->task->seed);
    struct sha256 *h = sha256_new();
    sha256_add(h, head, (size_t)n);
    sha256_add(h, a->sample->id, strlen(a->sample->id) + 1);
    sha256_add(h, a->step->name, strlen(a->step->name));
    sha256_finish(h, hex);
    hex[16] = '\0';
    return strtoull(hex, NULL, 16);
}

static int add_writing(struct turn *out, const struct asking *a)
{
    const char **target = arena_array(a->mem, 1, sizeof *target);
    if (render(target, a, a->step->target, a->sample->row) < 0)
        return in_row(a);
    out->target = target;
    out->n_target = 1;
    out->q.n_out = a->step->n_draw;
    out->q.decode = a->step->decode;
    out->q.decode.seed = draw_seed(a);
    return add_stops(&out->q.decode, a);
}

static int ask(struct turn *out, const struct asking *a)
{
    const struct recipe *r = &a->task->recipe;
    *out = (struct turn){
        .sample = a->sample,
        .step = a->step->name,
        .q = { .role = a->step->role, .ask = a->step->ask, .raw = !r->chat,
               .whole = a->step->whole, .fit = r->fit, .max_prompt = r->max_prompt },
    };
    if (add_messages(&out->q, a) < 0 ||
        (a->step->ask == ASK_TEXT ? add_writing(out, a) : add_choices(out, a)) < 0)
        return a->e->code;
    question_hash(out->question, out->prompt, &out->q);
    return 0;
}

int task_next(const struct task *t, const struct trace *so_far, struct turn *out, struct err *e)
{
    size_t n = so_far->n_turn;
    assert(t->data);
    if (n >= t->recipe.n_step || (n > 0 && so_far->turn[n - 1].a.failed))
        return 0;
    const struct asking a = {
        .task = t,
        .step = &t->recipe.step[n],
        .sample = &so_far->sample,
        .subset = find_subset(t->data, so_far->sample.subset),
        .mem = so_far->mem,
        .e = e,
    };
    return ask(out, &a) < 0 ? err_in(e, "%s", t->where) : 1;
}
