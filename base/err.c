#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

int err_set(struct err *e, int code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(e->text, sizeof e->text, fmt, args);
    va_end(args);
    if (n >= (int)sizeof e->text)
        e->text[utf8_whole(e->text, sizeof e->text - 1)] = '\0';
    e->code = code;
    return code;
}

int err_in(struct err *e, const char *fmt, ...)
{
    char where[sizeof e->text];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(where, sizeof where, fmt, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n;
    if (len + 2 >= sizeof e->text)
        return e->code;
    size_t keep = strlen(e->text);
    if (keep > sizeof e->text - len - 3)
        keep = utf8_whole(e->text, sizeof e->text - len - 3);
    memmove(e->text + len + 2, e->text, keep);
    memcpy(e->text, where, len);
    memcpy(e->text + len, ": ", 2);
    e->text[len + 2 + keep] = '\0';
    return e->code;
}
