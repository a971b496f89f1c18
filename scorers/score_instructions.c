/*
 * Instructions followed (instruction.h). The right answer of the step is a JSON object:
 *
 *     {"instructions": ["punctuation:no_comma", ...], "kwargs": [{...}, ...]}
 *
 * strictly: the text as it is; loosely: at least one of eight forms of it. By
 * prompt: all of its instructions are followed; by instruction: the share of all.
 *
 * Options: those of every written answer (answer.h). Of several draws, the first.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "scorers/answer.h"
#include "scorers/equipment.h"
#include "scorers/instruction.h"
#include "scorers/scorer.h"
#include "scorers/shown.h"

enum { PROMPT_STRICT, PROMPT_LOOSE = ANSWER_END, STRICT, LOOSE, N_INSTRUCTION, N_STAT };

static const char *const stat_names[] = { "prompt_strict", ANSWER_STATS,   "prompt_loose",
                                          "inst_strict",   "inst_loose",   "instructions",
                                          NULL };

static double pooled(const double *stat, size_t n, size_t n_stat, size_t which)
{
    double followed = 0, all = 0;
    for (size_t i = 0; i < n; i++, stat += n_stat) {
        followed += stat[which];
        all += stat[N_INSTRUCTION];
    }
    return all > 0 ? followed / all : NAN;
}

static double fold_strict(const double *stat, size_t n, size_t n_stat)
{
    return pooled(stat, n, n_stat, STRICT);
}

static double fold_loose(const double *stat, size_t n, size_t n_stat)
{
    return pooled(stat, n, n_stat, LOOSE);
}

static const struct metric metrics[] = {
    { "prompt_strict", "all instructions of the prompt are followed", true, true,
      .stat = PROMPT_STRICT },
    { "inst_strict", "share of all instructions that are followed", true, true, .stat = STRICT,
      .fold = fold_strict },
    { "prompt_loose", "as prompt_strict, by at least one of eight forms of the text", true, true,
      .stat = PROMPT_LOOSE },
    { "inst_loose", "as inst_strict, by at least one of eight forms of the text", true, true,
      .stat = LOOSE, .fold = fold_loose },
    ANSWER_METRICS,
    { 0 },
};

struct instruction_rule {
    struct answering *answering;
    struct treebank *words;
    struct instruction_tools tools;
};

static void instruction_free(void *p)
{
    struct instruction_rule *rule = p;
    if (!rule)
        return;
    answering_free(rule->answering);
    treebank_free(rule->words);
    free(rule);
}

static int instruction_compile(void **out, const cJSON *spec, struct err *e)
{
    static const char *const keys[] = { ANSWER_KEYS, NULL };
    struct instruction_rule *rule = xcalloc(1, sizeof *rule);
    if (spec_keys(spec, keys, e) < 0 || shown_check(spec, metrics, e) < 0 ||
        answering_new(&rule->answering, spec, e) < 0 || treebank_new(&rule->words, e) < 0) {
        instruction_free(rule);
        return e->code;
    }
    rule->tools.words = rule->words;
    *out = rule;
    return 0;
}

static void instruction_equip(void *p, const struct equipment *q)
{
    struct instruction_rule *rule = p;
    rule->tools.languages = q->languages;
    rule->tools.sentences = q->sentences;
}

/* One instruction; the text is NULL when there is none. */
static int follow(double *stat, const char *id, const cJSON *args, const char *text,
                  const struct instruction_rule *rule, struct arena *mem, struct err *e)
{
    const struct instruction_kind *kind = instruction_find(id);
    if (!kind)
        return err_set(e, ERR_INPUT, "unknown instruction '%s'", id);
    bool limit = false;
    struct checking c = { .tools = &rule->tools, .args = args, .text = text ? text : "",
                          .limit = &limit, .mem = mem, .e = e };
    int strict = instruction_check(kind, &c);
    int loose = strict == 0 ? instruction_check_loosely(kind, &c) : strict;
    if (strict < 0 || loose < 0)
        return e->code;
    stat[STRICT] += strict;
    stat[LOOSE] += loose;
    stat[N_INSTRUCTION]++;
    if (limit)
        stat[ANSWER_LIMIT] = 1;
    return 0;
}

static int follow_all(double *stat, const cJSON *tree, const char *text,
                      const struct instruction_rule *rule, struct arena *mem, struct err *e)
{
    const cJSON *ids = json_get(tree, "instructions"), *id;
    const cJSON *kwargs = json_get(tree, "kwargs"), *args = kwargs ? kwargs->child : NULL;
    if (!cJSON_IsArray(ids) || !ids->child || !cJSON_IsArray(kwargs) ||
        cJSON_GetArraySize(ids) != cJSON_GetArraySize(kwargs))
        return err_set(e, ERR_INPUT, "the right answer must be a JSON object with the lists "
                                     "'instructions' and 'kwargs' of one length");
    cJSON_ArrayForEach(id, ids) {
        if (!cJSON_IsString(id))
            return err_set(e, ERR_INPUT, "instructions: texts are wanted");
        if (follow(stat, id->valuestring, args, text, rule, mem, e) < 0)
            return e->code;
        args = args->next;
    }
    stat[PROMPT_STRICT] = stat[STRICT] == stat[N_INSTRUCTION];
    stat[PROMPT_LOOSE] = stat[LOOSE] == stat[N_INSTRUCTION];
    return 0;
}

static int instruction_score(const void *p, const struct trace *t, struct score *out, struct err *e)
{
    const struct instruction_rule *rule = p;
    struct answers a;
    cJSON *tree = NULL;
    if (answers_find(&a, rule->answering, t, e) < 0)
        return e->code;
    double *stat = arena_array(t->mem, N_STAT, sizeof *stat);
    answers_stat(stat, &a);
    if (json_parse(&tree, a.target[0], strlen(a.target[0]), e) < 0)
        return err_in(e, "the right answer");
    int rc = follow_all(stat, tree, a.draw[0].text, rule, t->mem, e);
    cJSON_Delete(tree);
    *out = (struct score){ .scorer = "instructions", .stat = stat, .n_stat = N_STAT };
    return rc;
}

extern const struct scorer_type score_instructions;
const struct scorer_type score_instructions = {
    .name = "instructions",
    .help = "instructions that can be checked by a program, in English and Chinese",
    .stat = stat_names,
    .n_stat = N_STAT,
    .metric = metrics,
    .compile = instruction_compile,
    .score = instruction_score,
    .free = instruction_free,
    .wants = TOOL_LANGUAGES | TOOL_SENTENCES,
    .equip = instruction_equip,
};
