#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evaluator/engines/sandbox_run.h"

void words_add(struct words *w, const char *word)
{
    if (w->n == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 64;
        const char **more = arena_array(w->mem, cap, sizeof *more);
        if (w->n)
            memcpy(more, w->word, w->n * sizeof *more);
        w->word = more;
        w->cap = cap;
    }
    w->word[w->n++] = word;
}

static void add(struct words *w, const char *a, const char *b, const char *c)
{
    const char *all[] = { a, b, c };
    for (size_t i = 0; i < 3 && all[i]; i++)
        words_add(w, all[i]);
}

/* Own namespaces of every kind, nobody's rights, death with us, an environment of
 * four (bubblewrap itself is begun with none), /usr to read, the harmless devices.
 * Shared memory lies in /tmp, where its size is limited. */
static const char *const isolation[] = {
    "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
    "--unshare-cgroup-try", "--hostname", "sandbox", "--uid", "65534", "--gid", "65534",
    "--die-with-parent", "--new-session", "--cap-drop", "ALL",
    "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin",
    "--setenv", "HOME", "/tmp",
    "--setenv", "TMPDIR", "/tmp",
    "--setenv", "LC_ALL", "C.UTF-8",
    "--ro-bind", "/usr", "/usr",
    "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache",
    "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
    "--dev-bind", "/dev/null", "/dev/null",
    "--dev-bind", "/dev/zero", "/dev/zero",
    "--dev-bind", "/dev/full", "/dev/full",
    "--dev-bind", "/dev/random", "/dev/random",
    "--dev-bind", "/dev/urandom", "/dev/urandom",
    "--symlink", "/proc/self/fd", "/dev/fd",
    "--symlink", "/proc/self/fd/0", "/dev/stdin",
    "--symlink", "/proc/self/fd/1", "/dev/stdout",
    "--symlink", "/proc/self/fd/2", "/dev/stderr",
    "--symlink", "/tmp", "/dev/shm",
};

/* Where programs and libraries are found besides /usr: as this system has it,
 * links into /usr or folders of their own. */
static void bind_system(struct words *w)
{
    static const char *const folders[] = { "/bin",   "/sbin",  "/lib",
                                           "/lib32", "/lib64", "/libx32" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char target[256];
        ssize_t n = readlink(folders[i], target, sizeof target - 1);
        if (n > 0)
            add(w, "--symlink", arena_strndup(w->mem, target, (size_t)n), folders[i]);
        else
            add(w, "--ro-bind-try", folders[i], folders[i]);
    }
}

static void put_files(struct words *w, const struct sandbox *s, const struct sandbox_job *job)
{
    for (size_t i = 0; i < job->n_file; i++) {
        const struct sandbox_file *f = &job->file[i];
        if (s->sizes)
            add(w, "--perms", f->executable ? "0755" : "0644", NULL);
        add(w, "--file", arena_printf(w->mem, "%zu", FD_FILE + i),
            arena_printf(w->mem, "/tmp/%s", f->path));
    }
}

/* The program; before it, where bubblewrap is old, what makes files executable. */
static void put_argv(struct words *w, const struct sandbox *s, const struct sandbox_job *job)
{
    size_t n = 0;
    for (size_t i = 0; i < job->n_file; i++)
        n += job->file[i].executable;
    if (n && !s->sizes) {
        add(w, "sh", "-c", "n=$1; shift; while [ $n -gt 0 ]; do chmod 755 \"$1\"; shift; "
                           "n=$((n-1)); done; exec \"$@\"");
        add(w, "sh", arena_printf(w->mem, "%zu", n), NULL);
        for (size_t i = 0; i < job->n_file; i++)
            if (job->file[i].executable)
                words_add(w, job->file[i].path);
    }
    for (size_t i = 0; job->argv[i]; i++)
        words_add(w, job->argv[i]);
}

static void put_env(struct words *w, const char *const *env)
{
    for (; env && *env; env++) {
        const char *equals = strchr(*env, '=');
        if (equals)
            add(w, "--setenv", arena_strndup(w->mem, *env, (size_t)(equals - *env)), equals + 1);
    }
}

void bwrap_command(struct words *w, const struct sandbox *s, const struct sandbox_job *job,
                   const struct sandbox_limits *limits)
{
    words_add(w, s->program);
    for (size_t i = 0; i < sizeof isolation / sizeof *isolation; i++)
        words_add(w, isolation[i]);
    bind_system(w);
    if (s->proc)
        add(w, "--proc", "/proc", NULL);
    for (size_t i = 0; i < job->n_bind; i++)
        add(w, "--ro-bind", job->bind[i].from,
            job->bind[i].to ? job->bind[i].to : job->bind[i].from);
    if (s->sizes)
        add(w, "--size", arena_printf(w->mem, "%llu", limits->tmp_mb * 1048576ULL), NULL);
    add(w, "--tmpfs", "/tmp", NULL);
    put_files(w, s, job);
    add(w, "--remount-ro", "/", NULL);
    put_env(w, job->env);
    add(w, "--chdir", "/tmp", NULL);
    add(w, "--json-status-fd", arena_printf(w->mem, "%d", FD_STATUS), NULL);
    add(w, "--seccomp", arena_printf(w->mem, "%d", FD_FILTER), NULL);
    words_add(w, "--");
    put_argv(w, s, job);
    words_add(w, NULL);
}
