#include "scorers/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/extract.h"
#include "base/json.h"
#include "base/pattern.h"
#include "base/substitute.h"

struct number_reader {
    struct extract *plain;
    struct pattern *scientific, *mixed;
    struct substitute *plain_text;
};

/* LaTeX's ways to write what stands here in the other. */
static const struct substitution latex[] = {
    { "\\\\[,;:! ]", "" }, { "\\{,\\}", "," }, { "\\\\([%$])", "\\1" },
    { "(?<=\\d)(?=\\\\[dtc]?frac)", " " },
    { "\\\\[dtc]?frac\\s*\\{\\s*(-?\\d+)\\s*\\}\\s*\\{\\s*(\\d+)\\s*\\}", "\\1/\\2" },
    { "\\\\[dtc]?frac\\s*(\\d)(\\d)", "\\1/\\2" },
    { NULL, NULL },
};

/* "2 1/2"; no other digits may stand in the text. */
static const char mixed_rule[] = "^[^0-9]*?(-?[0-9]+)\\s+([0-9]+/[0-9]+)[^0-9]*\\z";

/* The second: digits beside words such as 一共, which hold numerals too. */
static const char plain_rule[] =
    "[{\"number\": true, \"fold\": \"width\", \"chinese\": true, \"fraction\": true,"
    " \"percent\": true, \"pick\": \"only\"},"
    " {\"number\": true, \"fold\": \"width\", \"fraction\": true, \"percent\": true,"
    " \"pick\": \"only\", \"unless\": \"[0-9０-９]\\\\s*[十百千万亿]\"}]";

/* The whole text must be free of other digits. */
static const char scientific_rule[] =
    "^[^0-9]*?(?<![0-9.])([-−－]?[0-9]+(?:\\.[0-9]+)?)\\s*"
    "(?:[eE](?=[-+]?[0-9])|(?:×|\\\\times|\\*|x|X)\\s*10\\s*(?:\\^|\\*\\*))"
    "\\s*\\{?\\s*([-+−－]?[0-9]+)\\s*\\}?[^0-9]*\\z";

static int read_rules(struct number_reader *r, struct err *e)
{
    cJSON *list = NULL;
    int rc = json_parse(&list, plain_rule, strlen(plain_rule), e);
    if (rc == 0)
        rc = extract_new(&r->plain, list, "number", e);
    cJSON_Delete(list);
    if (rc < 0 || pattern_new(&r->scientific, scientific_rule, e) < 0 ||
        pattern_new(&r->mixed, mixed_rule, e) < 0)
        return e->code;
    return substitute_new(&r->plain_text, latex, e);
}

int number_reader_new(struct number_reader **out, struct err *e)
{
    struct number_reader *r = xcalloc(1, sizeof *r);
    if (read_rules(r, e) < 0) {
        number_reader_free(r);
        return e->code;
    }
    *out = r;
    return 0;
}

void number_reader_free(struct number_reader *r)
{
    if (!r)
        return;
    extract_free(r->plain);
    pattern_free(r->scientific);
    pattern_free(r->mixed);
    substitute_free(r->plain_text);
    free(r);
}

static double decimal(const char *s)
{
    bool minus = !(*s >= '0' && *s <= '9') && *s != '+' && *s != '.';
    double value = strtod(s + strcspn(s, "0123456789."), NULL);
    return minus ? -value : value;
}

static bool read_scientific(struct number *out, const struct number_reader *r,
                            const char *text, struct arena *mem)
{
    struct match mantissa, power;
    size_t len = strlen(text);
    if (pattern_find(r->scientific, text, len, 0, 1, &mantissa) != FOUND_MATCH ||
        pattern_find(r->scientific, text, len, 0, 2, &power) != FOUND_MATCH)
        return false;
    double m = decimal(arena_strndup(mem, text + mantissa.from, mantissa.len));
    double p = decimal(arena_strndup(mem, text + power.from, power.len));
    const char *exact = arena_printf(mem, "%.17ge%.0f", m, p);
    out->value = strtod(exact, NULL);
    out->whole = out->value == floor(out->value);
    return true;
}

static bool read_mixed(struct number *out, const struct number_reader *r, const char *text,
                       struct arena *mem)
{
    struct match whole, part;
    size_t len = strlen(text);
    char *end;
    if (pattern_find(r->mixed, text, len, 0, 1, &whole) != FOUND_MATCH ||
        pattern_find(r->mixed, text, len, 0, 2, &part) != FOUND_MATCH)
        return false;
    double above = strtod(arena_strndup(mem, text + part.from, part.len), &end);
    double fraction = above / strtod(end + 1, NULL);
    double value = decimal(arena_strndup(mem, text + whole.from, whole.len));
    out->value = text[whole.from] == '-' ? value - fraction : value + fraction;
    return true;
}

/* As the finder writes it: sign, digits, point, perhaps "/" and "%". */
static void read_plain(struct number *out, const char *text)
{
    char *end;
    out->value = strtod(text, &end);
    out->whole = strspn(text, "-0123456789") == strlen(text);
    if (*end == '/')
        out->value /= strtod(end + 1, &end);
    out->percent = *end == '%';
    if (out->percent)
        out->value /= 100;
    out->whole |= !out->percent && out->value == floor(out->value);
}

bool number_read(struct number *out, const struct number_reader *r, const char *text,
                 struct arena *mem)
{
    struct extraction found;
    const char *tidy = substitute_all(r->plain_text, text, mem);
    *out = (struct number){ 0 };
    text = tidy ? tidy : text;
    if (read_scientific(out, r, text, mem) || read_mixed(out, r, text, mem))
        return isfinite(out->value);
    extract_apply(&found, r->plain, text, "", mem);
    if (!found.text)
        return false;
    read_plain(out, found.text);
    return isfinite(out->value);
}

static bool close_to(double a, double b, double relative, double absolute)
{
    double gap = fabs(a - b);
    return gap <= absolute || gap <= relative * fmax(fabs(a), fabs(b));
}

bool number_same(const struct number *a, const struct number *b, double relative,
                 double absolute)
{
    if (a->whole && b->whole)
        return a->value == b->value;
    if (close_to(a->value, b->value, relative, absolute))
        return true;
    return a->percent != b->percent &&
           close_to(a->percent ? a->value * 100 : a->value,
                    b->percent ? b->value * 100 : b->value, relative, absolute);
}
