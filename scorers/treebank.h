#ifndef EVALRUN_SCORERS_TREEBANK_H
#define EVALRUN_SCORERS_TREEBANK_H
/*
 * English words as NLTK's NLTKWordTokenizer (3.9) cuts them, which is what its
 * word_tokenize() does with one sentence: punctuation, brackets and quotes by
 * themselves, clitics apart ("do", "n't"), the full stop at the end of the text
 * apart, double quotes as `` and ''. word_tokenize() cuts a text into sentences
 * before, by a trained model which is not shipped: here a text is one sentence,
 * so that a full stop in its middle stays with its word. sentences_words() of
 * sentences.h cuts it before.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

struct treebank;

MUST_USE int treebank_new(struct treebank **out, struct err *e);
void treebank_free(struct treebank *t);

/* The words, in mem; their number in *n. NULL when a pattern gave up. */
const char *const *treebank_words(size_t *n, const struct treebank *t, const char *text,
                                  struct arena *mem);

#endif
