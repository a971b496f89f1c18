#include "scorers/extract.h"

#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/spec.h"

struct rule {
    struct pattern **pattern;
    size_t *group; /* of each pattern */
    size_t n_pattern;
    bool last;
    char *letter; /* NULL = the match itself */
};

struct extract {
    struct rule *rule;
    size_t n_rule;
};

/* ---- reading */

static int set_group(size_t *out, const struct pattern *p, const cJSON *object, struct err *e)
{
    size_t n = pattern_groups(p);
    *out = n > 0;
    if (spec_count(out, object, "group", e) < 0)
        return e->code;
    if (*out > n)
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

static int read_rule(struct rule *out, const cJSON *object, struct err *e)
{
    static const char *const keys[] = { "regex", "pick", "group", "letter", NULL };
    static const char *const picks[] = { "first", "last", NULL };
    size_t pick = 0;
    const char *letter;
    if (!cJSON_IsObject(object))
        return err_set(e, ERR_INPUT, "an object is wanted, such as {\"regex\": \"...\"}");
    if (spec_keys(object, keys, e) < 0 || spec_word(&pick, object, "pick", picks, e) < 0 ||
        spec_text(&letter, object, "letter", e) < 0)
        return e->code;
    if (letter && !*letter)
        return err_set(e, ERR_INPUT, "letter: letters are wanted, such as \"ABCD\"");
    out->last = pick == 1;
    out->letter = letter ? xstrdup(letter) : NULL;
    return add_patterns(out, object, e);
}

int extract_new(struct extract **out, const cJSON *list, struct err *e)
{
    const cJSON *item;
    if (!cJSON_IsArray(list) || !list->child)
        return err_set(e, ERR_INPUT, "extract: a list of rules is wanted");
    struct extract *x = xcalloc(1, sizeof *x);
    x->rule = xcalloc((size_t)cJSON_GetArraySize(list), sizeof *x->rule);
    cJSON_ArrayForEach(item, list) {
        size_t i = x->n_rule++;
        if (read_rule(&x->rule[i], item, e) < 0) {
            extract_free(x);
            return err_in(e, "extract[%zu]", i);
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
        free(r->group);
        free(r->letter);
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

static enum found apply_pattern(struct extraction *out, const struct rule *r, size_t i,
                                const char *text, struct arena *mem)
{
    struct match m;
    size_t len = strlen(text);
    enum found found = r->last
                           ? pattern_find_last(r->pattern[i], text, len, r->group[i], &m)
                           : pattern_find(r->pattern[i], text, len, 0, r->group[i], &m);
    if (found != FOUND_MATCH)
        return found;
    const char *piece = arena_strndup(mem, text + m.from, m.len);
    piece = r->letter ? first_letter(r->letter, piece, mem) : extract_strip(piece, mem);
    if (!piece || !*piece)
        return FOUND_NOTHING;
    out->text = piece;
    return FOUND_MATCH;
}

void extract_apply(struct extraction *out, const struct extract *x, const char *text,
                   struct arena *mem)
{
    *out = (struct extraction){ 0 };
    text = extract_strip(text, mem);
    for (size_t i = 0; i < x->n_rule; i++)
        for (size_t k = 0; k < x->rule[i].n_pattern; k++) {
            enum found found = apply_pattern(out, &x->rule[i], k, text, mem);
            if (found == FOUND_NOTHING)
                continue;
            out->rule = i + 1;
            out->limit = found == FOUND_LIMIT;
            return;
        }
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
