#ifndef EVALRUN_EVALUATOR_JOURNAL_JOURNAL_H
#define EVALRUN_EVALUATOR_JOURNAL_JOURNAL_H
/*
 * The journal: one append-only file per task and shard in a run directory,
 * <run>/<task>[.<recipe>].<i>-of-<n>.jsonl, one line per settled sample. A
 * line is written with one write() and is whole or torn; opening cuts a torn
 * last line. One writer: the file is locked (flock) while open. A later line
 * for the same id replaces an earlier one.
 *
 * The line's fields are described in docs/run-format.md.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/flow.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/strbuf.h"

struct journal;

/* Writer. Opens or creates; reads what is there so that journal_has() knows.
 * A second writer gets ERR_MISMATCH naming the file ("is being written by
 * another process"). retry_failed: samples whose last line is a failure count
 * as absent. */
MUST_USE int journal_open(struct journal **out, const char *path, bool retry_failed,
                          struct err *e);
bool journal_has(const struct journal *j, const struct sample *s);
size_t journal_count(const struct journal *j);        /* distinct samples */
size_t journal_count_failed(const struct journal *j); /* of these, failed */

/* Append one settled sample. failed NULL or a failure class; then n_score may
 * be 0. keep_prompts adds the prompt text. A full disk is ERR_IO, and the file
 * is cut back to its last whole line. */
MUST_USE int journal_add(struct journal *j, const struct trace *t, const char *failed,
                         const char *why, const struct score *score, size_t n_score,
                         bool keep_prompts, struct err *e);
MUST_USE int journal_close(struct journal *j, struct err *e); /* fsync, unlock */

/*
 * Reader. A record is a journal line as data: enough for scorers, reports and
 * the replay engine, without model or dataset.
 */
struct record {
    struct trace trace;  /* row is NULL; requests hold role, ask and variants
                            only as far as scorers need them */
    const char *failed;  /* NULL or class */
    const char *why;
    const struct score *score;
    size_t n_score;
};

/* The records of a journal file one by one, in the order of its lines: what a
 * later line replaces comes too. A torn last line is left out; any other bad
 * line is an error "file:line: ...". The record lives in mem, which is yours.
 *
 *     record_stream_open(&s, path, e);
 *     while ((rc = record_stream_next(s, &record, &mem, e)) == 1)
 *         ...
 *     record_stream_close(s);
 */
struct record_stream;
MUST_USE int record_stream_open(struct record_stream **out, const char *path, struct err *e);
MUST_USE int record_stream_next(struct record_stream *s, struct record *out, struct arena *mem,
                                struct err *e);
bool record_stream_torn(const struct record_stream *s); /* after the end */
void record_stream_close(struct record_stream *s);      /* NULL is fine */

/* Read all records of a journal file into memory, the last line per
 * id winning, ordered by sample index. A torn last line is counted in n_torn. */
struct records {
    struct record *record;
    size_t n, n_torn;
    struct arena mem;
};
MUST_USE int records_read(struct records *out, const char *path, struct err *e);
void records_release(struct records *r);

/* One line as text, without newline (the writer's own form). */
void record_write(struct strbuf *out, const struct trace *t, const char *failed,
                  const char *why, const struct score *score, size_t n_score,
                  bool keep_prompts);
MUST_USE int record_parse(struct record *out, const char *line, size_t len, struct arena *mem,
                          struct err *e);

#endif
