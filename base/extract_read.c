/* Rules as task files write them. */
#include <stdlib.h>
#include <string.h>

#include "base/extract_rule.h"
#include "base/spec.h"
#include "base/strbuf.h"

/* By enum finder. */
static const char *const finders[] = { "regex", "number",      "boxed", "code",
                                       "json",  "option_text", "whole", NULL };

/* Keys that mean something to some finders only. */
enum { FEW = 1 << FINDER_OPTION | 1 << FINDER_WHOLE };
static const struct {
    const char *key;
    unsigned finders;
} own_keys[] = {
    { "group", 1 << FINDER_REGEX },     { "letter", 1 << FINDER_REGEX },
    { "chinese", 1 << FINDER_NUMBER },  { "fraction", 1 << FINDER_NUMBER },
    { "percent", 1 << FINDER_NUMBER },  { "pick", ~(unsigned)FEW },
    { "most", ~(unsigned)FEW },         { "count", ~(unsigned)FEW },
    { "sort", ~(unsigned)FEW },
};

/* ---- lists */

static void texts_release(struct texts *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->text[i]);
    free(list->text);
}

static void patterns_release(struct patterns *list)
{
    for (size_t i = 0; i < list->n; i++)
        pattern_free(list->pattern[i]);
    free(list->pattern);
}

/* A text or a list of them; `what` they are, for errors. */
static int read_texts(struct texts *out, const cJSON *object, const char *key,
                      const char *what, struct err *e)
{
    const cJSON *value = json_get(object, key), *item;
    if (!value)
        return 0;
    size_t n = cJSON_IsArray(value) ? (size_t)cJSON_GetArraySize(value) : 1;
    if (!n)
        return err_set(e, ERR_INPUT, "%s: the list is empty", key);
    out->text = xcalloc(n, sizeof *out->text);
    item = cJSON_IsArray(value) ? value->child : value;
    for (size_t i = 0; i < n; i++, item = item->next) {
        if (!cJSON_IsString(item) || !*item->valuestring)
            return cJSON_IsArray(value)
                       ? err_set(e, ERR_INPUT, "%s[%zu]: %s is wanted", key, i, what)
                       : err_set(e, ERR_INPUT, "%s: %s is wanted", key, what);
        out->text[out->n++] = xstrdup(item->valuestring);
    }
    return 0;
}

static int read_patterns(struct patterns *out, const cJSON *object, const char *key,
                         struct err *e)
{
    struct texts list = { 0 };
    bool many = cJSON_IsArray(json_get(object, key));
    int rc = read_texts(&list, object, key, "a pattern", e);
    out->pattern = xcalloc(list.n + 1, sizeof(struct pattern *));
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        rc = pattern_new(&out->pattern[i], list.text[i], e);
        out->n += rc == 0;
        if (rc < 0 && many)
            err_in(e, "%s[%zu]", key, i);
        else if (rc < 0)
            err_in(e, "%s", key);
    }
    texts_release(&list);
    return rc;
}

/* A pattern or none. */
static int read_pattern(struct pattern **out, const cJSON *object, const char *key,
                        struct err *e)
{
    const char *text;
    if (spec_text(&text, object, key, e) < 0)
        return e->code;
    if (text && pattern_new(out, text, e) < 0)
        return err_in(e, "%s", key);
    return 0;
}

/* A text that is not empty, or none. */
static int read_text(char **out, const cJSON *object, const char *key, const char *what,
                     struct err *e)
{
    const char *text;
    if (spec_text(&text, object, key, e) < 0)
        return e->code;
    if (text && !*text)
        return err_set(e, ERR_INPUT, "%s: %s", key, what);
    *out = text ? xstrdup(text) : NULL;
    return 0;
}

/* ---- the finder */

static int read_group(size_t *out, const struct pattern *p, const cJSON *object, struct err *e)
{
    size_t n = pattern_groups(p);
    *out = n > 1 ? GROUP_ANY : n;
    if (spec_count(out, object, "group", e) < 0)
        return e->code;
    if (*out != GROUP_ANY && *out > n)
        return err_set(e, ERR_INPUT, "group: there is no group %zu; the pattern has %zu", *out, n);
    return 0;
}

static int read_regex(struct rule *out, const cJSON *object, struct err *e)
{
    if (read_patterns(&out->regex, object, "regex", e) < 0)
        return e->code;
    out->group = xcalloc(out->regex.n, sizeof *out->group);
    for (size_t i = 0; i < out->regex.n; i++)
        if (read_group(&out->group[i], out->regex.pattern[i], object, e) < 0)
            return e->code;
    return 0;
}

/* A finder that is switched on. */
static int need_true(const cJSON *value, const char *key, struct err *e)
{
    return cJSON_IsTrue(value) ? 0 : err_set(e, ERR_INPUT, "%s: true is wanted", key);
}

static int read_number(struct rule *out, const cJSON *object, struct err *e)
{
    if (spec_bool(&out->number.chinese, object, "chinese", e) < 0 ||
        spec_bool(&out->number.fraction, object, "fraction", e) < 0)
        return e->code;
    return spec_bool(&out->number.percent, object, "percent", e);
}

static int read_option(struct rule *out, const cJSON *value, struct err *e)
{
    out->equal = cJSON_IsString(value) && !strcmp(value->valuestring, "equal");
    if (!out->equal && !cJSON_IsTrue(value))
        return err_set(e, ERR_INPUT, "option_text: true or \"equal\" is wanted");
    return 0;
}

static int read_finder(struct rule *out, const cJSON *object, struct err *e)
{
    const char *key = finders[out->finder];
    const cJSON *value = json_get(object, key);
    switch (out->finder) {
    case FINDER_REGEX:
        return read_regex(out, object, e);
    case FINDER_CODE:
        return cJSON_IsTrue(value) ? 0
                                   : read_texts(&out->language, object, key, "a language", e);
    case FINDER_JSON:
        return read_text(&out->path, object, key, "the path of a member is wanted", e);
    case FINDER_OPTION:
        return read_option(out, value, e);
    case FINDER_NUMBER:
        return need_true(value, key, e) < 0 ? e->code : read_number(out, object, e);
    default:
        return need_true(value, key, e);
    }
}

static int find_finder(struct rule *out, const cJSON *object, struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < FINDER_COUNT; i++) {
        if (!json_get(object, finders[i]))
            continue;
        if (n++)
            return err_set(e, ERR_INPUT, "'%s' and '%s': a rule has one finder",
                           finders[out->finder], finders[i]);
        out->finder = (enum finder)i;
    }
    if (!n)
        return err_set(e, ERR_INPUT, "a finder is wanted: regex, number, boxed, code, json, "
                                     "option_text or whole");
    for (size_t i = 0; i < sizeof own_keys / sizeof *own_keys; i++)
        if (json_get(object, own_keys[i].key) && !(own_keys[i].finders >> out->finder & 1))
            return err_set(e, ERR_INPUT, "%s: '%s' has no use for it", own_keys[i].key,
                           finders[out->finder]);
    return 0;
}

/* ---- the rest */

static int read_pick(struct rule *out, const cJSON *object, struct err *e)
{
    static const char *const picks[] = { "first", "last", "only", "all", NULL };
    size_t pick = 0;
    const cJSON *value = json_get(object, "pick");
    if (!cJSON_IsNumber(value)) {
        if (spec_word(&pick, object, "pick", picks, e) < 0)
            return e->code;
        out->pick = (enum pick)pick;
        return 0;
    }
    out->pick = PICK_NTH;
    if (spec_count(&out->nth, object, "pick", e) < 0)
        return e->code;
    return out->nth ? 0 : err_set(e, ERR_INPUT, "pick: matches are counted from 1");
}

static int read_limit(struct limit *out, const cJSON *object, const char *key, struct err *e)
{
    const cJSON *value = json_get(object, key);
    out->given = value != NULL;
    out->wanted = cJSON_IsString(value) && !strcmp(value->valuestring, "target");
    if (out->wanted)
        return 0;
    if (value && !cJSON_IsNumber(value))
        return err_set(e, ERR_INPUT, "%s: a number or \"target\" is wanted", key);
    return spec_count(&out->n, object, key, e);
}

static int read_which(struct rule *out, const cJSON *object, struct err *e)
{
    static const char *const of_all[] = { "most", "count", "sort" };
    if (read_pick(out, object, e) < 0 || read_limit(&out->most, object, "most", e) < 0 ||
        read_limit(&out->count, object, "count", e) < 0)
        return e->code;
    for (size_t i = 0; i < sizeof of_all / sizeof *of_all; i++)
        if (out->pick != PICK_ALL && json_get(object, of_all[i]))
            return err_set(e, ERR_INPUT, "%s: \"pick\": \"all\" is wanted with it", of_all[i]);
    if (spec_bool(&out->final, object, "final", e) < 0)
        return e->code;
    return spec_bool(&out->sort, object, "sort", e);
}

static int read_subsets(struct rule *out, const cJSON *object, struct err *e)
{
    const cJSON *list = json_get(object, "subsets");
    if (list && (!cJSON_IsArray(list) || !list->child))
        return err_set(e, ERR_INPUT, "subsets: a list of names is wanted");
    return read_texts(&out->subset, object, "subsets", "a name", e);
}

static int read_scope(struct rule *out, const cJSON *object, struct err *e)
{
    static const char *const folds[] = { "none", "width", NULL };
    static const char *const lines[] = { "all", "first", "last", NULL };
    const char *after = json_get(object, "after") ? "after" : "after_first";
    size_t fold = 0, line = 0;
    if (json_get(object, "after") && json_get(object, "after_first"))
        return err_set(e, ERR_INPUT, "'after' and 'after_first': one is wanted");
    if (read_subsets(out, object, e) < 0 ||
        read_patterns(&out->remove, object, "remove", e) < 0 ||
        read_pattern(&out->when, object, "when", e) < 0 ||
        read_pattern(&out->unless, object, "unless", e) < 0 ||
        read_texts(&out->after, object, after, "a text", e) < 0 ||
        read_texts(&out->before, object, "before", "a text", e) < 0 ||
        spec_word(&fold, object, "fold", folds, e) < 0 ||
        spec_word(&line, object, "line", lines, e) < 0)
        return e->code;
    out->after_first = !strcmp(after, "after_first");
    out->fold_width = fold == 1;
    out->line = (enum line)line;
    return 0;
}

static int read_map(struct rule *out, const cJSON *object, struct err *e)
{
    const cJSON *map = json_get(object, "map"), *item;
    if (!map)
        return 0;
    if (!cJSON_IsObject(map) || !map->child)
        return err_set(e, ERR_INPUT, "map: an object is wanted, such as {\"是\": \"yes\"}");
    size_t n = (size_t)cJSON_GetArraySize(map);
    out->map_from.text = xcalloc(n, sizeof(char *));
    out->map_to.text = xcalloc(n, sizeof(char *));
    cJSON_ArrayForEach(item, map) {
        if (!cJSON_IsString(item) || !*item->valuestring)
            return err_set(e, ERR_INPUT, "map.%s: an answer is wanted", item->string);
        out->map_from.text[out->map_from.n++] = xstrdup(item->string);
        out->map_to.text[out->map_to.n++] = xstrdup(item->valuestring);
    }
    return 0;
}

static int read_made(struct rule *out, const cJSON *object, struct err *e)
{
    static const char *const strips[] = { "both", "end", "none", NULL };
    size_t strip = out->finder == FINDER_CODE ? STRIP_END : STRIP_BOTH;
    if (spec_word(&strip, object, "strip", strips, e) < 0 ||
        read_text(&out->letter, object, "letter", "letters are wanted, such as \"ABCD\"", e) < 0 ||
        read_text(&out->as, object, "as", "an answer is wanted", e) < 0 ||
        read_text(&out->keep_after, object, "keep_after", "a text is wanted", e) < 0 ||
        read_text(&out->trim, object, "trim", "characters are wanted", e) < 0 ||
        read_texts(&out->only, object, "only", "an answer", e) < 0 ||
        read_map(out, object, e) < 0)
        return e->code;
    out->strip = (enum strip)strip;
    if (out->as && (out->letter || out->keep_after || out->trim || out->map_from.n ||
                    out->only.n || json_get(object, "group")))
        return err_set(e, ERR_INPUT, "as: the answer is given; leave out what makes another of it");
    return 0;
}

int rule_read(struct rule *out, const cJSON *object, struct err *e)
{
    static const char *const keys[] = {
        "regex",   "number", "boxed",  "code",   "json",  "option_text", "whole",
        "name",    "final",   "subsets", "fold",  "remove", "when",  "unless",      "after",
        "after_first", "before", "line", "pick", "most",  "count",       "sort",
        "group",   "letter", "as",     "strip",  "keep_after", "trim",  "map",
        "only",    "chinese", "fraction", "percent", NULL,
    };
    char *name = NULL;
    if (!cJSON_IsObject(object))
        return err_set(e, ERR_INPUT, "an object is wanted, such as {\"regex\": \"...\"}");
    if (spec_keys(object, keys, e) < 0 ||
        read_text(&name, object, "name", "a name is wanted", e) < 0)
        return e->code;
    free(name);
    if (find_finder(out, object, e) < 0 || read_finder(out, object, e) < 0 ||
        read_which(out, object, e) < 0 || read_scope(out, object, e) < 0)
        return e->code;
    return read_made(out, object, e);
}

void rule_release(struct rule *r)
{
    struct texts *const texts[] = { &r->subset,   &r->after,  &r->before, &r->language,
                                    &r->map_from, &r->map_to, &r->only };
    struct patterns *const patterns[] = { &r->remove, &r->regex };
    char *const own[] = { r->path, r->letter, r->as, r->keep_after, r->trim };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        texts_release(texts[i]);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        patterns_release(patterns[i]);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        free(own[i]);
    pattern_free(r->when);
    pattern_free(r->unless);
    free(r->group);
}

const char *extract_label(const cJSON *list, size_t rule, struct arena *mem)
{
    const cJSON *object = cJSON_GetArrayItem(list, (int)rule - 1);
    const char *name = json_text(object, "name", NULL);
    if (name)
        return arena_strdup(mem, name);
    size_t i = 0;
    while (finders[i] && !json_get(object, finders[i]))
        i++;
    return arena_printf(mem, "%s %zu", finders[i] ? finders[i] : "rule", rule);
}
