#!/usr/bin/env bash
# Qwen, Llama and ChatGLM side by side: the whole flow on tiny models of their
# architectures with real tokenizers, plain and with their chat templates.
# ctest: timeout=600
. "$SRC/tests/e2e/lib.sh" || exit 1
[ -n "${TINY_DIR:-}" ] || skip "no tiny models (built without llama.cpp)"
models=$TINY_DIR/qwen2.gguf,$TINY_DIR/llama.gguf,$TINY_DIR/chatglm.gguf

expect 0 evalrun --task cmmlu,mmlu --sample --model "$models" --shots 2 --limit 2 --out plain \
    --quiet
for name in qwen2 llama chatglm; do
    has out "$name"
    has plain/$name/run.json "\"architecture\": \"$name\""
done
cp out table
has table "cmmlu"
has table "mmlu"
has table "zh"
has table "en"
has table "sample"
expect 0 evalrun report plain/qwen2 plain/llama plain/chatglm
same out table "the table at the end and by report"

expect 0 evalrun --task cmmlu --sample --model "$models" --chat --limit 1 --out chat --quiet
for name in qwen2 llama chatglm; do
    has chat/$name/run.json '"chat": true'
done
n_check=$((n_check + 1))
for name in qwen2 llama chatglm; do
    a=$(grep -o '"logprob":[^,]*' plain/$name/cmmlu.original.0-of-1.jsonl | head -1)
    b=$(grep -o '"logprob":[^,]*' chat/$name/cmmlu.original.0-of-1.jsonl | head -1)
    [ "$a" != "$b" ] || fail "$name: the chat template changed nothing"
done

# the same bits: twice, alone, sharded, with one thread
expect 0 evalrun --task cmmlu --sample --model "$TINY_DIR/qwen2.gguf" --limit 2 --out a --quiet
expect 0 evalrun --task cmmlu --sample --model "$TINY_DIR/qwen2.gguf" --limit 2 --out b --quiet \
    --threads 1
expect 0 evalrun --task cmmlu --sample --model "$TINY_DIR/qwen2.gguf" --limit 2 --out c --quiet \
    --shard 1/2
logprobs() { sed 's/,"ms":[0-9]*//' "$1"/*.jsonl | sort; }
logprobs a >a.txt
logprobs b >b.txt
same a.txt b.txt "one thread against two"
logprobs c >c.txt
n_check=$((n_check + 1))
[ "$(comm -13 a.txt c.txt | wc -l)" = 0 ] || fail "a shard has other bits"

# the model sees what show says it sees
expect 0 evalrun show cmmlu --sample --subset anatomy --index 1 --model "$TINY_DIR/llama.gguf"
has out "答案是："
finish
