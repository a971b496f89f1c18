/* One notation for what LaTeX, plain text and Chinese text write in many ways. */
#include <ctype.h>
#include <string.h>

#include "base/extract.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/math_parts.h"

/* Longer ones before those that they begin with. */
static const struct math_pair signs[] = {
    { "（", "(" }, { "）", ")" }, { "［", "[" }, { "］", "]" }, { "｛", "\\{" }, { "｝", "\\}" },
    { "，", "," }, { "、", "," }, { "；", ";" }, { "：", ":" }, { "＝", "=" }, { "＋", "+" },
    { "－", "-" }, { "−", "-" }, { "–", "-" }, { "×", "\\times " }, { "÷", "/" }, { "／", "/" },
    { "·", "\\cdot " }, { "％", "%" }, { "．", "." }, { "π", "\\pi " }, { "∞", "\\infty " },
    { "√", "\\sqrt" }, { "∪", "\\cup " }, { "∈", "\\in " }, { "±", "\\pm " }, { "≤", "\\le " },
    { "≥", "\\ge " }, { "≠", "\\ne " }, { "＜", "<" }, { "＞", ">" }, { "²", "^2" },
    { "³", "^3" }, { "°", "" }, { "。", "" }, { "½", "\\frac{1}{2}" }, { "¼", "\\frac{1}{4}" },
    { "¾", "\\frac{3}{4}" }, { "∅", "\\emptyset" },
    { "\\{", "\1" }, { "\\}", "\2" }, { "\\lbrace", "\1" }, { "\\rbrace", "\2" },
    { "\\\\", "\3" }, { "\\left.", "" }, { "\\right.", "" }, { "\\leftarrow", "" },
    { "\\left", "" }, { "\\rightarrow", "" }, { "\\right", "" }, { "\\bigl", "" },
    { "\\bigr", "" }, { "\\big", "" }, { "\\Big", "" }, { "\\displaystyle", "" },
    { "\\dfrac", "\\frac" }, { "\\tfrac", "\\frac" }, { "\\cfrac", "\\frac" },
    { "\\dbinom", "\\binom" }, { "\\leqslant", "\\le " }, { "\\geqslant", "\\ge " },
    { "\\leq", "\\le" }, { "\\geq", "\\ge" }, { "\\neq", "\\ne" }, { "<=", "\\le " },
    { ">=", "\\ge " }, { "\\lt", "<" }, { "\\gt", ">" }, { "\\ast", "*" },
    { "^{\\circ}", "" }, { "^\\circ", "" }, { "^{\\prime}", "'" }, { "\\degree", "" },
    { "\\%", "%" }, { "\\$", "" }, { "$", "" }, { "\\(", "" }, { "\\)", "" }, { "\\[", "" },
    { "\\]", "" }, { "{,}", "" }, { ",\\!", "," }, { "\\!", "" }, { "\\,", " " },
    { "\\;", " " }, { "\\:", " " }, { "\\ ", " " }, { "~", " " }, { "\\qquad", " " },
    { "\\quad", " " }, { "\n", " " }, { "\t", " " }, { "\\lvert", "|" }, { "\\rvert", "|" },
    { "\\vert", "|" }, { "\\mbox", "\\text" }, { "\\textrm", "\\text" },
    { "\\textbf", "\\text" }, { "\\mathrm", "\\text" }, { "\\mathbf", "\\text" },
    { "\\operatorname", "\\text" }, { "\\text{and}", "," }, { "\\text{ and }", "," },
    { "\\text{or}", "," }, { "\\text{ or }", "," }, { " and ", "," }, { " or ", "," },
    { ",,", "," }, { ", ,", "," }, { "或", "," }, { "和", "," },
    { "\1", "\\{" }, { "\2", "\\}" }, { "\3", "\\\\" }, { NULL, NULL },
};

static const char *const units[] = {
    "square", "cubic", "sq", "units", "unit", "cm", "mm", "km", "dm", "nm", "m", "ft", "feet",
    "foot", "in", "inch", "inches", "yd", "yards", "yard", "mi", "miles", "mile", "meters",
    "meter", "metres", "metre", "centimeters", "centimeter", "kilometers", "kilometer",
    "kg", "g", "mg", "gm", "grams", "gram", "lb", "lbs", "pounds", "pound", "ounces", "oz",
    "s", "sec", "seconds", "second", "min", "minutes", "minute", "h", "hr", "hours", "hour",
    "days", "day", "weeks", "week", "months", "month", "years", "year", "mph", "dollars",
    "dollar", "cents", "cent", "degrees", "degree", "percent", "points", "point", "people",
    "students", "ways", "way", "liters", "liter", "L", "ml", "mL", "per", "radians",
};
enum { N_UNIT = sizeof units / sizeof *units };

static bool is_unit(const char *word, size_t len, bool single)
{
    if (len == 1 && !single)
        return false; /* in a formula it is a variable */
    for (size_t i = 0; i < N_UNIT; i++)
        if (strlen(units[i]) == len && memcmp(units[i], word, len) == 0)
            return true;
    return false;
}

/* Every \text{...}: what it holds where the text begins with it, else nothing. */
static const char *without_text(const char *s, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    const char *at;
    while ((at = strstr(s, "\\text{"))) {
        const char *in = at + strlen("\\text{"), *end = strchr(in, '}');
        bool first = !b.len && strspn(s, " ") == (size_t)(at - s);
        if (!end)
            break;
        strbuf_add(&b, s, (size_t)(at - s));
        if (first || (size_t)(end - in) == 1)
            strbuf_add(&b, in, (size_t)(end - in));
        s = end + 1;
        if (!first) /* the 2 of "square centimetres" */
            s += strncmp(s, "^2", 2) == 0 || strncmp(s, "^3", 2) == 0 ? 2
                 : strncmp(s, "^{2}", 4) == 0 || strncmp(s, "^{3}", 4) == 0 ? 4 : 0;
    }
    strbuf_puts(&b, s);
    const char *out = arena_strdup(mem, b.s);
    strbuf_release(&b);
    return out;
}

/* The length without a unit at its end, which must stand behind a number or a
 * bracket; the same when there is none. */
static size_t before_unit(const char *s, size_t len)
{
    size_t end = len, start;
    if (end > 2 && s[end - 2] == '^' && (s[end - 1] == '2' || s[end - 1] == '3'))
        end -= 2;
    for (start = end; start > 0 && isalpha((unsigned char)s[start - 1]);)
        start--;
    bool apart = start > 0 && s[start - 1] == ' ';
    if (start == end || !start || s[start - 1] == '\\' ||
        !is_unit(s + start, end - start, apart))
        return len;
    while (start > 0 && (s[start - 1] == ' ' || s[start - 1] == '/'))
        start--;
    return start > 0 && (isalnum((unsigned char)s[start - 1]) || strchr(")}%", s[start - 1]))
               ? start : len;
}

/* Without Chinese words behind a number: 12平方厘米, 5个. */
static size_t before_chinese(const char *s, size_t len)
{
    size_t end = len;
    while (end >= 3 && (unsigned char)s[end - 3] >= 0xE4 && (unsigned char)s[end - 3] <= 0xE9)
        end -= 3;
    return end && end < len && strchr("0123456789)}%", s[end - 1]) ? end : len;
}

static const char *without_units(const char *s, struct arena *mem)
{
    size_t len = strlen(s), before;
    do {
        before = len;
        while (len && strchr(" .;", s[len - 1]))
            len--;
        len = before_unit(s, before_chinese(s, len));
    } while (len < before);
    return arena_strndup(mem, s, len);
}

/* "pi" and "sqrt(2)" in plain text are LaTeX's. */
static const char *with_commands(const char *s, struct arena *mem)
{
    static const char *const names[] = { "sqrt", "pi", "sin", "cos", "tan", "log", "ln", "infty",
                                         "frac", NULL };
    struct strbuf b = STRBUF_INIT;
    while (*s) {
        size_t word = 0, known = 0;
        while (isalpha((unsigned char)s[word]))
            word++;
        for (size_t i = 0; names[i] && !known; i++)
            if (strlen(names[i]) == word && memcmp(s, names[i], word) == 0)
                known = word;
        if (known)
            strbuf_putc(&b, '\\');
        if (*s == '\\') /* a command as it stands */
            for (word = 1; isalpha((unsigned char)s[word]);)
                word++;
        word += !word;
        strbuf_add(&b, s, word);
        s += word;
    }
    const char *out = arena_strdup(mem, b.s);
    strbuf_release(&b);
    return out;
}

const char *math_clean(const char *s, struct arena *mem)
{
    s = math_replace_all(extract_fold_width(s, mem), signs, mem);
    s = without_units(without_text(extract_strip(s, mem), mem), mem);
    return extract_strip(with_commands(s, mem), mem);
}
