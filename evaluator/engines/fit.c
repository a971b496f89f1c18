#include "evaluator/engines/fit.h"

#include <assert.h>
#include <string.h>

static bool any_shot(const struct fit_prompt *p, const bool *keep)
{
    for (size_t i = 0; i < p->n; i++)
        if (keep[i] && p->message[i].piece == PIECE_SHOT)
            return true;
    return false;
}

static bool fits(const struct fit_prompt *p, const bool *keep)
{
    return p->count(p->self, keep) <= p->limit;
}

/* An example may be several messages (question and answer). */
static void drop_shot(struct fit_result *out, const struct fit_prompt *p, uint32_t shot)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->message[i].piece == PIECE_SHOT && p->message[i].shot == shot)
            out->keep[i] = false;
    out->shots_dropped++;
}

static void drop_last_shots(struct fit_result *out, const struct fit_prompt *p)
{
    while (!(out->fits = fits(p, out->keep)) && any_shot(p, out->keep)) {
        uint32_t last = 0;
        for (size_t i = 0; i < p->n; i++)
            if (out->keep[i] && p->message[i].piece == PIECE_SHOT && p->message[i].shot > last)
                last = p->message[i].shot;
        drop_shot(out, p, last);
    }
}

static void drop_header(struct fit_result *out, const struct fit_prompt *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->message[i].piece == PIECE_HEADER) {
            out->header_dropped |= out->keep[i];
            out->keep[i] = false;
        }
}

/* A few-shot example and its own length in tokens. */
struct shot {
    uint32_t number;
    size_t len;
    bool kept;
};

/* A document and what was said before are parts of the question. */
static enum piece group_of(enum piece piece)
{
    return piece == PIECE_CONTEXT || piece == PIECE_HISTORY ? PIECE_QUESTION : piece;
}

static size_t count_where(const struct fit_prompt *p, bool *only, enum piece piece)
{
    for (size_t i = 0; i < p->n; i++)
        only[i] = group_of(p->message[i].piece) == piece;
    bool any = false;
    for (size_t i = 0; i < p->n; i++)
        any |= only[i];
    return any ? p->count(p->self, only) : 0;
}

static size_t list_shots(struct shot *shot, const struct fit_prompt *p, bool *only)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (p->message[i].piece != PIECE_SHOT)
            continue;
        size_t k = 0;
        while (k < n && shot[k].number != p->message[i].shot)
            k++;
        if (k == n)
            shot[n++] = (struct shot){ .number = p->message[i].shot, .kept = true };
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < p->n; i++)
            only[i] = p->message[i].piece == PIECE_SHOT && p->message[i].shot == shot[k].number;
        shot[k].len = p->count(p->self, only);
    }
    return n;
}

static size_t sum_kept(const struct shot *shot, size_t n)
{
    size_t sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += shot[k].kept ? shot[k].len : 0;
    return sum;
}

/* Every example of the current maximum length goes at once, ties included. */
static bool drop_longest(struct fit_result *out, const struct fit_prompt *p, struct shot *shot,
                         size_t n)
{
    size_t longest = 0;
    bool any = false;
    for (size_t k = 0; k < n; k++)
        if (shot[k].kept) {
            any = true;
            longest = shot[k].len > longest ? shot[k].len : longest;
        }
    for (size_t k = 0; any && k < n; k++)
        if (shot[k].kept && shot[k].len == longest) {
            shot[k].kept = false;
            drop_shot(out, p, shot[k].number);
        }
    return any;
}

/*
 * The authors add up the lengths of separately encoded parts. Header and
 * question alone too long: the question goes without header and examples.
 * Else examples go, longest first, while their sum is >= what is left. The
 * sum may differ by a few tokens from the joined text, so the joined text is
 * checked last.
 */
static void drop_longest_shots(struct fit_result *out, const struct fit_prompt *p,
                               struct arena *mem)
{
    const size_t slack = 4 * (p->n + 1); /* joins and BOS, at most */
    out->fits = fits(p, out->keep);
    if (out->fits && p->count(p->self, out->keep) + slack < p->limit)
        return;
    struct shot *shot = arena_array(mem, p->n + 1, sizeof *shot);
    bool *only = arena_array(mem, p->n + 1, sizeof *only);
    size_t n = list_shots(shot, p, only);
    size_t fixed = count_where(p, only, PIECE_HEADER) + count_where(p, only, PIECE_QUESTION);
    if (fixed > p->limit) {
        while (drop_longest(out, p, shot, n))
            ;
        drop_header(out, p);
    }
    while (fixed <= p->limit && sum_kept(shot, n) >= p->limit - fixed &&
           drop_longest(out, p, shot, n))
        ;
    while (!(out->fits = fits(p, out->keep)) && drop_longest(out, p, shot, n))
        ;
    if (!out->fits) {
        drop_header(out, p);
        out->fits = fits(p, out->keep);
    }
}

void fit_apply(struct fit_result *out, const struct fit_prompt *p, struct arena *mem)
{
    *out = (struct fit_result){ .keep = arena_array(mem, p->n + 1, sizeof *out->keep) };
    for (size_t i = 0; i < p->n; i++)
        out->keep[i] = true;
    switch (p->rule) {
    case FIT_DROP_LAST_SHOTS:
        drop_last_shots(out, p);
        break;
    case FIT_DROP_LONGEST_SHOTS:
        drop_longest_shots(out, p, mem);
        break;
    case FIT_CUT_LEFT:
        out->fits = true;
        break;
    case FIT_REFUSE:
    case FIT_COUNT:
        out->fits = fits(p, out->keep);
        break;
    }
}

size_t fit_cut(size_t n_whole, size_t n_prompt, size_t ctx, size_t max_prompt)
{
    assert(n_prompt <= n_whole);
    size_t cut = n_whole > ctx + 1 ? n_whole - (ctx + 1) : 0;
    if (max_prompt > 0 && n_prompt > max_prompt + cut)
        cut = n_prompt - max_prompt;
    return cut > 0 && cut >= n_prompt ? n_whole : cut;
}
