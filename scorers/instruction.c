#include "scorers/instruction.h"

#include <math.h>
#include <string.h>

#include "base/pattern.h"
#include "base/strbuf.h"
#include "base/utf8.h"

const struct instruction_kind *instruction_find(const char *id)
{
    static const struct instruction_kind *const tables[] = { instruction_words, instruction_form,
                                                            instruction_zh };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct instruction_kind *k = tables[i]; k->id; k++)
            if (strcmp(k->id, id) == 0)
                return k;
    return NULL;
}

int instruction_check(const struct instruction_kind *kind, const struct checking *c)
{
    bool limit = false;
    struct checking one = *c;
    one.limit = &limit;
    int rc = check_blank(c->text) ? 0 : kind->check(&one);
    if (rc < 0)
        return err_in(c->e, "instruction '%s'", kind->id);
    *c->limit |= limit;
    return limit ? 0 : rc;
}

static const char *without(const char *text, char what, struct arena *mem)
{
    char *out = arena_strdup(mem, text), *to = out;
    for (const char *s = text; *s; s++)
        if (*s != what)
            *to++ = *s;
    *to = '\0';
    return out;
}

/* The lines from `first`, but for `last` at the end. */
static const char *lines(const char *text, size_t first, size_t last, struct arena *mem)
{
    size_t n = 1;
    for (const char *s = text; *s; s++)
        n += *s == '\n';
    if (first + last >= n)
        return "";
    const char *end = text + strlen(text);
    for (; first > 0; first--)
        text = strchr(text, '\n') + 1;
    for (; last > 0; last--)
        do
            end--;
        while (*end != '\n');
    return check_strip(arena_strndup(mem, text, (size_t)(end - text)), mem);
}

int instruction_check_loosely(const struct instruction_kind *kind, const struct checking *c)
{
    const char *form[] = {
        c->text,
        lines(c->text, 1, 0, c->mem),
        lines(c->text, 0, 1, c->mem),
        lines(c->text, 1, 1, c->mem),
    };
    for (size_t i = 0; i < 2 * sizeof form / sizeof *form; i++) {
        struct checking one = *c;
        one.text = i % 2 ? without(form[i / 2], '*', c->mem) : form[i / 2];
        int rc = instruction_check(kind, &one);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* ---- for the checks */

int check_text(const char **out, const struct checking *c, const char *key)
{
    *out = json_text(c->args, key, NULL);
    return *out ? 0 : err_set(c->e, ERR_INPUT, "argument '%s': text is wanted", key);
}

int check_texts(const char *const **out, size_t *n, const struct checking *c, const char *key)
{
    const cJSON *list = json_get(c->args, key), *item;
    if (!cJSON_IsArray(list) || !list->child)
        return err_set(c->e, ERR_INPUT, "argument '%s': a list of texts is wanted", key);
    const char **text = arena_array(c->mem, (size_t)cJSON_GetArraySize(list), sizeof *text);
    *n = 0;
    cJSON_ArrayForEach(item, list) {
        if (!cJSON_IsString(item))
            return err_set(c->e, ERR_INPUT, "argument '%s': a list of texts is wanted", key);
        text[(*n)++] = item->valuestring;
    }
    *out = text;
    return 0;
}

int check_count(size_t *out, const struct checking *c, const char *key)
{
    double v = json_number(c->args, key, -1);
    if (v < 0 || v > 1e9 || v != floor(v))
        return err_set(c->e, ERR_INPUT, "argument '%s': a whole number is wanted", key);
    *out = (size_t)v;
    return 0;
}

int check_relation(const struct checking *c, size_t n, const char *key, const char *relation)
{
    size_t limit;
    const char *word;
    if (check_count(&limit, c, key) < 0 || check_text(&word, c, relation) < 0)
        return c->e->code;
    if (strcmp(word, "less than") == 0)
        return n < limit;
    if (strcmp(word, "at least") == 0)
        return n >= limit;
    return err_set(c->e, ERR_INPUT, "argument '%s': 'less than' or 'at least' is wanted, not '%s'",
                   relation, word);
}

struct pieces {
    const char **text;
    size_t n, cap;
};

static void add_piece(struct pieces *p, const char *text, size_t len, struct arena *mem)
{
    if (p->n == p->cap) {
        p->cap = p->cap ? 2 * p->cap : 8;
        const char **grown = arena_array(mem, p->cap, sizeof *grown);
        if (p->n)
            memcpy(grown, p->text, p->n * sizeof *grown);
        p->text = grown;
    }
    p->text[p->n++] = arena_strndup(mem, text, len);
}

/* Matches, or with `between` what stands between them. */
static int walk(struct pieces *out, const struct checking *c, const char *pattern,
                const char *text, bool between)
{
    struct pattern *p = NULL;
    struct match m;
    size_t len = strlen(text), from = 0, last = 0;
    enum found found = FOUND_NOTHING;
    if (pattern_new(&p, pattern, c->e) < 0)
        return err_in(c->e, "pattern '%s'", pattern);
    while (from <= len && (found = pattern_find(p, text, len, from, 0, &m)) == FOUND_MATCH) {
        int32_t code;
        if (between)
            add_piece(out, text + last, m.from - last, c->mem);
        else
            add_piece(out, text + m.from, m.len, c->mem);
        last = from = m.end;
        if (m.len == 0)
            from += from < len ? utf8_next(text + from, len - from, &code) : 1;
    }
    pattern_free(p);
    *c->limit |= found == FOUND_LIMIT;
    if (between)
        add_piece(out, text + last, len - last, c->mem);
    return 0;
}

int check_findall(const char *const **out, size_t *n, const struct checking *c,
                  const char *pattern, const char *text)
{
    struct pieces p = { 0 };
    int rc = walk(&p, c, pattern, text, false);
    *out = p.text;
    *n = p.n;
    return rc;
}

int check_split(const char *const **out, size_t *n, const struct checking *c,
                const char *pattern, const char *text)
{
    struct pieces p = { 0 };
    int rc = walk(&p, c, pattern, text, true);
    *out = p.text;
    *n = p.n;
    return rc;
}

int check_matches(size_t *out, const struct checking *c, const char *pattern, const char *text)
{
    const char *const *match;
    return check_findall(&match, out, c, pattern, text);
}

const char *check_strip(const char *text, struct arena *mem)
{
    size_t len;
    const char *kept = utf8_strip(text, &len);
    return arena_strndup(mem, kept, len);
}

static const char *cased(void (*change)(struct strbuf *, const char *, size_t), const char *text,
                         struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    change(&b, text, strlen(text));
    const char *out = arena_strndup(mem, b.len ? b.s : "", b.len);
    strbuf_release(&b);
    return out;
}

const char *check_lower(const char *text, struct arena *mem)
{
    return cased(utf8_lower, text, mem);
}

bool check_blank(const char *text)
{
    return !*utf8_skip_space(text);
}

bool check_is_upper(const char *text, struct arena *mem)
{
    return strcmp(cased(utf8_upper, text, mem), text) == 0 &&
           strcmp(check_lower(text, mem), text) != 0;
}

bool check_is_lower(const char *text, struct arena *mem)
{
    return strcmp(check_lower(text, mem), text) == 0 &&
           strcmp(cased(utf8_upper, text, mem), text) != 0;
}
