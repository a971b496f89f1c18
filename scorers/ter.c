#include "scorers/ter.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "scorers/ngrams.h"
#include "scorers/text_tokens.h"

enum {
    MAX_SHIFT_SIZE = 10,
    MAX_SHIFT_DISTANCE = 50,
    MAX_CANDIDATES = 1000,
    BEAM = 25,
    FAR = INT32_MAX / 2, /* the cost of what lies outside of the beam */
};

enum { OP_MATCH = ' ', OP_REPLACE = 's', OP_INSERT = 'i', OP_DELETE = 'd' };

/* ---- edit distance within a beam around the diagonal */

struct cell {
    int32_t cost;
    char op; /* the last one on the way here from (0, 0) */
};

struct row { /* the cells from..to of one row */
    struct cell *cell;
    size_t from, to;
};

/* The matrix of one text and its reference: row i is that of the first i words. */
struct matrix {
    const uint32_t *ref;
    size_t n_hyp, n_ref;
    struct row *row;     /* n_hyp + 1, of the text as it is now */
    struct row trial[2]; /* for a text of other order */
};

static void row_place(struct row *row, const struct matrix *m, size_t i)
{
    double ratio = m->n_hyp ? (double)m->n_ref / (double)m->n_hyp : 1;
    size_t beam = BEAM < ratio / 2 ? (size_t)ceil(ratio / 2 + BEAM) : BEAM;
    size_t diagonal = (size_t)floor((double)i * ratio), end = m->n_ref + 1;
    row->from = diagonal > beam ? diagonal - beam : 0;
    row->to = i == 0 || i == m->n_hyp || diagonal + beam > end ? end : diagonal + beam;
    if (i == 0)
        row->from = 0;
}

static void matrix_init(struct matrix *m, const struct items *hyp, const struct items *ref,
                        struct arena *mem)
{
    size_t widest = 0;
    *m = (struct matrix){ .ref = ref->list, .n_hyp = hyp->n, .n_ref = ref->n };
    m->row = arena_array(mem, hyp->n + 1, sizeof *m->row);
    for (size_t i = 0; i <= hyp->n; i++) {
        row_place(&m->row[i], m, i);
        size_t n = m->row[i].to - m->row[i].from;
        m->row[i].cell = arena_array(mem, n, sizeof *m->row[i].cell);
        widest = n > widest ? n : widest;
    }
    for (size_t j = 0; j <= ref->n; j++)
        m->row[0].cell[j] = (struct cell){ (int32_t)j, OP_INSERT };
    for (size_t k = 0; k < 2; k++)
        m->trial[k].cell = arena_array(mem, widest, sizeof(struct cell));
}

static int32_t cost_at(const struct row *row, size_t j)
{
    return row->from <= j && j < row->to ? row->cell[j - row->from].cost : FAR;
}

/* The row of a text's first words, of which `word` is the last, after the row before. */
static void fill_row(struct row *row, const struct row *before, const struct matrix *m,
                     uint32_t word)
{
    int32_t left = FAR;
    for (size_t j = row->from; j < row->to; j++) {
        struct cell best = { FAR, 0 };
        int32_t up = cost_at(before, j) + 1;
        if (j > 0) {
            bool same = word == m->ref[j - 1];
            int32_t across = cost_at(before, j - 1) + !same;
            if (across < best.cost)
                best = (struct cell){ across, same ? OP_MATCH : OP_REPLACE };
        }
        if (up < best.cost)
            best = (struct cell){ up, OP_DELETE };
        if (left + 1 < best.cost)
            best = (struct cell){ left + 1, OP_INSERT };
        row->cell[j - row->from] = best;
        left = best.cost;
    }
}

static int32_t fill(struct matrix *m, const uint32_t *hyp)
{
    for (size_t i = 1; i <= m->n_hyp; i++)
        fill_row(&m->row[i], &m->row[i - 1], m, hyp[i - 1]);
    return cost_at(&m->row[m->n_hyp], m->n_ref);
}

/* The distance of the same words in another order, which begin like those that the
 * matrix was filled with. */
static int32_t try_order(struct matrix *m, const uint32_t *hyp, const uint32_t *order)
{
    size_t i = 0;
    while (i < m->n_hyp && hyp[i] == order[i])
        i++;
    const struct row *before = &m->row[i];
    for (size_t k = 0; i < m->n_hyp; i++, k = !k) {
        row_place(&m->trial[k], m, i + 1);
        fill_row(&m->trial[k], before, m, order[i]);
        before = &m->trial[k];
    }
    return cost_at(before, m->n_ref);
}

/* ---- what the cheapest edits say of each word */

struct alignment {
    int64_t *at;   /* per word of the reference: which word of the text; -1 = before it */
    bool *hyp_bad; /* per word of the text: it is no match */
    bool *ref_bad;
};

static void align(struct alignment *out, const struct matrix *m)
{
    size_t i = m->n_hyp, j = m->n_ref;
    while (i > 0 || j > 0) {
        char op = m->row[i].cell[j - m->row[i].from].op;
        if (op != OP_INSERT)
            out->hyp_bad[--i] = op != OP_MATCH;
        if (op != OP_DELETE) {
            out->ref_bad[--j] = op != OP_MATCH;
            out->at[j] = op == OP_INSERT ? (int64_t)i - 1 : (int64_t)i;
        }
    }
}

/* ---- shifts */

struct shift {
    size_t start, length, target; /* `length` words from `start` go before `target` */
    int32_t gain;
};

struct search {
    struct matrix matrix;
    struct alignment alignment;
    struct items hyp, ref;
    uint32_t *now, *trial; /* the text's words in their present order, and in another */
    int32_t cost;          /* of the present one */
    size_t n_tried;
    struct shift best;
    bool has_best;
};

static uint32_t *copy(uint32_t *out, const uint32_t *from, size_t n)
{
    if (n)
        memcpy(out, from, n * sizeof *from);
    return out + n;
}

static void perform(uint32_t *out, const uint32_t *words, size_t n, const struct shift *s)
{
    size_t end = s->start + s->length, target = s->target;
    if (target < s->start) {
        out = copy(out, words, target);
        out = copy(out, words + s->start, s->length);
        out = copy(out, words + target, s->start - target);
        copy(out, words + end, n - end);
        return;
    }
    /* A target within the words that are shifted counts from their end. */
    size_t to = target > end ? target : target + s->length < n ? target + s->length : n;
    out = copy(out, words, s->start);
    out = copy(out, words + end, to - end);
    out = copy(out, words + s->start, s->length);
    copy(out, words + to, n - to);
}

/* Tercom's order: the most gained, the longest, the first in the text, the first
 * target. */
static bool is_better(const struct shift *a, const struct shift *b)
{
    if (a->gain != b->gain)
        return a->gain > b->gain;
    if (a->length != b->length)
        return a->length > b->length;
    return a->start != b->start ? a->start < b->start : a->target < b->target;
}

static bool any(const bool *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i])
            return true;
    return false;
}

/* `length` words from `start` of the text are those from `there` of the reference:
 * every place beside one of these is tried. */
static void try_match(struct search *s, size_t start, size_t there, size_t length)
{
    const struct alignment *a = &s->alignment;
    int64_t at = a->at[there];
    if (!any(&a->hyp_bad[start], length) || !any(&a->ref_bad[there], length) ||
        ((int64_t)start <= at && at < (int64_t)(start + length)))
        return;
    size_t before = SIZE_MAX;
    for (size_t k = 0; k <= length; k++) {
        size_t place = there + k; /* counted from the one before the first */
        size_t target = place == 0 ? 0 : (size_t)(a->at[place - 1] + 1);
        if (target == before)
            continue;
        before = target;
        struct shift shift = { start, length, target, 0 };
        perform(s->trial, s->now, s->hyp.n, &shift);
        shift.gain = s->cost - try_order(&s->matrix, s->now, s->trial);
        s->n_tried++;
        if (!s->has_best || is_better(&shift, &s->best))
            s->best = shift;
        s->has_best = true;
    }
}

static void try_pair(struct search *s, size_t start, size_t there)
{
    size_t length = 0;
    while (length < MAX_SHIFT_SIZE && start + length < s->hyp.n && there + length < s->ref.n &&
           s->now[start + length] == s->ref.list[there + length] &&
           s->n_tried < MAX_CANDIDATES)
        try_match(s, start, there, ++length);
}

static void find_best(struct search *s)
{
    s->has_best = false;
    for (size_t start = 0; start < s->hyp.n; start++) {
        size_t from = start > MAX_SHIFT_DISTANCE ? start - MAX_SHIFT_DISTANCE : 0;
        for (size_t there = from; there < s->ref.n && there <= start + MAX_SHIFT_DISTANCE; there++)
            if (s->n_tried < MAX_CANDIDATES)
                try_pair(s, start, there);
    }
}

static size_t count_edits(const struct items *hyp, const struct items *ref, struct arena *mem)
{
    struct search s = { .hyp = *hyp, .ref = *ref };
    size_t n_shift = 0;
    if (!ref->n)
        return hyp->n;
    matrix_init(&s.matrix, hyp, ref, mem);
    s.alignment.at = arena_array(mem, ref->n, sizeof *s.alignment.at);
    s.alignment.ref_bad = arena_array(mem, ref->n, sizeof *s.alignment.ref_bad);
    s.alignment.hyp_bad = arena_array(mem, hyp->n, sizeof *s.alignment.hyp_bad);
    s.now = arena_array(mem, hyp->n, sizeof *s.now);
    s.trial = arena_array(mem, hyp->n, sizeof *s.trial);
    copy(s.now, hyp->list, hyp->n);
    for (;;) {
        s.cost = fill(&s.matrix, s.now);
        align(&s.alignment, &s.matrix);
        find_best(&s);
        if (s.n_tried >= MAX_CANDIDATES || !s.has_best || s.best.gain <= 0)
            return n_shift + (size_t)s.cost;
        perform(s.trial, s.now, hyp->n, &s.best);
        copy(s.now, s.trial, hyp->n);
        n_shift++;
    }
}

static void list_words(struct text_tokens *out, const char *text, struct arena *mem)
{
    struct tokenizer spaces;
    struct strbuf low = STRBUF_INIT;
    tokenizer_init(&spaces, TOKENIZE_NONE);
    utf8_lower(&low, text, strlen(text) - utf8_space_after(text, strlen(text)));
    text_tokenize(out, &spaces, arena_strndup(mem, low.s, low.len), low.len, mem);
    strbuf_release(&low);
}

void ter_count(struct ter_counts *out, const char *hyp, const char *const *ref, size_t n_ref,
               struct arena *mem)
{
    struct text_tokens *text = arena_array(mem, n_ref + 1, sizeof *text);
    struct items *items = arena_array(mem, n_ref + 1, sizeof *items);
    struct vocabulary words;
    size_t n_word = 0, least = SIZE_MAX;
    for (size_t i = 0; i <= n_ref; i++) {
        list_words(&text[i], i ? ref[i - 1] : hyp, mem);
        n_word += text[i].n;
    }
    vocabulary_init(&words, n_word, mem);
    for (size_t i = 0; i <= n_ref; i++)
        items[i] = (struct items){ vocabulary_numbers(&words, &text[i], mem), text[i].n };
    *out = (struct ter_counts){ 0 };
    for (size_t i = 1; i <= n_ref; i++) {
        size_t n = count_edits(&items[0], &items[i], mem);
        least = n < least ? n : least;
        out->ref_len += (double)items[i].n;
    }
    out->edits = (double)least;
    out->ref_len /= (double)n_ref;
}

double ter_figure(const struct ter_counts *c)
{
    if (c->ref_len > 0)
        return 100 * (c->edits / c->ref_len);
    return c->edits > 0 ? 100 : 0;
}
