/* A member of a JSON object that stands somewhere in a text. */
#include <stdlib.h>
#include <string.h>

#include "base/extract_rule.h"

/* Braces that begin no object make a search slow; one that has read so much of a
 * text, over and over, is given up. */
enum { MOST_READ = 16 << 20 };

/* "a.b.0": members of objects, and of lists by place. */
static const cJSON *member(const cJSON *object, const char *path, struct arena *mem)
{
    while (object && *path) {
        size_t n = strcspn(path, ".");
        const char *key = arena_strndup(mem, path, n);
        object = cJSON_IsArray(object) ? cJSON_GetArrayItem(object, (int)strtol(key, NULL, 10))
                                       : json_get(object, key);
        path += n + (path[n] == '.');
    }
    return object;
}

/* As text; NULL for what is no single value. */
static const char *value_text(const cJSON *value, struct arena *mem)
{
    char number[32];
    if (cJSON_IsString(value))
        return arena_strdup(mem, value->valuestring);
    if (cJSON_IsBool(value))
        return cJSON_IsTrue(value) ? "true" : "false";
    if (!cJSON_IsNumber(value))
        return NULL;
    json_format_number(number, value->valuedouble);
    return arena_strdup(mem, number);
}

enum found search_json(struct search *s)
{
    const char *open;
    size_t n_read = 0;
    while (s->at < s->len && (open = strchr(s->text + s->at, '{'))) {
        const char *end = open;
        size_t left = s->len - (size_t)(open - s->text);
        cJSON *object = cJSON_ParseWithLengthOpts(open, left, &end, false);
        n_read += (size_t)(end - open) + 1;
        s->found = object ? value_text(member(object, s->rule->path, s->mem), s->mem) : NULL;
        s->at = (size_t)((object ? end : open + 1) - s->text);
        cJSON_Delete(object);
        if (s->found)
            return FOUND_MATCH;
        if (n_read > MOST_READ)
            return FOUND_LIMIT;
    }
    return FOUND_NOTHING;
}
