#ifndef EVALRUN_BASE_STRBUF_H
#define EVALRUN_BASE_STRBUF_H
/*
 * A growing string. `s` is always a valid C string (never NULL after
 * STRBUF_INIT), `len` excludes the terminating NUL, so bytes may hold NUL.
 *
 * `limit` is a ceiling in bytes (0 = none): bytes beyond it are dropped and
 * `over` is set, so a chain of appends needs one check at its end. Every
 * buffer that is filled from outside has a ceiling.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct strbuf {
    char *s;
    size_t len, cap, limit;
    bool over;
};

extern char strbuf_empty[1];
#define STRBUF_INIT { .s = strbuf_empty }

void strbuf_init(struct strbuf *b, size_t limit);
void strbuf_release(struct strbuf *b);
void strbuf_clear(struct strbuf *b); /* empty, keep memory and limit */
void strbuf_add(struct strbuf *b, const void *data, size_t len);
void strbuf_puts(struct strbuf *b, const char *s);
void strbuf_putc(struct strbuf *b, char c);
void strbuf_pad(struct strbuf *b, char c, size_t n); /* n times c */
void strbuf_printf(struct strbuf *b, const char *fmt, ...) PRINTF(2, 3);
void strbuf_cut(struct strbuf *b, size_t len); /* shorten to len */
char *strbuf_take(struct strbuf *b); /* heap string, yours; b is empty again */

#endif
