/* The commands as data. To add one, see cmd.h. */
#include "evaluator/cmd.h"

#include <string.h>

#include "evaluator/help.h"

#define TABLES(name, ...)                                                      \
    static const struct opt *const name##_tables[] = { __VA_ARGS__, NULL }

TABLES(run, run_opts, engine_opts, http_opts);
TABLES(list, list_opts);
TABLES(show, show_opts, engine_opts);
TABLES(check, check_opts, numerics_opts, engine_opts);
TABLES(data, data_opts);
TABLES(model, model_opts);
TABLES(metric, metric_opts);
TABLES(tokens, tokens_opts);
TABLES(samples, samples_opts);
TABLES(extract, extract_opts);
TABLES(score, score_opts);
TABLES(report, report_opts);
TABLES(help, help_opts);

const struct opt global_opts[] = {
    { "help", 'h', OPT_FLAG, offsetof(struct global_options, help), NULL,
      "help for the program or, behind a command, for the command", NULL, 0 },
    { "version", 0, OPT_FLAG, offsetof(struct global_options, version), NULL,
      "print the version of the program and of its engine", NULL, 0 },
    { "log", 0, OPT_CHOICE, offsetof(struct global_options, log), "LEVEL",
      "how much to say on standard error (default warn)",
      "error|warn|info|debug|trace", 0 },
    { 0 },
};

const struct cmd cmds[] = {
    { "run", cmd_run, run_tables, "",
      "ask models the questions of tasks (the default command)",
      "Every model is asked every task, one model after the other, and a table compares them. "
      "The answers are kept in a run directory: `report` and `score` read it without a model, "
      "`--resume` goes on where a run was interrupted, by Ctrl-C, by a crash or on purpose.\n\n"
      "A run may be shared out: the same command with --shard 0/4, 1/4, 2/4 and 3/4 and the "
      "same --out, on four machines that share the folder. `report` puts the pieces together.\n\n"
      "  evalrun --task cmmlu --model smollm2 --sample\n" /* example */
      "  evalrun --task cmmlu,mmlu --model a.gguf,b.gguf --limit 20\n" /* example */
      "  evalrun --resume runs/2026-11-23-150405-smollm2" },
    { "list", cmd_list, list_tables,
      "tasks|groups|recipes|models|data|engines|scorers|formats|rules [TASK]",
      "list what there is",
      "`recipes` are the protocols of a task (of all tasks when none is named): the ways of "
      "asking and scoring under which its figures are published. `rules` are the named sets of "
      "rules that find answers in texts.\n\n"
      "  evalrun list tasks\n"
      "  evalrun list recipes cmmlu" }, /* example */
    { "show", cmd_show, show_tables, "TASK",
      "print one question exactly as a model gets it",
      "The prompt is printed byte for byte, with its continuations. With --model it is printed "
      "as that model's tokens too: where the boundary between prompt and continuation falls, "
      "and what stands at the beginning of the text.\n\n"
      "  evalrun show cmmlu --subset anatomy --index 3 --recipe lm-eval --sample" }, /* example */
    { "check", cmd_check, check_tables, "[PATH...]",
      "validate task files and catalogs; measure a model's numerics",
      "Without a path all shipped files are checked. Every error names the file, the place "
      "and the nearest legal key.\n\n"
      "With --numerics, a model is asked the same questions twice: with --no-share (one full "
      "pass per question, nothing shared) and as a run asks them. Printed are the largest "
      "difference between log-probabilities, how many questions are equal to the last bit, and "
      "how often another option is the likeliest. Written texts are compared between --slots 1 "
      "and many at once. --group N is compared with the default.\n\n"
      "  evalrun check --numerics --model smollm2 --task cmmlu --limit 2 --sample" }, /* example */
    { "data", cmd_data, data_tables,
      "list|pull|import|import-custom|verify|path|remove [DATA] [PATH]",
      "get, import, check and remove data sets",
      "`pull` downloads a data set from where its authors publish it and imports it; `import` "
      "does the same from a folder or an archive that you have. Data sets are not part of "
      "evalrun and come under their own licences, which `list` shows.\n\n"
      "`import-custom` makes a task of a file of your own (CSV, TSV, JSON, JSON lines, Parquet): "
      "multiple choice, questions and answers, or summaries. Columns are recognised by their "
      "names in English and Chinese, or named by the options.\n\n"
      "  evalrun data list\n"
      "  evalrun data pull cmmlu\n"                        /* example */
      "  evalrun data import cmmlu Downloads/cmmlu.zip\n" /* example */
      "  evalrun data import-custom quiz.csv --task-template mcq" },
    { "model", cmd_model, model_tables, "list|info|pull|verify|remove|path|show [MODEL]",
      "get, describe, check and remove models of the catalog",
      "Models are GGUF files. The catalog gives names to some, with a quantisation as "
      "NAME:Q8_0; any other is used by its path, with --model PATH. `pull` downloads the file, "
      "or all of its parts, from the hub at HF_ENDPOINT, goes on where it was interrupted, and "
      "checks the SHA-256 that the hub names; for gated repositories it wants HF_TOKEN. `info` "
      "tells licence, memory and published figures; `verify` hashes again what is here; `show` "
      "is what the file says of itself.\n\n"
      "  evalrun model list qwen2\n"
      "  evalrun model info qwen2-7b-instruct --ctx 32768\n"
      "  evalrun model pull qwen2-0.5b-instruct --quant Q8_0" },
    { "metric", cmd_metric, metric_tables, "NAME[,NAME]",
      "score a file of texts against right answers",
      "Every scorer of written text by itself: BLEU, chrF, TER, ROUGE, F1, exact match and the "
      "others, with the figures and the signatures of the packages that they come from "
      "(docs/metrics.md). The tokenization is part of a name: bleu[13a], bleu[zh], "
      "rouge-l[zh-char]; --lang completes a name that leaves it open.\n\n"
      "A file holds one text a line, and line N of all files belongs together; an empty line is "
      "the empty text. A name that ends in .jsonl is read as JSON lines: texts, lists of texts "
      "(several right answers), or objects with either under `text`.\n\n"
      "With --json, one object, or of several metrics a list of them: `metric`, `score` (on the "
      "package's own scale), `signature`, `n` (lines), `interval` (95%: `low`, `high`, `kind`) "
      "and `lines`, the value of each line.\n\n"
      "  evalrun metric bleu,chrf --lang zh --pred answers.txt --ref right.txt\n"
      "  evalrun metric 'bleu[13a]' --pred answers.txt --ref a.txt --ref b.txt --json" },
    { "tokens", cmd_tokens, tokens_tables, "",
      "count what texts cost in the tokens of models",
      "For each model and text: tokens per character, per byte and per Chinese character (a "
      "token of several characters counts for each by its bytes), the share of byte tokens "
      "(some bytes of a character that the vocabulary lacks), and how many characters of "
      "such text 131072 tokens (128K) and the context that the model was trained on hold. "
      "Weights are not read, so a file of the vocabulary alone will do.\n\n"
      "--sample counts the questions or documents of the small data sets, all of a language as "
      "one text.\n\n"
      "--json prints `texts` (`name`, `lang`, `chars`, `bytes`, `chinese_chars`; `lang` is zh "
      "from a fifth of Chinese characters on) and `models` (`label`, `context`, and `counts` for "
      "each text: `text`, `tokens`, `per_char`, `per_byte`, `per_chinese_char`, `part_share`, "
      "`chars_in_128k`, `chars_in_context`; null where a figure is not known).\n\n"
      "  evalrun tokens --model a.gguf,b.gguf --text novel.txt" },
    { "extract", cmd_extract, extract_tables, "RULES",
      "find the answers in a file of texts by rules",
      "RULES is a named set (docs/extraction.md) or a file: a list of rules, or a set. A file of "
      "texts holds one a line; a name that ends in .jsonl is read as JSON lines: texts, or objects "
      "with `text` and, where a rule asks for them, `subset`, `options` (a list) and `target` (the "
      "right answer).\n\n"
      "For each text one line is printed: the rule that found the answer (none: there is no "
      "answer), a tab, the answer. How many fell to which rule stands on standard error. As in a "
      "run, thoughts from <think> to </think> are left out, and white space at both ends.\n\n"
      "With --json, one object: `rules`, `version`, `sha256`, `lines` (`answer` and `rule`, null "
      "where there is none; `gave_up` where a pattern took too long), `n`, `ledger` (`rule`, `n`), "
      "`none`, `gave_up`, `thoughts`.\n\n"
      "  evalrun extract plain-letter --in answers.txt" },
    { "samples", cmd_samples, samples_tables, "RUN",
      "print every answer of a run as JSON lines",
      "One line for each sample: what was asked, what was right, what the model chose, and the "
      "log-probability of each option; of written texts also which rule found the answer "
      "(`rules`). --wrong, --failed and --unextracted together list what is any of these.\n\n"
      "  evalrun samples runs/mine --wrong\n"
      "  evalrun samples runs/mine --unextracted" },
    { "score", cmd_score, score_tables, "RUN...",
      "compute all figures anew from stored answers",
      "No model and no data set is needed. Samples whose figures come out otherwise than they "
      "were stored are counted, and the exit status is 1 then.\n\n"
      "With --extract the answers in written texts are found by other rules: a named set "
      "(docs/extraction.md), or a file with a list of rules. Both figures are shown, and how many "
      "answers each rule found. The run stays as it is. With --json, `stored` and "
      "`extract`.`report` are reports as `report --format json` prints them.\n\n"
      "  evalrun score runs/mine --extract plain-letter" },
    { "report", cmd_report, report_tables, "RUN...",
      "compare runs in one table",
      "A run that was cut into shards, or resumed, counts as one. Runs that differ in task, "
      "recipe, shots or data never share a column.\n\n"
      "  evalrun report runs/*\n"
      "  evalrun report runs/mine --by category --format markdown" },
    { "help", cmd_help, help_tables, "[COMMAND]",
      "help for a command; documents as text",
      "  evalrun help run\n"
      "  evalrun help --man | man -l -" },
    { 0 },
};

const struct cmd *cmd_find(const char *name)
{
    for (const struct cmd *c = cmds; c->name; c++)
        if (!strcmp(c->name, name))
            return c;
    return NULL;
}
