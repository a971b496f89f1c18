#ifndef EVALRUN_SCORERS_LANGUAGE_H
#define EVALRUN_SCORERS_LANGUAGE_H
/*
 * The language of a text, as langdetect 1.0.9 (Shuyo 2010) says with
 * DetectorFactory.seed = 0: a naive Bayes classifier over 1- to 3-grams that draws
 * n-grams of the text at random until it is sure. Its profiles of 55 languages are
 * not shipped: the folder (langdetect's own: profiles/, utils/messages.properties)
 * is what scripts/setup.sh --language leaves in the cache.
 */
#include "base/err.h"
#include "base/mem.h"

struct languages;

MUST_USE int languages_open(struct languages **out, const char *folder, struct err *e);
void languages_close(struct languages *l);

/* "en", "zh-cn", ...; "unknown" when none has a tenth of the probability; NULL when
 * the text has nothing to go by (langdetect raises an exception). In mem. */
const char *language_of(const struct languages *l, const char *text, struct arena *mem);

#endif
