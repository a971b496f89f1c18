#ifndef EVALRUN_SCORERS_ROUGE_H
#define EVALRUN_SCORERS_ROUGE_H
/*
 * ROUGE (Lin 2004): what two texts have in common, over their length. The texts
 * are numbers here, the same for the same token (rouge_text.h makes them), and the
 * figures are those of two packages that everybody quotes:
 *
 *   rouge-score 0.1.2     each n-gram counts as often as it comes in both texts;
 *                         ROUGE-L is the longest common subsequence of the texts,
 *                         ROUGE-Lsum the union of those of their sentences
 *   rouge-chinese 1.0.3   each n-gram counts once; ROUGE-L as above
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct rouge_tokens {
    const uint32_t *id; /* of n tokens */
    size_t n;
    const size_t *sentence; /* where each of n_sentence sentences ends */
    size_t n_sentence;
};

/* What is in both, in the prediction and in the reference. */
struct rouge_count {
    size_t both, prediction, reference;
};

struct rouge_value {
    double precision, recall, f; /* from 0 to 1 */
};

/* n is 1 or 2; `once`: an n-gram counts once, however often it comes. */
struct rouge_count rouge_ngrams(const struct rouge_tokens *prediction,
                                const struct rouge_tokens *reference, size_t n, bool once,
                                struct arena *mem);

struct rouge_count rouge_lcs(const struct rouge_tokens *prediction,
                             const struct rouge_tokens *reference, struct arena *mem);

/* For every sentence of the reference the union of its longest common subsequences
 * with all sentences of the prediction. No token counts more often than it comes in
 * either text. Of several longest ones it is rouge-score's. */
struct rouge_count rouge_lcs_union(const struct rouge_tokens *prediction,
                                   const struct rouge_tokens *reference, struct arena *mem);

/* As each package reckons them; all zero where a text is empty. */
struct rouge_value rouge_google(struct rouge_count c);
struct rouge_value rouge_chinese(struct rouge_count c);

#endif
