/*
 * Answers as what they are made of: lists, points, intervals, sets, matrices,
 * equations, and formulas, which are compared by value.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/math_parts.h"

enum { MAX_PARTS = 64, MAX_BYTES = 4000, POINTS = 6, MAX_LEVELS = 8 };

struct compare {
    double tolerance;
    struct arena *mem;
    int level;
};

static bool same(struct compare *c, const char *a, const char *b);

/* Where `sep` stands outside all brackets; NULL when nowhere. Half-open intervals
 * let brackets close what another kind opened. */
static const char *outside(const char *s, const char *sep)
{
    int depth = 0;
    for (size_t len = strlen(sep); *s; s++) {
        if (depth == 0 && strncmp(s, sep, len) == 0 &&
            !(*sep == '\\' && isalpha((unsigned char)s[len])))
            return s;
        depth += *s == '(' || *s == '[' || *s == '{';
        depth -= *s == ')' || *s == ']' || *s == '}';
    }
    return NULL;
}

static const char *trimmed(const char *from, const char *end, struct arena *mem)
{
    while (from < end && *from == ' ')
        from++;
    while (end > from && end[-1] == ' ')
        end--;
    return math_slice(from, end, mem);
}

/* The parts between separators, at most MAX_PARTS; 0 when there are more. */
static size_t split(const char **out, const char *s, const char *sep, struct arena *mem)
{
    size_t n = 0;
    for (const char *at; n < MAX_PARTS; s = at + strlen(sep)) {
        at = outside(s, sep);
        out[n++] = trimmed(s, at ? at : s + strlen(s), mem);
        if (!at)
            return n;
    }
    return 0;
}

/* 1,000,000 outside brackets is a number. */
static bool is_thousands(const char *s)
{
    s += *s == '-';
    size_t n = strspn(s, "0123456789");
    if (!n || n > 3 || s[n] != ',')
        return false;
    for (s += n; *s == ','; s += 4)
        if (strspn(s + 1, "0123456789") != 3)
            return false;
    return !*s || (*s == '.' && strspn(s + 1, "0123456789") == strlen(s + 1));
}

static bool same_in_order(struct compare *c, const char **a, const char **b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!same(c, a[i], b[i]))
            return false;
    return true;
}

/* Each has one of its own on the other side. */
static bool same_in_any_order(struct compare *c, const char **a, const char **b, size_t n)
{
    bool used[MAX_PARTS] = { false };
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < n && (used[k] || !same(c, a[i], b[k])))
            k++;
        if (k == n)
            return false;
        used[k] = true;
    }
    return true;
}

/* Both split by `sep`: -1 when neither is. */
static int same_parts(struct compare *c, const char *a, const char *b, const char *sep,
                      bool in_order)
{
    const char *x[MAX_PARTS], *y[MAX_PARTS];
    if (!outside(a, sep) && !outside(b, sep))
        return -1;
    size_t n = split(x, a, sep, c->mem);
    if (!n || n != split(y, b, sep, c->mem))
        return false;
    return in_order ? same_in_order(c, x, y, n) : same_in_any_order(c, x, y, n);
}

/* What one pair of brackets around the whole holds: NULL when there is none. */
static const char *inside(const char *s, const char *open, const char *close,
                          struct arena *mem)
{
    size_t len = strlen(s), n = strlen(open), k = strlen(close);
    int depth = 0;
    if (len < n + k || strncmp(s, open, n) != 0 || strcmp(s + len - k, close) != 0)
        return NULL;
    for (const char *at = s + n - 1; *at; at++) {
        depth += *at == '(' || *at == '[' || *at == '{';
        depth -= *at == ')' || *at == ']' || *at == '}';
        if (depth == 0 && at[1])
            return NULL;
    }
    return trimmed(s + n, s + len - k, mem);
}

/* A set: \{1,2\}. -1: neither is one. */
static int same_sets(struct compare *c, const char *a, const char *b)
{
    const char *x = inside(a, "\\{", "\\}", c->mem), *y = inside(b, "\\{", "\\}", c->mem);
    if (!x && !y)
        return -1;
    if (!x || !y)
        return false;
    int rc = same_parts(c, x, y, ",", false);
    return rc < 0 ? same(c, x, y) : rc;
}

/* Points and intervals: the same brackets, the same in the same order. */
static int same_tuples(struct compare *c, const char *a, const char *b)
{
    static const struct math_pair kinds[] = { { "(", ")" }, { "[", "]" }, { "(", "]" },
                                              { "[", ")" }, { NULL, NULL } };
    for (const struct math_pair *k = kinds; k->from; k++) {
        const char *x = inside(a, k->from, k->to, c->mem);
        const char *y = inside(b, k->from, k->to, c->mem);
        if (x && y)
            return same_parts(c, x, y, ",", true);
        if ((x && outside(x, ",")) || (y && outside(y, ",")))
            return false;
    }
    return -1;
}

static const char *matrix(const char *s, struct arena *mem)
{
    static const char *const names[] = { "pmatrix", "bmatrix", "matrix", NULL };
    for (size_t i = 0; names[i]; i++) {
        const char *open = arena_printf(mem, "\\begin{%s}", names[i]);
        const char *close = arena_printf(mem, "\\end{%s}", names[i]);
        size_t len = strlen(s), n = strlen(open), k = strlen(close);
        if (len >= n + k && strncmp(s, open, n) == 0 && strcmp(s + len - k, close) == 0)
            return trimmed(s + n, s + len - k, mem);
    }
    return NULL;
}

static int same_matrices(struct compare *c, const char *a, const char *b)
{
    const char *x = matrix(a, c->mem), *y = matrix(b, c->mem);
    if (!x && !y)
        return -1;
    if (!x || !y)
        return false;
    int rc = same_parts(c, x, y, "\\\\", true);
    return rc < 0 ? same(c, x, y) : rc;
}

/* The values at all points; false where one is no formula that is understood. */
static bool values(double *out, const char *s)
{
    for (unsigned point = 0; point < POINTS; point++)
        if (!math_value(&out[point], s, point))
            return false;
    return true;
}

/* Formulas with variables, multiplied by a factor that makes them equal where
 * they are not 0: what cancels leaves a little. */
static bool same_at_points(const double *x, const double *y, double factor, double tolerance)
{
    static const double nothing = 1e-9;
    unsigned good = 0;
    for (unsigned i = 0; i < POINTS; i++) {
        if (isnan(x[i]) && isnan(y[i]))
            continue;
        if (!math_close(x[i] * factor, y[i], tolerance) &&
            !(fabs(x[i] * factor) < nothing && fabs(y[i]) < nothing))
            return false;
        good++;
    }
    return good > 0;
}

static bool varies(const double *x)
{
    for (unsigned i = 1; i < POINTS; i++)
        if (x[i] != x[0])
            return true;
    return false;
}

static bool same_value(const char *a, const char *b, double tolerance)
{
    double x[POINTS], y[POINTS];
    if (!values(x, a) || !values(y, b))
        return false;
    return varies(x) || varies(y) ? same_at_points(x, y, 1, tolerance)
                                  : math_close(x[0], y[0], tolerance);
}

/* Equations of which one is a multiple of the other. */
static bool same_but_factor(const char *a, const char *b, double tolerance)
{
    double x[POINTS], y[POINTS];
    if (!values(x, a) || !values(y, b) || !varies(x) || !varies(y))
        return false;
    return same_at_points(x, y, y[0] / x[0], tolerance);
}

/* "50%" is 0.5, and 50 too where the other side has no percent sign. */
static bool same_but_percent(const char *a, const char *b, double tolerance, struct arena *mem)
{
    size_t n = strlen(a), k = strlen(b);
    bool x = n && a[n - 1] == '%', y = k && b[k - 1] == '%';
    if (x == y)
        return false;
    return same_value(x ? math_slice(a, a + n - 1, mem) : a,
                      y ? math_slice(b, b + k - 1, mem) : b, tolerance);
}

/* Letters alone: names, "True", "C"; the case of ASCII does not count. */
static bool same_words(const char *a, const char *b)
{
    size_t n = 0;
    for (; *a || *b; n++) {
        a += strspn(a, " (){}.");
        b += strspn(b, " (){}.");
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (!*a)
            break;
        a++;
        b++;
    }
    return n > 0;
}

static const char *with_sign(const char *s, const char *sign, struct arena *mem)
{
    return math_replace(s, "\\pm", sign, mem);
}

/* "2 \pm 3" is both values. */
static bool same_either_sign(struct compare *c, const char *a, const char *b)
{
    const char *x[] = { with_sign(a, "+", c->mem), with_sign(a, "-", c->mem) };
    const char *y[] = { with_sign(b, "+", c->mem), with_sign(b, "-", c->mem) };
    return same_in_any_order(c, x, y, 2);
}

static int same_signed(struct compare *c, const char *a, const char *b)
{
    bool x = strstr(a, "\\pm"), y = strstr(b, "\\pm");
    const char *part[MAX_PARTS];
    if (!x && !y)
        return -1;
    if (x && y)
        return same_either_sign(c, a, b);
    const char *both = x ? a : b, *list = x ? b : a;
    if (split(part, list, ",", c->mem) != 2)
        return false;
    const char *each[] = { with_sign(both, "+", c->mem), with_sign(both, "-", c->mem) };
    return same_in_any_order(c, each, part, 2);
}

struct relation {
    const char *sign, *turned;
};

/* a < b and b > a; equations whose sides' differences are multiples of each other. */
static int same_relations(struct compare *c, const char *a, const char *b)
{
    static const struct relation kinds[] = { { "\\le", "\\ge" }, { "\\ge", "\\le" },
                                             { "<", ">" }, { ">", "<" }, { "\\ne", "\\ne" } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *x[MAX_PARTS], *y[MAX_PARTS], *turned[MAX_PARTS];
        if (!outside(a, kinds[i].sign))
            continue;
        size_t n = split(x, a, kinds[i].sign, c->mem);
        if (n && n == split(y, b, kinds[i].sign, c->mem) && same_in_order(c, x, y, n))
            return true;
        if (!n || n != split(y, b, kinds[i].turned, c->mem))
            return false;
        for (size_t k = 0; k < n; k++)
            turned[k] = y[n - 1 - k];
        return same_in_order(c, x, turned, n);
    }
    return -1;
}

static bool same_equations(struct compare *c, const char *a, const char *b)
{
    const char *x[MAX_PARTS], *y[MAX_PARTS];
    if (split(x, a, "=", c->mem) != 2 || split(y, b, "=", c->mem) != 2)
        return false;
    return same_but_factor(arena_printf(c->mem, "(%s)-(%s)", x[0], x[1]),
                           arena_printf(c->mem, "(%s)-(%s)", y[0], y[1]), c->tolerance);
}

/* What "x = 5", "f(x) = 5", "x \in [1,2]" say of x, and of "1 + 1 = 2" the end. */
static const char *without_name(const char *s, struct arena *mem)
{
    const char *in = outside(s, "\\in"), *at = outside(s, "=");
    if (in)
        return trimmed(in + 3, in + strlen(in), mem);
    if (!at)
        return s;
    const char *name = trimmed(s, at, mem), *next = outside(at + 1, "=");
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789()'");
    bool is_name = len == strlen(name) && isalpha((unsigned char)*name) &&
                   (len <= 2 || strchr(name, '(') || strchr(name, '_'));
    if (!is_name && !next)
        return s;
    return without_name(trimmed(at + 1, at + strlen(at), mem), mem);
}

static bool same_whole(struct compare *c, const char *a, const char *b)
{
    int rc;
    if ((rc = same_sets(c, a, b)) >= 0 || (rc = same_matrices(c, a, b)) >= 0 ||
        (rc = same_parts(c, a, b, "\\cup", false)) >= 0 || (rc = same_tuples(c, a, b)) >= 0 ||
        (rc = same_parts(c, a, b, ";", true)) >= 0 || (rc = same_signed(c, a, b)) >= 0 ||
        (rc = same_parts(c, a, b, ",", false)) >= 0 || (rc = same_parts(c, a, b, "&", true)) >= 0)
        return rc;
    if ((rc = same_relations(c, a, b)) >= 0 || (rc = same_relations(c, b, a)) >= 0)
        return rc;
    if (outside(a, "=") && outside(b, "="))
        return same_equations(c, a, b);
    return same_value(a, b, c->tolerance) || same_but_percent(a, b, c->tolerance, c->mem) ||
           same_words(a, b);
}

static bool same(struct compare *c, const char *a, const char *b)
{
    bool equal = false;
    a = without_name(a, c->mem);
    b = without_name(b, c->mem);
    a = is_thousands(a) ? math_replace(a, ",", "", c->mem) : a;
    b = is_thousands(b) ? math_replace(b, ",", "", c->mem) : b;
    if (!*a || !*b)
        return false;
    if (++c->level <= MAX_LEVELS)
        equal = strcmp(a, b) == 0 || same_whole(c, a, b);
    c->level--;
    return equal;
}

bool math_plus(const char *a, const char *b, double tolerance, struct arena *mem)
{
    struct compare c = { .tolerance = tolerance, .mem = mem };
    if (strlen(a) > MAX_BYTES || strlen(b) > MAX_BYTES)
        return false;
    return same(&c, a, b);
}
