#ifndef EVALRUN_EVALUATOR_ENGINES_LLAMA_DRAFT_H
#define EVALRUN_EVALUATOR_ENGINES_LLAMA_DRAFT_H
/*
 * One text as it grows: where it ends, and what of it is thoughts.
 *
 * It ends at the model's end of turn (any of its end-of-generation tokens), at
 * the first stop string behind the thoughts, or when its tokens are used up. A
 * stop string may begin in the middle of a token or of a character.
 *
 * Thoughts stand between decode.think_open and think_close. The text may begin
 * with the opening mark (white space before it is allowed), or inside when the
 * prompt ended with it. Thoughts that never close are a fault, not an answer.
 */
#include "base/flow.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "evaluator/engines/llama_text.h"

struct draft_text {
    const struct decode *d;
    struct strbuf text;
    enum { DRAFT_START, DRAFT_THINKING, DRAFT_ANSWER } phase;
    size_t think_at, think_end; /* bytes of the thoughts */
    size_t answer_at;
    size_t n_token, n_think;    /* written in all; up to the end of the thoughts */
    size_t max_tokens;
    bool ended, cut;
};

void draft_begin(struct draft_text *t, const struct decode *d, size_t max_tokens, bool inside);

/* Append a token; t->ended says whether it was the last. */
void draft_add(struct draft_text *t, const struct text *model, int32_t id);

/* Make the result, in mem; releases the draft. */
void draft_finish(struct draft_text *t, struct out *out, struct arena *mem);

#endif
