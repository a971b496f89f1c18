#ifndef EVALRUN_EVALUATOR_ENGINES_CACHEFILE_H
#define EVALRUN_EVALUATOR_ENGINES_CACHEFILE_H
/*
 * Answers of one model, kept across runs: a file of lines, found by the hash
 * of their question. A line is
 *
 *     {"question":"<64 hex>","sha256":"<64 hex>","answer":<journal line>}
 *
 * where the digest is that of the journal line (journal.h), which holds one
 * turn. Only the questions' hashes and places are in memory.
 *
 * Any number of processes may share a file: a line is appended by one write()
 * under flock(). A torn last line is cut off by the next one that appends; a
 * line that is no such line, or whose digest is wrong, is skipped and counted.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/flow.h"
#include "base/mem.h"

struct cachefile;

/* Opens or creates the file, and the folders above it. */
MUST_USE int cachefile_open(struct cachefile **out, const char *path, struct err *e);

/* Is there an answer to this question? Then *out, its memory from mem. */
bool cachefile_get(struct cachefile *f, struct response *out, const char question[65],
                   struct arena *mem);

/* Keep the answer of a turn, unless another process has done so meanwhile. A
 * full disk is ERR_IO, and the file is cut back to its last whole line. */
MUST_USE int cachefile_add(struct cachefile *f, const struct turn *t, struct err *e);

size_t cachefile_count(const struct cachefile *f);   /* questions known */
size_t cachefile_damaged(const struct cachefile *f); /* lines skipped */
void cachefile_close(struct cachefile *f);           /* NULL is fine */

#endif
