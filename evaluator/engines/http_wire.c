#include "evaluator/engines/http_wire.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "evaluator/engines/http_key.h"
#include "evaluator/engines/http_url.h"

enum {
    REPLY_LIMIT = 16 << 20,
    CONNECT_MS = 20000,
    MOST_REDIRECTS = 5,
    /* Once the reply has begun: fewer bytes a second for so long is a stall.
     * Before that, a server may think for as long as the deadline allows. */
    DRIP_BYTES = 64,
    DRIP_S = 15,
    LONGEST_WISH_S = 86400,
    KEPT_BYTES = 1 << 20,
};

struct wire_inside {
    CURL *curl;
    char *url;
    bool begun;
    int redirects;
    int64_t deadline;
    char curl_says[CURL_ERROR_SIZE];
    struct wire_call *after; /* all calls, for the end */
};

struct wire {
    CURLM *multi;
    char *key;
    struct curl_slist *headers;
    struct wire_call *all, *idle, *done, **done_end;
    size_t n_flight;
    bool direct;
};

static void make_headers(struct wire *w)
{
    static const char *const plain[] = { "Content-Type: application/json",
                                         "Accept: application/json", "Expect:" };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        w->headers = curl_slist_append(w->headers, plain[i]);
    if (!w->key)
        return;
    char *line = xprintf("Authorization: Bearer %s", w->key);
    w->headers = curl_slist_append(w->headers, line);
    http_key_free(line);
}

int wire_open(struct wire **out, const char *key, int connections, bool direct,
              struct err *e)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(e, ERR_ENGINE, "libcurl cannot be initialised");
    struct wire *w = xcalloc(1, sizeof *w);
    w->multi = curl_multi_init();
    w->key = key ? xstrdup(key) : NULL;
    w->direct = direct;
    w->done_end = &w->done;
    make_headers(w);
    if (!w->multi || !w->headers) {
        wire_close(w);
        return err_set(e, ERR_ENGINE, "libcurl cannot be initialised");
    }
    curl_multi_setopt(w->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(w->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)connections);
    curl_multi_setopt(w->multi, CURLMOPT_MAXCONNECTS, (long)connections + 4);
    *out = w;
    return 0;
}

static void call_free(struct wire *w, struct wire_call *c)
{
    struct wire_inside *in = c->inside;
    curl_multi_remove_handle(w->multi, in->curl);
    curl_easy_cleanup(in->curl);
    free(in->url);
    free(in);
    strbuf_release(&c->body);
    strbuf_release(&c->reply);
    free(c);
}

void wire_close(struct wire *w)
{
    if (!w)
        return;
    for (struct wire_call *c = w->all, *after; c; c = after) {
        after = c->inside->after;
        call_free(w, c);
    }
    curl_multi_cleanup(w->multi);
    if (w->key) /* overwritten: libcurl's copy is freed, not wiped */
        for (struct curl_slist *l = w->headers; l; l = l->next)
            http_key_hide(l->data, strlen(l->data), w->key);
    curl_slist_free_all(w->headers);
    http_key_free(w->key);
    free(w);
    curl_global_cleanup();
}

/* --- what curl calls */

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
    struct wire_call *c = user;
    struct wire_inside *in = c->inside;
    if (!in->begun) {
        in->begun = true;
        curl_easy_setopt(in->curl, CURLOPT_LOW_SPEED_LIMIT, (long)DRIP_BYTES);
        curl_easy_setopt(in->curl, CURLOPT_LOW_SPEED_TIME, (long)DRIP_S);
    }
    strbuf_add(&c->reply, data, size * n);
    return c->reply.over ? 0 : size * n;
}

static size_t on_header(char *line, size_t size, size_t n, void *user)
{
    struct wire_call *c = user;
    size_t len = size * n, k = strlen("server:");
    if (len > k && strncasecmp(line, "server:", k) == 0) {
        while (k < len && (line[k] == ' ' || line[k] == '\t'))
            k++;
        size_t m = 0;
        while (k + m < len && line[k + m] >= ' ' && line[k + m] < 0x7F)
            m++;
        m = m < sizeof c->server ? m : sizeof c->server - 1;
        memcpy(c->server, line + k, m);
        c->server[m] = '\0';
    }
    return len;
}

/* --- calls */

static void set_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

/* What is the same for every use of a handle. Encodings: all that libcurl can
 * undo; redirects are followed by hand, where the server is compared. */
static void set_options(struct wire *w, struct wire_call *c)
{
    CURL *curl = c->inside->curl;
    const char *authorities = getenv("SSL_CERT_FILE");
    set_protocols(curl);
    if (w->direct)
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (authorities && *authorities) /* libcurl does not look there by itself */
        curl_easy_setopt(curl, CURLOPT_CAINFO, authorities);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "evalrun");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, w->headers);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* no waiting for a name server */
#endif
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, c->inside->curl_says);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, c);
}

struct wire_call *wire_call(struct wire *w)
{
    struct wire_call *c = w->idle;
    if (c) {
        w->idle = c->next;
    } else {
        c = xcalloc(1, sizeof *c);
        c->inside = xcalloc(1, sizeof *c->inside);
        strbuf_init(&c->body, 0);
        strbuf_init(&c->reply, REPLY_LIMIT);
        c->inside->curl = curl_easy_init();
        if (c->inside->curl)
            set_options(w, c);
        c->inside->after = w->all;
        w->all = c;
    }
    strbuf_clear(&c->body);
    c->next = NULL;
    c->user = NULL;
    return c;
}

static int start(struct wire *w, struct wire_call *c, struct err *e)
{
    struct wire_inside *in = c->inside;
    CURL *curl = in->curl;
    int64_t left = in->deadline - clock_ms();
    strbuf_clear(&c->reply);
    c->reply.over = false;
    in->begun = false;
    in->curl_says[0] = '\0';
    c->server[0] = '\0';
    curl_easy_setopt(curl, CURLOPT_URL, in->url);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 0L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 0L);
    if (c->body.len) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, c->body.s);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body.len);
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    CURLMcode code = curl_multi_add_handle(w->multi, curl);
    if (code != CURLM_OK)
        return err_set(e, ERR_ENGINE, "libcurl: %s", curl_multi_strerror(code));
    return 0;
}

int wire_send(struct wire *w, struct wire_call *c, const char *url, int64_t timeout_ms,
              struct err *e)
{
    struct wire_inside *in = c->inside;
    if (!in->curl)
        return err_set(e, ERR_ENGINE, "libcurl cannot make a handle");
    if (!in->url || strcmp(in->url, url) != 0) {
        free(in->url);
        in->url = xstrdup(url);
    }
    in->redirects = 0;
    c->sent_at = clock_ms();
    in->deadline = c->sent_at + timeout_ms;
    if (start(w, c, e) < 0)
        return e->code;
    w->n_flight++;
    return 0;
}

/* --- what became of them */

static void judge_failure(struct wire_call *c, CURLcode code)
{
    const char *says = c->inside->curl_says[0] ? c->inside->curl_says : curl_easy_strerror(code);
    c->end = WIRE_CUT;
    switch (code) {
    case CURLE_WRITE_ERROR:
        if (c->reply.over) {
            c->end = WIRE_TOO_BIG;
            snprintf(c->says, sizeof c->says, "the reply is larger than %d MiB",
                     REPLY_LIMIT >> 20);
            return;
        }
        break;
    case CURLE_OPERATION_TIMEDOUT:
        if (clock_ms() >= c->inside->deadline - 1) {
            c->end = WIRE_LATE;
            says = c->inside->begun ? "the reply did not end in time" : "no reply in time";
        } else if (c->inside->begun) {
            says = "the reply stalled on its way";
        } else {
            c->end = WIRE_UNREACHED;
        }
        break;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        c->end = WIRE_UNREACHED;
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        c->end = WIRE_HOPELESS;
        break;
    case CURLE_GOT_NOTHING:
        says = "the connection ended without an answer";
        break;
    default:
        break;
    }
    snprintf(c->says, sizeof c->says, "%s", says);
}

/* True when the call is on its way again. */
static bool follow(struct wire *w, struct wire_call *c)
{
    struct wire_inside *in = c->inside;
    char *to = NULL;
    struct err ignored = { 0 };
    curl_easy_getinfo(in->curl, CURLINFO_REDIRECT_URL, &to);
    if (!to)
        return false; /* an answer like another */
    if (!endpoint_same_server(in->url, to)) {
        size_t scheme = strcspn(to, "/");
        size_t len = strncmp(to + scheme, "//", 2) == 0
                         ? scheme + 2 + strcspn(to + scheme + 2, "/?#") : scheme;
        c->end = WIRE_ASTRAY;
        snprintf(c->says, sizeof c->says, "it redirects to another server (%.*s); name that one "
                 "in --model if it is meant", (int)(len < 120 ? len : 120), to);
        return false;
    }
    if (++in->redirects > MOST_REDIRECTS) {
        c->end = WIRE_ASTRAY;
        snprintf(c->says, sizeof c->says, "it redirects in a circle");
        return false;
    }
    free(in->url);
    in->url = xstrdup(to);
    return start(w, c, &ignored) == 0;
}

static void finish(struct wire *w, struct wire_call *c, CURLcode code)
{
    curl_off_t wish = 0;
    curl_multi_remove_handle(w->multi, c->inside->curl);
    c->end = WIRE_ANSWERED;
    c->says[0] = '\0';
    curl_easy_getinfo(c->inside->curl, CURLINFO_RESPONSE_CODE, &c->status);
    curl_easy_getinfo(c->inside->curl, CURLINFO_RETRY_AFTER, &wish);
    c->retry_after_ms = 1000 * (int64_t)(wish < LONGEST_WISH_S ? wish : LONGEST_WISH_S);
    if (code != CURLE_OK)
        judge_failure(c, code);
    else if (c->status >= 300 && c->status < 400 && follow(w, c))
        return;
    if (c->reply.len)
        http_key_hide(c->reply.s, c->reply.len, w->key);
    http_key_hide(c->says, strlen(c->says), w->key);
    c->next = NULL;
    *w->done_end = c;
    w->done_end = &c->next;
}

int wire_run(struct wire *w, int wait_ms, struct err *e)
{
    int running = 0, queued = 0;
    CURLMcode code = curl_multi_perform(w->multi, &running);
    if (code == CURLM_OK && !w->done && running == (int)w->n_flight && wait_ms > 0) {
        code = curl_multi_poll(w->multi, NULL, 0, wait_ms, NULL);
        if (code == CURLM_OK)
            code = curl_multi_perform(w->multi, &running);
    }
    if (code != CURLM_OK)
        return err_set(e, ERR_ENGINE, "libcurl: %s", curl_multi_strerror(code));
    for (CURLMsg *m; (m = curl_multi_info_read(w->multi, &queued));) {
        char *c = NULL;
        CURLcode result = m->data.result;
        if (m->msg == CURLMSG_DONE &&
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c) == CURLE_OK)
            finish(w, (struct wire_call *)(void *)c, result);
    }
    return 0;
}

struct wire_call *wire_done(struct wire *w)
{
    struct wire_call *c = w->done;
    if (!c)
        return NULL;
    w->done = c->next;
    if (!w->done)
        w->done_end = &w->done;
    w->n_flight--;
    return c;
}

void wire_reuse(struct wire *w, struct wire_call *c)
{
    if (c->reply.cap > KEPT_BYTES) {
        strbuf_release(&c->reply);
        strbuf_init(&c->reply, REPLY_LIMIT);
    }
    c->next = w->idle;
    w->idle = c;
}

size_t wire_in_flight(const struct wire *w)
{
    return w->n_flight;
}
