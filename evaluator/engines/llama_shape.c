#include "evaluator/engines/llama_shape.h"

#include <stdbool.h>

#include <llama.h>

static int32_t count_rows(const struct llama_batch *b)
{
    int32_t n = 0;
    for (int32_t i = 0; i < b->n_tokens; i++)
        n += b->logits[i] != 0;
    return n;
}

int32_t shape_fill(struct llama_batch *b, const struct shape *s)
{
    int32_t n = b->n_tokens, last = n - 1, rows = count_rows(b);
    if (n == 0 || b->n_seq_id[last] != 1)
        return 0;
    for (int32_t want = shape_rows(s, n); b->n_tokens < want; b->n_tokens++) {
        int32_t i = b->n_tokens;
        b->token[i] = b->token[last];
        b->pos[i] = b->pos[last] + (i - last);
        b->n_seq_id[i] = 1;
        b->seq_id[i][0] = b->seq_id[last][0];
        b->logits[i] = false;
    }
    int32_t want = rows > 0 ? shape_rows(s, rows) : 0;
    for (int32_t i = b->n_tokens - 1; i >= 0 && rows < want; i--) {
        rows += !b->logits[i];
        b->logits[i] = true;
    }
    return b->n_tokens - n;
}
