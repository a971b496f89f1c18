/*
 * ROUGE of a written text beside the right ones: for each way to cut texts into
 * tokens (rouge_text.h) one scorer, with metrics of its own name.
 *
 * Options: those of every written answer (answer.h), and
 *   references  of several right answers: "max", the one with the greatest f of
 *               each metric, as rouge-score's score_multi(), or "mean"
 *
 * A metric is its f; precision and recall stand beside it among the statistics.
 * With several draws everything is the mean over them. A draw without an answer
 * is the empty text: 0.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "scorers/answer.h"
#include "scorers/equipment.h"
#include "scorers/rouge_text.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"

enum value { VALUE_1, VALUE_2, VALUE_L, VALUE_LSUM, N_VALUE };

/* The f of ROUGE-1 is the first statistic; those of the others, then precision and
 * recall of all, come behind the answer's, and at the end the texts scored and their
 * references in all. */
enum {
    STAT_1,
    STAT_2 = ANSWER_END,
    STAT_L,
    STAT_LSUM,
    GOOGLE_PARTS,
    N_GOOGLE = GOOGLE_PARTS + 2 * N_VALUE + 2,
    CHINESE_PARTS = STAT_LSUM,
    N_CHINESE = CHINESE_PARTS + 2 * VALUE_LSUM + 2,
};

static const char *const google_stats[] = {
    "rouge-1", ANSWER_STATS, "rouge-2", "rouge-l", "rouge-lsum",
    "rouge-1 precision", "rouge-1 recall", "rouge-2 precision", "rouge-2 recall",
    "rouge-l precision", "rouge-l recall", "rouge-lsum precision", "rouge-lsum recall",
    "texts", "refs", NULL,
};

static const char *const chinese_stats[] = {
    "rouge-1", ANSWER_STATS, "rouge-2", "rouge-l",
    "rouge-1 precision", "rouge-1 recall", "rouge-2 precision", "rouge-2 recall",
    "rouge-l precision", "rouge-l recall", "texts", "refs", NULL,
};

#define ROUGE_1(tokens) \
    { "rouge-1" tokens, "tokens in common", true, true, .stat = STAT_1 }
#define ROUGE_2(tokens) \
    { "rouge-2" tokens, "pairs of tokens in common", true, true, .stat = STAT_2 }
#define ROUGE_L(tokens) \
    { "rouge-l" tokens, "longest common subsequence", true, true, .stat = STAT_L }
#define ROUGE_LSUM(tokens) \
    { "rouge-lsum" tokens, "longest common subsequences of sentences", true, true, \
      .stat = STAT_LSUM }
#define GOOGLE(tokens) \
    { ROUGE_1(tokens), ROUGE_2(tokens), ROUGE_L(tokens), ROUGE_LSUM(tokens), ANSWER_METRICS, { 0 } }
#define CHINESE(tokens) \
    { ROUGE_1(tokens), ROUGE_2(tokens), ROUGE_L(tokens), ANSWER_METRICS, { 0 } }

static const struct metric word_metrics[] = GOOGLE("");
static const struct metric stem_metrics[] = GOOGLE("[stem]");
static const struct metric char_metrics[] = GOOGLE("[zh-char]");
static const struct metric jieba_metrics[] = GOOGLE("[zh-jieba]");
static const struct metric chinese_metrics[] = CHINESE("[chinese]");
static const struct metric chinese_char_metrics[] = CHINESE("[chinese-char]");

static const struct way {
    const char *use, *signature;
    const struct metric *metric;
} ways[] = {
    [ROUGE_WORDS] = { "rouge", "case:lc|tok:ascii|stem:no|version:rouge-score-0.1.2",
                      word_metrics },
    [ROUGE_STEMS] = { "rouge[stem]", "case:lc|tok:ascii|stem:porter|version:rouge-score-0.1.2",
                      stem_metrics },
    [ROUGE_CHARS] = { "rouge[zh-char]", "case:lc|tok:zh-char|stem:no|version:rouge-score-0.1.2",
                      char_metrics },
    [ROUGE_JIEBA] = { "rouge[zh-jieba]", "case:lc|tok:jieba-" SEGMENTER_VERSION
                                         "|stem:no|version:rouge-score-0.1.2", jieba_metrics },
    [ROUGE_CHINESE] = { "rouge[chinese]", "case:mixed|tok:jieba-" SEGMENTER_VERSION
                                          "|version:rouge-chinese-1.0.3", chinese_metrics },
    [ROUGE_CHINESE_CHARS] = { "rouge[chinese-char]",
                              "case:mixed|tok:char|version:rouge-chinese-1.0.3",
                              chinese_char_metrics },
};

static const char *const references_words[] = { "max", "mean", NULL };

struct rouge_rule {
    struct answering *answering;
    enum rouge_cut cut;
    bool chinese; /* the package */
    bool mean;    /* over the references, else the greatest */
    const struct segmenter *segmenter; /* borrowed */
};

static void rouge_free(void *p)
{
    struct rouge_rule *rule = p;
    if (!rule)
        return;
    answering_free(rule->answering);
    free(rule);
}

static int read_rule(struct rouge_rule *out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, "references", NULL };
    const char *use = json_text(spec, "use", "");
    size_t cut = 0, references = 0;
    while (strcmp(ways[cut].use, use) != 0)
        cut++;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, ways[cut].metric, e) < 0 ||
        spec_word(&references, spec, "references", references_words, e) < 0)
        return e->code;
    out->cut = (enum rouge_cut)cut;
    out->chinese = cut >= ROUGE_CHINESE;
    out->mean = references == 1;
    return answering_new(&out->answering, spec, e);
}

static int rouge_compile(void **out, const cJSON *spec, struct err *e)
{
    struct rouge_rule *rule = xcalloc(1, sizeof *rule);
    if (read_rule(rule, spec, e) < 0) {
        rouge_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

static void rouge_equip(void *rule, const struct equipment *q)
{
    ((struct rouge_rule *)rule)->segmenter = q->segmenter;
}

static struct rouge_value value_of(const struct rouge_rule *rule, enum value which,
                                   const struct rouge_tokens *prediction,
                                   const struct rouge_tokens *reference, struct arena *mem)
{
    struct rouge_count c;
    if (which == VALUE_L)
        c = rouge_lcs(prediction, reference, mem);
    else if (which == VALUE_LSUM)
        c = rouge_lcs_union(prediction, reference, mem);
    else
        c = rouge_ngrams(prediction, reference, which == VALUE_1 ? 1 : 2, rule->chinese, mem);
    return rule->chinese ? rouge_chinese(c) : rouge_google(c);
}

/* Of all references together. */
static struct rouge_value value_of_all(const struct rouge_rule *rule, enum value which,
                                       const struct rouge_tokens *prediction,
                                       const struct rouge_tokens *reference, size_t n,
                                       struct arena *mem)
{
    struct rouge_value best = { -1, -1, -1 }, sum = { 0 };
    for (size_t i = 0; i < n; i++) {
        struct rouge_value v = value_of(rule, which, prediction, &reference[i], mem);
        if (v.f > best.f)
            best = v;
        sum.precision += v.precision / (double)n;
        sum.recall += v.recall / (double)n;
        sum.f += v.f / (double)n;
    }
    return rule->mean ? sum : best;
}

static void add_draw(double *stat, const struct rouge_rule *rule, const struct rouge_tokens *tokens,
                     const struct answers *a, struct arena *mem)
{
    size_t parts = rule->chinese ? CHINESE_PARTS : GOOGLE_PARTS;
    double n = (double)a->n_draw;
    for (size_t i = 0; i < (rule->chinese ? VALUE_LSUM : N_VALUE); i++) {
        struct rouge_value v =
            value_of_all(rule, (enum value)i, &tokens[0], &tokens[1], a->n_target, mem);
        stat[i ? STAT_2 + i - 1 : STAT_1] += v.f / n;
        stat[parts + 2 * i] += v.precision / n;
        stat[parts + 2 * i + 1] += v.recall / n;
    }
}

static int rouge_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct rouge_rule *rule = p;
    struct answers a;
    assert(rule->segmenter || !rouge_cut_needs_segmenter(rule->cut));
    if (answers_find(&a, rule->answering, t, e) < 0)
        return e->code;
    size_t n_stat = rule->chinese ? N_CHINESE : N_GOOGLE;
    double *stat = arena_array(t->mem, n_stat, sizeof *stat);
    const char **text = arena_array(t->mem, a.n_target + 1, sizeof *text);
    struct rouge_tokens *tokens = arena_array(t->mem, a.n_target + 1, sizeof *tokens);
    memcpy(text + 1, a.target, a.n_target * sizeof *text);
    answers_stat(stat, &a);
    stat[n_stat - 2] = (double)a.n_draw;
    stat[n_stat - 1] = (double)(a.n_draw * a.n_target);
    for (size_t i = 0; i < a.n_draw; i++) {
        text[0] = a.draw[i].text;
        if (!text[0])
            continue;
        rouge_cut(tokens, text, a.n_target + 1, rule->cut, rule->segmenter, t->mem);
        add_draw(stat, rule, tokens, &a, t->mem);
    }
    *out = (struct score){ .scorer = ways[rule->cut].use, .answer = a.draw[0].text,
                           .stat = stat, .n_stat = n_stat };
    return 0;
}

/* In the form of sacrebleu's; the packages themselves have none. */
static const char *rouge_signature(const void *p, const struct metric *m, size_t n_ref,
                                   struct arena *mem)
{
    const struct rouge_rule *rule = p;
    const char *n = n_ref ? arena_printf(mem, "%zu", n_ref) : "var";
    if (!strchr(m->name, '-'))
        return NULL; /* extracted, gave_up: not of the package */
    return arena_printf(mem, "nrefs:%s|refs:%s|%s", n, references_words[rule->mean],
                        ways[rule->cut].signature);
}

#define SCORER(variable, way, about, stats, number, metrics, tools) \
    extern const struct scorer_type variable; \
    const struct scorer_type variable = { \
        .name = way, .help = about, .stat = stats, .n_stat = number, .metric = metrics, \
        .compile = rouge_compile, .score = rouge_score, .free = rouge_free, .wants = tools, \
        .equip = rouge_equip, \
        .signature = rouge_signature, \
    }

SCORER(score_rouge, "rouge", "ROUGE of rouge-score, over English words",
       google_stats, N_GOOGLE, word_metrics, 0);
SCORER(score_rouge_stem, "rouge[stem]", "ROUGE of rouge-score, over stems of English words",
       google_stats, N_GOOGLE, stem_metrics, 0);
SCORER(score_rouge_zh_char, "rouge[zh-char]", "ROUGE of rouge-score, over Chinese characters",
       google_stats, N_GOOGLE, char_metrics, 0);
SCORER(score_rouge_zh_jieba, "rouge[zh-jieba]", "ROUGE of rouge-score, over jieba's words",
       google_stats, N_GOOGLE, jieba_metrics, TOOL_SEGMENTER);
SCORER(score_rouge_chinese, "rouge[chinese]", "ROUGE of rouge-chinese, over jieba's words",
       chinese_stats, N_CHINESE, chinese_metrics, TOOL_SEGMENTER);
SCORER(score_rouge_chinese_char, "rouge[chinese-char]",
       "ROUGE of rouge-chinese, over characters", chinese_stats, N_CHINESE,
       chinese_char_metrics, 0);
