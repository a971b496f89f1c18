#include "tasks/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/opt.h"

enum { MAX_KEYS = 64, COUNT_MAX = 1000000000 };

/* The walk over a tree: the path to where it stands grows and shrinks. */
struct walk {
    struct strbuf path;
    struct err *e;
};

static int check_object(struct walk *w, const cJSON *object, const struct key *table);

static size_t enter(struct walk *w, const char *name)
{
    size_t before = w->path.len;
    strbuf_printf(&w->path, "%s%s", before ? "." : "", name);
    return before;
}

static size_t enter_item(struct walk *w, size_t i)
{
    size_t before = w->path.len;
    strbuf_printf(&w->path, "[%zu]", i);
    return before;
}

static const char *type_of(const cJSON *v)
{
    if (cJSON_IsString(v))
        return "text";
    if (cJSON_IsNumber(v))
        return "a number";
    if (cJSON_IsBool(v))
        return "true or false";
    if (cJSON_IsArray(v))
        return v->child ? "a list" : "an empty list";
    return cJSON_IsObject(v) ? "an object" : "null";
}

static const char *type_name(enum key_type type)
{
    static const char *const names[] = {
        [KEY_END] = "",
        [KEY_TEXT] = "text",
        [KEY_LINES] = "text or a list of lines",
        [KEY_WORD] = "a word",
        [KEY_COUNT] = "a whole number",
        [KEY_NUMBER] = "a number",
        [KEY_PART] = "a number from 0 to 1",
        [KEY_BOOL] = "true or false",
        [KEY_LIST] = "a list of texts",
        [KEY_OBJECT] = "an object",
        [KEY_OBJECTS] = "a list of objects",
        [KEY_NAMED] = "objects by name",
        [KEY_LISTS] = "lists of texts by name",
        [KEY_TEXTS] = "texts by name",
        [KEY_RULES] = "a rule set's name or a list of rules",
        [KEY_OTHERS] = "anything",
    };
    return names[type];
}

static int wrong_type(struct walk *w, enum key_type wanted, const cJSON *v)
{
    return err_set(w->e, ERR_INPUT, "%s: expected %s, got %s", w->path.s, type_name(wanted),
                   type_of(v));
}

static const struct key *find_key(const struct key *table, const char *name)
{
    for (; table->type != KEY_END; table++)
        if (table->type != KEY_OTHERS && strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

static bool takes_others(const struct key *table)
{
    for (; table->type != KEY_END; table++)
        if (table->type == KEY_OTHERS)
            return true;
    return false;
}

static int unknown_key(struct walk *w, const struct key *table, const char *name)
{
    const char *names[MAX_KEYS];
    size_t n = 0;
    for (; table->type != KEY_END && n < MAX_KEYS; table++)
        names[n++] = table->name;
    enter(w, name);
    const char *near = nearest_word(name, names, n);
    if (near)
        return err_set(w->e, ERR_INPUT, "%s: unknown key (did you mean '%s'?)", w->path.s,
                       near);
    strbuf_puts(&w->path, ": unknown key (known are");
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&w->path, "%s %s", i ? "," : "", names[i]);
    return err_set(w->e, ERR_INPUT, "%s)", w->path.s);
}

static int missing_key(struct walk *w, const struct key *k)
{
    return err_set(w->e, ERR_INPUT, "%s%smissing key '%s' (%s)", w->path.s,
                   w->path.len ? ": " : "", k->name, k->help);
}

int keys_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (int i = 0;; i++) {
        size_t n = strcspn(words, "|");
        if (n == len && memcmp(words, word, n) == 0)
            return i;
        if (!words[n])
            return -1;
        words += n + 1;
    }
}

static int check_word(struct walk *w, const cJSON *v, const struct key *k)
{
    if (!cJSON_IsString(v))
        return wrong_type(w, k->type, v);
    if (keys_word(k->words, v->valuestring) < 0)
        return err_set(w->e, ERR_INPUT, "%s: '%s' is none of %s", w->path.s, v->valuestring,
                       k->words);
    return 0;
}

static int check_count(struct walk *w, const cJSON *v, const struct key *k)
{
    if (!cJSON_IsNumber(v))
        return wrong_type(w, k->type, v);
    double n = v->valuedouble;
    if (!(n >= 0 && n <= COUNT_MAX) || n != (double)(long)n)
        return err_set(w->e, ERR_INPUT, "%s: %g is not a whole number from 0 to %d",
                       w->path.s, n, COUNT_MAX);
    return 0;
}

static int check_number(struct walk *w, const cJSON *v, const struct key *k)
{
    if (!cJSON_IsNumber(v))
        return wrong_type(w, k->type, v);
    double n = v->valuedouble;
    if (k->type == KEY_PART && !(n >= 0 && n <= 1))
        return err_set(w->e, ERR_INPUT, "%s: %g is not a number from 0 to 1", w->path.s, n);
    if (!(n >= 0 && n <= COUNT_MAX))
        return err_set(w->e, ERR_INPUT, "%s: %g is not a number from 0 to %d", w->path.s, n,
                       COUNT_MAX);
    return 0;
}

static int check_text(struct walk *w, const cJSON *v)
{
    return cJSON_IsString(v) ? 0 : wrong_type(w, KEY_TEXT, v);
}

static int check_texts(struct walk *w, const cJSON *v, enum key_type type)
{
    const cJSON *item;
    size_t i = 0;
    if (!cJSON_IsArray(v) || !v->child)
        return wrong_type(w, type, v);
    cJSON_ArrayForEach(item, v) {
        size_t before = enter_item(w, i++);
        if (!cJSON_IsString(item))
            return wrong_type(w, KEY_TEXT, item);
        strbuf_cut(&w->path, before);
    }
    return 0;
}

static int check_objects(struct walk *w, const cJSON *v, const struct key *k)
{
    const cJSON *item;
    size_t i = 0;
    if (!cJSON_IsArray(v) || !v->child)
        return wrong_type(w, k->type, v);
    cJSON_ArrayForEach(item, v) {
        size_t before = enter_item(w, i++);
        if (check_object(w, item, k->sub) < 0)
            return w->e->code;
        strbuf_cut(&w->path, before);
    }
    return 0;
}

static int check_named(struct walk *w, const cJSON *v, const struct key *k)
{
    const cJSON *item;
    if (!cJSON_IsObject(v) || !v->child)
        return wrong_type(w, k->type, v);
    cJSON_ArrayForEach(item, v) {
        size_t before = enter(w, item->string);
        int rc = k->type == KEY_LISTS   ? check_texts(w, item, KEY_LIST)
                 : k->type == KEY_TEXTS ? check_text(w, item)
                                        : check_object(w, item, k->sub);
        if (rc < 0)
            return rc;
        strbuf_cut(&w->path, before);
    }
    return 0;
}

static int check_rules(struct walk *w, const cJSON *v)
{
    const cJSON *item;
    size_t i = 0;
    if (cJSON_IsString(v) && *v->valuestring)
        return 0;
    if (!cJSON_IsArray(v) || !v->child)
        return wrong_type(w, KEY_RULES, v);
    cJSON_ArrayForEach(item, v) {
        size_t before = enter_item(w, i++);
        if (!cJSON_IsObject(item))
            return wrong_type(w, KEY_OBJECT, item);
        strbuf_cut(&w->path, before);
    }
    return 0;
}

static int check_value(struct walk *w, const cJSON *v, const struct key *k)
{
    switch (k->type) {
    case KEY_TEXT: return check_text(w, v);
    case KEY_LINES:
        return cJSON_IsString(v) ? 0 : check_texts(w, v, k->type);
    case KEY_WORD: return check_word(w, v, k);
    case KEY_COUNT: return check_count(w, v, k);
    case KEY_NUMBER:
    case KEY_PART: return check_number(w, v, k);
    case KEY_BOOL: return cJSON_IsBool(v) ? 0 : wrong_type(w, k->type, v);
    case KEY_LIST: return check_texts(w, v, k->type);
    case KEY_OBJECT: return check_object(w, v, k->sub);
    case KEY_OBJECTS: return check_objects(w, v, k);
    case KEY_NAMED:
    case KEY_TEXTS:
    case KEY_LISTS: return check_named(w, v, k);
    case KEY_RULES: return check_rules(w, v);
    case KEY_OTHERS:
    case KEY_END: break;
    }
    return 0;
}

static int check_object(struct walk *w, const cJSON *object, const struct key *table)
{
    const cJSON *item;
    if (!cJSON_IsObject(object))
        return w->path.len ? wrong_type(w, KEY_OBJECT, object)
                           : err_set(w->e, ERR_INPUT, "expected an object, got %s",
                                     type_of(object));
    cJSON_ArrayForEach(item, object) {
        const struct key *k = find_key(table, item->string);
        if (!k && takes_others(table))
            continue;
        if (!k)
            return unknown_key(w, table, item->string);
        size_t before = enter(w, item->string);
        if (check_value(w, item, k) < 0)
            return w->e->code;
        strbuf_cut(&w->path, before);
    }
    for (const struct key *k = table; k->type != KEY_END; k++)
        if (k->required && !json_get(object, k->name))
            return missing_key(w, k);
    return 0;
}

int keys_check(const cJSON *object, const struct key *table, struct err *e)
{
    struct walk w = { .path = STRBUF_INIT, .e = e };
    int rc = check_object(&w, object, table);
    strbuf_release(&w.path);
    return rc;
}

void keys_lines(struct strbuf *out, const cJSON *value)
{
    const cJSON *line;
    if (cJSON_IsString(value)) {
        strbuf_puts(out, value->valuestring);
        return;
    }
    cJSON_ArrayForEach(line, value) {
        strbuf_puts(out, line->valuestring);
        if (line->next)
            strbuf_putc(out, '\n');
    }
}

static void describe_type(struct strbuf *out, const struct key *k)
{
    if (k->type != KEY_WORD) {
        strbuf_puts(out, type_name(k->type));
        return;
    }
    for (const char *word = k->words;; word++) {
        size_t n = strcspn(word, "|");
        strbuf_putc(out, '`');
        strbuf_add(out, word, n);
        strbuf_putc(out, '`');
        word += n;
        if (!*word)
            return;
        strbuf_puts(out, " or ");
    }
}

static void describe_object(struct strbuf *out, const char *path, const struct key *table)
{
    strbuf_printf(out, *path ? "### `%s`\n\n" : "### The file%s\n\n", path);
    strbuf_puts(out, "| key | value | needed | meaning |\n|---|---|---|---|\n");
    for (const struct key *k = table; k->type != KEY_END; k++) {
        if (k->type == KEY_OTHERS)
            strbuf_puts(out, "| others | ");
        else
            strbuf_printf(out, "| `%s` | ", k->name);
        describe_type(out, k);
        strbuf_printf(out, " | %s | %s |\n", k->required ? "yes" : "no", k->help);
    }
    strbuf_putc(out, '\n');
}

static void describe_below(struct strbuf *out, const char *path, const struct key *table)
{
    describe_object(out, path, table);
    for (const struct key *k = table; k->type != KEY_END; k++) {
        const char *tail = k->type == KEY_NAMED ? ".NAME" : k->type == KEY_OBJECTS ? "[]" : "";
        if (!k->sub)
            continue;
        char *below = xprintf("%s%s%s%s", path, *path ? "." : "", k->name, tail);
        describe_below(out, below, k->sub);
        free(below);
    }
}

void keys_describe(struct strbuf *out, const struct key *table)
{
    describe_below(out, "", table);
}
