#include "tasks/step.h"

#include <string.h>

#include "base/strbuf.h"

enum { MAX_TOKENS = 256, /* of an answer, when the step does not say */
       MAX_DRAWS = 1000 };

static const struct key think_keys[] = {
    { "open", KEY_TEXT, true, NULL, NULL, "what opens them, such as `<think>`" },
    { "close", KEY_TEXT, true, NULL, NULL, "what closes them, such as `</think>`" },
    { "max_tokens", KEY_COUNT, false, NULL, NULL,
      "tokens they may take, beside those of the answer (they count as the answer's)" },
    { 0 },
};

const struct key step_keys[] = {
    { "name", KEY_TEXT, true, NULL, NULL, "its name in the journal" },
    { "ask", KEY_WORD, true, "model", NULL, "who is asked" },
    { "header", KEY_LINES, false, NULL, NULL, "template put once, before the shots" },
    { "context", KEY_LINES, false, NULL, NULL,
      "template of a document, put between shots and question; neighbouring questions about "
      "one document share its computation" },
    { "prompt", KEY_LINES, true, NULL, NULL, "template of the question" },
    { "shot", KEY_LINES, false, NULL, NULL,
      "template of a worked example, where it is not the question's" },
    { "choices", KEY_LIST, false, NULL, NULL,
      "templates of the answers; the likelihood of each after the prompt is asked. Without it, "
      "text is written" },
    { "target", KEY_LINES, true, NULL, NULL,
      "template of the right answer; with `choices`, one of them" },
    { "whole", KEY_BOOL, false, NULL, NULL,
      "with `choices`: score prompt and choice together, not the choice alone (false)" },
    { "answer", KEY_LINES, false, NULL, NULL,
      "text: template of a shot's answer, where it is not the target" },
    { "max_tokens", KEY_COUNT, false, NULL, NULL, "text: tokens an answer may have (256)" },
    { "stop", KEY_LIST, false, NULL, NULL,
      "text: templates of what ends an answer, itself left out; not looked for in thoughts "
      "(the model's own end only)" },
    { "temperature", KEY_NUMBER, false, NULL, NULL,
      "text: 0 takes the likeliest token always (0)" },
    { "top_p", KEY_PART, false, NULL, NULL,
      "text, above temperature 0: only the likeliest tokens of this sum (all)" },
    { "top_k", KEY_COUNT, false, NULL, NULL,
      "text, above temperature 0: only so many likeliest tokens (all)" },
    { "min_p", KEY_PART, false, NULL, NULL,
      "text, above temperature 0: only tokens of this part of the likeliest one's probability "
      "(all)" },
    { "repeat_penalty", KEY_NUMBER, false, NULL, NULL,
      "text: what is there already becomes less likely (1, which is off)" },
    { "draws", KEY_COUNT, false, NULL, NULL,
      "text, above temperature 0: answers written to one question (1)" },
    { "think", KEY_OBJECT, false, NULL, think_keys,
      "text: thoughts to be told from the answer (none are looked for)" },
    { 0 },
};

static const char *const choice_only[] = { "whole", NULL };
static const char *const text_only[] = { "answer", "max_tokens", "stop", "temperature", "top_p",
                                         "top_k", "min_p", "repeat_penalty", "draws", "think",
                                         NULL };
static const char *const draw_only[] = { "top_p", "top_k", "min_p", "draws", NULL };

/* Where the reader stands, for the places that errors name. */
struct reader {
    struct arena *mem;
    const char *place;
    struct err *e;
};

/* ---- templates */

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

static int read_list(const struct prompt *const **out, size_t *n, const struct reader *r,
                     const cJSON *object, const char *key)
{
    const cJSON *list = json_get(object, key), *item;
    const struct prompt **p = arena_array(r->mem, (size_t)cJSON_GetArraySize(list), sizeof *p);
    cJSON_ArrayForEach(item, list) {
        const char *place = arena_printf(r->mem, "%s.%s[%zu]", r->place, key, *n);
        if (compile(&p[(*n)++], r, item->valuestring, place) < 0)
            return r->e->code;
    }
    *out = list ? p : NULL;
    return 0;
}

static int read_templates(struct step *out, const struct reader *r, const cJSON *object)
{
    if (read_template(&out->header, r, object, "header") < 0 ||
        read_template(&out->context, r, object, "context") < 0 ||
        read_template(&out->prompt, r, object, "prompt") < 0 ||
        read_template(&out->target, r, object, "target") < 0)
        return r->e->code;
    out->shot = out->prompt;
    out->answer = out->target;
    if (read_template(&out->shot, r, object, "shot") < 0 ||
        read_template(&out->answer, r, object, "answer") < 0 ||
        read_list(&out->choice, &out->n_choice, r, object, "choices") < 0)
        return r->e->code;
    return read_list(&out->stop, &out->n_stop, r, object, "stop");
}

/* ---- decoding */

static int misplaced(const struct reader *r, const cJSON *object, const char *const *keys,
                     const char *why)
{
    for (; *keys; keys++)
        if (json_get(object, *keys))
            return err_set(r->e, ERR_INPUT, "%s.%s: %s", r->place, *keys, why);
    return 0;
}

static int check_kind(const struct step *s, const struct reader *r, const cJSON *object)
{
    if (s->ask == ASK_LOGLIK)
        return misplaced(r, object, text_only,
                         "goes with a step that writes text, and this one has choices");
    if (misplaced(r, object, choice_only,
                  "goes with choices, and this step has none: it writes text") < 0)
        return r->e->code;
    if (json_number(object, "temperature", 0) > 0)
        return 0;
    return misplaced(r, object, draw_only,
                     "does nothing at temperature 0, where every draw is the same text");
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

int step_read(struct step *out, const cJSON *object, const char *place, struct arena *mem,
              struct err *e)
{
    const struct reader r = { .mem = mem, .place = place, .e = e };
    *out = (struct step){
        .name = json_text(object, "name", ""),
        .role = ROLE_MODEL,
        .ask = json_get(object, "choices") ? ASK_LOGLIK : ASK_TEXT,
        .whole = json_bool(object, "whole", false),
    };
    if (check_kind(out, &r, object) < 0 || read_templates(out, &r, object) < 0)
        return e->code;
    return out->ask == ASK_TEXT ? read_decode(out, &r, object) : 0;
}
