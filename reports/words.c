#include "reports/words.h"

#include <math.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"

struct pair {
    const char *en, *zh;
};

static const struct pair words[WORD_COUNT] = {
    [WORD_MODEL] = { "model", "模型" },
    [WORD_TITLE] = { "accuracy in %", "准确率（%）" },
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
    [WORD_SEED] = { "seed", "随机种子" },
    [WORD_NUMERICS] = { "numerics of", "数值对比" },
    [WORD_DIFFERENCE] = { "largest difference", "最大差异" },
    [WORD_FLIPS] = { "other choices", "选择不同" },
    [WORD_SAME_TEXTS] = { "equal texts", "文本相同" },
};

static const struct {
    struct pair name, meaning;
} marks[MARK_COUNT] = {
    [MARK_SAMPLE] = { { "sample", "样例集" },
                      { "asked on the small sample set that comes with evalrun, not on the "
                        "benchmark's own data: not comparable with published figures",
                        "使用 evalrun 自带的小型样例集，并非该基准的正式数据，不能与公开成绩比较" } },
    [MARK_PARTIAL] = { { "partial", "部分数据" },
                       { "only a part of the published data was asked",
                         "只评测了公开数据的一部分" } },
    [MARK_LIMIT] = { { "limit", "限量" },
                     { "only the first questions of every subset were asked",
                       "每个科目只评测前若干题" } },
    [MARK_FAILED] = { { "failed", "失败" },
                      { "samples that got no answer (too long, engine error): not in n, "
                        "counted neither right nor wrong",
                        "未得到回答的样本（过长、引擎出错等），不计入 n，既不算对也不算错" } },
    [MARK_WAITING] = { { "waiting", "未完成" },
                       { "samples that are asked for but not answered yet",
                         "尚未评测的样本" } },
    [MARK_SHORTENED] = { { "shortened", "截短" },
                         { "prompts that did not fit the context and were shortened by the "
                           "recipe's own rule",
                           "提示超出上下文长度，按该方案自身的规则截短" } },
    [MARK_STRADDLED] = { { "straddled", "跨界" },
                         { "tokens that reach over the end of the prompt into the answer",
                           "跨越提示末尾与答案开头的词元" } },
    [MARK_TIED] = { { "tied", "并列" },
                    { "samples whose best options are exactly equal; the first was taken",
                      "最佳选项的概率完全相等，取第一个" } },
    [MARK_TORN] = { { "torn", "残行" },
                    { "journals whose last line is incomplete: interrupted or still running",
                      "日志最后一行不完整：运行被中断或仍在进行" } },
    [MARK_CONFLICT] = { { "conflicting", "冲突" },
                        { "samples that merged runs of one model answered differently",
                          "同一模型的多次运行对同一样本给出了不同回答" } },
    [MARK_SOME_TASKS] = { { "of N tasks", "缺任务" },
                          { "the mean lacks some tasks of the language",
                            "该语言的部分任务没有成绩，平均值不完整" } },
    [MARK_MIXED] = { { "several recipes", "多种方案" },
                     { "no mean, since one task is here under several recipes or data sets",
                       "同一任务有多种方案或数据，故不求平均" } },
};

const char *word(enum word w, bool zh)
{
    return zh ? words[w].zh : words[w].en;
}

const char *mark_name(enum mark_kind kind, bool zh)
{
    return zh ? marks[kind].name.zh : marks[kind].name.en;
}

const char *mark_meaning(enum mark_kind kind, bool zh)
{
    return zh ? marks[kind].meaning.zh : marks[kind].meaning.en;
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

struct marks column_marks(const struct column *c, bool zh, struct arena *mem)
{
    struct marks m = { .n = 0 };
    if (c->sample)
        add_mark(&m, MARK_SAMPLE, mark_name(MARK_SAMPLE, zh));
    else if (c->partial)
        add_partial(&m, c, zh, mem);
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

struct marks language_marks(const struct report *r, const char *lang, bool zh,
                            struct arena *mem)
{
    struct marks m = { .n = 0 };
    bool seen[MARK_COUNT] = { false };
    for (size_t c = 0; c < r->n_column; c++) {
        if (strcmp(r->column[c].lang, lang) != 0)
            continue;
        struct marks own = column_marks(&r->column[c], zh, mem);
        for (size_t i = 0; i < own.n; i++)
            if (!seen[own.mark[i].kind]) {
                seen[own.mark[i].kind] = true;
                add_mark(&m, own.mark[i].kind, mark_name(own.mark[i].kind, zh));
            }
    }
    return m;
}

struct marks average_marks(const struct average_figure *a, bool zh, struct arena *mem)
{
    struct marks m = { .n = 0 };
    if (a->mixed)
        add_mark(&m, MARK_MIXED, mark_name(MARK_MIXED, zh));
    else if (a->n_task < a->n_tasks && a->n_task)
        add_mark(&m, MARK_SOME_TASKS,
                 arena_printf(mem, zh ? "%zu/%zu 项任务" : "%zu of %zu tasks", a->n_task,
                              a->n_tasks));
    return m;
}

static void use_marks(bool used[MARK_COUNT], struct marks m)
{
    for (size_t i = 0; i < m.n; i++)
        used[m.mark[i].kind] = true;
}

void marks_used(bool used[MARK_COUNT], const struct report *r)
{
    struct arena mem = { 0 };
    memset(used, 0, MARK_COUNT * sizeof *used);
    for (size_t c = 0; c < r->n_column; c++)
        use_marks(used, column_marks(&r->column[c], false, &mem));
    for (size_t i = 0; i < r->n_row; i++) {
        for (size_t c = 0; c < r->n_column; c++)
            use_marks(used, cell_marks(&r->row[i].cell[c], false, &mem));
        for (size_t l = 0; l < r->n_lang; l++)
            if (shows_average(r, r->lang[l]))
                use_marks(used, average_marks(&r->row[i].average[l], false, &mem));
    }
    arena_release(&mem);
}

const char *recipe_text(const struct column *c, bool zh, struct arena *mem)
{
    const char *chat = c->chat ? word(WORD_CHAT, zh) : "";
    return arena_printf(mem, "%s %d%s%s%s", c->recipe, c->shots, word(WORD_SHOT, zh),
                        c->chat ? " " : "", chat);
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

bool shows_average(const struct report *r, const char *lang)
{
    size_t n = 0;
    for (size_t c = 0; c < r->n_column; c++)
        n += !strcmp(r->column[c].lang, lang);
    for (size_t l = 0; l < r->n_lang && r->n_row; l++)
        if (!strcmp(r->lang[l], lang) && r->row[0].average[l].mixed)
            return false;
    return r->n_column > 1 && (n > 1 || r->n_lang > 1);
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

/* Bytes of a SHA-256 to show; an edited run.json may hold any text. */
static int shown(const char *hash)
{
    size_t len = strlen(hash);
    return (int)utf8_whole(hash, len < 12 ? len : 12);
}

const char *column_made(const struct column *c, bool zh, struct arena *mem)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(&text, "%s %d, %s, %s; ", word(WORD_VERSION, zh), c->version,
                  recipe_text(c, zh, mem), average_text(c, zh));
    strbuf_printf(&text, "%s %s/%s %.*s", word(WORD_DATA, zh), c->dataset, c->split,
                  shown(c->data_sha256), c->data_sha256);
    if (*c->licence)
        strbuf_printf(&text, " (%s)", c->licence);
    if (c->subset) {
        strbuf_printf(&text, ", %s ", word(WORD_SUBSET, zh));
        utf8_fit(&text, c->subset, 60);
    }
    if (c->shots && *c->shots_sha256)
        strbuf_printf(&text, ", %s %.*s", word(WORD_SHOTS_DATA, zh), shown(c->shots_sha256),
                      c->shots_sha256);
    if (c->tell_seed)
        strbuf_printf(&text, ", %s %llu", word(WORD_SEED, zh), (unsigned long long)c->seed);
    strbuf_printf(&text, "; %s %.*s", word(WORD_TASK_FILE, zh), shown(c->task_sha256),
                  c->task_sha256);
    const char *copy = arena_strdup(mem, text.s);
    strbuf_release(&text);
    return copy;
}

const char *engine_name(const cJSON *model)
{
    return json_text(json_get(model, "engine"), "name", json_text(model, "engine", ""));
}

const char *engine_version(const cJSON *model)
{
    return json_text(json_get(model, "engine"), "version", "");
}

/* A value of the engine's description as text, whatever its type. */
static void put_fact(struct strbuf *out, const char *label, const cJSON *value)
{
    if (!value || cJSON_IsNull(value) || (cJSON_IsString(value) && !*value->valuestring))
        return;
    strbuf_printf(out, "%s%s%s", out->len ? ", " : "", label, *label ? " " : "");
    if (cJSON_IsString(value)) {
        strbuf_puts(out, value->valuestring);
    } else {
        struct json_writer w = { .out = out };
        json_put_tree(&w, NULL, value);
    }
}

const char *model_made(const struct model_row *row, bool zh, struct arena *mem)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_puts(&text, row->description);
    if (*row->sha256)
        strbuf_printf(&text, "%s%s %.*s", text.len ? ", " : "", word(WORD_MODEL_FILE, zh),
                      shown(row->sha256), row->sha256);
    put_fact(&text, word(WORD_CONTEXT, zh), json_get(row->model, "context"));
    if (*engine_name(row->model))
        strbuf_printf(&text, "%s%s %s", text.len ? ", " : "", engine_name(row->model),
                      engine_version(row->model));
    if (text.len && text.s[text.len - 1] == ' ')
        strbuf_cut(&text, text.len - 1);
    const char *copy = arena_strdup(mem, text.s);
    strbuf_release(&text);
    return copy;
}

static void put_numerics(struct strbuf *out, const char *task, const cJSON *n, bool zh)
{
    int64_t asked = json_int(n, "n", 0), texts = json_int(n, "texts", 0);
    double most = json_number(n, "max_abs", INFINITY);
    if (asked > 0)
        strbuf_printf(out, "; %s %s, --no-share: %s %.3g nat, %s %lld/%lld",
                      word(WORD_NUMERICS, zh), task, word(WORD_DIFFERENCE, zh), most,
                      word(WORD_FLIPS, zh), (long long)json_int(n, "flips", 0),
                      (long long)asked);
    if (texts > 0)
        strbuf_printf(out, "; %s %s, --slots 1: %s %lld/%lld", word(WORD_NUMERICS, zh), task,
                      word(WORD_SAME_TEXTS, zh), (long long)json_int(n, "texts_equal", 0),
                      (long long)texts);
}

const char *numerics_text(const struct report *r, const struct model_row *row, bool zh,
                          struct arena *mem)
{
    struct strbuf text = STRBUF_INIT;
    for (size_t c = 0; c < r->n_column; c++)
        if (row->cell[c].numerics)
            put_numerics(&text, r->column[c].task, row->cell[c].numerics, zh);
    const char *copy = arena_strdup(mem, text.s);
    strbuf_release(&text);
    return copy;
}
