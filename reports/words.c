#include "reports/words.h"

#include <string.h>

#include "base/utf8.h"

struct pair {
    const char *en, *zh;
};

static const struct pair words[WORD_COUNT] = {
    [WORD_MODEL] = { "model", "模型" },
    [WORD_ACCURACY] = { "accuracy in %", "准确率（%）" },
    [WORD_SCORES] = { "scores in %", "得分（%）" },
    [WORD_BRACKETS] = { "[95% interval]", "[95% 置信区间]" },
    [WORD_HALF] = { "± half of the 95% interval", "± 95% 置信区间的一半" },
    [WORD_SHOT] = { "-shot", "-shot" },
    [WORD_CHAT] = { "chat", "对话模板" },
    [WORD_MICRO] = { "micro", "按题平均" },
    [WORD_MACRO] = { "macro", "按科目平均" },
    [WORD_MEAN] = { "mean", "平均" },
    [WORD_MARKS] = { "marks", "标注说明" },
    [WORD_MADE] = { "how it was made (hashes: first 12 digits of SHA-256)",
                    "评测方式（哈希为 SHA-256 的前 12 位）" },
    [WORD_CATEGORY] = { "category", "类别" },
    [WORD_SUBSET] = { "subset", "科目" },
    [WORD_DATA] = { "data", "数据" },
    [WORD_TASK_FILE] = { "task file", "任务文件" },
    [WORD_VERSION] = { "version", "版本" },
    [WORD_MODEL_FILE] = { "file", "文件" },
    [WORD_CONTEXT] = { "context", "上下文" },
    [WORD_BY_CATEGORY] = { "by category", "按类别" },
    [WORD_BY_SUBSET] = { "by subset", "按科目" },
    [WORD_COMMA] = { ", ", "，" },
    [WORD_SHOTS_DATA] = { "shots", "示例" },
    [WORD_USED] = { "about the answers", "回答情况" },
    [WORD_LEDGER] = { "how answers were found (by rule)", "答案的提取（按规则）" },
    [WORD_LEDGER_NONE] = { "no answer", "未找到答案" },
    [WORD_LEDGER_GAVE_UP] = { "given up", "放弃匹配" },
    [WORD_LEDGER_WHOLE] = { "the whole text", "全文" },
    [WORD_LEDGER_THOUGHTS] = { "thoughts taken out", "去除思考内容" },
    [WORD_METRIC] = { "metric", "指标" },
    [WORD_STORED] = { "stored", "原结果" },
    [WORD_CHANGE] = { "change", "变化" },
    [WORD_SEED] = { "seed", "随机种子" },
    [WORD_NUMERICS] = { "numerics of", "数值对比" },
    [WORD_DIFFERENCE] = { "largest difference", "最大差异" },
    [WORD_FLIPS] = { "other choices", "选择不同" },
    [WORD_SAME_TEXTS] = { "equal texts", "文本相同" },
    [WORD_NONCOMMERCIAL] = { "non-commercial use only", "仅限非商业用途" },
    [WORD_CONTAMINATION] = { "contamination", "数据污染检测" },
    [WORD_TASK] = { "task", "任务" },
    [WORD_TASKS] = { "tasks", "任务数" },
    [WORD_GROUP] = { "group", "任务组" },
    [WORD_BY_TASK] = { "macro", "按任务平均" },
    [WORD_PAIR] = { "pair", "配对" },
    [WORD_GAP] = { "gap", "差距" },
    [WORD_ONLY_ZH] = { "zh only", "仅中文对" },
    [WORD_ONLY_EN] = { "en only", "仅英文对" },
    [WORD_PAIR_REPEATED] = { "not compared: ids repeat, so the items cannot be matched",
                             "未比较：题目编号有重复，无法配对" },
    [WORD_PAIR_NO_MEAN] = { "not compared: the metric is no mean over items",
                            "未比较：该指标不是逐题平均" },
    [WORD_PAIR_APART] = { "not compared: no item was answered in both",
                          "未比较：没有两边都作答的题目" },
    [WORD_DRAWS] = { "draws", "抽样次数" },
    [WORD_DEVIATION] = { "sd", "标准差" },
    [WORD_MIN] = { "min", "最低" },
    [WORD_MAX] = { "max", "最高" },
    [WORD_MEASURED] = { "measured", "实测" },
    [WORD_PUBLISHED] = { "published", "公开" },
    [WORD_PROTOCOL] = { "protocol", "评测条件" },
    [WORD_SAME] = { "same", "相同" },
    [WORD_OTHER] = { "other", "不同" },
    [WORD_UNSTATED] = { "not stated", "未注明" },
    [WORD_RECIPE_SAME] = { "same recipe", "方案相同" },
    [WORD_RECIPE_OTHER] = { "other recipe", "方案不同" },
    [WORD_RECIPE_UNSTATED] = { "recipe other or not stated", "方案不同或未注明" },
    [WORD_SHOTS_OTHER] = { "same recipe, other shots", "方案相同，示例数不同" },
    [WORD_SHOTS_UNSTATED] = { "same recipe, shots not stated", "方案相同，示例数未注明" },
    [WORD_SPLIT_OTHER] = { "same recipe, other split", "方案相同，数据划分不同" },
    [WORD_CHAT_GIVEN] = { "same recipe, but with --chat", "方案相同，但使用了 --chat" },
    [WORD_CHAT_TAKEN] = { "same recipe, but with --no-chat", "方案相同，但使用了 --no-chat" },
    [WORD_DATA_SAMPLE] = { "same recipe, but on sample data", "方案相同，但使用样例集" },
    [WORD_DATA_PART] = { "same recipe, but on a part of the data", "方案相同，但只用部分数据" },
    [WORD_UNCONFIRMED] = { "not confirmed", "未经核实" },
    [WORD_HEADLINE] = { "headline", "主成绩" },
    [WORD_PICKS] = { "share of the answers that are the option in this place",
                     "选择该位置选项的比例" },
    [WORD_GROUPS_TITLE] = { "groups of tasks", "任务组" },
    [WORD_PAIRS_TITLE] = { "zh/en pairs: the items that both answered; gap is en minus zh, in "
                           "points",
                           "中英文配对：仅统计两边都作答的题目；差距为英文减中文（百分点）" },
    [WORD_DRAWS_TITLE] = { "spread over draws of the shots", "示例抽样造成的波动" },
    [WORD_PUBLISHED_TITLE] = { "measured against published", "与公开成绩对照" },
    [WORD_ROBUSTNESS_TITLE] = { "robustness: the options in several orders",
                                "稳健性：选项轮换多种次序" },
    [WORD_CONTAMINATION_TITLE] = { "contamination: how likely the questions' own texts are",
                                   "数据污染检测：题目文本自身的概率" },
    [WORD_CONFUSION_TITLE] = { "right labels (rows) and answers (columns)",
                               "正确标签（行）与回答（列）" },
    [WORD_LABELS_TITLE] = { "figures of each right label", "各正确标签的成绩" },
    [WORD_RIGHT_LABEL] = { "right label", "正确标签" },
    [WORD_NO_LABEL] = { "(none)", "（无）" },
    [WORD_PRECISION] = { "precision", "精确率" },
    [WORD_RECALL] = { "recall", "召回率" },
    [WORD_TAKEN_FOR] = { "taken for", "误判为" },
    [WORD_TAKEN_MEANS] = { "the most frequent wrong answer; all counts are in JSON and CSV",
                           "最常见的错误回答；全部计数见 JSON 与 CSV" },
    [WORD_SIGNED] = { "how metrics were reckoned (signatures, intervals)",
                      "指标的计算方式（签名、区间）" },
    [WORD_BOOTSTRAP] = { "interval by bootstrap over samples", "置信区间由样本自助法得出" },
    [WORD_NOT_PASSED] = { "programs that did not pass", "未通过的程序" },
};

const char *word(enum word w, bool zh)
{
    return zh ? words[w].zh : words[w].en;
}

const char *recipe_text(const struct column *c, bool zh, struct arena *mem)
{
    const char *text = arena_printf(mem, "%s %d%s%s%s", c->recipe, c->shots,
                                    word(WORD_SHOT, zh), c->chat ? " " : "",
                                    c->chat ? word(WORD_CHAT, zh) : "");
    if (c->tell_extras && c->permute > 1)
        text = arena_printf(mem, zh ? "%s %zu 种次序" : "%s %zu orders", text, c->permute);
    if (c->tell_extras && c->contamination)
        text = arena_printf(mem, "%s %s", text, word(WORD_CONTAMINATION, zh));
    if (c->tell_file) /* an edited run.json may hold any text for a hash */
        text = arena_printf(mem, "%s v%d #%.*s", text, c->version,
                            (int)utf8_whole(c->task_sha256, strnlen(c->task_sha256,
                                                                    c->tell_file)),
                            c->task_sha256);
    return text;
}

const char *column_name(const struct report *r, const struct column *c, bool zh,
                        struct arena *mem)
{
    bool twice = false, recipe_twice = false;
    for (size_t i = 0; i < r->n_column; i++) {
        const struct column *other = &r->column[i];
        bool same = other != c && !strcmp(other->task, c->task);
        twice |= same;
        recipe_twice |= same && !strcmp(other->recipe, c->recipe);
    }
    return !twice ? c->task
                  : arena_printf(mem, "%s %s", c->task,
                                 recipe_twice ? recipe_text(c, zh, mem) : c->recipe);
}

const char *tasks_text(size_t n, bool zh, struct arena *mem)
{
    if (zh)
        return arena_printf(mem, "%zu 项任务", n);
    return arena_printf(mem, "%zu task%s", n, n == 1 ? "" : "s");
}

const char *average_text(const struct column *c, bool zh)
{
    return word(strcmp(c->average, "macro") ? WORD_MICRO : WORD_MACRO, zh);
}

bool shows_average(const struct report *r, const struct task_set *s)
{
    size_t n = 0;
    for (size_t c = 0; c < r->n_column; c++)
        n += s->has[c];
    return !s->mixed && n && r->n_column > 1 && (n > 1 || r->n_lang > 1);
}

/* Names of categories that many benchmarks share. */
static const struct {
    const char *name;
    struct pair title;
} categories[] = {
    { "stem", { "STEM", "理工" } },
    { "humanities", { "humanities", "人文" } },
    { "social_science", { "social science", "社会科学" } },
    { "china_specific", { "China specific", "中国特色" } },
    { "other", { "other", "其他" } },
};

const char *group_title(const struct group *g, bool zh, struct arena *mem)
{
    const char *own = zh ? g->title_zh : g->title_en;
    if (own && *own)
        return own;
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
        if (!strcmp(categories[i].name, g->name))
            return zh ? categories[i].title.zh : categories[i].title.en;
    char *text = arena_strdup(mem, *g->name ? g->name : "-");
    for (char *p = text; *p; p++)
        if (*p == '_')
            *p = ' ';
    return text;
}

