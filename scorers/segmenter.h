#ifndef EVALRUN_SCORERS_SEGMENTER_H
#define EVALRUN_SCORERS_SEGMENTER_H
/*
 * Chinese text into words, as jieba 0.42.1 cuts it in its precise mode with the
 * hidden Markov model: jieba.cut(text, cut_all=False, HMM=True). Nothing is left
 * out: the words one after the other are the text.
 *
 * The words and the model's tables are jieba's own files, in the layout of its
 * package: dict.txt, finalseg/prob_start.py, prob_trans.py and prob_emit.py. They
 * are read at once (about 60 ms), and nothing is read afterwards. The sums of
 * logarithms are those of Python in the same order, so that ties are broken alike.
 *
 *     segmenter_open(&s, "/.../jieba", e);
 *     segmenter_cut(&words, s, text, strlen(text), mem);
 *     for (size_t i = 0; i < words.n; i++)
 *         ... words.item[i].at, words.item[i].len
 *     segmenter_close(s);
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

#define SEGMENTER_VERSION "0.42.1"

struct segmenter;

struct segment {
    const char *at; /* in the text that was cut */
    size_t len;     /* bytes */
};

struct segments {
    struct segment *item;
    size_t n;
};

/* Errors name the file, and its line where it has lines. */
MUST_USE int segmenter_open(struct segmenter **out, const char *dir, struct err *e);
void segmenter_close(struct segmenter *s);

/* Are the files those of jieba 0.42.1, byte for byte? */
bool segmenter_is_original(const struct segmenter *s);

/* len bytes of valid UTF-8; the list is in mem and points into the text. */
void segmenter_cut(struct segments *out, const struct segmenter *s, const char *text, size_t len,
                   struct arena *mem);

#endif
