#ifndef EVALRUN_BASE_PROGRESS_H
#define EVALRUN_BASE_PROGRESS_H
/*
 * One status line on stderr: redrawn at most four times a second on a
 * terminal, one plain line every 30 s elsewhere, none when quiet. At most
 * one progress exists at a time; it leaves the terminal clean on close.
 *
 *     struct progress *p = progress_new("cmmlu", total, quiet);
 *     progress_set(p, &(struct progress_state){ .done = 12, .tokens = 8000 });
 *     progress_free(p);
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress_state {
    size_t done, failed;
    uint64_t tokens; /* or bytes, see unit */
};

struct progress;
/* unit: "tokens" or "bytes" (downloads); total 0 = unknown. */
struct progress *progress_new(const char *title, size_t total, const char *unit, bool quiet);
void progress_set(struct progress *p, const struct progress_state *s);
void progress_free(struct progress *p); /* clears the line */

#endif
