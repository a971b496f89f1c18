#ifndef EVALRUN_REPORTS_PACK_H
#define EVALRUN_REPORTS_PACK_H
/*
 * Journal lines in little memory: of every sample only what figures need, in
 * some 20 bytes, so that a million of them fit a small machine. A line is
 * packed once, found again by its place, and never moved.
 *
 * Statistics keep every bit. Of an answer the first ANSWER_KEPT bytes are kept
 * and a hash of the rest: answers are only compared with each other.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/strbuf.h"

/* Texts that repeat (subsets, classes of failures), by number from 1. */
struct name;
struct names {
    struct name *by_text;
    const struct name *latest;
    const char **text; /* text[number - 1] */
    size_t n, cap;
};
uint32_t name_number(struct names *names, const char *text);
const char *name_text(const struct names *names, uint32_t number);
void names_release(struct names *names);

struct fault_count {
    uint32_t name, n;
};

/* What a sample took: its questions to the model and their answers. */
struct spent {
    uint64_t prompt_tokens, written_tokens;
    uint64_t n_asked, thinking_tokens, n_cut, n_retry, n_cached;
    uint64_t cached_prompt, cached_written; /* of the tokens, not paid for */
    uint64_t n_straddle;
    const struct fault_count *fault; /* by class, each once */
    size_t n_fault;
};

struct line {
    uint32_t id;     /* a mark of it; a line's index is kept by the caller */
    uint32_t subset; /* a name */
    uint32_t failed; /* a name; 0 = it did not */
    uint32_t before; /* another line of the same index, or 0 */
    bool shortened, rescored, different;
    const char *bad;      /* the id, when statistics are missing; or NULL */
    const double *stat;   /* n_stat; only when neither failed nor bad */
    const char *const *answer; /* n_answer; NULL = none */
    struct spent spent;
};

struct pack {
    unsigned char **block; /* heap, each too */
    size_t n_block, cap, used;
    struct strbuf scratch;
};

/* How many statistics and answers a line has: the same for a whole column. */
struct pack_shape {
    size_t n_stat, n_answer;
};

/* A place is never 0. */
MUST_USE int pack_add(uint32_t *place, struct pack *p, const struct pack_shape *shape,
                      const struct line *line, struct err *e);
uint32_t pack_next(const struct pack *p); /* no line has a place from here on yet */
/* Everything but stat and answer; spent.fault lives in mem. */
void pack_read(struct line *out, const struct pack *p, const struct pack_shape *shape,
               uint32_t place, struct arena *mem);
/* Only what stands at the beginning: all but stat, answer and spent. */
void pack_peek(struct line *out, const struct pack *p, uint32_t place);
/* n statistics from the first on; of a line that neither failed nor is bad. */
void pack_stats(double *stat, const struct pack *p, const struct pack_shape *shape,
                uint32_t place, size_t first, size_t n);
/* The order of two lines' answers and statistics; 0 = the same. */
int pack_compare(const struct pack *p, const struct pack_shape *shape, uint32_t a, uint32_t b);
void pack_release(struct pack *p);

#endif
