#ifndef EVALRUN_SCORERS_PORTER_H
#define EVALRUN_SCORERS_PORTER_H
/*
 * The Porter stemmer (An algorithm for suffix stripping, 1980) with the changes of
 * NLTK 3 (PorterStemmer, mode NLTK_EXTENSIONS), which rouge-score uses.
 */
#include <stddef.h>

/* Turns the word, of a-z and 0-9, into its stem in place; returns the stem's
 * length, which is never greater. */
size_t porter_stem(char *word, size_t len);

#endif
