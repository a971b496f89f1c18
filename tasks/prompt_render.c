/* A compiled template over a row. */
#include <string.h>

#include "tasks/path.h"
#include "tasks/prompt_parts.h"

enum { MAX_LETTERS = 26 };

static int put_list(struct strbuf *out, const cJSON *list, const struct part *p, struct err *e)
{
    const cJSON *item;
    if (!cJSON_IsArray(list))
        return err_set(e, ERR_INPUT, "field '%s' is not a list, which filter %s wants", p->text,
                       p->filter[0].filter->name);
    cJSON_ArrayForEach(item, list) {
        if (path_text(out, item, p->text, e) < 0)
            return e->code;
        if (item->next)
            strbuf_puts(out, p->filter[0].filter->joint);
    }
    return 0;
}

static int put_json(struct strbuf *out, const cJSON *value)
{
    struct json_writer w = { .out = out };
    json_put_tree(&w, NULL, value);
    return 0;
}

static int put_value(struct strbuf *out, const cJSON *value, const struct part *p, struct err *e)
{
    bool joins = p->n_filter && p->filter[0].filter->joint;
    const char *name = *p->text ? p->text : ".";
    if (p->optional && (!value || cJSON_IsNull(value)))
        return 0;
    if (p->n_filter && p->filter[0].filter->takes == TAKES_VALUE)
        return put_json(out, value);
    return joins ? put_list(out, value, p, e) : path_text(out, value, name, e);
}

static int put_field(struct strbuf *out, const struct part *p, const cJSON *row, struct err *e)
{
    const cJSON *value = path_find(row, p->text);
    if (!value && !p->optional && path_need(&value, row, p->text, e) < 0)
        return e->code;
    return put_value(out, value, p, e);
}

/* Of an object the options are the names of its members. */
static int put_name(struct strbuf *out, const struct part *p, const cJSON *member, size_t place,
                    struct err *e)
{
    if (*p->text)
        return err_set(e, ERR_INPUT, "option %zu is a name, which has no '%s'", place + 1,
                       p->text);
    strbuf_puts(out, member->string);
    return 0;
}

static int put_item(struct strbuf *out, const struct part *p, const struct prompt_source *source,
                    struct err *e)
{
    const cJSON *item = source->options->list->child;
    for (size_t i = 0; i < source->place; i++)
        item = item->next;
    if (cJSON_IsObject(source->options->list))
        return put_name(out, p, item, source->place, e);
    if (!*p->text)
        return put_value(out, item, p, e);
    const cJSON *value = path_find(item, p->text);
    if (!value && !p->optional && path_need(&value, item, p->text, e) < 0)
        return err_in(e, "option %zu", source->place + 1);
    return put_value(out, value, p, e);
}

static const char *fact_text(enum fact fact, const struct subset *s, const char *lang)
{
    bool zh = fact == FACT_TITLE_ZH || (fact == FACT_TITLE && strcmp(lang, "zh") == 0);
    return fact == FACT_NAME ? s->name : zh ? s->title_zh : s->title_en;
}

static int put_subset(struct strbuf *out, const struct part *p,
                      const struct prompt_source *source, struct err *e)
{
    const char *text = source->subset ? fact_text(p->fact, source->subset, source->lang) : NULL;
    if (!source->subset)
        return err_set(e, ERR_INPUT, "'%s' needs a data set with subsets (and shots of the "
                                     "question's own)", p->text);
    if (!text || !*text)
        return err_set(e, ERR_INPUT, "subset '%s' has no such title for '%s' in the catalog",
                       source->subset->name, p->text);
    strbuf_puts(out, text);
    return 0;
}

static int put_letter(struct strbuf *out, size_t place, struct err *e)
{
    if (place >= MAX_LETTERS)
        return err_set(e, ERR_INPUT, "option %zu: there are only %d letters", place + 1,
                       MAX_LETTERS);
    strbuf_putc(out, (char)('A' + place));
    return 0;
}

static int put_lines(struct strbuf *out, const struct prompt_source *source, struct err *e)
{
    struct prompt_source line = *source;
    for (line.place = 0; line.place < source->options->n; line.place++) {
        if (line.place)
            strbuf_puts(out, source->options->separator);
        if (prompt_render(out, source->options->line, &line, e) < 0)
            return e->code;
    }
    return 0;
}

static int put_fact(struct strbuf *out, const struct part *p, const struct prompt_source *source,
                    struct err *e)
{
    if (fact_is_option(p->fact) && source->options->n == 0)
        return err_set(e, ERR_INPUT, "'%s' of a row that has no options", p->text);
    switch (p->fact) {
    case FACT_LETTER: return put_letter(out, source->place, e);
    case FACT_NUMBER: strbuf_printf(out, "%zu", source->place + 1); return 0;
    case FACT_COUNT: strbuf_printf(out, "%zu", source->options->n); return 0;
    case FACT_LAST_LETTER: return put_letter(out, source->options->n - 1, e);
    case FACT_LINES: return put_lines(out, source, e);
    default: return put_subset(out, p, source, e);
    }
}

static int put_word(struct strbuf *out, const struct part *p, const cJSON *row, struct err *e)
{
    const char *path = json_text(p->word, "of", "");
    const cJSON *value, *words = json_get(p->word, "is");
    struct strbuf text = STRBUF_INIT;
    int rc = path_need(&value, row, path, e);
    if (rc == 0)
        rc = path_text(&text, value, path, e);
    const char *word = rc == 0 ? json_text(words, text.s, NULL) : NULL;
    if (word)
        strbuf_puts(out, word);
    else if (rc == 0)
        rc = err_set(e, ERR_INPUT, "'%s' has no word for '%s', which field '%s' is", p->text,
                     text.s, path);
    strbuf_release(&text);
    return rc;
}

static int put_answer(struct strbuf *out, const struct part *p, const struct trace *so_far,
                      struct err *e)
{
    if (!so_far)
        return err_set(e, ERR_INPUT, "'answer.%s' is not known of a worked example; give the step "
                                     "the key 'shot'", p->text);
    for (size_t i = 0; i < so_far->n_turn; i++)
        if (strcmp(so_far->turn[i].step, p->text) == 0) {
            strbuf_puts(out, so_far->turn[i].a.out[0].text);
            return 0;
        }
    return err_set(e, ERR_MISMATCH, "there is no answer of step '%s'", p->text);
}

static int put_part(struct strbuf *out, const struct part *p, const struct prompt_source *source,
                    struct err *e)
{
    switch (p->kind) {
    case KIND_LITERAL: strbuf_puts(out, p->text); return 0;
    case KIND_FIELD: return put_field(out, p, source->row, e);
    case KIND_ITEM: return put_item(out, p, source, e);
    case KIND_FACT: return put_fact(out, p, source, e);
    case KIND_WORD: return put_word(out, p, source->row, e);
    case KIND_ANSWER: return put_answer(out, p, source->so_far, e);
    case KIND_OUT: strbuf_puts(out, source->out); return 0;
    default: return 0;
    }
}

static int apply_filters(struct strbuf *out, size_t from, const struct part *p, struct err *e)
{
    for (size_t i = 0; i < p->n_filter; i++) {
        const struct filter *f = p->filter[i].filter;
        const struct filtered text = { out, from, p->filter[i].arg, e };
        if (f->apply && f->apply(&text) < 0)
            return e->code;
    }
    return 0;
}

int prompt_render(struct strbuf *out, const struct prompt *p, const struct prompt_source *source,
                  struct err *e)
{
    size_t block = 0;
    for (const struct part *part = p->part; part; part = part->next) {
        size_t from = part->kind == KIND_END ? block : out->len;
        if (part->kind == KIND_BLOCK)
            block = from;
        if (put_part(out, part, source, e) < 0 || apply_filters(out, from, part, e) < 0)
            return err_in(e, "%s", p->place);
    }
    return 0;
}

