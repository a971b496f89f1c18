/*
 * The string rules of the Minerva paper, in the order of lm-evaluation-harness's
 * version 3.1, which keeps them off the names of LaTeX's commands.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/extract.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/math_parts.h"

static const char *const removed[MATH_MINERVA_REMOVED] = {
    "square", "ways", "integers", "dollars", "mph", "inches", "ft", "hours", "km", "units",
    "\\ldots", "sue", "points", "feet", "minutes", "digits", "cents", "degrees", "cm", "gm",
    "pounds", "meters", "meals", "edges", "students", "childrentickets", "multiples",
    "\\text{s}", "\\text{.}", "\\text{\ns}", "\\text{}^2", "\\text{}^3", "\\text{\n}",
    "\\text{}", "\\mathrm{th}", "^\\circ", "^{\\circ}", "\\;", ",\\!", "{,}", "\"", "\\dots",
};

static bool is_word(const char *s)
{
    return isalpha((unsigned char)*s);
}

int math_minerva_open(struct math_minerva *out, struct err *e)
{
    char text[64];
    for (size_t i = 0; i < MATH_MINERVA_REMOVED; i++) {
        (void)snprintf(text, sizeof text, "(?<!\\\\)\\b%s\\b", removed[i]);
        if (is_word(removed[i]) && pattern_new(&out->word[i], text, e) < 0)
            return e->code;
    }
    if (pattern_new(&out->root, "sqrt\\[[^\\]]*\\](\\w)", e) < 0)
        return e->code;
    return pattern_new(&out->thousands, "^-?\\d{1,3}(,\\d{3})+\\z", e);
}

void math_minerva_close(struct math_minerva *m)
{
    for (size_t i = 0; i < MATH_MINERVA_REMOVED; i++)
        pattern_free(m->word[i]);
    pattern_free(m->root);
    pattern_free(m->thousands);
}

static const char *without_lone_words(const struct math_minerva *m, const char *s,
                                      struct arena *mem)
{
    for (size_t i = 0; i < MATH_MINERVA_REMOVED; i++) {
        const char *kept = m->word[i] ? extract_remove(m->word[i], s, mem) : NULL;
        s = kept ? kept : s;
    }
    return s;
}

/* Bytes of a command's name at s, 0 when there is none. */
static size_t command_len(const char *s)
{
    size_t n = 1;
    if (*s != '\\')
        return 0;
    while (isalpha((unsigned char)s[n]))
        n++;
    return n > 1 ? n : 0;
}

/* Not within the name of a command, nor across one. */
static const char *without_word(const char *s, const char *word, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    size_t len = strlen(word);
    while (*s) {
        size_t n = command_len(s);
        if (n || strncmp(s, word, len) != 0) {
            n += !n;
            strbuf_add(&b, s, n);
            s += n;
        } else {
            s += len;
        }
    }
    const char *out = arena_strdup(mem, b.s);
    strbuf_release(&b);
    return out;
}

static const char *without_removed(const char *s, struct arena *mem)
{
    for (size_t i = 0; i < MATH_MINERVA_REMOVED; i++)
        s = is_word(removed[i]) ? without_word(s, removed[i], mem)
                                : math_replace(s, removed[i], "", mem);
    return s;
}

/* Of every line with two dollar signs, what stands between the first two. */
static const char *within_dollars(const char *s, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    while (*s) {
        const char *end = s + strcspn(s, "\n");
        const char *open = memchr(s, '$', (size_t)(end - s));
        const char *close = open ? memchr(open + 1, '$', (size_t)(end - open - 1)) : NULL;
        if (close)
            strbuf_printf(&b, "$%.*s$", (int)(close - open - 1), open + 1);
        else
            strbuf_add(&b, s, (size_t)(end - s));
        if (*end)
            strbuf_putc(&b, '\n');
        s = end + (*end == '\n');
    }
    const char *out = arena_strdup(mem, b.s);
    strbuf_release(&b);
    return out;
}

/* The first or the last "}" of the line. */
static const char *closing(const char *s, bool last)
{
    size_t len = strcspn(s, "\n");
    const char *found = NULL;
    for (size_t i = 0; i < len && (last || !found); i++)
        if (s[i] == '}')
            found = s + i;
    return found;
}

/* "\text{cm}" becomes "cm". */
static const char *unwrapped(const char *s, const char *open, bool to_last, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    const char *at;
    while ((at = strstr(s, open))) {
        const char *in = at + strlen(open), *end = closing(in, to_last);
        strbuf_add(&b, s, (size_t)(end ? at - s : in - s));
        if (end)
            strbuf_add(&b, in, (size_t)(end - in));
        s = end ? end + 1 : in;
    }
    strbuf_puts(&b, s);
    const char *out = arena_strdup(mem, b.s);
    strbuf_release(&b);
    return out;
}

static size_t char_len(const char *s)
{
    int32_t code;
    return *s ? utf8_next(s, strlen(s), &code) : 0;
}

/* "frac12" becomes "frac{1}{2}", "sqrt2" "sqrt{2}". */
static const char *with_braces(const char *s, const char *name, bool two, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    const char *at;
    while ((at = strstr(s, name))) {
        const char *x = at + strlen(name);
        size_t n = char_len(x), k = two ? char_len(x + n) : 0;
        strbuf_add(&b, s, (size_t)(x - s));
        s = x;
        if (!n || *x == '{' || (two && (!k || x[n] == '\n')) || (!two && *x == '['))
            continue;
        strbuf_printf(&b, "{%.*s}", (int)n, x);
        if (two)
            strbuf_printf(&b, "{%.*s}", (int)k, x + n);
        s = x + n + k;
    }
    strbuf_puts(&b, s);
    const char *out = arena_strdup(mem, b.s);
    strbuf_release(&b);
    return out;
}

/* "sqrt[3]8" becomes "sqrt[3]{8}". */
static const char *with_root_braces(const struct pattern *root, const char *s,
                                    struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    struct match m;
    size_t len = strlen(s), from = 0;
    while (pattern_find(root, s, len, from, 1, &m) == FOUND_MATCH) {
        strbuf_add(&b, s + from, m.from - from);
        strbuf_printf(&b, "{%.*s}", (int)m.len, s + m.from);
        from = m.end;
    }
    strbuf_puts(&b, s + from);
    const char *out = arena_strdup(mem, b.s);
    strbuf_release(&b);
    return out;
}

const char *math_minerva(const struct math_minerva *m, const char *s, struct arena *mem)
{
    static const struct math_pair pairs[] = {
        { "an ", "" }, { "a ", "" }, { ".$", "$" }, { "\\$", "" }, { "\\ ", "" }, { " ", "" },
        { "mbox", "text" }, { ",\\text{and}", "," }, { "\\text{and}", "," },
        { "\\text{m}", "\\text{}" }, { NULL, NULL },
    };
    struct match found;
    const char *equals = strrchr(s, '=');
    s = without_lone_words(m, equals ? equals + 1 : s, mem);
    s = within_dollars(without_removed(math_replace_all(s, pairs, mem), mem), mem);
    s = unwrapped(s, "\\text{", false, mem);
    s = unwrapped(s, "\\textbf{", false, mem);
    s = unwrapped(s, "\\overline{", false, mem);
    s = unwrapped(s, "\\boxed{", true, mem);
    s = with_braces(s, "frac", true, mem);
    s = with_root_braces(m->root, s, mem);
    s = math_replace(with_braces(s, "sqrt", false, mem), "$", "", mem);
    if (pattern_find(m->thousands, s, strlen(s), 0, 0, &found) == FOUND_MATCH)
        s = math_replace(s, ",", "", mem);
    return s;
}
