#!/usr/bin/env bash
# ctest: labels=slow timeout=600 processors=2
# A real model on tasks that have text written: each ends, is reported in every format,
# is scored again to the same bytes, and by other rules beside its own; what it
# answered twice is the same. (All tasks so: evalrun --task NAMES --sample --limit 2.)
. "$SRC/tests/e2e/lib.sh" || exit 1
[ "${HAVE_LLAMA:-0}" = 1 ] || skip "built without llama.cpp"
[ -e "${MODEL:-}" ] || skip "no test model; scripts/setup.sh gets it"
export OMP_WAIT_POLICY=passive
tasks=agieval-en-cloze,cmrc2018,dialogsum,emotion-en,flores-en-zh,gsm8k,squad1,squad2,triviaqa
programs=()
if can_isolate; then
    tasks=$tasks,humaneval,mbpp
    programs=(--allow-exec)
else
    printf 'NOT TESTED: programs; apt install bubblewrap\n' >&2
fi
ask=(--sample --limit 2 --quiet --model "$MODEL" "${programs[@]}")

expect 0 evalrun "${ask[@]}" --task "$tasks" --out all
expect 0 evalrun samples all --failed
n_check=$((n_check + 1))
[ -s out ] && fail "samples failed: $(head -c 300 out)"

# --- every format, scored again to the same bytes
for format in text json csv markdown; do
    expect 0 evalrun report all --format $format
    for task in ${tasks//,/ }; do
        has out "$task"
    done
    cp out reported
    expect 0 evalrun score all --format $format
    same out reported "$format: scored again, the figures differ"
done
expect 0 evalrun report all --lang zh
has out "答案的提取（按规则）"
expect 0 evalrun samples all
n_check=$((n_check + 1))
[ "$(grep -c '"texts":\[' out)" -ge 22 ] || fail "$(grep -c . out) samples have texts"

# --- the same questions by themselves: the same answers
expect 0 evalrun "${ask[@]}" --task cmrc2018 --out alone
texts() { grep -o '"outs":\[.*\]' "$1"/cmrc2018.*.jsonl | sed 's/,"ms":[0-9.]*//g'; }
texts all >one
texts alone >two
n_check=$((n_check + 1))
[ -s one ] || fail "there are no texts"
same one two "asked alone, the texts differ"

# --- one run by two sets of rules: both figures, both ledgers
expect 0 evalrun "${ask[@]}" --task gsm8k --out rules
expect 0 evalrun score rules --extract plain-number
for text in "stored" "plain-number" "exact_match" "last number"; do
    has out "$text"
done
expect 0 evalrun score rules --extract plain-number --json
n_check=$((n_check + 1))
python3 - out <<'END' || fail "not both figures with their ledgers"
import json, sys
both = json.load(open(sys.argv[1], encoding="utf-8"))
for report in both["stored"], both["extract"]["report"]:
    result, = report["models"][0]["results"]
    assert result["n"] == 2 and 0 <= result["value"] <= 1, result
    for ledger in result["ledger"]:
        found = sum(rule["n"] for rule in ledger["rules"])
        assert found + ledger["none"] == ledger["n"] == 2, ledger
END
finish
