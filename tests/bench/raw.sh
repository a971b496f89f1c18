#!/usr/bin/env bash
# llama.cpp by itself: a prompt, and 1, 4 and 16 texts at once, with and without
# flash attention and with one KV cache for all texts or one for each. It shows
# which of them suits a machine.
. "$SRC/tests/bench/lib.sh"
needs model
cat "$SRC"/docs/*.md >text
prompt=256 max=64 runs=3
[ -z "${QUICK:-}" ] || prompt=32 max=4 runs=1
name=$(basename "$MODEL" .gguf)
for flash in on off; do
    raw "raw prompt 1x512" "$MODEL" prompt 512 --text text --runs $runs --flash $flash
    for unified in on off; do
        for streams in 1 4 16; do
            raw "raw decode $streams at $prompt+$max" "$MODEL" decode $streams $prompt $max \
                --text text --runs $runs --flash $flash --unified $unified
        done
    done
done | sed "s/^raw /$name /"
