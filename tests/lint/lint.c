/*
 * The command: options, the list of files, which check is for which file, the
 * closing line.
 */
#include "tests/lint/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_CLEAN = 0, EXIT_VIOLATIONS = 1, EXIT_ERROR = 2, EXIT_USAGE = 3 };

static const char usage[] =
    "usage: lint ROOT [--cc CC] [--include DIR]...\n"
    "  --cc CC        the compiler that tries each header alone (cc)\n"
    "  --include DIR  a folder of generated or foreign headers, for that compiler\n";

/* Files whose lines are held to the rules of code, besides CMakeLists.txt. */
static const char *const code_suffixes[] = {
    ".c", ".h", ".sh", ".cmake", ".py", ".js", ".css", ".html", ".yml", ".yaml",
};

/* Folders whose JSON is read by the program and must be clean UTF-8. */
static const char *const data_folders[] = { "tasks/", "datasets/",
                                            "evaluator/models/" };

void lint_fail(struct lint *l, const char *path, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("%s:%d: ", path, line);
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
    l->n_violation++;
}

void lint_warn(struct lint *l, const char *path, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("%s:%d: warning: ", path, line);
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
    l->n_warning++;
}

void *grow(void *array, size_t n, size_t size)
{
    if (n != 0 && (n & (n - 1)) != 0) /* full only at powers of two */
        return array;
    void *larger = realloc(array, (n == 0 ? 1 : n * 2) * size);
    if (!larger)
        abort();
    return larger;
}

bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool ends_with(const char *text, const char *suffix)
{
    size_t len = strlen(text), n = strlen(suffix);
    return len >= n && strcmp(text + len - n, suffix) == 0;
}

static bool is_code(const char *path)
{
    for (size_t i = 0; i < COUNT(code_suffixes); i++)
        if (ends_with(path, code_suffixes[i]))
            return true;
    return ends_with(path, "CMakeLists.txt");
}

static bool is_c(const char *path)
{
    return ends_with(path, ".c") || ends_with(path, ".h");
}

static bool is_data(const char *path)
{
    if (!ends_with(path, ".json"))
        return false;
    for (size_t i = 0; i < COUNT(data_folders); i++)
        if (starts_with(path, data_folders[i]))
            return true;
    return false;
}

static void check_file(struct lint *l, struct source *s)
{
    if (is_data(s->path))
        check_data_file(l, s);
    if (s->binary) {
        if (is_code(s->path))
            lint_fail(l, s->path, 1, "NUL byte in a source file");
        return;
    }
    check_text(l, s);
    if (is_code(s->path))
        check_code_lines(l, s);
    if (!is_c(s->path))
        return;
    source_tokenize(s);
    check_c_lines(l, s);
    check_includes(l, s);
    check_words(l, s);
    check_shape(l, s);
    if (ends_with(s->path, ".h"))
        check_guard(l, s);
}

static int check_tree(struct lint *l)
{
    struct names files = { 0 }, headers = { 0 };
    int rc = files_list(&files);
    for (size_t i = 0; rc == 0 && i < files.n; i++) {
        struct source s;
        int loaded = source_load(&s, files.name[i]);
        if (loaded < 0) {
            perror(files.name[i]);
            rc = -1;
        }
        if (loaded <= 0)
            continue;
        check_file(l, &s);
        l->n_file++;
        if (ends_with(s.path, ".h"))
            names_add(&headers, s.path);
        source_release(&s);
    }
    if (rc == 0) {
        l->n_header = headers.n;
        check_headers_compile(l, &headers);
    }
    names_release(&headers);
    names_release(&files);
    return rc;
}

/* Keeps the folder as an absolute path, because we shall work from the root. */
static bool add_include(struct lint *l, const char *folder)
{
    char here[4096];
    if (access(folder, R_OK | X_OK) != 0 || !getcwd(here, sizeof here)) {
        perror(folder);
        return false;
    }
    l->include = grow(l->include, l->n_include, sizeof *l->include);
    l->include[l->n_include++] = join_path(folder[0] == '/' ? "" : here,
                                           folder);
    return true;
}

/* Returns the root, or NULL for a mistake in the command line. */
static const char *parse_options(struct lint *l, int argc, char **argv)
{
    const char *root = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--cc") == 0 && i + 1 < argc) {
            l->cc = argv[++i];
        } else if (strcmp(argv[i], "--include") == 0 && i + 1 < argc) {
            if (!add_include(l, argv[++i]))
                return NULL;
        } else if (argv[i][0] != '-' && !root) {
            root = argv[i];
        } else {
            fprintf(stderr, "lint: what is '%s'?\n", argv[i]);
            return NULL;
        }
    }
    return root;
}

int main(int argc, char **argv)
{
    struct lint l = { .cc = "cc" };
    int rc = EXIT_USAGE;
    const char *root = parse_options(&l, argc, argv);
    if (!root) {
        fputs(usage, stderr);
        goto done;
    }
    rc = EXIT_ERROR;
    if (chdir(root) != 0) {
        perror(root);
        goto done;
    }
    if (check_tree(&l) != 0)
        goto done;
    rc = l.n_violation > 0 ? EXIT_VIOLATIONS : EXIT_CLEAN;
    printf(
        "lint: %zu files, %zu headers, %zu functions checked; %zu violations, %zu warnings\n",
        l.n_file, l.n_header, l.n_function, l.n_violation, l.n_warning);
done:
    for (size_t i = 0; i < l.n_include; i++)
        free(l.include[i]);
    free(l.include);
    return rc;
}
