#ifndef EVALRUN_BASE_EXTRACT_H
#define EVALRUN_BASE_EXTRACT_H
/*
 * The answer in a text that a model wrote, by ordered rules. What no rule finds
 * is not found: nothing is ever guessed.
 *
 *     "extract": [ { "name": "marked", "regex": "答案是\\s*([ABCD])" },
 *                  { "boxed": true, "pick": "last" },
 *                  { "number": true, "pick": "last", "after": ["答案", "Answer:"] } ]
 *
 * A rule has one finder:
 *   regex        a pattern (base/pattern.h), or a list of them, tried in order
 *   number       true: a number (extract_number.c), as digits: 1,234.50 -> 1234.50
 *   boxed        true: what stands in \boxed{...}, \boxed 5 or \fbox{...}
 *   code         true: a fenced block, without its fences; or "python", or a list
 *                of words: only a block with one of these behind its fence
 *   json         "path.in.object": a member of a JSON object in the text
 *   option_text  true: the letter of the only option whose text stands in the
 *                text; "equal": of the one that is the text
 *   whole        true: all of it
 * and any of these:
 *   name         what reports call it ("regex 3": its finder and place)
 *   subsets      it is for samples of these subsets only (all)
 * where it searches, in this order:
 *   fold         "width": full-width letters and digits become those of ASCII
 *   remove       patterns whose every match is taken out, in turn
 *   when, unless a pattern that must, or must not, match
 *   after        behind the last occurrence of a text, or of any of a list; where
 *                there is none the rule finds nothing. after_first: the first one
 *   before       up to the first occurrence of a text, or of any of a list
 *   line         "first" or "last": that line alone, of those that are not blank
 * which of what it finds:
 *   pick         "first", "last", a number (the third: 3), "only" (nothing when
 *                there are two), "all" (joined) (first)
 *   most, count  with "all": so many at most, exactly so many (else nothing); or
 *                "target": as many as the right answer has characters
 *   sort         with "all": true: in order, each once
 * and what it makes of it:
 *   final        true: where it matches, no other rule searches, even if what it found
 *                is none of its answers
 *   group        which group () is the answer; 0 is the whole match (the first group
 *                that is not empty, where the pattern has any, else 0)
 *   letter       "ABCD": the answer is the first of these letters, in this order,
 *                that stands in it (all of it)
 *   as           the answer is this text, whatever was found
 *   strip        white space that is left out: at "both" ends, at the "end" ("none") (both;
 *                of code the end: its indentation is its own)
 *   keep_after   what stands behind the last of this text (all, where it is absent)
 *   trim         characters taken off at both ends
 *   map          { "found": "answer" }
 *   only         the list of answers that there are; anything else is not found
 * and of numbers:
 *   chinese      true: 三百二十五点六, 两千零五, 1.5万, 百分之二十 too
 *   fraction     true: 3/4 and 三分之二 as 3/4 and 2/3
 *   percent      true: the sign is kept, 20%
 *
 * What is empty then, or white space alone, has not been found, and the next pattern
 * or rule is tried. A search that gives up ends it all: what the next would find might not
 * be the answer.
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

/* What is searched. All but the text may be left out. */
struct extract_input {
    const char *text;          /* valid UTF-8 */
    const char *subset;        /* NULL = "" */
    const char *const *option; /* their texts, A first */
    size_t n_option;
    size_t n_wanted; /* characters of the right answer; 0 = not known: rules that
                        want it find nothing */
};

/* A list of rules; the error begins with the key it stands under, as in
 * "extract[1]: regex: ". */
MUST_USE int extract_new(struct extract **out, const cJSON *list, const char *key,
                         struct err *e);
void extract_free(struct extract *x);

void extract_find(struct extraction *out, const struct extract *x,
                  const struct extract_input *in, struct arena *mem);
/* The same of a text alone. */
void extract_apply(struct extraction *out, const struct extract *x, const char *text,
                   const char *subset, struct arena *mem);

/* What a rule of a list is called, from 1: its name, or "regex 3". */
const char *extract_label(const cJSON *list, size_t rule, struct arena *mem);

/* The text without any match of the pattern, as Python's re.sub(pattern, "", text);
 * NULL when the pattern gave up. It must not match the empty text. */
const char *extract_remove(const struct pattern *p, const char *text, struct arena *mem);

/* The text without a reasoning model's thoughts, where the engine left any in it:
 * what stands from <think> to </think>; all up to a </think> that nothing opens,
 * since a chat template may have done so; all from a <think> on that nothing
 * closes, since there the answer was never begun. *any: there were some. */
const char *extract_without_thoughts(bool *any, const char *text, struct arena *mem);

/* The text with full-width letters and digits as those of ASCII; all else
 * stays, full-width punctuation too. */
const char *extract_fold_width(const char *text, struct arena *mem);

/* The text without white space at both ends. */
const char *extract_strip(const char *text, struct arena *mem);

#endif
