#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

char strbuf_empty[1]; /* only ever read: s points here while cap is 0 */

void strbuf_init(struct strbuf *b, size_t limit)
{
    *b = (struct strbuf){ .s = strbuf_empty, .limit = limit };
}

void strbuf_release(struct strbuf *b)
{
    if (b->cap)
        free(b->s);
    strbuf_init(b, b->limit);
}

void strbuf_clear(struct strbuf *b)
{
    b->len = 0;
    b->over = false;
    if (b->cap)
        b->s[0] = '\0';
}

static void reserve(struct strbuf *b, size_t more)
{
    size_t need = b->len + more + 1;
    if (need <= b->cap)
        return;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need)
        cap *= 2;
    b->s = xrealloc(b->cap ? b->s : NULL, cap);
    b->cap = cap;
    b->s[b->len] = '\0';
}

void strbuf_add(struct strbuf *b, const void *data, size_t len)
{
    if (b->limit && len > b->limit - b->len) {
        len = b->limit - b->len;
        b->over = true;
    }
    if (!len)
        return;
    reserve(b, len);
    memcpy(b->s + b->len, data, len);
    b->len += len;
    b->s[b->len] = '\0';
}

void strbuf_puts(struct strbuf *b, const char *s)
{
    strbuf_add(b, s, strlen(s));
}

void strbuf_putc(struct strbuf *b, char c)
{
    if (b->limit || b->len + 1 >= b->cap) {
        strbuf_add(b, &c, 1);
        return;
    }
    b->s[b->len++] = c;
    b->s[b->len] = '\0';
}

void strbuf_pad(struct strbuf *b, char c, size_t n)
{
    while (n--)
        strbuf_putc(b, c);
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
    char small[128];
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    if (n > 0 && (size_t)n < sizeof small) {
        strbuf_add(b, small, (size_t)n);
    } else if (n > 0) {
        char *s = xmalloc((size_t)n + 1);
        vsnprintf(s, (size_t)n + 1, fmt, again);
        strbuf_add(b, s, (size_t)n);
        free(s);
    }
    va_end(again);
}

void strbuf_cut(struct strbuf *b, size_t len)
{
    if (len < b->len) {
        b->len = len;
        b->s[len] = '\0';
    }
}

char *strbuf_take(struct strbuf *b)
{
    char *s = b->cap ? b->s : xstrdup("");
    strbuf_init(b, b->limit);
    return s;
}
