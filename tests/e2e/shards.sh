#!/usr/bin/env bash
# Shards 0/3, 1/3 and 2/3 together are the unsharded run; two writers on one
# shard are one too many; whatever is cut up asks the same questions.
. "$SRC/tests/e2e/lib.sh" || exit 1
ask=(--task "cmmlu,mmlu" --sample --quiet --model fake:skill=0.5)

expect 0 evalrun "${ask[@]}" --out whole
for format in text json csv markdown; do
    expect 0 evalrun report whole --format $format
    cp out whole.$format
done

# in three directories
for i in 0 1 2; do
    expect 0 evalrun "${ask[@]}" --shard $i/3 --out part$i
done
for format in text json csv markdown; do
    expect 0 evalrun report part2 part0 part1 --format $format
    same out whole.$format "three directories, $format"
done

# in one directory, at the same time
for i in 0 1 2; do
    "$EVALRUN" "${ask[@]}" --shard $i/3 --out together >out.$i 2>err.$i </dev/null &
done
wait
expect 0 evalrun report together --format json
same out whole.json "three processes, one directory"

# an unfinished set of shards says so
expect 0 evalrun report part0 part1
n_check=$((n_check + 1))
cmp -s out whole.text && fail "two of three shards look like all"

# the same questions, in whatever pieces
questions() { cat "$@" | grep -o '"question":"[0-9a-f]*"' | sort; }
questions whole/*.jsonl >a
questions part?/*.jsonl >b
same a b "questions of the shards"
expect 0 evalrun "${ask[@]}" --limit 3 --out few
questions few/*.jsonl >b
n_check=$((n_check + 1))
[ "$(comm -13 a b | wc -l)" = 0 ] || fail "--limit asks other questions"

# two writers on one shard: the second is refused, the first is unharmed
"$EVALRUN" --task cmmlu --sample --quiet --model fake:slow=20 --limit 2 --out slow \
    >out.slow 2>err.slow </dev/null &
first=$!
for _ in $(seq 100); do
    [ -s slow/cmmlu.original.0-of-1.jsonl ] && break
    sleep 0.05
done
expect 2 evalrun --resume slow --model fake:slow=20 --quiet
has err "is being written by another process"
wait $first || fail "the first writer came to harm"

# shards that do not fit together
expect 2 evalrun "${ask[@]}" --resume part0 --shard 1/4
has err "other shards"
finish
