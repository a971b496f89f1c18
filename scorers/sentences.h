#ifndef EVALRUN_SCORERS_SENTENCES_H
#define EVALRUN_SCORERS_SENTENCES_H
/*
 * Where English sentences end, as NLTK's Punkt tokenizer (Kiss and Strunk 2006)
 * with its trained English parameters says. These are not shipped: the folder
 * (abbrev_types.txt, collocations.tab, ortho_context.tab, sent_starters.txt of
 * punkt_tab/english) is what scripts/setup.sh --language leaves in the cache.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "scorers/treebank.h"

struct sentences;

MUST_USE int sentences_open(struct sentences **out, const char *folder, struct err *e);
void sentences_close(struct sentences *s);

/* PunktTokenizer("english").tokenize(text): the sentences, in mem. */
const char *const *sentences_split(size_t *n, const struct sentences *s, const char *text,
                                   struct arena *mem);
size_t sentences_count(const struct sentences *s, const char *text, struct arena *mem);

/* nltk.word_tokenize(text): the words of every sentence; NULL when a pattern gave up. */
const char *const *sentences_words(size_t *n, const struct sentences *s,
                                   const struct treebank *words, const char *text,
                                   struct arena *mem);

#endif
