#!/usr/bin/env bash
# A run that is killed and resumed ends in the very report of one that was not:
# killed before each of 50 answers, torn in mid-line, stopped by Ctrl-C.
# ctest: timeout=600
. "$SRC/tests/e2e/lib.sh" || exit 1
ask=(--task "cmmlu,mmlu" --sample --recipe lm-eval --shots 2 --limit 4 --quiet)

expect 0 evalrun "${ask[@]}" --model fake:skill=0.6 --out whole
expect 0 evalrun report whole --format json
cp out whole.json
expect 0 evalrun report whole --by subset
cp out whole.txt
total=$(cat whole/*.jsonl | wc -l)
[ "$total" = 128 ] || fail "128 samples wanted, not $total"

# times differ between runs, nothing else may
without_times() { cat "$1"/*.jsonl | sed 's/,"ms":[0-9]*//g' | sort; }
without_times whole >whole.lines

for k in $(seq 1 50); do
    at=$((k * 5 / 2))
    rm -rf run
    expect 137 evalrun "${ask[@]}" --model "fake:skill=0.6,kill=$at" --out run
    lines=$(cat run/*.jsonl | wc -l)
    # at most the samples in flight are lost
    if [ "$lines" -lt $((at - 33)) ] || [ "$lines" -ge "$at" ]; then
        fail "killed at answer $at, $lines lines in the journal"
    fi
    expect 0 evalrun --resume run --model fake:skill=0.6 --quiet
    expect 0 evalrun report run --format json
    same out whole.json "JSON report after a kill at answer $at"
    expect 0 evalrun report run --by subset
    same out whole.txt "report after a kill at answer $at"
    without_times run >run.lines
    same run.lines whole.lines "journal after a kill at answer $at"
done

# a torn last line, wherever it was torn
size=$(stat -c %s whole/cmmlu.lm-eval.0-of-1.jsonl)
for cut in 1 7 100 1000 4321; do
    rm -rf run
    cp -r whole run
    truncate -s $((size - cut)) run/cmmlu.lm-eval.0-of-1.jsonl
    expect 0 evalrun --resume run --quiet
    expect 0 evalrun report run --format json
    same out whole.json "report after $cut bytes were torn off"
done

# Ctrl-C: a clean end, a partial table, the command that continues
rm -rf run
expect 130 evalrun "${ask[@]}" --model "fake:skill=0.6,stop=40" --out run
has err "evalrun --resume run"
expect 0 evalrun --resume run --model fake:skill=0.6 --quiet
expect 0 evalrun report run --format json
same out whole.json "report after Ctrl-C and --resume"

# what changes questions or answers is refused, by name
rm -rf run
cp -r whole run
expect 2 evalrun --resume run --shots 3 --quiet
has err "tasks[0].shots: 2 / 3"
expect 2 evalrun --resume run --model "fake:skill=0.6,seed=9" --quiet
has err "fake_seed: 0 / 9"
expect 2 evalrun --resume run --limit 5 --quiet
has err "limit: 4 / 5"
expect 2 evalrun "${ask[@]}" --model fake:skill=0.6 --out run
has err "--resume run"

# failed samples stay failed, until they are asked again
rm -rf run
expect 1 evalrun "${ask[@]}" --model "fake:skill=0.6,fail=0.2" --out run
expect 1 evalrun --resume run --quiet
failed=$(grep -c '"failed":"remote","why"' run/cmmlu.lm-eval.0-of-1.jsonl)
[ "$failed" -gt 0 ] || fail "no sample failed"
# a replay fails where the run failed, and in the same way
expect 1 evalrun "${ask[@]}" --model replay:run --out failed
without_times run >run.lines
without_times failed >failed.lines
same failed.lines run.lines "journal of a replayed run with failures"

# the answers of a stored run, without its model
expect 0 evalrun "${ask[@]}" --model replay:whole --out again
expect 0 evalrun report again --format json
sed 's/replay:whole/fake:skill=0.6/g; s/"again"/"whole"/g' out >again.json
without_times again >again.lines
same again.lines whole.lines "journal of a replayed run"
expect 1 evalrun "${ask[@]}" --shots 1 --model replay:whole --out other
has out "failed"
grep -q '"failed":"mismatch"' other/cmmlu.lm-eval.0-of-1.jsonl || fail "no mismatch noticed"

# recomputing needs no model, and finds a figure that was tampered with
expect 0 evalrun score whole
cp -r whole bent
sed -i '3s/"stats":\[[01]/"stats":[0.5/' bent/mmlu.lm-eval.0-of-1.jsonl
expect 1 evalrun score bent
finish
