#include "evaluator/engines/llama_score.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <llama.h>

#include "base/mem.h"

enum {
    TRUNK = 0,             /* sequence that holds the shared beginning */
    PROMPT = 1, DRAW = 2,  /* sequences of a text being written */
    EVERYBODY = -1,        /* owner of a token that all candidates have */
    ROW_BYTES = 256 << 20, /* ceiling of the logits of one batch */
};

/* One token to decode. */
struct entry {
    int32_t token;
    int32_t pos;
    int owner; /* candidate of the round, or EVERYBODY */
    bool want; /* its row of logits is needed */
};

struct forward {
    struct llama_context *ctx;
    llama_memory_t cache;
    struct llama_batch batch;
    size_t n_vocab, n_ctx;
    bool forgetful; /* a recurrent model: nothing can be shared or taken back */
    int32_t *trunk; /* tokens in the trunk */
    size_t n_trunk;
    struct entry *entry;
    size_t n_entry, cap_entry;
};

/* Candidates that are decoded together. */
struct round {
    struct candidate *c;
    size_t n;
    size_t n_seq; /* sequences 1..n_seq; one does when all candidates agree */
    size_t base;  /* tokens in the trunk */
    size_t fork;  /* inputs that all candidates of the question share */
};

struct forward *forward_new(struct llama_context *ctx)
{
    struct forward *f = xcalloc(1, sizeof *f);
    const struct llama_model *model = llama_get_model(ctx);
    f->ctx = ctx;
    f->cache = llama_get_memory(ctx);
    f->n_vocab = (size_t)llama_vocab_n_tokens(llama_model_get_vocab(model));
    f->n_ctx = llama_n_ctx(ctx);
    f->forgetful = llama_model_is_recurrent(model) || llama_model_is_hybrid(model);
    f->trunk = xcalloc(f->n_ctx + 1, sizeof *f->trunk);
    f->batch = llama_batch_init(BATCH_TOKENS, 0, ROUND_SEQUENCES);
    return f;
}

void forward_free(struct forward *f)
{
    if (!f)
        return;
    llama_batch_free(f->batch);
    free(f->trunk);
    free(f->entry);
    free(f);
}

size_t forward_vocab(const struct forward *f)
{
    return f->n_vocab;
}

/* --- rows ---------------------------------------------------------------- */

struct row {
    const float *x;
    float max;
    double log_sum;
    int32_t best; /* the first of equals */
};

static int row_read(struct row *r, const float *x, size_t n, struct err *e)
{
    if (!x)
        return err_set(e, ERR_ENGINE, "llama.cpp gave no logits");
    *r = (struct row){ .x = x, .max = x[0] };
    for (size_t i = 1; i < n; i++)
        if (x[i] > r->max) {
            r->max = x[i];
            r->best = (int32_t)i;
        }
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)expf(x[i] - r->max);
    r->log_sum = log(sum);
    if (!isfinite(r->log_sum) || !isfinite(r->max))
        return err_set(e, ERR_ENGINE, "the model's logits are not finite numbers;"
                                      " the file is damaged, or this build computes it wrongly");
    return 0;
}

static void row_score(const struct row *r, struct candidate *c, size_t next)
{
    if (next < c->from || next >= c->n)
        return;
    int32_t id = c->id[next];
    c->logprob += (double)(r->x[id] - r->max) - r->log_sum;
    c->n_token++;
    c->greedy &= id == r->best;
}

/* --- batches ------------------------------------------------------------- */

static void batch_add(struct forward *f, const struct entry *k, size_t first_seq, size_t n_seq)
{
    int32_t i = f->batch.n_tokens++;
    f->batch.token[i] = k->token;
    f->batch.pos[i] = k->pos;
    f->batch.n_seq_id[i] = (int32_t)n_seq;
    for (size_t s = 0; s < n_seq; s++)
        f->batch.seq_id[i][s] = (llama_seq_id)(first_seq + s);
    f->batch.logits[i] = k->want;
}

static void forget(struct forward *f)
{
    llama_memory_clear(f->cache, false);
    f->n_trunk = 0;
}

static int decode(struct forward *f, struct err *e)
{
    int32_t rc = llama_decode(f->ctx, f->batch);
    if (rc == 0)
        return 0;
    forget(f);
    return err_set(e, ERR_ENGINE, "llama.cpp cannot decode %d tokens (code %d)%s",
                   (int)f->batch.n_tokens, (int)rc,
                   rc == 1 ? ": no room in the KV cache" : "");
}

static void entry_add(struct forward *f, struct entry k)
{
    f->entry = grow(f->entry, f->n_entry, &f->cap_entry, sizeof *f->entry);
    f->entry[f->n_entry++] = k;
}

/* Tokens per batch, so that the wanted rows stay below their ceiling. */
static size_t batch_room(const struct forward *f, size_t n_want)
{
    size_t rows = ROW_BYTES / (f->n_vocab * sizeof(float));
    rows = rows < HOLD_BACK ? HOLD_BACK : rows;
    return n_want > rows && rows < BATCH_TOKENS ? rows : BATCH_TOKENS;
}

static int score_rows(struct forward *f, const struct entry *k, size_t n, struct round *r,
                      struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        if (!k[i].want)
            continue;
        struct row row = { 0 };
        if (row_read(&row, llama_get_logits_ith(f->ctx, (int32_t)i), f->n_vocab, e) < 0)
            return e->code;
        size_t next = (size_t)k[i].pos + 1;
        for (size_t c = 0; c < r->n; c++)
            if (k[i].owner == EVERYBODY || (size_t)k[i].owner == c)
                row_score(&row, &r->c[c], next);
    }
    return 0;
}

/* Decode the listed entries in batches of nearly equal size (a last batch of
 * one token would be a one-token batch). r == NULL: nobody scores. */
static int run_entries(struct forward *f, struct round *r, size_t first_seq, size_t n_seq,
                       struct err *e)
{
    size_t n_want = 0;
    for (size_t i = 0; i < f->n_entry; i++)
        n_want += f->entry[i].want;
    size_t room = batch_room(f, n_want);
    size_t n_batch = (f->n_entry + room - 1) / room;
    for (size_t b = 0, at = 0; b < n_batch; b++) {
        size_t end = f->n_entry * (b + 1) / n_batch;
        f->batch.n_tokens = 0;
        for (size_t i = at; i < end; i++) {
            bool all = f->entry[i].owner == EVERYBODY;
            batch_add(f, &f->entry[i], all ? first_seq : first_seq + (size_t)f->entry[i].owner,
                      all ? n_seq : 1);
        }
        if (decode(f, e) < 0 || (r && score_rows(f, f->entry + at, end - at, r, e) < 0))
            return e->code;
        at = end;
    }
    return 0;
}

/* --- the shared beginning ------------------------------------------------ */

/* How much of the trunk can stay: all of it, or whole batches. */
static size_t reusable(const struct forward *f, const int32_t *id, size_t n)
{
    size_t same = 0;
    while (same < n && same < f->n_trunk && f->trunk[same] == id[same])
        same++;
    return same == n && n == f->n_trunk ? n : same - same % BATCH_TOKENS;
}

static int trunk_fill(struct forward *f, const int32_t *id, size_t n, struct err *e)
{
    size_t at = reusable(f, id, n);
    if (at < f->n_trunk && !llama_memory_seq_rm(f->cache, TRUNK, (llama_pos)at, -1)) {
        forget(f);
        at = 0;
    }
    f->n_trunk = at;
    while (at < n) {
        size_t end = at + BATCH_TOKENS < n ? at + BATCH_TOKENS : n;
        f->batch.n_tokens = 0;
        for (size_t i = at; i < end; i++)
            batch_add(f, &(struct entry){ .token = id[i], .pos = (int32_t)i }, TRUNK, 1);
        if (decode(f, e) < 0)
            return e->code;
        memcpy(f->trunk + at, id + at, (end - at) * sizeof *id);
        f->n_trunk = at = end;
    }
    return 0;
}

/* Where the trunk ends for a question with `fork` common inputs whose first
 * needed row is `row`: a function of the question alone. */
static size_t trunk_end(const struct forward *f, size_t shared, size_t fork, size_t row)
{
    size_t end = shared < fork ? shared : fork;
    end = end < row ? end : row;
    if (fork - end < HOLD_BACK)
        end = fork > HOLD_BACK ? fork - HOLD_BACK : 0;
    end = end < row ? end : row;
    /* A few tokens behind the last whole batch go with the question. */
    if (end % BATCH_TOKENS < HOLD_BACK)
        end -= end % BATCH_TOKENS;
    return f->forgetful ? 0 : end;
}

/* --- scoring ------------------------------------------------------------- */

static bool has_work(const struct candidate *c)
{
    return c->from < c->n;
}

static size_t inputs(const struct candidate *c)
{
    return c->n - 1;
}

static int run_round(struct forward *f, struct round *r, struct err *e)
{
    if (f->forgetful)
        forget(f);
    else if (trunk_fill(f, r->c[0].id, r->base, e) < 0)
        return e->code;
    size_t longest = 0, from = SIZE_MAX;
    for (size_t i = 0; i < r->n; i++) {
        longest = inputs(&r->c[i]) > longest ? inputs(&r->c[i]) : longest;
        from = r->c[i].from < from ? r->c[i].from : from;
    }
    r->n_seq = longest > r->fork ? r->n : 1;
    for (size_t s = 1; s <= r->n_seq && r->base > 0; s++)
        llama_memory_seq_cp(f->cache, TRUNK, (llama_seq_id)s, 0, (llama_pos)r->base);

    f->n_entry = 0;
    for (size_t i = r->base; i < r->fork; i++)
        entry_add(f, (struct entry){ .token = r->c[0].id[i], .pos = (int32_t)i,
                                     .owner = EVERYBODY, .want = i + 1 >= from });
    for (size_t k = 0; k < r->n; k++)
        for (size_t i = r->fork; i < inputs(&r->c[k]); i++)
            entry_add(f, (struct entry){ .token = r->c[k].id[i], .pos = (int32_t)i,
                                         .owner = (int)k, .want = i + 1 >= r->c[k].from });
    int rc = run_entries(f, r, 1, r->n_seq, e);
    if (rc < 0)
        forget(f); /* whatever was left half done */
    for (size_t s = 1; rc == 0 && s <= r->n_seq; s++)
        llama_memory_seq_rm(f->cache, (llama_seq_id)s, -1, -1);
    return rc;
}

/* Inputs that all candidates share, from the first on. */
static size_t find_fork(struct candidate *const *c, size_t n)
{
    size_t fork = inputs(c[0]);
    for (size_t k = 1; k < n; k++) {
        size_t i = 0;
        while (i < fork && i < inputs(c[k]) && c[k]->id[i] == c[0]->id[i])
            i++;
        fork = i;
    }
    return fork;
}

/* As many candidates as sequences and cells allow, at least one. */
static size_t round_size(const struct forward *f, struct candidate *const *c, size_t n,
                         size_t fork)
{
    if (f->forgetful)
        return 1;
    size_t cells = fork, k = 0;
    while (k < n && k < ROUND_SEQUENCES) {
        cells += inputs(c[k]) - fork;
        if (k > 0 && cells > f->n_ctx)
            break;
        k++;
    }
    return k;
}

int forward_score(struct forward *f, struct candidate *c, size_t n, size_t shared, struct err *e)
{
    struct candidate **work = xcalloc(n + 1, sizeof *work);
    struct candidate *part = xcalloc(ROUND_SEQUENCES, sizeof *part);
    size_t n_work = 0, row = SIZE_MAX;
    int rc = 0;
    for (size_t i = 0; i < n; i++) {
        c[i].logprob = 0;
        c[i].n_token = 0;
        c[i].greedy = true;
        if (!has_work(&c[i]))
            continue;
        assert(c[i].from > 0 && inputs(&c[i]) <= f->n_ctx);
        row = c[i].from - 1 < row ? c[i].from - 1 : row;
        work[n_work++] = &c[i];
    }
    size_t fork = n_work > 0 ? find_fork(work, n_work) : 0;
    size_t base = n_work > 0 ? trunk_end(f, shared, fork, row) : 0;
    for (size_t at = 0; rc == 0 && at < n_work;) {
        struct round r = { .c = part, .n = round_size(f, work + at, n_work - at, fork),
                           .base = base, .fork = fork };
        for (size_t i = 0; i < r.n; i++)
            part[i] = *work[at + i];
        if (f->forgetful)
            r.fork = inputs(&part[0]);
        rc = run_round(f, &r, e);
        for (size_t i = 0; i < r.n; i++)
            *work[at + i] = part[i];
        at += r.n;
    }
    free(work);
    free(part);
    return rc;
}

/* --- writing ------------------------------------------------------------- */

static int last_row(struct forward *f, const float **row, struct err *e)
{
    *row = llama_get_logits_ith(f->ctx, f->batch.n_tokens - 1);
    return *row ? 0 : err_set(e, ERR_ENGINE, "llama.cpp gave no logits");
}

int forward_begin(struct forward *f, const int32_t *id, size_t n, size_t shared,
                  const float **row, struct err *e)
{
    assert(n > 0 && n <= f->n_ctx);
    size_t base = trunk_end(f, shared, n, n - 1);
    if (f->forgetful)
        forget(f);
    else if (trunk_fill(f, id, base, e) < 0)
        return e->code;
    if (base > 0)
        llama_memory_seq_cp(f->cache, TRUNK, PROMPT, 0, (llama_pos)base);
    f->n_entry = 0;
    for (size_t i = base; i < n; i++)
        entry_add(f, (struct entry){ .token = id[i], .pos = (int32_t)i, .owner = EVERYBODY,
                                     .want = i + 1 == n });
    if (run_entries(f, NULL, PROMPT, 1, e) < 0)
        return e->code;
    return last_row(f, row, e);
}

void forward_fork(struct forward *f)
{
    llama_memory_seq_rm(f->cache, DRAW, -1, -1);
    llama_memory_seq_cp(f->cache, PROMPT, DRAW, -1, -1);
}

int forward_next(struct forward *f, int32_t id, size_t pos, const float **row, struct err *e)
{
    f->batch.n_tokens = 0;
    batch_add(f, &(struct entry){ .token = id, .pos = (int32_t)pos, .want = true }, DRAW, 1);
    if (decode(f, e) < 0)
        return e->code;
    return last_row(f, row, e);
}

void forward_end(struct forward *f)
{
    llama_memory_seq_rm(f->cache, PROMPT, -1, -1);
    llama_memory_seq_rm(f->cache, DRAW, -1, -1);
}
