#ifndef EVALRUN_SCORERS_SEGMENTER_HMM_H
#define EVALRUN_SCORERS_SEGMENTER_HMM_H
/*
 * The segmenter's hidden Markov model: where words end among characters that the
 * lexicon does not join. Each character begins a word, is in its middle, ends it
 * or is one by itself; the likeliest sequence of these is taken (Viterbi).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

/* The characters that the model knows: jieba's [\u4E00-\u9FD5]. */
enum { HMM_FIRST = 0x4E00, HMM_LAST = 0x9FD5 };

struct hmm;

/* The three tables, each the text of the module of that name (prob_start.py, ...):
 * P={'B': {'\u4e00': -3.65, ...}, ...}. Errors name the table. */
struct hmm_tables {
    const char *start, *trans, *emit;
};
MUST_USE int hmm_new(struct hmm **out, const struct hmm_tables *tables, struct err *e);
void hmm_free(struct hmm *h);

/* ends[i]: a word ends at character i; the last one ends one. n > 0 characters, all
 * from HMM_FIRST to HMM_LAST. */
void hmm_cut(bool *ends, const struct hmm *h, const int32_t *code, size_t n, struct arena *mem);

#endif
