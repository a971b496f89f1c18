#ifndef EVALRUN_REPORTS_REPORT_H
#define EVALRUN_REPORTS_REPORT_H
/*
 * Journals in, figures out; pure. A report is a table: one row per model, one
 * column per (task, recipe, shots, data) = per identity-without-model. Runs of
 * the same model and identity (shards, resumes) are merged; two runs whose
 * task, recipe, shots or data differ never share a column.
 * A sample that two runs answered counts once (an answer before a failure).
 *
 *     report_new -> report_add (each run directory) -> report_finish
 *     -> format->render -> report_free
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "scorers/stats.h"

struct metric; /* scorers/scorer.h */

struct figure { /* one accuracy with its uncertainty */
    double value; /* 0..1 for proportions; NAN when n is 0 */
    struct interval ci;
    double variance; /* of value, for averages; NAN when unknown */
    bool resampled;  /* ci and variance are the bootstrap's (stats.h) */
    size_t n; /* samples scored: those that failed are not among them */
};

struct group { /* a category or a subset */
    const char *name, *title_zh, *title_en;
    struct figure micro, macro;
    size_t failed;
};

/* Where a metric is shown: scorers that judge something else than answers have
 * a table of their own. */
enum section { SECTION_MAIN, SECTION_ROBUSTNESS, SECTION_CONTAMINATION, SECTION_COUNT };

struct metric_figures {
    const char *scorer, *metric;
    const char *name;     /* tells two entries of one scorer apart; NULL = one is enough */
    const struct metric *type; /* help, direction, unit */
    const char *signature; /* how it was reckoned (scorer.h); NULL = it has none */
    enum section section; /* of its scorer */
    bool shown;      /* the recipe shows it */
    bool up;         /* higher is better */
    bool proportion; /* print as a percentage */
    struct figure micro, macro;
    struct group *category;
    size_t n_category;
    struct group *subset;
    size_t n_subset;
};

struct failure_count {
    const char *name; /* "too_long" */
    size_t n;
};

/* What the samples of a cell took: the questions of their counted lines to the
 * model under test (not to a judge), and its answers. */
struct usage {
    uint64_t n_asked;  /* questions */
    uint64_t n_cached; /* of these, answered from the response cache */
    uint64_t n_retry;  /* times one had to be asked again */
    uint64_t prompt_tokens, written_tokens;
    uint64_t thinking_tokens;    /* of the written ones */
    uint64_t n_cut;              /* answers that ended at max_tokens */
    struct failure_count *fault; /* texts without an answer, by class, sorted */
    size_t n_fault;
    bool priced;                 /* run.json knows what tokens cost */
    double cost;                 /* of all but the cached answers; 0 when not priced */
};

struct rule_count {
    const char *rule; /* its label (base/extract.h) */
    size_t n;
};

/* How a scorer of written text found the answers of a cell's samples. A sample of
 * several draws counts by its first. */
struct ledger {
    const char *scorer, *name; /* as of metric_figures */
    const char *rules;         /* the named set of rules; NULL = the recipe's own list */
    struct rule_count *rule;   /* in their order */
    size_t n_rule;             /* 0 = no rules: the whole text is the answer */
    size_t n;                  /* samples scored */
    size_t whole;              /* without rules: those with a text */
    size_t none, gave_up;      /* no rule found an answer; a pattern gave up */
    size_t thoughts;           /* texts that thoughts were taken out of; any draw */
};

/* Which labels were answered where which was right, of a scorer whose answers are
 * labels of a fixed set. */
struct confusion {
    const char *scorer, *name; /* as of metric_figures */
    const char **label;
    size_t n_label;
    /* Samples: a row for each right label, and in it a column for each answer and a
     * last one for answers that are no label. */
    size_t *count;
};
size_t confusion_count(const struct confusion *c, size_t right, size_t answer);

/* One label of them. Shares are NAN where they are of nothing. */
struct label_figures {
    size_t n;        /* samples of which it is the right answer */
    size_t answered; /* samples that it was answered to */
    double precision, recall, f1; /* right of answered; right of n; 2 right of both */
};
struct label_figures confusion_label(const struct confusion *c, size_t label);

struct cell { /* one model on one column */
    bool present;
    struct metric_figures *metric;
    const struct metric_figures *headline; /* the first shown one */
    size_t n_metric;
    size_t n_asked;     /* samples the run asks for */
    size_t n_done;      /* lines in the journals */
    size_t n_failed;
    struct failure_count *failure; /* by class, sorted */
    size_t n_failure;
    size_t n_waiting;   /* asked, not yet in a journal */
    size_t n_shortened; /* prompts that a fit rule shortened */
    size_t n_straddle;  /* tokens over a prompt boundary */
    size_t n_tie;       /* best log-prob shared by two options */
    size_t n_torn;      /* journals whose last line is incomplete */
    size_t n_conflict;  /* samples that merged runs answered differently */
    struct usage usage;
    struct ledger *ledger; /* one for each scorer of written text */
    size_t n_ledger;
    struct confusion *confusion; /* one for each scorer of labels */
    size_t n_confusion;
    const cJSON *numerics; /* as run.json has it (docs/run-format.md); or NULL */
};

struct column {
    const char *task, *recipe, *lang, *average, *dataset, *split, *licence, *source;
    const char *data_sha256, *shots_sha256, *task_sha256;
    const char *pair; /* tasks of one pair ask the same in zh and en; NULL = none */
    const struct metric *headline; /* NULL: this version does not know the scorer */
    const char *headline_name; /* of its entry of the score list; NULL = it has none */
    int shots, version;
    bool chat, sample, partial, noncommercial, contamination, split_asked;
    bool exec_unsafe;    /* its programs ran without isolation */
    const struct manifest_left_out *left_out; /* subsets whose programs could not be run */
    size_t n_left_out;
    bool chat_by_option; /* --chat or --no-chat was given, whatever the recipe says */
    size_t permute;     /* orders of the options; 0 = their own */
    const char *draws_key; /* columns that differ only in the seed of their shots have
                              the same; NULL = the shots are the recipe's own */
    uint64_t seed;
    bool tell_seed;     /* the columns of the report differ in it */
    bool tell_extras;   /* permute and contamination tell it from another column */
    size_t tell_file;   /* digits of task_sha256 that do; 0 = the rest of the head does */
    const char *subset; /* "a,b" as asked for; NULL = all */
    size_t limit, n_asked, n_expected, n_subset, n_subset_expected;
};

/* Tasks that are averaged: those of a language, or of a group that a command
 * line named. A task whose headline is no proportion is left out. */
struct task_set {
    const char *name, *about; /* "zh"; of a group what it is, or "" */
    const char *const *member; /* of a group; NULL for a language */
    size_t n_member;
    const bool *has;   /* by column: it is averaged */
    size_t n_tasks;    /* what a whole average is over */
    size_t n_left_out; /* no proportions */
    bool mixed;        /* one task is in several columns, and would count twice */
};

/* Of a set's headline figures, for one model. Values are NAN when there is
 * none, or the set is mixed. */
struct average_figure {
    const struct task_set *of;
    struct figure macro; /* every task counts the same */
    struct figure micro; /* every sample counts the same */
    size_t n_task; /* tasks averaged */
};

/* The items that both columns of a zh/en pair answered, matched by id. */
struct pair_gap {
    size_t zh, en; /* columns */
    double zh_value, en_value; /* over these items */
    struct figure gap;  /* en minus zh; n: these items */
    size_t only_zh, only_en; /* items better in one language: right only there */
    enum {
        PAIR_GIVEN,
        PAIR_REPEATED, /* ids (or their 32-bit marks) are not unique */
        PAIR_NO_MEAN,  /* the metric is no mean over items */
        PAIR_APART     /* no item is in both */
    } state;
};

/* One recipe under several draws of its shots: original@1, original@2, ... */
struct draws {
    size_t column; /* the first of them */
    size_t base_len; /* of the recipe's name without its seed */
    size_t n;
    double mean, deviation, min, max; /* of the headline figures; deviation with n - 1 */
};

/* A figure of the catalog beside the one that was measured. */
struct published_figure {
    size_t column;
    const char *metric;
    bool proportion;
    double value; /* 0..1 for proportions */
    const struct figure *measured; /* NULL: no such metric was */
    const char *recipe; /* it was obtained under; NULL = another or not stated */
    const char *split;  /* NULL = not stated */
    int shots;          /* -1 = not stated */
    bool unconfirmed;   /* its source was not read */
    const char *source; /* "" when there is none */
};

struct model_row {
    const char *label, *family, *description; /* "llama 135M Q4_1" */
    const char *sha256; /* of the model file, "" when there is none */
    const cJSON *model; /* the engine's description; lives as long as the report */
    struct cell *cell; /* n_column of them */
    struct average_figure *average; /* one per language of the report */
    struct average_figure *group;   /* one per group of the report */
    struct pair_gap *pair;
    size_t n_pair;
    struct figure mean_gap; /* of the pairs that are proportions; n: pairs */
    bool mixed_gap; /* none, since a pair is there more than once */
    struct draws *draws;
    size_t n_draws;
    struct published_figure *published;
    size_t n_published;
};

struct report {
    struct model_row *row;
    size_t n_row;
    struct column *column;
    size_t n_column;
    struct task_set *lang; /* in order of first appearance: zh, en */
    size_t n_lang;
    struct task_set *group; /* as the command lines named them */
    size_t n_group;
    size_t n_torn;
    /* Set before adding: figures come from the stored answers, scored anew, and
     * what differs from the stored statistics is counted. */
    bool rescore;
    /* Set before adding, with rescore: rules that find the answers of every scorer of
     * written text, in place of its own; and their name. */
    const cJSON *extract;
    const char *extract_name;
    size_t n_rescored, n_different; /* samples */
    const char *different; /* the first one, in words; NULL when none */
    struct arena mem;
    struct report_input *input; /* private */
};

struct report *report_new(void);
/* Adds every run directory that `path` names (see manifest_find). */
MUST_USE int report_add(struct report *r, const char *path, struct err *e);
MUST_USE int report_finish(struct report *r, struct err *e);
void report_free(struct report *r);

/* The headline figure of a cell by the recipe's own average (micro or macro);
 * NULL when the cell is empty. */
const struct figure *cell_figure(const struct cell *cell, const struct column *column);
/* The same of any metric. */
const struct figure *metric_figure(const struct metric_figures *m, const struct column *column);

enum report_by { BY_NONE, BY_CATEGORY, BY_SUBSET };

struct report_style {
    enum report_by by;
    size_t columns; /* terminal width; 0 = do not wrap */
    bool color;
    bool zh;        /* headings in Chinese */
};

/*
 * To add a format: 1 format_<name>.c, 2 a row in formats.c, 3 its page in
 * docs/reports.md, 4 tests/reports/test_format_<name>.c.
 */
struct format {
    const char *name, *help;
    MUST_USE int (*render)(const struct report *r, const struct report_style *style,
                           struct strbuf *out, struct err *e);
};
extern const struct format *const formats[]; /* NULL-ended: text json csv markdown */
const struct format *format_find(const char *name);

#endif
