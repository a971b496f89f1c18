"""Answers that lm-evaluation-harness's own filters find, beside evalrun's.

The patterns come from the harness's task files, and its own class applies them; what
it calls "[invalid]" is no answer here. Run by rules.sh.
"""
import argparse
import glob
import json
import os
import random
import subprocess
import sys
from unittest import mock

import yaml
from lm_eval.filters.extraction import RegexFilter

# What the module wants to judge answers with is not wanted here.
for absent in ("antlr4", "math_verify", "sympy", "sympy.parsing", "sympy.parsing.latex"):
    sys.modules.setdefault(absent, mock.MagicMock())
with mock.patch("importlib.metadata.version", return_value="4.11"):
    from lm_eval.tasks.minerva_math import utils as minerva

TASKS = os.path.dirname(os.path.dirname(minerva.__file__))

# set: file of the harness, its filter, place of the filter's pattern
SETS = {
    "lm-eval-gsm8k-strict": ("gsm8k/gsm8k.yaml", "strict-match"),
    "lm-eval-flexible": ("gsm8k/gsm8k.yaml", "flexible-extract"),
    "lm-eval-gsm8k-cot": ("gsm8k/gsm8k-cot.yaml", "strict-match"),
    "lm-eval-mgsm-zh": ("mgsm/native_cot/mgsm_native_cot_zh.yaml", "strict-match"),
    "lm-eval-mgsm-en": ("mgsm/native_cot/mgsm_native_cot_en.yaml", "strict-match"),
    "lm-eval-bbh": ("bbh/cot_fewshot/_cot_fewshot_template_yaml", None),
    "lm-eval-mmlu-pro": ("mmlu_pro/_default_template_yaml", None),
}


class Loader(yaml.SafeLoader):
    """Functions named in a task file do not matter here."""


Loader.add_constructor("!function", lambda loader, node: None)


def harness_filter(path, name):
    with open(os.path.join(TASKS, path), encoding="utf-8") as f:
        lists = yaml.load(f, Loader)["filter_list"]
    chosen = [one for one in lists if name in (None, one["name"])][0]
    step = [one for one in chosen["filter"] if one["function"] == "regex"][0]
    return RegexFilter(step["regex_pattern"], step.get("group_select", 0))


def theirs(name, texts):
    if name == "lm-eval-minerva":
        found = [minerva.get_unnormalized_answer(text) for text in texts]
        return [None if one in ("", "[invalidanswer]") else one for one in found]
    own = harness_filter(*SETS[name])
    return [None if one[0] in ("", "[invalid]") else one[0]
            for one in own.apply([[text] for text in texts], [{}] * len(texts))]


def ours(args, name, texts):
    path = os.path.join(args.work, "texts.jsonl")
    with open(path, "w", encoding="utf-8") as f:
        for text in texts:
            f.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    out = subprocess.run([args.evalrun, "extract", name, "--in", path, "--json", "--whole"],
                         stdout=subprocess.PIPE, check=True).stdout
    return [line["answer"] for line in json.loads(out)["lines"]]


def read_cases(share):
    texts = set()
    for path in glob.glob(os.path.join(share, "tests/cases/rules/*.case")):
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.startswith("text:"):
                    text = line[5:].rstrip("\n").removeprefix(" ")
                    pieces = text.split("\\\\")
                    texts.add("\\".join(one.replace("\\n", "\n") for one in pieces))
    return sorted(texts)


def make_random(texts, n):
    rng = random.Random(1)
    for _ in range(n):
        text = rng.choice(["", " ", "\n", "。"]).join(rng.choices(texts, k=rng.randint(1, 4)))
        at = rng.randint(0, len(text))
        yield text[:at] + text[at + rng.randint(0, 8):]


def main():
    parser = argparse.ArgumentParser()
    for name in ("evalrun", "share", "work"):
        parser.add_argument("--" + name, required=True)
    args = parser.parse_args()
    texts = [text for text in read_cases(args.share) if "think>" not in text]
    texts += [text for text in make_random(texts, 3000) if "think>" not in text]
    bad = 0
    for name in [*SETS, "lm-eval-minerva"]:
        pairs = list(zip(texts, theirs(name, texts), ours(args, name, texts)))
        differing = [one for one in pairs if one[1] != one[2]]
        found = sum(one[1] is not None for one in pairs)
        print(f"{name}: {len(pairs)} texts, {found} with an answer, {len(differing)} differ")
        for text, want, got in differing[:5]:
            print(f"  {text!r}: {want!r} / {got!r}")
        bad += len(differing)
    sys.exit(bad > 0)


main()
