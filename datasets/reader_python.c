/*
 * Python sources that hold data: a document whose members are the names to which a
 * module assigns a literal (NAME = {...}), and the functions that return one (the
 * first `return [...]` of a `def NAME(...)`). Nothing is run: whatever is not a
 * literal of texts, numbers, True, False, None, lists, tuples, sets and
 * dictionaries is left out.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "datasets/reader_tree.h"

enum { MAX_NESTING = 64, MAX_NUMBER = 64 };

struct source {
    const char *at, *end;
    int depth; /* of brackets: inside them a line end is a space */
};

static bool read_value(cJSON **out, struct source *s);

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static char peek(const struct source *s)
{
    return s->at < s->end ? *s->at : '\0';
}

static bool at_text(const struct source *s, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(s->end - s->at) >= len && memcmp(s->at, text, len) == 0;
}

static void skip_comment(struct source *s)
{
    while (s->at < s->end && *s->at != '\n')
        s->at++;
}

static void skip_space(struct source *s)
{
    for (;;) {
        if (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\r')
            s->at++;
        else if (at_text(s, "\\\n"))
            s->at += 2;
        else if (s->depth && peek(s) == '\n')
            s->at++;
        else if (s->depth && peek(s) == '#')
            skip_comment(s);
        else
            return;
    }
}

static bool take(struct source *s, char c)
{
    skip_space(s);
    if (peek(s) != c)
        return false;
    s->at++;
    return true;
}

/* Up to `n` digits to this base. */
static bool read_code(uint32_t *out, struct source *s, size_t n, size_t least, int base)
{
    char digits[9] = "", *stop;
    for (size_t i = 0; i < n && isxdigit((unsigned char)peek(s)); i++)
        digits[i] = *s->at++;
    *out = (uint32_t)strtoul(digits, &stop, base);
    s->at -= strlen(stop); /* an 8 or a 9 behind octal digits */
    return strlen(digits) - strlen(stop) >= least;
}

/* No NUL, which no text here may hold, and no half of a pair. */
static bool put_code(struct strbuf *b, uint32_t code)
{
    unsigned char u[4];
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    if (!code || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return false;
    for (size_t i = n; i-- > 1; code >>= 6)
        u[i] = (unsigned char)(0x80 | (code & 0x3F));
    u[0] = (unsigned char)(lead[n] | code);
    strbuf_add(b, u, n);
    return true;
}

/* Behind a backslash. One that means nothing stays. */
static bool put_escape(struct strbuf *b, struct source *s)
{
    static const char names[] = "\\'\"abfnrtv", values[] = "\\'\"\a\b\f\n\r\t\v";
    uint32_t code;
    char c = peek(s);
    const char *known = c ? strchr(names, c) : NULL;
    if (c >= '0' && c <= '7')
        return read_code(&code, s, 3, 1, 8) && put_code(b, code);
    s->at += c != '\0';
    if (c == '\n')
        return true;
    if (c == 'x')
        return read_code(&code, s, 2, 2, 16) && put_code(b, code);
    if (c == 'u' || c == 'U')
        return read_code(&code, s, c == 'u' ? 4 : 8, c == 'u' ? 4 : 8, 16) && put_code(b, code);
    if (c == 'N' || !c)
        return false;
    if (known)
        strbuf_putc(b, values[known - names]);
    else
        strbuf_printf(b, "\\%c", c);
    return true;
}

/* Behind its opening quotes. */
static bool put_quoted(struct strbuf *b, struct source *s, const char *quotes, bool raw)
{
    while (s->at < s->end && !at_text(s, quotes)) {
        char c = *s->at++;
        if (c == '\n' && !quotes[1])
            return false;
        if (c != '\\') {
            strbuf_putc(b, c);
        } else if (raw) {
            strbuf_putc(b, c);
            strbuf_add(b, s->at, s->at < s->end);
            s->at += s->at < s->end;
        } else if (!put_escape(b, s)) {
            return false;
        }
    }
    bool closed = at_text(s, quotes);
    s->at = closed ? s->at + strlen(quotes) : s->end;
    return closed;
}

/* The quotes that begin a text here, behind r or u; NULL when none do. */
static const char *opening(struct source *s, bool *raw)
{
    static const char *const kinds[] = { "\"\"\"", "'''", "\"", "'" };
    struct source ahead = *s;
    *raw = peek(s) == 'r' || peek(s) == 'R';
    ahead.at += *raw || peek(s) == 'u' || peek(s) == 'U';
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (at_text(&ahead, kinds[i])) {
            s->at = ahead.at + strlen(kinds[i]);
            return kinds[i];
        }
    return NULL;
}

/* Texts that follow one another are one. */
static bool read_text(cJSON **out, struct source *s)
{
    struct strbuf b = STRBUF_INIT;
    bool raw, good = true;
    const char *quotes;
    while (good && (quotes = opening(s, &raw))) {
        good = put_quoted(&b, s, quotes, raw);
        skip_space(s);
    }
    *out = good ? cJSON_CreateString(b.s) : NULL;
    strbuf_release(&b);
    return good;
}

static bool read_number(cJSON **out, struct source *s)
{
    char digits[MAX_NUMBER] = "", *stop;
    size_t n = 0;
    while (is_name_char(peek(s)) || peek(s) == '.' || peek(s) == '-' || peek(s) == '+') {
        bool sign = peek(s) == '-' || peek(s) == '+';
        if (n + 1 == sizeof digits || (sign && n && tolower((unsigned char)digits[n - 1]) != 'e'))
            break;
        if (*s->at != '_')
            digits[n++] = *s->at;
        s->at++;
    }
    double value = strtod(digits, &stop);
    if (!n || *stop || strpbrk(digits, "xXpPnN"))
        return false;
    *out = cJSON_CreateNumber(value);
    return true;
}

static bool read_word(cJSON **out, struct source *s)
{
    static const char *const words[] = { "None", "True", "False" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if (!at_text(s, words[i]) || (s->at + len < s->end && is_name_char(s->at[len])))
            continue;
        s->at += len;
        *out = i ? cJSON_CreateBool(i == 1) : cJSON_CreateNull();
        return true;
    }
    return false;
}

/* Behind the opening bracket; a comma may end it. *n_comma: how many. */
static bool read_items(cJSON **out, struct source *s, char close, size_t *n_comma)
{
    cJSON *list = cJSON_CreateArray(), *item;
    *n_comma = 0;
    while (!take(s, close)) {
        item = NULL;
        if (!read_value(&item, s)) {
            cJSON_Delete(list);
            return false;
        }
        cJSON_AddItemToArray(list, item);
        skip_space(s);
        if (take(s, ','))
            ++*n_comma;
        else if (peek(s) != close)
            s->at = s->end;
    }
    *out = list;
    return true;
}

/* A key is a text, or a number, whose name is then its digits. */
static bool read_member(cJSON *object, struct source *s)
{
    cJSON *key = NULL, *value = NULL;
    skip_space(s);
    const char *from = s->at;
    bool good = read_value(&key, s);
    const char *end = s->at;
    good = good && (cJSON_IsString(key) || cJSON_IsNumber(key)) && take(s, ':') &&
           read_value(&value, s);
    if (good) {
        struct strbuf name = STRBUF_INIT;
        if (cJSON_IsString(key))
            strbuf_puts(&name, key->valuestring);
        else
            strbuf_add(&name, from, (size_t)(end - from));
        cJSON_DeleteItemFromObjectCaseSensitive(object, name.s);
        cJSON_AddItemToObject(object, name.s, value);
        strbuf_release(&name);
    }
    cJSON_Delete(key);
    return good;
}

static bool read_members(cJSON **out, struct source *s)
{
    cJSON *object = cJSON_CreateObject();
    while (!take(s, '}')) {
        if (!read_member(object, s)) {
            cJSON_Delete(object);
            return false;
        }
        skip_space(s);
        if (!take(s, ',') && peek(s) != '}')
            s->at = s->end;
    }
    *out = object;
    return true;
}

/* A dictionary has a ":" behind its first value, a set has not. */
static bool read_braces(cJSON **out, struct source *s)
{
    struct source ahead = *s;
    cJSON *first = NULL;
    size_t n_comma;
    bool bracket = peek(s) && strchr("{[(", peek(s)); /* is no key */
    bool set = bracket || (peek(s) != '}' && read_value(&first, &ahead) && !take(&ahead, ':'));
    cJSON_Delete(first);
    return set ? read_items(out, s, '}', &n_comma) : read_members(out, s);
}

/* (x) is x, (x,) is a tuple. */
static bool read_parentheses(cJSON **out, struct source *s)
{
    size_t n_comma;
    if (!read_items(out, s, ')', &n_comma))
        return false;
    if (cJSON_GetArraySize(*out) == 1 && !n_comma) {
        cJSON *only = cJSON_DetachItemFromArray(*out, 0);
        cJSON_Delete(*out);
        *out = only;
    }
    return true;
}

static bool read_brackets(cJSON **out, struct source *s)
{
    size_t n_comma;
    char open = *s->at++;
    if (++s->depth > MAX_NESTING)
        return false;
    bool good = open == '{'   ? (skip_space(s), read_braces(out, s))
                : open == '[' ? read_items(out, s, ']', &n_comma)
                              : read_parentheses(out, s);
    s->depth--;
    return good;
}

static bool read_value(cJSON **out, struct source *s)
{
    bool raw;
    skip_space(s);
    struct source ahead = *s;
    if (s->at == s->end)
        return false;
    if (opening(&ahead, &raw))
        return read_text(out, s);
    if (strchr("{[(", *s->at))
        return read_brackets(out, s);
    return read_word(out, s) || read_number(out, s);
}

/* To the next statement, whatever this one is. */
static void skip_statement(struct source *s)
{
    int depth = 0;
    bool raw;
    while (s->at < s->end) {
        struct strbuf unused = STRBUF_INIT;
        const char *quotes = opening(s, &raw);
        if (quotes) {
            (void)put_quoted(&unused, s, quotes, true);
            strbuf_release(&unused);
            continue;
        }
        char c = *s->at++;
        if (c == '#')
            skip_comment(s);
        else if (c == '\\' && s->at < s->end)
            s->at++;
        else if (c == '\n' && depth <= 0)
            return;
        depth += strchr("{[(", c) != NULL;
        depth -= strchr("}])", c) != NULL;
    }
}

/* A name's length at the beginning of a statement. */
static size_t name_len(const struct source *s)
{
    size_t n = 0;
    while (s->at + n < s->end && is_name_char(s->at[n]))
        n++;
    return n;
}

/* Behind "NAME" or "NAME: type": an "=" that assigns. */
static bool take_assignment(struct source *s)
{
    skip_space(s);
    if (peek(s) == ':')
        while (s->at < s->end && *s->at != '=' && *s->at != '\n')
            s->at++;
    return take(s, '=') && peek(s) != '=';
}

/* Nothing else may stand on its line. */
static bool read_all(cJSON **out, struct source s)
{
    if (!read_value(out, &s)) {
        *out = NULL;
        return false;
    }
    skip_space(&s);
    if (s.at == s.end || *s.at == '\n' || *s.at == '#' || *s.at == ';')
        return true;
    cJSON_Delete(*out);
    *out = NULL;
    return false;
}

static void put_member(cJSON *tree, const struct strbuf *name, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(tree, name->s);
    cJSON_AddItemToObject(tree, name->s, value);
}

static void read_assignment(cJSON *tree, struct source s, struct strbuf *name)
{
    cJSON *value = NULL;
    strbuf_clear(name);
    strbuf_add(name, s.at, name_len(&s));
    s.at += name->len;
    if (name->len && take_assignment(&s) && read_all(&value, s))
        put_member(tree, name, value);
}

/* A statement within a function; only the first literal it returns counts. */
static void read_return(cJSON *tree, struct source s, const struct strbuf *function)
{
    cJSON *value = NULL;
    if (!function->len || !at_text(&s, "return") || json_get(tree, function->s))
        return;
    s.at += strlen("return");
    if (read_all(&value, s))
        put_member(tree, function, value);
}

static void read_statement(cJSON *tree, struct source *s, struct strbuf *function)
{
    struct strbuf name = STRBUF_INIT;
    const char *start = s->at;
    while (peek(s) == ' ' || peek(s) == '\t')
        s->at++;
    if (s->at > start) {
        read_return(tree, *s, function);
    } else if (*s->at != '\n' && *s->at != '#') {
        strbuf_clear(function);
        struct source ahead = *s;
        ahead.at += at_text(s, "def ") ? strlen("def ") : 0;
        if (ahead.at > s->at)
            strbuf_add(function, ahead.at, name_len(&ahead));
        else
            read_assignment(tree, *s, &name);
    }
    strbuf_release(&name);
    skip_statement(s);
}

static int python_open(struct reader *r, struct err *e)
{
    struct source s = { .at = r->at, .end = r->end };
    struct strbuf function = STRBUF_INIT;
    cJSON *tree = cJSON_CreateObject();
    while (s.at < s.end)
        read_statement(tree, &s, &function);
    strbuf_release(&function);
    if (!tree->child) {
        cJSON_Delete(tree);
        return err_set(e, ERR_INPUT, "no name is given a literal here, and no function returns "
                                     "one");
    }
    reader_tree_open(r, tree);
    return 0;
}

const struct reader_type reader_python = {
    .name = "python",
    .about = "a Python source: what names are given literals, without running it",
    .size = sizeof(struct tree_reader),
    .is_tree = true,
    .open = python_open,
    .next = reader_tree_next,
    .close = reader_tree_close,
};
