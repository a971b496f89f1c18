#include "datasets/layout.h"

#include <string.h>

struct match {
    const char *split;
    const char *subset; /* what {subset} stands for so far; NULL = open */
    size_t len;
};

static bool match_here(struct match *m, const char *pattern, const char *text);

/* The open {subset}: as short a run within one path component as fits. */
static bool match_open(struct match *m, const char *rest, const char *text)
{
    for (size_t len = 1; text[len - 1] && text[len - 1] != '/'; len++) {
        m->subset = text;
        m->len = len;
        if (match_here(m, rest, text + len))
            return true;
    }
    m->subset = NULL;
    return false;
}

static bool match_here(struct match *m, const char *pattern, const char *text)
{
    for (;;) {
        const char *word = NULL;
        size_t len = 0;
        if (strncmp(pattern, "{split}", 7) == 0) {
            word = m->split;
            len = strlen(word);
            pattern += 7;
        } else if (strncmp(pattern, "{subset}", 8) == 0) {
            pattern += 8;
            if (!m->subset)
                return match_open(m, pattern, text);
            word = m->subset;
            len = m->len;
        }
        if (word) {
            if (strncmp(text, word, len) != 0)
                return false;
            text += len;
            continue;
        }
        if (*pattern != *text)
            return false;
        if (!*pattern)
            return true;
        pattern++;
        text++;
    }
}

bool layout_match(const char **subset, const struct catalog_split *split, const char *path,
                  struct arena *mem)
{
    for (const char *at = path; at; at = strchr(at, '/')) {
        at += *at == '/';
        struct match m = { .split = split->name };
        if (match_here(&m, split->files, at)) {
            *subset = m.subset ? arena_strndup(mem, m.subset, m.len) : "";
            return true;
        }
    }
    return false;
}
