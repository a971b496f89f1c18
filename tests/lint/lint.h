/*
 * lint: the rules of this tree that a machine can check, in one pass of a
 * second or two.
 *
 * lint.c lists the files and calls the checks; each check_*() is given one file
 * and calls lint_fail() for every violation. The tables that state the rules
 * (who may include whom, what is banned, how long is too long) stand at the
 * head of the file that uses them.
 *
 * To add a rule: 1 write it in the lint_*.c it belongs to, 2 call it from
 * check_file() in lint.c, 3 add a violation of it to selftest.sh, which fails
 * when a rule stops biting.
 *
 * Life cycle: source_load(), source_tokenize() for C, the checks,
 * source_release(). Tokens point into the text of their source.
 */
#ifndef EVALRUN_TESTS_LINT_LINT_H
#define EVALRUN_TESTS_LINT_LINT_H

#include <stdbool.h>
#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define PRINTF(n, m) __attribute__((format(printf, n, m)))

/* What the user asked for, and what was found so far. */
struct lint {
    const char *cc;
    char **include; /* extra -I folders, absolute; owned */
    size_t n_include;
    size_t n_file, n_function, n_header;
    size_t n_violation, n_warning;
};

enum kind {
    TOK_NAME,
    TOK_NUMBER,
    TOK_STRING, /* with its quotes */
    TOK_CHAR,   /* with its quotes */
    TOK_HEADER, /* what #include names, with its quotes or angle brackets */
    TOK_HASH,   /* the # that begins a directive */
    TOK_PUNCT   /* one character */
};

struct token {
    enum kind kind;
    const char *at;
    size_t len;
    int line;
    bool directive; /* stands in a preprocessor line */
};

struct source {
    const char *path; /* from the root; borrowed */
    char *text;       /* with a NUL after len bytes */
    size_t len;
    bool binary; /* holds a NUL byte */
    struct token *token;
    size_t n_token;
    int *example; /* lines that carry the marker comment for examples */
    size_t n_example;
};

/* A list of strings it owns. */
struct names {
    char **name;
    size_t n;
};

/* lint.c */
void lint_fail(struct lint *l, const char *path, int line, const char *fmt, ...)
    PRINTF(4, 5);
void lint_warn(struct lint *l, const char *path, int line, const char *fmt, ...)
    PRINTF(4, 5);
bool starts_with(const char *text, const char *prefix);
bool ends_with(const char *text, const char *suffix);

/* Makes room for one more than n; aborts when there is no memory. */
void *grow(void *array, size_t n, size_t size);

/* lint_source.c */

/* Returns 1 loaded, 0 not a regular file, < 0 error (errno). */
int source_load(struct source *out, const char *path);
void source_tokenize(struct source *s);
void source_release(struct source *s);
bool source_is_example(const struct source *s, int line);
bool token_is(const struct token *t, const char *text);

/* The number of the line that holds this place of the text. */
int source_line(const struct source *s, const char *at);

/* lint_files.c */
struct child {
    int pid;
    void *output; /* the FILE that collects what the child prints */
};

/* Sorted paths of what is below the current folder. */
int files_list(struct names *out);
void names_add(struct names *list, const char *name);
void names_release(struct names *list);

/* "folder/name"; the caller frees it. */
char *join_path(const char *folder, const char *name);

/* The wait returns the exit status (127: did not run) and all it printed. */
int child_start(struct child *out, const char *const *argv, bool with_errors);
int child_wait(struct child *c, char **output, size_t *len);

/* lint_text.c: any text file; code and scripts; C; files of tasks and data */
void check_text(struct lint *l, const struct source *s);
void check_code_lines(struct lint *l, const struct source *s);
void check_c_lines(struct lint *l, const struct source *s);
void check_data_file(struct lint *l, const struct source *s);

/* lint_include.c, lint_words.c, lint_shape.c: tokenized C */
void check_includes(struct lint *l, const struct source *s);
void check_words(struct lint *l, const struct source *s);
void check_shape(struct lint *l, const struct source *s);

/* lint_header.c */
void check_guard(struct lint *l, const struct source *s);
void check_headers_compile(struct lint *l, const struct names *headers);

#endif
