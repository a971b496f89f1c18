#include "evaluator/engines/filehash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

/* What identifies the file without reading it. The time its entry changed is
 * there for tools that set the modification time back (cp -p, rsync, tar). */
struct stamp {
    char *path; /* absolute; heap */
    char size[24], time[96];
    bool settled; /* a change after this one would get another time */
};

enum { TICK_S = 2 }; /* the coarsest clock of a file system */

static char *absolute(const char *path)
{
    char here[4096];
    if (path[0] == '/' || !getcwd(here, sizeof here))
        return xstrdup(path);
    return xprintf("%s/%s", here, path);
}

static int stamp_read(struct stamp *s, const char *path, struct err *e)
{
    struct stat st;
    *s = (struct stamp){ 0 };
    if (stat(path, &st) < 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    s->path = absolute(path);
    snprintf(s->size, sizeof s->size, "%lld", (long long)st.st_size);
    snprintf(s->time, sizeof s->time, "%lld.%09ld %lld.%09ld", (long long)st.st_mtim.tv_sec,
             (long)st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec, (long)st.st_ctim.tv_nsec);
    s->settled = time(NULL) - st.st_ctim.tv_sec > TICK_S;
    return 0;
}

static bool lookup(char hex[SHA256_HEX], const char *entry, const struct stamp *s)
{
    struct err ignored = { 0 };
    cJSON *doc = NULL;
    if (!file_exists(entry) || json_read_file(&doc, entry, 1 << 16, &ignored) < 0)
        return false;
    const char *sha = json_text(doc, "sha256", "");
    bool hit = strcmp(json_text(doc, "path", ""), s->path) == 0 &&
               strcmp(json_text(doc, "size", ""), s->size) == 0 &&
               strcmp(json_text(doc, "mtime", ""), s->time) == 0 && strlen(sha) == SHA256_HEX - 1;
    if (hit)
        memcpy(hex, sha, SHA256_HEX);
    cJSON_Delete(doc);
    return hit;
}

static void remember(const char *dir, const char *entry, const struct stamp *s, const char *hex)
{
    struct err failed = { 0 };
    struct strbuf b = STRBUF_INIT;
    struct json_writer w = { .out = &b };
    json_open(&w, NULL, '{');
    json_put_text(&w, "path", s->path);
    json_put_text(&w, "size", s->size);
    json_put_text(&w, "mtime", s->time);
    json_put_text(&w, "sha256", hex);
    json_close(&w, '}');
    if (file_mkdirs(dir, &failed) < 0 || file_write_atomic(entry, b.s, b.len, &failed) < 0)
        log_debug("engine", "the file's hash is not cached: %s", failed.text);
    strbuf_release(&b);
}

int filehash(char hex[SHA256_HEX], const char *path, const char *cache, struct err *e)
{
    if (!cache)
        return sha256_file(hex, path, e);
    struct stamp s;
    if (stamp_read(&s, path, e) < 0)
        return e->code;
    char key[SHA256_HEX];
    sha256_text(key, s.path, strlen(s.path));
    char *dir = xprintf("%s/hashes", cache);
    char *entry = xprintf("%s/%.32s.json", dir, key);
    int rc = 0;
    if (!lookup(hex, entry, &s)) {
        rc = sha256_file(hex, path, e);
        if (rc == 0 && s.settled)
            remember(dir, entry, &s, hex);
    }
    free(entry);
    free(dir);
    free(s.path);
    return rc;
}
