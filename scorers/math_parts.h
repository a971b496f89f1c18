#ifndef EVALRUN_SCORERS_MATH_PARTS_H
#define EVALRUN_SCORERS_MATH_PARTS_H
/* What math.c is made of. All text that is returned lies in the arena. */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pattern.h"

/* str.replace() of Python. */
const char *math_replace(const char *s, const char *from, const char *to, struct arena *mem);

/* The text between two places. */
const char *math_slice(const char *from, const char *end, struct arena *mem);

struct math_pair {
    const char *from, *to;
};

/* Several of them in turn; the list ends with a NULL. */
const char *math_replace_all(const char *s, const struct math_pair *pair, struct arena *mem);

/* NULL where the original raises. `forgiving`: a/b of which one is no whole number
 * stays what it is. */
struct math_hendrycks {
    struct pattern *whole; /* what Python's int() takes, without white space */
};
MUST_USE int math_hendrycks_open(struct math_hendrycks *out, struct err *e);
void math_hendrycks_close(struct math_hendrycks *h);
const char *math_hendrycks(const struct math_hendrycks *h, bool forgiving, const char *s,
                           struct arena *mem);

enum { MATH_MINERVA_REMOVED = 42 };
struct math_minerva {
    struct pattern *word[MATH_MINERVA_REMOVED]; /* those of letters, standing alone */
    struct pattern *root, *thousands;
};
MUST_USE int math_minerva_open(struct math_minerva *out, struct err *e);
void math_minerva_close(struct math_minerva *m);
const char *math_minerva(const struct math_minerva *m, const char *s, struct arena *mem);

/* The answer in a whole text; NULL = None. */
struct math_within {
    struct pattern *dollars, *number;
};
MUST_USE int math_within_open(struct math_within *out, struct err *e);
void math_within_close(struct math_within *a);
const char *math_within(const struct math_within *a, const char *s, struct arena *mem);

/* One notation for what LaTeX, plain text and Chinese text write in many ways. */
const char *math_clean(const char *s, struct arena *mem);
/* By value, of two cleaned texts. */
bool math_plus(const char *a, const char *b, double tolerance, struct arena *mem);

/* A formula's value where every variable has a value of its own that belongs to
 * its name and to the number `point`. false: not a formula that is understood. */
bool math_value(double *out, const char *formula, unsigned point);
bool math_close(double a, double b, double tolerance);

#endif
