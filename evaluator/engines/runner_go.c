/*
 * Go: one package of the solution, the tests and a main function that runs them and
 * then says the word. What programs may import is compiled once for each version of
 * Go, in a sandbox, and kept in the cache: it takes longer than all else together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/dirs.h"
#include "base/file.h"
#include "base/hash.h"
#include "evaluator/engines/runner_build.h"
#include "evaluator/engines/runner_files.h"

enum { STD_LIMIT = 512 << 20, NAME = 128 };

/* ---- imports: those that the solution uses, whatever it names */

/* What CodeGeeX adds where a program lacks it. */
static const char *const usual[] = { "math", "strings", "fmt", "strconv", "time", "bytes",
                                     "regexp", "sort", "math/rand", "crypto/md5" };

static bool is_used(const char *code, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t len = strlen(name);
    for (const char *p = code; (p = strstr(p, name)); p += len) {
        char before = p == code ? ' ' : p[-1];
        bool word = before == '_' || before == '.' || (before >= '0' && before <= '9') ||
                    (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z');
        if (p[len] == '.' && !word)
            return true;
    }
    return false;
}

static bool has_line(const char *text, const char *line)
{
    return strstr(text, line) != NULL;
}

static void put_import(struct strbuf *out, const char *code, const char *path, size_t len)
{
    char line[NAME + 16], name[NAME];
    if (!len || len >= NAME)
        return;
    memcpy(name, path, len);
    name[len] = '\0';
    snprintf(line, sizeof line, "import \"%s\"\n", name);
    if (is_used(code, name) && !has_line(out->s, line))
        strbuf_puts(out, line);
}

/* The solution's lines without its package and imports, which go to `named`, each
 * in its quotes. */
static void part(struct strbuf *code, struct strbuf *named, const char *solution)
{
    bool in_list = false;
    while (*solution) {
        size_t len = strcspn(solution, "\n");
        size_t blank = strspn(solution, " \t");
        bool import = !in_list && !strncmp(solution, "import ", 7);
        if (in_list || import)
            strbuf_add(named, solution, len);
        else if (strncmp(solution, "package ", 8) != 0)
            strbuf_add(code, solution, len);
        if (import)
            in_list = memchr(solution, '(', len) && !memchr(solution, ')', len);
        else if (in_list)
            in_list = solution[blank] != ')';
        strbuf_putc(code, '\n');
        solution += len + (solution[len] == '\n');
    }
}

static void put_solution(struct strbuf *out, const char *solution)
{
    struct strbuf code = STRBUF_INIT, named = STRBUF_INIT;
    part(&code, &named, solution);
    strbuf_puts(out, "package main\n");
    for (const char *p = named.s; (p = strchr(p, '"'));) {
        size_t len = strcspn(p + 1, "\"");
        put_import(out, code.s, p + 1, len);
        p += 1 + len + (p[1 + len] == '"');
    }
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        put_import(out, code.s, usual[i], strlen(usual[i]));
    strbuf_puts(out, code.s);
    strbuf_release(&code);
    strbuf_release(&named);
}

/* ---- the main function */

static void put_main(struct strbuf *out, const char *test, const char *token)
{
    static const char head[] = "func Test";
    strbuf_puts(out, "package main\n"
                     "import (\n\t\"os\"\n\t\"testing\"\n\t\"testing/internal/testdeps\"\n)\n"
                     "func main() {\n"
                     "\ttests := []testing.InternalTest{\n");
    for (const char *p = test; (p = strstr(p, head)); p++) {
        int len = (int)strcspn(p + 5, "( \t\n");
        strbuf_printf(out, "\t\t{\"%.*s\", %.*s},\n", len, p + 5, len, p + 5);
    }
    strbuf_puts(out, "\t}\n"
                     "\tdeps := testdeps.TestDeps{}\n"
                     "\tstatus := testing.MainStart(deps, tests, nil, nil, nil).Run()\n"
                     "\tif status != 0 {\n"
                     "\t\tos.Stderr.WriteString(\"evalrun: a test failed\\n\")\n"
                     "\t\tos.Exit(status)\n\t}\n"
                     "\tword := []byte{");
    for (size_t i = 0; token[i]; i++)
        strbuf_printf(out, "%d,", (unsigned char)token[i] ^ (int)(i + 1));
    strbuf_puts(out, "}\n"
                     "\tfor i := range word {\n\t\tword[i] ^= byte(i + 1)\n\t}\n"
                     "\tos.NewFile(5, \"\").Write(word)\n"
                     "\tos.Exit(0)\n}\n");
}

/* ---- what is compiled once */

/* Its place: the name has what makes another of it. */
static int std_path(char **out, const char *go, struct err *e)
{
    struct arena mem = { 0 };
    struct stat st = { 0 };
    const char *cache;
    if (dirs_cache(&cache, &mem, e) < 0 || file_mkdirs(cache, e) < 0) {
        arena_release(&mem);
        return e->code;
    }
    stat(go, &st);
    char hex[SHA256_HEX];
    const char *key = arena_printf(&mem, "%s %lld %lld %s%s", go, (long long)st.st_size,
                                   (long long)st.st_mtime, runner_go_prepare, runner_go_assert);
    sha256_text(hex, key, strlen(key));
    *out = xprintf("%s/go-std-%.16s.tar", cache, hex);
    arena_release(&mem);
    return 0;
}

static int build(struct runner *r, const char *go, const struct strbuf *std, struct err *e)
{
    struct strbuf solution = STRBUF_INIT, main = STRBUF_INIT;
    put_solution(&solution, r->solution);
    put_main(&main, r->exec->test, r->token);
    const struct runner_build b = {
        .script = runner_go_build,
        .argument = go,
        .file = { { "std.tar", std->s, std->len },
                  { "solution.go", solution.s, solution.len },
                  { "tests.go", r->exec->test, strlen(r->exec->test) },
                  { "main.go", main.s, main.len } },
        .address_mb = 65536,
    };
    int code = runner_build(r, &b, e);
    strbuf_release(&solution);
    strbuf_release(&main);
    return code;
}

static int prepare(struct runner *r, const char *go, struct err *e)
{
    const struct runner_build b = {
        .script = runner_go_prepare,
        .argument = go,
        .file = { { "assert.go", runner_go_assert, strlen(runner_go_assert) } },
        .address_mb = 65536,
    };
    r->prepares = true;
    return runner_build(r, &b, e);
}

static int begin(struct runner *r, struct err *e)
{
    const char *go = runner_command("go", &r->mem);
    struct strbuf std = STRBUF_INIT;
    char *path = NULL;
    if (runner_token(r, e) < 0 || std_path(&path, go, e) < 0)
        return e->code;
    struct stat st;
    int code;
    if (stat(path, &st) < 0)
        code = prepare(r, go, e);
    else if ((code = file_read(&std, path, STD_LIMIT, e)) == 0)
        code = build(r, go, &std, e);
    strbuf_release(&std);
    free(path);
    return code;
}

/* Keeps what was compiled, and goes on with it. */
static int end_prepare(struct runner *r, struct err *e)
{
    const struct sandbox_result *made = sandbox_result(r->run[0]);
    const char *go = runner_command("go", &r->mem);
    struct strbuf std = STRBUF_INIT;
    char *path = NULL;
    if (runner_check(made, e) < 0)
        return e->code;
    if (!made)
        return 0;
    if (runner_ending(made) || !made->report.len)
        return err_set(e, ERR_ENGINE, "its packages cannot be compiled here: %.300s",
                       made->err.s);
    strbuf_add(&std, made->report.s, made->report.len);
    sandbox_end(r->run[0]);
    r->run[0] = NULL;
    r->prepares = false;
    int code = std_path(&path, go, e);
    if (code == 0)
        code = file_write_atomic(path, std.s, std.len, e);
    if (code == 0)
        code = build(r, go, &std, e);
    strbuf_release(&std);
    free(path);
    return code;
}

static int step(struct runner *r, struct err *e)
{
    return r->prepares ? end_prepare(r, e) : runner_build_step(r, e);
}

static const struct runner_program program = {
    .argv = (const char *const[]){ "./program", NULL },
    .wrong = "evalrun: a test failed",
    .start_s = 0.5,
    .address_mb = 65536,
    .processes = 128,
};

const struct runner_type runner_go = {
    .language = "go",
    .command = (const char *const[]){ "go", NULL },
    .version = "version",
    .missing = "no 'go' command in /usr; apt install golang-go",
    .program = &program,
    .begin = begin,
    .step = step,
};
