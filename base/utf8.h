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

/* str.isspace() of Python, which is also its \s: bidirectional type WS, B or S,
 * or category Zs. */
bool utf8_is_space(int32_t code);

/* What a character is, by the first letter of its general category: L, M, N, P, S,
 * Z and C. */
enum utf8_kind {
    UTF8_LETTER,
    UTF8_MARK,
    UTF8_NUMBER,
    UTF8_PUNCTUATION,
    UTF8_SYMBOL,
    UTF8_SEPARATOR,
    UTF8_OTHER
};
enum utf8_kind utf8_kind(int32_t code);

/* White space as Python's str.strip() and regular expressions see it (includes
 * U+3000 and U+00A0): its bytes at the beginning, and at the end, of a text. */
size_t utf8_space_before(const char *s, size_t len);
size_t utf8_space_after(const char *s, size_t len);

/* The first byte that is not white space; the end, for a text that is nothing else. */
const char *utf8_skip_space(const char *s);

/* Without it at both ends: returns the first byte kept and sets *len to the
 * length kept. */
const char *utf8_strip(const char *s, size_t *len);

/* Append s as Python's str.upper(), lower() and capitalize() give it (the first
 * letter in title case, all others small); len bytes of valid text. */
void utf8_upper(struct strbuf *out, const char *s, size_t len);
void utf8_lower(struct strbuf *out, const char *s, size_t len);
void utf8_capitalize(struct strbuf *out, const char *s, size_t len);

/* One character's case, as Python's str.isupper() and str.islower(). */
bool utf8_is_upper(int32_t code);
bool utf8_is_lower(int32_t code);

#endif
