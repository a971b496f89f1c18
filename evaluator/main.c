/*
 * The program: global options, then the command's own function; one line for
 * an error, and the exit status of cmd.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/version.h"
#include "evaluator/cmd.h"
#include "evaluator/help.h"

static bool is_log(const char *arg)
{
    return !strncmp(arg, "--log", 5) && (!arg[5] || arg[5] == '=');
}

static bool is_global(const char *arg)
{
    return !strcmp(arg, "--help") || !strcmp(arg, "-h") ||
           !strcmp(arg, "--version") || is_log(arg);
}

/* Takes the options that every command has out of argv, wherever they stand
 * before a "--"; argv[0] stays. */
static int take_globals(struct global_options *out, int *argc, char **argv,
                        struct err *e)
{
    const struct opt *const tables[] = { global_opts, NULL };
    char **global = xcalloc((size_t)*argc, sizeof *global);
    int n_global = 0, n = 1, i = 1, rest;
    for (; i < *argc && strcmp(argv[i], "--") != 0; i++) {
        bool taken = is_global(argv[i]),
             value = taken && !strcmp(argv[i], "--log");
        if (taken)
            global[n_global++] = argv[i];
        else
            argv[n++] = argv[i];
        if (value && i + 1 < *argc && strcmp(argv[i + 1], "--") != 0)
            global[n_global++] = argv[++i];
    }
    while (i < *argc)
        argv[n++] = argv[i++];
    argv[n] = NULL;
    *argc = n;
    int rc = opt_parse(out, tables, n_global, global, &rest, e);
    free(global);
    return rc;
}

static void set_log_level(const char *name)
{
    static const char *const names[] = { "error", "warn", "info", "debug",
                                         "trace" };
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i]))
            log_set_level((enum log_level)i);
}

static int unknown_command(const char *word, struct err *e)
{
    const char *names[32];
    size_t n = 0;
    for (const struct cmd *c = cmds; c->name && n < 32; c++)
        names[n++] = c->name;
    const char *near = nearest_word(word, names, n);
    if (near)
        return err_set(e, ERR_USAGE,
                       "unknown command '%s' (did you mean '%s'?)", word, near);
    return err_set(e, ERR_USAGE,
                   "unknown command '%s'; `evalrun help` lists them", word);
}

static int help_for(const struct cmd *c, struct err *e)
{
    char word[] = "help", *argv[] = { word, c ? (char *)c->name : NULL, NULL };
    return cmd_help(c ? 2 : 1, argv, e);
}

static int dispatch(int argc, char **argv, struct err *e)
{
    struct global_options global = { 0 };
    if (take_globals(&global, &argc, argv, e) < 0)
        return e->code;
    set_log_level(global.log);
    const struct cmd *c = NULL;
    bool named = argc > 1 && argv[1][0] != '-';
    if (named && !(c = cmd_find(argv[1])))
        return unknown_command(argv[1], e);
    if (global.version) {
        printf("evalrun %s%s%s\nengine: %s\nbuild: %s\n", EVALRUN_VERSION,
               *EVALRUN_GIT ? " " : "", EVALRUN_GIT, EVALRUN_LLAMA_VERSION,
               EVALRUN_BUILD_FLAGS);
        return EXIT_DONE;
    }
    if (global.help || argc < 2)
        return help_for(c, e);
    return named ? c->run(argc - 1, argv + 1, e) : cmds[0].run(argc, argv, e);
}

/* One line, whatever a file or an argument brought into the text. */
static void print_error(const struct err *e)
{
    fputs("evalrun: ", stderr);
    for (const char *p = e->text; *p; p++)
        fputc((unsigned char)*p < 0x20 ? ' ' : *p, stderr);
    fputc('\n', stderr);
}

/* A closed standard stream's number would go to the next file that is opened,
 * and progress lines into a journal. Read only, so that writing still fails. */
static void hold_streams(void)
{
    int fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDONLY);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    hold_streams();
    struct err e = { 0 };
    int rc = argc > 0 ? dispatch(argc, argv, &e) : EXIT_USAGE;
    if ((fflush(stdout) != 0 || ferror(stdout)) && rc >= 0)
        rc = err_set(&e, ERR_IO, "standard output: %s", strerror(errno));
    if (rc >= 0)
        return rc;
    print_error(&e);
    return rc == ERR_USAGE ? EXIT_USAGE : EXIT_ERROR;
}
