#ifndef EVALRUN_TASKS_QUESTION_H
#define EVALRUN_TASKS_QUESTION_H
/*
 * The identity of a question, so that a stored answer can be known to answer
 * the very question asked now. See task.h for what goes into each hash.
 *
 * The canonical JSON must not change for questions that exist: a new member
 * is written only when it differs from its default.
 */
#include "base/flow.h"
#include "base/strbuf.h"

void question_json(struct strbuf *out, const struct request *q);

/* Both hashes, as 64 hex digits and a NUL. */
void question_hash(char question[65], char prompt[65], const struct request *q);

#endif
