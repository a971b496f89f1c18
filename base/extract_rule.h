#ifndef EVALRUN_BASE_EXTRACT_RULE_H
#define EVALRUN_BASE_EXTRACT_RULE_H
/*
 * Private to base/extract*.c: a rule as it was read, and the search for what it
 * finds. extract_read.c reads, extract_scope.c says where is searched,
 * extract_find.c, extract_number.c and extract_json.c search, extract.c decides.
 */
#include <stdint.h>

#include "base/extract.h"
#include "base/pattern.h"

enum finder {
    FINDER_REGEX,
    FINDER_NUMBER,
    FINDER_BOXED,
    FINDER_CODE,
    FINDER_JSON,
    FINDER_OPTION,
    FINDER_WHOLE,
    FINDER_COUNT
};

enum pick { PICK_FIRST, PICK_LAST, PICK_ONLY, PICK_ALL, PICK_NTH };
enum line { LINE_ALL, LINE_FIRST, LINE_LAST };
enum strip { STRIP_BOTH, STRIP_END, STRIP_NONE };

struct texts {
    char **text; /* heap, each too */
    size_t n;
};

struct patterns {
    struct pattern **pattern; /* heap, each too */
    size_t n;
};

/* How many: a number, or as many as the right answer has characters. */
struct limit {
    bool given, wanted;
    size_t n;
};

struct number_form {
    bool chinese, fraction, percent;
};

struct rule {
    enum finder finder;
    struct texts subset; /* none = all */
    /* where */
    bool fold_width, after_first;
    struct patterns remove;
    struct pattern *when, *unless; /* or NULL */
    struct texts after, before;
    enum line line;
    /* what */
    struct patterns regex;
    size_t *group; /* of each */
    struct number_form number;
    struct texts language; /* of code; none = any */
    char *path;            /* of json */
    bool equal;            /* option_text */
    /* which */
    enum pick pick;
    size_t nth;
    struct limit most, count;
    bool sort;
    bool final; /* a match that holds no answer ends the search */
    /* what becomes of it */
    char *letter, *as, *keep_after, *trim; /* or NULL */
    enum strip strip;
    struct texts map_from, map_to, only;
};

/* The first group that is not empty. */
static const size_t GROUP_ANY = SIZE_MAX;

MUST_USE int rule_read(struct rule *out, const cJSON *object, struct err *e);
void rule_release(struct rule *r);

/* What is searched: *out is NULL when the rule is not for this text. */
enum found rule_scope(const char **out, const struct rule *r, const char *text,
                      struct arena *mem);

/* One search, from candidate to candidate. */
struct search {
    const struct rule *rule;
    size_t regex; /* which of them */
    const struct extract_input *in;
    const char *text;
    size_t len, at; /* bytes; the next candidate begins at `at` or behind it */
    struct arena *mem;
    const char *found; /* the candidate; may be empty */
};

enum found search_next(struct search *s);
enum found search_number(struct search *s);
enum found search_json(struct search *s);

#endif
