/*
 * Rules about the shape of C at file scope: lengths of functions, and variables
 * that may change.
 *
 * One walk over the tokens keeps the depth of braces. Preprocessor lines are
 * passed over; at #else the walk returns to what it knew at #if, so branches
 * that share a brace do not confuse it.
 */
#include "tests/lint/lint.h"

#include <string.h>

enum { FUNCTION_WARN = 80, FUNCTION_MAX = 100, NESTING = 32, SPECIFIERS = 48 };

/*
 * Files that may keep state, and why. A path that ends in / stands for all
 * below it.
 */
struct exception {
    const char *path;
    const char *reason;
};

static const struct exception stateful[] = {
    { "base/log.c",
      "the log level and areas are the one setting the whole program shares" },
    { "base/progress.c",
      "the handler of a signal must clear the line, and is given no argument" },
    { "base/strbuf.c",
      "the empty string that a new strbuf shows; it is never written to" },
    { "evaluator/stop.c", "a handler can only set a sig_atomic_t at file scope" },
};

static const size_t none = (size_t)-1;

struct place {
    size_t start; /* first token of the declaration we are in, or none */
    int braces, parens;
    const struct token *function; /* its name, when we are in one, or NULL */
};

struct walk {
    struct lint *l;
    const struct source *s;
    struct place now;
    struct place at_if[NESTING];
    int depth;  /* of #if */
    bool tests; /* which may keep state inside a function */
};

static bool is(const struct walk *w, size_t i, const char *text)
{
    return i < w->s->n_token && token_is(&w->s->token[i], text);
}

static bool is_name(const struct walk *w, size_t i)
{
    return i < w->s->n_token && w->s->token[i].kind == TOK_NAME;
}

/* The index behind the bracket that closes the one at i. */
static size_t behind_group(const struct walk *w, size_t i)
{
    int depth = 0;
    for (; i < w->s->n_token; i++) {
        const struct token *t = &w->s->token[i];
        if (t->directive || t->kind != TOK_PUNCT)
            continue;
        if (strchr("([{", *t->at))
            depth++;
        else if (strchr(")]}", *t->at) && --depth == 0)
            return i + 1;
    }
    return i;
}

static bool is_attribute(const struct walk *w, size_t i)
{
    return is(w, i, "__attribute__") || is(w, i, "_Alignas") ||
           is(w, i, "_Atomic");
}

/*
 * The name of the function whose body opens at the brace, or NULL when the
 * brace is another.
 */
static const struct token *function_name(const struct walk *w, size_t brace)
{
    const struct token *name = NULL;
    for (size_t i = w->now.start; i < brace;) {
        const struct token *t = &w->s->token[i];
        if (t->directive) {
            i++;
        } else if (is_attribute(w, i) && is(w, i + 1, "(")) {
            i = behind_group(w, i + 1);
        } else if (is(w, i, "(")) {
            if (i > 0 && is_name(w, i - 1))
                name = t - 1;
            i = behind_group(w, i);
        } else {
            if (is(w, i, "="))
                return NULL;
            i++;
        }
    }
    return name;
}

static void end_function(struct walk *w, size_t end)
{
    const struct token *name = w->now.function,
                       *first = &w->s->token[w->now.start];
    int lines = w->s->token[end].line - first->line + 1;
    w->l->n_function++;
    if (lines > FUNCTION_MAX)
        lint_fail(w->l, w->s->path, first->line,
                  "function %.*s of %d lines, at most %d", (int)name->len,
                  name->at, lines, FUNCTION_MAX);
    else if (lines > FUNCTION_WARN)
        lint_warn(w->l, w->s->path, first->line,
                  "function %.*s of %d lines, better below %d", (int)name->len,
                  name->at, lines, FUNCTION_WARN);
}

/*
 * A declaration without attributes, array sizes and initializer; a braced body
 * is left as its opening brace, so that `struct { … } x` and `struct x` differ.
 */
struct declaration {
    size_t token[SPECIFIERS];
    size_t n;
};

static void read_declaration(const struct walk *w, size_t i,
                             struct declaration *out)
{
    out->n = 0;
    while (i < w->s->n_token && out->n < SPECIFIERS) {
        if (w->s->token[i].directive) {
            i++;
        } else if (is(w, i, ";") || is(w, i, "=") || is(w, i, ",")) {
            return;
        } else if (is_attribute(w, i) && is(w, i + 1, "(")) {
            i = behind_group(w, i + 1);
        } else if (is(w, i, "[")) {
            i = behind_group(w, i);
        } else {
            out->token[out->n++] = i;
            i = is(w, i, "{") ? behind_group(w, i) : i + 1;
        }
    }
}

static bool is_qualifier(const struct walk *w, size_t i)
{
    return is(w, i, "const") || is(w, i, "volatile") || is(w, i, "restrict");
}

/*
 * The index in d of the variable it declares, or none: a function, a type, a
 * macro. In a pointer to function the name is the last in the first
 * parentheses, behind a star.
 */
static size_t variable_of(const struct walk *w, const struct declaration *d)
{
    size_t end = d->n;
    for (size_t k = 0; k < d->n; k++) {
        if (is(w, d->token[k], "typedef") || is(w, d->token[k], "extern") ||
            is(w, d->token[k], "_Static_assert"))
            return none;
        if (!is(w, d->token[k], "("))
            continue;
        if (k + 1 >= d->n || !is(w, d->token[k + 1], "*"))
            return none;
        for (end = k + 1; end < d->n && !is(w, d->token[end], ")"); end++)
            if (is(w, d->token[end], "("))
                return none; /* a function that returns a pointer to function */
        break;
    }
    if (end < 2 || !is_name(w, d->token[end - 1]) ||
        is_qualifier(w, d->token[end - 1]))
        return none;
    size_t before = d->token[end - 2];
    if (is(w, before, "struct") || is(w, before, "union") ||
        is(w, before, "enum"))
        return none;
    return end - 1;
}

/* What is behind the last star is what the variable itself is. */
static bool is_constant(const struct walk *w, const struct declaration *d,
                        size_t variable)
{
    bool constant = false;
    for (size_t k = 0; k < variable; k++) {
        if (is(w, d->token[k], "*"))
            constant = false;
        else if (is(w, d->token[k], "const"))
            constant = true;
    }
    return constant;
}

static void check_variable(struct walk *w, size_t start)
{
    struct declaration d;
    read_declaration(w, start, &d);
    size_t variable = variable_of(w, &d);
    if (variable == none || is_constant(w, &d, variable))
        return;
    for (size_t i = 0; i < COUNT(stateful); i++) {
        const char *path = stateful[i].path;
        if (strcmp(path, w->s->path) == 0 ||
            (ends_with(path, "/") && starts_with(w->s->path, path)))
            return;
    }
    const struct token *name = &w->s->token[d.token[variable]];
    lint_fail(w->l, w->s->path, name->line,
              "variable %.*s outlives its function and is not const",
              (int)name->len, name->at);
}

static void step_directive(struct walk *w, size_t hash)
{
    if (is(w, hash + 1, "if") || is(w, hash + 1, "ifdef") ||
        is(w, hash + 1, "ifndef")) {
        if (w->depth < NESTING)
            w->at_if[w->depth] = w->now;
        w->depth++;
    } else if (is(w, hash + 1, "else") || is(w, hash + 1, "elif")) {
        if (w->depth > 0 && w->depth <= NESTING)
            w->now = w->at_if[w->depth - 1];
    } else if (is(w, hash + 1, "endif") && w->depth > 0) {
        w->depth--;
    }
}

static void open_brace(struct walk *w, size_t i)
{
    struct place *p = &w->now;
    if (p->braces == 0 && p->parens == 0) {
        if (is(w, p->start, "extern") && i == p->start + 2) {
            p->start = none; /* extern "C" is no scope */
            return;
        }
        p->function = function_name(w, i);
    }
    p->braces++;
}

static void close_brace(struct walk *w, size_t i)
{
    struct place *p = &w->now;
    if (p->braces == 0) { /* of extern "C" */
        p->start = none;
        return;
    }
    p->braces--;
    if (p->braces > 0 || !p->function)
        return;
    end_function(w, i);
    p->start = none;
    p->function = NULL;
}

static void step(struct walk *w, size_t i)
{
    struct place *p = &w->now;
    const struct token *t = &w->s->token[i];
    if (p->start == none)
        p->start = i;
    if (p->function && !w->tests && t->kind == TOK_NAME &&
        token_is(t, "static"))
        check_variable(w, i);
    if (t->kind != TOK_PUNCT)
        return;
    if (*t->at == '(' || *t->at == '[')
        p->parens++;
    else if (*t->at == ')' || *t->at == ']')
        p->parens--;
    else if (*t->at == '{')
        open_brace(w, i);
    else if (*t->at == '}')
        close_brace(w, i);
    else if (*t->at == ';' && p->braces == 0 && p->parens == 0) {
        check_variable(w, p->start);
        p->start = none;
    }
}

void check_shape(struct lint *l, const struct source *s)
{
    struct walk w = { .l = l, .s = s, .now.start = none };
    w.tests = starts_with(s->path, "tests/");
    for (size_t i = 0; i < s->n_token; i++) {
        if (s->token[i].kind == TOK_HASH)
            step_directive(&w, i);
        if (!s->token[i].directive)
            step(&w, i);
    }
}
