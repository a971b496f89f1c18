#ifndef EVALRUN_SCORERS_PLAIN_H
#define EVALRUN_SCORERS_PLAIN_H
/*
 * Plain forms of short answers, and their tokens. All texts are valid UTF-8, all
 * results in mem.
 */
#include <stddef.h>

#include "base/mem.h"

/* SQuAD's (evaluate-v1.1.py, evaluate-v2.0.py: normalize_answer): small letters,
 * without the 32 punctuation characters of ASCII, without the words a, an and
 * the, one space between words. HELM's quasi-exact match compares this form. */
const char *plain_english(const char *text, struct arena *mem);

/* That form, and its words. */
struct plain_words {
    const char *bare;
    const char *const *word;
    size_t n;
};
struct plain_words plain_words(const char *text, struct arena *mem);

/* The words between white space (Python's str.split()); their number in *n. */
const char *const *plain_split(size_t *n, const char *text, struct arena *mem);

/* Small letters; without white space and punctuation, ASCII's, full-width and
 * CJK's; one token is a run of letters and digits of ASCII, or any other single
 * character. */
const char *const *plain_chars(size_t *n, const char *text, struct arena *mem);

/* How many words the lists have in common, each as often as it is in both. */
size_t plain_common(const char *const *a, size_t n_a, const char *const *b, size_t n_b,
                    struct arena *mem);

/* The harmonic mean of common/n_a and common/n_b; where one of the lists is
 * empty, 1 when both are, else 0 (evaluate-v2.0.py: compute_f1). */
double plain_f1(const char *const *a, size_t n_a, const char *const *b, size_t n_b,
                struct arena *mem);

#endif
