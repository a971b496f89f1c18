#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "evaluator/engines/sandbox_run.h"

static int write_file(const struct sandbox_run *r, const struct sandbox_file *f,
                      struct arena *mem, struct err *e)
{
    char *path = arena_printf(mem, "%s/%s", r->folder, f->path);
    char *dir = arena_strdup(mem, path);
    *strrchr(dir, '/') = '\0';
    if (file_mkdirs(dir, e) < 0 || file_write_atomic(path, f->data, f->len, e) < 0)
        return e->code;
    if (f->executable && chmod(path, 0700) < 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    return 0;
}

static void put_env(struct words *w, const struct sandbox_run *r, const struct sandbox_job *job)
{
    const char *path = getenv("PATH");
    words_add(w, arena_printf(w->mem, "PATH=%s", path ? path : "/usr/local/bin:/usr/bin:/bin"));
    words_add(w, arena_printf(w->mem, "HOME=%s", r->folder));
    words_add(w, arena_printf(w->mem, "TMPDIR=%s", r->folder));
    words_add(w, "LC_ALL=C.UTF-8");
    for (const char *const *env = job->env; env && *env; env++)
        words_add(w, *env);
    words_add(w, NULL);
}

int unsafe_prepare(struct sandbox_spawn *out, struct sandbox_run *r,
                   const struct sandbox_job *job, struct arena *mem, struct err *e)
{
    const char *tmp = getenv("TMPDIR");
    struct words env = { .mem = mem };
    r->folder = xprintf("%s/evalrun-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(r->folder)) {
        err_set(e, ERR_IO, "%s: cannot make a folder for a program: %s", r->folder,
                strerror(errno));
        free(r->folder);
        r->folder = NULL;
        return e->code;
    }
    for (size_t i = 0; i < job->n_file; i++)
        if (write_file(r, &job->file[i], mem, e) < 0)
            return e->code;
    put_env(&env, r, job);
    out->argv = job->argv;
    out->env = env.word;
    out->folder = r->folder;
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info, (void)kind, (void)at;
    remove(path);
    return 0;
}

/* Folders that the program closed to itself are opened first. */
static int open_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info, (void)at;
    if (kind == FTW_D || kind == FTW_DNR)
        chmod(path, 0700);
    return 0;
}

void unsafe_release(struct sandbox_run *r)
{
    if (!r->folder)
        return;
    nftw(r->folder, open_one, 16, FTW_PHYS);
    nftw(r->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(r->folder);
    r->folder = NULL;
}
