#include "scorers/math.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "scorers/math_parts.h"

struct math {
    enum math_rules rules;
    double tolerance;
    struct math_hendrycks hendrycks;
    struct math_minerva minerva;
    struct math_within within;
};

const char *math_slice(const char *from, const char *end, struct arena *mem)
{
    return arena_strndup(mem, from, (size_t)(end - from));
}

const char *math_replace(const char *s, const char *from, const char *to, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    size_t len = strlen(from);
    const char *at, *rest = s;
    while ((at = strstr(rest, from))) {
        strbuf_add(&b, rest, (size_t)(at - rest));
        strbuf_puts(&b, to);
        rest = at + len;
    }
    if (rest != s) {
        strbuf_puts(&b, rest);
        s = arena_strdup(mem, b.s);
    }
    strbuf_release(&b);
    return s;
}

const char *math_replace_all(const char *s, const struct math_pair *pair, struct arena *mem)
{
    for (; pair->from; pair++)
        s = math_replace(s, pair->from, pair->to, mem);
    return s;
}

static int open_parts(struct math *m, struct err *e)
{
    if (math_hendrycks_open(&m->hendrycks, e) < 0 || math_minerva_open(&m->minerva, e) < 0)
        return e->code;
    return math_within_open(&m->within, e);
}

int math_new(struct math **out, enum math_rules rules, double tolerance, struct err *e)
{
    struct math *m = xcalloc(1, sizeof *m);
    m->rules = rules;
    m->tolerance = tolerance;
    if (open_parts(m, e) < 0) {
        math_free(m);
        return e->code;
    }
    *out = m;
    return 0;
}

void math_free(struct math *m)
{
    if (!m)
        return;
    math_hendrycks_close(&m->hendrycks);
    math_minerva_close(&m->minerva);
    math_within_close(&m->within);
    free(m);
}

/* The original catches what strip_string() raises and compares the texts. */
static bool same_hendrycks(const struct math *m, bool forgiving, const char *a, const char *b,
                           struct arena *mem)
{
    const char *x = math_hendrycks(&m->hendrycks, forgiving, a, mem);
    const char *y = x ? math_hendrycks(&m->hendrycks, forgiving, b, mem) : NULL;
    return x && y ? strcmp(x, y) == 0 : strcmp(a, b) == 0;
}

static bool same_minerva(const struct math *m, const char *a, const char *b, struct arena *mem)
{
    const char *x = math_minerva(&m->minerva, a, mem);
    return *x && strcmp(x, math_minerva(&m->minerva, b, mem)) == 0;
}

/* Two texts without an answer are equal there: None == None. */
static bool same_within(const struct math *m, const char *a, const char *b, struct arena *mem)
{
    const char *x = math_within(&m->within, a, mem), *y = math_within(&m->within, b, mem);
    return x && y ? same_hendrycks(m, true, x, y, mem) : x == y;
}

bool math_same(const struct math *m, const char *a, const char *b, struct arena *mem)
{
    switch (m->rules) {
    case MATH_HENDRYCKS: return same_hendrycks(m, false, a, b, mem);
    case MATH_MINERVA: return same_minerva(m, a, b, mem);
    case MATH_WITHIN: return same_within(m, a, b, mem);
    case MATH_PLUS: break;
    }
    return same_hendrycks(m, false, a, b, mem) || same_minerva(m, a, b, mem) ||
           math_plus(math_clean(a, mem), math_clean(b, mem), m->tolerance, mem);
}
