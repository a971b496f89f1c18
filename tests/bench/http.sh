#!/usr/bin/env bash
# What the way over HTTP costs: 10,000 questions, 64 in flight, to the stub on
# this machine, which answers at once. Each figure is the median of three runs.
. "$SRC/tests/bench/lib.sh"
. "$SRC/tests/e2e/lib_stub.sh"
at_exit() {
    stub_stop
    rm -rf "$work"
}
rows=10000 runs=3
[ -z "${QUICK:-}" ] || rows=200 runs=1

# median COLUMN: of the runs, in the file costs
median() {
    sort -n -k "$1,$1" costs | awk -v c="$1" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'
}

# bench NAME EACH NOTE OPTION...: EACH question is so many requests
bench() {
    local name=$1 each=$2 note=$3 i
    shift 3
    : >costs
    for ((i = 0; i < runs; i++)); do
        rm -rf run
        "$BIN/tests/bin/measure" cost "$EVALRUN" --task quiz --model "$url#stub" --out run \
            --quiet --concurrency 64 "$@" >out 2>err </dev/null || { cat err >&2 && exit 1; }
        [ "$(cat run/*.jsonl | wc -l)" = "$rows" ] || { say "$name: answers are missing" && exit 1; }
        cat cost >>costs
    done
    figure "$name" "$(calc "$rows * $each / $(median 1)")" requests/s "$note"
    figure "$name.cpu" "$(calc "1000 * $(median 2) / $rows / $each")" ms/request \
        "processor time of evalrun alone, its start included"
    figure "$name.rss" "$(calc "$(median 3) / 1024")" MiB "peak of evalrun"
}

quiz_make "$rows"
stub_start chat
bench http.chat 1 "$rows questions, 64 in flight, local stub on the same machine"
bench http.draws 5 "$rows questions of 5 draws" --recipe draws
stub_stop
stub_start echo loglik=echo
bench http.letters 4 "$rows questions of 4 options scored by echo" --recipe letters
