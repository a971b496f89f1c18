#!/usr/bin/env bash
# The recorded figures of lm-evaluation-harness, reached through the program as
# a user would: import, run, samples. 160 questions, prompts byte for byte,
# log-probs within 0.02 nat, the same answer wherever the margin is larger.
# ctest: labels=slow timeout=1500
. "$SRC/tests/e2e/lib.sh" || exit 1
reference=$SHARED/reference/cmmlu_5shot_lmeval.jsonl
[ -f "$reference" ] || skip "no reference figures ($reference)"
[ -n "${F16:-}" ] || skip "no F16 model (built without llama.cpp, or no test model)"

expect 0 evalrun data import cmmlu "$SHARED/data/cmmlu"
has out "partial 20/67"
expect 0 evalrun --task cmmlu --recipe lm-eval --shots 5 --limit 8 --model "$F16" --ctx 4096 \
    --out run --quiet
has out "partial"
expect 0 evalrun samples run --prompts
cp out samples.jsonl
"$BIN/tests/bin/parity" "$reference" samples.jsonl 0.02 || fail "figures differ"
n_check=$((n_check + 160))
finish
