/* Which part of a text a rule searches. */
#include <string.h>

#include "base/extract_rule.h"
#include "base/strbuf.h"
#include "base/utf8.h"

const char *extract_remove(const struct pattern *p, const char *text, struct arena *mem)
{
    struct strbuf kept = STRBUF_INIT;
    struct match m;
    enum found found = FOUND_NOTHING;
    size_t len = strlen(text), from = 0;
    while (from < len && (found = pattern_find(p, text, len, from, 0, &m)) == FOUND_MATCH) {
        int32_t code;
        strbuf_add(&kept, text + from, m.from - from);
        from = m.end;
        if (m.len == 0 && from < len) { /* between two characters: the next one stays */
            size_t n = utf8_next(text + from, len - from, &code);
            strbuf_add(&kept, text + from, n);
            from += n;
        }
    }
    strbuf_add(&kept, text + from, len - from);
    const char *out = found == FOUND_LIMIT ? NULL : arena_strndup(mem, kept.s, kept.len);
    strbuf_release(&kept);
    return out;
}

const char *extract_without_thoughts(bool *any, const char *text, struct arena *mem)
{
    static const char opens[] = "<think>", closes[] = "</think>";
    struct strbuf kept = STRBUF_INIT;
    const char *open = strstr(text, opens), *close = strstr(text, closes);
    *any = open || close;
    if (!*any)
        return text;
    while (open || close) {
        if (close && (!open || close < open)) { /* what came before was a thought too */
            strbuf_clear(&kept);
            text = close + strlen(closes);
        } else {
            strbuf_add(&kept, text, (size_t)(open - text));
            text = close ? close + strlen(closes) : open + strlen(open);
        }
        open = strstr(text, opens);
        close = strstr(text, closes);
    }
    strbuf_puts(&kept, text);
    const char *out = arena_strndup(mem, kept.s, kept.len);
    strbuf_release(&kept);
    return out;
}

const char *extract_strip(const char *text, struct arena *mem)
{
    size_t len;
    const char *kept = utf8_strip(text, &len);
    return arena_strndup(mem, kept, len);
}

const char *extract_fold_width(const char *text, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    for (size_t len = strlen(text); len > 0;) {
        int32_t c;
        size_t n = utf8_next(text, len, &c);
        bool wide = (c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF3A) ||
                    (c >= 0xFF41 && c <= 0xFF5A);
        if (wide)
            strbuf_putc(&b, (char)(c - 0xFEE0));
        else
            strbuf_add(&b, text, n);
        text += n;
        len -= n;
    }
    const char *folded = arena_strndup(mem, b.s, b.len);
    strbuf_release(&b);
    return folded;
}

/* ---- a rule's own */

/* Where the first of any of the marks begins, and how long it is; NULL for none. */
static const char *first_mark(size_t *len, const struct texts *marks, const char *text)
{
    const char *first = NULL;
    for (size_t i = 0; i < marks->n; i++) {
        const char *found = strstr(text, marks->text[i]);
        if (!found || (first && found > first))
            continue;
        size_t n = strlen(marks->text[i]);
        *len = first == found && *len > n ? *len : n;
        first = found;
    }
    return first;
}

static const char *behind_marks(const struct rule *r, const char *text)
{
    size_t n = 0;
    const char *mark = first_mark(&n, &r->after, text), *behind = NULL;
    for (; mark; mark = r->after_first ? NULL : first_mark(&n, &r->after, behind))
        behind = mark + n;
    return behind;
}

static const char *one_line(const char *text, bool last, struct arena *mem)
{
    const char *line = "";
    size_t len = 0;
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (utf8_space_before(text, n) < n) {
            line = text;
            len = n;
            if (!last)
                break;
        }
        text += n + (text[n] == '\n');
    }
    return arena_strndup(mem, line, len);
}

static enum found has_match(const struct pattern *p, const char *text)
{
    struct match m;
    return pattern_find(p, text, strlen(text), 0, 0, &m);
}

/* Do its patterns let the rule search? */
static enum found is_let(const struct rule *r, const char *text)
{
    enum found found = r->when ? has_match(r->when, text) : FOUND_MATCH;
    if (found != FOUND_MATCH || !r->unless)
        return found;
    found = has_match(r->unless, text);
    return found == FOUND_LIMIT ? FOUND_LIMIT
                                : found == FOUND_MATCH ? FOUND_NOTHING : FOUND_MATCH;
}

enum found rule_scope(const char **out, const struct rule *r, const char *text,
                      struct arena *mem)
{
    size_t n;
    if (r->fold_width)
        text = extract_fold_width(text, mem);
    for (size_t i = 0; text && i < r->remove.n; i++)
        text = extract_remove(r->remove.pattern[i], text, mem);
    if (!text)
        return FOUND_LIMIT;
    enum found found = is_let(r, text);
    if (found != FOUND_MATCH)
        return found;
    if (r->after.n && !(text = behind_marks(r, text)))
        return FOUND_NOTHING;
    const char *end = first_mark(&n, &r->before, text);
    if (end)
        text = arena_strndup(mem, text, (size_t)(end - text));
    *out = r->line ? one_line(text, r->line == LINE_LAST, mem) : text;
    return FOUND_MATCH;
}
