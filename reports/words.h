#ifndef EVALRUN_REPORTS_WORDS_H
#define EVALRUN_REPORTS_WORDS_H
/*
 * The words of the tables, in English and Chinese, and the marks: short notes
 * beside a figure that say what it is not. Every format shows the same marks.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "reports/report.h"

enum word {
    WORD_MODEL,
    WORD_TITLE,    /* what the figures are */
    WORD_BRACKETS, /* how the interval is written: [low, high] */
    WORD_HALF,     /* ... or plus-minus */
    WORD_SHOT,
    WORD_CHAT,
    WORD_MICRO,
    WORD_MACRO,
    WORD_MEAN,
    WORD_MARKS,
    WORD_MADE,
    WORD_CATEGORY,
    WORD_SUBSET,
    WORD_DATA,
    WORD_TASK_FILE,
    WORD_VERSION,
    WORD_MODEL_FILE,
    WORD_CONTEXT,
    WORD_BY_CATEGORY,
    WORD_BY_SUBSET,
    WORD_SHOTS_DATA,
    WORD_SEED,
    WORD_USED,
    WORD_NUMERICS,
    WORD_DIFFERENCE,
    WORD_FLIPS,
    WORD_SAME_TEXTS,
    WORD_COMMA,
    WORD_COUNT
};
const char *word(enum word w, bool zh);

enum mark_kind {
    MARK_SAMPLE,
    MARK_PARTIAL,
    MARK_LIMIT,
    MARK_FAILED,
    MARK_WAITING,
    MARK_SHORTENED,
    MARK_STRADDLED,
    MARK_TIED,
    MARK_TORN,
    MARK_CONFLICT,
    MARK_SOME_TASKS,
    MARK_MIXED,
    MARK_COUNT
};

struct mark {
    enum mark_kind kind;
    const char *text; /* "partial 20/67 subjects" */
};

struct marks {
    struct mark mark[MARK_COUNT];
    size_t n;
};

/* Texts live in mem. */
struct marks column_marks(const struct column *c, bool zh, struct arena *mem);
struct marks cell_marks(const struct cell *c, bool zh, struct arena *mem);
struct marks average_marks(const struct average_figure *a, bool zh, struct arena *mem);
/* Of a language as a whole: something it averages is sample or partial. */
struct marks language_marks(const struct report *r, const char *lang, bool zh,
                            struct arena *mem);

/* The word that the legend explains ("failed"), and its meaning. */
const char *mark_name(enum mark_kind kind, bool zh);
const char *mark_meaning(enum mark_kind kind, bool zh);

/* Which marks appear anywhere in the report. */
void marks_used(bool used[MARK_COUNT], const struct report *r);

/* "original 5-shot", with " chat" when a chat template was applied. */
const char *recipe_text(const struct column *c, bool zh, struct arena *mem);

/* "2 tasks" */
const char *tasks_text(size_t n, bool zh, struct arena *mem);

/* "micro" or "macro" in the language of the table. */
const char *average_text(const struct column *c, bool zh);

/* The title of a category or subset. */
const char *group_title(const struct group *g, bool zh, struct arena *mem);

/* Show the averages of a language? A single task is its own average, and of
 * several recipes of one task there is none. */
bool shows_average(const struct report *r, const char *lang);

/* What answered: of the engine's own description, which is an object with
 * "name" and "version", or a name alone. "" when it does not say. */
const char *engine_name(const cJSON *model);
const char *engine_version(const cJSON *model);

/* What made a column and a model comparable: one line each. */
const char *column_made(const struct column *c, bool zh, struct arena *mem);
const char *model_made(const struct model_row *row, bool zh, struct arena *mem);

/* What was measured of a model's numerics, for every column that has it: to be
 * put behind model_made(); "" when there is nothing. */
const char *numerics_text(const struct report *r, const struct model_row *row, bool zh,
                          struct arena *mem);

/* What a model's samples of a column took: tokens, cuts, cache, cost; and its
 * failures by class. NULL when there is nothing to say. Names the task when
 * the report has several columns. */
const char *used_text(const struct report *r, const struct model_row *row, size_t column,
                      bool zh, struct arena *mem);

#endif
