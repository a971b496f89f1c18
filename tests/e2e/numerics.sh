#!/usr/bin/env bash
# What sharing work changes (check --numerics, --numerics N), what a run takes
# in memory (--dry-run), why an engine cannot answer, and samples as answers.
# ctest: timeout=600
. "$SRC/tests/e2e/lib.sh" || exit 1
export XDG_CACHE_HOME="$work/cache"
small=(--task cmmlu --sample --subset anatomy --shots 0 --quiet)

# hasnt FILE TEXT
hasnt() {
    n_check=$((n_check + 1))
    ! grep -qF -- "$2" "$1" || fail "$1 holds: $2"
}
# count N FILE TEXT: so many lines of the file hold the text
count() {
    n_check=$((n_check + 1))
    [ "$(grep -cF -- "$3" "$2")" = "$1" ] || fail "$2 has not $1 lines with: $3"
}

# --- what is refused
for model in fake: openai:x@http://127.0.0.1:9/v1; do
    expect 3 evalrun check --numerics --model $model "${small[@]}"
    has err "--numerics compares two ways of computing"
    expect 3 evalrun --model $model "${small[@]}" --numerics 1 --out refused
    has err "--numerics compares two ways of computing"
done
n_check=$((n_check + 1))
[ ! -e refused ] || fail "a refused run has a folder"
expect 3 evalrun check --model fake:
has err "options about a model and its task go with --numerics"
expect 3 evalrun check --numerics tasks/zh/cmmlu.json
has err "tasks/zh/cmmlu.json: --numerics takes --task and --model, and no paths"
expect 3 evalrun check --numerics --model fake: "${small[@]}" --group 65
has err "--group must be from 1 to 64"

# --- an engine that cannot: why, and the way out
echo '{"id":"anatomy/test/0","text":"A"}' >texts.jsonl
expect 3 evalrun "${small[@]}" --model answers:texts.jsonl --out cannot
has err "its file holds texts; --recipe gen asks for written answers instead"

# --- a dry run asks nobody
expect 0 evalrun "${small[@]}" --model openai:x@http://127.0.0.1:9/v1 --dry-run
has out "not opened"

# --- the samples of a run that had texts written are an answers: file
written=(--task cmmlu --recipe gen --sample --subset "anatomy,agronomy" --quiet)
expect 0 evalrun "${written[@]}" --model fake:skill=0.6,seed=1 --out runs/written
expect 0 evalrun samples runs/written
cp out written.jsonl
has out '"texts":["'
hasnt out '"logprobs"'
expect 0 evalrun "${written[@]}" --model answers:written.jsonl --out again
expect 0 evalrun samples again
sed 's/"prompt_tokens":.*//' out >a
sed 's/"prompt_tokens":.*//' written.jsonl >b
same a b "samples asked again of an answers: file"
# relative to where it was typed, wherever it is resumed
expect 0 evalrun "${written[@]}" --model replay:runs/written --out replayed
mkdir away
for run in again replayed; do
    cp $run/*.jsonl $run.lines
    sed -i '$d' $run/*.jsonl
    cd away || exit 1
    expect 0 evalrun --resume ../$run --quiet
    cd .. || exit 1
    sed 's/,"ms":[0-9]*//g' $run/*.jsonl >a
    sed 's/,"ms":[0-9]*//g' $run.lines >b
    same a b "$run, resumed from another folder"
done

# --- of several draws half must be right
cat >drawn.json <<'END'
{ "task": "drawn", "version": 1, "lang": "zh", "about": "a", "dataset": "cmmlu", "split": "test",
  "default": "drawn", "recipes": { "drawn": { "source": "written for this test",
    "average": "micro",
    "steps": [ { "name": "answer", "ask": "model", "prompt": "{{Question}}\n答案：",
      "target": "{{Answer}}", "temperature": 0.8, "draws": 4, "stop": ["\n"] } ],
    "score": [ { "use": "exact", "extract": [ { "regex": "^[A-D]$" } ] } ] } } }
END
drawn=(--task drawn.json --sample --subset anatomy --limit 2 --quiet)
cat >draws.jsonl <<'END'
{"id":"anatomy/test/0","texts":["A","B","C","D"]}
{"id":"anatomy/test/1","texts":["A","A","B","B"]}
END
expect 0 evalrun "${drawn[@]}" --model answers:draws.jsonl --out draws
expect 0 evalrun samples draws
n_check=$((n_check + 1))
grep '"id":"anatomy/test/0"' out | grep -q '"correct":false' || fail "one of four draws is correct"
gold=$(sed -n 's/.*"id":"anatomy\/test\/1","gold":"\(.\)".*/\1/p' out)
sed -i "2s/\"A\",\"A\",\"B\",\"B\"/\"$gold\",\"?\",\"$gold\",null/" draws.jsonl
expect 0 evalrun "${drawn[@]}" --model answers:draws.jsonl --out half
expect 0 evalrun samples half
has out "\"texts\":[\"$gold\",\"?\",\"$gold\",null],\"faults\":[null,null,null,\"empty\"]"
n_check=$((n_check + 1))
grep '"id":"anatomy/test/1"' out | grep -q '"correct":true' || fail "two of four draws are wrong"

if [ "${HAVE_LLAMA:-}" != 1 ] || [ -z "${MODEL:-}" ]; then finish; fi

# --- memory, before anything is loaded
expect 0 evalrun "${small[@]}" --model "$MODEL" --dry-run --ctx 1024 --kv-memory 1G
has out "weights 0.0"
has out "context 1024 tokens, 22.5 KiB each (f16); KV cache for likelihoods 0.02 GiB; budget 1.00"
expect 0 evalrun "${small[@]}" --recipe gen --model "$MODEL" --dry-run --ctx 1024 --slots 6
has out "for writing 0.2"
has out " GiB, 6 texts at once"
expect 3 evalrun "${small[@]}" --model "$MODEL" --recipe gen --dry-run --slots 64 --kv-memory 1G
has err "--slots 64"

# --- on the CPU nothing that is shared changes a bit
expect 0 evalrun check --numerics --model "$MODEL" "${small[@]}" --limit 2 --gpu-layers 0 --json
has out '"n": 2,'
has out '"equal": 2,'
has out '"flips": 0,'
has out '"flips_per_token": 0,'
has out '"max_abs": 0,'
# read as JSON by a strict reader: as a key that does not matter
echo "{\"id\":\"x\",\"text\":\"A\",\"it\":$(tr -d '\n' <out)}" >json.jsonl
expect 1 evalrun "${small[@]}" --recipe gen --model answers:json.jsonl --out json
sed -i 's/"temperature": 0.8, "draws": 4/"max_tokens": 6/' drawn.json
expect 0 evalrun check --numerics --model "$MODEL" "${drawn[@]}" --gpu-layers 0 --ctx 1024
has out "drawn, recipe drawn: --slots 1 and the default"
has out "texts equal            "
hasnt out "bits equal"
n_check=$((n_check + 1))
[ -z "$(find cache -name 'numerics-*')" ] || fail "folders are left in the cache"

# --- kept in run.json, measured once, no part of the identity
with=("${small[@]}" --model "$MODEL" --gpu-layers 0 --limit 2)
expect 0 evalrun "${with[@]}" --numerics 1 --shard 0/2 --out with
has with/run.json '"numerics": {'
has with/run.json '"n": 1,' # of the whole run, whichever shard has it
has with/run.json '"equal": 1,'
has with/run.json '"max_abs": 0,'
has out numerics
cp with/run.json then.json
sed -i '$d' with/*.jsonl
expect 0 evalrun --resume with --shard 0/2 --log=info
same with/run.json then.json "run.json after --resume"
count 1 err "decoded " # the run's engine; measuring would open two more
expect 0 evalrun "${with[@]}" --shard 1/2 --out without
hasnt without/run.json '"numerics": {'
count 1 with/run.json "$(grep '"identity"' without/run.json)"
expect 0 evalrun report with without --format csv
count 1 out ",cmmlu,"
expect 0 evalrun report with without
hasnt out "waiting"
finish
