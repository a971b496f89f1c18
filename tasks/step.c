#include "tasks/step.h"

#include <string.h>

#include "base/strbuf.h"

enum { MAX_TOKENS = 256, /* of an answer, when the step does not say */
       MAX_DRAWS = 1000,
       LIMIT_S = 10 }; /* of a program, the same */

static const char gold_words[] = "text|index|number|letter|flags|label";

static const char *const draw_only[] = { "top_p", "top_k", "min_p", "draws", NULL };

/* Where the reader stands, for the places that errors name. */
struct reader {
    struct arena *mem;
    const char *place;
    struct prompt_scope scope; /* what all templates of the step may speak of */
    struct err *e;
};

static int complain(const struct reader *r, const char *key, const char *what)
{
    return err_set(r->e, ERR_INPUT, "%s.%s: %s", r->place, key, what);
}

/* ---- templates */

static int compile(const struct prompt **out, const struct reader *r, const char *text,
                   const char *place, unsigned options)
{
    struct prompt *p;
    struct prompt_scope scope = r->scope;
    scope.options = options;
    if (prompt_compile(&p, text, place, &scope, r->mem, r->e) < 0)
        return r->e->code;
    *out = p;
    return 0;
}

/* The template of a key; *out stays as it is when the key is absent. */
static int read_scoped(const struct prompt **out, const struct reader *r, const cJSON *object,
                       const char *key, unsigned options)
{
    const cJSON *value = json_get(object, key);
    struct strbuf text = STRBUF_INIT;
    if (!value)
        return 0;
    keys_lines(&text, value);
    int rc = compile(out, r, text.s, arena_printf(r->mem, "%s.%s", r->place, key), options);
    strbuf_release(&text);
    return rc;
}

static int read_template(const struct prompt **out, const struct reader *r, const cJSON *object,
                         const char *key)
{
    return read_scoped(out, r, object, key, r->scope.options);
}

static int read_list(const struct prompt *const **out, size_t *n, const struct reader *r,
                     const cJSON *object, const char *key, unsigned options)
{
    const cJSON *list = json_get(object, key), *item;
    const struct prompt **p = arena_array(r->mem, (size_t)cJSON_GetArraySize(list), sizeof *p);
    cJSON_ArrayForEach(item, list) {
        const char *place = arena_printf(r->mem, "%s.%s[%zu]", r->place, key, *n);
        if (compile(&p[(*n)++], r, item->valuestring, place, options) < 0)
            return r->e->code;
    }
    *out = list ? p : NULL;
    return 0;
}

/* ---- the options */

static int read_each(struct step *out, struct reader *r, const cJSON *object)
{
    bool values = json_get(object, "each") != NULL;
    out->each = json_text(object, "each", NULL);
    out->option_separator = json_text(object, "option_separator", "\n");
    if (values || out->kind == STEP_CHOOSE || json_get(object, "options"))
        r->scope.options |= PROMPT_COUNT;
    if (json_get(object, "option") && !values)
        return complain(r, "option", "goes with the key 'each', which says where the options are");
    if (json_get(object, "option_separator") && !json_get(object, "option"))
        return complain(r, "option_separator", "goes with the key 'option'");
    if (read_scoped(&out->option, r, object, "option",
                    PROMPT_COUNT | PROMPT_PLACE | PROMPT_VALUE) < 0)
        return r->e->code;
    if (out->option)
        r->scope.options |= PROMPT_LINES;
    return 0;
}

static int read_choices(struct step *out, const struct reader *r, const cJSON *object)
{
    unsigned options = r->scope.options | PROMPT_PLACE | (out->each ? PROMPT_VALUE : 0);
    if (read_list(&out->choice, &out->n_choice, r, object, "choices", options) < 0 ||
        read_list(&out->lead, &out->n_lead, r, object, "lead", options) < 0)
        return r->e->code;
    if (out->each && out->n_choice > 1)
        return complain(r, "choices", "with 'each' there is one template for all options");
    if (out->lead && out->n_lead != out->n_choice)
        return err_set(r->e, ERR_INPUT, "%s.lead: %zu of them for %zu choices", r->place,
                       out->n_lead, out->n_choice);
    if (out->lead && out->whole)
        return complain(r, "lead", "with 'whole' everything is scored; put it into the choices");
    return 0;
}

/* The texts of options that are not asked, but of which the answer is one. */
static int read_offer(struct step *out, const struct reader *r, const cJSON *object)
{
    unsigned options = r->scope.options | PROMPT_COUNT | PROMPT_PLACE |
                       (out->each ? PROMPT_VALUE : 0);
    if (read_list(&out->offer, &out->n_offer, r, object, "options", options) < 0)
        return r->e->code;
    if (out->each && out->n_offer > 1)
        return complain(r, "options", "with 'each' there is one template for all options");
    return 0;
}

/* Texts of a list as they are; NULL when it is absent. */
static const char *const *take_texts(size_t *n, const struct reader *r, const cJSON *list)
{
    const cJSON *item;
    const char **text = arena_array(r->mem, (size_t)cJSON_GetArraySize(list), sizeof *text);
    cJSON_ArrayForEach(item, list)
        text[(*n)++] = item->valuestring;
    return list ? text : NULL;
}

/* ---- what is right */

static int read_gold(struct step *out, const struct reader *r, const cJSON *object)
{
    const char *is = json_text(object, "gold_is", NULL);
    out->gold = json_text(object, "gold", NULL);
    out->gold_is = is ? (enum gold_is)keys_word(gold_words, is) : GOLD_TEXT;
    out->gold_labels = json_get(object, "gold_labels");
    out->gold_missing = strcmp(json_text(object, "gold_missing", ""), "wrong") == 0;
    if (out->gold && out->target)
        return complain(r, "gold", "there is a 'target' already, and one of the two is enough");
    if (is && !out->gold)
        return complain(r, "gold_is", "goes with the key 'gold'");
    if (out->gold_labels && out->gold_is != GOLD_LABEL)
        return complain(r, "gold_labels", "goes with gold_is 'label'");
    if (out->gold_is == GOLD_LABEL && !out->gold_labels)
        return complain(r, "gold_is", "'label' needs the key 'gold_labels'");
    return 0;
}

static int read_targets(struct step *out, const struct reader *r, const cJSON *object)
{
    const char *missing = json_text(object, "target_missing", NULL);
    out->targets = take_texts(&out->n_targets, r, json_get(object, "targets"));
    out->target_missing = missing && strcmp(missing, "empty") == 0;
    if (missing && !out->targets)
        return complain(r, "target_missing", "goes with the key 'targets'");
    for (size_t i = 0; i < out->n_targets; i++)
        if (!*out->targets[i])
            return err_set(r->e, ERR_INPUT, "%s.targets[%zu]: a path is wanted", r->place, i);
    return 0;
}

/* ---- programs */

static int no_such_writer(const struct reader *r, const char *name)
{
    const size_t n = r->scope.n_writer;
    if (!name)
        return complain(r, "ask", "the sandbox runs what an earlier step wrote, and none does");
    return err_set(r->e, ERR_INPUT, "%s.of: no step '%s' before this one writes text%s%s%s",
                   r->place, name, n ? " (the last that does is '" : "",
                   n ? r->scope.writer[n - 1] : "", n ? "')" : "");
}

static int read_of(struct step *out, const struct reader *r, const cJSON *object)
{
    const char *name = json_text(object, "of", NULL);
    for (size_t i = r->scope.n_writer; i-- > 0 && !out->of;)
        if (!name || strcmp(r->scope.writer[i], name) == 0)
            out->of = r->scope.writer[i];
    return out->of ? 0 : no_such_writer(r, name);
}

static int read_solution(struct step *out, const struct reader *r, const cJSON *object)
{
    struct reader of_draw = *r;
    of_draw.scope.out = true;
    return read_template(&out->solution, &of_draw, object, "solution");
}

/* A template that is not there renders nothing. */
static int read_optional(const struct prompt **out, const struct reader *r, const cJSON *object,
                         const char *key)
{
    if (!json_get(object, key))
        return compile(out, r, "", arena_printf(r->mem, "%s.%s", r->place, key), 0);
    return read_template(out, r, object, key);
}

static int read_limits(struct step *out, const struct reader *r, const cJSON *object)
{
    out->limit_s = json_number(object, "limit_s", LIMIT_S);
    out->memory_mb = (uint32_t)json_number(object, "memory_mb", 0);
    if (out->limit_s > 0)
        return 0;
    return err_set(r->e, ERR_INPUT, "%s.limit_s: no program ends in 0 seconds; leave it out for %d",
                   r->place, LIMIT_S);
}

static int read_run(struct step *out, const struct reader *r, const cJSON *object)
{
    static const char *const needed[] = { "language", "solution", "test" };
    const cJSON *clean = json_get(object, "clean");
    out->role = ROLE_SANDBOX;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!json_get(object, needed[i]))
            return step_missing(r->place, needed[i], r->e);
    if (read_of(out, r, object) < 0 ||
        read_template(&out->language, r, object, "language") < 0 ||
        read_solution(out, r, object) < 0 || read_template(&out->test, r, object, "test") < 0 ||
        read_optional(&out->given, r, object, "given") < 0 ||
        read_optional(&out->entry, r, object, "entry") < 0 || read_limits(out, r, object) < 0)
        return r->e->code;
    if (clean && extract_new(&out->clean, clean, "clean", r->e) < 0)
        return err_in(r->e, "%s", r->place);
    return 0;
}

/* ---- the whole step */

static int check_needed(const struct reader *r, const struct step *s, const cJSON *object)
{
    if (s->kind == STEP_TEXT)
        return 0;
    if (!json_get(object, "prompt"))
        return step_missing(r->place, "prompt", r->e);
    return s->target || s->gold || s->targets ? 0 : step_missing(r->place, "target", r->e);
}

static int check_name(const struct reader *r, const char *name)
{
    if (!strchr(name, '~') && strcmp(name, "order") != 0)
        return 0;
    return complain(r, "name", "'~' and 'order' are names of questions under --permute and "
                               "--contamination");
}

static int read_templates(struct step *out, const struct reader *r, const cJSON *object)
{
    if (read_template(&out->system, r, object, "system") < 0 ||
        read_template(&out->header, r, object, "header") < 0 ||
        read_template(&out->context, r, object, "context") < 0 ||
        read_template(&out->prompt, r, object, "prompt") < 0 ||
        read_template(&out->target, r, object, "target") < 0 ||
        read_template(&out->text, r, object, "text") < 0)
        return r->e->code;
    out->shot = out->prompt;
    out->answer = out->kind == STEP_WRITE ? out->target : NULL;
    out->counted = out->text;
    if (read_template(&out->shot, r, object, "shot") < 0 ||
        read_template(&out->answer, r, object, "answer") < 0 ||
        read_template(&out->counted, r, object, "counted") < 0)
        return r->e->code;
    return read_list(&out->stop, &out->n_stop, r, object, "stop", r->scope.options);
}

/* ---- decoding */

static int check_draws(const struct reader *r, const cJSON *object)
{
    for (const char *const *key = draw_only; *key; key++)
        if (json_get(object, *key) && !(json_number(object, "temperature", 0) > 0))
            return complain(r, *key, "does nothing at temperature 0, where every draw is the "
                                     "same text");
    return 0;
}

/* A count that must not be 0. */
static int read_count(size_t *out, const struct reader *r, const cJSON *object, const char *key,
                      size_t absent)
{
    *out = (size_t)json_number(object, key, (double)absent);
    if (*out > 0)
        return 0;
    return err_set(r->e, ERR_INPUT, "%s.%s: 0 asks for nothing; leave it out for %zu", r->place,
                   key, absent);
}

static int read_think(struct decode *out, const struct reader *r, const cJSON *think)
{
    out->think_open = json_text(think, "open", NULL);
    out->think_close = json_text(think, "close", NULL);
    out->think_tokens = (int)json_number(think, "max_tokens", 0);
    for (int i = 0; think && i < 2; i++)
        if (!*(i ? out->think_close : out->think_open))
            return err_set(r->e, ERR_INPUT, "%s.think.%s: an empty text marks nothing", r->place,
                           i ? "close" : "open");
    return 0;
}

static int read_decode(struct step *out, const struct reader *r, const cJSON *object)
{
    size_t max_tokens;
    if (read_count(&max_tokens, r, object, "max_tokens", MAX_TOKENS) < 0 ||
        read_count(&out->n_draw, r, object, "draws", 1) < 0)
        return r->e->code;
    if (out->n_draw > MAX_DRAWS)
        return err_set(r->e, ERR_INPUT, "%s.draws: %zu is above %d", r->place, out->n_draw,
                       MAX_DRAWS);
    out->decode = (struct decode){
        .temperature = json_number(object, "temperature", 0),
        .top_p = json_number(object, "top_p", 0),
        .min_p = json_number(object, "min_p", 0),
        .repeat_penalty = json_number(object, "repeat_penalty", 0),
        .top_k = (int)json_number(object, "top_k", 0),
        .max_tokens = (int)max_tokens,
    };
    return read_think(&out->decode, r, json_get(object, "think"));
}

enum ask step_ask(const struct step *s)
{
    return s->kind == STEP_RUN ? ASK_EXEC : s->kind == STEP_WRITE ? ASK_TEXT : ASK_LOGLIK;
}

void step_release(struct step *s)
{
    extract_free(s->clean);
    s->clean = NULL;
}

static enum step_kind kind_of(const cJSON *object)
{
    if (strcmp(json_text(object, "ask", ""), "sandbox") == 0)
        return STEP_RUN;
    return json_get(object, "text")      ? STEP_TEXT
           : json_get(object, "choices") ? STEP_CHOOSE
                                         : STEP_WRITE;
}

static int read_question(struct step *out, struct reader *r, const cJSON *object)
{
    out->rotate = take_texts(&out->n_rotate, r, json_get(object, "rotate"));
    if (read_each(out, r, object) < 0 || read_templates(out, r, object) < 0 ||
        read_choices(out, r, object) < 0 || read_offer(out, r, object) < 0 ||
        read_gold(out, r, object) < 0 || read_targets(out, r, object) < 0 ||
        check_needed(r, out, object) < 0)
        return r->e->code;
    if (out->kind != STEP_WRITE)
        return 0;
    return check_draws(r, object) < 0 ? r->e->code : read_decode(out, r, object);
}

int step_read(struct step *out, const cJSON *object, const char *place,
              const struct prompt_scope *scope, struct arena *mem, struct err *e)
{
    struct reader r = { .mem = mem, .place = place, .scope = *scope, .e = e };
    *out = (struct step){
        .name = json_text(object, "name", ""),
        .place = place,
        .kind = kind_of(object),
        .role = ROLE_MODEL,
        .whole = json_bool(object, "whole", false),
    };
    if (check_name(&r, out->name) < 0 || step_check_kind(out, object, e) < 0)
        return e->code;
    return out->kind == STEP_RUN ? read_run(out, &r, object) : read_question(out, &r, object);
}
