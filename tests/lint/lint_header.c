/*
 * Rules about headers: the guard is named after the path, and each header
 * compiles alone.
 */
#include "tests/lint/lint.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS = 2 };

static void guard_name(const char *path, char *out, size_t size)
{
    snprintf(out, size, "EVALRUN_%s", path);
    for (char *p = out; *p; p++)
        *p = isalnum((unsigned char)*p) ? (char)toupper((unsigned char)*p)
                                        : '_';
}

/* Tokens i, i+1, i+2 are `# word name`. */
static bool is_directive(const struct source *s, size_t i, const char *word,
                         const char *name)
{
    return i + 2 < s->n_token && s->token[i].kind == TOK_HASH &&
           token_is(&s->token[i + 1], word) && token_is(&s->token[i + 2], name);
}

void check_guard(struct lint *l, const struct source *s)
{
    char guard[512];
    guard_name(s->path, guard, sizeof guard);
    int line = s->n_token > 0 ? s->token[0].line : 1;
    size_t n = s->n_token;
    if (!is_directive(s, 0, "ifndef", guard) ||
        !is_directive(s, 3, "define", guard))
        lint_fail(l, s->path, line,
                  "no guard: begin with #ifndef %s and #define it", guard);
    else if (s->token[n - 2].kind != TOK_HASH ||
             !token_is(&s->token[n - 1], "endif"))
        lint_fail(l, s->path, s->token[n - 1].line,
                  "code behind the #endif of the guard");
}

/*
 * The compiler is started once for every JOBS-th header; it takes them as
 * separate files.
 */
static int start_job(const struct lint *l, const struct names *headers,
                     size_t job, struct child *out)
{
    static const char *const fixed[] = {
        "-std=c11",
        "-D_POSIX_C_SOURCE=200809L",
        "-fsyntax-only",
        "-I.",
    };
    const size_t n_fixed = COUNT(fixed);
    size_t n = 0;
    const char **argv = calloc(n_fixed + 2 * l->n_include + headers->n + 4,
                               sizeof *argv);
    if (!argv)
        abort();
    argv[n++] = l->cc;
    for (size_t i = 0; i < n_fixed; i++)
        argv[n++] = fixed[i];
    for (size_t i = 0; i < l->n_include; i++) {
        argv[n++] = "-I";
        argv[n++] = l->include[i];
    }
    argv[n++] = "-x";
    argv[n++] = "c";
    for (size_t i = job; i < headers->n; i += JOBS)
        argv[n++] = headers->name[i];
    int rc = child_start(out, argv, true);
    free(argv);
    return rc;
}

static bool contains(const struct names *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->name[i], name) == 0)
            return true;
    return false;
}

/*
 * One line of the compiler; the same place is told once, however many headers
 * include it.
 */
static bool report_error(struct lint *l, const char *text, struct names *told)
{
    const char *error = strstr(text, "error: ");
    const char *colon = strchr(text, ':');
    if (!error || !colon || colon > error)
        return false;
    if (starts_with(text, "./"))
        text += 2;
    char path[1024], place[1100];
    int line = (int)strtol(colon + 1, NULL, 10);
    snprintf(path, sizeof path, "%.*s", (int)(colon - text), text);
    snprintf(place, sizeof place, "%s:%d", path, line);
    if (line == 0)
        return false;
    if (!contains(told, place))
        lint_fail(l, path, line, "does not compile alone: %s",
                  error + strlen("error: "));
    names_add(told, place);
    return true;
}

static void finish_job(struct lint *l, struct child *job, struct names *told)
{
    char *text;
    size_t len;
    bool explained = false;
    int status = child_wait(job, &text, &len);
    for (char *p = text; status != 0 && p < text + len;) {
        char *end = p + strcspn(p, "\n");
        char *next = *end ? end + 1 : end;
        *end = '\0';
        explained = report_error(l, p, told) || explained;
        p = next;
    }
    if (status != 0 && !explained) /* of the text, the first line is left */
        lint_fail(l, l->cc, 0,
                  "headers not compiled, the compiler's status is %d: %s",
                  status, text);
    free(text);
}

void check_headers_compile(struct lint *l, const struct names *headers)
{
    struct child jobs[JOBS];
    struct names told = { 0 };
    size_t n = 0;
    while (n < JOBS && n < headers->n &&
           start_job(l, headers, n, &jobs[n]) == 0)
        n++;
    for (size_t i = 0; i < n; i++)
        finish_job(l, &jobs[i], &told);
    if (n < JOBS && n < headers->n)
        lint_fail(l, l->cc, 0, "headers not compiled: no process to do it in");
    names_release(&told);
}
