/*
 * The list of files, from git or from the folders themselves, and the child
 * processes.
 */
#include "tests/lint/lint.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void names_add(struct names *list, const char *name)
{
    list->name = grow(list->name, list->n, sizeof *list->name);
    list->name[list->n] = strdup(name);
    if (!list->name[list->n++])
        abort();
}

void names_release(struct names *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->name[i]);
    free(list->name);
    *list = (struct names){ 0 };
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts, and drops repetitions: git names a file in conflict several times. */
static void names_sort(struct names *list)
{
    if (list->n == 0)
        return;
    qsort(list->name, list->n, sizeof *list->name, compare_names);
    size_t kept = 1;
    for (size_t i = 1; i < list->n; i++) {
        if (strcmp(list->name[i], list->name[kept - 1]) == 0)
            free(list->name[i]);
        else
            list->name[kept++] = list->name[i];
    }
    list->n = kept;
}

int child_start(struct child *out, const char *const *argv, bool with_errors)
{
    FILE *output = tmpfile();
    if (!output)
        return -1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) {
        fclose(output);
        return -1;
    }
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, STDIN_FILENO);
        dup2(fileno(output), STDOUT_FILENO);
        dup2(with_errors ? fileno(output) : null, STDERR_FILENO);
        setenv("LC_ALL", "C", 1);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    *out = (struct child){ .pid = (int)pid, .output = output };
    return 0;
}

int child_wait(struct child *c, char **output, size_t *len)
{
    int status = 0;
    waitpid((pid_t)c->pid, &status, 0);
    FILE *f = c->output;
    long size = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : 0;
    rewind(f);
    *output = malloc((size_t)(size > 0 ? size : 0) + 1);
    if (!*output)
        abort();
    *len = size > 0 ? fread(*output, 1, (size_t)size, f) : 0;
    (*output)[*len] = '\0';
    fclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

/*
 * Tracked and new files, not the ignored ones. False when this is no checkout,
 * or has no git.
 */
static bool list_by_git(struct names *out)
{
    static const char *const argv[] = {
        "git", "ls-files", "-z", "-co", "--exclude-standard", NULL,
    };
    struct child git;
    char *text;
    size_t len;
    if (child_start(&git, argv, false) != 0)
        return false;
    int status = child_wait(&git, &text, &len);
    if (status == 0)
        for (size_t at = 0; at < len; at += strlen(text + at) + 1)
            names_add(out, text + at);
    free(text);
    return status == 0 && out->n > 0;
}

char *join_path(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (!path)
        abort();
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static bool is_build_tree(const char *folder)
{
    char *path = join_path(folder, "CMakeCache.txt");
    bool found = access(path, F_OK) == 0;
    free(path);
    return found;
}

static int walk(struct names *out, const char *folder)
{
    static const char *const passed_over[] = { ".", "..", ".git" };
    DIR *dir = opendir(folder);
    int rc = 0;
    if (!dir) {
        perror(folder);
        return -1;
    }
    for (struct dirent *d; rc == 0 && (d = readdir(dir));) {
        struct stat st;
        bool pass = false;
        for (size_t i = 0; i < COUNT(passed_over); i++)
            pass = pass || strcmp(d->d_name, passed_over[i]) == 0;
        char *path = join_path(folder, d->d_name);
        if (pass || lstat(path, &st) != 0)
            rc = 0; /* nothing of ours, or gone */
        else if (S_ISREG(st.st_mode))
            names_add(out, path + 2); /* without the leading dot and slash */
        else if (S_ISDIR(st.st_mode) && !is_build_tree(path))
            rc = walk(out, path);
        free(path);
    }
    closedir(dir);
    return rc;
}

int files_list(struct names *out)
{
    int rc = 0;
    if (!list_by_git(out)) {
        names_release(out);
        fputs("lint: no git checkout here, checking every file below\n",
              stderr);
        rc = walk(out, ".");
    }
    names_sort(out);
    return rc;
}
