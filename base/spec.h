#ifndef EVALRUN_BASE_SPEC_H
#define EVALRUN_BASE_SPEC_H
/*
 * Reading a small JSON object strictly, such as a scorer's or a rule's: unknown
 * keys, wrong types and unknown names are errors that name the key and the
 * nearest legal word.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"

/* An object whose keys are all among `keys` (NULL-ended). */
MUST_USE int spec_keys(const cJSON *spec, const char *const *keys, struct err *e);

/* A text member that is one of `words` (NULL-ended); *which is its place, left
 * as it is when the key is absent. */
MUST_USE int spec_word(size_t *which, const cJSON *spec, const char *key,
                       const char *const *words, struct err *e);

/* Absent, or a list of texts that are all among `words`; what ("metric") they
 * are, for errors. */
MUST_USE int spec_words(const cJSON *spec, const char *key, const char *what,
                        const char *const *words, struct err *e);

/* A text member that may be absent (then *out is NULL). */
MUST_USE int spec_text(const char **out, const cJSON *spec, const char *key, struct err *e);

/* A member that is true or false; *out stays as it is when it is absent. */
MUST_USE int spec_bool(bool *out, const cJSON *spec, const char *key, struct err *e);

/* A whole number from 0 to 1000; *out stays as it is when it is absent. */
MUST_USE int spec_count(size_t *out, const cJSON *spec, const char *key, struct err *e);

#endif
