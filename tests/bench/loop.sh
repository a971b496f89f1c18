#!/usr/bin/env bash
# Samples a second end to end without a model: data set, prompts, fake answers,
# scores, journal, report. Median of three; the CPU time stands beside it, since
# a busy machine has less of it to give.
#
#   SRC=$PWD EVALRUN=build/evalrun bash tests/bench/loop.sh [N]
. "$SRC/tests/bench/lib_many.sh" || exit 1
bench_start
n=${1:-1000000}
[ -z "${QUICK:-}" ] || n=2000
make_share
make_data "$n" data
for shots in 0 2; do
    : >measures
    for _ in 1 2 3; do
        rm -rf run
        measure "$EVALRUN" --task many --shots $shots --model fake:skill=0.7 --data-dir data \
            --out run --quiet
        printf '%s %s\n' "$seconds" "$cpu" >>measures
    done
    read -r seconds cpu < <(sort -n measures | sed -n 2p)
    say "loop.$shots-shot" "$(awk -v n="$n" -v s="$seconds" 'BEGIN { printf "%.0f", n / s }')" \
        samples/s "$n samples in $seconds s, median of 3; $cpu s of CPU"
done
for _ in 1 2 3; do
    measure "$EVALRUN" report run
    printf '%s\n' "$seconds"
done | sort -n | sed -n 2p >median
say loop.report "$(awk -v n="$n" '{ printf "%.0f", n / $1 }' median)" samples/s \
    "evalrun report over $n samples, median of 3"
