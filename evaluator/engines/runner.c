#define _GNU_SOURCE
#include "evaluator/engines/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/utf8.h"
#include "evaluator/engines/runner_type.h"

extern char **environ;

static const struct runner_type *const types[] = { &runner_python, &runner_javascript, &runner_cpp,
                                                 &runner_java, &runner_go };

static const struct runner_type *type_find(const char *language)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(types[i]->language, language))
            return types[i];
    return NULL;
}

const char *runner_command(const char *name, struct arena *mem)
{
    static const char *const folders[] = { "/usr/local/bin", "/usr/bin", "/bin",
                                           "/usr/local/go/bin" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const char *path = arena_printf(mem, "%s/%s", folders[i], name);
        if (access(path, X_OK) == 0)
            return path;
    }
    return NULL;
}

static bool installed(const struct runner_type *type)
{
    struct arena mem = { 0 };
    bool all = true;
    for (size_t i = 0; type->command[i] && all; i++)
        all = runner_command(type->command[i], &mem) != NULL;
    arena_release(&mem);
    return all;
}

bool sandbox_language(const char *language, const char **why)
{
    const struct runner_type *type = type_find(language);
    const char *reason = !type             ? "no runner for this language"
                         : !installed(type) ? type->missing
                                            : NULL;
    if (why)
        *why = reason;
    return !reason;
}

int runner_new(struct runner **out, struct sandbox *s, const struct exec *x,
               const char *solution, struct err *e)
{
    const struct runner_type *type = type_find(x->language);
    if (!type)
        return err_set(e, ERR_INPUT, "'%s' programs cannot be run: no runner for this language",
                       x->language);
    struct runner *r = xcalloc(1, sizeof *r);
    *r = (struct runner){ .type = type, .sandbox = s, .exec = x, .solution = solution };
    strbuf_init(&r->said, 0);
    if (type->begin(r, e) < 0) {
        runner_free(r);
        return err_in(e, "%s", x->language);
    }
    *out = r;
    return 0;
}

int runner_step(struct runner *r, struct out *out, struct arena *mem, struct err *e)
{
    int got = r->type->step(r, e);
    if (got < 0)
        return err_in(e, "%s", r->exec->language);
    if (got == 0)
        return 0;
    struct strbuf text = STRBUF_INIT;
    utf8_repair(&text, r->said.s, r->said.len);
    *out = (struct out){ .text = arena_strndup(mem, text.s, text.len),
                         .fault = r->fault, .status = r->status };
    strbuf_release(&text);
    return got;
}

void runner_free(struct runner *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < RUNNER_RUNS; i++)
        sandbox_end(r->run[i]);
    strbuf_release(&r->said);
    arena_release(&r->mem);
    free(r);
}

int runner_check(const struct sandbox_result *result, struct err *e)
{
    if (result && result->end == SANDBOX_BROKEN)
        return err_set(e, ERR_ENGINE, "%s", result->why);
    return 0;
}

const char *runner_ending(const struct sandbox_result *result)
{
    static const char *const faults[] = {
        [SANDBOX_TIMEOUT] = "timeout", [SANDBOX_MEMORY] = "memory", [SANDBOX_OUTPUT] = "output"
    };
    if (result->end != SANDBOX_EXITED)
        return faults[result->end];
    return result->status ? "error" : NULL;
}

void runner_hear(struct runner *r, const struct sandbox_result *result)
{
    enum { END = 2000 };
    const struct strbuf *heard[] = { &result->out, &result->err };
    for (size_t i = 0; i < 2; i++) {
        size_t n = heard[i]->len < END ? heard[i]->len : END;
        if (n && r->said.len)
            strbuf_putc(&r->said, '\n');
        strbuf_add(&r->said, heard[i]->s + heard[i]->len - n, n);
    }
}

/* The first line that a command of ours prints; "" where it prints none. */
static void ask_version(char *line, size_t size, const char *path, const char *argument)
{
    int ends[2];
    pid_t pid = -1;
    posix_spawn_file_actions_t actions;
    char *const argv[] = { (char *)path, (char *)argument, NULL };
    *line = '\0';
    if (pipe2(ends, O_CLOEXEC) < 0)
        return;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    if (posix_spawn(&pid, path, &actions, NULL, argv, environ) != 0)
        pid = -1;
    close(ends[1]);
    ssize_t n = pid < 0 ? 0 : read(ends[0], line, size - 1);
    line[n > 0 ? n : 0] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    close(ends[0]);
    posix_spawn_file_actions_destroy(&actions);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

void runner_describe(struct json_writer *w)
{
    struct arena mem = { 0 };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char line[256];
        if (!installed(types[i]))
            continue;
        ask_version(line, sizeof line, runner_command(types[i]->command[0], &mem),
                    types[i]->version);
        json_put_text(w, types[i]->language, line);
    }
    arena_release(&mem);
}
