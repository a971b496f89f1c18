#ifndef EVALRUN_BASE_EXTRACT_H
#define EVALRUN_BASE_EXTRACT_H
/*
 * The answer in a text that a model wrote, by ordered rules. What no rule finds
 * is not found: nothing is ever guessed.
 *
 *     "extract": [ { "regex": ["答案是\\s*([ABCD])", "选\\s*([ABCD])"] },
 *                  { "regex": "\\(?([A-D])\\)?$", "pick": "last" } ]
 *
 *   regex   a pattern (base/pattern.h) or a list of them, tried in order
 *   pick    "first" match in the text, or the "last" (first)
 *   group   which group () is the answer; 0 is the whole match (the first group
 *           that is not empty, where the pattern has any, else 0)
 *   letter  "ABCD": the answer is the first of these letters, in this order,
 *           that stands in the match (the match itself)
 *   as      the answer is this text wherever the pattern matches
 *   subsets the rule is for samples of these subsets only (all)
 *
 * White space at both ends of the answer is left out, but for `as`. A pattern
 * whose match holds no answer (an empty group, none of the letters) has not
 * found one, and the next is tried. A pattern that gives up ends the search:
 * what the next would find might not be the answer.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

struct extract;
struct pattern;

struct extraction {
    const char *text; /* in the arena; NULL = not found */
    size_t rule;      /* which rule found it or gave up, from 1; 0 = none */
    bool limit;       /* it gave up */
};

/* A list of rules; the error begins with the key it stands under, as in
 * "extract[1]: regex: ". */
MUST_USE int extract_new(struct extract **out, const cJSON *list, const char *key,
                         struct err *e);
void extract_free(struct extract *x);

void extract_apply(struct extraction *out, const struct extract *x, const char *text,
                   const char *subset, struct arena *mem);

/* The text without any match of the pattern, as Python's re.sub(pattern, "", text);
 * NULL when the pattern gave up. It must not match the empty text. */
const char *extract_remove(const struct pattern *p, const char *text, struct arena *mem);

/* The text with full-width letters and digits as those of ASCII; all else
 * stays, full-width punctuation too. */
const char *extract_fold_width(const char *text, struct arena *mem);

/* The text without white space at both ends. */
const char *extract_strip(const char *text, struct arena *mem);

#endif
