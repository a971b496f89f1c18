#include "evaluator/engines/llama_draft.h"

#include <ctype.h>
#include <string.h>

#include <llama.h>

#include "base/utf8.h"

void draft_begin(struct draft_text *t, const struct decode *d, size_t max_tokens, bool inside)
{
    *t = (struct draft_text){ .d = d, .text = STRBUF_INIT, .max_tokens = max_tokens };
    t->phase = !d->think_open ? DRAFT_ANSWER : inside ? DRAFT_THINKING : DRAFT_START;
}

/* Where needle stands in the text from `from` on; SIZE_MAX = nowhere. */
static size_t find(const struct strbuf *text, size_t from, const char *needle)
{
    size_t len = strlen(needle);
    for (size_t i = from; len > 0 && i + len <= text->len; i++)
        if (memcmp(text->s + i, needle, len) == 0)
            return i;
    return SIZE_MAX;
}

/* A string of len bytes that is new must end behind the old text. */
static size_t search_from(size_t least, size_t old, size_t len)
{
    size_t from = old >= len ? old - len + 1 : 0;
    return from > least ? from : least;
}

static void find_thoughts(struct draft_text *t)
{
    const char *open = t->d->think_open;
    size_t at = 0, len = strlen(open);
    while (at < t->text.len && isspace((unsigned char)t->text.s[at]))
        at++;
    size_t n = t->text.len - at < len ? t->text.len - at : len;
    if (memcmp(t->text.s + at, open, n) != 0) {
        t->phase = DRAFT_ANSWER;
        t->n_think = 0;
    } else if (n == len) {
        t->phase = DRAFT_THINKING;
        t->think_at = at + len;
    }
}

static void find_answer(struct draft_text *t, size_t old)
{
    const char *close = t->d->think_close;
    size_t len = strlen(close);
    size_t at = find(&t->text, search_from(t->think_at, old, len), close);
    if (at == SIZE_MAX)
        return;
    t->phase = DRAFT_ANSWER;
    t->think_end = at;
    t->answer_at = at + len;
}

/* White space behind the thoughts is no part of the answer, and no stop. */
static void skip_space(struct draft_text *t)
{
    while (t->answer_at > 0 && t->answer_at < t->text.len &&
           isspace((unsigned char)t->text.s[t->answer_at]))
        t->answer_at++;
}

static void find_stop(struct draft_text *t, size_t old)
{
    size_t cut = t->text.len;
    for (size_t i = 0; i < t->d->n_stop; i++) {
        size_t len = strlen(t->d->stop[i]);
        size_t at = find(&t->text, search_from(t->answer_at, old, len), t->d->stop[i]);
        cut = at < cut ? at : cut;
    }
    t->ended |= cut < t->text.len;
    strbuf_cut(&t->text, cut);
}

/* Special tokens are no text, but a model's thinking marks may be such. */
static void add_piece(struct draft_text *t, const struct text *model, int32_t id)
{
    struct strbuf piece = STRBUF_INIT;
    bool control = llama_vocab_is_control(model->vocab, id);
    if (!control || t->d->think_open)
        text_piece(&piece, model, id);
    if (!control || (t->d->think_open && (strcmp(piece.s, t->d->think_open) == 0 ||
                                          strcmp(piece.s, t->d->think_close) == 0)))
        strbuf_add(&t->text, piece.s, piece.len);
    strbuf_release(&piece);
}

static bool used_up(const struct draft_text *t)
{
    if (t->d->think_tokens == 0)
        return t->n_token >= t->max_tokens;
    if (t->phase != DRAFT_ANSWER)
        return t->n_token >= (size_t)t->d->think_tokens;
    return t->n_token - t->n_think >= t->max_tokens;
}

void draft_add(struct draft_text *t, const struct text *model, int32_t id)
{
    size_t old = t->text.len;
    if (llama_vocab_is_eog(model->vocab, id)) {
        t->ended = true;
        return;
    }
    t->n_token++;
    add_piece(t, model, id);
    if (t->phase == DRAFT_START) {
        find_thoughts(t);
        old = 0; /* what waited for a mark has not been searched */
    }
    if (t->phase == DRAFT_THINKING) {
        t->n_think = t->n_token;
        find_answer(t, old);
        old = t->answer_at;
    }
    if (t->phase == DRAFT_ANSWER)
        skip_space(t);
    if (t->phase == DRAFT_ANSWER && t->text.len > t->answer_at)
        find_stop(t, old);
    if (!t->ended && used_up(t))
        t->ended = t->cut = true;
}

static const char *mended(const char *s, size_t len, struct arena *mem)
{
    struct strbuf out = STRBUF_INIT;
    utf8_repair(&out, s, len);
    const char *text = arena_strndup(mem, out.s, out.len);
    strbuf_release(&out);
    return text;
}

void draft_finish(struct draft_text *t, struct out *out, struct arena *mem)
{
    *out = (struct out){ .n_token = (uint32_t)t->n_token, .n_think = (uint32_t)t->n_think,
                         .cut = t->cut };
    if (t->phase == DRAFT_START)
        find_stop(t, 0);
    if (t->phase == DRAFT_THINKING) {
        out->text = "";
        out->fault = "thinking";
        out->thinking = mended(t->text.s + t->think_at, t->text.len - t->think_at, mem);
    } else {
        size_t at = t->answer_at < t->text.len ? t->answer_at : t->text.len;
        out->text = mended(t->text.s + at, t->text.len - at, mem);
        if (t->answer_at > 0)
            out->thinking = mended(t->text.s + t->think_at, t->think_end - t->think_at, mem);
    }
    strbuf_release(&t->text);
}
