/*
 * The string rules of the MATH data set, in the order of the original. Its
 * characters are code points, and so they are here.
 */
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/math_parts.h"

enum { PYTHON_MAX_DIGITS = 4300 }; /* int() refuses more */

int math_hendrycks_open(struct math_hendrycks *out, struct err *e)
{
    return pattern_new(&out->whole, "^[+-]?\\d+(?:_\\d+)*\\z", e);
}

void math_hendrycks_close(struct math_hendrycks *h)
{
    pattern_free(h->whole);
}

static size_t count(const char *s, const char *what)
{
    size_t n = 0;
    for (const char *at = s; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

/* Bytes of the first character; 0 at the end. */
static size_t first_char(const char *s)
{
    int32_t code;
    return *s ? utf8_next(s, strlen(s), &code) : 0;
}

/* "12\text{ cm}" without what begins there; NULL when it begins twice. */
static const char *without_units(const char *s, struct arena *mem)
{
    const char *at = strstr(s, "\\text{ ");
    if (!at)
        return s;
    return count(s, "\\text{ ") > 1 ? NULL : math_slice(s, at, mem);
}

/* "k = 5" without what precedes the only "=", where that is short. */
static const char *without_name(const char *s, struct arena *mem)
{
    const char *at = strchr(s, '=');
    if (!at || strchr(at + 1, '=') || utf8_chars(math_slice(s, at, mem)) > 2)
        return s;
    return at + 1;
}

/* "\sqrt3" becomes "\sqrt{3}"; NULL when nothing stands behind a "\sqrt". */
static const char *with_root_braces(const char *s, struct arena *mem)
{
    static const char root[] = "\\sqrt";
    struct strbuf b = STRBUF_INIT;
    const char *at, *out = NULL;
    for (; (at = strstr(s, root)); ) {
        strbuf_add(&b, s, (size_t)(at - s));
        s = at + strlen(root);
        size_t n = first_char(s);
        if (!n || strncmp(s, root, strlen(root)) == 0)
            goto done;
        if (*s == '{') {
            strbuf_puts(&b, root);
        } else {
            strbuf_printf(&b, "%s{%.*s}", root, (int)n, s);
            s += n;
        }
    }
    strbuf_puts(&b, s);
    out = arena_strdup(mem, b.s);
done:
    strbuf_release(&b);
    return out;
}

/* Put what stands behind one "\frac" up to the next: "12" becomes "{1}{2}",
 * "1{72}" "{1}{72}". 0: there is only one character, which ends it all. */
static int put_fraction(struct strbuf *b, const char *s, size_t len)
{
    size_t n = first_char(s);
    if (*s == '{') {
        strbuf_add(b, s, len);
        return 1;
    }
    if (n >= len)
        return 0;
    const char *second = s + n, *rest;
    if (*second == '{') {
        strbuf_printf(b, "{%.*s}", (int)n, s);
        rest = second;
    } else {
        size_t k = first_char(second);
        strbuf_printf(b, "{%.*s}{%.*s}", (int)n, s, (int)k, second);
        rest = second + k;
    }
    strbuf_add(b, rest, (size_t)(s + len - rest));
    return 1;
}

/* NULL when nothing stands behind a "\frac"; the text as it was when only one
 * character does. */
static const char *with_fraction_braces(const char *s, struct arena *mem)
{
    static const char frac[] = "\\frac";
    struct strbuf b = STRBUF_INIT;
    const char *at = strstr(s, frac), *out = NULL;
    strbuf_add(&b, s, at ? (size_t)(at - s) : strlen(s));
    while (at) {
        const char *part = at + strlen(frac);
        at = strstr(part, frac);
        size_t len = at ? (size_t)(at - part) : strlen(part);
        if (!len)
            goto done;
        strbuf_puts(&b, frac);
        if (!put_fraction(&b, part, len)) {
            out = s;
            goto done;
        }
    }
    out = arena_strdup(mem, b.s);
done:
    strbuf_release(&b);
    return out;
}

/* Would Python's int() take it? */
static bool is_whole(const struct math_hendrycks *h, const char *s, struct arena *mem)
{
    size_t len, n_digit = 0;
    struct match m;
    const char *kept = utf8_strip(s, &len);
    kept = arena_strndup(mem, kept, len);
    for (const char *at = kept; *at; at += first_char(at))
        n_digit += *at != '_' && *at != '+' && *at != '-';
    return n_digit <= PYTHON_MAX_DIGITS &&
           pattern_find(h->whole, kept, len, 0, 0, &m) == FOUND_MATCH;
}

/* As Python writes it: no sign but "-", no zero at the beginning, no "-0". */
static bool is_plain_whole(const char *s)
{
    const char *digits = s + (*s == '-');
    size_t len = strlen(digits);
    if (!len || len > PYTHON_MAX_DIGITS || strspn(digits, "0123456789") != len)
        return false;
    return *digits != '0' || (len == 1 && digits == s);
}

/* "3/4" becomes "\frac{3}{4}"; NULL when one of them is no whole number. */
static const char *with_slash_as_fraction(const struct math_hendrycks *h, bool forgiving,
                                          const char *s, struct arena *mem)
{
    const char *slash = strchr(s, '/');
    if (!slash || strchr(slash + 1, '/'))
        return s;
    const char *a = math_slice(s, slash, mem), *b = slash + 1;
    if (!is_whole(h, a, mem) || !is_whole(h, b, mem))
        return forgiving ? s : NULL;
    return is_plain_whole(a) && is_plain_whole(b)
               ? arena_printf(mem, "\\frac{%s}{%s}", a, b) : s;
}

const char *math_hendrycks(const struct math_hendrycks *h, bool forgiving, const char *s,
                           struct arena *mem)
{
    static const struct math_pair first[] = {
        { "\n", "" }, { "\\!", "" }, { "\\\\", "\\" }, { "tfrac", "frac" }, { "dfrac", "frac" },
        { "\\left", "" }, { "\\right", "" }, { "^{\\circ}", "" }, { "^\\circ", "" },
        { "\\$", "" }, { NULL, NULL },
    };
    static const struct math_pair then[] = {
        { "\\%", "" }, { "\\%", "" }, { " .", " 0." }, { "{.", "{0." }, { NULL, NULL },
    };
    s = without_units(math_replace_all(s, first, mem), mem);
    if (!s)
        return NULL;
    s = math_replace_all(s, then, mem);
    if (!*s)
        return s;
    s = *s == '.' ? arena_printf(mem, "0%s", s) : s;
    s = with_root_braces(without_name(s, mem), mem);
    s = s ? with_fraction_braces(math_replace(s, " ", "", mem), mem) : NULL;
    if (!s)
        return NULL;
    if (strcmp(s, "0.5") == 0)
        s = "\\frac{1}{2}";
    return with_slash_as_fraction(h, forgiving, s, mem);
}
