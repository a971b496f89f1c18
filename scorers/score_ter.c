/*
 * Translation edit rate over a corpus (scorers/ter.h). Options: those of every
 * written answer (answer.h).
 */
#include "scorers/corpus.h"
#include "base/spec.h"
#include "scorers/shown.h"
#include "scorers/ter.h"

enum { SENTENCE, EDITS = CORPUS_END, REF_LEN, N_STAT };

static const char *const stat_names[] = {
    "sentence", ANSWER_STATS, CORPUS_STATS, "edits", "ref_len", NULL,
};

static double fold(const double *stat, size_t n, size_t n_stat)
{
    double sum[N_STAT];
    corpus_sum(sum, stat, n, n_stat);
    return ter_figure(&(struct ter_counts){ sum[EDITS], sum[REF_LEN] });
}

static const struct metric metrics[] = {
    { "ter", "edits and shifts to a reference, per 100 words of it", false, false,
      .stat = SENTENCE, .fold = fold, .line = corpus_line, .sums = true },
    ANSWER_METRICS,
    { 0 },
};

static int ter_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, NULL };
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0)
        return e->code;
    return answering_new((struct answering **)out, spec, e);
}

static void ter_free(void *answering)
{
    answering_free(answering);
}

static int ter_score(const void *answering, const struct trace *t, struct score *out,
                     struct err *e)
{
    struct answers a;
    if (answers_find(&a, answering, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    corpus_stat(stat, &a);
    for (size_t i = 0; i < a.n_draw; i++) {
        struct ter_counts c;
        ter_count(&c, corpus_text(&a, i), a.target, a.n_target, t->mem);
        stat[SENTENCE] += ter_figure(&c) / (double)a.n_draw;
        stat[EDITS] += c.edits;
        stat[REF_LEN] += c.ref_len;
    }
    *out = (struct score){ .scorer = "ter", .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

static const char *ter_signature(const void *answering, const struct metric *m, size_t n_ref,
                                 struct arena *mem)
{
    (void)answering;
    if (m != metrics)
        return NULL;
    return arena_printf(mem, "%s|case:lc|tok:tercom|norm:no|punct:yes|asian:no|%s",
                        corpus_refs(n_ref, mem), CORPUS_VERSION);
}

extern const struct scorer_type score_ter;
const struct scorer_type score_ter = {
    .name = "ter",
    .help = "translation edit rate as sacrebleu reckons it",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = ter_compile,
    .score = ter_score,
    .free = ter_free,
    .signature = ter_signature,
};
