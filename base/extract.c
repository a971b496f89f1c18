#include "base/extract.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/spec.h"

static const size_t FIRST_GROUP = SIZE_MAX; /* the first that is not empty */

struct rule {
    struct pattern **pattern;
    size_t *group; /* of each pattern */
    size_t n_pattern;
    bool last;
    char *letter; /* NULL = the match itself */
    char *as;     /* NULL = what was found */
    char **subset;
    size_t n_subset; /* 0 = all */
};

struct extract {
    struct rule *rule;
    size_t n_rule;
};

/* ---- reading */

static int set_group(size_t *out, const struct pattern *p, const cJSON *object, struct err *e)
{
    size_t n = pattern_groups(p);
    *out = n > 1 ? FIRST_GROUP : n;
    if (spec_count(out, object, "group", e) < 0)
        return e->code;
    if (*out != FIRST_GROUP && *out > n)
        return err_set(e, ERR_INPUT, "group: there is no group %zu; the pattern has %zu", *out, n);
    return 0;
}

/* One pattern; place is "regex" or "regex[2]". */
static int add_pattern(struct rule *out, const cJSON *text, const cJSON *object,
                       const char *place, struct err *e)
{
    struct pattern *p = NULL;
    if (!cJSON_IsString(text) || !*text->valuestring)
        return err_set(e, ERR_INPUT, "%s: a pattern is wanted", place);
    if (pattern_new(&p, text->valuestring, e) < 0)
        return err_in(e, "%s", place);
    size_t i = out->n_pattern++;
    out->pattern[i] = p;
    return set_group(&out->group[i], p, object, e);
}

static int add_patterns(struct rule *out, const cJSON *object, struct err *e)
{
    const cJSON *regex = json_get(object, "regex"), *item;
    size_t n = cJSON_IsArray(regex) ? (size_t)cJSON_GetArraySize(regex) : 1, i = 0;
    if (!regex || n == 0)
        return err_set(e, ERR_INPUT, regex ? "regex: the list is empty" : "missing key 'regex'");
    out->pattern = xcalloc(n, sizeof(struct pattern *));
    out->group = xcalloc(n, sizeof *out->group);
    if (!cJSON_IsArray(regex))
        return add_pattern(out, regex, object, "regex", e);
    cJSON_ArrayForEach(item, regex) {
        char *place = xprintf("regex[%zu]", i++);
        int rc = add_pattern(out, item, object, place, e);
        free(place);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int add_subsets(struct rule *out, const cJSON *object, struct err *e)
{
    const cJSON *list = json_get(object, "subsets"), *item;
    if (!list)
        return 0;
    if (!cJSON_IsArray(list) || !list->child)
        return err_set(e, ERR_INPUT, "subsets: a list of names is wanted");
    out->subset = xcalloc((size_t)cJSON_GetArraySize(list), sizeof *out->subset);
    cJSON_ArrayForEach(item, list) {
        if (!cJSON_IsString(item))
            return err_set(e, ERR_INPUT, "subsets[%zu]: a name is wanted", out->n_subset);
        out->subset[out->n_subset++] = xstrdup(item->valuestring);
    }
    return 0;
}

static int read_rule(struct rule *out, const cJSON *object, struct err *e)
{
    static const char *const keys[] = { "regex", "pick", "group", "letter", "as", "subsets",
                                        NULL };
    static const char *const picks[] = { "first", "last", NULL };
    size_t pick = 0;
    const char *letter, *as;
    if (!cJSON_IsObject(object))
        return err_set(e, ERR_INPUT, "an object is wanted, such as {\"regex\": \"...\"}");
    if (spec_keys(object, keys, e) < 0 || spec_word(&pick, object, "pick", picks, e) < 0 ||
        spec_text(&letter, object, "letter", e) < 0 || spec_text(&as, object, "as", e) < 0)
        return e->code;
    if (letter && !*letter)
        return err_set(e, ERR_INPUT, "letter: letters are wanted, such as \"ABCD\"");
    if (as && (!*as || letter || json_get(object, "group")))
        return err_set(e, ERR_INPUT, *as ? "as: the answer is given; leave 'letter' and 'group' out"
                                         : "as: an answer is wanted");
    out->last = pick == 1;
    out->letter = letter ? xstrdup(letter) : NULL;
    out->as = as ? xstrdup(as) : NULL;
    return add_subsets(out, object, e) < 0 ? e->code : add_patterns(out, object, e);
}

int extract_new(struct extract **out, const cJSON *list, const char *key, struct err *e)
{
    const cJSON *item;
    if (!cJSON_IsArray(list) || !list->child)
        return err_set(e, ERR_INPUT, "%s: a list of rules is wanted", key);
    struct extract *x = xcalloc(1, sizeof *x);
    x->rule = xcalloc((size_t)cJSON_GetArraySize(list), sizeof *x->rule);
    cJSON_ArrayForEach(item, list) {
        size_t i = x->n_rule++;
        if (read_rule(&x->rule[i], item, e) < 0) {
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
    for (size_t i = 0; i < x->n_rule; i++) {
        struct rule *r = &x->rule[i];
        for (size_t k = 0; k < r->n_pattern; k++)
            pattern_free(r->pattern[k]);
        free(r->pattern);
        for (size_t k = 0; k < r->n_subset; k++)
            free(r->subset[k]);
        free(r->subset);
        free(r->group);
        free(r->letter);
        free(r->as);
    }
    free(x->rule);
    free(x);
}

/* ---- applying */

/* The first of the letters, in their own order, that the text holds. */
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
    return NULL;
}

static enum found find_group(const struct rule *r, size_t i, const char *text, size_t group,
                             struct match *m)
{
    size_t len = strlen(text);
    return r->last ? pattern_find_last(r->pattern[i], text, len, group, m)
                   : pattern_find(r->pattern[i], text, len, 0, group, m);
}

static enum found find_answer(const struct rule *r, size_t i, const char *text, struct match *m)
{
    if (r->group[i] != FIRST_GROUP)
        return find_group(r, i, text, r->group[i], m);
    enum found found = FOUND_NOTHING;
    for (size_t k = 1; k <= pattern_groups(r->pattern[i]); k++) {
        found = find_group(r, i, text, k, m);
        if (found != FOUND_MATCH || m->len > 0)
            break;
    }
    return found;
}

static enum found apply_pattern(struct extraction *out, const struct rule *r, size_t i,
                                const char *text, struct arena *mem)
{
    struct match m;
    enum found found = find_answer(r, i, text, &m);
    if (found != FOUND_MATCH)
        return found;
    const char *piece = arena_strndup(mem, text + m.from, m.len);
    if (r->as)
        piece = arena_strdup(mem, r->as);
    else
        piece = r->letter ? first_letter(r->letter, piece, mem) : extract_strip(piece, mem);
    if (!piece || !*piece)
        return FOUND_NOTHING;
    out->text = piece;
    return FOUND_MATCH;
}

static bool is_for(const struct rule *r, const char *subset)
{
    for (size_t i = 0; i < r->n_subset; i++)
        if (strcmp(r->subset[i], subset) == 0)
            return true;
    return r->n_subset == 0;
}

void extract_apply(struct extraction *out, const struct extract *x, const char *text,
                   const char *subset, struct arena *mem)
{
    *out = (struct extraction){ 0 };
    for (size_t i = 0; i < x->n_rule; i++)
        for (size_t k = 0; k < x->rule[i].n_pattern && is_for(&x->rule[i], subset); k++) {
            enum found found = apply_pattern(out, &x->rule[i], k, text, mem);
            if (found == FOUND_NOTHING)
                continue;
            out->rule = i + 1;
            out->limit = found == FOUND_LIMIT;
            return;
        }
}

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
