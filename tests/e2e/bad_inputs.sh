#!/usr/bin/env bash
# A table of bad inputs: files, rows, options, models, runs. Each gets one line
# on stderr that names the thing, the place and the cure, and a non-zero exit;
# none crashes, none is silent, none leaves a run behind that looks whole.
. "$SRC/tests/e2e/lib.sh" || exit 1
n_row=0

# bad STATUS MESSAGE COMMAND...: the last line of stderr holds MESSAGE
bad() {
    local want=$1 message=$2 got=0
    shift 2
    n_row=$((n_row + 1))
    n_check=$((n_check + 1))
    "$EVALRUN" "$@" >out 2>err </dev/null || got=$?
    if [ "$got" != "$want" ]; then
        fail "row $n_row: exit status $got, not $want: $*"
        head -3 err >&2
    elif [ "$(grep -v warning: err | grep -c '^evalrun: ')" != 1 ]; then
        fail "row $n_row: one line on stderr wanted: $*"
        head -5 err >&2
    elif ! grep -qF -- "$message" err; then
        fail "row $n_row: no '$message' from: $*"
        head -3 err >&2
    fi
}

sample=(--task cmmlu --sample --model fake: --limit 1 --quiet)

# --- options
bad 3 "unknown option --modle (did you mean --model?)" --task cmmlu --modle fake:
bad 3 "--limit: 'ten' is not a whole number" "${sample[@]}" --limit ten
bad 3 "cannot be negative" "${sample[@]}" --limit -3
bad 3 "I/N is wanted" "${sample[@]}" --shard 3/3
bad 3 "I/N is wanted" "${sample[@]}" --shard 1
bad 3 "is none of text|json|csv|markdown" "${sample[@]}" --format xml
bad 3 "no --task given" --model fake:
bad 3 "no --model given" --task cmmlu --sample
bad 3 "is named twice" --task cmmlu,cmmlu --sample --model fake:
bad 3 "an empty name in the list" --task cmmlu, --sample --model fake:
bad 3 "'cmmlu' is no option" "${sample[@]}" cmmlu
bad 3 "out of range" "${sample[@]}" --threads 5000
bad 3 "a number is wanted" --task cmmlu --sample --model fake:skill=high
bad 3 "known are skill" --task cmmlu --sample --model fake:luck=1

# --- tasks and recipes
bad 3 "did you mean 'cmmlu'" --task cmmul --sample --model fake:
bad 3 "did you mean 'lm-eval'" "${sample[@]}" --recipe lm_eval
bad 2 "data import" --task cmmlu --model fake:
bad 3 "did you mean the subset 'anatomy'" "${sample[@]}" --subset anatomi
bad 2 "5" "${sample[@]}" --shots 6
recipe() { # recipe NAME SED-SCRIPT: a task file with one thing wrong
    sed -E "$2" "$SRC/tasks/en/mmlu.json" >"$1.json"
}
run() { bad 2 "$1" --task "./$2.json" --sample --model fake: --limit 1 --quiet; }
recipe set 's/"dataset": *"mmlu"/"dataset": "nowhere"/'
bad 3 "./set.json: no data set 'nowhere'" --task ./set.json --sample --model fake:
recipe key 's/"steps"/"stepps"/'
run "did you mean 'steps'" key
recipe type 's/"version": *[0-9]+/"version": "one"/'
run "version" type
recipe average 's/"average": *"[a-z]+"/"average": "mean"/'
run "average" average
recipe field 's/\{\{question/{{questoin/'
run "question" field
recipe scorer 's/"use": *"choice"/"use": "choose"/'
run "choose" scorer
recipe dataset 's/"dataset": *"mmlu"/"dataset": "mlmu"/'
bad 3 "did you mean 'mmlu'" --task ./dataset.json --sample --model fake: --quiet
recipe open 's/\{\{question\|?[a-z]*\}\}/{{question/'
run "{{" open
printf '{ "task": "x", ' >torn.json
run "torn.json" torn
printf '{ "task": "x", "task": "y" }\n' >twice.json
run "twice" twice
printf '{ "task": "\xff" }\n' >utf8.json
run "UTF-8" utf8
bad 2 "nowhere.json" --task ./nowhere.json --sample --model fake:

# --- data
new_data() { # new_data NAME: a whole little data set in upstream's layout
    rm -rf "$1"
    mkdir -p "$1/dev" "$1/test"
    for i in 0 1 2 3 4; do printf '%d,问题%d,甲,乙,丙,丁,A\n' $i $i; done |
        cat <(printf ',Question,A,B,C,D,Answer\n') - | tee "$1/dev/anatomy.csv" \
        >"$1/test/anatomy.csv"
}
import() { bad "$1" "$2" data import cmmlu "$3"; }
new_data good
expect 0 evalrun data import cmmlu good
new_data letter && sed -i 's/4,问题4,甲,乙,丙,丁,A/4,问题4,甲,乙,丙,丁,E/' letter/test/anatomy.csv
import 2 "anatomy.csv" letter
new_data column && sed -i '1s/Answer/Anwser/' column/test/anatomy.csv
import 2 "Answer" column
new_data short && sed -i '3s/,丁,A//' short/test/anatomy.csv
import 2 "anatomy.csv" short
new_data quote && sed -i '3s/问题1/"问题1/' quote/test/anatomy.csv
import 2 "anatomy.csv" quote
new_data bytes && printf '9,\xe4\xb8,a,b,c,d,A\n' >>bytes/test/anatomy.csv
import 2 "UTF-8" bytes
new_data strange && mv strange/test/anatomy.csv strange/test/anatomie.csv
import 2 "no file of split 'test'" strange
mkdir -p empty
import 2 "empty" empty
import 2 "nowhere" nowhere
printf 'PK\003\004 not a zip' >broken.zip
import 2 "broken.zip" broken.zip
tar czf whole.tar.gz good && head -c 200 whole.tar.gz >cut.tar.gz
import 2 "cut.tar.gz" cut.tar.gz
bad 3 "did you mean 'cmmlu'" data import cmlu good
EVALRUN_OFFLINE=1 bad 2 "EVALRUN_OFFLINE" data pull mmlu
# what was imported before survived all of that
expect 0 evalrun data verify cmmlu
store=$(echo "$EVALRUN_DATA"/cmmlu/test-*.jsonl.gz)
head -c 60 "$store" >cut.gz
cp cut.gz "$store"
bad 2 "broken gzip data" --task cmmlu --model fake: --quiet
bad 2 "$(basename "$store")" data verify cmmlu
expect 0 evalrun data import cmmlu good
gzip -dc "$store" | sed 's/问题1/问题一/' | gzip -n >bent.gz
cp bent.gz "$store"
bad 2 "$(basename "$store")" --task cmmlu --model fake: --quiet
bad 2 "$(basename "$store")" data verify cmmlu

# --- models
bad 3 "no model is called" --task cmmlu --sample --model quen3x-typo --quiet
bad 2 "evalrun model pull qwen2" --task cmmlu --sample --model qwen2 --quiet
if [ "${HAVE_LLAMA:-0}" = 1 ]; then
    printf 'this is no model' >no.gguf
    bad 2 "no.gguf" --task cmmlu --sample --model ./no.gguf --quiet
    bad 2 "nowhere.gguf" --task cmmlu --sample --model ./nowhere.gguf --quiet
    : >empty.gguf
    bad 2 "empty.gguf" --task cmmlu --sample --model ./empty.gguf --quiet
    if [ -n "${TINY_DIR:-}" ]; then
        head -c 100000 "$TINY_DIR/llama.gguf" >cut.gguf
        bad 2 "cut.gguf" --task cmmlu --sample --model ./cut.gguf --quiet
        bad 3 "no such chat template" --task cmmlu --sample --model "$TINY_DIR/llama.gguf" --chat \
            --template no-such-template --limit 1 --quiet
    fi
fi

# --- runs
bad 2 "no such run directory" report nowhere
bad 2 "no run.json" report empty
bad 2 "no such run directory" --resume nowhere
expect 0 evalrun "${sample[@]}" --out run --template chatml
has err "warning: plan: --template chatml changes nothing: no recipe asked applies a chat template"
expect 0 evalrun "${sample[@]}" --out chat --template chatml --chat
n_check=$((n_check + 1))
[ ! -s err ] || fail "--template with --chat warns: $(cat err)"
cp -r run torn && printf '{"format": 1' >torn/run.json
bad 2 "torn/run.json" report torn
cp -r run old && sed -i 's/"format": 1,/"format": 99,/' old/run.json
bad 2 "format 99" report old
cp -r run line && sed -i '2s/"id"/"di"/' line/cmmlu.original.0-of-1.jsonl
bad 2 "cmmlu.original.0-of-1.jsonl:2" report line
bad 2 "cmmlu.original.0-of-1.jsonl:2" --resume line --quiet
bad 2 "cmmlu.original.0-of-1.jsonl:2" samples line
bad 2 "cmmlu.original.0-of-1.jsonl:2" score line
bad 2 "is no run directory" --task cmmlu --sample --model replay:nowhere --quiet
bad 2 "cannot be" "${sample[@]}" --out /proc/no-such-place
printf 'a file' >file
bad 2 "file" "${sample[@]}" --out file

# --- runs whose answers are written
written=(--task gsm8k --sample --model fake: --limit 1 --quiet)
expect 0 evalrun "${written[@]}" --out written
bad 3 "--extract: no scorer of these runs finds answers in texts" score run --extract plain-letter
bad 2 "unknown rule set 'plain-lettr' (did you mean 'plain-letter'?)" score written --extract \
    plain-lettr
bad 3 "--extract: a value is missing" score written --extract
bad 2 "./nowhere.json: cannot be opened" score written --extract ./nowhere.json
printf '[{"regex": "(["}]' >torn-rules.json
bad 2 "./torn-rules.json: extract[0]: regex: " score written --extract ./torn-rules.json
cp -r written stat && sed -i 's/"stats":\[[01],/"stats":[/' stat/gsm8k.lm-eval.0-of-1.jsonl
bad 2 "\`evalrun score RUN\` makes them anew" report stat
rules() { # rules NAME SED-SCRIPT: gsm8k with one thing wrong
    sed -E "$2" "$SRC/tasks/en/gsm8k.json" >"$1.json"
}
rules named 's/"lm-eval-flexible"/"lm-eval-flexibel"/'
run "unknown rule set 'lm-eval-flexibel' (did you mean 'lm-eval-flexible'?)" named
rules shown 's/"exact_match"/"exactmatch"/'
run "exactmatch" shown
rules finder 's/"use": *"exact"/"use": "exakt"/'
run "exakt" finder
sed 's/"language": "python"/"language": "pyhton"/' "$SRC/tasks/en/humaneval.json" >language.json
bad 3 "no runner for this language" --task ./language.json --sample --model fake: --allow-exec
sed 's/"targets": *\["answers/"targets": ["anwsers/' "$SRC/tasks/zh/cmrc2018.json" >targets.json
run "anwsers" targets

printf '%d bad inputs\n' $n_row
[ $n_row -ge 40 ] || fail "only $n_row bad inputs"
finish
