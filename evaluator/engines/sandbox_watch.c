#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evaluator/engines/sandbox_run.h"

/* Processes that are looked at; a crowd is killed long before. */
enum { MAX_SEEN = 2048 };

struct family {
    pid_t pid[MAX_SEEN];
    size_t n;
    bool over;
};

/* A file of /proc, cut to the buffer; "" when it is gone. */
static void read_small(char *buf, size_t size, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);
    buf[n < 0 ? 0 : n] = '\0';
    if (fd >= 0)
        close(fd);
}

static void add_children(struct family *f, pid_t pid, const char *task)
{
    char path[96], text[16384];
    snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", (int)pid, task);
    read_small(text, sizeof text, path);
    for (char *p = text, *end = NULL;; p = end) {
        long child = strtol(p, &end, 10);
        if (end == p || child <= 0)
            return;
        if (f->n == MAX_SEEN) {
            f->over = true;
            return;
        }
        f->pid[f->n++] = (pid_t)child;
    }
}

/* The children of every thread of a process. */
static void add_all_children(struct family *f, pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *dir = opendir(path);
    const struct dirent *entry = NULL;
    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            add_children(f, pid, entry->d_name);
    if (dir)
        closedir(dir);
}

static void collect(struct family *f, pid_t root)
{
    f->pid[f->n++] = root;
    for (size_t i = 0; i < f->n; i++)
        add_all_children(f, f->pid[i]);
}

static size_t field(const char *status, const char *name)
{
    const char *at = strstr(status, name);
    return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

/* What lies in its /tmp. Each file costs the kernel memory that no size tells. */
static void measure_tmp(struct sandbox_usage *out, pid_t pid)
{
    char path[64];
    struct statvfs fs;
    snprintf(path, sizeof path, "/proc/%d/root/tmp", (int)pid);
    if (statvfs(path, &fs) < 0)
        return;
    out->files = fs.f_files - fs.f_ffree;
    out->tmp_kb = (fs.f_blocks - fs.f_bfree) * fs.f_frsize / 1024;
}

/* Memory that is this process's own or shared without a file: what a limit of
 * the address space does not see, because it counts promises. */
void sandbox_usage(struct sandbox_usage *out, pid_t root)
{
    struct family f;
    f.n = 0;
    f.over = false;
    collect(&f, root);
    *out = (struct sandbox_usage){ .over = f.over };
    for (size_t i = 0; i < f.n; i++) {
        char path[64], status[4096];
        snprintf(path, sizeof path, "/proc/%d/status", (int)f.pid[i]);
        read_small(status, sizeof status, path);
        out->memory_kb += field(status, "\nRssAnon:") + field(status, "\nRssShmem:") +
                          field(status, "\nVmSwap:");
        out->tasks += field(status, "\nThreads:");
        if (i > 0 && !out->files)
            measure_tmp(out, f.pid[i]);
    }
}

void sandbox_kill_tree(pid_t root)
{
    struct family f;
    f.n = 0;
    f.over = false;
    collect(&f, root);
    for (size_t i = 0; i < f.n; i++)
        kill(f.pid[i], SIGKILL);
}

static bool is_known(const struct sandbox *s, pid_t pid)
{
    for (size_t i = 0; i < s->n_run; i++)
        if (s->run[i]->init == pid || (s->run[i]->monitor == pid && !s->run[i]->monitor_dead))
            return true;
    return false;
}

/* A job begins a session, so that children which others made are told apart. */
void sandbox_kill_strays(const struct sandbox *s)
{
    for (size_t n = 1, round = 0; n && round < MAX_SEEN; round++) {
        struct family f;
        f.n = n = 0;
        f.over = false;
        add_all_children(&f, getpid());
        for (size_t i = 0; i < f.n; i++)
            if (!is_known(s, f.pid[i]) && getsid(f.pid[i]) != getsid(0)) {
                sandbox_kill_tree(f.pid[i]);
                waitpid(f.pid[i], NULL, 0);
                n++;
            }
    }
}
