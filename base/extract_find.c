/* What the finders find, but for numbers and JSON. */
#include <string.h>
#include <strings.h>

#include "base/extract_rule.h"
#include "base/utf8.h"

/* ---- patterns */

static enum found match_group(struct match *m, const struct search *s)
{
    const struct rule *r = s->rule;
    const struct pattern *p = r->regex.pattern[s->regex];
    size_t group = r->group[s->regex];
    if (group != GROUP_ANY)
        return pattern_find(p, s->text, s->len, s->at, group, m);
    enum found found = FOUND_NOTHING;
    for (size_t k = 1; k <= pattern_groups(p); k++) {
        found = pattern_find(p, s->text, s->len, s->at, k, m);
        if (found != FOUND_MATCH || m->len > 0)
            break;
    }
    return found;
}

static enum found search_regex(struct search *s)
{
    struct match m, all;
    if (s->at > s->len)
        return FOUND_NOTHING;
    enum found found = match_group(&m, s);
    if (found == FOUND_MATCH)
        found = pattern_find(s->rule->regex.pattern[s->regex], s->text, s->len, s->at, 0, &all);
    if (found != FOUND_MATCH)
        return found;
    int32_t code;
    s->found = arena_strndup(s->mem, s->text + m.from, m.len);
    s->at = all.end;
    if (!all.len) /* else the empty text would be found here for ever */
        s->at += s->at < s->len ? utf8_next(s->text + s->at, s->len - s->at, &code) : 1;
    return FOUND_MATCH;
}

/* ---- \boxed{...} */

/* Bytes up to the brace that closes the one before `text`; SIZE_MAX for none. */
static size_t up_to_brace(const char *text)
{
    size_t open = 1;
    for (size_t i = 0; text[i]; i++) {
        if (text[i] == '\\' && text[i + 1])
            i++;
        else if (text[i] == '{')
            open++;
        else if (text[i] == '}' && --open == 0)
            return i;
    }
    return SIZE_MAX;
}

static const char *next_box(const char *text, size_t *len)
{
    static const char *const names[] = { "\\boxed", "\\fbox" };
    const char *first = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *found = strstr(text, names[i]);
        if (found && (!first || found < first)) {
            first = found;
            *len = strlen(names[i]);
        }
    }
    return first;
}

static enum found search_boxed(struct search *s)
{
    const char *box;
    size_t len = 0;
    while ((box = next_box(s->text + s->at, &len))) {
        const char *inside = box + len + strspn(box + len, " \t");
        size_t n = *inside == '{' ? up_to_brace(inside + 1)
                 : inside > box + len ? strcspn(inside, " \t\n$\\") : SIZE_MAX;
        s->at = (size_t)(box + len - s->text);
        if (n == SIZE_MAX)
            continue;
        inside += *inside == '{';
        s->found = arena_strndup(s->mem, inside, n);
        s->at = (size_t)(inside + n - s->text);
        return FOUND_MATCH;
    }
    return FOUND_NOTHING;
}

/* ---- fenced code */

/* A line that begins or ends a block: three or more of ` or ~; 0 when it is none.
 * *mark: which; `text` is behind them then. */
static size_t fence(const char **text, char *mark)
{
    const char *p = *text + strspn(*text, " ");
    *mark = *p;
    if (p - *text > 3 || (*p != '`' && *p != '~'))
        return 0;
    size_t n = 0;
    while (p[n] == *mark)
        n++;
    *text = p + n;
    return n >= 3 ? n : 0;
}

static const char *next_line(const char *text)
{
    text += strcspn(text, "\n");
    return *text ? text + 1 : text;
}

static bool is_language(const struct texts *wanted, const char *info)
{
    info += strspn(info, " \t{.");
    size_t n = strcspn(info, " \t\r\n}");
    for (size_t i = 0; i < wanted->n; i++)
        if (strlen(wanted->text[i]) == n && !strncasecmp(wanted->text[i], info, n))
            return true;
    return !wanted->n;
}

/* The line that closes a block, or the end: a text may have been cut in it. */
static const char *block_end(const char *line, size_t n_open, char open)
{
    for (; *line; line = next_line(line)) {
        const char *behind = line;
        char mark;
        bool closes = fence(&behind, &mark) >= n_open && mark == open;
        behind += strspn(behind, " \t\r");
        if (closes && (*behind == '\n' || !*behind))
            break;
    }
    return line;
}

static enum found search_code(struct search *s)
{
    const char *line = s->text + s->at;
    while (*line) {
        const char *info = line;
        char mark;
        size_t n = fence(&info, &mark);
        line = next_line(line);
        if (!n || (mark == '`' && memchr(info, '`', strcspn(info, "\n"))))
            continue;
        const char *end = block_end(line, n, mark);
        bool wanted = is_language(&s->rule->language, info);
        if (wanted)
            s->found = arena_strndup(s->mem, line, (size_t)(end - line));
        line = next_line(end);
        s->at = (size_t)(line - s->text);
        if (wanted)
            return FOUND_MATCH;
    }
    s->at = s->len;
    return FOUND_NOTHING;
}

/* ---- texts */

static bool same_stripped(const char *a, const char *b)
{
    size_t n, m;
    a = utf8_strip(a, &n);
    b = utf8_strip(b, &m);
    return n == m && !memcmp(a, b, n);
}

static enum found search_option(struct search *s)
{
    size_t n = 0, which = 0;
    for (size_t i = 0; i < s->in->n_option && i < 26; i++) {
        const char *option = s->in->option[i];
        if (!*option || !(s->rule->equal ? same_stripped(option, s->text)
                                         : strstr(s->text, option) != NULL))
            continue;
        which = i;
        n++;
    }
    s->found = arena_printf(s->mem, "%c", (char)('A' + (int)which));
    return n == 1 ? FOUND_MATCH : FOUND_NOTHING;
}

static enum found search_whole(struct search *s)
{
    s->found = s->text;
    return FOUND_MATCH;
}

enum found search_next(struct search *s)
{
    static enum found (*const search[FINDER_COUNT])(struct search *) = {
        [FINDER_REGEX] = search_regex,   [FINDER_NUMBER] = search_number,
        [FINDER_BOXED] = search_boxed,   [FINDER_CODE] = search_code,
        [FINDER_JSON] = search_json,     [FINDER_OPTION] = search_option,
        [FINDER_WHOLE] = search_whole,
    };
    return search[s->rule->finder](s);
}
