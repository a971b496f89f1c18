/* The keys of a step, and which of them go with which kind. */
#include <string.h>

#include "tasks/step.h"

static const struct key think_keys[] = {
    { "open", KEY_TEXT, true, NULL, NULL, "what opens them, such as `<think>`" },
    { "close", KEY_TEXT, true, NULL, NULL, "what closes them, such as `</think>`" },
    { "max_tokens", KEY_COUNT, false, NULL, NULL,
      "tokens they may take, beside those of the answer (they count as the answer's)" },
    { 0 },
};

static const char gold_words[] = "text|index|number|letter|flags|label";

const struct key step_keys[] = {
    { "name", KEY_TEXT, true, NULL, NULL, "its name in the journal; without `~`, not `order`" },
    { "ask", KEY_WORD, true, "model|sandbox", NULL,
      "who is asked: the model, or a sandbox in which the program that an earlier step wrote "
      "is run and tested" },
    { "system", KEY_LINES, false, NULL, NULL,
      "template of the system's message, which stands before everything; needs the chat "
      "template" },
    { "header", KEY_LINES, false, NULL, NULL, "template put once, before the shots" },
    { "context", KEY_LINES, false, NULL, NULL,
      "template of a document, put between shots and question; neighbouring questions about "
      "one document share its computation" },
    { "prompt", KEY_LINES, false, NULL, NULL,
      "template of the question; needed, but with `text` there is none" },
    { "shot", KEY_LINES, false, NULL, NULL,
      "template of a worked example, where it is not the question's" },
    { "each", KEY_TEXT, false, NULL, NULL,
      "path of a list in the row: the options, where their number is not fixed; then "
      "`choices` holds one template, which is rendered for every item. Of an object, the "
      "names of its members" },
    { "choices", KEY_LIST, false, NULL, NULL,
      "templates of the answers; the likelihood of each after the prompt is asked. Without "
      "it, text is written" },
    { "option", KEY_LINES, false, NULL, NULL,
      "with `each`: template of a line of `{{option.lines}}`" },
    { "option_separator", KEY_TEXT, false, NULL, NULL, "between these lines (a line end)" },
    { "lead", KEY_LIST, false, NULL, NULL,
      "with `choices`: templates, one for each choice (with `each`, one), of text between "
      "prompt and choice that is not scored" },
    { "target", KEY_LINES, false, NULL, NULL,
      "template of the right answer; with `choices`, one of them. Needed, but for `gold` and "
      "`text`" },
    { "targets", KEY_LIST, false, NULL, NULL,
      "writing, in the place of `target`: paths of the right answers in the row, `*` being every "
      "item of a list; one that ends in `?` may be missing; of an object, its JSON. The first is a "
      "shot's answer, unless `target` or `answer` is its template" },
    { "target_missing", KEY_WORD, false, "error|empty", NULL,
      "with `targets`: what a row is that has none (`error`: it stops the run; `empty`: to write "
      "nothing is right)" },
    { "options", KEY_LIST, false, NULL, NULL,
      "writing: templates of the options' own texts (with `each`, one), of which the answer is "
      "one, for rules and scorers; they are not asked" },
    { "gold", KEY_TEXT, false, NULL, NULL,
      "with `choices`, in the place of `target`: path of the right answer in the row; where a "
      "list stands there, all in it are right" },
    { "gold_is", KEY_WORD, false, gold_words, NULL,
      "what stands there: the choice's text, its place from 0 or (`number`) from 1, its "
      "letter, 0 or 1 for every choice, or its place in the list `gold_labels` (`text`)" },
    { "gold_labels", KEY_LINES, false, NULL, NULL,
      "with `gold_is` `label`: path of that list, in which `*` is every item; or the list "
      "itself" },
    { "gold_missing", KEY_WORD, false, "error|wrong", NULL,
      "what a row is whose right answer is none of its choices (`error`: it stops the run)" },
    { "rotate", KEY_LIST, false, NULL, NULL,
      "with `choices`: paths of the options' values in the row, for `--permute`; `*` is every "
      "item of a list" },
    { "whole", KEY_BOOL, false, NULL, NULL,
      "with `choices`: score prompt and choice together, not the choice alone (false)" },
    { "text", KEY_LINES, false, NULL, NULL,
      "template of a text whose own likelihood is asked, without a prompt, in windows where "
      "it is longer than the context" },
    { "counted", KEY_LINES, false, NULL, NULL,
      "with `text`: template of the text whose words, bytes and characters count (the same)" },
    { "answer", KEY_LINES, false, NULL, NULL,
      "template of a shot's answer, where it is not the target (or the first right choice)" },
    { "max_tokens", KEY_COUNT, false, NULL, NULL, "writing: tokens an answer may have (256)" },
    { "stop", KEY_LIST, false, NULL, NULL,
      "writing: templates of what ends an answer, itself left out; not looked for in thoughts "
      "(the model's own end only)" },
    { "temperature", KEY_NUMBER, false, NULL, NULL,
      "writing: 0 takes the likeliest token always (0)" },
    { "top_p", KEY_PART, false, NULL, NULL,
      "writing, above temperature 0: only the likeliest tokens of this sum (all)" },
    { "top_k", KEY_COUNT, false, NULL, NULL,
      "writing, above temperature 0: only so many likeliest tokens (all)" },
    { "min_p", KEY_PART, false, NULL, NULL,
      "writing, above temperature 0: only tokens of this part of the likeliest one's "
      "probability (all)" },
    { "repeat_penalty", KEY_NUMBER, false, NULL, NULL,
      "writing: what is there already becomes less likely (1, which is off)" },
    { "draws", KEY_COUNT, false, NULL, NULL,
      "writing, above temperature 0: answers written to one question (1)" },
    { "think", KEY_OBJECT, false, NULL, think_keys,
      "writing: thoughts to be told from the answer (none are looked for)" },
    { "of", KEY_TEXT, false, NULL, NULL,
      "sandbox: the step whose draws are run (the last that writes)" },
    { "clean", KEY_RULES, false, NULL, NULL,
      "sandbox: the rules that find the program in what was written; where none does, nothing is "
      "run, and the draw has failed (all of it is the program)" },
    { "language", KEY_TEXT, false, NULL, NULL,
      "sandbox: template of the language's name, which may speak of the subset; needed there" },
    { "solution", KEY_LINES, false, NULL, NULL,
      "sandbox: template of the program, in which `{{out}}` is what was found; needed there" },
    { "given", KEY_LINES, false, NULL, NULL,
      "sandbox: template of what the benchmark gave before the solution and its tests need "
      "(nothing)" },
    { "test", KEY_LINES, false, NULL, NULL,
      "sandbox: template of the tests, which are run after the solution; needed there" },
    { "entry", KEY_TEXT, false, NULL, NULL,
      "sandbox: template of the name of the function under test (whatever the tests call)" },
    { "limit_s", KEY_NUMBER, false, NULL, NULL,
      "sandbox: seconds that a program may take, compiling aside (10)" },
    { "memory_mb", KEY_COUNT, false, NULL, NULL,
      "sandbox: memory that it may take (the sandbox's own limit)" },
    { 0 },
};

/* The keys that not every kind of step takes, and those kinds. */
#define KIND(k) (1U << (k))
enum {
    CHOOSES = KIND(STEP_CHOOSE),
    WRITES = KIND(STEP_WRITE),
    ASKS = CHOOSES | WRITES,
    HAS_TEXT = KIND(STEP_TEXT),
    RUNS = KIND(STEP_RUN),
};

static const struct {
    const char *key;
    unsigned kinds;
} bound[] = {
    { "choices", CHOOSES },      { "text", HAS_TEXT },       { "system", ASKS },
    { "targets", WRITES },       { "target_missing", WRITES }, { "options", WRITES },
    { "header", ASKS },          { "context", ASKS },        { "prompt", ASKS },
    { "shot", ASKS },            { "answer", ASKS },         { "target", ASKS },
    { "each", ASKS },            { "option", ASKS },         { "option_separator", ASKS },
    { "lead", CHOOSES },         { "gold", CHOOSES },        { "gold_is", CHOOSES },
    { "gold_labels", CHOOSES },  { "gold_missing", CHOOSES }, { "rotate", CHOOSES },
    { "whole", CHOOSES },        { "counted", HAS_TEXT },    { "max_tokens", WRITES },
    { "stop", WRITES },          { "temperature", WRITES },  { "top_p", WRITES },
    { "top_k", WRITES },         { "min_p", WRITES },        { "repeat_penalty", WRITES },
    { "draws", WRITES },         { "think", WRITES },        { "of", RUNS },
    { "clean", RUNS },           { "language", RUNS },       { "solution", RUNS },
    { "given", RUNS },           { "test", RUNS },           { "entry", RUNS },
    { "limit_s", RUNS },         { "memory_mb", RUNS },
};

int step_missing(const char *place, const char *key, struct err *e)
{
    const struct key *k = step_keys;
    while (strcmp(k->name, key) != 0)
        k++;
    return err_set(e, ERR_INPUT, "%s: missing key '%s' (%s)", place, key, k->help);
}

static const char *wanted_kind(unsigned kinds)
{
    switch (kinds) {
    case HAS_TEXT: return "a text";
    case WRITES: return "a step that writes text";
    case ASKS: return "a question";
    case RUNS: return "a step that asks the sandbox";
    default: return "choices";
    }
}

static const char *why_misplaced(unsigned kinds, enum step_kind kind)
{
    static const char *const names[] = {
        [STEP_WRITE] = "and this step has none: it writes text",
        [STEP_CHOOSE] = "and this one has choices",
        [STEP_TEXT] = "and this one has a text",
        [STEP_RUN] = "and this one runs programs",
    };
    if (kind == STEP_WRITE && kinds == HAS_TEXT)
        return "and this step has none";
    return kind != STEP_RUN && kinds == RUNS ? "and this one asks the model" : names[kind];
}

int step_check_kind(const struct step *s, const cJSON *object, struct err *e)
{
    if (s->kind == STEP_TEXT && json_get(object, "choices"))
        return err_set(e, ERR_INPUT, "%s.choices: a step has choices or a text, not both",
                       s->place);
    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++) {
        unsigned kinds = bound[i].kinds;
        if ((kinds & KIND(s->kind)) || !json_get(object, bound[i].key))
            continue;
        return err_set(e, ERR_INPUT, "%s.%s: goes with %s, %s", s->place, bound[i].key,
                       wanted_kind(kinds), why_misplaced(kinds, s->kind));
    }
    return 0;
}
