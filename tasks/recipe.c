#include "tasks/recipe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"

#define MAX_SEED (UINT64_C(1) << 53) /* a JSON number is exact up to here */

enum { LM_EVAL_SEED = 1234 }; /* its default for shots */

static const struct key shot_keys[] = {
    { "n", KEY_COUNT, true, NULL, NULL, "how many; `--shots` overrules it" },
    { "split", KEY_TEXT, true, NULL, NULL, "the split they are taken from" },
    { "pick", KEY_WORD, true, "first|lm-eval", NULL,
      "the first n, in the order of the file, or n drawn anew for every question as "
      "lm-evaluation-harness does; `--recipe NAME@SEED` draws with another seed, in the place "
      "of the first n too, then once for a subset" },
    { "same", KEY_WORD, true, "subset|all", NULL,
      "from the question's own subset, or from all rows of the split" },
    { "seed", KEY_COUNT, false, NULL, NULL, "with `lm-eval`: of the draws (1234)" },
    { "spare", KEY_BOOL, false, NULL, NULL,
      "one row more is taken than is shown, so that the question itself can be left out (true "
      "where `split` is the question's own; lm-evaluation-harness also draws one more for "
      "tasks whose files name neither a test split nor one for shots)" },
    { "turns", KEY_BOOL, false, NULL, NULL,
      "through the chat template: every shot a message of the user and its answer one of the "
      "model's, without delimiter and separator (false: all in the user's one message)" },
    { 0 },
};

static const struct key fit_keys[] = {
    { "rule", KEY_WORD, true, "refuse|drop_last_shots|drop_longest_shots|cut_left", NULL,
      "what gives way: nothing (the sample fails), shots from the last, all shots of the "
      "greatest length and then the header, or tokens at the left end" },
    { "max_tokens", KEY_COUNT, false, NULL, NULL,
      "prompt tokens allowed, counted with the model's own tokenizer; without it, as many as "
      "the context holds" },
    { 0 },
};

static const struct key score_keys[] = {
    { "use", KEY_TEXT, true, NULL, NULL, "the scorer; see `evalrun list scorers`" },
    { "show", KEY_LIST, false, NULL, NULL,
      "its metrics to put in tables, the first foremost (the scorer's own first)" },
    { "", KEY_OTHERS, false, NULL, NULL, "options of the scorer, which checks them" },
    { 0 },
};

static const struct key word_keys[] = {
    { "of", KEY_TEXT, true, NULL, NULL, "path of a value in the row" },
    { "is", KEY_TEXTS, true, NULL, NULL, "the word for each value that may stand there" },
    { 0 },
};

static const struct key recipe_keys[] = {
    { "source", KEY_TEXT, true, NULL, NULL, "where the recipe comes from, for people" },
    { "split", KEY_TEXT, false, NULL, NULL, "the split whose rows are the questions (the file's)" },
    { "subsets", KEY_LIST, false, NULL, NULL,
      "the subsets that are asked without `--subset` (all)" },
    { "shots", KEY_OBJECT, false, NULL, shot_keys, "worked examples before the question (none)" },
    { "average", KEY_WORD, true, "micro|macro", NULL,
      "over all questions, or over the means of the subsets" },
    { "fit", KEY_OBJECT, false, NULL, fit_keys, "what happens to a prompt that is too long "
                                                "(the sample fails)" },
    { "delimiter", KEY_TEXT, false, NULL, NULL,
      "between prompt and choice, and between a shot and its answer (nothing); the chat "
      "template takes its place before the choices" },
    { "shot_separator", KEY_TEXT, false, NULL, NULL, "after every shot (an empty line)" },
    { "chat", KEY_BOOL, false, NULL, NULL,
      "apply the model's chat template (false); `--chat` and `--no-chat` overrule it" },
    { "categories", KEY_LISTS, false, NULL, NULL,
      "subset to categories, where the recipe differs from the catalog" },
    { "words", KEY_NAMED, false, NULL, word_keys,
      "words for values of the row: templates speak of them as `{{word.NAME}}`" },
    { "steps", KEY_OBJECTS, true, NULL, step_keys, "the questions of one sample, in order" },
    { "score", KEY_OBJECTS, true, NULL, score_keys, "what is made of the answers" },
    { 0 },
};

const struct key task_keys[] = {
    { "task", KEY_TEXT, true, NULL, NULL, "its name, which is also the file's" },
    { "version", KEY_COUNT, true, NULL, NULL, "raised whenever figures may change" },
    { "lang", KEY_WORD, true, "zh|en", NULL, "the language it counts for" },
    { "about", KEY_TEXT, true, NULL, NULL, "one line for lists" },
    { "dataset", KEY_TEXT, true, NULL, NULL, "catalog name of the data set" },
    { "split", KEY_TEXT, true, NULL, NULL, "the split whose rows are the questions" },
    { "default", KEY_TEXT, true, NULL, NULL, "the recipe taken without `--recipe`" },
    { "pair", KEY_TEXT, false, NULL, NULL,
      "a name that two tasks share which ask the same items, under the same ids, in Chinese "
      "and in English; reports then give the gap" },
    { "recipes", KEY_NAMED, true, NULL, recipe_keys,
      "every way in which figures of this benchmark are published; names without `@`" },
    { 0 },
};

static int no_recipe(const cJSON *recipes, const char *name, int code, struct err *e)
{
    struct arena mem = { 0 };
    struct strbuf has = STRBUF_INIT;
    const char **names = arena_array(&mem, (size_t)cJSON_GetArraySize(recipes), sizeof *names);
    size_t n = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, recipes) {
        names[n++] = item->string;
        strbuf_printf(&has, "%s%s", has.len ? ", " : "", item->string);
    }
    const char *near = nearest_word(name, names, n);
    int rc = err_set(e, code, "unknown recipe '%s' (%s%s%sit has %s)", name,
                     near ? "did you mean '" : "", near ? near : "", near ? "'? " : "", has.s);
    strbuf_release(&has);
    arena_release(&mem);
    return rc;
}

int recipe_check(const cJSON *tree, struct err *e)
{
    if (keys_check(tree, task_keys, e) < 0)
        return e->code;
    const char *name = json_text(tree, "default", "");
    const cJSON *recipes = json_get(tree, "recipes"), *item;
    cJSON_ArrayForEach(item, recipes)
        if (strchr(item->string, '@'))
            return err_set(e, ERR_INPUT, "recipes.%s: a name has no '@', which says with what "
                                         "seed shots are drawn", item->string);
    if (json_get(recipes, name))
        return 0;
    (void)no_recipe(recipes, name, ERR_INPUT, e);
    return err_in(e, "default");
}

/* ---- reading one recipe */

static int read_steps(struct recipe *out, const cJSON *object, struct arena *mem, struct err *e)
{
    const cJSON *list = json_get(object, "steps"), *item;
    size_t n = (size_t)cJSON_GetArraySize(list);
    struct step *step = arena_array(mem, n, sizeof *step);
    const char **writer = arena_array(mem, n, sizeof *writer);
    struct prompt_scope scope = { .words = json_get(object, "words"), .writer = writer };
    out->step = step;
    cJSON_ArrayForEach(item, list) {
        struct step *s = &step[out->n_step];
        const char *place = arena_printf(mem, "recipes.%s.steps[%zu]", out->name, out->n_step++);
        if (step_read(s, item, place, &scope, mem, e) < 0)
            return e->code;
        if (s->kind == STEP_WRITE)
            writer[scope.n_writer++] = s->name;
    }
    return 0;
}

static enum fit read_fit(const cJSON *fit)
{
    static const enum fit rules[] = { FIT_REFUSE, FIT_DROP_LAST_SHOTS, FIT_DROP_LONGEST_SHOTS,
                                      FIT_CUT_LEFT };
    int i = fit ? keys_word(fit_keys[0].words, json_text(fit, "rule", "")) : 0;
    return rules[i];
}

/* The name up to "@", and the seed behind it. */
static int read_seed(const char **name, uint64_t *seed, bool *has_seed, struct arena *mem,
                     struct err *e)
{
    const char *at = strchr(*name, '@');
    char *end = NULL;
    *has_seed = at != NULL;
    if (!at)
        return 0;
    errno = 0;
    *seed = strtoull(at + 1, &end, 10);
    if (at[1] < '0' || at[1] > '9' || *end || errno || *seed > MAX_SEED)
        return err_set(e, ERR_USAGE, "recipe '%s': behind '@' a whole number up to 2^53 is "
                                     "wanted", *name);
    *name = arena_strndup(mem, *name, (size_t)(at - *name));
    return 0;
}

static void read_subsets(struct recipe *out, const cJSON *list, struct arena *mem)
{
    const cJSON *item;
    const char **name = arena_array(mem, (size_t)cJSON_GetArraySize(list), sizeof *name);
    cJSON_ArrayForEach(item, list)
        name[out->n_subset++] = item->valuestring;
    out->subset = list ? name : NULL;
}

static int read_shots(struct recipe *out, const cJSON *shots, struct err *e)
{
    bool drawn = strcmp(json_text(shots, "pick", ""), "lm-eval") == 0;
    if (!shots)
        return 0;
    if (!drawn && json_get(shots, "seed"))
        return err_set(e, ERR_INPUT, "recipes.%s.shots.seed: goes with pick 'lm-eval'",
                       out->name);
    out->has_shots = true;
    out->turns = json_bool(shots, "turns", false);
    out->shots = (struct shot_rule){
        .n = (size_t)json_number(shots, "n", 0),
        .split = json_text(shots, "split", ""),
        .pick = drawn ? SHOT_LM_EVAL : SHOT_FIRST,
        .same_all = strcmp(json_text(shots, "same", ""), "all") == 0,
        .seed = (uint64_t)json_number(shots, "seed", LM_EVAL_SEED),
    };
    out->shots.own = strcmp(out->shots.split, out->split) == 0;
    out->shots.spare = json_bool(shots, "spare", out->shots.own);
    return 0;
}

/* "@SEED": draws of that seed, or in the place of the first rows one draw. */
static int set_seed(struct recipe *out, uint64_t seed, struct arena *mem, struct err *e)
{
    if (!out->has_shots)
        return err_set(e, ERR_USAGE, "recipe '%s' takes no shots, so there is nothing to draw "
                                     "with seed %" PRIu64, out->name, seed);
    out->name = arena_printf(mem, "%s@%" PRIu64, out->name, seed);
    out->shots.seed = seed;
    if (out->shots.pick == SHOT_FIRST)
        out->shots.pick = SHOT_DRAWN;
    return 0;
}

static void read_facts(struct recipe *out, const cJSON *tree, const cJSON *object)
{
    const cJSON *fit = json_get(object, "fit");
    *out = (struct recipe){
        .name = object->string,
        .source = json_text(object, "source", ""),
        .split = json_text(object, "split", json_text(tree, "split", "")),
        .average = strcmp(json_text(object, "average", ""), "macro") ? AVERAGE_MICRO
                                                                     : AVERAGE_MACRO,
        .chat = json_bool(object, "chat", false),
        .fit = read_fit(fit),
        .max_prompt = (uint32_t)json_number(fit, "max_tokens", 0),
        .delimiter = json_text(object, "delimiter", ""),
        .shot_separator = json_text(object, "shot_separator", "\n\n"),
        .score = json_get(object, "score"),
        .categories = json_get(object, "categories"),
    };
}

/* Lists in the places of their names, wherever the recipe has rules. */
static int name_rules(struct recipe *out, const cJSON *object, const struct rules_source *source,
                      struct err *e)
{
    static const struct {
        const char *list, *key;
    } places[] = { { "steps", "clean" }, { "score", "extract" }, { "score", "extract_target" } };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        cJSON *list = cJSON_GetObjectItemCaseSensitive(object, places[i].list), *item;
        size_t k = 0;
        cJSON_ArrayForEach(item, list) {
            char *place = xprintf("%s[%zu]", places[i].list, k++);
            int rc = rules_resolve(&out->rules, item, places[i].key, place, source, e);
            free(place);
            if (rc < 0)
                return err_in(e, "recipes.%s", out->name);
        }
    }
    return 0;
}

int recipe_read(struct recipe *out, cJSON *tree, const struct recipe_query *q,
                struct arena *mem, struct err *e)
{
    const cJSON *recipes = json_get(tree, "recipes");
    const char *name = q->name;
    uint64_t seed = 0;
    bool has_seed = false;
    if (name && read_seed(&name, &seed, &has_seed, mem, e) < 0)
        return e->code;
    if (!name || !*name)
        name = json_text(tree, "default", "");
    const cJSON *object = json_get(recipes, name);
    if (!object)
        return no_recipe(recipes, name, ERR_USAGE, e);
    read_facts(out, tree, object);
    if (q->split)
        out->split = q->split;
    read_subsets(out, json_get(object, "subsets"), mem);
    if (read_shots(out, json_get(object, "shots"), e) < 0 ||
        name_rules(out, object, &q->rules, e) < 0 || read_steps(out, object, mem, e) < 0)
        return e->code;
    return has_seed ? set_seed(out, seed, mem, e) : 0;
}

void recipe_release(struct recipe *r)
{
    for (size_t i = 0; i < r->n_step; i++)
        step_release(&r->step[i]);
    cJSON_Delete(r->rules);
    r->rules = NULL;
}
