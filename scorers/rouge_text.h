#ifndef EVALRUN_SCORERS_ROUGE_TEXT_H
#define EVALRUN_SCORERS_ROUGE_TEXT_H
/*
 * The texts that ROUGE compares, cut into tokens. What is cut how is the part of
 * ROUGE that makes figures incomparable, so each way has a name of its own.
 */
#include "base/mem.h"
#include "scorers/rouge.h"
#include "scorers/segmenter.h"

/*
 * Of rouge-score, in small letters, with a new sentence at each line break:
 *   ROUGE_WORDS   runs of a-z and 0-9; all else parts them, Chinese too
 *   ROUGE_STEMS   the same, those of more than 3 letters stemmed (porter.h)
 *   ROUGE_CHARS   runs of a-z and 0-9, and every other letter or number by itself
 *   ROUGE_JIEBA   jieba's words that have a letter or a number in them
 * Of rouge-chinese, which is given tokens with blanks between them:
 *   ROUGE_CHINESE        jieba's words
 *   ROUGE_CHINESE_CHARS  characters
 * without white space. Its rules that part sentences leave traces: a line break
 * behind a sentence that is over, or behind another one, makes an empty token, and
 * a run of more than six full stops is cut.
 */
enum rouge_cut {
    ROUGE_WORDS,
    ROUGE_STEMS,
    ROUGE_CHARS,
    ROUGE_JIEBA,
    ROUGE_CHINESE,
    ROUGE_CHINESE_CHARS,
};

bool rouge_cut_needs_segmenter(enum rouge_cut cut);

/* out[i] is of text[i], n of them; the same token has the same number in all. The
 * segmenter may be NULL for a way that does not need it. All in mem. */
void rouge_cut(struct rouge_tokens *out, const char *const *text, size_t n, enum rouge_cut cut,
               const struct segmenter *segmenter, struct arena *mem);

#endif
