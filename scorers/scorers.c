/* The table of scorers; to add one see scorer.h. */
#include "scorers/scorer.h"

#include <math.h>
#include <string.h>

extern const struct scorer_type score_bleu_13a;
extern const struct scorer_type score_bleu_char;
extern const struct scorer_type score_bleu_intl;
extern const struct scorer_type score_bleu_none;
extern const struct scorer_type score_bleu_zh;
extern const struct scorer_type score_choice;
extern const struct scorer_type score_chrf;
extern const struct scorer_type score_chrf_plus;
extern const struct scorer_type score_contamination;
extern const struct scorer_type score_distinct;
extern const struct scorer_type score_distinct_chars;
extern const struct scorer_type score_drop;
extern const struct scorer_type score_edit;
extern const struct scorer_type score_exact;
extern const struct scorer_type score_f1;
extern const struct scorer_type score_f1_chars;
extern const struct scorer_type score_f1_mixed;
extern const struct scorer_type score_instructions;
extern const struct scorer_type score_label;
extern const struct scorer_type score_marks;
extern const struct scorer_type score_math;
extern const struct scorer_type score_number;
extern const struct scorer_type score_pass;
extern const struct scorer_type score_perplexity;
extern const struct scorer_type score_rotation;
extern const struct scorer_type score_rouge;
extern const struct scorer_type score_rouge_chinese;
extern const struct scorer_type score_rouge_chinese_char;
extern const struct scorer_type score_rouge_stem;
extern const struct scorer_type score_rouge_zh_char;
extern const struct scorer_type score_rouge_zh_jieba;
extern const struct scorer_type score_answerable;
extern const struct scorer_type score_ter;

const struct scorer_type *const scorer_types[] = {
    &score_choice,
    &score_exact,
    &score_label,
    &score_marks,
    &score_instructions,
    &score_math,
    &score_number,
    &score_f1,
    &score_f1_chars,
    &score_f1_mixed,
    &score_answerable,
    &score_drop,
    &score_edit,
    &score_distinct,
    &score_distinct_chars,
    &score_bleu_13a,
    &score_bleu_zh,
    &score_bleu_char,
    &score_bleu_intl,
    &score_bleu_none,
    &score_chrf,
    &score_chrf_plus,
    &score_ter,
    &score_rouge,
    &score_rouge_stem,
    &score_rouge_zh_char,
    &score_rouge_zh_jieba,
    &score_rouge_chinese,
    &score_rouge_chinese_char,
    &score_pass,
    &score_perplexity,
    &score_rotation,
    &score_contamination,
    NULL,
};

const struct scorer_type *scorer_find(const char *name)
{
    for (size_t i = 0; scorer_types[i]; i++)
        if (!strcmp(scorer_types[i]->name, name))
            return scorer_types[i];
    return NULL;
}

const struct metric *metric_find(const struct scorer_type *s, const char *name)
{
    for (const struct metric *m = s->metric; m->name; m++)
        if (!strcmp(m->name, name))
            return m;
    return NULL;
}

double metric_fold(const struct metric *m, const double *stat, size_t n, size_t n_stat)
{
    if (!n)
        return NAN;
    if (m->fold)
        return m->fold(stat, n, n_stat);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += stat[i * n_stat + m->stat];
    return sum / (double)n;
}

double metric_line(const struct metric *m, const double *stat, size_t n_stat)
{
    return m->line ? m->line(stat, n_stat) : metric_fold(m, stat, 1, n_stat);
}
