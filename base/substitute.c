#include "base/substitute.h"

#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "base/strbuf.h"
#include "base/utf8.h"

struct substitute {
    const struct substitution *list;
    struct pattern **pattern;
    size_t n;
};

int substitute_new(struct substitute **out, const struct substitution *list, struct err *e)
{
    struct substitute *s = xcalloc(1, sizeof *s);
    size_t n = 0;
    while (list[n].pattern)
        n++;
    s->list = list;
    s->pattern = xcalloc(n + 1, sizeof(struct pattern *));
    for (; s->n < n; s->n++)
        if (pattern_new(&s->pattern[s->n], list[s->n].pattern, e) < 0) {
            const char *which = list[s->n].pattern;
            substitute_free(s);
            return err_in(e, "'%s'", which);
        }
    *out = s;
    return 0;
}

void substitute_free(struct substitute *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        pattern_free(s->pattern[i]);
    free(s->pattern);
    free(s);
}

/* The replacement for the match that begins at or after `from`. */
static enum found put_replacement(struct strbuf *out, const struct pattern *p, const char *by,
                                  const char *text, size_t len, size_t from)
{
    for (; *by; by++) {
        struct match m;
        if (by[0] != '\\' || by[1] < '0' || by[1] > '9') {
            strbuf_putc(out, *by);
            continue;
        }
        by++;
        enum found found = pattern_find(p, text, len, from, (size_t)(*by - '0'), &m);
        if (found != FOUND_MATCH)
            return found;
        strbuf_add(out, text + m.from, m.len);
    }
    return FOUND_MATCH;
}

static enum found substitute_one(struct strbuf *out, const struct pattern *p, const char *by,
                                 const char *text)
{
    struct match m;
    size_t len = strlen(text), from = 0;
    enum found found = FOUND_NOTHING;
    while (from <= len && (found = pattern_find(p, text, len, from, 0, &m)) == FOUND_MATCH) {
        int32_t code;
        strbuf_add(out, text + from, m.from - from);
        if (put_replacement(out, p, by, text, len, from) == FOUND_LIMIT)
            return FOUND_LIMIT;
        from = m.end;
        if (m.len > 0)
            continue;
        size_t n = from < len ? utf8_next(text + from, len - from, &code) : 0;
        strbuf_add(out, text + from, n); /* between two characters: the next one stays */
        from += n ? n : 1;
    }
    if (from < len)
        strbuf_add(out, text + from, len - from);
    return found;
}

const char *substitute_all(const struct substitute *s, const char *text, struct arena *mem)
{
    for (size_t i = 0; text && i < s->n; i++) {
        struct strbuf b = STRBUF_INIT;
        enum found found = substitute_one(&b, s->pattern[i], s->list[i].by, text);
        text = found == FOUND_LIMIT ? NULL : arena_strndup(mem, b.len ? b.s : "", b.len);
        strbuf_release(&b);
    }
    return text;
}
