#ifndef EVALRUN_EVALUATOR_TEXTS_H
#define EVALRUN_EVALUATOR_TEXTS_H
/*
 * Texts from a file of the user's: one a line, or JSON lines (a name that ends in
 * .jsonl, also with .gz behind it), where a line is a text, a list of texts, or an
 * object with either under "text". A line of text may be empty, which is the empty
 * text; of JSON lines, empty ones are left out.
 *
 *     struct texts t = { 0 };
 *     texts_read(&t, "answers.txt", e);
 *     t.row[0].text[0]
 *     texts_release(&t);
 */
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

struct text_row {
    const char **text;
    size_t n; /* > 0 */
    size_t line; /* its number in the file, from 1 */
};

struct texts {
    struct text_row *row;
    size_t n, cap;
    struct arena mem;
};

/* An empty file, one that is not UTF-8 and a JSON line of another form are errors
 * that name the file and the line. */
MUST_USE int texts_read(struct texts *out, const char *path, struct err *e);
void texts_release(struct texts *t);

#endif
