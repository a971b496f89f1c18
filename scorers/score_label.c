/*
 * Written labels of a fixed set: sentiments, emotions, relations.
 *
 * Options: those of every written answer (answer.h), and
 *   labels       the texts of the set; needed
 *   ignore_case  letters of ASCII are equal to their capitals (true)
 *
 * An answer that is none of the labels is a class of its own that no right answer
 * has: it lowers the recall of the right label, and no precision. With several
 * draws only the first counts. For macro_f1 a label counts when a right answer
 * or an answer has it (scikit-learn's f1_score(average="macro"), with the labels
 * of the set).
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "scorers/answer.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"

enum { RIGHT, ANSWERED = ANSWER_END, GOLD, N_STAT };
enum { MAX_LABELS = 64 };

static const char *const stat_names[] = { "right", ANSWER_STATS, "answered", "gold", NULL };

struct label_rule {
    struct answering *answering;
    char *label[MAX_LABELS];
    size_t n_label;
    bool ignore_case;
};

/* How often each pair of right label (rows) and answer (columns) was seen; 0 is no
 * label of the set. */
struct confusion {
    double n[MAX_LABELS + 1][MAX_LABELS + 1];
    double gold[MAX_LABELS + 1], answered[MAX_LABELS + 1], total, right;
};

/* Statistics come from a journal, too: what is no place there is no label. */
static size_t place(double stat)
{
    return stat >= 0 && stat <= MAX_LABELS ? (size_t)stat : 0;
}

static void confusion_count(struct confusion *c, const double *stat, size_t n, size_t n_stat)
{
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < n; i++, stat += n_stat) {
        size_t g = place(stat[GOLD]), a = place(stat[ANSWERED]);
        c->n[g][a]++;
        c->gold[g]++;
        c->answered[a]++;
        c->total++;
        c->right += g == a;
    }
}

static double fold_macro(const double *stat, size_t n, size_t n_stat)
{
    struct confusion c;
    double sum = 0, k = 0;
    confusion_count(&c, stat, n, n_stat);
    for (size_t i = 1; i <= MAX_LABELS; i++) {
        if (c.gold[i] + c.answered[i] == 0)
            continue;
        sum += 2 * c.n[i][i] / (c.gold[i] + c.answered[i]);
        k++;
    }
    return k > 0 ? sum / k : NAN;
}

/* 2 TP / (2 TP + FP + FN) over all labels; an answer that is none is no FP. */
static double fold_micro(const double *stat, size_t n, size_t n_stat)
{
    struct confusion c;
    confusion_count(&c, stat, n, n_stat);
    return 2 * c.right / (2 * c.total - c.answered[0]);
}

/* Gorodkin (2004), R_K; 0 where it is not defined, as in scikit-learn. */
static double fold_mcc(const double *stat, size_t n, size_t n_stat)
{
    struct confusion c;
    double both = 0, gold = 0, answered = 0;
    confusion_count(&c, stat, n, n_stat);
    for (size_t i = 0; i <= MAX_LABELS; i++) {
        both += c.gold[i] * c.answered[i];
        gold += c.gold[i] * c.gold[i];
        answered += c.answered[i] * c.answered[i];
    }
    double all = c.total * c.total, below = (all - answered) * (all - gold);
    return below > 0 ? (c.right * c.total - both) / sqrt(below) : 0;
}

static const struct metric metrics[] = {
    { "label_acc", "the answer is the right label", true, true, .stat = RIGHT },
    { "macro_f1", "mean F1 of the labels", true, true, .stat = RIGHT, .fold = fold_macro },
    { "micro_f1", "F1 over all labels together", true, true, .stat = RIGHT,
      .fold = fold_micro },
    { "mcc", "Matthews' correlation of answers and right labels, from -1 to 1", true, false,
      .stat = RIGHT, .fold = fold_mcc },
    ANSWER_METRICS,
    { 0 },
};

static void label_free(void *p)
{
    struct label_rule *rule = p;
    if (!rule)
        return;
    answering_free(rule->answering);
    for (size_t i = 0; i < rule->n_label; i++)
        free(rule->label[i]);
    free(rule);
}

static bool same(const struct label_rule *rule, const char *a, const char *b)
{
    if (!rule->ignore_case)
        return strcmp(a, b) == 0;
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b))
        a++, b++;
    return tolower((unsigned char)*a) == tolower((unsigned char)*b);
}

/* Its place from 1; 0 = none of them. */
static size_t place_of(const struct label_rule *rule, const char *text)
{
    for (size_t i = 0; text && i < rule->n_label; i++)
        if (same(rule, rule->label[i], text))
            return i + 1;
    return 0;
}

static int read_labels(struct label_rule *out, const cJSON *spec, struct err *e)
{
    const cJSON *list = json_get(spec, "labels"), *item;
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) < 2 ||
        cJSON_GetArraySize(list) > MAX_LABELS)
        return err_set(e, ERR_INPUT, "labels: a list of 2 to %d texts is wanted", MAX_LABELS);
    cJSON_ArrayForEach(item, list) {
        if (!cJSON_IsString(item) || !*item->valuestring)
            return err_set(e, ERR_INPUT, "labels[%zu]: text is wanted", out->n_label);
        if (place_of(out, item->valuestring))
            return err_set(e, ERR_INPUT, "labels[%zu]: '%s' is there already", out->n_label,
                           item->valuestring);
        out->label[out->n_label++] = xstrdup(item->valuestring);
    }
    return 0;
}

static int read_rule(struct label_rule *out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, "labels", "ignore_case", NULL };
    out->ignore_case = true;
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        spec_bool(&out->ignore_case, spec, "ignore_case", e) < 0 ||
        read_labels(out, spec, e) < 0)
        return e->code;
    return answering_new(&out->answering, spec, e);
}

static int label_compile(void **out, const cJSON *spec, struct err *e)
{
    struct label_rule *rule = xcalloc(1, sizeof *rule);
    if (read_rule(rule, spec, e) < 0) {
        label_free(rule);
        return e->code;
    }
    *out = rule;
    return 0;
}

static int label_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct label_rule *rule = p;
    struct answers a;
    if (answers_find(&a, rule->answering, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    answers_stat(stat, &a);
    stat[ANSWERED] = (double)place_of(rule, a.draw[0].text);
    stat[GOLD] = (double)place_of(rule, a.target[0]);
    if (!stat[GOLD])
        return err_set(e, ERR_INPUT, "the right answer '%s' is none of the labels", a.target[0]);
    stat[RIGHT] = stat[ANSWERED] == stat[GOLD];
    *out = (struct score){ .scorer = "label", .answer = a.draw[0].text, .stat = stat,
                           .n_stat = N_STAT };
    return 0;
}

extern const struct scorer_type score_label;
const struct scorer_type score_label = {
    .name = "label",
    .help = "written labels of a fixed set, with F1 of each and their confusion",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = label_compile,
    .score = label_score,
    .free = label_free,
};
