#!/usr/bin/env bash
# ctest: labels=slow timeout=1200 processors=2
# Same bits: log-probabilities, compared as text, of one run, of the same command
# again, of 1 to 4 shards, of runs that were stopped at each of ten places and went on, and
# of one full pass per question; letters and options of several tokens; F16 and Q4_1.
. "$SRC/tests/e2e/lib.sh" || exit 1
[ -e "${MODEL:-}" ] || skip "no test model; scripts/setup.sh gets it"
[ -e "${F16:-}" ] || skip "built without llama.cpp"
export OMP_WAIT_POLICY=passive

# Options of several tokens: the same questions, their answers as text.
cat >texts.json <<'END'
{ "task": "texts", "version": 1, "lang": "en", "about": "options as text",
  "dataset": "mmlu", "split": "test", "default": "plain",
  "recipes": { "plain": { "source": "a test",
    "shots": { "n": 1, "split": "dev", "pick": "first", "same": "subset" },
    "average": "micro", "delimiter": " ",
    "steps": [ { "name": "answer", "ask": "model", "prompt": ["{{question}}", "Answer:"],
      "choices": ["{{A}}", "{{B}}", "{{C}}", "{{D}}"], "target": "{{A}}" } ],
    "score": [ { "use": "choice", "show": ["acc"] } ] } } }
END
bits() { # bits RUN: a line per sample and option
    cat "$1"/*.jsonl | awk 'match($0, /"id":"[^"]*"/) {
        id = substr($0, RSTART, RLENGTH)
        while (match($0, /"logprob":[^,]*,"tokens":[0-9]*/)) {
            print id, substr($0, RSTART, RLENGTH)
            $0 = substr($0, RSTART + RLENGTH)
        } }' | sort -u
}

check() { # check NAME MODEL TASK OPTION...
    local name=$1 model=$2 task=$3 i n lines journal
    shift 3
    run() { expect 0 evalrun --task "$task" --sample --model "$model" --quiet "$@"; }
    run "$@" --out "$name"
    bits "$name" >"$name.bits"
    lines=$(cat "$name"/*.jsonl | wc -l)
    n_check=$((n_check + 1))
    [ "$(wc -l <"$name.bits")" = $((4 * lines)) ] || fail "$name: not four options each"
    run "$@" --out "$name.again"
    bits "$name.again" >now
    same "$name.bits" now "$name: the same command twice"
    for n in 1 2 3 4; do
        for ((i = 0; i < n; i++)); do
            run "$@" --shard "$i/$n" --out "$name.of-$n"
        done
        bits "$name.of-$n" >now
        same "$name.bits" now "$name: $n shards"
    done
    journal=$(basename "$name"/*.jsonl)
    for ((i = 0; i < lines; i++)); do
        rm -rf stopped
        mkdir stopped
        cp "$name/run.json" stopped
        head -n "$i" "$name/$journal" >"stopped/$journal"
        printf '{"id":"torn' >>"stopped/$journal"
        expect 0 evalrun --resume stopped --quiet
        bits stopped >now
        same "$name.bits" now "$name: resumed after $i samples"
    done
    run "$@" --no-share --out "$name.alone"
    bits "$name.alone" >"$name.alone.bits"
}

few=(--subset "anatomy,astronomy" --limit 5)
letters=(--recipe lm-eval --shots 1)
check f16 "$F16" cmmlu "${letters[@]}" "${few[@]}"
same f16.bits f16.alone.bits "F16: one full pass per question"
check q4 "$MODEL" cmmlu "${letters[@]}" "${few[@]}"
same q4.bits q4.alone.bits "Q4_1: one full pass per question"
# Options of several tokens are exact on quantised weights: docs/engines.md.
check texts "$MODEL" texts.json "${few[@]}"
same texts.bits texts.alone.bits "Q4_1: one full pass per option"
# Groups of four have bits of their own, and always the same ones.
check group "$MODEL" cmmlu "${letters[@]}" --group 4 "${few[@]}"
finish
