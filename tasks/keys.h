#ifndef EVALRUN_TASKS_KEYS_H
#define EVALRUN_TASKS_KEYS_H
/*
 * Strict reading of JSON objects: one table of keys per kind of object, with
 * type and help. The same table checks a file and prints its documentation,
 * so neither can know a key that the other does not.
 *
 *     static const struct key shot_keys[] = {
 *         { "n", KEY_COUNT, true, NULL, NULL, "how many examples" },
 *         { 0 } };
 *
 *     keys_check(tree, shot_keys, e)
 *         -> "recipes.original.shots.nn: unknown key (did you mean 'n'?)"
 *
 * After keys_check() a present key has its type, and a required one is there.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"

enum key_type {
    KEY_END,
    KEY_TEXT,    /* text */
    KEY_LINES,   /* text, or a list of lines that are joined by \n */
    KEY_WORD,    /* one of `words` */
    KEY_COUNT,   /* a whole number, 0 or more */
    KEY_NUMBER,  /* a number, 0 or more */
    KEY_PART,    /* a number from 0 to 1 */
    KEY_BOOL,    /* true or false */
    KEY_LIST,    /* a list of one or more texts */
    KEY_OBJECT,  /* an object described by `sub` */
    KEY_OBJECTS, /* a list of one or more such objects */
    KEY_NAMED,   /* such objects under names of the author's choice */
    KEY_LISTS,   /* lists of texts under such names */
    KEY_TEXTS,   /* texts under such names */
    KEY_RULES,   /* a list of rules (base/extract.h), or the name of one */
    KEY_OTHERS,  /* name "": keys unknown here are somebody else's to check */
};

struct key {
    const char *name;
    enum key_type type;
    bool required;
    const char *words;     /* KEY_WORD: "micro|macro" */
    const struct key *sub; /* KEY_OBJECT, KEY_OBJECTS, KEY_NAMED */
    const char *help;      /* one line, lower case, no full stop */
};

/* Check a whole tree; the error begins with the path of the culprit. */
MUST_USE int keys_check(const cJSON *object, const struct key *table, struct err *e);

/* The place of a word in "a|b|c", or -1. */
int keys_word(const char *words, const char *word);

/* The text of a KEY_LINES value, appended. */
void keys_lines(struct strbuf *out, const cJSON *value);

/* A markdown table of the keys, and one of each object below them. */
void keys_describe(struct strbuf *out, const struct key *table);

#endif
