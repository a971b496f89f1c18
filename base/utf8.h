#ifndef EVALRUN_BASE_UTF8_H
#define EVALRUN_BASE_UTF8_H
/*
 * Text is UTF-8 everywhere inside; it is checked once at each door with
 * utf8_valid() or mended and counted with utf8_repair(). Lengths called
 * `chars` are Unicode code points, `columns` are terminal cells.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* True when all len bytes are well-formed UTF-8; else *bad is the offset. */
bool utf8_valid(const char *s, size_t len, size_t *bad);

/* Append s to out with each ill-formed byte as U+FFFD; returns how many. */
size_t utf8_repair(struct strbuf *out, const char *s, size_t len);

/* Decode one code point of valid text at s (len > 0); returns its bytes. */
size_t utf8_next(const char *s, size_t len, int32_t *code);

/* How many of the first len bytes make whole characters, for valid text that
 * had to be cut at a byte. */
size_t utf8_whole(const char *s, size_t len);

size_t utf8_chars(const char *s);

/* Terminal cells: East Asian wide and full-width count 2, marks count 0. */
size_t utf8_columns(const char *s);

/* Append s cut to at most `columns` cells (an ellipsis marks the cut). */
void utf8_fit(struct strbuf *out, const char *s, size_t columns);

/* White space as Python's str.strip() sees it (includes U+3000 and U+00A0).
 * Returns the first byte kept and sets *len to the length kept. */
const char *utf8_strip(const char *s, size_t *len);

#endif
