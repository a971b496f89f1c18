/*
 * A file in memory, and its tokens: comments are dropped, strings are one token
 * each.
 */
#include "tests/lint/lint.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int source_load(struct source *out, const char *path)
{
    struct stat st;
    *out = (struct source){ .path = path };
    if (lstat(path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? 0
                   : -1; /* listed by git, deleted since */
    if (!S_ISREG(st.st_mode))
        return 0;
    FILE *f = fopen(path, "rb");
    if (!f)
        return -1;
    out->text = malloc((size_t)st.st_size + 1);
    if (!out->text)
        abort();
    out->len = fread(out->text, 1, (size_t)st.st_size, f);
    out->text[out->len] = '\0';
    out->binary = memchr(out->text, '\0', out->len) != NULL;
    bool failed = ferror(f) != 0;
    fclose(f);
    if (failed)
        source_release(out);
    return failed ? -1 : 1;
}

void source_release(struct source *s)
{
    free(s->text);
    free(s->token);
    free(s->example);
    *s = (struct source){ 0 };
}

bool source_is_example(const struct source *s, int line)
{
    for (size_t i = 0; i < s->n_example; i++)
        if (s->example[i] == line)
            return true;
    return false;
}

int source_line(const struct source *s, const char *at)
{
    int line = 1;
    for (const char *p = s->text; p < at; p++)
        if (*p == '\n')
            line++;
    return line;
}

bool token_is(const struct token *t, const char *text)
{
    return strlen(text) == t->len && memcmp(t->at, text, t->len) == 0;
}

/* Where the tokenizer is. */
struct reader {
    struct source *s;
    const char *at;
    int line;
    bool directive; /* inside a preprocessor line */
    bool blank;     /* nothing but blanks on this line so far */
};

static void add_token(struct reader *r, enum kind kind, size_t len)
{
    struct source *s = r->s;
    s->token = grow(s->token, s->n_token, sizeof *s->token);
    s->token[s->n_token++] = (struct token){
        .kind = kind,
        .at = r->at,
        .len = len,
        .line = r->line,
        .directive = r->directive,
    };
    r->at += len;
    r->blank = false;
}

/* The marker is a block comment that says nothing but "example". */
static void note_example(struct reader *r, const char *body, size_t len)
{
    static const char marker[] = "example";
    while (len > 0 && *body == ' ')
        body++, len--;
    while (len > 0 && body[len - 1] == ' ')
        len--;
    if (len != sizeof marker - 1 || memcmp(body, marker, len) != 0)
        return;
    struct source *s = r->s;
    s->example = grow(s->example, s->n_example, sizeof *s->example);
    s->example[s->n_example++] = r->line;
}

/* The end of a // comment: a line that ends in a backslash goes on. */
static const char *line_end(const char *text)
{
    const char *end = text + strcspn(text, "\n");
    while (*end && end > text && end[-1] == '\\')
        end += 1 + strcspn(end + 1, "\n");
    return end;
}

static const char *block_end(const char *text)
{
    const char *end = strstr(text, "*/");
    return end ? end : text + strlen(text);
}

static bool skip_comment(struct reader *r)
{
    if (r->at[0] != '/' || (r->at[1] != '/' && r->at[1] != '*'))
        return false;
    bool block = r->at[1] == '*';
    const char *body = r->at + 2;
    const char *end = block ? block_end(body) : line_end(body);
    if (block)
        note_example(r, body, (size_t)(end - body));
    for (const char *p = body; p < end; p++)
        if (*p == '\n')
            r->line++;
    r->at = block && *end ? end + 2 : end;
    return true;
}

/*
 * A string or character constant; one that is never closed ends with its line.
 */
static size_t quoted_length(const char *text)
{
    const char *p = text + 1;
    while (*p && *p != *text && *p != '\n')
        p += p[0] == '\\' && p[1] ? 2 : 1;
    return (size_t)(p - text) + (*p == *text);
}

static size_t header_length(const char *text)
{
    size_t n = strcspn(text + 1, *text == '<' ? ">\n" : "\"\n") + 1;
    return n + (text[n] == '>' || text[n] == '"');
}

static bool after_include(const struct source *s)
{
    return s->n_token >= 2 && s->token[s->n_token - 2].kind == TOK_HASH &&
           token_is(&s->token[s->n_token - 1], "include");
}

static size_t word_length(const char *text, bool number)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_' ||
           (number && text[n] == '.'))
        n++;
    return n;
}

/* Blanks, ends of lines and joined lines; true when it took something. */
static bool skip_space(struct reader *r)
{
    if (r->at[0] == '\\' && r->at[1] == '\n') {
        r->at += 2;
        r->line++;
        return true;
    }
    if (r->at[0] == '\n') {
        r->at++;
        r->line++;
        r->directive = false;
        r->blank = true;
        return true;
    }
    if (!isspace((unsigned char)r->at[0]))
        return false;
    r->at++;
    return true;
}

static void read_token(struct reader *r)
{
    unsigned char c = (unsigned char)*r->at;
    if (c == '#' && r->blank) {
        r->directive = true;
        add_token(r, TOK_HASH, 1);
    } else if (r->directive && (c == '<' || c == '"') && after_include(r->s)) {
        add_token(r, TOK_HEADER, header_length(r->at));
    } else if (c == '"' || c == '\'') {
        size_t len = quoted_length(r->at);
        int joined = 0;
        for (size_t i = 0; i < len; i++)
            joined += r->at[i] == '\n';
        add_token(r, c == '"' ? TOK_STRING : TOK_CHAR, len);
        r->line += joined;
    } else if (isdigit(c)) {
        add_token(r, TOK_NUMBER, word_length(r->at, true));
    } else if (isalpha(c) || c == '_') {
        add_token(r, TOK_NAME, word_length(r->at, false));
    } else {
        add_token(r, TOK_PUNCT, 1);
    }
}

void source_tokenize(struct source *s)
{
    struct reader r = { .s = s, .at = s->text, .line = 1, .blank = true };
    while (*r.at)
        if (!skip_space(&r) && !skip_comment(&r))
            read_token(&r);
}
