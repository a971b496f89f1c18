#!/usr/bin/env bash
# Memory does not grow with the data: a run of 50,000 samples, its resumption and
# its report stay under 64 MB and near those of 10,000 (tests/bench/memory.sh goes
# up to 10^6). Sanitizers take memory of their own: there only the figures count.
# ctest: timeout=600
. "$SRC/tests/e2e/lib.sh" || exit 1
. "$SRC/tests/bench/lib_many.sh" || exit 1
[ -x /usr/bin/time ] || skip "no /usr/bin/time to measure memory with"
sanitized=no
nm "$EVALRUN" 2>/dev/null | grep -qE '__(a|t|m)san_init' && sanitized=yes
make_share
declare -A peaks

# run NAME COMMAND...: its output in out; its peak memory in kB under this name
run() {
    local name=$1 got=0
    shift
    n_check=$((n_check + 1))
    /usr/bin/time -o measured -f %M "$@" >out 2>err </dev/null || got=$?
    [ "$got" = 0 ] || fail "exit status $got, of: $*"
    peaks[$name]=$(tail -1 measured)
}

for n in 10000 50000; do
    make_data "$n" "data$n"
    ask=(--task many --data-dir "data$n" --quiet)
    run run$n "$EVALRUN" "${ask[@]}" --model fake:skill=0.7 --out run$n
    run report$n "$EVALRUN" report run$n --format json --by subset
    cp out whole.json
    has out "\"n_done\": $n,"
    # killed in the middle and resumed: the same figures
    expect 137 evalrun "${ask[@]}" --model fake:skill=0.7,kill=$((n * 3 / 5)) --out cut$n
    run resume$n "$EVALRUN" --resume cut$n --model fake:skill=0.7 --data-dir data$n --quiet
    expect 0 evalrun report cut$n --format json --by subset
    same out whole.json "report of $n samples after a kill"
done

[ $sanitized = no ] || finish
for what in run report resume; do
    small=${peaks[${what}10000]} large=${peaks[${what}50000]}
    printf '%s: %s kB for 10,000 samples, %s kB for 50,000\n' $what "$small" "$large"
    n_check=$((n_check + 2))
    [ "$large" -le 65536 ] || fail "$what: $large kB for 50,000 samples"
    [ $((large - small)) -lt 10240 ] || fail "$what: $small kB grew to $large kB"
done
finish
