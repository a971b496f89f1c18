#include "tasks/prompt.h"

#include <string.h>

#include "base/opt.h"
#include "base/utf8.h"

enum { MAX_FILTERS = 4 };

/* A filter changes the text that begins at `from`, in place. */
struct filter {
    const char *name, *help;
    void (*apply)(struct strbuf *b, size_t from);
};

static void filter_strip(struct strbuf *b, size_t from)
{
    size_t len;
    const char *kept = utf8_strip(b->s + from, &len);
    memmove(b->s + from, kept, len);
    strbuf_cut(b, from + len);
}

static void filter_words(struct strbuf *b, size_t from)
{
    for (char *c = b->s + from; *c; c++)
        if (*c == '_')
            *c = ' ';
}

static const struct filter filters[] = {
    { "strip", "without white space at both ends, as Python's `str.strip()`", filter_strip },
    { "words", "underscores become spaces", filter_words },
};
enum { N_FILTERS = sizeof filters / sizeof *filters };

/* What a subset is asked for. */
enum fact { FACT_NAME, FACT_TITLE, FACT_TITLE_ZH, FACT_TITLE_EN, FACT_COUNT };

static const struct {
    const char *name, *help;
} facts[FACT_COUNT] = {
    [FACT_NAME] = { "subset.name", "the subset's name in the catalog" },
    [FACT_TITLE] = { "subset.title", "its title in the task's language" },
    [FACT_TITLE_ZH] = { "subset.title_zh", "its Chinese title" },
    [FACT_TITLE_EN] = { "subset.title_en", "its English title" },
};

enum kind { KIND_LITERAL, KIND_FIELD, KIND_FACT };

struct part {
    enum kind kind;
    enum fact fact;
    const char *text; /* the literal, or the field's name */
    const struct filter *filter[MAX_FILTERS];
    size_t n_filter;
    struct part *next;
};

struct prompt {
    const char *place;
    struct part *part;
};

/* ---- compiling */

static const char *trimmed(struct arena *mem, const char *s, size_t len)
{
    while (len && *s == ' ')
        s++, len--;
    while (len && s[len - 1] == ' ')
        len--;
    return arena_strndup(mem, s, len);
}

static int set_name(struct part *p, const char *name, struct err *e)
{
    const char *names[FACT_COUNT];
    p->text = name;
    p->kind = KIND_FIELD;
    if (!*name)
        return err_set(e, ERR_INPUT, "'{{' without a name");
    if (strncmp(name, "subset.", 7) != 0)
        return 0;
    p->kind = KIND_FACT;
    for (int i = 0; i < FACT_COUNT; i++) {
        names[i] = facts[i].name;
        if (strcmp(facts[i].name, name) == 0) {
            p->fact = (enum fact)i;
            return 0;
        }
    }
    const char *near = nearest_word(name, names, FACT_COUNT);
    return err_set(e, ERR_INPUT, "unknown value '%s'%s%s%s", name, near ? " (did you mean '" : "",
                   near ? near : "", near ? "'?)" : "");
}

static int add_filter(struct part *p, const char *name, struct err *e)
{
    const char *names[N_FILTERS];
    for (int i = 0; i < N_FILTERS; i++) {
        names[i] = filters[i].name;
        if (strcmp(filters[i].name, name) != 0)
            continue;
        if (p->n_filter == MAX_FILTERS)
            return err_set(e, ERR_LIMIT, "more than %d filters on '%s'", MAX_FILTERS, p->text);
        p->filter[p->n_filter++] = &filters[i];
        return 0;
    }
    const char *near = nearest_word(name, names, N_FILTERS);
    return err_set(e, ERR_INPUT, "unknown filter '%s'%s%s%s", name,
                   near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

/* What stands between the braces: name|filter|filter. */
static int set_value(struct part *p, const char *s, size_t len, struct arena *mem,
                     struct err *e)
{
    const char *end = s + len;
    const char *bar = memchr(s, '|', len);
    if (set_name(p, trimmed(mem, s, (size_t)((bar ? bar : end) - s)), e) < 0)
        return e->code;
    while (bar) {
        s = bar + 1;
        bar = memchr(s, '|', (size_t)(end - s));
        if (add_filter(p, trimmed(mem, s, (size_t)((bar ? bar : end) - s)), e) < 0)
            return e->code;
    }
    return 0;
}

int prompt_compile(struct prompt **out, const char *text, const char *place, struct arena *mem,
                   struct err *e)
{
    struct prompt *p = arena_alloc(mem, sizeof *p);
    struct part **tail = &p->part;
    p->place = arena_strdup(mem, place);
    while (*text) {
        const char *open = strstr(text, "{{");
        struct part *part = *tail = arena_alloc(mem, sizeof *part);
        tail = &part->next;
        if (open != text) {
            size_t len = open ? (size_t)(open - text) : strlen(text);
            part->text = arena_strndup(mem, text, len);
            text += len;
            continue;
        }
        const char *close = strstr(open, "}}");
        if (!close) {
            (void)err_set(e, ERR_INPUT, "'{{' without '}}'");
            return err_in(e, "%s", place);
        }
        if (set_value(part, open + 2, (size_t)(close - open - 2), mem, e) < 0)
            return err_in(e, "%s", place);
        text = close + 2;
    }
    *out = p;
    return 0;
}

/* ---- rendering */

static int unknown_field(const char *name, const cJSON *row, struct err *e)
{
    struct strbuf has = STRBUF_INIT;
    const cJSON *item;
    cJSON_ArrayForEach(item, row)
        strbuf_printf(&has, "%s%s", has.len ? ", " : "", item->string);
    int rc = err_set(e, ERR_INPUT, "unknown field '%s' (row has %s)", name,
                     has.len ? has.s : "none");
    strbuf_release(&has);
    return rc;
}

static int put_field(struct strbuf *out, const char *name, const cJSON *row, struct err *e)
{
    const cJSON *value = json_get(row, name);
    char number[32];
    if (!value)
        return unknown_field(name, row, e);
    if (cJSON_IsString(value)) {
        strbuf_puts(out, value->valuestring);
        return 0;
    }
    if (!cJSON_IsNumber(value))
        return err_set(e, ERR_INPUT, "field '%s' is neither text nor a number", name);
    json_format_number(number, value->valuedouble);
    strbuf_puts(out, number);
    return 0;
}

static const char *fact_text(enum fact fact, const struct subset *s, const char *lang)
{
    bool zh = fact == FACT_TITLE_ZH || (fact == FACT_TITLE && strcmp(lang, "zh") == 0);
    return fact == FACT_NAME ? s->name : zh ? s->title_zh : s->title_en;
}

static int put_fact(struct strbuf *out, const struct part *p, const struct prompt_source *source,
                    struct err *e)
{
    const char *text = source->subset ? fact_text(p->fact, source->subset, source->lang) : NULL;
    if (!source->subset)
        return err_set(e, ERR_INPUT, "'%s' needs a data set with subsets", p->text);
    if (!text || !*text)
        return err_set(e, ERR_INPUT, "subset '%s' has no such title for '%s' in the catalog",
                       source->subset->name, p->text);
    strbuf_puts(out, text);
    return 0;
}

int prompt_render(struct strbuf *out, const struct prompt *p, const struct prompt_source *source,
                  struct err *e)
{
    for (const struct part *part = p->part; part; part = part->next) {
        size_t from = out->len;
        int rc = 0;
        if (part->kind == KIND_LITERAL)
            strbuf_puts(out, part->text);
        else if (part->kind == KIND_FIELD)
            rc = put_field(out, part->text, source->row, e);
        else
            rc = put_fact(out, part, source, e);
        if (rc < 0)
            return err_in(e, "%s", p->place);
        for (size_t i = 0; i < part->n_filter; i++)
            part->filter[i]->apply(out, from);
    }
    return 0;
}

const char *prompt_place(const struct prompt *p)
{
    return p->place;
}

void prompt_describe(struct strbuf *out)
{
    strbuf_puts(out, "| value | meaning |\n|---|---|\n"
                     "| `{{FIELD}}` | a field of the row, text or a number |\n");
    for (int i = 0; i < FACT_COUNT; i++)
        strbuf_printf(out, "| `{{%s}}` | %s |\n", facts[i].name, facts[i].help);
    strbuf_puts(out, "\n| filter | meaning |\n|---|---|\n");
    for (int i = 0; i < N_FILTERS; i++)
        strbuf_printf(out, "| `%s` | %s |\n", filters[i].name, filters[i].help);
}
