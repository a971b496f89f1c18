"""lm-evaluation-harness over llama-cpp-python, in one process.

The harness builds the requests of its own CMMLU task, over the files of a local
copy; each is answered by one full pass of llama.cpp, with the logits of the
continuation only, and nothing is kept from one request to the next. Prints lines
of name, value, unit and note, with tabs between. Every prompt and log-probability
is checked against those of the same questions in `evalrun samples --prompts`.
"""
import argparse
import ctypes
import json
import os
import pathlib
import sys
import tempfile
import time

scratch = tempfile.TemporaryDirectory()
os.environ.update(HF_HOME=scratch.name, HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1")

import llama_cpp as llama  # noqa: E402  (the environment comes first)
import lm_eval  # noqa: E402
import numpy  # noqa: E402
import yaml  # noqa: E402
from lm_eval.api.model import TemplateLM  # noqa: E402
from lm_eval.api.task import ConfigurableTask  # noqa: E402

BATCH = 512


@llama.llama_log_callback
def quiet(level, text, data):
    """llama.cpp's own lines are left out."""


class Linked(TemplateLM):
    """A model whose every request is one full pass."""

    def __init__(self, path, n_ctx, threads):
        super().__init__()
        llama.llama_log_set(quiet, ctypes.c_void_p(0))
        llama.llama_backend_init()
        self.model = llama.llama_model_load_from_file(
            path.encode(), llama.llama_model_default_params())
        params = llama.llama_context_default_params()
        params.n_ctx = n_ctx
        params.n_batch = params.n_ubatch = BATCH
        params.n_threads = params.n_threads_batch = threads
        self.context = llama.llama_init_from_model(self.model, params)
        self.vocab = llama.llama_model_get_vocab(self.model)
        self.n_vocab = llama.llama_vocab_n_tokens(self.vocab)
        self.batch = llama.llama_batch_init(BATCH, 0, 1)
        self.n_token = 0

    @property
    def eot_token_id(self):
        return llama.llama_vocab_eos(self.vocab)

    def tok_encode(self, string, add_special_tokens=None, **kwargs):
        text = string.encode()
        room = (llama.llama_token * (len(text) + 8))()
        n = llama.llama_tokenize(self.vocab, text, len(text), room, len(room),
                                 add_special_tokens is not False, False)
        return list(room[:n])

    def rows(self, tokens, n_rows):
        """Logits behind each of the last n_rows tokens."""
        llama.llama_memory_clear(llama.llama_get_memory(self.context), True)
        out, batch = [], self.batch
        for begin in range(0, len(tokens), BATCH):
            part = tokens[begin:begin + BATCH]
            wanted = [begin + i >= len(tokens) - n_rows for i in range(len(part))]
            batch.n_tokens = len(part)
            for i, token in enumerate(part):
                batch.token[i], batch.pos[i] = token, begin + i
                batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
                batch.logits[i] = wanted[i]
            if llama.llama_decode(self.context, batch) != 0:
                raise RuntimeError("llama_decode failed")
            for i in range(len(part)):
                if wanted[i]:
                    row = llama.llama_get_logits_ith(self.context, i)
                    out.append(numpy.ctypeslib.as_array(row, (self.n_vocab,)).astype("float64"))
        self.n_token += len(tokens)
        return out

    def _loglikelihood_tokens(self, requests, **kwargs):
        answers = []
        for _, context, continuation in requests:
            rows = self.rows((context + continuation)[:-1], len(continuation))
            total, greedy = 0.0, True
            for row, token in zip(rows, continuation):
                top = row.max()
                total += row[token] - top - numpy.log(numpy.exp(row - top).sum())
                greedy = greedy and int(row.argmax()) == token
            answers.append((total, greedy))
        return answers

    def loglikelihood_rolling(self, requests, disable_tqdm=False):
        raise NotImplementedError

    def generate_until(self, requests, disable_tqdm=False):
        raise NotImplementedError


def own_task(subject, data):
    """The harness's own CMMLU task of this subject, over local files."""
    folder = pathlib.Path(lm_eval.__file__).parent / "tasks" / "cmmlu"
    config = yaml.safe_load((folder / "_default_template_yaml").read_text(encoding="utf-8"))
    config.update(yaml.safe_load((folder / f"cmmlu_{subject}.yaml").read_text(encoding="utf-8")))
    for key in ("include", "dataset_name"):
        config.pop(key, None)
    config["dataset_path"] = "csv"
    config["dataset_kwargs"] = {"data_files": {
        split: f"{data}/{split}/{subject}.csv" for split in ("test", "dev")}}
    config["num_fewshot"] = 5
    return ConfigurableTask(config=config)


def check(requests, answers, path):
    """The same prompts, and the same figures within rounding."""
    with open(path, encoding="utf-8") as lines:
        samples = [json.loads(line) for line in lines]
    samples.sort(key=lambda sample: sample["index"])
    worst = 0.0
    for i, (request, (logprob, _)) in enumerate(zip(requests, answers)):
        sample = samples[i // 4]
        if request.args[0] != sample["prompt"]:
            sys.exit(f"question {i // 4}: the prompts differ")
        worst = max(worst, abs(logprob - sample["logprobs"][i % 4]))
    if worst > 0.05:
        sys.exit(f"a log-probability differs by {worst} nat")
    return worst


def main():
    parser = argparse.ArgumentParser()
    for name in ("--model", "--subject", "--data", "--check"):
        parser.add_argument(name, required=True)
    parser.add_argument("--limit", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    asked = parser.parse_args()
    model = Linked(asked.model, 4096, asked.threads)
    task = own_task(asked.subject, asked.data)
    task.build_all_requests(limit=asked.limit, rank=0, world_size=1)
    model.loglikelihood(task.instances[:1], disable_tqdm=True)  # warm-up
    model.n_token = 0
    begin = time.monotonic()
    answers = model.loglikelihood(task.instances, disable_tqdm=True)
    seconds = time.monotonic() - begin
    worst = check(task.instances, answers, asked.check)
    print("lm-eval question", f"{seconds / asked.limit:.4g}", "s",
          f"{len(answers)} requests for {asked.limit} questions, largest difference to"
          f" evalrun's log-probabilities {worst:.4f} nat", sep="\t")
    print("lm-eval rate", f"{model.n_token / seconds:.4g}", "tokens/s",
          f"{model.n_token} tokens, nothing shared, {asked.threads} threads", sep="\t")


main()
