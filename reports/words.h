#ifndef EVALRUN_REPORTS_WORDS_H
#define EVALRUN_REPORTS_WORDS_H
/*
 * The words of the tables, in English and Chinese, and the marks: short notes
 * beside a figure that say what it is not. Every format shows the same marks.
 * words.c has the words, marks.c the marks, words_figures.c the figures,
 * words_made.c, words_usage.c, words_ledger.c and words_signed.c the lines below the table.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "reports/report.h"

enum word {
    WORD_MODEL,
    WORD_ACCURACY, /* what the figures are */
    WORD_SCORES,   /* ... where not all of them are shares of right answers */
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
    WORD_LEDGER,
    WORD_LEDGER_NONE,
    WORD_LEDGER_GAVE_UP,
    WORD_LEDGER_WHOLE,
    WORD_LEDGER_THOUGHTS,
    WORD_METRIC,
    WORD_STORED,
    WORD_CHANGE,
    WORD_NUMERICS,
    WORD_DIFFERENCE,
    WORD_FLIPS,
    WORD_SAME_TEXTS,
    WORD_NONCOMMERCIAL,
    WORD_CONTAMINATION,
    WORD_TASK,
    WORD_TASKS,
    WORD_GROUP,
    WORD_BY_TASK, /* macro, over tasks */
    WORD_PAIR,
    WORD_GAP,
    WORD_ONLY_ZH,
    WORD_ONLY_EN,
    WORD_PAIR_REPEATED,
    WORD_PAIR_NO_MEAN,
    WORD_PAIR_APART,
    WORD_DRAWS,
    WORD_DEVIATION,
    WORD_MIN,
    WORD_MAX,
    WORD_MEASURED,
    WORD_PUBLISHED,
    WORD_PROTOCOL, /* of a published figure */
    WORD_SAME,
    WORD_OTHER,
    WORD_UNSTATED,
    WORD_RECIPE_SAME,
    WORD_RECIPE_OTHER,
    WORD_RECIPE_UNSTATED,
    WORD_SHOTS_OTHER,
    WORD_SHOTS_UNSTATED,
    WORD_SPLIT_OTHER,
    WORD_CHAT_GIVEN,
    WORD_CHAT_TAKEN,
    WORD_DATA_SAMPLE,
    WORD_DATA_PART,
    WORD_UNCONFIRMED,
    WORD_HEADLINE,
    WORD_PICKS,
    WORD_GROUPS_TITLE,
    WORD_PAIRS_TITLE,
    WORD_DRAWS_TITLE,
    WORD_PUBLISHED_TITLE,
    WORD_ROBUSTNESS_TITLE,
    WORD_CONTAMINATION_TITLE,
    WORD_CONFUSION_TITLE,
    WORD_LABELS_TITLE, /* of too many labels for their counts */
    WORD_RIGHT_LABEL,
    WORD_NO_LABEL,
    WORD_PRECISION,
    WORD_RECALL,
    WORD_TAKEN_FOR,
    WORD_TAKEN_MEANS,
    WORD_SIGNED,
    WORD_BOOTSTRAP,
    WORD_NOT_PASSED,
    WORD_COMMA,
    WORD_COUNT
};
const char *word(enum word w, bool zh);

enum mark_kind {
    MARK_SAMPLE,
    MARK_PARTIAL,
    MARK_NOT_RUN,
    MARK_LIMIT,
    MARK_SPLIT,
    MARK_UNSAFE,
    MARK_FAILED,
    MARK_WAITING,
    MARK_SHORTENED,
    MARK_STRADDLED,
    MARK_TIED,
    MARK_TORN,
    MARK_CONFLICT,
    MARK_SOME_TASKS,
    MARK_LEFT_OUT,
    MARK_MIXED,
    MARK_LOWER, /* these two stand behind a metric's name */
    MARK_HIGHER,
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
struct marks pair_marks(const struct report *r, const struct pair_gap *g, bool zh,
                        struct arena *mem);
struct marks mean_gap_marks(const struct report *r, const struct model_row *row, bool zh,
                            struct arena *mem);
/* Of a language or group, with what it leaves out. */
struct marks set_marks(const struct report *r, const struct task_set *s, bool zh,
                       struct arena *mem);

/* Behind the name of a metric that is not in %: which way is better. Else "". */
const char *metric_arrow(const struct metric *m);

/* The word that the legend explains ("failed"), and its meaning. */
const char *mark_name(enum mark_kind kind, bool zh);
const char *mark_meaning(enum mark_kind kind, bool zh);

/* Which marks appear anywhere in the report. */
void marks_used(bool used[MARK_COUNT], const struct report *r);

/* "original 5-shot", with " chat" when a chat template was applied, and with version and
 * hash of the task file, " v1 #3fd1", where only they tell it from another column. */
const char *recipe_text(const struct column *c, bool zh, struct arena *mem);

/* "cmmlu", with as much of its recipe as tells it from other columns. */
const char *column_name(const struct report *r, const struct column *c, bool zh,
                        struct arena *mem);

/* "2 tasks" */
const char *tasks_text(size_t n, bool zh, struct arena *mem);

/* "micro" or "macro" in the language of the table. */
const char *average_text(const struct column *c, bool zh);

/* The title of a category or subset. */
const char *group_title(const struct group *g, bool zh, struct arena *mem);

/* Show the averages of a language? A single task is its own average, and of
 * several recipes of one task there is none. */
bool shows_average(const struct report *r, const struct task_set *lang);

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

/* How a model's answers of a column were found: "答案是: 12/20; no answer: 8/20". NULL
 * when there is nothing to say, or an earlier ledger of the cell says the same: its line
 * names both. Names the task when the report has several columns. */
const char *ledger_text(const struct report *r, const struct model_row *row, size_t column,
                        const struct ledger *ledger, bool zh, struct arena *mem);

/* How shown metrics were reckoned: those of one text together. */
struct signed_metric {
    const char *names; /* "bleu[13a]"; "macro_f1, mcc" */
    const char *text;  /* signature, and that the interval is by bootstrap */
};
struct signed_metrics {
    struct signed_metric *entry;
    size_t n;
};
struct signed_metrics signed_metrics(const struct report *r, bool zh, struct arena *mem);

/* What the figures are: "accuracy in %", or "scores in %". */
const char *title_text(const struct report *r, bool zh);

/* "31.9 [25.2, 39.5]", "31.9 ± 7.2", "-"; in % when it is a proportion. */
const char *figure_text(const struct figure *f, bool proportion, bool brackets,
                        struct arena *mem);
/* The same of a difference, with its sign, without %: "+1.2 ± 3.4". */
const char *gap_text(const struct figure *f, bool proportion, bool brackets, struct arena *mem);
const char *number_text(double value, bool proportion, struct arena *mem);

/* What a cell shows besides its headline: the metrics of the recipe's "show" that
 * have samples, one after the other; *at is 0 at first. NULL at the end. */
const struct metric_figures *cell_next_shown(const struct cell *cell, size_t *at);
/* "acc_norm", "ppl ↓", "first acc" */
const char *metric_text(const struct metric_figures *m, struct arena *mem);
/* Whether a published figure was obtained as the column's are: WORD_RECIPE_SAME, else
 * what is the first to differ or is not stated. */
enum word published_verdict(const struct column *c, const struct published_figure *p);
/* The same in a line: "other recipe: original 5-shot". */
const char *published_text(const struct column *c, const struct published_figure *p, bool zh,
                           struct arena *mem);

/* A row's name in at most `columns` cells: cut in the middle, since names begin and
 * end with what tells them apart. */
const char *row_label(const char *label, size_t columns, struct arena *mem);

/* "acc_norm 60.1 ± 2.0" */
const char *shown_text(const struct metric_figures *m, const struct column *column,
                       bool brackets, struct arena *mem);
/* The name of a column's headline, when columns differ in it or a cell shows more
 * than it; else NULL. */
const char *headline_text(const struct report *r, const struct column *c, struct arena *mem);

#endif
