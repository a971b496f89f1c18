#include "base/opt.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static bool differ(char a, char b)
{
    return tolower((unsigned char)a) != tolower((unsigned char)b);
}

/* Levenshtein distance but for upper and lower case, capped words of 63 bytes. */
static size_t distance(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b), row[64];
    if (na > 63 || nb > 63)
        return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t best = diagonal + differ(a[i - 1], b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[nb];
}

const char *nearest_word(const char *word, const char *const *candidates, size_t n)
{
    const char *best = NULL;
    size_t limit = strlen(word) / 3 + 1, best_distance = limit + 1;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, candidates[i]);
        if (d < best_distance)
            best = candidates[i], best_distance = d;
    }
    return best;
}

static const struct opt *find_long(const struct opt *const *tables, const char *name, size_t len)
{
    for (; *tables; tables++)
        for (const struct opt *o = *tables; o->type != OPT_END; o++)
            if (strlen(o->name) == len && !memcmp(o->name, name, len))
                return o;
    return NULL;
}

static const struct opt *find_short(const struct opt *const *tables, char letter)
{
    for (; *tables; tables++)
        for (const struct opt *o = *tables; o->type != OPT_END; o++)
            if (o->letter == letter && letter)
                return o;
    return NULL;
}

static int unknown(const struct opt *const *tables, const char *typed, size_t len, struct err *e)
{
    const char *names[256];
    size_t n = 0;
    for (; *tables; tables++)
        for (const struct opt *o = *tables; o->type != OPT_END && n < 256; o++)
            names[n++] = o->name;
    char *word = xmalloc(len + 1);
    memcpy(word, typed, len);
    word[len] = '\0';
    const char *near = nearest_word(word, names, n);
    if (near)
        err_set(e, ERR_USAGE, "unknown option --%s (did you mean --%s?)", word, near);
    else
        err_set(e, ERR_USAGE, "unknown option --%s; see --help", word);
    free(word);
    return e->code;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t len = strlen(value);
    for (const char *p = choices; *p;) {
        size_t n = strcspn(p, "|");
        if (n == len && !memcmp(p, value, n))
            return true;
        p += n + (p[n] == '|');
    }
    return false;
}

static int store_item(struct opt_list *list, const struct opt *o, const char *value,
                      struct err *e)
{
    if (list->n == OPT_LIST_MAX)
        return err_set(e, ERR_USAGE, "--%s: given more than %d times", o->name, OPT_LIST_MAX);
    list->item[list->n++] = value;
    return 0;
}

static int store(void *target, const struct opt *o, const char *value, struct err *e)
{
    char *at = (char *)target + o->offset, *end = NULL;
    errno = 0;
    if (o->type == OPT_TEXT) {
        *(const char **)at = value;
    } else if (o->type == OPT_LIST) {
        if (store_item((struct opt_list *)at, o, value, e) < 0)
            return e->code;
    } else if (o->type == OPT_CHOICE) {
        if (!is_choice(o->choices, value))
            return err_set(e, ERR_USAGE, "--%s: '%s' is none of %s", o->name, value, o->choices);
        *(const char **)at = value;
    } else if (o->type == OPT_INT) {
        long long v = strtoll(value, &end, 10);
        if (errno || end == value || *end)
            return err_set(e, ERR_USAGE, "--%s: '%s' is not a whole number", o->name, value);
        *(long long *)at = v;
    } else {
        double v = strtod(value, &end);
        if (errno || end == value || *end || !isfinite(v))
            return err_set(e, ERR_USAGE, "--%s: '%s' is not a number", o->name, value);
        *(double *)at = v;
    }
    if (o->given)
        *((bool *)((char *)target + o->given)) = true;
    return 0;
}

static void store_flag(void *target, const struct opt *o, bool value)
{
    *(bool *)((char *)target + o->offset) = value;
    if (o->given)
        *((bool *)((char *)target + o->given)) = true;
}

/* Takes one option; *i moves over a value in its own argument. */
static int take(void *target, const struct opt *const *tables, int argc, char **argv, int *i,
                struct err *e)
{
    const char *arg = argv[*i], *value = NULL;
    const struct opt *o;
    if (arg[1] == '-') {
        size_t len = strcspn(arg + 2, "=");
        value = arg[2 + len] == '=' ? arg + 3 + len : NULL;
        o = find_long(tables, arg + 2, len);
        if (!o && !strncmp(arg + 2, "no-", 3)) {
            o = find_long(tables, arg + 5, len - 3);
            if (o && o->type == OPT_FLAG && !value)
                return store_flag(target, o, false), 0;
            o = NULL;
        }
        if (!o)
            return unknown(tables, arg + 2, len, e);
    } else {
        o = find_short(tables, arg[1]);
        if (!o)
            return err_set(e, ERR_USAGE, "unknown option %s; see --help", arg);
        value = arg[2] ? arg + 2 : NULL;
    }
    if (o->type == OPT_FLAG) {
        if (value)
            return err_set(e, ERR_USAGE, "--%s takes no value", o->name);
        return store_flag(target, o, true), 0;
    }
    /* "--out --json" has forgotten the folder; "--out=--json" means it */
    if (!value && *i + 1 < argc && strncmp(argv[*i + 1], "--", 2) != 0)
        value = argv[++*i];
    if (!value)
        return err_set(e, ERR_USAGE, "--%s: a value is missing (%s)", o->name, o->value);
    return store(target, o, value, e);
}

int opt_parse(void *target, const struct opt *const *tables, int argc, char **argv, int *n_rest,
              struct err *e)
{
    int n = 0;
    bool options = true;
    for (int i = 0; i < argc; i++) {
        if (options && !strcmp(argv[i], "--"))
            options = false;
        else if (!options || argv[i][0] != '-' || !argv[i][1])
            argv[n++] = argv[i];
        else if (take(target, tables, argc, argv, &i, e) < 0)
            return e->code;
    }
    *n_rest = n;
    return 0;
}

static void put_wrapped(struct strbuf *out, const char *text, size_t indent, size_t columns)
{
    size_t at = indent;
    while (*text) {
        size_t len = strcspn(text, " ");
        if (at + len >= columns && at > indent) {
            strbuf_putc(out, '\n');
            strbuf_pad(out, ' ', indent);
            at = indent;
        }
        if (at > indent)
            strbuf_putc(out, ' '), at++;
        strbuf_add(out, text, len);
        at += len;
        text += len + (text[len] == ' ');
    }
    strbuf_putc(out, '\n');
}

void opt_describe(struct strbuf *out, const struct opt *o)
{
    strbuf_puts(out, o->help);
    if (o->type != OPT_CHOICE)
        return;
    const char *last = strrchr(o->choices, '|');
    if (strstr(o->help, last ? last + 1 : o->choices))
        return;
    strbuf_puts(out, "; one of ");
    for (const char *p = o->choices; *p; p++)
        strbuf_add(out, *p == '|' ? ", " : p, *p == '|' ? 2 : 1);
}

void opt_help(struct strbuf *out, const struct opt *table, size_t columns)
{
    enum { INDENT = 26 };
    for (const struct opt *o = table; o->type != OPT_END; o++) {
        struct strbuf head = STRBUF_INIT, text = STRBUF_INIT;
        if (o->letter)
            strbuf_printf(&head, "  -%c, --%s", o->letter, o->name);
        else
            strbuf_printf(&head, "      --%s", o->name);
        if (o->value)
            strbuf_printf(&head, " %s", o->value);
        strbuf_puts(out, head.s);
        size_t used = utf8_columns(head.s);
        if (used + 2 > INDENT)
            strbuf_putc(out, '\n'), used = 0;
        strbuf_pad(out, ' ', INDENT - used);
        opt_describe(&text, o);
        put_wrapped(out, text.s, INDENT, columns);
        strbuf_release(&text);
        strbuf_release(&head);
    }
}
