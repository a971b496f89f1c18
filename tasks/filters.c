#include "tasks/filters.h"

#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/utf8.h"
#include "tasks/detokenize.h"

/* Keep `len` bytes at `offset` of the text. */
static void keep(const struct filtered *t, size_t offset, size_t len)
{
    char *s = t->b->s + t->from;
    memmove(s, s + offset, len);
    strbuf_cut(t->b, t->from + len);
}

static const char *text_of(const struct filtered *t)
{
    return t->b->s + t->from;
}

static size_t len_of(const struct filtered *t)
{
    return t->b->len - t->from;
}

static int filter_strip(const struct filtered *t)
{
    size_t len;
    const char *kept = utf8_strip(text_of(t), &len);
    keep(t, (size_t)(kept - text_of(t)), len);
    return 0;
}

static int filter_lstrip(const struct filtered *t)
{
    size_t space = utf8_space_before(text_of(t), len_of(t));
    keep(t, space, len_of(t) - space);
    return 0;
}

static int filter_rstrip(const struct filtered *t)
{
    strbuf_cut(t->b, t->b->len - utf8_space_after(text_of(t), len_of(t)));
    return 0;
}

static int filter_words(const struct filtered *t)
{
    for (char *c = t->b->s + t->from; *c; c++)
        if (*c == '_')
            *c = ' ';
    return 0;
}

static int recase(const struct filtered *t,
                  void (*form)(struct strbuf *out, const char *s, size_t len))
{
    struct strbuf text = STRBUF_INIT;
    form(&text, text_of(t), len_of(t));
    strbuf_cut(t->b, t->from);
    strbuf_add(t->b, text.s, text.len);
    strbuf_release(&text);
    return 0;
}

static int filter_lower(const struct filtered *t)
{
    return recase(t, utf8_lower);
}

static int filter_upper(const struct filtered *t)
{
    return recase(t, utf8_upper);
}

static int filter_capitalize(const struct filtered *t)
{
    return recase(t, utf8_capitalize);
}

static int filter_lower_first(const struct filtered *t)
{
    struct strbuf text = STRBUF_INIT;
    int32_t code;
    size_t first = len_of(t) ? utf8_next(text_of(t), len_of(t), &code) : 0;
    utf8_lower(&text, text_of(t), first);
    strbuf_add(&text, text_of(t) + first, len_of(t) - first);
    strbuf_cut(t->b, t->from);
    strbuf_add(t->b, text.s, text.len);
    strbuf_release(&text);
    return 0;
}

static int filter_drop_last(const struct filtered *t)
{
    size_t len = len_of(t);
    strbuf_cut(t->b, t->from + (len ? utf8_whole(text_of(t), len - 1) : 0));
    return 0;
}

static int filter_letter(const struct filtered *t)
{
    const char *s = text_of(t);
    size_t len = len_of(t);
    int i = 0;
    for (size_t k = 0; k < len && len <= 2; k++)
        i = s[k] >= '0' && s[k] <= '9' ? 10 * i + s[k] - '0' : 1000;
    if (len == 0 || len > 2 || i > 25)
        return err_set(t->e, ERR_INPUT, "filter letter: '%.40s' is not a number from 0 to 25", s);
    strbuf_cut(t->b, t->from);
    strbuf_putc(t->b, (char)('A' + i));
    return 0;
}

static const char *find_blank(const struct filtered *t, const char *name)
{
    const char *blank = strchr(text_of(t), '_');
    if (!blank)
        (void)err_set(t->e, ERR_INPUT, "filter %s: there is no '_' in the text", name);
    return blank;
}

static int filter_before_blank(const struct filtered *t)
{
    const char *blank = find_blank(t, "before_blank");
    if (!blank)
        return t->e->code;
    strbuf_cut(t->b, (size_t)(blank - t->b->s));
    return 0;
}

static int filter_after_blank(const struct filtered *t)
{
    const char *blank = find_blank(t, "after_blank");
    if (!blank)
        return t->e->code;
    keep(t, (size_t)(blank + 1 - text_of(t)), strlen(blank + 1));
    return 0;
}

static int filter_before_last_space(const struct filtered *t)
{
    const char *space = strrchr(text_of(t), ' ');
    strbuf_cut(t->b, space ? (size_t)(space - t->b->s) : t->from);
    return 0;
}

static int filter_after_last_space(const struct filtered *t)
{
    const char *space = strrchr(text_of(t), ' ');
    if (space)
        keep(t, (size_t)(space + 1 - text_of(t)), strlen(space + 1));
    return 0;
}

static int filter_drop(const struct filtered *t)
{
    replace_all(t->b, t->from, t->arg, "");
    return 0;
}

static int filter_else(const struct filtered *t)
{
    if (len_of(t) == 0)
        strbuf_puts(t->b, t->arg);
    return 0;
}

/* Bytes before the next white space. */
static size_t word_before(const char *s, size_t len)
{
    size_t n = 0;
    int32_t code;
    while (n < len && utf8_space_before(s + n, len - n) == 0)
        n += utf8_next(s + n, len - n, &code);
    return n;
}

static int filter_first_words(const struct filtered *t)
{
    char *end;
    unsigned long most = strtoul(t->arg, &end, 10), n = 0;
    if (*end || *t->arg < '1' || *t->arg > '9')
        return err_set(t->e, ERR_INPUT, "filter first_words: '%.40s' is not a number from 1 on",
                       t->arg);
    struct strbuf out = STRBUF_INIT;
    const char *s = text_of(t);
    for (size_t len = len_of(t), word; n < most; n++, s += word, len -= word) {
        size_t space = utf8_space_before(s, len);
        s += space;
        len -= space;
        word = word_before(s, len);
        if (!word)
            break;
        strbuf_printf(&out, "%s%.*s", n ? " " : "", (int)word, s);
    }
    strbuf_cut(t->b, t->from);
    strbuf_add(t->b, out.s, out.len);
    strbuf_release(&out);
    return 0;
}

static int filter_unbracket(const struct filtered *t)
{
    unbracket(t->b, t->from);
    return 0;
}

static int filter_detokenize(const struct filtered *t)
{
    detokenize(t->b, t->from);
    return 0;
}

static const struct filter filters[] = {
    { "strip", "without white space at both ends, as Python's `str.strip()`", filter_strip, NULL,
      TAKES_TEXT },
    { "lstrip", "the same at the beginning", filter_lstrip, NULL, TAKES_TEXT },
    { "rstrip", "the same at the end", filter_rstrip, NULL, TAKES_TEXT },
    { "words", "underscores become spaces", filter_words, NULL, TAKES_TEXT },
    { "lower", "small letters, as Python's `str.lower()`", filter_lower, NULL, TAKES_TEXT },
    { "upper", "capital letters, as Python's `str.upper()`", filter_upper, NULL, TAKES_TEXT },
    { "capitalize", "the first letter a capital, all others small, as Python's "
                    "`str.capitalize()`", filter_capitalize, NULL, TAKES_TEXT },
    { "lower_first", "the first letter small", filter_lower_first, NULL, TAKES_TEXT },
    { "drop_last", "without the last character", filter_drop_last, NULL, TAKES_TEXT },
    { "letter", "a number from 0 becomes A, B, ...", filter_letter, NULL, TAKES_TEXT },
    { "join_lines", "of a list of texts: all, a line end between them", NULL, "\n", TAKES_TEXT },
    { "join_spaces", "of a list of texts: all, a space between them", NULL, " ", TAKES_TEXT },
    { "json", "any value, as JSON in one line", NULL, NULL, TAKES_VALUE },
    { "before_blank", "what stands before the first underscore", filter_before_blank, NULL,
      TAKES_TEXT },
    { "after_blank", "what stands behind it", filter_after_blank, NULL, TAKES_TEXT },
    { "before_last_space", "what stands before the last space (nothing, where there is none)",
      filter_before_last_space, NULL, TAKES_TEXT },
    { "after_last_space", "what stands behind it (all)", filter_after_last_space, NULL,
      TAKES_TEXT },
    { "drop", "`drop:TEXT`: without TEXT, wherever it stands", filter_drop, NULL, TAKES_ARG },
    { "else", "`else:TEXT`: TEXT, where there is none", filter_else, NULL, TAKES_ARG },
    { "first_words", "`first_words:N`: the first N words, one space between them, as Python's "
                     "`\" \".join(s.split()[:N])`", filter_first_words, NULL, TAKES_ARG },
    { "unbracket", "without white space at both ends; ` [title]` becomes `. `; other "
                   "`[...]` go; then two spaces become one",
      filter_unbracket, NULL, TAKES_TEXT },
    { "detokenize", "Wikipedia's tokenised text (` @-@ `, ` , `) becomes plain text",
      filter_detokenize, NULL, TAKES_TEXT },
};
enum { N_FILTERS = sizeof filters / sizeof *filters };

const struct filter *filter_find(const char *name, struct err *e)
{
    const char *names[N_FILTERS];
    for (int i = 0; i < N_FILTERS; i++) {
        names[i] = filters[i].name;
        if (strcmp(filters[i].name, name) == 0)
            return &filters[i];
    }
    const char *near = nearest_word(name, names, N_FILTERS);
    (void)err_set(e, ERR_INPUT, "unknown filter '%s'%s%s%s", name,
                  near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    return NULL;
}

void filters_describe(struct strbuf *out)
{
    strbuf_puts(out, "| filter | meaning |\n|---|---|\n");
    for (int i = 0; i < N_FILTERS; i++)
        strbuf_printf(out, "| `%s` | %s |\n", filters[i].name, filters[i].help);
}
