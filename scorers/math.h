#ifndef EVALRUN_SCORERS_MATH_H
#define EVALRUN_SCORERS_MATH_H
/*
 * Is one mathematical answer the same as another? There is no computer algebra
 * here: the first three are the string rules that published figures were made
 * with, step by step and with their mistakes; the last is ours. docs/math.md has
 * them all, and where each differs from a computer algebra system.
 *
 *     math_new(&m, MATH_PLUS, 1e-6, e);
 *     if (math_same(m, "\\frac{1}{2}", "0.5", mem))
 *     math_free(m);
 *
 * No rule is transitive for certain, and all are symmetric.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

enum math_rules {
    /* strip_string() of Hendrycks et al. 2021, as lm-evaluation-harness 0.4.13 has
     * it in tasks/hendrycks_math/utils.py: equal afterwards. Where it raises, the
     * texts themselves are compared. */
    MATH_HENDRYCKS,
    /* normalize_final_answer() of Lewkowycz et al. 2022, appendix D, as
     * lm-evaluation-harness 0.4.13 has it in tasks/minerva_math/utils.py (version
     * 3.1): equal and not empty afterwards. What it then asks sympy is not done. */
    MATH_MINERVA,
    /* The answer is looked for within both whole texts: a box, the last $...$, behind
     * the last "=", the last number. Then a copy of strip_string() that raises in
     * fewer places. docs/math.md says whose. */
    MATH_WITHIN,
    /* Ours: numbers, fractions, roots, percent, units, intervals, sets, tuples,
     * matrices, equations and formulas, compared by value. */
    MATH_PLUS,
};

struct math;

MUST_USE int math_new(struct math **out, enum math_rules rules, double tolerance,
                      struct err *e);
void math_free(struct math *m);
bool math_same(const struct math *m, const char *a, const char *b, struct arena *mem);

#endif
