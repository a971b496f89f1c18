/*
 * Who may include whom: the layers of the tree as a table, and where each
 * foreign header lives.
 */
#include "tests/lint/lint.h"

#include <stdio.h>
#include <string.h>

/*
 * The rooms of the tree. What a room may include is a list of rooms and, where
 * a room gives only part of itself away, of single headers. A file belongs to
 * the longest room its path begins with.
 */
struct room {
    const char *path;
    const char *may[12]; /* ends with NULL, as places does */
};

static const struct room rooms[] = {
    { "base", { "base" } },
    { "datasets", { "base", "datasets" } },
    { "tasks", { "base", "datasets", "tasks" } },
    { "scorers", { "base", "scorers" } },
    /* replay reads stored runs, so engines may see the journal */
    { "evaluator/engines", { "base", "evaluator/engines", "evaluator/journal" } },
    { "evaluator/journal", { "base", "evaluator/journal" } },
    { "evaluator/models", { "base", "datasets", "evaluator/models" } },
    { "evaluator/cluster",
      { "base", "evaluator/journal", "evaluator/cluster" } },
    { "reports",
      { "base", "evaluator/journal", "reports", "scorers/equipment.h",
        "scorers/scorer.h", "scorers/stats.h" } },
    { "evaluator",
      { "base", "datasets", "tasks", "scorers", "evaluator/engines",
        "evaluator/journal", "evaluator/models", "evaluator/cluster", "reports",
        "evaluator" } },
    { "cmake", { NULL } }, /* trial compilations while configuring */
    { "tests",
      { "base", "datasets", "tasks", "scorers", "evaluator/engines",
        "evaluator/journal", "evaluator/models", "evaluator/cluster", "reports",
        "evaluator", "tests" } },
};

/*
 * Headers of other people's libraries, and the places that may see them. A name
 * that ends in * stands for all that begin so. A place is a folder (ends in /)
 * or the start of a file name. Tests may see everything. What is not listed
 * (libc, uthash.h, utlist.h) may go anywhere.
 */
struct foreign {
    const char *header;
    bool only_c; /* never in a header of ours */
    const char *places[5];
};

static const struct foreign foreigners[] = {
    { "cJSON.h", false, { "base/" } },
    { "cjson/*", false, { "base/" } },
    { "pcre2*", false, { "base/pattern." } },
    { "utf8proc.h", false, { "base/utf8.c", "base/utf8_case.c" } },
    { "zlib.h", false, { "base/" } },
    { "archive*", false, { "base/", "datasets/" } },
    { "openssl/*", false, { "base/" } },
    { "llama*", true, { "evaluator/engines/", "cmake/" } },
    { "ggml*", true, { "evaluator/engines/", "cmake/" } },
    { "gguf*", true, { "evaluator/engines/", "cmake/" } },
    { "curl/*",
      true,
      { "evaluator/engines/", "evaluator/models/", "datasets/pull.",
        "base/http." } },
    { "cmocka*", false, { "tests/" } },
};

static bool is_below(const char *path, const char *folder)
{
    return starts_with(path, folder) && path[strlen(folder)] == '/';
}

static const struct room *room_of(const char *path)
{
    const struct room *best = NULL;
    for (size_t i = 0; i < COUNT(rooms); i++)
        if (is_below(path, rooms[i].path) &&
            (!best || strlen(rooms[i].path) > strlen(best->path)))
            best = &rooms[i];
    return best;
}

static bool may_include(const struct room *room, const struct room *target,
                        const char *header)
{
    for (size_t i = 0; room->may[i]; i++)
        if (strcmp(room->may[i], target->path) == 0 ||
            strcmp(room->may[i], header) == 0)
            return true;
    return false;
}

/* "a, b, c" of a list; it fits, the tables being what they are. */
static const char *join(char *out, size_t size, const char *const *list)
{
    size_t len = 0;
    snprintf(out, size, "nothing");
    for (size_t i = 0; list[i]; i++) {
        snprintf(out + len, size - len, "%s%s", i > 0 ? ", " : "", list[i]);
        len += strlen(out + len);
    }
    return out;
}

static void check_own(struct lint *l, const struct source *s,
                      const struct room *room, int line, const char *header)
{
    const struct room *target = room_of(header);
    if (!target) {
        lint_fail(l, s->path, line,
                  "include \"%s\" is not written from the root", header);
    } else if (!may_include(room, target, header)) {
        char list[512];
        lint_fail(l, s->path, line, "%s may not include \"%s\" (only %s)",
                  room->path, header, join(list, sizeof list, room->may));
    }
}

static bool is_foreign(const char *header, const char *pattern)
{
    size_t len = strlen(pattern);
    if (pattern[len - 1] == '*')
        return strncmp(header, pattern, len - 1) == 0;
    return strcmp(header, pattern) == 0;
}

static void check_foreign(struct lint *l, const struct source *s, int line,
                          const char *header)
{
    if (starts_with(s->path, "tests/"))
        return;
    for (size_t i = 0; i < COUNT(foreigners); i++) {
        const struct foreign *f = &foreigners[i];
        bool placed = false;
        char list[512];
        if (!is_foreign(header, f->header))
            continue;
        for (size_t k = 0; f->places[k]; k++)
            placed = placed || starts_with(s->path, f->places[k]);
        if (!placed)
            lint_fail(l, s->path, line, "<%s> is confined to %s", header,
                      join(list, sizeof list, f->places));
        else if (f->only_c && !ends_with(s->path, ".c"))
            lint_fail(l, s->path, line,
                      "<%s> in a header: only .c files may see it", header);
    }
}

void check_includes(struct lint *l, const struct source *s)
{
    const struct room *room = room_of(s->path);
    if (!room) {
        lint_fail(l, s->path, 1,
                  "C code outside the rooms of the include table");
        return;
    }
    for (size_t i = 2; i < s->n_token; i++) {
        const struct token *t = &s->token[i];
        bool include = s->token[i - 2].kind == TOK_HASH &&
                       token_is(t - 1, "include");
        char header[256];
        if (!include)
            continue;
        if (t->kind != TOK_HEADER || t->len < 3) {
            lint_fail(l, s->path, t->line,
                      "include of something other than a file name");
            continue;
        }
        snprintf(header, sizeof header, "%.*s", (int)t->len - 2, t->at + 1);
        if (t->at[0] == '"')
            check_own(l, s, room, t->line, header);
        else if (room_of(header))
            lint_fail(l, s->path, t->line, "own header <%s> belongs in quotes",
                      header);
        check_foreign(l, s, t->line, header);
    }
}
