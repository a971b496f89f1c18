/* Upper and lower case as Python's str has them. */
#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

/* Letters whose capital is several letters: Unicode's SpecialCasing.txt, the
 * rows without a condition. 0 ends a shorter one. */
static const struct special {
    int32_t code, upper[3], title[3];
} specials[] = {
    { 0x00DF, { 0x53, 0x53, 0 }, { 0x53, 0x73, 0 } },
    { 0x0149, { 0x2BC, 0x4E, 0 }, { 0x2BC, 0x4E, 0 } },
    { 0x01F0, { 0x4A, 0x30C, 0 }, { 0x4A, 0x30C, 0 } },
    { 0x0390, { 0x399, 0x308, 0x301 }, { 0x399, 0x308, 0x301 } },
    { 0x03B0, { 0x3A5, 0x308, 0x301 }, { 0x3A5, 0x308, 0x301 } },
    { 0x0587, { 0x535, 0x552, 0 }, { 0x535, 0x582, 0 } },
    { 0x1E96, { 0x48, 0x331, 0 }, { 0x48, 0x331, 0 } },
    { 0x1E97, { 0x54, 0x308, 0 }, { 0x54, 0x308, 0 } },
    { 0x1E98, { 0x57, 0x30A, 0 }, { 0x57, 0x30A, 0 } },
    { 0x1E99, { 0x59, 0x30A, 0 }, { 0x59, 0x30A, 0 } },
    { 0x1E9A, { 0x41, 0x2BE, 0 }, { 0x41, 0x2BE, 0 } },
    { 0x1F50, { 0x3A5, 0x313, 0 }, { 0x3A5, 0x313, 0 } },
    { 0x1F52, { 0x3A5, 0x313, 0x300 }, { 0x3A5, 0x313, 0x300 } },
    { 0x1F54, { 0x3A5, 0x313, 0x301 }, { 0x3A5, 0x313, 0x301 } },
    { 0x1F56, { 0x3A5, 0x313, 0x342 }, { 0x3A5, 0x313, 0x342 } },
    { 0x1F80, { 0x1F08, 0x399, 0 }, { 0x1F88, 0, 0 } },
    { 0x1F81, { 0x1F09, 0x399, 0 }, { 0x1F89, 0, 0 } },
    { 0x1F82, { 0x1F0A, 0x399, 0 }, { 0x1F8A, 0, 0 } },
    { 0x1F83, { 0x1F0B, 0x399, 0 }, { 0x1F8B, 0, 0 } },
    { 0x1F84, { 0x1F0C, 0x399, 0 }, { 0x1F8C, 0, 0 } },
    { 0x1F85, { 0x1F0D, 0x399, 0 }, { 0x1F8D, 0, 0 } },
    { 0x1F86, { 0x1F0E, 0x399, 0 }, { 0x1F8E, 0, 0 } },
    { 0x1F87, { 0x1F0F, 0x399, 0 }, { 0x1F8F, 0, 0 } },
    { 0x1F88, { 0x1F08, 0x399, 0 }, { 0x1F88, 0, 0 } },
    { 0x1F89, { 0x1F09, 0x399, 0 }, { 0x1F89, 0, 0 } },
    { 0x1F8A, { 0x1F0A, 0x399, 0 }, { 0x1F8A, 0, 0 } },
    { 0x1F8B, { 0x1F0B, 0x399, 0 }, { 0x1F8B, 0, 0 } },
    { 0x1F8C, { 0x1F0C, 0x399, 0 }, { 0x1F8C, 0, 0 } },
    { 0x1F8D, { 0x1F0D, 0x399, 0 }, { 0x1F8D, 0, 0 } },
    { 0x1F8E, { 0x1F0E, 0x399, 0 }, { 0x1F8E, 0, 0 } },
    { 0x1F8F, { 0x1F0F, 0x399, 0 }, { 0x1F8F, 0, 0 } },
    { 0x1F90, { 0x1F28, 0x399, 0 }, { 0x1F98, 0, 0 } },
    { 0x1F91, { 0x1F29, 0x399, 0 }, { 0x1F99, 0, 0 } },
    { 0x1F92, { 0x1F2A, 0x399, 0 }, { 0x1F9A, 0, 0 } },
    { 0x1F93, { 0x1F2B, 0x399, 0 }, { 0x1F9B, 0, 0 } },
    { 0x1F94, { 0x1F2C, 0x399, 0 }, { 0x1F9C, 0, 0 } },
    { 0x1F95, { 0x1F2D, 0x399, 0 }, { 0x1F9D, 0, 0 } },
    { 0x1F96, { 0x1F2E, 0x399, 0 }, { 0x1F9E, 0, 0 } },
    { 0x1F97, { 0x1F2F, 0x399, 0 }, { 0x1F9F, 0, 0 } },
    { 0x1F98, { 0x1F28, 0x399, 0 }, { 0x1F98, 0, 0 } },
    { 0x1F99, { 0x1F29, 0x399, 0 }, { 0x1F99, 0, 0 } },
    { 0x1F9A, { 0x1F2A, 0x399, 0 }, { 0x1F9A, 0, 0 } },
    { 0x1F9B, { 0x1F2B, 0x399, 0 }, { 0x1F9B, 0, 0 } },
    { 0x1F9C, { 0x1F2C, 0x399, 0 }, { 0x1F9C, 0, 0 } },
    { 0x1F9D, { 0x1F2D, 0x399, 0 }, { 0x1F9D, 0, 0 } },
    { 0x1F9E, { 0x1F2E, 0x399, 0 }, { 0x1F9E, 0, 0 } },
    { 0x1F9F, { 0x1F2F, 0x399, 0 }, { 0x1F9F, 0, 0 } },
    { 0x1FA0, { 0x1F68, 0x399, 0 }, { 0x1FA8, 0, 0 } },
    { 0x1FA1, { 0x1F69, 0x399, 0 }, { 0x1FA9, 0, 0 } },
    { 0x1FA2, { 0x1F6A, 0x399, 0 }, { 0x1FAA, 0, 0 } },
    { 0x1FA3, { 0x1F6B, 0x399, 0 }, { 0x1FAB, 0, 0 } },
    { 0x1FA4, { 0x1F6C, 0x399, 0 }, { 0x1FAC, 0, 0 } },
    { 0x1FA5, { 0x1F6D, 0x399, 0 }, { 0x1FAD, 0, 0 } },
    { 0x1FA6, { 0x1F6E, 0x399, 0 }, { 0x1FAE, 0, 0 } },
    { 0x1FA7, { 0x1F6F, 0x399, 0 }, { 0x1FAF, 0, 0 } },
    { 0x1FA8, { 0x1F68, 0x399, 0 }, { 0x1FA8, 0, 0 } },
    { 0x1FA9, { 0x1F69, 0x399, 0 }, { 0x1FA9, 0, 0 } },
    { 0x1FAA, { 0x1F6A, 0x399, 0 }, { 0x1FAA, 0, 0 } },
    { 0x1FAB, { 0x1F6B, 0x399, 0 }, { 0x1FAB, 0, 0 } },
    { 0x1FAC, { 0x1F6C, 0x399, 0 }, { 0x1FAC, 0, 0 } },
    { 0x1FAD, { 0x1F6D, 0x399, 0 }, { 0x1FAD, 0, 0 } },
    { 0x1FAE, { 0x1F6E, 0x399, 0 }, { 0x1FAE, 0, 0 } },
    { 0x1FAF, { 0x1F6F, 0x399, 0 }, { 0x1FAF, 0, 0 } },
    { 0x1FB2, { 0x1FBA, 0x399, 0 }, { 0x1FBA, 0x345, 0 } },
    { 0x1FB3, { 0x391, 0x399, 0 }, { 0x1FBC, 0, 0 } },
    { 0x1FB4, { 0x386, 0x399, 0 }, { 0x386, 0x345, 0 } },
    { 0x1FB6, { 0x391, 0x342, 0 }, { 0x391, 0x342, 0 } },
    { 0x1FB7, { 0x391, 0x342, 0x399 }, { 0x391, 0x342, 0x345 } },
    { 0x1FBC, { 0x391, 0x399, 0 }, { 0x1FBC, 0, 0 } },
    { 0x1FC2, { 0x1FCA, 0x399, 0 }, { 0x1FCA, 0x345, 0 } },
    { 0x1FC3, { 0x397, 0x399, 0 }, { 0x1FCC, 0, 0 } },
    { 0x1FC4, { 0x389, 0x399, 0 }, { 0x389, 0x345, 0 } },
    { 0x1FC6, { 0x397, 0x342, 0 }, { 0x397, 0x342, 0 } },
    { 0x1FC7, { 0x397, 0x342, 0x399 }, { 0x397, 0x342, 0x345 } },
    { 0x1FCC, { 0x397, 0x399, 0 }, { 0x1FCC, 0, 0 } },
    { 0x1FD2, { 0x399, 0x308, 0x300 }, { 0x399, 0x308, 0x300 } },
    { 0x1FD3, { 0x399, 0x308, 0x301 }, { 0x399, 0x308, 0x301 } },
    { 0x1FD6, { 0x399, 0x342, 0 }, { 0x399, 0x342, 0 } },
    { 0x1FD7, { 0x399, 0x308, 0x342 }, { 0x399, 0x308, 0x342 } },
    { 0x1FE2, { 0x3A5, 0x308, 0x300 }, { 0x3A5, 0x308, 0x300 } },
    { 0x1FE3, { 0x3A5, 0x308, 0x301 }, { 0x3A5, 0x308, 0x301 } },
    { 0x1FE4, { 0x3A1, 0x313, 0 }, { 0x3A1, 0x313, 0 } },
    { 0x1FE6, { 0x3A5, 0x342, 0 }, { 0x3A5, 0x342, 0 } },
    { 0x1FE7, { 0x3A5, 0x308, 0x342 }, { 0x3A5, 0x308, 0x342 } },
    { 0x1FF2, { 0x1FFA, 0x399, 0 }, { 0x1FFA, 0x345, 0 } },
    { 0x1FF3, { 0x3A9, 0x399, 0 }, { 0x1FFC, 0, 0 } },
    { 0x1FF4, { 0x38F, 0x399, 0 }, { 0x38F, 0x345, 0 } },
    { 0x1FF6, { 0x3A9, 0x342, 0 }, { 0x3A9, 0x342, 0 } },
    { 0x1FF7, { 0x3A9, 0x342, 0x399 }, { 0x3A9, 0x342, 0x345 } },
    { 0x1FFC, { 0x3A9, 0x399, 0 }, { 0x1FFC, 0, 0 } },
    { 0xFB00, { 0x46, 0x46, 0 }, { 0x46, 0x66, 0 } },
    { 0xFB01, { 0x46, 0x49, 0 }, { 0x46, 0x69, 0 } },
    { 0xFB02, { 0x46, 0x4C, 0 }, { 0x46, 0x6C, 0 } },
    { 0xFB03, { 0x46, 0x46, 0x49 }, { 0x46, 0x66, 0x69 } },
    { 0xFB04, { 0x46, 0x46, 0x4C }, { 0x46, 0x66, 0x6C } },
    { 0xFB05, { 0x53, 0x54, 0 }, { 0x53, 0x74, 0 } },
    { 0xFB06, { 0x53, 0x54, 0 }, { 0x53, 0x74, 0 } },
    { 0xFB13, { 0x544, 0x546, 0 }, { 0x544, 0x576, 0 } },
    { 0xFB14, { 0x544, 0x535, 0 }, { 0x544, 0x565, 0 } },
    { 0xFB15, { 0x544, 0x53B, 0 }, { 0x544, 0x56B, 0 } },
    { 0xFB16, { 0x54E, 0x546, 0 }, { 0x54E, 0x576, 0 } },
    { 0xFB17, { 0x544, 0x53D, 0 }, { 0x544, 0x56D, 0 } },
};
enum { N_SPECIALS = sizeof specials / sizeof *specials };

enum { SIGMA = 0x3A3, FINAL_SIGMA = 0x3C2, I_WITH_DOT = 0x130, DOT_ABOVE = 0x307 };

static void put_code(struct strbuf *out, int32_t code)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t n = utf8proc_encode_char(code, bytes);
    strbuf_add(out, bytes, (size_t)n);
}

static const struct special *find_special(int32_t code)
{
    for (int i = 0; code > 0x7F && i < N_SPECIALS; i++)
        if (specials[i].code == code)
            return &specials[i];
    return NULL;
}

static void put_capital(struct strbuf *out, int32_t code, bool title)
{
    const struct special *s = find_special(code);
    if (!s) {
        put_code(out, title ? utf8proc_totitle(code) : utf8proc_toupper(code));
        return;
    }
    const int32_t *list = title ? s->title : s->upper;
    for (int i = 0; i < 3 && list[i]; i++)
        put_code(out, list[i]);
}

static bool is_cased(int32_t code)
{
    utf8proc_category_t c = utf8proc_category(code);
    return c == UTF8PROC_CATEGORY_LU || c == UTF8PROC_CATEGORY_LL ||
           c == UTF8PROC_CATEGORY_LT || utf8proc_tolower(code) != code ||
           utf8proc_toupper(code) != code;
}

/* What may stand inside a word without being a letter of it: marks, formats,
 * modifiers, and the punctuation of Unicode's MidLetter and MidNumLet. */
static bool is_ignorable(int32_t code)
{
    static const int32_t inside[] = { '\'', '.', ':', 0xB7, 0x387, 0x55F, 0x5F4,
                                      0x2018, 0x2019, 0x2024, 0x2027, 0xFE13, 0xFE52,
                                      0xFE55, 0xFF07, 0xFF0E, 0xFF1A };
    utf8proc_category_t c = utf8proc_category(code);
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        if (inside[i] == code)
            return true;
    return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_ME ||
           c == UTF8PROC_CATEGORY_CF || c == UTF8PROC_CATEGORY_LM || c == UTF8PROC_CATEGORY_SK;
}

/* A letter comes next, what is ignorable left out. */
static bool is_before_letter(const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        int32_t code;
        i += utf8_next(s + i, len - i, &code);
        if (!is_ignorable(code))
            return is_cased(code);
    }
    return false;
}

/* `inside`: a letter stands before, so that a sigma may be the last. */
static void put_small(struct strbuf *out, int32_t code, bool inside, const char *rest,
                      size_t len)
{
    if (code == SIGMA && inside && !is_before_letter(rest, len)) {
        put_code(out, FINAL_SIGMA);
        return;
    }
    if (code == I_WITH_DOT) {
        put_code(out, 'i');
        put_code(out, DOT_ABOVE);
        return;
    }
    put_code(out, utf8proc_tolower(code));
}

enum case_form { FORM_UPPER, FORM_LOWER, FORM_CAPITALIZED };

/* The same of a character of ASCII, which most are. */
static bool put_ascii(struct strbuf *out, char c, bool capital, bool inside)
{
    bool small_letter = 'a' <= c && c <= 'z', big_letter = 'A' <= c && c <= 'Z';
    if (capital && small_letter)
        strbuf_putc(out, (char)(c - 'a' + 'A'));
    else
        strbuf_putc(out, (char)(!capital && big_letter ? c - 'A' + 'a' : c));
    return small_letter || big_letter || (inside && c && strchr("'.:^`", c));
}

static void put_cased(struct strbuf *out, const char *s, size_t len, enum case_form form)
{
    bool inside = false;
    for (size_t i = 0; i < len;) {
        int32_t code;
        bool first = i == 0;
        if ((unsigned char)s[i] < 0x80) {
            bool capital = form == FORM_UPPER || (form == FORM_CAPITALIZED && first);
            inside = put_ascii(out, s[i++], capital, inside);
            continue;
        }
        i += utf8_next(s + i, len - i, &code);
        if (form == FORM_UPPER || (form == FORM_CAPITALIZED && first))
            put_capital(out, code, form == FORM_CAPITALIZED);
        else
            put_small(out, code, inside, s + i, len - i);
        inside = is_cased(code) || (inside && is_ignorable(code));
    }
}

void utf8_upper(struct strbuf *out, const char *s, size_t len)
{
    put_cased(out, s, len, FORM_UPPER);
}

void utf8_lower(struct strbuf *out, const char *s, size_t len)
{
    put_cased(out, s, len, FORM_LOWER);
}

void utf8_capitalize(struct strbuf *out, const char *s, size_t len)
{
    put_cased(out, s, len, FORM_CAPITALIZED);
}

bool utf8_is_upper(int32_t code)
{
    return utf8proc_isupper(code) != 0;
}

bool utf8_is_lower(int32_t code)
{
    return utf8proc_islower(code) != 0;
}
