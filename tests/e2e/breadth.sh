#!/usr/bin/env bash
# ctest: labels=slow timeout=900 processors=2
# All Chinese and English tasks on tiny models of three families, the parallel ones
# on a real one too: averages per language, the gap between parallel items, and no
# failure. (SmolLM2 on all of them takes minutes: evalrun --task zh,en --sample.)
. "$SRC/tests/e2e/lib.sh" || exit 1
[ -n "${TINY_DIR:-}" ] || skip "no tiny models (built without llama.cpp)"
[ -e "${MODEL:-}" ] || skip "no test model; scripts/setup.sh gets it"
export OMP_WAIT_POLICY=passive
tiny=$TINY_DIR/qwen2.gguf,$TINY_DIR/llama.gguf,$TINY_DIR/chatglm.gguf

expect 0 evalrun --task zh,en --model "$tiny" --sample --limit 2 --quiet --out all
expect 0 evalrun --task pairs,sentiment --model "$MODEL" --sample --limit 2 --quiet --out all/smol
expect 0 evalrun report all
for text in qwen2 llama chatglm SmolLM2 "zh" "en" "belebele" "xnli" "xstorycloze" "mgsm"; do
    has out "$text"
done
expect 0 evalrun report all --format json
python3 - out <<'END' || fail "the figures"
import json, sys
report = json.load(open(sys.argv[1], encoding="utf-8"))
assert len(report["models"]) == 4, len(report["models"])
for model in report["models"]:
    small = model["model"].startswith("SmolLM2")
    for average in model["averages"]:
        assert average["low"] <= average["value"] <= average["high"], average
    assert {a["lang"] for a in model["averages"]} == {"zh", "en"}
    assert {p["pair"] for p in model["pairs"]} == {"belebele", "mgsm", "xnli", "xstorycloze"}
    for pair in model["pairs"]:
        assert pair["refused"] is None and pair["gap"]["n"] == 2, pair
        gap = (pair["only_en"] - pair["only_zh"]) / pair["gap"]["n"]
        assert abs(pair["gap"]["value"] - gap) < 1e-9, pair
    groups = {g["name"]: g for g in model["groups"]}
    whole = ("pairs", "sentiment") if small else ("zh", "en")
    for name in whole:
        assert groups[name]["n_tasks"] == groups[name]["n_tasks_of"], groups[name]
    assert not any(result["n_failed"] for result in model["results"])
END
n_check=$((n_check + 1))
expect 0 evalrun samples all --failed
n_check=$((n_check + 1))
[ -s out ] && fail "samples failed: $(head -c 300 out)"
finish
