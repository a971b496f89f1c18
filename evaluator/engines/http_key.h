#ifndef EVALRUN_EVALUATOR_ENGINES_HTTP_KEY_H
#define EVALRUN_EVALUATOR_ENGINES_HTTP_KEY_H
/*
 * The key of a server: the first line of a file that only its owner can read,
 * else $EVALRUN_API_KEY, else $OPENAI_API_KEY. It goes into one header and
 * nowhere else; no message of this file holds any of it.
 */
#include <stddef.h>

#include "base/err.h"
#include "evaluator/engines/http_url.h"

enum { KEY_LIMIT = 4096 };

/* *out is a heap string for http_key_free(), NULL when there is none. A key
 * that would travel readable (http:// to another machine) is an ERR_USAGE,
 * unless EVALRUN_ALLOW_HTTP_KEY=1. */
MUST_USE int http_key_find(char **out, const char *key_file, const struct endpoint *to,
                           struct err *e);
void http_key_free(char *key); /* overwritten first */

/* Put stars over every place where the key stands in text from outside. */
void http_key_hide(char *text, size_t len, const char *key);

#endif
