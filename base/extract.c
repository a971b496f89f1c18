#include "base/extract.h"

#include <stdlib.h>
#include <string.h>

#include "base/extract_rule.h"
#include "base/strbuf.h"
#include "base/utf8.h"

struct extract {
    struct rule *rule;
    size_t n_rule;
};

int extract_new(struct extract **out, const cJSON *list, const char *key, struct err *e)
{
    const cJSON *item;
    if (!cJSON_IsArray(list) || !list->child)
        return err_set(e, ERR_INPUT, "%s: a list of rules is wanted", key);
    struct extract *x = xcalloc(1, sizeof *x);
    x->rule = xcalloc((size_t)cJSON_GetArraySize(list), sizeof *x->rule);
    cJSON_ArrayForEach(item, list) {
        size_t i = x->n_rule++;
        if (rule_read(&x->rule[i], item, e) < 0) {
            extract_free(x);
            return err_in(e, "%s[%zu]", key, i);
        }
    }
    *out = x;
    return 0;
}

void extract_free(struct extract *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->n_rule; i++)
        rule_release(&x->rule[i]);
    free(x->rule);
    free(x);
}

/* ---- which of the candidates */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The characters of a text in order, each once. */
static const char *sorted(const char *text, struct arena *mem)
{
    size_t len = strlen(text), n = 0;
    const char **letter = arena_array(mem, len + 1, sizeof *letter);
    struct strbuf b = STRBUF_INIT;
    while (len > 0) {
        int32_t code;
        size_t bytes = utf8_next(text, len, &code);
        letter[n++] = arena_strndup(mem, text, bytes);
        text += bytes;
        len -= bytes;
    }
    if (n)
        qsort(letter, n, sizeof *letter, by_text);
    for (size_t i = 0; i < n; i++)
        if (!i || strcmp(letter[i], letter[i - 1]))
            strbuf_puts(&b, letter[i]);
    const char *out = arena_strndup(mem, b.s, b.len);
    strbuf_release(&b);
    return out;
}

/* False when it is not known how many are wanted. */
static bool limit_of(size_t *out, const struct limit *l, const struct extract_input *in)
{
    *out = l->wanted ? in->n_wanted : l->n;
    return !l->wanted || in->n_wanted;
}

static enum found join_all(const char **out, struct search *s)
{
    const struct rule *r = s->rule;
    struct strbuf all = STRBUF_INIT;
    size_t n = 0, most = 0, count = 0;
    bool known = limit_of(&most, &r->most, s->in) && limit_of(&count, &r->count, s->in);
    enum found found = known ? FOUND_MATCH : FOUND_NOTHING;
    while (found == FOUND_MATCH && !(r->most.given && n == most)) {
        found = search_next(s);
        n += found == FOUND_MATCH;
        if (found == FOUND_MATCH)
            strbuf_puts(&all, s->found);
    }
    *out = arena_strndup(s->mem, all.s, all.len);
    if (r->sort)
        *out = sorted(*out, s->mem);
    strbuf_release(&all);
    if (found == FOUND_LIMIT)
        return FOUND_LIMIT;
    return n && !(r->count.given && n != count) ? FOUND_MATCH : FOUND_NOTHING;
}

/* The n-th of them; of fewer the last, with *n less. */
static enum found find_nth(const char **out, struct search *s, size_t *n)
{
    size_t most = *n;
    enum found found = FOUND_MATCH;
    for (*n = 0; *n < most && (found = search_next(s)) == FOUND_MATCH; ++*n)
        *out = s->found;
    return found == FOUND_LIMIT ? FOUND_LIMIT : *n ? FOUND_MATCH : FOUND_NOTHING;
}

static enum found choose(const char **out, struct search *s)
{
    const struct rule *r = s->rule;
    size_t n = r->pick == PICK_FIRST ? 1 : r->pick == PICK_ONLY ? 2
             : r->pick == PICK_NTH   ? r->nth : SIZE_MAX;
    if (r->pick == PICK_ALL)
        return join_all(out, s);
    enum found found = find_nth(out, s, &n);
    if (found == FOUND_MATCH && ((r->pick == PICK_ONLY && n != 1) ||
                                 (r->pick == PICK_NTH && n != r->nth)))
        return FOUND_NOTHING;
    return found;
}

/* ---- what becomes of it */

/* The first of the letters, in their own order, that the text holds; "" for none. */
static const char *first_letter(const char *letters, const char *text, struct arena *mem)
{
    while (*letters) {
        int32_t code;
        size_t n = utf8_next(letters, strlen(letters), &code);
        const char *letter = arena_strndup(mem, letters, n);
        if (strstr(text, letter))
            return letter;
        letters += n;
    }
    return "";
}

static const char *behind_last(const char *text, const char *mark)
{
    const char *found;
    while ((found = strstr(text, mark)))
        text = found + strlen(mark);
    return text;
}

static bool is_one_of(const char *chars, const char *c, size_t n)
{
    int32_t code;
    for (size_t bytes; *chars; chars += bytes) {
        bytes = utf8_next(chars, strlen(chars), &code);
        if (bytes == n && !memcmp(chars, c, n))
            return true;
    }
    return false;
}

static const char *trimmed(const char *text, const char *chars, struct arena *mem)
{
    int32_t code;
    size_t len = strlen(text), n;
    while (len && (n = utf8_next(text, len, &code), is_one_of(chars, text, n)))
        text += n, len -= n;
    while (len) {
        for (n = 1; ((unsigned char)text[len - n] & 0xC0) == 0x80; n++)
            ;
        if (!is_one_of(chars, text + len - n, n))
            break;
        len -= n;
    }
    return extract_strip(arena_strndup(mem, text, len), mem);
}

static bool has_text(const struct texts *list, const char *text, size_t *at)
{
    for (*at = 0; *at < list->n; ++*at)
        if (!strcmp(list->text[*at], text))
            return true;
    return false;
}

/* Of code the first line's indentation may be part. */
static const char *stripped(const char *text, enum strip strip, struct arena *mem)
{
    size_t len = strlen(text);
    if (strip == STRIP_END)
        return arena_strndup(mem, text, len - utf8_space_after(text, len));
    return strip == STRIP_NONE ? arena_strdup(mem, text) : extract_strip(text, mem);
}

static const char *finished(const struct rule *r, const char *text, struct arena *mem)
{
    size_t at;
    if (r->as)
        return arena_strdup(mem, r->as);
    if (r->letter)
        text = first_letter(r->letter, text, mem);
    text = stripped(text, r->strip, mem);
    if (r->keep_after)
        text = extract_strip(behind_last(text, r->keep_after), mem);
    if (r->trim)
        text = trimmed(text, r->trim, mem);
    if (has_text(&r->map_from, text, &at))
        text = arena_strdup(mem, r->map_to.text[at]);
    return !r->only.n || has_text(&r->only, text, &at) ? text : "";
}

/* ---- rule by rule */

/* *ends: no other rule may search, whatever this one found. */
static enum found apply_rule(struct extraction *out, bool *ends, const struct rule *r,
                             const struct extract_input *in, struct arena *mem)
{
    struct search s = { .rule = r, .in = in, .mem = mem };
    enum found found = rule_scope(&s.text, r, in->text, mem);
    if (found != FOUND_MATCH)
        return found;
    s.len = strlen(s.text);
    for (size_t n = r->finder == FINDER_REGEX ? r->regex.n : 1; s.regex < n; s.regex++) {
        const char *text = "";
        s.at = 0;
        found = choose(&text, &s);
        if (found == FOUND_MATCH)
            text = finished(r, text, mem);
        if (found == FOUND_MATCH && *utf8_skip_space(text))
            out->text = text;
        *ends = found == FOUND_LIMIT || out->text || (found == FOUND_MATCH && r->final);
        if (*ends)
            return found;
    }
    return FOUND_NOTHING;
}

static bool is_for(const struct rule *r, const char *subset)
{
    size_t at;
    return !r->subset.n || has_text(&r->subset, subset ? subset : "", &at);
}

void extract_find(struct extraction *out, const struct extract *x,
                  const struct extract_input *in, struct arena *mem)
{
    *out = (struct extraction){ 0 };
    bool ends = false;
    for (size_t i = 0; i < x->n_rule && !ends; i++) {
        const struct rule *r = &x->rule[i];
        enum found found = is_for(r, in->subset) ? apply_rule(out, &ends, r, in, mem)
                                                 : FOUND_NOTHING;
        out->limit = found == FOUND_LIMIT;
        out->rule = out->limit || out->text ? i + 1 : 0;
        ends |= out->limit;
    }
}

void extract_apply(struct extraction *out, const struct extract *x, const char *text,
                   const char *subset, struct arena *mem)
{
    extract_find(out, x, &(struct extract_input){ .text = text, .subset = subset }, mem);
}
