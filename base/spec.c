#include "base/spec.h"

#include <string.h>

#include "base/opt.h"

enum { MAX_COUNT = 1000 };

static size_t count_words(const char *const *words)
{
    size_t n = 0;
    while (words[n])
        n++;
    return n;
}

static size_t find_word(const char *word, const char *const *words, size_t n)
{
    size_t i = 0;
    while (i < n && strcmp(word, words[i]))
        i++;
    return i;
}

/* "unknown key 'sohw' (did you mean 'show'?)" */
static int unknown(const char *what, const char *word, const char *const *words, size_t n,
                   struct err *e)
{
    const char *near = nearest_word(word, words, n);
    if (near)
        return err_set(e, ERR_INPUT, "unknown %s '%s' (did you mean '%s'?)", what, word, near);
    char list[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < n && used + strlen(words[i]) + 3 < sizeof list; i++) {
        if (used)
            list[used++] = ',', list[used++] = ' ';
        memcpy(list + used, words[i], strlen(words[i]) + 1);
        used += strlen(words[i]);
    }
    return err_set(e, ERR_INPUT, "unknown %s '%s' (known: %s)", what, word, list);
}

int spec_keys(const cJSON *spec, const char *const *keys, struct err *e)
{
    if (!cJSON_IsObject(spec))
        return err_set(e, ERR_INPUT, "an object is wanted, such as {\"use\": \"...\"}");
    size_t n = count_words(keys);
    const cJSON *c;
    cJSON_ArrayForEach(c, spec)
        if (find_word(c->string, keys, n) == n)
            return unknown("key", c->string, keys, n, e);
    return 0;
}

int spec_text(const char **out, const cJSON *spec, const char *key, struct err *e)
{
    *out = NULL;
    const cJSON *c = json_get(spec, key);
    if (!c)
        return 0;
    if (!cJSON_IsString(c))
        return err_set(e, ERR_INPUT, "%s: text is wanted", key);
    *out = c->valuestring;
    return 0;
}

int spec_bool(bool *out, const cJSON *spec, const char *key, struct err *e)
{
    const cJSON *c = json_get(spec, key);
    if (c && !cJSON_IsBool(c))
        return err_set(e, ERR_INPUT, "%s: true or false is wanted", key);
    if (c)
        *out = cJSON_IsTrue(c);
    return 0;
}

int spec_count(size_t *out, const cJSON *spec, const char *key, struct err *e)
{
    const cJSON *c = json_get(spec, key);
    if (!c)
        return 0;
    double n = cJSON_IsNumber(c) ? c->valuedouble : -1;
    if (!(n >= 0 && n <= MAX_COUNT) || n != (double)(size_t)n)
        return err_set(e, ERR_INPUT, "%s: a whole number from 0 to %d is wanted", key,
                       MAX_COUNT);
    *out = (size_t)n;
    return 0;
}

int spec_word(size_t *which, const cJSON *spec, const char *key, const char *const *words,
              struct err *e)
{
    const char *word;
    if (spec_text(&word, spec, key, e) < 0)
        return e->code;
    if (!word)
        return 0;
    size_t n = count_words(words), i = find_word(word, words, n);
    if (i == n) {
        unknown("word", word, words, n, e);
        return err_in(e, "%s", key);
    }
    *which = i;
    return 0;
}

int spec_words(const cJSON *spec, const char *key, const char *what, const char *const *words,
               struct err *e)
{
    size_t n = count_words(words), place = 0;
    const cJSON *list = json_get(spec, key), *c;
    if (!list)
        return 0;
    if (!cJSON_IsArray(list) || !list->child)
        return err_set(e, ERR_INPUT, "%s: a list of %s names is wanted", key, what);
    cJSON_ArrayForEach(c, list) {
        if (!cJSON_IsString(c))
            return err_set(e, ERR_INPUT, "%s[%zu]: a %s name is wanted", key, place, what);
        if (find_word(c->valuestring, words, n) == n) {
            unknown(what, c->valuestring, words, n, e);
            return err_in(e, "%s[%zu]", key, place);
        }
        place++;
    }
    return 0;
}
