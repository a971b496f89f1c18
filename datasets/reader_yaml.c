/*
 * YAML as it is written by hand: mappings and sequences by indentation, plain,
 * quoted and block (| and >) scalars over several lines, [flow, sequences] of
 * scalars, comments. Of several documents the first. Anchors, aliases
 * and {flow: mappings} are errors; a tag is left out.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "datasets/reader_tree.h"

enum { MAX_NESTING = 64 };

struct lines {
    const char *at, *end; /* `at`: in the line, at its text or behind it */
    size_t column;        /* of `at` */
    size_t line;          /* from 1 */
    int depth;
};

static int read_node(cJSON **out, struct lines *y, size_t indent, struct err *e);

static int wrong(const struct lines *y, struct err *e, const char *what)
{
    return err_set(e, ERR_INPUT, "line %zu: %s", y->line, what);
}

static char peek(const struct lines *y, size_t n)
{
    return y->at + n < y->end ? y->at[n] : '\0';
}

static void advance(struct lines *y, size_t n)
{
    y->at += n;
    y->column += n;
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\0';
}

static void skip_blanks(struct lines *y)
{
    while (peek(y, 0) == ' ' || peek(y, 0) == '\r')
        advance(y, 1);
}

/* Is a comment, or nothing, all that is left of the line? */
static bool line_is_over(const struct lines *y)
{
    return is_line_end(peek(y, 0)) || peek(y, 0) == '#';
}

static void next_line(struct lines *y)
{
    while (!is_line_end(peek(y, 0)))
        y->at++;
    y->at += peek(y, 0) == '\n';
    y->column = 0;
    y->line++;
}

/* To the next text, in this line or a later one; false at the end. */
static bool find_text(struct lines *y)
{
    for (;;) {
        skip_blanks(y);
        if (y->at >= y->end)
            return false;
        if (!line_is_over(y))
            break;
        next_line(y);
    }
    return !(y->column == 0 && y->end - y->at >= 3 && memcmp(y->at, "---", 3) == 0) &&
           !(y->column == 0 && y->end - y->at >= 3 && memcmp(y->at, "...", 3) == 0);
}

static bool begins_item(const struct lines *y)
{
    char c = peek(y, 1);
    return peek(y, 0) == '-' && (c == ' ' || c == '\r' || is_line_end(c));
}

/* Bytes up to the ":" of a key on this line; 0 when the text is no key. */
static size_t key_len(const struct lines *y)
{
    size_t n = 0;
    char quote = peek(y, 0) == '"' || peek(y, 0) == '\'' ? peek(y, 0) : '\0';
    if (quote) {
        for (n = 1; peek(y, n) != quote; n++)
            if (is_line_end(peek(y, n)))
                return 0;
        n++;
        return peek(y, n) == ':' && (peek(y, n + 1) == ' ' || is_line_end(peek(y, n + 1))) ? n : 0;
    }
    for (; !is_line_end(peek(y, n)); n++) {
        char c = peek(y, n + 1);
        if (peek(y, n) == ':' && (c == ' ' || c == '\r' || is_line_end(c)))
            return n;
        if (peek(y, n) == ' ' && c == '#')
            return 0;
    }
    return 0;
}

static cJSON *resolved(const char *text)
{
    static const char *const yes[] = { "true", "True", "TRUE", "yes", "Yes", "on", "On" };
    static const char *const no[] = { "false", "False", "FALSE", "no", "No", "off", "Off" };
    char *stop;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0)
            return cJSON_CreateBool(strcmp(text, yes[i]) == 0);
    if (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0)
        return cJSON_CreateNull();
    double value = strtod(text, &stop);
    bool number = !*stop && strspn(text, "+-.0123456789eE") == strlen(text) &&
                  isdigit((unsigned char)text[strcspn(text, "0123456789")]);
    return number ? cJSON_CreateNumber(value) : cJSON_CreateString(text);
}

static void trim_end(struct strbuf *b)
{
    while (b->len && strchr(" \t\r", b->s[b->len - 1]))
        strbuf_cut(b, b->len - 1);
}

/* Behind the end of a line within a scalar: one line end is a space, of more all
 * but the first stay. */
static void fold_lines(struct strbuf *b, struct lines *y)
{
    size_t n = 0;
    trim_end(b);
    for (; y->at < y->end && (peek(y, 0) == '\n' || peek(y, 0) == '\r'); n++) {
        next_line(y);
        while (peek(y, 0) == ' ' || peek(y, 0) == '\t')
            advance(y, 1);
    }
    if (n == 1)
        strbuf_putc(b, ' ');
    else
        strbuf_pad(b, '\n', n - !!n);
}

/* The text of this line, without a comment. */
static void put_plain_line(struct strbuf *b, struct lines *y)
{
    while (!is_line_end(peek(y, 0)) && !(peek(y, 0) == ' ' && peek(y, 1) == '#')) {
        strbuf_putc(b, peek(y, 0));
        advance(y, 1);
    }
}

/* Goes on in lines that are indented more than what holds it. */
static cJSON *read_plain(struct lines *y, size_t parent)
{
    struct strbuf b = STRBUF_INIT;
    for (;;) {
        put_plain_line(&b, y);
        struct lines before = *y;
        size_t len = b.len;
        if (peek(y, 0) != '\n')
            break;
        fold_lines(&b, y);
        if (y->at < y->end && y->column > parent && !line_is_over(y) && !key_len(y))
            continue;
        *y = before;
        strbuf_cut(&b, b.len < len ? b.len : len);
        break;
    }
    trim_end(&b);
    while (b.len && b.s[b.len - 1] == '\n')
        strbuf_cut(&b, b.len - 1);
    cJSON *made = resolved(b.s);
    strbuf_release(&b);
    return made;
}

/* One escape of a text in double quotes, behind its backslash. */
static bool put_escape(struct strbuf *b, struct lines *y)
{
    static const char names[] = "abtnvfre\"/\\ ", values[] = "\a\b\t\n\v\f\r\x1b\"/\\ ";
    char c = peek(y, 0), digits[9] = "";
    const char *known = c ? strchr(names, c) : NULL;
    size_t n = c == 'x' ? 2 : c == 'u' ? 4 : 0;
    advance(y, 1);
    if (known)
        strbuf_putc(b, values[known - names]);
    if (c == '_')
        strbuf_puts(b, "\u00a0");
    for (size_t i = 0; i < n; i++, advance(y, 1))
        digits[i] = peek(y, 0);
    if (!n)
        return known || c == '_';
    struct err unused = { 0 };
    cJSON *text = NULL;
    char *quoted = xprintf("\"\\u%04lx\"", strtoul(digits, NULL, 16));
    int rc = json_parse(&text, quoted, strlen(quoted), &unused);
    if (rc == 0)
        strbuf_puts(b, text->valuestring);
    cJSON_Delete(text);
    free(quoted);
    return rc == 0;
}

static int put_quoted(struct strbuf *b, struct lines *y, char quote, struct err *e)
{
    while (y->at < y->end) {
        char c = peek(y, 0);
        if (c == '\n') {
            fold_lines(b, y);
        } else if (c == quote && !(quote == '\'' && peek(y, 1) == quote)) {
            return 0;
        } else if (quote == '"' && c == '\\' && peek(y, 1) == '\n') {
            advance(y, 1);
            next_line(y);
            skip_blanks(y);
        } else if (quote == '"' && c == '\\') {
            advance(y, 1);
            if (!put_escape(b, y))
                return wrong(y, e, "an escape that is not known");
        } else {
            strbuf_putc(b, c);
            advance(y, c == quote ? 2 : 1);
        }
    }
    return wrong(y, e, "a text in quotes does not end");
}

static int read_quoted(cJSON **out, struct lines *y, struct err *e)
{
    struct strbuf b = STRBUF_INIT;
    char quote = peek(y, 0);
    struct lines start = *y;
    advance(y, 1);
    int rc = put_quoted(&b, y, quote, e);
    if (rc < 0)
        rc = wrong(&start, e, "a text in quotes does not end, or has an escape that is not known");
    else
        *out = cJSON_CreateString(b.s);
    advance(y, 1);
    strbuf_release(&b);
    return rc;
}

/* One line of a block scalar; false when it does not belong to it. *indent is
 * that of its first line. */
static bool put_block_line(struct strbuf *b, struct lines *y, size_t *indent, size_t parent)
{
    size_t n = 0;
    while (peek(y, n) == ' ')
        n++;
    if (is_line_end(peek(y, n)) || peek(y, n) == '\r') {
        strbuf_putc(b, '\n');
        return true;
    }
    *indent = *indent ? *indent : n;
    if (n < *indent || (*indent <= parent && parent))
        return false;
    y->at += *indent;
    while (!is_line_end(peek(y, 0)))
        strbuf_putc(b, *y->at++);
    strbuf_putc(b, '\n');
    return true;
}

/* A line end between two lines that are not empty becomes a space. */
static void fold_block(struct strbuf *b)
{
    size_t to = 0;
    for (size_t i = 0; i < b->len; i++) {
        size_t n = 0;
        while (b->s[i + n] == '\n')
            n++;
        if (n && i + n < b->len) {
            memset(b->s + to, n == 1 ? ' ' : '\n', n == 1 ? 1 : n - 1);
            to += n == 1 ? 1 : n - 1;
            i += n - 1;
        } else {
            b->s[to++] = b->s[i];
        }
    }
    strbuf_cut(b, to);
}

/* "|" and ">", with "-" or "+". */
static cJSON *read_block(struct lines *y, size_t parent)
{
    struct strbuf b = STRBUF_INIT;
    char style = peek(y, 0), chomp = peek(y, 1);
    size_t indent = 0, kept;
    for (next_line(y); y->at < y->end && put_block_line(&b, y, &indent, parent);)
        next_line(y);
    if (style == '>')
        fold_block(&b);
    for (kept = b.len; kept && b.s[kept - 1] == '\n';)
        kept--;
    if (chomp != '+')
        strbuf_cut(&b, kept + (kept && chomp != '-' && kept < b.len));
    cJSON *made = cJSON_CreateString(b.s);
    strbuf_release(&b);
    return made;
}

static int read_flow_item(cJSON *list, struct lines *y, struct err *e)
{
    cJSON *item = NULL;
    if (peek(y, 0) == '"' || peek(y, 0) == '\'') {
        if (read_quoted(&item, y, e) < 0)
            return e->code;
    } else {
        struct strbuf b = STRBUF_INIT;
        for (; !is_line_end(peek(y, 0)) && !strchr(",]", peek(y, 0)); advance(y, 1))
            strbuf_putc(&b, peek(y, 0));
        trim_end(&b);
        item = resolved(b.s);
        strbuf_release(&b);
    }
    cJSON_AddItemToArray(list, item);
    return 0;
}

/* [a, "b", 3], also over several lines. */
static int read_flow(cJSON **out, struct lines *y, struct err *e)
{
    cJSON *list = cJSON_CreateArray();
    bool more = true;
    int rc = 0;
    advance(y, 1);
    while (rc == 0 && find_text(y) && peek(y, 0) != ']' && more) {
        rc = read_flow_item(list, y, e);
        more = find_text(y) && peek(y, 0) == ',';
        advance(y, more);
    }
    if (rc == 0 && peek(y, 0) != ']')
        rc = wrong(y, e, "a list in brackets must hold scalars, apart by commas");
    if (rc < 0) {
        cJSON_Delete(list);
        return rc;
    }
    advance(y, 1);
    *out = list;
    return 0;
}

/* What stands in a line, behind a key, a dash or at its beginning. `parent`: the
 * indent of what holds it. */
static int read_scalar(cJSON **out, struct lines *y, size_t parent, struct err *e)
{
    char c = peek(y, 0);
    if (c == '!') {
        while (!is_line_end(peek(y, 0)) && peek(y, 0) != ' ')
            advance(y, 1);
        skip_blanks(y);
        c = peek(y, 0);
    }
    if (c == '&' || c == '*' || c == '{')
        return wrong(y, e, "anchors, aliases and {mappings} are not read here");
    if (c == '[')
        return read_flow(out, y, e);
    if (c == '"' || c == '\'')
        return read_quoted(out, y, e);
    *out = c == '|' || c == '>' ? read_block(y, parent) : read_plain(y, parent);
    return 0;
}

/* The value behind "key:" or "-", in the same line or below. */
static int read_below(cJSON **out, struct lines *y, size_t indent, bool of_key, struct err *e)
{
    skip_blanks(y);
    if (!line_is_over(y)) {
        bool nested = !of_key && (begins_item(y) || key_len(y));
        return nested ? read_node(out, y, y->column, e) : read_scalar(out, y, indent, e);
    }
    struct lines before = *y;
    if (find_text(y) && (y->column > indent || (of_key && y->column == indent && begins_item(y))))
        return read_node(out, y, y->column, e);
    *y = before;
    *out = cJSON_CreateNull();
    return 0;
}

static int read_items(cJSON *list, struct lines *y, size_t indent, struct err *e)
{
    do {
        cJSON *item = NULL;
        advance(y, 1);
        if (read_below(&item, y, indent, false, e) < 0)
            return e->code;
        cJSON_AddItemToArray(list, item);
    } while (find_text(y) && y->column == indent && begins_item(y));
    return 0;
}

static int read_members(cJSON *object, struct lines *y, size_t indent, struct err *e)
{
    size_t n;
    while ((n = key_len(y))) {
        bool quoted = *y->at == '"' || *y->at == '\'';
        struct strbuf key = STRBUF_INIT;
        cJSON *value = NULL;
        strbuf_add(&key, y->at + quoted, n - 2 * quoted);
        advance(y, n + 1);
        int rc = read_below(&value, y, indent, true, e);
        if (rc == 0 && json_get(object, key.s)) {
            cJSON_Delete(value);
            rc = err_set(e, ERR_INPUT, "line %zu: '%s' stands twice in one mapping", y->line,
                         key.s);
        } else if (rc == 0) {
            cJSON_AddItemToObject(object, key.s, value);
        }
        strbuf_release(&key);
        if (rc < 0)
            return rc;
        if (!find_text(y) || y->column != indent)
            return 0;
    }
    return wrong(y, e, "'key: value' is wanted here");
}

/* y is at its text, which stands in column `indent`. */
static int read_node(cJSON **out, struct lines *y, size_t indent, struct err *e)
{
    bool list = begins_item(y);
    if (!list && !key_len(y))
        return read_scalar(out, y, indent ? indent - 1 : 0, e);
    if (++y->depth > MAX_NESTING)
        return wrong(y, e, "nested too deep");
    cJSON *made = list ? cJSON_CreateArray() : cJSON_CreateObject();
    int rc = list ? read_items(made, y, indent, e) : read_members(made, y, indent, e);
    y->depth--;
    if (rc < 0)
        cJSON_Delete(made);
    else
        *out = made;
    return rc;
}

static int yaml_open(struct reader *r, struct err *e)
{
    struct lines y = { .at = r->at, .end = r->end, .line = 1 };
    cJSON *tree = NULL;
    if (!find_text(&y) && y.at < y.end)
        next_line(&y); /* the "---" before the document */
    if (!find_text(&y))
        return err_set(e, ERR_INPUT, "there is nothing in it");
    if (read_node(&tree, &y, y.column, e) < 0)
        return e->code;
    if (find_text(&y)) {
        cJSON_Delete(tree);
        return wrong(&y, e, "the indentation fits nothing above");
    }
    reader_tree_open(r, tree);
    return 0;
}

const struct reader_type reader_yaml = {
    .name = "yaml",
    .about = "one YAML document without anchors, with a path to the rows in it",
    .size = sizeof(struct tree_reader),
    .is_tree = true,
    .open = yaml_open,
    .next = reader_tree_next,
    .close = reader_tree_close,
};
