/*
 * Numbers in a text, as digits. A sign counts where nothing that could be taken
 * from stands before it: -3 in "is -3", 5 in "8-5". A comma parts thousands where
 * three digits follow, no more and no fewer; 1,23 is 1 and 23.
 *
 * With `chinese` those of Chinese too: a digit with its unit (三百二十五), digits in
 * a row (二〇二四), what is left out in speech (一万五, 三百二), decimals behind 点,
 * percentages behind 百分之, and digits with a unit behind them (1.5万, 3万5千).
 * 千 behind digits is none where it belongs to a measure (5千米).
 */
#include <string.h>

#include "base/extract_rule.h"
#include "base/strbuf.h"
#include "base/utf8.h"

/* No numeral is as long. */
static const uint64_t MOST = 1000000000000000000;

static int32_t code_at(const char *p, size_t *n)
{
    int32_t code = 0;
    *n = *p ? utf8_next(p, strlen(p) < 4 ? strlen(p) : 4, &code) : 0;
    return code;
}

/* The character before p, which is not before `start`; 0 = none. */
static int32_t code_before(const char *start, const char **p)
{
    size_t n;
    if (*p == start)
        return 0;
    do
        --*p;
    while (*p > start && ((unsigned char)**p & 0xC0) == 0x80);
    return code_at(*p, &n);
}

static bool skip(const char **p, const char *text)
{
    size_t n = strlen(text);
    bool is = !strncmp(*p, text, n);
    *p += is ? n : 0;
    return is;
}

/* 0-9, full-width too; -1 for anything else. */
static int digit_at(const char *p, size_t *n)
{
    int32_t code = code_at(p, n);
    if (code >= 0xFF10 && code <= 0xFF19)
        code -= 0xFEE0;
    return code >= '0' && code <= '9' ? (int)(code - '0') : -1;
}

static size_t take_digits(struct strbuf *out, const char **p)
{
    size_t n, count = 0;
    for (int d; (d = digit_at(*p, &n)) >= 0; count++) {
        strbuf_putc(out, (char)('0' + d));
        *p += n;
    }
    return count;
}

/* Behind the digits of a group of thousands, if one follows. */
static bool take_group(struct strbuf *out, const char **p)
{
    const char *at = *p;
    size_t kept = out->len;
    if ((skip(&at, ",") || skip(&at, "，")) && take_digits(out, &at) == 3) {
        *p = at;
        return true;
    }
    strbuf_cut(out, kept);
    return false;
}

/* A number in digits, without its sign: "1,234.50" as 1234 and 50. */
static bool take_arabic(struct strbuf *whole, struct strbuf *part, const char **p)
{
    const char *at = *p;
    size_t n = take_digits(whole, &at);
    while (n && n <= 3 && take_group(whole, &at))
        ;
    const char *point = at;
    if ((skip(&point, ".") || skip(&point, "．")) && take_digits(part, &point))
        at = point;
    if (!n && !part->len)
        return false;
    *p = at;
    return true;
}

/* ---- Chinese numerals */

static int chinese_digit(const char *p, size_t *n)
{
    static const char *const digits[] = { "零", "一", "二", "三", "四", "五", "六",
                                          "七", "八", "九", "〇", "两", "兩" };
    static const int values[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 2, 2 };
    *n = strlen(digits[0]);
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++)
        if (!strncmp(p, digits[i], *n))
            return values[i];
    return -1;
}

/* The power of ten of a unit; 0 = none. */
static int unit_at(const char *p)
{
    static const struct {
        const char *text;
        int power;
    } units[] = { { "十", 1 }, { "百", 2 }, { "千", 3 }, { "万", 4 },
                  { "萬", 4 }, { "亿", 8 }, { "億", 8 } };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strncmp(p, units[i].text, 3))
            return units[i].power;
    return 0;
}

/* 千克, 千米, 百分: the character is of a word, not of the number. */
static bool is_of_word(const char *p)
{
    static const char *const words[] = { "千克", "千米", "千瓦", "千卡", "千焦",
                                         "千帕", "千赫", "千伏", "百分" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strncmp(p, words[i], strlen(words[i])))
            return true;
    return false;
}

struct numeral {
    uint64_t total, section; /* whole 万 and 亿; what is below the next of them */
    uint64_t digits;         /* in a row, since the last unit */
    size_t n_digit;
    int unit;      /* the last one */
    bool arabic;   /* the digits are those of 0-9 */
    bool any;
};

static uint64_t power_of_ten(int n)
{
    uint64_t v = 1;
    while (n-- > 0)
        v *= 10;
    return v;
}

/* False when no unit can stand here, or the number grows too long. */
static bool add_unit(struct numeral *x, int unit)
{
    bool ten = unit == 1 && !x->n_digit && x->section % 100 == 0;
    uint64_t before = unit < 4 ? x->digits : x->section + x->digits;
    if (!x->n_digit && !ten && !(unit >= 4 && (x->section || (unit == 8 && x->total))))
        return false;
    if (unit == 8)
        before += x->total;
    before = ten ? 1 : before;
    if (before > MOST / power_of_ten(unit))
        return false;
    if (unit < 4)
        x->section += before * power_of_ten(unit);
    else
        x->total = (unit == 8 ? 0 : x->total) + before * power_of_ten(unit);
    x->section = unit < 4 ? x->section : 0;
    x->digits = x->n_digit = 0;
    x->unit = unit;
    x->any = true;
    return true;
}

/* One digit behind a unit stands for the next lower one: 一万五, 三百二. */
static uint64_t numeral_value(const struct numeral *x)
{
    uint64_t last = x->digits;
    if (x->n_digit == 1 && x->unit > 1)
        last *= power_of_ten(x->unit - 1);
    return x->total + x->section + last;
}

static bool add_chinese_digit(struct numeral *x, const char **p)
{
    size_t n;
    int d = chinese_digit(*p, &n);
    if (d < 0 || (x->n_digit && x->arabic))
        return false;
    x->digits = x->digits > MOST / 100 ? MOST : x->digits * 10 + (uint64_t)d;
    x->n_digit++;
    x->arabic = false;
    x->any = true;
    *p += n;
    return true;
}

static bool add_arabic(struct numeral *x, struct strbuf *part, const char **p)
{
    struct strbuf whole = STRBUF_INIT;
    bool is = !x->n_digit && take_arabic(&whole, part, p);
    for (size_t i = 0; is && i < whole.len; i++) {
        x->digits = x->digits > MOST / 100 ? MOST : x->digits * 10 + (uint64_t)(whole.s[i] - '0');
        x->n_digit++;
    }
    strbuf_release(&whole);
    x->arabic |= is;
    x->any |= is;
    return is;
}

/* Digits behind 点; what is before it must be there. */
static void take_part(const struct numeral *x, struct strbuf *part, const char **p)
{
    const char *at = *p;
    size_t n;
    if (!x->n_digit || !(skip(&at, "点") || skip(&at, "點")))
        return;
    for (int d; (d = chinese_digit(at, &n)) >= 0; at += n)
        strbuf_putc(part, (char)('0' + d));
    *p = part->len ? at : *p;
}

/* Digits and a point as many places further right as the units behind it say. */
static void put_shifted(struct strbuf *out, uint64_t whole, const struct strbuf *part,
                        const char **p)
{
    size_t shift = 0;
    for (int unit; (unit = is_of_word(*p) ? 0 : unit_at(*p)) > 0; *p += 3)
        shift += (size_t)unit;
    strbuf_printf(out, "%llu", (unsigned long long)whole);
    for (size_t i = 0; i < part->len || i < shift; i++) {
        if (i == shift)
            strbuf_putc(out, '.');
        strbuf_putc(out, i < part->len ? part->s[i] : '0');
    }
    while (shift && out->len > 1 && out->s[0] == '0' && out->s[1] != '.') {
        memmove(out->s, out->s + 1, out->len);
        out->len--;
    }
}

/* A numeral of any kind; false when none begins here. One that is longer than any
 * is passed over, and leaves *out empty. */
static bool take_numeral(struct strbuf *out, const char **p)
{
    struct numeral x = { 0 };
    struct strbuf part = STRBUF_INIT;
    const char *at = *p;
    for (bool more = true; more && !part.len;) {
        int unit = x.arabic && is_of_word(at) ? 0 : unit_at(at);
        more = unit ? add_unit(&x, unit) : add_chinese_digit(&x, &at) || add_arabic(&x, &part, &at);
        at += unit && more ? 3 : 0;
        if (more && !unit && !part.len)
            take_part(&x, &part, &at);
    }
    bool kept = x.digits < MOST && numeral_value(&x) < MOST;
    if (kept && part.len)
        put_shifted(out, numeral_value(&x), &part, &at);
    else if (kept && x.any)
        strbuf_printf(out, "%llu", (unsigned long long)numeral_value(&x));
    *p = x.any ? at : *p;
    strbuf_release(&part);
    return x.any;
}

/* ---- any number */

/* Digits as they are written, but for commas. */
static bool take_plain(struct strbuf *out, const char **p)
{
    struct strbuf part = STRBUF_INIT;
    bool any = take_arabic(out, &part, p);
    if (any && part.len)
        strbuf_printf(out, "%s.%s", out->len ? "" : "0", part.s);
    strbuf_release(&part);
    return any;
}

/* In Chinese too, but where it is digits alone: leading zeros stay. */
static bool take_value(struct strbuf *out, const struct number_form *form, const char **p)
{
    const char *at = *p;
    size_t n;
    if (take_plain(out, &at) && (!form->chinese || !unit_at(at) || is_of_word(at))) {
        *p = at;
        return true;
    }
    strbuf_clear(out);
    return form->chinese && (digit_at(*p, &n) >= 0 || chinese_digit(*p, &n) >= 0 ||
                             unit_at(*p) == 1)
               ? take_numeral(out, p)
               : false;
}

/* Is it below zero? A "$" may stand between the sign and the number. */
static bool is_negative(const char *start, const char *p)
{
    int32_t sign = code_before(start, &p);
    if (sign == '$' || sign == 0xFFE5 || sign == 0xA5)
        sign = code_before(start, &p);
    if (sign == 0x8D1F || sign == 0x8CA0) /* 负, 負 */
        return true;
    if (sign != '-' && sign != 0x2212 && sign != 0xFF0D)
        return false;
    int32_t before = code_before(start, &p);
    return !((before >= '0' && before <= '9') || (before >= 'A' && before <= 'Z') ||
             (before >= 'a' && before <= 'z') || before == ')' || before == ']' ||
             before == '}' || (before >= 0xFF10 && before <= 0xFF19) || before == '-');
}

/* "/4", "分之三", "%" behind a number, where they are asked for. */
static void take_tail(struct strbuf *out, const struct number_form *form, const char **p)
{
    struct strbuf other = STRBUF_INIT;
    const char *at = *p;
    bool whole = !strchr(out->s, '.');
    if (form->fraction && whole && (skip(&at, "/") || skip(&at, "／")) &&
        take_digits(&other, &at)) {
        strbuf_printf(out, "/%s", other.s);
        *p = at;
    } else if (form->fraction && form->chinese && skip(&at, "分之") &&
               take_value(&other, form, &at)) {
        strbuf_printf(&other, "/%s", out->s);
        strbuf_clear(out);
        strbuf_puts(out, other.s);
        *p = at;
    } else if (form->percent && (skip(&at, "%") || skip(&at, "％"))) {
        strbuf_putc(out, '%');
        *p = at;
    }
    strbuf_release(&other);
}

/* The number that begins at *p, in full. */
static bool take_number(struct strbuf *out, const struct search *s, const char **p)
{
    const struct number_form *form = &s->rule->number;
    struct strbuf value = STRBUF_INIT;
    const char *at = *p;
    bool hundredth = form->chinese && skip(&at, "百分之");
    bool any = take_value(&value, form, &at);
    if (value.len) {
        if (hundredth && form->percent)
            strbuf_putc(&value, '%');
        else
            take_tail(&value, form, &at);
        strbuf_printf(out, "%s%s", is_negative(s->text, *p) ? "-" : "", value.s);
    }
    *p = any ? at : *p;
    strbuf_release(&value);
    return any;
}

enum found search_number(struct search *s)
{
    struct strbuf out = STRBUF_INIT;
    const char *p = s->text + s->at;
    size_t n;
    while (*p && !out.len) {
        if (take_number(&out, s, &p))
            continue;
        code_at(p, &n);
        p += n;
    }
    s->at = (size_t)(p - s->text);
    s->found = arena_strndup(s->mem, out.s, out.len);
    bool any = out.len > 0;
    strbuf_release(&out);
    return any ? FOUND_MATCH : FOUND_NOTHING;
}
