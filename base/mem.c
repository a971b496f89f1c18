#include "base/mem.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    max_align_t data[];
};

static NORETURN void out_of_memory(size_t size)
{
    fprintf(stderr, "evalrun: out of memory (%zu bytes wanted); "
                    "the journal is safe, continue with --resume\n", size);
    abort();
}

void *xmalloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p)
        out_of_memory(size);
    return p;
}

void *xcalloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p)
        out_of_memory(n * size);
    return p;
}

void *xrealloc(void *p, size_t size)
{
    void *q = realloc(p, size ? size : 1);
    if (!q)
        out_of_memory(size);
    return q;
}

char *xstrdup(const char *s)
{
    size_t len = strlen(s) + 1;
    return memcpy(xmalloc(len), s, len);
}

char *xprintf(const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n;
    char *s = xmalloc(len + 1);
    s[0] = '\0';
    vsnprintf(s, len + 1, fmt, again);
    va_end(again);
    return s;
}

static struct arena_block *block_new(size_t size, struct arena_block *next)
{
    struct arena_block *b = xmalloc(offsetof(struct arena_block, data) + size);
    *b = (struct arena_block){ .next = next, .size = size };
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = sizeof(max_align_t);
    if (size > SIZE_MAX - align)
        out_of_memory(size);
    size = (size + align - 1) / align * align;
    if (!a->block || a->block->size - a->block->used < size)
        a->block = block_new(size > BLOCK_SIZE ? size : BLOCK_SIZE, a->block);
    void *p = (char *)a->block->data + a->block->used;
    a->block->used += size;
    return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    return arena_alloc(a, n * size);
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    char *p = arena_alloc(a, len + 1);
    memcpy(p, s, len);
    return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n;
    char *s = arena_alloc(a, len + 1);
    vsnprintf(s, len + 1, fmt, again);
    va_end(again);
    return s;
}

/* Keeps one ordinary block, so that a slot settles into no allocation at all. */
void arena_clear(struct arena *a)
{
    struct arena_block *keep = NULL;
    for (struct arena_block *b = a->block, *next; b; b = next) {
        next = b->next;
        if (!keep && b->size == BLOCK_SIZE)
            keep = b;
        else
            free(b);
    }
    if (keep)
        keep->next = NULL, keep->used = 0;
    a->block = keep;
}

void arena_release(struct arena *a)
{
    for (struct arena_block *b = a->block, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    a->block = NULL;
}

void *grow(void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    *cap = *cap ? *cap * 2 : 16;
    if (*cap > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    return xrealloc(array, *cap * size);
}
