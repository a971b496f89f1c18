#ifndef EVALRUN_REPORTS_SHEETS_H
#define EVALRUN_REPORTS_SHEETS_H
/*
 * The tables below the main one: groups of tasks, zh/en pairs, draws of shots,
 * published figures, robustness, contamination, confusion of labels. Made once, as
 * cells of text, for the formats that people read; those for programs read struct
 * report.
 *
 *     struct sheet_style style = { .zh = true, .brackets = true, .mem = &mem };
 *     size_t n;
 *     struct sheet *list = sheets_make(&n, r, &style);
 *
 * Everything lives in style.mem.
 */
#include "reports/report.h"
#include "reports/table.h"
#include "reports/words.h"

struct sheet_note {
    const char *name, *text;
    struct sheet_note *next;
};

struct sheet_row;

struct sheet {
    const char *title;
    struct marks common; /* of every row: they stand in none */
    bool bare;           /* no figure in it has an interval */
    struct table table;
    struct sheet_note *note; /* in order */
    struct sheet_row *first, *last; /* private: the table is made of them */
};

struct sheet_style {
    bool zh, brackets;
    size_t name, label; /* cells that names of tasks and of models have; 0 = any */
    struct arena *mem;
};

/* Those that have something to say, *n of them. */
struct sheet *sheets_make(size_t *n, const struct report *r, const struct sheet_style *style);

/* ---- for those that make one */

struct sheet_maker {
    const struct report *r;
    const struct sheet_style *style;
    struct sheet *sheet;
};

/* The head: n words, of which the first two head names: of a task and a model. */
void sheet_begin(const struct sheet_maker *m, const char *title, const char *const *head,
                 size_t n);
/* A row begins with two names, which are cut where need be; `tail` stands behind
 * the first and is not cut, "" for none. */
void sheet_row(const struct sheet_maker *m, const char *name, const char *tail,
               const char *label);
void sheet_put(const struct sheet_maker *m, size_t column, const char *text);
/* Of the row: they stand below one column of it. */
void sheet_marks(const struct sheet_maker *m, size_t column, struct marks marks);
void sheet_note(const struct sheet_maker *m, const char *name, const char *text);

/* Whether there is anything to say; sheets_figures.c, sheets_published.c,
 * sheets_scorers.c. */
bool sheet_groups(const struct sheet_maker *m);
bool sheet_pairs(const struct sheet_maker *m);
bool sheet_draws(const struct sheet_maker *m);
bool sheet_published(const struct sheet_maker *m);
bool sheet_robustness(const struct sheet_maker *m);
bool sheet_contamination(const struct sheet_maker *m);
/* sheets_confusion.c: how many a column has, and the k-th of them. */
size_t sheet_confusions(const struct report *r, size_t column);
bool sheet_confusion(const struct sheet_maker *m, size_t column, size_t k);

#endif
