#ifndef EVALRUN_BASE_SUBSTITUTE_H
#define EVALRUN_BASE_SUBSTITUTE_H
/*
 * A list of patterns and what is put in the place of their matches, applied one
 * after another, each to all of the text that the one before left, as Python's
 * re.sub() does.
 *
 *     static const struct substitution list[] = {
 *         { "([:,])([^\\d])", " \\1 \\2" }, { 0 } };
 *
 * In the replacement \0 is the match and \1 to \9 are its groups.
 */
#include "base/err.h"
#include "base/mem.h"

struct substitution {
    const char *pattern, *by;
};

struct substitute;

/* The list ends with a NULL pattern and must outlive what is made. */
MUST_USE int substitute_new(struct substitute **out, const struct substitution *list,
                            struct err *e);
void substitute_free(struct substitute *s);

/* In mem; NULL when a pattern gave up. */
const char *substitute_all(const struct substitute *s, const char *text, struct arena *mem);

#endif
