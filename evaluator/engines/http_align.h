#ifndef EVALRUN_EVALUATOR_ENGINES_HTTP_ALIGN_H
#define EVALRUN_EVALUATOR_ENGINES_HTTP_ALIGN_H
/*
 * Where in a text the tokens are that a server lists, and which of them is
 * the first of a continuation. Servers decode tokens one by one, so a token
 * that is a part of a Chinese character comes as U+FFFD or as "", and one of
 * SentencePiece may have lost its blank, or have "\u2581" for it. A token may
 * thus end at several places; those that fit no whole reading are dropped.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

struct alignment {
    size_t first;    /* the first token of the text, behind what was put before (BOS) */
    size_t boundary; /* the first token that ends behind `bytes` */
    uint32_t n_straddle; /* 1: token `boundary` begins before `bytes` */
};

/* All n tokens are the text's, but for the first few, perhaps. A NULL token is
 * one whose text is not known (at most 63 bytes). ERR_INPUT: the tokens do not
 * spell the text, or it cannot be told where the continuation begins. */
MUST_USE int align_tokens(struct alignment *out, const char *const *token, size_t n,
                          const char *text, size_t bytes, struct arena *mem, struct err *e);

#endif
