#ifndef EVALRUN_SCORERS_SEGMENTER_LEXICON_H
#define EVALRUN_SCORERS_SEGMENTER_LEXICON_H
/*
 * The segmenter's words: a tree of characters, of which every node that ends a
 * word knows its weight, log(frequency) - log(sum of all frequencies).
 *
 *     uint32_t node = LEXICON_ROOT;
 *     while (i < n && (node = lexicon_step(l, node, code[i++])) != LEXICON_NONE)
 *         if (lexicon_is_word(l, node))
 *             ... lexicon_weight(l, node)
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { LEXICON_ROOT = 0, LEXICON_NONE = 0 }; /* no step leads back to the root */

struct lexicon;

/* Of jieba's dict.txt: a line has a word, a blank and its frequency, and more that
 * is not read. Of a word that comes twice the later frequency counts, though the
 * sum has both. Errors name the line. */
MUST_USE int lexicon_new(struct lexicon **out, const char *text, size_t len, struct err *e);
void lexicon_free(struct lexicon *l);

/* From a node to that of one more character; LEXICON_NONE when no word goes on so. */
uint32_t lexicon_step(const struct lexicon *l, uint32_t node, int32_t code);

bool lexicon_is_word(const struct lexicon *l, uint32_t node);
double lexicon_weight(const struct lexicon *l, uint32_t node);

/* The weight of a character that no word begins with: of frequency 1. */
double lexicon_unknown(const struct lexicon *l);

#endif
