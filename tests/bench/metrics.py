"""Times `evalrun metric` beside the packages on the same pairs (tests/bench/metrics.sh).

    metrics.py EVALRUN FIXTURES FOLDER DATA [QUICK]

Figures as lines of name, value, unit and note. Times are those of the processor, the
best of several. The package's is that of its scoring alone, texts read and imports
done, with nothing cached from the time before. Ours is that of whole processes: one
for the pairs as they are ("process"); what ten times as many take more, divided by
the number ("with reading"), which leaves out the program's start and the bootstrap;
and this less the same of exact match, which hardly does more than read ("scoring").
"""
import collections
import os
import random
import re
import resource
import string
import subprocess
import sys
import time

evalrun, fixtures, folder, data = sys.argv[1:5]
quick = len(sys.argv) > 5
sys.path.insert(0, fixtures)

import jieba  # noqa: E402
import packages_sacrebleu as texts  # noqa: E402
from rouge_chinese import Rouge  # noqa: E402
from rouge_score import rouge_scorer  # noqa: E402
from sacrebleu.metrics import BLEU, CHRF, TER  # noqa: E402

PAIRS, TIMES, RUNS = (100, 4, 1) if quick else (1000, 10, 3)


def corpus(make):
    return lambda hyps, refs: make().corpus_score(hyps, [refs])


def google(stem):
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=stem)
    return lambda hyps, refs: [scorer.score(r, h) for h, r in zip(hyps, refs)]


def chinese(hyps, refs):
    rouge = Rouge()
    return [rouge.get_scores(" ".join(jieba.cut(h)), " ".join(jieba.cut(r)))
            for h, r in zip(hyps, refs) if h.strip() and r.strip()]


def words(text):
    """SQuAD's normalization: small letters, no punctuation, no articles."""
    marks = set(string.punctuation)
    text = "".join(c for c in text.lower() if c not in marks)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def squad(hyps, refs):
    """Exact match and F1, which ask for the words of both texts anew, as SQuAD's do."""
    for hyp, ref in zip(hyps, refs):
        exact = " ".join(words(hyp)) == " ".join(words(ref))
        a, b = words(hyp), words(ref)
        same = sum((collections.Counter(a) & collections.Counter(b)).values())
        yield exact, 2 * same / (len(a) + len(b)) if same else 0.0


METRICS = {
    "en": [("bleu[13a]", corpus(BLEU)), ("bleu[intl]", corpus(lambda: BLEU(tokenize="intl"))),
           ("chrf", corpus(CHRF)), ("chrf++", corpus(lambda: CHRF(word_order=2))), ("ter", corpus(TER)),
           ("rouge-1,rouge-2,rouge-l,rouge-lsum", google(False)),
           ("rouge-1[stem],rouge-2[stem],rouge-l[stem],rouge-lsum[stem]", google(True)),
           ("f1,em", lambda h, r: list(squad(h, r)))],
    "zh": [("bleu[zh]", corpus(lambda: BLEU(tokenize="zh"))), ("bleu[char]", corpus(lambda: BLEU(tokenize="char"))),
           ("chrf", corpus(CHRF)),
           ("rouge-1[chinese],rouge-2[chinese],rouge-l[chinese]", chinese)],
}


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def best(run, clock):
    times = []
    for _ in range(RUNS):
        begin = clock()
        run()
        times.append(clock() - begin)
    return min(times)


def write(name, lines):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
        f.writelines(line + "\n" for line in lines)


def ours(metric, suffix):
    command = [evalrun, "metric", metric, "--pred", os.path.join(folder, f"pred{suffix}.txt"),
               "--ref", os.path.join(folder, f"ref{suffix}.txt")]
    return best(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), children)


def pairs(lang, rng):
    folders = {"zh": ("cmrc2018", "c3"), "en": ("dialogsum",)}[lang]
    found = [t for f in folders for t in texts.texts_below(os.path.join(data, f))]
    hyps, refs = texts.pairs_of([t[:300] for t in found], rng, PAIRS)
    return hyps, [r[0] for r in refs]


def main():
    jieba.setLogLevel(60)
    jieba.initialize()
    rng = random.Random(1)
    for lang, metrics in METRICS.items():
        hyps, refs = pairs(lang, rng)
        for suffix, times in ("", 1), ("-many", TIMES):
            write(f"pred{suffix}.txt", hyps * times)
            write(f"ref{suffix}.txt", refs * times)
        reading = more("exact_match")[1]
        for name, theirs in metrics:
            package = best(lambda: theirs(hyps, refs), time.process_time)
            one, many = more(name)
            show(name.split(",")[0], package, one, many, many - reading,
                 f"{len(hyps)} pairs {lang}")


def more(name):
    """One process, and what each further time that the pairs are there takes."""
    one = ours(name, "")
    return one, (ours(name, "-many") - one) / (TIMES - 1)


def show(name, package, one, reading, scoring, note):
    for what, value in (("package", package), ("process", one), ("with reading", reading),
                        ("scoring", scoring)):
        print(f"{name} {what}\t{1000 * value:.4g}\tms\t{note}")
    print(f"{name} scoring is faster\t{package / scoring:.4g}\ttimes\t{note}")
    print(f"{name} with reading is faster\t{package / reading:.4g}\ttimes\t{note}", flush=True)


if __name__ == "__main__":
    main()
