/*
 * The value of a formula: a parser that computes as it reads. A variable has a
 * value that belongs to its name and to a number, so that two formulas which are
 * equal at a few such points are taken to be the same formula. Points are above 0
 * so that roots and logarithms have values there, and every other one lies farther
 * out, where x - 2 is above 0 too.
 *
 * Juxtaposition multiplies and binds as "*" does: 1/2x is (1/2)x. A whole number
 * before a fraction of whole numbers is a mixed number. An exponent without
 * braces is a whole number with all its digits, or one factor.
 */
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scorers/math_parts.h"

enum { MAX_NESTING = 60, MAX_FACTORIAL = 170, FAR = 9 };

struct reading {
    const char *at;
    unsigned point;
    int depth;
    bool wrong;
};

static double expression(struct reading *r);
static double factor(struct reading *r);

static double fail(struct reading *r)
{
    r->wrong = true;
    return 0;
}

static void skip_space(struct reading *r)
{
    while (*r->at == ' ')
        r->at++;
}

/* Take this text where it stands; a command's name must end there. */
static bool take(struct reading *r, const char *text)
{
    size_t len = strlen(text);
    skip_space(r);
    if (strncmp(r->at, text, len) != 0)
        return false;
    if (isalpha((unsigned char)text[len - 1]) && *text == '\\' &&
        isalpha((unsigned char)r->at[len]))
        return false;
    r->at += len;
    return true;
}

static double closed(struct reading *r, const char *end)
{
    double value = expression(r);
    return take(r, end) ? value : fail(r);
}

/* What one argument of a command is: braces, or a single character. */
static double argument(struct reading *r)
{
    skip_space(r);
    if (take(r, "{"))
        return closed(r, "}");
    if (isdigit((unsigned char)*r->at))
        return *r->at++ - '0';
    return factor(r);
}

static double variable(struct reading *r, const char *name, size_t len)
{
    uint64_t hash = 1469598103934665603u + r->point;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)name[i]) * 1099511628211u;
    hash ^= hash >> 29;
    hash *= 0xbf58476d1ce4e5b9u;
    hash ^= hash >> 32;
    double value = 0.25 + 1.5 * (double)(hash >> 11) / 9007199254740992.0;
    return r->point % 2 ? value * FAR : value;
}

static double number(struct reading *r)
{
    char *end;
    size_t digits = strspn(r->at, "0123456789");
    const char *start = r->at;
    bool point = start[digits] == '.' && isdigit((unsigned char)start[digits + 1]);
    if (!point && start[digits] == '.' && digits)
        r->at += digits + 1; /* "5." */
    else
        r->at += digits + (point ? 1 + strspn(start + digits + 1, "0123456789") : 0);
    if ((*r->at == 'e' || *r->at == 'E') && (isdigit((unsigned char)r->at[1]) ||
        ((r->at[1] == '-' || r->at[1] == '+') && isdigit((unsigned char)r->at[2]))))
        r->at += 2 + strspn(r->at + 2, "0123456789");
    double value = strtod(start, &end);
    return end == r->at || *r->at == '.' || r->at[-1] == '.' ? value : fail(r);
}

/* "2\frac{1}{2}" and "2 1/2": the fraction that belongs to the whole number
 * before it; 0 when none does. */
static double mixed_part(struct reading *r)
{
    struct reading ahead = *r;
    double above, below;
    skip_space(&ahead);
    bool latex = take(&ahead, "\\frac");
    if (!latex && (ahead.at == r->at || !isdigit((unsigned char)*ahead.at)))
        return 0;
    const char *from = ahead.at;
    above = latex ? argument(&ahead) : number(&ahead);
    if (!latex && !take(&ahead, "/"))
        return fail(r); /* two numbers in a row mean nothing */
    below = latex ? argument(&ahead) : number(&ahead);
    if (strspn(from, "0123456789{}/ ") < (size_t)(ahead.at - from) || below <= above)
        return 0;
    r->at = ahead.at;
    return above / below;
}

static double whole_or_number(struct reading *r)
{
    const char *from = r->at;
    double value = number(r);
    bool whole = strspn(from, "0123456789") == (size_t)(r->at - from);
    return whole && !r->wrong ? value + mixed_part(r) : value;
}

static double root(struct reading *r)
{
    double degree = 2;
    if (take(r, "["))
        degree = closed(r, "]");
    double of = argument(r);
    if (of < 0 && fmod(degree, 2) == 1)
        return -pow(-of, 1 / degree);
    return degree == 2 ? sqrt(of) : pow(of, 1 / degree);
}

static double cot_of(double x)
{
    return 1 / tan(x);
}

static double sec_of(double x)
{
    return 1 / cos(x);
}

static double csc_of(double x)
{
    return 1 / sin(x);
}

static const struct {
    const char *name;
    double (*of)(double);
} functions[] = {
    { "\\arcsin", asin }, { "\\arccos", acos }, { "\\arctan", atan }, { "\\sin", sin },
    { "\\cos", cos }, { "\\tan", tan }, { "\\cot", cot_of }, { "\\sec", sec_of },
    { "\\csc", csc_of }, { "\\ln", log }, { "\\exp", exp }, { "\\lg", log10 },
};
enum { N_FUNCTION = sizeof functions / sizeof *functions };

/* Factors up to a sign or the next command: \sin 2x \cos x is sin(2x) cos(x). */
static double function_argument(struct reading *r)
{
    double value = factor(r);
    for (skip_space(r); isalnum((unsigned char)*r->at) || strncmp(r->at, "\\pi", 3) == 0;
         skip_space(r))
        value *= factor(r);
    return value;
}

static double function(struct reading *r, double (*of)(double))
{
    double exponent = 1;
    if (take(r, "^"))
        exponent = argument(r);
    if (exponent == -1)
        return fail(r); /* an inverse, or one over it */
    double value = of(function_argument(r));
    return exponent == 1 ? value : pow(value, exponent);
}

/* Without a base, log is the natural one. */
static double logarithm(struct reading *r)
{
    double base = 0;
    if (take(r, "_"))
        base = argument(r);
    double value = log(function_argument(r));
    return base > 0 ? value / log(base) : value;
}

static double binomial(struct reading *r)
{
    double n = argument(r), k = argument(r), value = 1;
    if (k < 0 || k > MAX_FACTORIAL || k != floor(k))
        return fail(r);
    for (double i = 1; i <= k; i++)
        value = value * (n - k + i) / i;
    return value;
}

static double command(struct reading *r)
{
    for (size_t i = 0; i < N_FUNCTION; i++)
        if (take(r, functions[i].name))
            return function(r, functions[i].of);
    if (take(r, "\\frac")) {
        double above = argument(r);
        return above / argument(r);
    }
    if (take(r, "\\sqrt"))
        return root(r);
    if (take(r, "\\log"))
        return logarithm(r);
    if (take(r, "\\binom"))
        return binomial(r);
    if (take(r, "\\pi"))
        return acos(-1);
    if (take(r, "\\infty"))
        return INFINITY;
    size_t len = 1 + strspn(r->at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    static const char *const letters[] = { "\\alpha", "\\beta", "\\gamma", "\\delta", "\\theta",
                                           "\\lambda", "\\mu", "\\rho", "\\sigma", "\\phi",
                                           "\\varphi", "\\omega", "\\epsilon", NULL };
    for (size_t i = 0; letters[i]; i++)
        if (take(r, letters[i]))
            return variable(r, letters[i], len);
    return fail(r);
}

/* A letter with its index: x, a_1, x_{10}. */
static double letter(struct reading *r)
{
    const char *name = r->at++;
    if (*name == 'e' && *r->at != '_')
        return exp(1);
    if (*r->at == '_' && r->at[1] == '{' && strchr(r->at, '}'))
        r->at = strchr(r->at, '}') + 1;
    else if (*r->at == '_' && isalnum((unsigned char)r->at[1]))
        r->at += 2;
    return variable(r, name, (size_t)(r->at - name));
}

static double atom(struct reading *r)
{
    skip_space(r);
    if (isdigit((unsigned char)*r->at) || (*r->at == '.' && isdigit((unsigned char)r->at[1])))
        return whole_or_number(r);
    if (take(r, "("))
        return closed(r, ")");
    if (take(r, "["))
        return closed(r, "]");
    if (take(r, "{"))
        return closed(r, "}");
    if (take(r, "|"))
        return fabs(closed(r, "|"));
    if (*r->at == '\\')
        return command(r);
    return isalpha((unsigned char)*r->at) ? letter(r) : fail(r);
}

static double factorial(struct reading *r, double n)
{
    if (n < 0 || n > MAX_FACTORIAL || n != floor(n))
        return fail(r);
    return floor(tgamma(n + 1) + 0.5);
}

static double exponent(struct reading *r)
{
    skip_space(r);
    if (take(r, "{"))
        return closed(r, "}");
    if (take(r, "-"))
        return -exponent(r);
    if (isdigit((unsigned char)*r->at))
        return number(r);
    return factor(r);
}

static double factor_within(struct reading *r)
{
    if (take(r, "-"))
        return -factor(r);
    if (take(r, "+"))
        return factor(r);
    double value = atom(r);
    while (!r->wrong) {
        if (take(r, "!"))
            value = factorial(r, value);
        else if (take(r, "%"))
            value /= 100;
        else if (take(r, "^"))
            value = pow(value, exponent(r));
        else
            break;
    }
    return value;
}

static double factor(struct reading *r)
{
    if (r->wrong || ++r->depth > MAX_NESTING)
        return fail(r);
    double value = factor_within(r);
    r->depth--;
    return value;
}

static bool begins_factor(const struct reading *r)
{
    return isalnum((unsigned char)*r->at) || *r->at == '(' || *r->at == '{' ||
           (*r->at == '\\' && isalpha((unsigned char)r->at[1]));
}

static double term(struct reading *r)
{
    double value = factor(r);
    while (!r->wrong) {
        if (take(r, "*") || take(r, "\\cdot") || take(r, "\\times"))
            value *= factor(r);
        else if (take(r, "/") || take(r, "\\div"))
            value /= factor(r);
        else if (skip_space(r), begins_factor(r))
            value *= factor(r);
        else
            break;
    }
    return value;
}

static double expression(struct reading *r)
{
    double value = term(r);
    while (!r->wrong) {
        if (take(r, "+"))
            value += term(r);
        else if (take(r, "-"))
            value -= term(r);
        else
            break;
    }
    return value;
}

bool math_value(double *out, const char *formula, unsigned point)
{
    struct reading r = { .at = formula, .point = point };
    *out = expression(&r);
    skip_space(&r);
    return !r.wrong && !*r.at;
}

bool math_close(double a, double b, double tolerance)
{
    if (isinf(a) || isinf(b))
        return a == b;
    return fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b));
}
