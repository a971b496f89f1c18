#include "tasks/task.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tasks/asking.h"
#include "tasks/programs.h"
#include "tasks/recipe.h"
#include "tasks/rotate.h"

struct task {
    struct arena mem; /* everything that is not the tree's */
    cJSON *tree;
    const char *where; /* begins the errors */
    struct recipe recipe;
    struct task_facts facts;
    char sha256[SHA256_HEX];
    uint64_t seed;
    const struct step *order;         /* whose text is looked at; NULL = of none */
    struct shots *shots;              /* from task_bind() on */
    const struct dataset_facts *data; /* borrowed, the same */
};

/* ---- loading */

static int set_shots(struct task *t, const struct task_query *q, struct err *e)
{
    struct recipe *r = &t->recipe;
    if (q->shots > 0 && !r->has_shots)
        return err_set(e, ERR_USAGE, "recipe '%s' takes no shots (--shots %d)", r->name,
                       q->shots);
    if (q->shots >= 0)
        r->shots.n = (size_t)q->shots;
    if (r->shots.n == 0 && strchr(r->name, '@'))
        return err_set(e, ERR_USAGE, "recipe '%s' has 0 shots, so there is nothing to draw; "
                                     "--shots N asks for some", r->name);
    return 0;
}

/* Another scorer for what a query adds. */
static cJSON *add_scorer(struct task *t, const char *name)
{
    cJSON *spec = cJSON_CreateObject();
    if (!spec || !cJSON_AddStringToObject(spec, "use", name) ||
        !cJSON_AddItemToArray((cJSON *)t->recipe.score, spec))
        abort(); /* out of memory */
    return spec;
}

/* Rotations are worth what the recipe's own choices are. */
static void copy_norm(cJSON *to, const cJSON *score)
{
    const cJSON *spec;
    cJSON_ArrayForEach(spec, score) {
        const char *norm = json_text(spec, "norm", NULL);
        if (norm && !cJSON_AddStringToObject(to, "norm", norm))
            abort(); /* out of memory */
        if (norm)
            return;
    }
}

static int set_permute(struct task *t, size_t permute, struct err *e)
{
    const struct recipe *r = &t->recipe;
    bool rotates = false;
    if (permute < 2)
        return 0;
    for (size_t i = 0; i < r->n_step; i++) {
        const struct step *s = &r->step[i];
        rotates |= s->rotate != NULL;
        if (s->rotate && !s->each && s->n_choice < permute)
            return err_set(e, ERR_USAGE, "--permute %zu: recipe '%s' has only %zu options",
                           permute, r->name, s->n_choice);
    }
    if (!rotates)
        return err_set(e, ERR_USAGE, "--permute: recipe '%s' does not say where its options "
                                     "are (key 'rotate')", r->name);
    copy_norm(add_scorer(t, "rotation"), r->score);
    return 0;
}

/* The question whose text is looked at: the first with rotations, else the first. */
static int set_order(struct task *t, bool contamination, struct err *e)
{
    const struct recipe *r = &t->recipe;
    if (!contamination)
        return 0;
    for (size_t i = r->n_step; i-- > 0;) {
        const struct step *s = &r->step[i];
        if (s->prompt && !prompt_is_empty(s->prompt) &&
            !(t->order && t->order->rotate && !s->rotate))
            t->order = s;
    }
    if (!t->order)
        return err_set(e, ERR_USAGE, "--contamination: recipe '%s' has no question with a "
                                     "prompt", r->name);
    (void)add_scorer(t, "contamination");
    return 0;
}

static void set_facts(struct task *t, const char *text, size_t len, const struct task_query *q)
{
    const struct recipe *r = &t->recipe;
    sha256_text(t->sha256, text, len);
    t->facts = (struct task_facts){
        .name = json_text(t->tree, "task", ""),
        .lang = json_text(t->tree, "lang", ""),
        .about = json_text(t->tree, "about", ""),
        .recipe = r->name,
        .dataset = json_text(t->tree, "dataset", ""),
        .split = r->split,
        .shot_split = r->shots.n ? r->shots.split : NULL,
        .pair = json_text(t->tree, "pair", NULL),
        .subset = r->subset,
        .n_subset = r->n_subset,
        .version = (int)json_number(t->tree, "version", 0),
        .shots = (int)r->shots.n,
        .permute = q->permute < 2 ? 0 : q->permute,
        .contamination = q->contamination,
        .average = r->average,
        .chat = r->chat,
        .sha256 = t->sha256,
        .text = arena_strndup(&t->mem, text, len),
        .score = r->score,
        .categories = r->categories,
        .rules = r->rules,
        .source = r->source,
    };
}

/* Without a template nothing says that a text is the system's. */
static int check_system(const struct recipe *r, struct err *e)
{
    for (size_t i = 0; i < r->n_step && !r->chat; i++)
        if (r->step[i].system)
            return err_set(e, ERR_USAGE, "recipe '%s' has a message of the system, which needs the "
                                         "chat template (--chat)", r->name);
    return 0;
}

static int parse(struct task *t, const char *text, size_t len, const struct task_query *q,
                 struct err *e)
{
    const struct recipe_query own = {
        .name = q->recipe,
        .split = q->split ? arena_strdup(&t->mem, q->split) : NULL,
        .rules = { .share = q->share, .stored = q->rules },
    };
    if (json_parse(&t->tree, text, len, e) < 0 || recipe_check(t->tree, e) < 0 ||
        recipe_read(&t->recipe, t->tree, &own, &t->mem, e) < 0 ||
        set_shots(t, q, e) < 0 || set_permute(t, q->permute, e) < 0 ||
        set_order(t, q->contamination, e) < 0)
        return e->code;
    if (q->chat != CHAT_RECIPE)
        t->recipe.chat = q->chat == CHAT_ON;
    if (check_system(&t->recipe, e) < 0)
        return e->code;
    t->seed = q->seed;
    set_facts(t, text, len, q);
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
    t->data = facts;
    if (shots_bind(&t->shots, &t->recipe.shots, pool, facts, &t->mem, e) < 0)
        return err_in(e, "%s: recipe '%s'", t->where, t->recipe.name);
    return 0;
}

unsigned task_asks(const struct task *t, enum role who)
{
    unsigned asks = 0;
    for (size_t i = 0; i < t->recipe.n_step; i++)
        if (t->recipe.step[i].role == who)
            asks |= step_ask(&t->recipe.step[i]);
    if (t->order && t->order->role == who)
        asks |= ASK_LOGLIK;
    return asks;
}

static bool is_among(const char *const *text, size_t n, const char *wanted)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text[i], wanted) == 0)
            return true;
    return false;
}

int task_languages(const char ***languages, size_t *n, const struct task *t,
                   const struct subset *s, struct arena *mem, struct err *e)
{
    const struct recipe *r = &t->recipe;
    *languages = arena_array(mem, r->n_step, sizeof **languages);
    *n = 0;
    for (size_t i = 0; i < r->n_step; i++) {
        const struct asking a = { .recipe = r, .lang = t->facts.lang, .step = &r->step[i],
                                  .subset = s, .mem = mem, .e = e };
        if (r->step[i].kind != STEP_RUN)
            continue;
        if (programs_language(&(*languages)[*n], &a) < 0)
            return err_in(e, "%s", t->where);
        *n += !is_among(*languages, *n, (*languages)[*n]);
    }
    return 0;
}

const struct task_facts *task_facts(const struct task *t)
{
    return &t->facts;
}

void task_free(struct task *t)
{
    if (!t)
        return;
    recipe_release(&t->recipe);
    cJSON_Delete(t->tree);
    arena_release(&t->mem);
    free(t);
}

/* ---- asking */

static const struct subset *find_subset(const struct dataset_facts *d, const char *name)
{
    for (size_t i = 0; i < d->n_subset; i++)
        if (strcmp(d->subset[i].name, name) == 0)
            return &d->subset[i];
    return NULL;
}

/* How often a step is asked of this row: once, or under several rotations. */
static int count_turns(size_t *n, const struct task *t, const struct asking *a)
{
    size_t n_option;
    *n = 1;
    if (t->facts.permute < 2 || !a->step->rotate)
        return 0;
    if (options_count(&n_option, a->step, a->sample->row, a->e) < 0)
        return err_in(a->e, "row %s", a->sample->id);
    *n = n_option < t->facts.permute ? n_option : t->facts.permute;
    return 0;
}

/* The n-th question of a sample: of a step, of its rotations, and at the end of
 * the options' order. */
static int ask(struct turn *out, const struct task *t, struct asking *a, size_t n)
{
    for (size_t i = 0, n_turn; i < t->recipe.n_step; i++, n -= n_turn) {
        a->step = &t->recipe.step[i];
        if (count_turns(&n_turn, t, a) < 0)
            return a->e->code;
        if (n < n_turn)
            return asking_turn(out, a, n) < 0 ? a->e->code : 1;
    }
    if (n > 0 || !t->facts.contamination)
        return 0;
    a->step = t->order;
    return asking_order(out, a) < 0 ? a->e->code : 1;
}

int task_next(const struct task *t, const struct trace *so_far, struct turn *out, struct err *e)
{
    size_t n = so_far->n_turn;
    assert(t->data);
    if (n > 0 && so_far->turn[n - 1].a.failed)
        return 0;
    struct asking a = {
        .recipe = &t->recipe,
        .shots = t->shots,
        .lang = t->facts.lang,
        .seed = t->seed,
        .sample = &so_far->sample,
        .so_far = so_far,
        .subset = find_subset(t->data, so_far->sample.subset),
        .mem = so_far->mem,
        .e = e,
    };
    int rc = ask(out, t, &a, n);
    return rc < 0 ? err_in(e, "%s", t->where) : rc;
}
