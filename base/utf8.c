#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

bool utf8_valid(const char *s, size_t len, size_t *bad)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s;
    for (size_t i = 0; i < len;) {
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        utf8proc_int32_t code;
        utf8proc_ssize_t n = utf8proc_iterate(p + i, (utf8proc_ssize_t)(len - i), &code);
        if (n <= 0) {
            *bad = i;
            return false;
        }
        i += (size_t)n;
    }
    return true;
}

size_t utf8_repair(struct strbuf *out, const char *s, size_t len)
{
    size_t mended = 0, bad;
    while (!utf8_valid(s, len, &bad)) {
        strbuf_add(out, s, bad);
        strbuf_puts(out, "\xEF\xBF\xBD");
        mended++;
        s += bad + 1;
        len -= bad + 1;
    }
    strbuf_add(out, s, len);
    return mended;
}

size_t utf8_next(const char *s, size_t len, int32_t *code)
{
    if (len && (unsigned char)*s < 0x80) {
        *code = *s;
        return 1;
    }
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len,
                                          code);
    if (n > 0)
        return (size_t)n;
    *code = 0xFFFD;
    return 1;
}

size_t utf8_whole(const char *s, size_t len)
{
    size_t start = len;
    while (start && (s[--start] & 0xC0) == 0x80)
        ;
    unsigned char lead = len ? (unsigned char)s[start] : 0;
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return len - start < want ? start : len;
}

size_t utf8_chars(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += (*s & 0xC0) != 0x80;
    return n;
}

static size_t code_columns(int32_t code)
{
    int width = utf8proc_charwidth(code);
    return width < 0 ? 0 : (size_t)width;
}

size_t utf8_columns(const char *s)
{
    size_t n = 0, len = strlen(s);
    for (size_t i = 0; i < len;) {
        int32_t code;
        i += utf8_next(s + i, len - i, &code);
        n += code_columns(code);
    }
    return n;
}

void utf8_fit(struct strbuf *out, const char *s, size_t columns)
{
    size_t len = strlen(s);
    if (utf8_columns(s) <= columns) {
        strbuf_add(out, s, len);
        return;
    }
    size_t used = 0, i = 0;
    while (i < len) {
        int32_t code;
        size_t n = utf8_next(s + i, len - i, &code);
        if (used + code_columns(code) + 1 > columns)
            break;
        used += code_columns(code);
        i += n;
    }
    strbuf_add(out, s, i);
    if (columns)
        strbuf_puts(out, "…");
}

bool utf8_is_space(int32_t code)
{
    if (code > 0x20 && code < 0x85)
        return false;
    return (code >= 0x09 && code <= 0x0D) || (code >= 0x1C && code <= 0x20) || code == 0x85 ||
           code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
           code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
           code == 0x3000;
}

enum utf8_kind utf8_kind(int32_t code)
{
    switch (utf8proc_category_string(code)[0]) {
    case 'L':
        return UTF8_LETTER;
    case 'M':
        return UTF8_MARK;
    case 'N':
        return UTF8_NUMBER;
    case 'P':
        return UTF8_PUNCTUATION;
    case 'S':
        return UTF8_SYMBOL;
    case 'Z':
        return UTF8_SEPARATOR;
    default:
        return UTF8_OTHER;
    }
}

size_t utf8_space_before(const char *s, size_t len)
{
    size_t i = 0;
    while (i < len) {
        int32_t code;
        size_t step = utf8_next(s + i, len - i, &code);
        if (!utf8_is_space(code))
            break;
        i += step;
    }
    return i;
}

size_t utf8_space_after(const char *s, size_t len)
{
    size_t end = len;
    while (end) {
        size_t start = end - 1;
        int32_t code;
        while (start && (s[start] & 0xC0) == 0x80)
            start--;
        (void)utf8_next(s + start, end - start, &code);
        if (!utf8_is_space(code))
            break;
        end = start;
    }
    return len - end;
}

const char *utf8_skip_space(const char *s)
{
    return s + utf8_space_before(s, strlen(s));
}

const char *utf8_strip(const char *s, size_t *len)
{
    size_t n = strlen(s), start = utf8_space_before(s, n);
    *len = n - start - utf8_space_after(s + start, n - start);
    return s + start;
}
