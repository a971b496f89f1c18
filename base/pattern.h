#ifndef EVALRUN_BASE_PATTERN_H
#define EVALRUN_BASE_PATTERN_H
/*
 * Regular expressions: PCRE2 over UTF-8, with Unicode's own classes (\w, \d and
 * \s know more than ASCII, as in Python). This is the only place that knows
 * PCRE2, and there is no other kind of pattern in the program.
 *
 * Patterns come from task files and texts from models, so that some pair will
 * take for ever. A search that needs too much is given up and says so: that is
 * neither a match nor its absence, and no caller may take it for either.
 *
 * The just-in-time compiler is left out on purpose. It counts its steps in
 * another way, so that a search may be given up with it and not without it;
 * and a stored answer must be read alike on every machine.
 *
 *     struct pattern *p;
 *     struct match match;
 *     pattern_new(&p, "answer is ([A-D])", e);
 *     if (pattern_find(p, text, len, 0, 1, &match) == FOUND_MATCH)
 *         ... text + match.from, match.len
 *     pattern_free(p);
 */
#include <stddef.h>

#include "base/err.h"

struct pattern;

struct match {
    size_t from, len; /* bytes of the text searched */
    size_t end;       /* where the whole match ends */
};

enum found {
    FOUND_NOTHING,
    FOUND_MATCH,
    FOUND_LIMIT, /* given up: too many steps, or too much memory */
};

/* The error says at which byte, from 0, and what is wrong there. */
MUST_USE int pattern_new(struct pattern **out, const char *text, struct err *e);
void pattern_free(struct pattern *p);

/* How many groups () it has. */
size_t pattern_groups(const struct pattern *p);

/* The leftmost match at or after byte `from` of valid UTF-8, where a character
 * begins; *out is where its group lies (0 is the whole match), empty when the group
 * took no part. */
enum found pattern_find(const struct pattern *p, const char *text, size_t len, size_t from,
                        size_t group, struct match *out);

/* The last of the matches that follow one another without overlapping. */
enum found pattern_find_last(const struct pattern *p, const char *text, size_t len, size_t group,
                             struct match *out);

#endif
