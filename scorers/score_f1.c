/*
 * Short answers in words of their own: how many tokens they share with a right
 * answer, and whether they are the same but for what does not matter. Three ways
 * to see an answer as tokens:
 *
 *   f1           SQuAD's, for English (plain.h: plain_english), as a bag of words;
 *                also HELM's quasi-exact match
 *   f1[zh-char]  Chinese characters and words of ASCII (plain.h: plain_chars)
 *   f1[zh-mixed] CMRC 2018's own (mixed.h), of the longest common run of tokens
 *
 * Options: those of every written answer (answer.h).
 *
 * The best of all right answers counts, with several draws the mean over them. A
 * draw without an answer is worth 0.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "base/strbuf.h"
#include "scorers/answer.h"
#include "scorers/mixed.h"
#include "scorers/plain.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"

enum { F1, EM = ANSWER_END, CONTAINS, BOTH, TEXTS, REFS, N_STAT };
enum form { FORM_ENGLISH, FORM_CHARS, FORM_MIXED, N_FORM };

static const char *const stat_names[] = { "f1",   ANSWER_STATS, "em", "contains", "mean",
                                          "texts", "refs",       NULL };

#define ALIKE "F1 of the tokens shared with a right answer"
#define SAME "the same as a right answer, but for case, punctuation and the like"
#define WITHIN "a right answer stands in it, both in the form that em compares"

static const struct metric english_metrics[] = {
    { "f1", ALIKE, true, true, F1, .scale = 100 },
    { "em", SAME, true, true, EM, .scale = 100 },
    { "contains", WITHIN, true, true, CONTAINS, .scale = 100 },
    ANSWER_METRICS,
    { 0 },
};

static const struct metric char_metrics[] = {
    { "f1[zh-char]", ALIKE, true, true, F1, .scale = 100 },
    { "em[zh-char]", SAME, true, true, EM, .scale = 100 },
    { "contains[zh-char]", WITHIN, true, true, CONTAINS, .scale = 100 },
    ANSWER_METRICS,
    { 0 },
};

static const struct metric mixed_metrics[] = {
    { "f1[zh-mixed]", "F1 of the longest run of tokens that a right answer has too", true, true, F1,
      .scale = 100 },
    { "em[zh-mixed]", SAME, true, true, EM, .scale = 100 },
    { "average[zh-mixed]", "mean of f1[zh-mixed] and em[zh-mixed]", true, true, BOTH,
      .scale = 100 },
    { "contains[zh-mixed]", WITHIN, true, true, CONTAINS, .scale = 100 },
    ANSWER_METRICS,
    { 0 },
};

static const char *const names[N_FORM] = { "f1", "f1[zh-char]", "f1[zh-mixed]" };

struct f1_rule {
    enum form form;
    struct answering *answering;
    struct treebank *words; /* FORM_MIXED */
};

/* A text as it is compared. */
struct view {
    const char *bare;         /* em */
    const char *const *token; /* f1, but for FORM_MIXED */
    size_t n;
};

static void f1_free(void *p)
{
    struct f1_rule *rule = p;
    if (!rule)
        return;
    answering_free(rule->answering);
    treebank_free(rule->words);
    free(rule);
}

static int read_rule(struct f1_rule *out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, NULL };
    static const struct metric *const metrics[N_FORM] = { english_metrics, char_metrics,
                                                          mixed_metrics };
    const char *use = json_text(spec, "use", names[FORM_ENGLISH]);
    while (out->form < N_FORM - 1 && strcmp(use, names[out->form]) != 0)
        out->form++;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics[out->form], e) < 0 ||
        (out->form == FORM_MIXED && treebank_new(&out->words, e) < 0))
        return e->code;
    return answering_new(&out->answering, spec, e);
}

static int f1_compile(void **out, const cJSON *spec, struct err *e)
{
    struct f1_rule *rule = xcalloc(1, sizeof *rule);
    if (read_rule(rule, spec, e) < 0) {
        f1_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

static const char *joined(const char *const *token, size_t n, struct arena *mem)
{
    struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < n; i++)
        strbuf_puts(&b, token[i]);
    const char *out = arena_strndup(mem, b.len ? b.s : "", b.len);
    strbuf_release(&b);
    return out;
}

static struct view view_of(enum form form, const char *text, struct arena *mem)
{
    struct view v = { 0 };
    if (form == FORM_MIXED) {
        v.bare = mixed_bare(text, mem);
    } else if (form == FORM_CHARS) {
        v.token = plain_chars(&v.n, text, mem);
        v.bare = joined(v.token, v.n, mem);
    } else {
        struct plain_words w = plain_words(text, mem);
        v = (struct view){ .bare = w.bare, .token = w.word, .n = w.n };
    }
    return v;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* One draw's answer against all right ones, added to the statistics. false: a
 * pattern gave up. */
static bool add_draw(double *stat, const struct f1_rule *rule, const struct answers *a,
                     const char *answer, struct arena *mem)
{
    double f1 = 0, em = 0, contains = 0, both = 0;
    struct view mine = view_of(rule->form, answer, mem);
    for (size_t i = 0; i < a->n_target; i++) {
        struct view right = view_of(rule->form, a->target[i], mem);
        double same = strcmp(mine.bare, right.bare) == 0;
        double alike = rule->form == FORM_MIXED
                           ? mixed_f1(answer, a->target[i], rule->words, mem)
                           : plain_f1(mine.token, mine.n, right.token, right.n, mem);
        if (isnan(alike))
            return false;
        f1 = larger(f1, alike);
        em = larger(em, same);
        contains = larger(contains, *right.bare ? strstr(mine.bare, right.bare) != NULL : same);
    }
    both = (f1 + em) / 2;
    stat[F1] += f1 / (double)a->n_draw;
    stat[EM] += em / (double)a->n_draw;
    stat[CONTAINS] += contains / (double)a->n_draw;
    stat[BOTH] += both / (double)a->n_draw;
    return true;
}

static int f1_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct f1_rule *rule = p;
    struct answers a;
    if (answers_find(&a, rule->answering, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat), limits = 0;
    answers_stat(stat, &a);
    for (size_t i = 0; i < a.n_draw; i++)
        if (a.draw[i].text && !add_draw(stat, rule, &a, a.draw[i].text, t->mem))
            limits++;
    stat[ANSWER_LIMIT] += limits / (double)a.n_draw;
    stat[TEXTS] = 1;
    stat[REFS] = (double)a.n_target;
    *out = (struct score){ .scorer = names[rule->form], .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

static const char *f1_signature(const void *p, const struct metric *m, size_t n_ref,
                                struct arena *mem)
{
    static const char *const tokens[N_FORM] = { "english", "zh-char", "zh-mixed" };
    const struct f1_rule *rule = p;
    if (m->stat >= ANSWER_EXTRACTED && m->stat < ANSWER_END)
        return NULL;
    return arena_printf(mem, "nrefs:%s|refs:max|tok:%s",
                        n_ref ? arena_printf(mem, "%zu", n_ref) : "var", tokens[rule->form]);
}

#define F1_TYPE(type, n, h, list)                                                       \
    extern const struct scorer_type type;                                               \
    const struct scorer_type type = {                                                   \
        .name = n, .help = h, .stat = stat_names, .n_stat = N_STAT, .metric = list,     \
        .compile = f1_compile, .score = f1_score, .free = f1_free, .signature = f1_signature, \
    }

F1_TYPE(score_f1, "f1", "words shared with a right answer, in English", english_metrics);
F1_TYPE(score_f1_chars, "f1[zh-char]", "characters shared with a right answer", char_metrics);
F1_TYPE(score_f1_mixed, "f1[zh-mixed]",
        "the longest run shared with a right answer, Chinese and English mixed", mixed_metrics);
