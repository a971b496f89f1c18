#!/usr/bin/env bash
# A real server against the linked engine: llama-server of the same llama.cpp and
# the same model file writes the same texts, through /v1/completions and through
# /v1/chat/completions, and scores letters alike or refuses to. Both use flash
# attention: left to themselves they need not agree about it, and where inputs
# are rounded to eight bits (Q4_1) that alone makes other texts of most.
# ctest: labels=slow timeout=900 processors=2
. "$SRC/tests/e2e/lib.sh" || exit 1
. "$SRC/tests/e2e/lib_server.sh" || exit 1
[ "${HAVE_LLAMA:-0}" = 1 ] || skip "built without llama.cpp"
[ -n "${MODEL:-}" ] || skip "no test model; scripts/setup.sh gets it"
[ -x "${LLAMA_SERVER:-}" ] || skip "no llama-server; scripts/setup.sh --tests builds it"
trap 'server_stop; rm -rf "$work"' EXIT
export OMP_WAIT_POLICY=passive

# --- a task of our own: twenty questions, raw and through the chat template
mkdir -p share/evaluator
cp -r "$SRC/tasks" "$SRC/datasets" share
cp -r "$SRC/evaluator/models" share/evaluator
export EVALRUN_SHARE=$work/share
cat >share/datasets/en/questions.json <<'END'
{ "dataset": "questions", "lang": "en", "about": "questions for the server test",
  "licence": "CC0-1.0", "source": "written for this test", "reader": "jsonl",
  "fields": [ { "name": "prompt", "required": true }, { "name": "answer", "required": true } ],
  "splits": [ { "name": "test", "files": "{split}.jsonl", "rows": 20 } ] }
END
step='"name": "text", "ask": "model", "prompt": "{{prompt}}", "target": "{{answer}}", "max_tokens": 48'
cat >share/tasks/en/questions.json <<END
{ "task": "questions", "version": 1, "lang": "en", "about": "questions for the server test",
  "dataset": "questions", "split": "test", "default": "raw",
  "recipes": {
    "raw": { "source": "written for this test", "average": "micro",
      "steps": [ { $step } ], "score": [ { "use": "exact" } ] },
    "chat": { "source": "written for this test", "average": "micro", "chat": true,
      "steps": [ { $step } ], "score": [ { "use": "exact" } ] } } }
END
cat >test.jsonl <<'END'
{"prompt":"The capital of France is","answer":"Paris"}
{"prompt":"Once upon a time, in a small village by the sea, there lived","answer":"a fisherman"}
{"prompt":"Question: How many legs do three spiders have together?\nAnswer:","answer":"24"}
{"prompt":"def fibonacci(n):\n    \"\"\"Return the n-th Fibonacci number.\"\"\"\n","answer":"return n"}
{"prompt":"List three reasons why people should read more books.","answer":"none"}
{"prompt":"Translate into German: The weather is beautiful today.","answer":"Das Wetter ist heute schön."}
{"prompt":"Water boils at a temperature of","answer":"100 degrees"}
{"prompt":"The moon & the \"silver\" <sea>, a short poem:\n\n","answer":"none"}
{"prompt":"北京是中国的首都，","answer":"人口众多"}
{"prompt":"问题：一年有几个季节？\n答案：","answer":"四个"}
{"prompt":"请用一句话介绍长城。","answer":"none"}
{"prompt":"机器学习是人工智能的一个分支，它","answer":"研究算法"}
{"prompt":"The largest planet of the solar system is","answer":"Jupiter"}
{"prompt":"Q: What is 12 + 30?\nA:","answer":"42"}
{"prompt":"Dear Sir or Madam,\n\nI am writing to","answer":"complain"}
{"prompt":"The three primary colours are red,","answer":"yellow and blue"}
{"prompt":"从前有一座山，山上有一座庙，","answer":"庙里有个老和尚"}
{"prompt":"水的化学式是","answer":"H2O"}
{"prompt":"To make a cup of tea, first","answer":"boil water"}
{"prompt":"世界上最高的山峰是","answer":"珠穆朗玛峰"}
END
expect 0 evalrun data import questions test.jsonl

# texts RUN: id and text of every sample; JSON's own escapes are kept. Where a
# character is cut in its middle, each program mends that in a way of its own.
mended=$(printf '\357\277\275')
texts() {
    sed -n 's/^{"id":"\([^"]*\)".*"outs":\[{"text":"\(\([^"\\]\|\\.\)*\)".*/\1\t\2/p' \
        "$1"/*.jsonl | sed "s/$mended//g" | sort
}

# compare RUN RUN: prints where they part, and sets `agree` to how many do not
compare() {
    texts "$1" >texts.1
    texts "$2" >texts.2
    [ "$(wc -l <texts.1)" = 20 ] || fail "$1 holds $(wc -l <texts.1) texts, not 20"
    join -t $'\t' texts.1 texts.2 >texts.both
    [ "$(wc -l <texts.both)" = 20 ] || fail "$1 and $2 do not hold the same samples"
    awk -F '\t' '$2 "" != $3 {
        at = 1
        while (substr($2, at, 1) == substr($3, at, 1)) at++
        printf "  %s: they part at character %d of %d\n", $1, at, length($2)
    }' texts.both
    agree=$(awk -F '\t' '$2 "" == $3' texts.both | wc -l)
    printf '%s and %s: %d of 20 texts are the same\n' "$1" "$2" "$agree"
}

# alike RUN RUN: at least nine of ten texts are; near-ties may part the others,
# since the server cuts the work into other batches.
alike() {
    n_check=$((n_check + 1))
    compare "$1" "$2"
    [ "$agree" -ge 18 ] || fail "$1 and $2: only $agree of 20 texts are the same"
}

ask=(--task questions --quiet --ctx 1024 --flash-attn on)
letters=(--task mmlu --recipe lm-eval --sample --limit 2 --quiet --flash-attn on)
[ -n "${F16:-}" ] || skip "no F16 model"
for recipe in raw chat; do
    expect 0 evalrun "${ask[@]}" --recipe $recipe --model "$F16" --out linked.$recipe
done

# begin MODEL OPTION...: a server for four requests at once
begin() {
    server_start "$@" --parallel 4 --ctx-size 4096 --flash-attn on --alias smollm2 && return
    fail "no llama-server"
    finish
}

# --- the server as it comes: its own template is put around chat messages
begin "$F16"
expect 0 evalrun "${ask[@]}" --recipe raw --model "$server_url#smollm2" --out server.raw
alike linked.raw server.raw
expect 0 evalrun "${ask[@]}" --recipe chat --model "$server_url#smollm2" --out server.chat
compare linked.chat server.chat | tail -n 1
echo "(the server's own template for this model adds a system message, the linked one does not)"

# Letters: scored as the linked engine scores them, or refused by name. Other
# batches round otherwise, which on F16 comes to 0.04 nat.
if "$EVALRUN" "${letters[@]}" --model "$server_url#smollm2" --out server.letters \
    >out 2>err </dev/null; then
    expect 0 evalrun "${letters[@]}" --model "$F16" --out linked.letters
    evalrun samples linked.letters --prompts >letters.1
    evalrun samples server.letters --prompts >letters.2
    expect 0 "$BIN/tests/bin/parity" letters.1 letters.2 0.1
    echo "letters through the server: scored; $(cat out)"
else
    has err "likelihood"
    echo "letters through the server: refused: $(head -n 1 err)"
fi
server_stop

# --- with the template of llama.cpp's C interface, chat is alike too
begin "$F16" --no-jinja
expect 0 evalrun "${ask[@]}" --recipe chat --model "$server_url#smollm2" --out plain.chat
alike linked.chat plain.chat
server_stop

# --- a quantised file
begin "$MODEL"
expect 0 evalrun "${ask[@]}" --recipe raw --model "$MODEL" --out linked.q4_1
expect 0 evalrun "${ask[@]}" --recipe raw --model "$server_url#smollm2" --out server.q4_1
alike linked.q4_1 server.q4_1
server_stop
finish
