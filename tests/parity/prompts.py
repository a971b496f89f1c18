"""The prompts of evalrun's `lm-eval` recipes, beside the harness's own.

For every row of CASES the first ten questions are taken from `evalrun show` and
from lm-evaluation-harness's own task, which reads the very same rows in the form
in which the harness's hub data set has them. Prompts, continuations, stop strings
and token limits must be equal byte for byte. Exit status 1 when one is not.
"""
import argparse
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

scratch = tempfile.TemporaryDirectory()
os.environ.update(HF_HOME=scratch.name, HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1")

import lm_eval  # noqa: E402  (the environment comes first)
from lm_eval.api.task import ConfigurableTask  # noqa: E402
from lm_eval.tasks._yaml_loader import load_yaml  # noqa: E402

TASKS = pathlib.Path(lm_eval.__file__).parent / "tasks"
ASKED = 10


def arc(row):
    """The hub's form of ARC and OpenBookQA: the options as two lists."""
    choices = row["question"]["choices"]
    stem = row["question"]["stem"]
    return {"question": stem, "question_stem": stem, "answerKey": row["answerKey"],
            "choices": {"text": [c["text"] for c in choices],
                        "label": [c["label"] for c in choices]}}


def numbered(row):
    """The hub's label is a number, upstream's is true or false, or text."""
    return {**same(row), "label": int(row["label"])}


def truthful(row):
    targets = {key: {"choices": list(row[key]), "labels": list(row[key].values())}
               for key in ("mc1_targets", "mc2_targets") if key in row}
    return {**same(row), **targets}


def belebele(row):
    return {**same(row), "correct_answer_num": str(row["correct_answer_num"])}


def xnli(row):
    labels = ["entailment", "neutral", "contradiction"]
    return {"premise": row["sentence1"], "hypothesis": row["sentence2"],
            "label": labels.index(row["gold_label"])}


def story(row):
    """The hub's names of the columns."""
    sentences = {f"input_sentence_{i}": row[f"InputSentence{i}"] for i in range(1, 5)}
    endings = {f"sentence_quiz{i}": row[f"RandomFifthSentenceQuiz{i}"] for i in (1, 2)}
    return {**sentences, **endings, "answer_right_ending": int(row["AnswerRightEnding"])}


def page(row):
    return {"page": row["text"]}


def agieval(row):
    """The harness's data set holds the authors' zero-shot prompt, ready made."""
    passage, options = row.get("passage") or "", row["options"]
    last = "ABCDEFG"[len(options) - 1]
    if row["id"].split("/")[0] in ("logiqa-zh",):
        query = (f"{passage}问题：{row['question']} 选项：{' '.join(options)}\n"
                 f"答案：从A到{last}, 我们应选择")
    else:
        query = (f"{passage}Q: {row['question']} Answer Choices: {' '.join(options)}\n"
                 f"A: Among A through {last}, the answer is")
    return {"query": query, "choices": options, "gold": ["ABCDEFG".index(c) for c in row["label"]]}


def lettered(row):
    """The hub's form of MMLU: the options as a list, the answer as a place in it."""
    return {"question": row["question"], "choices": [row[letter] for letter in "ABCD"],
            "answer": "ABCD".index(row["answer"])}


def unexplained(row):
    """Only some rows of C-Eval have an explanation, which no prompt holds."""
    return {key: value for key, value in same(row).items() if key != "explanation"}


def paragraphs(row):
    """The hub's form of DROP: the further answers as lists."""
    others = row["validated_answers"]
    return {"query_id": row["query_id"], "passage": row["passage"], "question": row["question"],
            "answer": row["answer"],
            "validated_answers": {key: [a[key] for a in others]
                                  for key in ("number", "date", "spans")}}


def trivia(row):
    return {"question": row["question"], "answer": {"aliases": row["aliases"]}}


def same(row):
    return {key: value for key, value in row.items() if key not in ("id", "subset", "subject")}


# task, recipe, the harness's file, shots (None = its own), subset, sample data?, the
# harness's names of splits and ours, form
CASES = [
    ("cmmlu", "lm-eval", "cmmlu/cmmlu_anatomy.yaml", 5, "anatomy", False,
     {"test": "test", "dev": "dev"}, same),
    ("ceval", "lm-eval", "ceval/ceval-valid_sports_science.yaml", 5, "sports_science", True,
     {"val": "val", "dev": "dev"}, unexplained),
    ("mmlu", "lm-eval", "mmlu/default/mmlu_anatomy.yaml", 5, "anatomy", True,
     {"test": "test", "dev": "dev"}, lettered),
    ("agieval-zh", "lm-eval", "agieval/logiqa-zh.yaml", 0, "logiqa-zh", False,
     {"test": "test"}, agieval),
    ("agieval-en", "lm-eval", "agieval/sat-math.yaml", 0, "sat-math", False,
     {"test": "test"}, agieval),
    ("agieval-en", "lm-eval", "agieval/logiqa-en.yaml", 0, "logiqa-en", False,
     {"test": "test"}, agieval),
    ("gsm8k", "lm-eval", "gsm8k/gsm8k.yaml", None, None, False,
     {"test": "test", "train": "train"}, same),
    ("arc-easy", "lm-eval", "arc/arc_easy.yaml", 3, None, True,
     {"test": "test", "train": "train"}, arc),
    ("arc-challenge", "lm-eval", "arc/arc_challenge.yaml", 8, None, True,
     {"test": "test", "train": "train"}, arc),
    ("hellaswag", "lm-eval", "hellaswag/hellaswag.yaml", 0, None, True,
     {"validation": "val", "train": "train"}, same),
    ("hellaswag", "lm-eval", "hellaswag/hellaswag.yaml", 10, None, True,
     {"validation": "val", "train": "train"}, same),
    ("winogrande", "lm-eval", "winogrande/default.yaml", 0, None, True,
     {"validation": "dev", "train": "train_xl"}, same),
    ("winogrande", "lm-eval", "winogrande/default.yaml", 5, None, True,
     {"validation": "dev", "train": "train_xl"}, same),
    ("piqa", "lm-eval", "piqa/piqa.yaml", 3, None, True,
     {"validation": "valid", "train": "train"}, numbered),
    ("openbookqa", "lm-eval", "openbookqa/openbookqa.yaml", 4, None, True,
     {"test": "test", "train": "train"}, arc),
    ("boolq", "lm-eval", "super_glue/boolq/default.yaml", 2, None, True,
     {"validation": "val", "train": "train"}, numbered),
    ("truthfulqa-mc1", "lm-eval", "truthfulqa/truthfulqa_mc1.yaml", None, None, True,
     {"validation": "validation"}, truthful),
    ("truthfulqa-mc2", "lm-eval", "truthfulqa/truthfulqa_mc2.yaml", None, None, True,
     {"validation": "validation"}, truthful),
    ("mmlu-pro", "letters", "leaderboard/mmlu_pro/mmlu_pro.yaml", None, None, True,
     {"test": "test", "validation": "validation"}, same),
    ("mmlu-pro", "gen", "mmlu_pro/mmlu_pro_computer_science.yaml", None, "computer science", True,
     {"test": "test", "validation": "validation"}, same),
    ("lambada", "lm-eval", "lambada/lambada_openai.yaml", 0, None, True,
     {"test": "test"}, same),
    ("sst2", "lm-eval", "glue/sst2/default.yaml", 3, None, True,
     {"validation": "dev", "train": "train"}, numbered),
    ("bbh", "lm-eval-zeroshot", "bbh/zeroshot/snarks.yaml", None, "snarks", False,
     {"test": "test"}, same),
    ("bbh", "lm-eval-cot-fewshot", "bbh/cot_fewshot/snarks.yaml", None, "snarks", False,
     {"test": "test"}, same),
    ("bbh", "leaderboard", "leaderboard/bbh_mc/snarks.yaml", None, "snarks", False,
     {"test": "test"}, same),
    ("bbh", "leaderboard", "leaderboard/bbh_mc/date_understanding.yaml", None,
     "date_understanding", False, {"test": "test"}, same),
    ("lambada", "lm-eval", "lambada/lambada_openai.yaml", 2, None, True,
     {"test": "test"}, same),
    ("belebele-en", "lm-eval", "belebele/belebele_eng_Latn.yaml", 3, None, True,
     {"test": "test"}, belebele),
    ("xnli-en", "lm-eval", "xnli/xnli_en.yaml", 0, None, True,
     {"validation": "dev"}, xnli),
    ("xstorycloze-en", "lm-eval", "xstorycloze/default_en.yaml", 3, None, True,
     {"eval": "eval", "train": "train"}, story),
    ("belebele-zh", "lm-eval", "belebele/belebele_zho_Hans.yaml", 3, None, True,
     {"test": "test"}, belebele),
    ("xnli-zh", "lm-eval", "xnli/xnli_zh.yaml", 0, None, True,
     {"validation": "dev"}, xnli),
    ("xcopa-zh", "lm-eval", "xcopa/default_zh.yaml", 4, None, True,
     {"test": "test", "validation": "validation"}, numbered),
    ("xstorycloze-zh", "lm-eval", "xstorycloze/default_zh.yaml", 3, None, True,
     {"eval": "eval", "train": "train"}, story),
    ("ppl-en", "lm-eval", "wikitext/wikitext.yaml", None, None, True,
     {"test": "test"}, page),
    ("triviaqa", "lm-eval", "triviaqa/default.yaml", None, None, True,
     {"validation": "validation", "train": "train"}, trivia),
    ("triviaqa", "lm-eval", "triviaqa/default.yaml", 3, None, True,
     {"validation": "validation", "train": "train"}, trivia),
    ("drop", "lm-eval", "drop/default.yaml", None, None, True,
     {"validation": "dev"}, paragraphs),
    ("cnn-dailymail", "lm-eval", "cnn_dailymail/cnn_dailymail.yaml", None, None, True,
     {"test": "test"}, same),
]
# Where a task asks the rows of a data set that has another name.
DATASETS = {"truthfulqa-mc1": "truthfulqa", "truthfulqa-mc2": "truthfulqa"}


def rows_of(asked, data, split, subset, sample):
    if sample:
        path = f"{asked.share}/datasets/sample/{data}.{split}.jsonl.gz"
    else:
        folder = subprocess.run([asked.evalrun, "data", "path", data], check=True,
                                capture_output=True, text=True).stdout.strip()
        manifest = json.load(open(f"{folder}/manifest.json", encoding="utf-8"))
        path = f"{folder}/{manifest['splits'][split]['file']}"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [r for r in rows if not subset or r["id"].startswith(subset + "/")]


def primed(asked, text):
    """The harness's template with the primer of our sample data for its own."""
    primer = rows_of(asked, "truthfulqa", "primer", None, True)[0]["primer"]
    return "{% set prompt_qa = " + json.dumps(primer) + " %}" + text.split("%}", 1)[1]


def harness(asked, case):
    """The harness's own task over these rows; its requests, a question at a time."""
    name, _, file, shots, subset, sample, splits, form = case
    config = load_yaml(TASKS / file, resolve_func=True)
    files = {}
    for theirs, split in splits.items():
        files[theirs] = f"{scratch.name}/{name}.{split}.jsonl"
        with open(files[theirs], "w", encoding="utf-8") as out:
            for row in rows_of(asked, DATASETS.get(name, name), split, subset, sample):
                print(json.dumps(form(row), ensure_ascii=False), file=out)
    for key in ("include", "dataset_name", "tag", "group"):
        config.pop(key, None)
    config["dataset_path"], config["dataset_kwargs"] = "json", {"data_files": files}
    for key in ("test_split", "validation_split", "training_split", "fewshot_split"):
        if config.get(key) and config[key] not in files:
            config[key] = None
    if form is truthful:
        config["doc_to_text"] = primed(asked, config["doc_to_text"])
    if shots is not None:
        config["num_fewshot"] = shots
    task = ConfigurableTask(config=config)
    task.set_fewshot_seed(seed=1234)
    task.build_all_requests(limit=ASKED, rank=0, world_size=1)
    questions = {}
    for instance in task.instances:
        questions.setdefault(instance.doc_id, []).append(instance)
    return config, [questions[i] for i in sorted(questions)]


def ours(asked, case, index):
    name, recipe, _, shots, subset, sample, _, _ = case
    command = [asked.evalrun, "show", name, "--recipe", recipe, "--index", str(index), "--json"]
    command += ["--shots", str(shots)] if shots else []
    command += ["--subset", subset] if subset else []
    command += ["--sample"] if sample else []
    out = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(out.stdout)


def difference(shown, instances):
    """What differs first, in words; None when nothing does."""
    first = instances[0].args
    if shown["ask"] == "text":
        if shown["prompt"] != first[0]:
            return "prompt", shown["prompt"], first[0]
        until = first[1].get("until")
        return None if shown["stop"] == until else ("stop strings", shown["stop"], until)
    theirs = [("", *i.args)[-2:] for i in instances]
    leads = shown["leads"] or [""] * len(shown["continuations"])
    mine = [(shown["prompt"] + lead, c) for lead, c in zip(leads, shown["continuations"])]
    return None if mine == theirs else ("prompt and continuations", mine, theirs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--evalrun", required=True)
    parser.add_argument("--share", required=True, help="folder of tasks/ and datasets/")
    asked = parser.parse_args()
    bad = 0
    for case in CASES:
        _, questions = harness(asked, case)
        for index, instances in enumerate(questions):
            found = difference(ours(asked, case, index), instances)
            if found:
                bad += 1
                print(f"{case[0]} {case[2]} question {index}: the {found[0]} differ\n"
                      f"  ours:   {found[1]!r}\n  theirs: {found[2]!r}")
                break
        else:
            print(f"{case[0]} {case[2]}: {len(questions)} questions equal")
    sys.exit(1 if bad else 0)


main()
