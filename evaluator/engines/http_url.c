#include "evaluator/engines/http_url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

static bool is_url(const char *s)
{
    return strncasecmp(s, "http://", 7) == 0 || strncasecmp(s, "https://", 8) == 0;
}

/* Cut "NAME@URL" or "URL#NAME" in two heap strings. */
static int split(char **name, char **url, const char *where, struct err *e)
{
    const char *cut = NULL;
    if (is_url(where)) {
        cut = strrchr(where, '#');
        if (!cut || !cut[1])
            return err_set(e, ERR_USAGE, "%s: say which model of the server, as URL#NAME", where);
        *url = xprintf("%.*s", (int)(cut - where), where);
        *name = xstrdup(cut + 1);
        return 0;
    }
    for (const char *at = strchr(where, '@'); at; at = strchr(at + 1, '@'))
        if (is_url(at + 1))
            cut = at;
    if (!cut || cut == where)
        return err_set(e, ERR_USAGE, "openai:%s: openai:NAME@URL is wanted, for example "
                                     "openai:gpt-4o@https://api.openai.com/v1", where);
    *name = xprintf("%.*s", (int)(cut - where), where);
    *url = xstrdup(cut + 1);
    return 0;
}

static bool is_loopback(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "[::1]") == 0 || strcmp(host, "::1") == 0;
}

/* A part of a URL on the heap, "" when absent. */
static char *part(CURLU *u, CURLUPart what, unsigned flags)
{
    char *text = NULL;
    char *own = curl_url_get(u, what, &text, flags) == CURLUE_OK ? xstrdup(text) : xstrdup("");
    curl_free(text);
    return own;
}

static int check_parts(CURLU *u, const char *url, struct err *e)
{
    char *user = part(u, CURLUPART_USER, 0), *password = part(u, CURLUPART_PASSWORD, 0);
    char *query = part(u, CURLUPART_QUERY, 0);
    char *scheme = part(u, CURLUPART_SCHEME, 0), *host = part(u, CURLUPART_HOST, 0);
    int rc = 0;
    if (*user || *password || *query) /* and not a word of what stood there */
        rc = err_set(e, ERR_USAGE, "%s://%s: no user name, password or query may stand in the "
                                   "URL; the key comes from EVALRUN_API_KEY or --key-file",
                     scheme, host);
    else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        rc = err_set(e, ERR_USAGE, "%s: an address with http:// or https:// is wanted", url);
    free(user);
    free(password);
    free(query);
    free(scheme);
    free(host);
    return rc;
}

static void take_base(struct endpoint *p, CURLU *u)
{
    char *path = part(u, CURLUPART_PATH, 0);
    size_t len = strlen(path);
    while (len && path[len - 1] == '/')
        path[--len] = '\0';
    curl_url_set(u, CURLUPART_PATH, len ? path : "/v1", 0);
    curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
    p->base = part(u, CURLUPART_URL, 0);
    len = strlen(p->base);
    bool versioned = len > 3 && strcmp(p->base + len - 3, "/v1") == 0;
    p->root = xprintf("%.*s", (int)(versioned ? len - 3 : len), p->base);
    free(path);
}

int endpoint_parse(struct endpoint *out, const char *where, struct err *e)
{
    char *url = NULL;
    *out = (struct endpoint){ 0 };
    if (split(&out->model, &url, where, e) < 0)
        return e->code;
    CURLU *u = curl_url();
    int rc = 0;
    if (!u || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
        rc = strchr(url, '@') ? err_set(e, ERR_USAGE, "the URL of --model is not one")
                              : err_set(e, ERR_USAGE, "%s: not a URL", url);
    else
        rc = check_parts(u, url, e);
    if (rc == 0) {
        char *scheme = part(u, CURLUPART_SCHEME, 0);
        out->host = part(u, CURLUPART_HOST, 0);
        out->secure = strcmp(scheme, "https") == 0;
        out->loopback = is_loopback(out->host);
        take_base(out, u);
        free(scheme);
    }
    curl_url_cleanup(u);
    free(url);
    if (rc < 0)
        endpoint_free(out);
    return rc;
}

void endpoint_free(struct endpoint *p)
{
    free(p->model);
    free(p->base);
    free(p->root);
    free(p->host);
    *p = (struct endpoint){ 0 };
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart what)
{
    char *x = part(a, what, CURLU_DEFAULT_PORT), *y = part(b, what, CURLU_DEFAULT_PORT);
    bool same = strcasecmp(x, y) == 0;
    free(x);
    free(y);
    return same;
}

static bool upgrades(CURLU *a, CURLU *b)
{
    char *x = part(a, CURLUPART_SCHEME, 0), *y = part(b, CURLUPART_SCHEME, 0);
    bool up = strcmp(x, "http") == 0 && strcmp(y, "https") == 0;
    free(x);
    free(y);
    return up;
}

bool endpoint_same_server(const char *from, const char *to)
{
    CURLU *a = curl_url(), *b = curl_url();
    bool same = a && b && curl_url_set(a, CURLUPART_URL, from, 0) == CURLUE_OK &&
                curl_url_set(b, CURLUPART_URL, to, 0) == CURLUE_OK &&
                same_part(a, b, CURLUPART_HOST) &&
                (upgrades(a, b) || (same_part(a, b, CURLUPART_SCHEME) &&
                                    same_part(a, b, CURLUPART_PORT)));
    curl_url_cleanup(a);
    curl_url_cleanup(b);
    return same;
}
