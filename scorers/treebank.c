#include "scorers/treebank.h"

#include <stdlib.h>

#include "base/substitute.h"
#include "scorers/plain.h"

/* In the order of NLTK's own lists: starting quotes, punctuation, brackets, double
 * dashes. */
static const struct substitution before[] = {
    { "([«“‘„]|[`]+)", " \\1 " },
    { "^\"", "``" },
    { "(``)", " \\1 " },
    { "([ \\(\\[{<])(\"|'{2})", "\\1 `` " },
    { "(?i)(?<!\\w)(')(?!(?:re|ve|ll|m|t|s|d|n)\\b)(?=\\w)", "\\1 " },
    { "([^.])(\\.)([\\]\\)}>\"'»”’ ]*+)\\s*$", "\\1 \\2 \\3 " },
    { "([:,])([^\\d])", " \\1 \\2" },
    { "([:,])$", " \\1 " },
    { "\\.{2,}", " \\0 " },
    { "[;@#$%&]", " \\0 " },
    { "[\\x{2012}-\\x{2015}]", " \\0 " },
    { "([^.])(\\.)([\\]\\)}>\"']*)\\s*$", "\\1 \\2\\3 " },
    { "[?!]", " \\0 " },
    { "([^'])' ", "\\1 ' " },
    { "[*]", " \\0 " },
    { "[\\]\\[\\(\\)\\{\\}<>]", " \\0 " },
    { "--", " -- " },
    { NULL, NULL },
};

/* Ending quotes and contractions, with a space at both ends of the text. */
static const struct substitution after[] = {
    { "([»”’])", " \\1 " },
    { "''", " '' " },
    { "\"", " '' " },
    { "\\s+", " " },
    { "([^' ])('[sS]|'[mM]|'[dD]|') ", "\\1 \\2 " },
    { "([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "\\1 \\2 " },
    { "(?i)\\b(can)(not)\\b", " \\1 \\2 " },
    { "(?i)\\b(d)('ye)\\b", " \\1 \\2 " },
    { "(?i)\\b(gim)(me)\\b", " \\1 \\2 " },
    { "(?i)\\b(gon)(na)\\b", " \\1 \\2 " },
    { "(?i)\\b(got)(ta)\\b", " \\1 \\2 " },
    { "(?i)\\b(lem)(me)\\b", " \\1 \\2 " },
    { "(?i)\\b(more)('n)\\b", " \\1 \\2 " },
    { "(?i)\\b(wan)(na)(?=\\s)", " \\1 \\2 " },
    { "(?i) ('t)(is)\\b", " \\1 \\2 " },
    { "(?i) ('t)(was)\\b", " \\1 \\2 " },
    { NULL, NULL },
};

struct treebank {
    struct substitute *before, *after;
};

int treebank_new(struct treebank **out, struct err *e)
{
    struct treebank *t = xcalloc(1, sizeof *t);
    if (substitute_new(&t->before, before, e) < 0 || substitute_new(&t->after, after, e) < 0) {
        treebank_free(t);
        return e->code;
    }
    *out = t;
    return 0;
}

void treebank_free(struct treebank *t)
{
    if (!t)
        return;
    substitute_free(t->before);
    substitute_free(t->after);
    free(t);
}

const char *const *treebank_words(size_t *n, const struct treebank *t, const char *text,
                                  struct arena *mem)
{
    text = substitute_all(t->before, text, mem);
    if (text)
        text = substitute_all(t->after, arena_printf(mem, " %s ", text), mem);
    *n = 0;
    return text ? plain_split(n, text, mem) : NULL;
}
