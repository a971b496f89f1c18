#ifndef EVALRUN_BASE_MEM_H
#define EVALRUN_BASE_MEM_H
/*
 * Allocation that cannot fail (out of memory ends the program: the journal
 * makes that safe), and the arena: memory that dies together.
 *
 * An arena belongs to whoever initialised it. arena_clear() empties it and
 * keeps its memory for the next sample; arena_release() gives it back.
 * Nothing taken from an arena is ever freed by itself.
 *
 *     struct arena mem = {0};
 *     char *s = arena_printf(&mem, "%s/%zu", subject, index);
 *     arena_clear(&mem);
 *     arena_release(&mem);
 */
#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xprintf(const char *fmt, ...) PRINTF(1, 2); /* heap; free() it */

struct arena_block;

struct arena { /* all zero is a valid empty arena */
    struct arena_block *block;
};

void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
void *arena_array(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
void arena_clear(struct arena *a);
void arena_release(struct arena *a);

/* Grow a heap array so that one more element fits: doubles `*cap`. */
void *grow(void *array, size_t n, size_t *cap, size_t size);

#endif
