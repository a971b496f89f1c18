#ifndef EVALRUN_BASE_HTTP_H
#define EVALRUN_BASE_HTTP_H
/*
 * Download one file over libcurl: resumed by HTTP Range from <path>.part,
 * retried with growing waits (429 and 5xx too, honouring Retry-After), follows
 * redirects, honours https_proxy, checked against length and SHA-256 and then
 * renamed into place. Interrupting it loses nothing.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct download {
    const char *url;
    const char *path;   /* where the file shall be */
    const char *sha256; /* expected hex digest; NULL or "" = not pinned */
    const char *title;  /* for the progress line */
    bool quiet;
    int tries;          /* 0 = the default of 5 */
    int wait_ms;        /* first wait between tries; 0 = 1000 */
};

/* On success sha256_out (65 bytes, may be NULL) holds the file's digest. With
 * EVALRUN_OFFLINE set by the caller's environment the commands refuse before
 * calling this. Errors name URL, what was received, and the cure. */
MUST_USE int http_download(const struct download *d, char *sha256_out, struct err *e);

#endif
