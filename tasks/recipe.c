#include "tasks/recipe.h"

#include <string.h>

#include "base/opt.h"

static const struct key shot_keys[] = {
    { "n", KEY_COUNT, true, NULL, NULL, "how many; `--shots` overrules it" },
    { "split", KEY_TEXT, true, NULL, NULL, "the split they are taken from" },
    { "pick", KEY_WORD, true, "first", NULL, "the first n, in the order of the file" },
    { "same", KEY_WORD, true, "subset", NULL, "from the question's own subset" },
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

static const struct key step_keys[] = {
    { "name", KEY_TEXT, true, NULL, NULL, "its name in the journal" },
    { "ask", KEY_WORD, true, "model", NULL, "who is asked" },
    { "header", KEY_LINES, false, NULL, NULL, "template put once, before the shots" },
    { "prompt", KEY_LINES, true, NULL, NULL, "template of the question" },
    { "shot", KEY_LINES, false, NULL, NULL,
      "template of a worked example, where it is not the question's" },
    { "choices", KEY_LIST, true, NULL, NULL,
      "templates of the answers; the likelihood of each after the prompt is asked" },
    { "target", KEY_LINES, true, NULL, NULL, "template of the right answer: one of the choices" },
    { "whole", KEY_BOOL, false, NULL, NULL,
      "score prompt and choice together, not the choice alone (false)" },
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

/* Where the reader stands, for the places that templates report. */
struct reader {
    struct arena *mem;
    const char *place; /* "recipes.original.steps[0]" */
    struct err *e;
};

static int compile(const struct prompt **out, const struct reader *r, const char *text,
                   const char *place)
{
    struct prompt *p;
    if (prompt_compile(&p, text, place, r->mem, r->e) < 0)
        return r->e->code;
    *out = p;
    return 0;
}

/* The template of a key; *out stays as it is when the key is absent. */
static int read_template(const struct prompt **out, const struct reader *r, const cJSON *object,
                         const char *key)
{
    const cJSON *value = json_get(object, key);
    struct strbuf text = STRBUF_INIT;
    if (!value)
        return 0;
    keys_lines(&text, value);
    int rc = compile(out, r, text.s, arena_printf(r->mem, "%s.%s", r->place, key));
    strbuf_release(&text);
    return rc;
}

static int read_choices(struct step *out, const struct reader *r, const cJSON *list)
{
    size_t n = (size_t)cJSON_GetArraySize(list);
    const struct prompt **choice = arena_array(r->mem, n, sizeof *choice);
    const cJSON *item;
    cJSON_ArrayForEach(item, list) {
        const char *place = arena_printf(r->mem, "%s.choices[%zu]", r->place, out->n_choice);
        if (compile(&choice[out->n_choice++], r, item->valuestring, place) < 0)
            return r->e->code;
    }
    out->choice = choice;
    return 0;
}

static int read_step(struct step *out, const struct reader *r, const cJSON *object)
{
    *out = (struct step){
        .name = json_text(object, "name", ""),
        .role = ROLE_MODEL,
        .ask = ASK_LOGLIK,
        .whole = json_bool(object, "whole", false),
    };
    if (read_template(&out->header, r, object, "header") < 0 ||
        read_template(&out->prompt, r, object, "prompt") < 0 ||
        read_template(&out->target, r, object, "target") < 0)
        return r->e->code;
    out->shot = out->prompt;
    if (read_template(&out->shot, r, object, "shot") < 0)
        return r->e->code;
    return read_choices(out, r, json_get(object, "choices"));
}

static int read_steps(struct recipe *out, struct reader *r, const cJSON *list)
{
    struct step *step = arena_array(r->mem, (size_t)cJSON_GetArraySize(list), sizeof *step);
    const cJSON *item;
    out->step = step;
    cJSON_ArrayForEach(item, list) {
        r->place = arena_printf(r->mem, "recipes.%s.steps[%zu]", out->name, out->n_step);
        if (read_step(&step[out->n_step++], r, item) < 0)
            return r->e->code;
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
        .shots = { .n = (size_t)json_number(shots, "n", 0),
                   .split = json_text(shots, "split", NULL) },
        .score = json_get(object, "score"),
        .categories = json_get(object, "categories"),
    };
    struct reader r = { .mem = mem, .e = e };
    return read_steps(out, &r, json_get(object, "steps"));
}
