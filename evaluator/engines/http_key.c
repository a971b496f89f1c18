#include "evaluator/engines/http_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"

/* Through volatile, so that no compiler leaves it out. */
static void wipe(char *text, size_t len)
{
    for (volatile char *p = text; len; len--)
        *p++ = 0;
}

static int check_file(int fd, const char *path, struct err *e)
{
    struct stat s;
    if (fstat(fd, &s) < 0)
        return err_set(e, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(s.st_mode))
        return err_set(e, ERR_USAGE, "%s: the key file must be a regular file", path);
    if (s.st_mode & (S_IRWXG | S_IRWXO))
        return err_set(e, ERR_USAGE, "%s: others can read the key file; chmod 600 it", path);
    return 0;
}

/* The first line, without blanks around it. */
static int read_file(char **out, const char *path, struct err *e)
{
    char text[KEY_LIMIT + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: the key file cannot be opened: %s", path,
                       strerror(errno));
    ssize_t n = -1;
    int rc = check_file(fd, path, e);
    if (rc == 0 && (n = read(fd, text, KEY_LIMIT)) < 0)
        rc = err_set(e, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    close(fd);
    if (rc < 0)
        return rc;
    text[n] = '\0';
    char *s = text + strspn(text, " \t");
    s[strcspn(s, " \t\r\n")] = '\0';
    if (!*s)
        return err_set(e, ERR_USAGE, "%s: the key file's first line is empty", path);
    *out = xstrdup(s);
    wipe(text, sizeof text);
    return 0;
}

/* A header must not be smuggled in by a line feed. */
static int check_key(const char *key, const char *from, struct err *e)
{
    size_t n = 0;
    while (key[n] > ' ' && key[n] < 0x7F)
        n++;
    if (key[n] || n >= KEY_LIMIT)
        return err_set(e, ERR_USAGE, "the key from %s is no key: it holds blanks, control "
                                     "characters or letters beyond ASCII, or is too long", from);
    return 0;
}

static int check_way(const struct endpoint *to, struct err *e)
{
    const char *allow = getenv("EVALRUN_ALLOW_HTTP_KEY");
    if (to->secure || to->loopback || (allow && strcmp(allow, "1") == 0))
        return 0;
    return err_set(e, ERR_USAGE, "%s: the key would travel readable over http://; use https://, "
                                 "or set EVALRUN_ALLOW_HTTP_KEY=1 if the network is yours",
                   to->base);
}

int http_key_find(char **out, const char *key_file, const struct endpoint *to, struct err *e)
{
    static const char *const names[] = { "EVALRUN_API_KEY", "OPENAI_API_KEY" };
    const char *from = key_file;
    *out = NULL;
    if (key_file && read_file(out, key_file, e) < 0)
        return e->code;
    for (size_t i = 0; i < sizeof names / sizeof *names && !*out; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) {
            *out = xstrdup(value);
            from = names[i];
        }
    }
    if (*out && (check_key(*out, from, e) < 0 || check_way(to, e) < 0)) {
        http_key_free(*out);
        *out = NULL;
        return e->code;
    }
    return 0;
}

void http_key_free(char *key)
{
    if (key)
        wipe(key, strlen(key));
    free(key);
}

void http_key_hide(char *text, size_t len, const char *key)
{
    size_t k = key ? strlen(key) : 0;
    if (k < 6 || len < k) /* shorter ones are no secrets ("EMPTY", "x") but words */
        return;
    const char *end = text + len - k;
    for (char *at = text; at <= end && (at = memchr(at, *key, (size_t)(end - at) + 1)); at++)
        if (memcmp(at, key, k) == 0)
            memset(at, '*', k);
}
