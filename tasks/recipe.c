#include "tasks/recipe.h"

#include <string.h>

#include "base/opt.h"

static const struct key shot_keys[] = {
    { "n", KEY_COUNT, true, NULL, NULL, "how many; `--shots` overrules it" },
    { "split", KEY_TEXT, true, NULL, NULL, "the split they are taken from" },
    { "pick", KEY_WORD, true, "first", NULL, "the first n, in the order of the file" },
    { "same", KEY_WORD, true, "subset", NULL, "from the question's own subset" },
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

static const struct key recipe_keys[] = {
    { "source", KEY_TEXT, true, NULL, NULL, "where the recipe comes from, for people" },
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
    { "recipes", KEY_NAMED, true, NULL, recipe_keys,
      "every way in which figures of this benchmark are published" },
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
    const cJSON *recipes = json_get(tree, "recipes");
    if (json_get(recipes, name))
        return 0;
    (void)no_recipe(recipes, name, ERR_INPUT, e);
    return err_in(e, "default");
}

/* ---- reading one recipe */

static int read_steps(struct recipe *out, const cJSON *list, struct arena *mem, struct err *e)
{
    struct step *step = arena_array(mem, (size_t)cJSON_GetArraySize(list), sizeof *step);
    const cJSON *item;
    out->step = step;
    cJSON_ArrayForEach(item, list) {
        const char *place = arena_printf(mem, "recipes.%s.steps[%zu]", out->name, out->n_step);
        if (step_read(&step[out->n_step++], item, place, mem, e) < 0)
            return e->code;
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

int recipe_read(struct recipe *out, const cJSON *tree, const char *name, struct arena *mem,
                struct err *e)
{
    const cJSON *recipes = json_get(tree, "recipes");
    if (!name)
        name = json_text(tree, "default", "");
    const cJSON *object = json_get(recipes, name);
    if (!object)
        return no_recipe(recipes, name, ERR_USAGE, e);
    const cJSON *shots = json_get(object, "shots"), *fit = json_get(object, "fit");
    *out = (struct recipe){
        .name = object->string,
        .source = json_text(object, "source", ""),
        .average = strcmp(json_text(object, "average", ""), "macro") ? AVERAGE_MICRO
                                                                     : AVERAGE_MACRO,
        .chat = json_bool(object, "chat", false),
        .fit = read_fit(fit),
        .max_prompt = (uint32_t)json_number(fit, "max_tokens", 0),
        .delimiter = json_text(object, "delimiter", ""),
        .shot_separator = json_text(object, "shot_separator", "\n\n"),
        .has_shots = shots != NULL,
        .turns = json_bool(shots, "turns", false),
        .shots = { .n = (size_t)json_number(shots, "n", 0),
                   .split = json_text(shots, "split", NULL) },
        .score = json_get(object, "score"),
        .categories = json_get(object, "categories"),
    };
    return read_steps(out, json_get(object, "steps"), mem, e);
}
