#ifndef EVALRUN_EVALUATOR_REBUILD_H
#define EVALRUN_EVALUATOR_REBUILD_H
/*
 * Prompts of a stored run, made again: the task from run.json, the rows from
 * the data set. Every prompt is checked against the hash in the journal.
 *
 *     rebuild_open(&b, &manifest, &manifest.task[i], data_dir, e);
 *     rebuild_prompt(&text, b, &record, which, e);   (records by index)
 *     rebuild_close(b);
 */
#include "evaluator/journal/journal.h"
#include "evaluator/journal/manifest.h"

struct rebuild;

/* data_dir NULL: the one the run used, else the usual place. An error when the
 * data are not there or are not those of the run. */
MUST_USE int rebuild_open(struct rebuild **out, const struct manifest *m,
                          const struct manifest_task *t, const char *data_dir, struct err *e);

/* Append the prompt of turn `which`: all its texts, one after the other.
 * Records must come in order of their index. */
MUST_USE int rebuild_prompt(struct strbuf *out, struct rebuild *b, const struct record *record,
                            size_t which, struct err *e);
void rebuild_close(struct rebuild *b); /* NULL is fine */

#endif
