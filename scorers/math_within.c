/* An answer in a whole text, where nothing else says which part of it counts. */
#include <string.h>

#include "scorers/math_parts.h"

int math_within_open(struct math_within *out, struct err *e)
{
    if (pattern_new(&out->dollars, "\\$(.*)\\$", e) < 0)
        return e->code;
    return pattern_new(&out->number, "(?:\\$)?\\d+(?:\\.\\d+)?(?![\\w\\d])", e);
}

void math_within_close(struct math_within *a)
{
    pattern_free(a->dollars);
    pattern_free(a->number);
}

/* What stands behind the last "=", without the spaces there. */
static const char *after_equals(const char *s)
{
    const char *at = strrchr(s, '=');
    return at ? at + 1 + strspn(at + 1, " ") : s;
}

/* What the braces behind the last "\boxed" hold; NULL where they do not follow at
 * once, or do not close. */
static const char *boxed(const char *s, struct arena *mem)
{
    static const char box[] = "\\boxed";
    const char *at = NULL;
    for (const char *k = s; (k = strstr(k, box)); k++)
        at = k + strlen(box);
    size_t depth = 0;
    for (const char *k = at; *k; k++) {
        depth += *k == '{';
        if (*k != '}' || !depth || --depth)
            continue;
        return *at == '{' ? after_equals(math_slice(at + 1, k, mem)) : NULL;
    }
    return NULL;
}

static const char *last_match(const struct pattern *p, size_t group, const char *s,
                              struct arena *mem)
{
    struct match m;
    if (pattern_find_last(p, s, strlen(s), group, &m) != FOUND_MATCH)
        return NULL;
    return arena_strndup(mem, s + m.from, m.len);
}

static const char *without_dollars(const struct math_within *a, const char *s,
                                   struct arena *mem)
{
    if (!strchr(s, '='))
        return last_match(a->number, 0, s, mem);
    s = after_equals(s);
    size_t len = strlen(s);
    while (len && s[len - 1] == '.')
        len--;
    s = arena_strndup(mem, s, len);
    const char *line_end = strstr(s, "\\n"); /* two characters, as in the original */
    return line_end ? math_slice(s, line_end, mem) : s;
}

const char *math_within(const struct math_within *a, const char *s, struct arena *mem)
{
    if (strstr(s, "\\boxed"))
        return boxed(s, mem);
    const char *found = last_match(a->dollars, 1, s, mem);
    found = found ? after_equals(found) : NULL;
    return found && *found ? found : without_dollars(a, s, mem);
}
