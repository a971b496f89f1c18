#include "tasks/prompt.h"

#include <string.h>

#include "base/opt.h"
#include "tasks/prompt_parts.h"

static const struct {
    const char *name;
    unsigned scope; /* 0 = known everywhere */
    const char *help;
} facts[N_FACTS] = {
    [FACT_NAME] = { "subset.name", 0, "the subset's name in the catalog" },
    [FACT_TITLE] = { "subset.title", 0, "its title in the task's language" },
    [FACT_TITLE_ZH] = { "subset.title_zh", 0, "its Chinese title" },
    [FACT_TITLE_EN] = { "subset.title_en", 0, "its English title" },
    [FACT_LETTER] = { "option.letter", PROMPT_PLACE,
                      "A, B, ... of an option; in `choices`, `option` and `lead`" },
    [FACT_NUMBER] = { "option.number", PROMPT_PLACE, "1, 2, ... of it; in the same" },
    [FACT_COUNT] = { "option.count", PROMPT_COUNT, "how many options there are" },
    [FACT_LAST_LETTER] = { "option.last_letter", PROMPT_COUNT, "the letter of the last" },
    [FACT_LINES] = { "option.lines", PROMPT_LINES,
                     "all options, each through the template `option`" },
};

bool fact_is_option(enum fact fact)
{
    return facts[fact].scope != 0;
}

/* What a template lacks that speaks of a value out of scope. */
static const char *scope_needs(unsigned scope)
{
    switch (scope) {
    case PROMPT_VALUE:
        return "stands for an option; it needs the key 'each', and is known only in choices, "
               "option and lead";
    case PROMPT_PLACE: return "is known only in choices, option and lead";
    case PROMPT_COUNT: return "needs options: the key 'choices' or 'each'";
    default: return "needs the keys 'each' and 'option', and is not known in option itself";
    }
}

/* A template while it is compiled. */
struct compiler {
    const struct prompt_scope *scope;
    struct part *block; /* that is not ended yet */
    struct arena *mem;
    struct err *e;
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

static int out_of_scope(struct compiler *c, const char *name, unsigned scope)
{
    return err_set(c->e, ERR_INPUT, "'%s' %s", name, scope_needs(scope));
}

static int unknown_value(struct compiler *c, const char *name, const char *const *names,
                         size_t n)
{
    const char *near = nearest_word(name, names, n);
    return err_set(c->e, ERR_INPUT, "unknown value '%s'%s%s%s", name,
                   near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

static int set_fact(struct part *p, struct compiler *c)
{
    const char *names[N_FACTS];
    p->kind = KIND_FACT;
    for (int i = 0; i < N_FACTS; i++) {
        names[i] = facts[i].name;
        if (strcmp(facts[i].name, p->text) != 0)
            continue;
        p->fact = (enum fact)i;
        return (facts[i].scope & ~c->scope->options) ? out_of_scope(c, p->text, facts[i].scope) : 0;
    }
    return unknown_value(c, p->text, names, N_FACTS);
}

static int set_word(struct part *p, struct compiler *c)
{
    const char *name = p->text + strlen("word.");
    const cJSON *item;
    const char **names = arena_array(c->mem, (size_t)cJSON_GetArraySize(c->scope->words),
                                     sizeof *names);
    size_t n = 0;
    p->kind = KIND_WORD;
    p->word = json_get(c->scope->words, name);
    cJSON_ArrayForEach(item, c->scope->words)
        names[n++] = arena_printf(c->mem, "word.%s", item->string);
    if (!p->word && n == 0)
        return err_set(c->e, ERR_INPUT, "'%s' needs the recipe's key 'words'", p->text);
    return p->word ? 0 : unknown_value(c, p->text, names, n);
}

/* An answer by number is a place in the row. */
static int set_answer(struct part *p, struct compiler *c)
{
    const char *name = p->text + strlen("answer.");
    if (*name >= '0' && *name <= '9')
        return 0;
    p->kind = KIND_ANSWER;
    for (size_t i = 0; i < c->scope->n_writer; i++)
        if (strcmp(c->scope->writer[i], name) == 0) {
            p->text = name;
            return 0;
        }
    return err_set(c->e, ERR_INPUT, "'%s': no step '%s' before this one writes text", p->text,
                   name);
}

static int set_name(struct part *p, const char *name, struct compiler *c)
{
    size_t len = strlen(name);
    p->text = name;
    p->kind = KIND_FIELD;
    if (len > 1 && name[len - 1] == '?') {
        p->optional = true;
        p->text = arena_strndup(c->mem, name, len - 1);
    }
    if (!*name)
        return err_set(c->e, ERR_INPUT, "'{{' without a name");
    if (*name == '.') {
        p->kind = KIND_ITEM;
        p->text++;
        return c->scope->options & PROMPT_VALUE ? 0 : out_of_scope(c, name, PROMPT_VALUE);
    }
    if (c->scope->out && strcmp(name, "out") == 0) {
        p->kind = KIND_OUT;
        return 0;
    }
    if (strncmp(name, "subset.", 7) == 0 || strncmp(name, "option.", 7) == 0)
        return set_fact(p, c);
    if (strncmp(name, "word.", 5) == 0)
        return set_word(p, c);
    return strncmp(name, "answer.", 7) == 0 ? set_answer(p, c) : 0;
}

/* "name" or "name:argument", whose blanks count. */
static int add_filter(struct part *p, const char *s, size_t len, struct compiler *c)
{
    const char *colon = memchr(s, ':', len);
    const char *name = trimmed(c->mem, s, colon ? (size_t)(colon - s) : len);
    const struct filter *f = filter_find(name, c->e);
    if (!f)
        return c->e->code;
    if (p->n_filter == MAX_FILTERS)
        return err_set(c->e, ERR_LIMIT, "more than %d filters on '%s'", MAX_FILTERS, p->text);
    if ((f->joint || f->takes == TAKES_VALUE) &&
        (p->n_filter || (p->kind != KIND_FIELD && p->kind != KIND_ITEM)))
        return err_set(c->e, ERR_INPUT, "filter %s takes a %s, so it comes first", name,
                       f->joint ? "list" : "value of the row");
    if ((f->takes == TAKES_ARG) != (colon && colon + 1 < s + len))
        return f->takes == TAKES_ARG
                   ? err_set(c->e, ERR_INPUT, "filter %s takes a text: '%s:TEXT'", name, name)
                   : err_set(c->e, ERR_INPUT, "filter %s takes no ':'", name);
    const char *arg = colon ? arena_strndup(c->mem, colon + 1, len - (size_t)(colon + 1 - s))
                            : NULL;
    p->filter[p->n_filter++] = (struct applied){ f, arg };
    return 0;
}

/* filter|filter */
static int add_filters(struct part *p, const char *s, const char *end, struct compiler *c)
{
    for (;;) {
        const char *bar = memchr(s, '|', (size_t)(end - s));
        if (add_filter(p, s, (size_t)((bar ? bar : end) - s), c) < 0)
            return c->e->code;
        if (!bar)
            return 0;
        s = bar + 1;
    }
}

static int open_block(struct part *p, const char *s, const char *end, struct compiler *c)
{
    p->kind = KIND_BLOCK;
    p->text = "{{#...}}";
    if (c->block)
        return err_set(c->e, ERR_INPUT, "'{{#' inside another one");
    c->block = p;
    return add_filters(p, s, end, c);
}

/* The end has the filters of its block. */
static int close_block(struct part *p, struct compiler *c)
{
    if (!c->block)
        return err_set(c->e, ERR_INPUT, "'{{/}}' without '{{#'");
    p->kind = KIND_END;
    p->n_filter = c->block->n_filter;
    memcpy(p->filter, c->block->filter, sizeof p->filter);
    c->block->n_filter = 0;
    c->block = NULL;
    return 0;
}

/* What stands between the braces. */
static int set_value(struct part *p, const char *s, size_t len, struct compiler *c)
{
    const char *end = s + len;
    const char *bar = memchr(s, '|', len);
    if (len && *s == '#')
        return open_block(p, s + 1, end, c);
    if (len == 1 && *s == '/')
        return close_block(p, c);
    if (set_name(p, trimmed(c->mem, s, (size_t)((bar ? bar : end) - s)), c) < 0)
        return c->e->code;
    return bar ? add_filters(p, bar + 1, end, c) : 0;
}

static int compile_parts(struct part **tail, const char *text, struct compiler *c)
{
    while (*text) {
        const char *open = strstr(text, "{{");
        struct part *part = *tail = arena_alloc(c->mem, sizeof *part);
        tail = &part->next;
        if (open != text) {
            size_t len = open ? (size_t)(open - text) : strlen(text);
            part->text = arena_strndup(c->mem, text, len);
            text += len;
            continue;
        }
        const char *close = strstr(open, "}}");
        if (!close)
            return err_set(c->e, ERR_INPUT, "'{{' without '}}'");
        if (set_value(part, open + 2, (size_t)(close - open - 2), c) < 0)
            return c->e->code;
        text = close + 2;
    }
    return c->block ? err_set(c->e, ERR_INPUT, "'{{#' without '{{/}}'") : 0;
}

int prompt_compile(struct prompt **out, const char *text, const char *place,
                   const struct prompt_scope *scope, struct arena *mem, struct err *e)
{
    struct compiler c = { .scope = scope, .mem = mem, .e = e };
    struct prompt *p = arena_alloc(mem, sizeof *p);
    p->place = arena_strdup(mem, place);
    if (compile_parts(&p->part, text, &c) < 0)
        return err_in(e, "%s", place);
    *out = p;
    return 0;
}

const char *prompt_place(const struct prompt *p)
{
    return p->place;
}

bool prompt_is_empty(const struct prompt *p)
{
    return !p->part;
}

void prompt_describe(struct strbuf *out)
{
    strbuf_puts(out,
                "| value | meaning |\n|---|---|\n"
                "| `{{FIELD}}` | a field of the row: text, a number, true or false |\n"
                "| `{{a.b.0}}` | a place in it: members and, in lists, numbers from 0; a field "
                "whose own name has dots is tried first |\n"
                "| `{{FIELD?}}` | the same, where it may be missing or null: then the empty "
                "text |\n"
                "| `{{.}}`, `{{.text}}` | an option's value, or a place in it; in `choices`, "
                "`option` and `lead` |\n");
    for (int i = 0; i < N_FACTS; i++)
        strbuf_printf(out, "| `{{%s}}` | %s |\n", facts[i].name, facts[i].help);
    strbuf_puts(out,
                "| `{{word.NAME}}` | the word that the recipe's `words` has for a value |\n"
                "| `{{answer.STEP}}` | what was written in an earlier step of this name |\n"
                "| `{{out}}` | the program found in a draw; in `solution` |\n"
                "| `{{#FILTER}}`...`{{/}}` | what stands between, filtered; not nested |\n\n");
    filters_describe(out);
}
