#!/usr/bin/env bash
# Recipes that have text written: figures, formats, resuming, scoring again,
# samples, show, and wrong task files.
. "$SRC/tests/e2e/lib.sh" || exit 1
ask=(--task "cmmlu,mmlu" --recipe gen --sample --quiet)
knows=fake:skill=0.6,seed=1

# figure FILE TASK METRIC LOW HIGH: the CSV's figure over all lies between
figure() {
    n_check=$((n_check + 1))
    awk -F, -v task="$2" -v metric="$3" -v low="$4" -v high="$5" '
        { sub(/^"[^"]*"/, "m") }
        $3 == task && $8 == "all" && $10 == metric { n++; ok = $12 >= low && $12 <= high }
        END { exit !(n == 1 && ok) }' "$1" && return 0
    fail "$2 $3 is not from $4 to $5 in $1"
    grep ",$2,.*,all,.*,$3," "$1" >&2
}

# --- what the fake engine knows is what is found
expect 0 evalrun "${ask[@]}" --model "$knows" --out whole
expect 0 evalrun report whole --format csv
cp out whole.csv
for task in cmmlu mmlu; do
    figure whole.csv $task exact_match 0.5 0.7
    figure whole.csv $task extracted 0.5 0.7
done
expect 0 evalrun report whole
has out "gen 5-shot chat"
expect 0 evalrun report whole --format json
has out '"metric": "exact_match"'
has out '"metric": "extracted"'
expect 0 evalrun report whole --format markdown
has out "gen 5-shot chat"

# --- scored again from the stored texts, and interrupted
expect 0 evalrun score whole --format csv
same out whole.csv "scored again, the figures differ"
# times differ between runs, nothing else may
without_times() { cat "$1"/*.jsonl | sed 's/,"ms":[0-9]*//g' | sort; }
without_times whole >whole.lines
expect 137 evalrun "${ask[@]}" --model "$knows,kill=37" --out part
expect 0 evalrun --resume part --model "$knows" --quiet
without_times part >part.lines
same part.lines whole.lines "interrupted, the journals differ"
expect 0 evalrun report part --format csv
same out whole.csv "interrupted, the figures differ"
expect 0 evalrun "${ask[@]}" --model replay:whole --out again
expect 0 evalrun report again --format csv
n_check=$((n_check + 1))
[ "$(grep -c ',exact_match,' out)" = 2 ] || fail "replayed, the figures are not there"
without_times again >again.lines
same again.lines whole.lines "replayed, the journals differ"
# every stored figure is one that the stored texts give
sed -i '3s/"stats":\[[01],/"stats":[0.5,/' again/cmmlu.gen.0-of-1.jsonl
expect 1 evalrun score again
has err "exact: exact: stored 0.5"

# --- what is stored, and what is asked
expect 0 evalrun samples whole
has out '"gold":"D","prediction":"D","correct":true'
has out '"prediction":null,"correct":false'
expect 0 evalrun show cmmlu --recipe gen --shots 1 --sample
has out "text of at most 256 tokens, the likeliest token always, through the chat template"
has out "===== model"
has out 'right answer  "D"'
expect 0 evalrun show mmlu --recipe gen --sample --json
has out '"ask":"text"'
has out '"continuations":[]'
has out '"target":["'

# --- of several steps, the one that the first scorer is about
expect 0 evalrun --task squad2 --sample --quiet --limit 2 --model fake:skill=1 --out asked
expect 0 evalrun samples asked
has out '"prediction":"38 metres","correct":true'
n_check=$((n_check + 1))
[ "$(grep -c '"gold":\[.*"texts":\["' out)" = 2 ] || fail "the texts and right answers are not there"

# --- a task of one's own: draws, a document, rules
cat >own.json <<'END'
{ "task": "own", "version": 1, "lang": "zh", "about": "a", "dataset": "cmmlu", "split": "test",
  "default": "drawn", "recipes": { "drawn": { "source": "written for this test",
    "average": "micro",
    "steps": [ { "name": "answer", "ask": "model", "context": "材料：{{A}}\n",
      "prompt": "{{Question}}\n答案：", "target": "{{Answer}}", "temperature": 0.8,
      "draws": 4, "stop": ["\n"] } ],
    "score": [ { "use": "exact", "extract": [ { "regex": "^[A-D]$" } ] } ] } } }
END
expect 0 evalrun check ./own.json
expect 0 evalrun --task ./own.json --sample --quiet --model fake:skill=0.6,seed=1 --out own
expect 0 evalrun report own --format csv
figure out own exact_match 0.5 0.7
has own/own.drawn.0-of-1.jsonl '"outs":[{"text":"'
expect 0 evalrun --task ./own.json --sample --quiet --model fake:skill=0.6,seed=1 --seed 7 --out seven
questions() { grep -o '"question":"[0-9a-f]*"' "$1"/own.*.jsonl | sort; }
n_check=$((n_check + 1))
questions own >a
questions seven >b
if [ ! -s a ] || cmp -s a b; then
    fail "another seed draws the same"
fi
expect 0 evalrun show ./own.json --sample --json
has out '"piece":"context"'
expect 0 evalrun show ./own.json --sample
has out "temperature 0.8, 4 draws"
has out 'stops at  "\n"'

# wrong FROM TO MESSAGE: the task file with one text replaced
wrong() {
    sed "s/$1/$2/" own.json >bad.json
    expect 2 evalrun check ./bad.json
    cat err >>out
    has out "$3"
}
wrong '"\^\[A-D\]\$"' '"答案是(A"' \
    'recipes.drawn.score[0]: extract[0]: regex: at byte 11: missing closing parenthesis'
wrong '"temperature": 0.8,' '' \
    'recipes.drawn.steps[0].draws: does nothing at temperature 0, where every draw is the same'
wrong '"draws": 4' '"choices": ["A"]' \
    'recipes.drawn.steps[0].stop: goes with a step that writes text, and this one has choices'
wrong '"exact"' '"choice", "norm": "none"' "unknown key 'extract'"
finish
