/* Short notes beside a figure that say what it is not. */
#include "reports/words.h"

#include <string.h>

#include "evaluator/journal/manifest.h"
#include "scorers/scorer.h"

static const struct {
    const char *en, *zh, *means_en, *means_zh;
} marks[MARK_COUNT] = {
    [MARK_SAMPLE] = { "sample", "样例集",
                      "asked on the small sample set that comes with evalrun, not on the "
                      "benchmark's own data: not comparable with published figures",
                      "使用 evalrun 自带的小型样例集，并非该基准的正式数据，不能与公开成绩比较" },
    [MARK_PARTIAL] = { "partial", "部分数据", "only a part of the published data was asked",
                       "只评测了公开数据的一部分" },
    [MARK_NOT_RUN] = { "not run", "未运行",
                       "subsets whose programs this machine cannot run: they are in no figure",
                       "本机无法运行其程序的科目，不计入任何成绩" },
    [MARK_LIMIT] = { "limit", "限量", "only the first questions of every subset were asked",
                     "每个科目只评测前若干题" },
    [MARK_SPLIT] = { "split", "数据划分", "another split than the recipe's own was asked",
                     "评测的不是该方案规定的数据划分" },
    [MARK_UNSAFE] = { "not isolated", "未隔离",
                      "programs that the model wrote ran without isolation (--exec-unsafe): "
                      "they could read their tests and do anything else",
                      "模型编写的程序在无隔离状态下运行（--exec-unsafe），可读取测试内容或执行任何操作" },
    [MARK_FAILED] = { "failed", "失败",
                      "samples that got no answer (too long, engine error): not in n, "
                      "counted neither right nor wrong",
                      "未得到回答的样本（过长、引擎出错等），不计入 n，既不算对也不算错" },
    [MARK_WAITING] = { "waiting", "未完成", "samples that are asked for but not answered yet",
                       "尚未评测的样本" },
    [MARK_SHORTENED] = { "shortened", "截短",
                         "prompts that did not fit the context and were shortened by the "
                         "recipe's own rule",
                         "提示超出上下文长度，按该方案自身的规则截短" },
    [MARK_STRADDLED] = { "straddled", "跨界",
                         "tokens that reach over the end of the prompt into the answer",
                         "跨越提示末尾与答案开头的词元" },
    [MARK_TIED] = { "tied", "并列",
                    "samples whose best options are exactly equal; the first was taken",
                    "最佳选项的概率完全相等，取第一个" },
    [MARK_TORN] = { "torn", "残行",
                    "journals whose last line is incomplete: interrupted or still running",
                    "日志最后一行不完整：运行被中断或仍在进行" },
    [MARK_CONFLICT] = { "conflicting", "冲突",
                        "samples that merged runs of one model answered differently",
                        "同一模型的多次运行对同一样本给出了不同回答" },
    [MARK_SOME_TASKS] = { "of N tasks", "缺任务", "the mean lacks some of its tasks",
                          "部分任务没有成绩，平均值不完整" },
    [MARK_LEFT_OUT] = { "without", "不含",
                        "tasks whose figure is no share of 100%, perplexity for one, are in no "
                        "mean",
                        "成绩不是百分比的任务（如困惑度）不计入平均值" },
    [MARK_MIXED] = { "several recipes", "多种方案",
                     "no mean, since one task is here under several recipes or data sets",
                     "同一任务有多种方案或数据，故不求平均" },
    [MARK_LOWER] = { "↓", "↓", "lower is better; in the metric's own unit, not in %",
                     "越低越好；单位为该指标自身的单位，而非 %" },
    [MARK_HIGHER] = { "↑", "↑", "higher is better; in the metric's own unit, not in %",
                      "越高越好；单位为该指标自身的单位，而非 %" },
};

const char *mark_name(enum mark_kind kind, bool zh)
{
    return zh ? marks[kind].zh : marks[kind].en;
}

const char *mark_meaning(enum mark_kind kind, bool zh)
{
    return zh ? marks[kind].means_zh : marks[kind].means_en;
}

static void add_mark(struct marks *m, enum mark_kind kind, const char *text)
{
    m->mark[m->n++] = (struct mark){ kind, text };
}

/* "3 failed" */
static void add_count(struct marks *m, enum mark_kind kind, size_t n, bool zh,
                      struct arena *mem)
{
    if (n)
        add_mark(m, kind, arena_printf(mem, "%zu %s", n, mark_name(kind, zh)));
}

static void add_partial(struct marks *m, const struct column *c, bool zh, struct arena *mem)
{
    const char *name = mark_name(MARK_PARTIAL, zh);
    if (c->n_subset < c->n_subset_expected)
        add_mark(m, MARK_PARTIAL,
                 arena_printf(mem, zh ? "%s %zu/%zu 科目" : "%s %zu/%zu subjects", name,
                              c->n_subset, c->n_subset_expected));
    else if (!c->limit && c->n_asked < c->n_expected)
        add_mark(m, MARK_PARTIAL,
                 arena_printf(mem, "%s %zu/%zu", name, c->n_asked, c->n_expected));
    else if (!c->limit)
        add_mark(m, MARK_PARTIAL, name);
}

/* "not run: go, rust"; why, run.json says. */
static void add_not_run(struct marks *m, const struct column *c, bool zh, struct arena *mem)
{
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < c->n_left_out; i++)
        strbuf_printf(&text, "%s%s", i ? ", " : "", c->left_out[i].subset);
    if (c->n_left_out)
        add_mark(m, MARK_NOT_RUN,
                 arena_printf(mem, zh ? "%s：%s" : "%s: %s", mark_name(MARK_NOT_RUN, zh), text.s));
    strbuf_release(&text);
}

struct marks column_marks(const struct column *c, bool zh, struct arena *mem)
{
    struct marks m = { .n = 0 };
    if (c->sample)
        add_mark(&m, MARK_SAMPLE, mark_name(MARK_SAMPLE, zh));
    if (c->sample ? c->subset != NULL : c->partial)
        add_partial(&m, c, zh, mem);
    add_not_run(&m, c, zh, mem);
    if (c->exec_unsafe)
        add_mark(&m, MARK_UNSAFE, mark_name(MARK_UNSAFE, zh));
    if (c->split_asked)
        add_mark(&m, MARK_SPLIT,
                 arena_printf(mem, "%s %s", mark_name(MARK_SPLIT, zh), c->split));
    if (c->limit)
        add_mark(&m, MARK_LIMIT,
                 arena_printf(mem, "%s %zu", mark_name(MARK_LIMIT, zh), c->limit));
    return m;
}

struct marks cell_marks(const struct cell *c, bool zh, struct arena *mem)
{
    struct marks m = { .n = 0 };
    if (!c->present)
        return m;
    add_count(&m, MARK_FAILED, c->n_failed, zh, mem);
    add_count(&m, MARK_WAITING, c->n_waiting, zh, mem);
    add_count(&m, MARK_SHORTENED, c->n_shortened, zh, mem);
    add_count(&m, MARK_STRADDLED, c->n_straddle, zh, mem);
    add_count(&m, MARK_TIED, c->n_tie, zh, mem);
    add_count(&m, MARK_TORN, c->n_torn, zh, mem);
    add_count(&m, MARK_CONFLICT, c->n_conflict, zh, mem);
    return m;
}

/* Of several columns as a whole: something of it is sample or partial. */
static struct marks columns_marks(const struct report *r, const bool *has, bool zh,
                                  struct arena *mem)
{
    struct marks m = { .n = 0 };
    bool seen[MARK_COUNT] = { false };
    for (size_t c = 0; c < r->n_column; c++) {
        struct marks own = column_marks(&r->column[c], zh, mem);
        for (size_t i = 0; i < own.n && has[c]; i++)
            if (!seen[own.mark[i].kind]) {
                seen[own.mark[i].kind] = true;
                add_mark(&m, own.mark[i].kind, mark_name(own.mark[i].kind, zh));
            }
    }
    return m;
}

struct marks pair_marks(const struct report *r, const struct pair_gap *g, bool zh,
                        struct arena *mem)
{
    bool *has = arena_array(mem, r->n_column, sizeof *has);
    has[g->zh] = has[g->en] = true;
    return columns_marks(r, has, zh, mem);
}

struct marks mean_gap_marks(const struct report *r, const struct model_row *row, bool zh,
                            struct arena *mem)
{
    bool *has = arena_array(mem, r->n_column, sizeof *has);
    for (size_t i = 0; i < row->n_pair; i++)
        if (row->pair[i].state == PAIR_GIVEN)
            has[row->pair[i].zh] = has[row->pair[i].en] = true;
    struct marks m = columns_marks(r, has, zh, mem);
    if (row->mixed_gap)
        add_mark(&m, MARK_MIXED, mark_name(MARK_MIXED, zh));
    return m;
}

struct marks set_marks(const struct report *r, const struct task_set *s, bool zh,
                       struct arena *mem)
{
    struct marks m = columns_marks(r, s->has, zh, mem);
    if (s->n_left_out)
        add_mark(&m, MARK_LEFT_OUT,
                 arena_printf(mem, "%s %s", mark_name(MARK_LEFT_OUT, zh),
                              tasks_text(s->n_left_out, zh, mem)));
    return m;
}

struct marks average_marks(const struct average_figure *a, bool zh, struct arena *mem)
{
    struct marks m = { .n = 0 };
    if (a->of->mixed)
        add_mark(&m, MARK_MIXED, mark_name(MARK_MIXED, zh));
    else if (a->n_task < a->of->n_tasks && a->n_task)
        add_mark(&m, MARK_SOME_TASKS,
                 arena_printf(mem, zh ? "%zu/%zu 项任务" : "%zu of %zu tasks", a->n_task,
                              a->of->n_tasks));
    return m;
}

const char *metric_arrow(const struct metric *m)
{
    return m->proportion ? "" : mark_name(m->up ? MARK_HIGHER : MARK_LOWER, false);
}

/* ---- which of them there are */

static void use_marks(bool used[MARK_COUNT], struct marks m)
{
    for (size_t i = 0; i < m.n; i++)
        used[m.mark[i].kind] = true;
}

static void use_cell(bool used[MARK_COUNT], const struct cell *c, struct arena *mem)
{
    use_marks(used, cell_marks(c, false, mem));
    for (size_t i = 0; i < c->n_metric; i++) {
        const struct metric_figures *m = &c->metric[i];
        if (!m->proportion && (m == c->headline || (m->shown && !m->section)))
            used[m->up ? MARK_HIGHER : MARK_LOWER] = true;
    }
}

static void use_average(bool used[MARK_COUNT], const struct report *r,
                        const struct average_figure *a, struct arena *mem)
{
    use_marks(used, set_marks(r, a->of, false, mem));
    use_marks(used, average_marks(a, false, mem));
}

static void use_row(bool used[MARK_COUNT], const struct report *r, const struct model_row *row,
                    struct arena *mem)
{
    for (size_t c = 0; c < r->n_column; c++)
        use_cell(used, &row->cell[c], mem);
    for (size_t l = 0; l < r->n_lang; l++)
        if (shows_average(r, &r->lang[l]))
            use_average(used, r, &row->average[l], mem);
    for (size_t g = 0; g < r->n_group; g++)
        use_average(used, r, &row->group[g], mem);
    use_marks(used, mean_gap_marks(r, row, false, mem));
}

void marks_used(bool used[MARK_COUNT], const struct report *r)
{
    struct arena mem = { 0 };
    memset(used, 0, MARK_COUNT * sizeof *used);
    for (size_t c = 0; c < r->n_column; c++)
        use_marks(used, column_marks(&r->column[c], false, &mem));
    for (size_t i = 0; i < r->n_row; i++)
        use_row(used, r, &r->row[i], &mem);
    arena_release(&mem);
}
