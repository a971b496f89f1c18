#!/usr/bin/env bash
# Peak memory of a whole run (data, prompts, journal, report) without a model,
# and of reading it again, for 10^2, 10^4 and 10^6 samples.
#
#   SRC=$PWD EVALRUN=build/evalrun bash tests/bench/memory.sh [N...]
. "$SRC/tests/bench/lib_many.sh" || exit 1
bench_start
[ $# -gt 0 ] || set -- 100 10000 1000000
[ -z "${QUICK:-}" ] || set -- 100 10000
make_share
for n in "$@"; do
    make_data "$n" "data$n"
    measure "$EVALRUN" --task many --model fake:skill=0.7 --data-dir "data$n" --out "run$n" --quiet
    [ "$(wc -l <"run$n/many.plain.0-of-1.jsonl")" = "$n" ] || die "not $n lines in the journal"
    say "memory.run.$n" "$((peak / 1024))" MB "peak RSS of evalrun --model fake:, $n samples"
    measure "$EVALRUN" --resume "run$n" --data-dir "data$n" --quiet
    say "memory.resume.$n" "$((peak / 1024))" MB "peak RSS of --resume with nothing left to ask"
    measure "$EVALRUN" report "run$n" --by subset
    say "memory.report.$n" "$((peak / 1024))" MB "peak RSS of evalrun report"
    rm -r "data$n" "run$n"
done
