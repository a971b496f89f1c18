#ifndef EVALRUN_SCORERS_TEXT_TOKENS_H
#define EVALRUN_SCORERS_TEXT_TOKENS_H
/*
 * The tokenizers of sacrebleu 2.6.0, token for token (PROTOCOLS of translation:
 * docs/metrics.md):
 *
 *   13a   mteval-v13a.pl, WMT's own
 *   zh    every Chinese character is a token, the rest is parted as by 13a
 *   char  every character that is no white space
 *   intl  mteval-v14.pl: punctuation unless it stands between numbers, symbols
 *   none  what white space parts
 *
 * White space is Python's str.split()'s. Trailing white space is left out first.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

enum tokenization {
    TOKENIZE_13A,
    TOKENIZE_ZH,
    TOKENIZE_CHAR,
    TOKENIZE_INTL,
    TOKENIZE_NONE,
    TOKENIZE_COUNT
};
extern const char *const tokenization_names[TOKENIZE_COUNT]; /* "13a" */

/* What it knows of the characters of ASCII; nothing to release. */
struct tokenizer {
    enum tokenization how;
    unsigned char ascii[128];
};
void tokenizer_init(struct tokenizer *t, enum tokenization how);

struct text_token {
    const char *s; /* not ended by NUL */
    uint32_t len;
};

struct text_tokens {
    const struct text_token *list;
    size_t n;
};

/* The tokens of len bytes of valid text; they point into the text, or into mem. */
void text_tokenize(struct text_tokens *out, const struct tokenizer *t, const char *text,
                   size_t len, struct arena *mem);

/* Different words get different numbers, from 0 in order of appearance. */
struct vocabulary {
    struct vocabulary_slot *slot;
    size_t mask, n;
};

/* For at most `most` different words. */
void vocabulary_init(struct vocabulary *v, size_t most, struct arena *mem);
uint32_t vocabulary_number(struct vocabulary *v, const char *s, size_t len);
/* All of a text; the numbers are in mem. */
uint32_t *vocabulary_numbers(struct vocabulary *v, const struct text_tokens *tokens,
                             struct arena *mem);

#endif
