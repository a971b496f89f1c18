#!/usr/bin/env bash
# Builds evalrun and measures it: tests/bench/NAME.sh, all of them or those named.
# Prints a table, and writes the figures as a TSV file. docs/performance.md says
# what each measures.
#
#   scripts/bench.sh [OPTION...] [NAME...]
#
#   --out DIR      where the TSV file goes (default: bench-results beside the
#                  repository)
#   --build DIR    build there (default: build-bench)
#   --engine NAME  cpu, portable, cuda, ...: see scripts/setup.sh --help
#   --threads N    threads of the linked engine and of llama.cpp by itself
#                  (default: each one's own choice, the physical cores)
#   --model FILE   GGUF file of raw and generation (default: SmolLM2 as Q4_1); the
#                  others use that one as F16
#   --quick        a few questions each, to see that all of it works; the figures
#                  mean nothing
#   --list         only name the benchmarks
#
# Times mean something only on a machine that does nothing else; a load above
# that is warned of. lm_eval takes minutes to install and runs only when named.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

out='' folder=build-bench engine=auto threads='' model='' quick='' list='' names=()
while [ $# -gt 0 ]; do
    case $1 in
    --out) out=$(argument "$@"); shift ;;
    --out=*) out=${1#*=} ;;
    --build) folder=$(argument "$@"); shift ;;
    --build=*) folder=${1#*=} ;;
    --engine) engine=$(argument "$@"); shift ;;
    --engine=*) engine=${1#*=} ;;
    --threads) threads=$(argument "$@"); shift ;;
    --threads=*) threads=${1#*=} ;;
    --model) model=$(argument "$@"); shift ;;
    --model=*) model=${1#*=} ;;
    --quick) quick=1 ;;
    --list) list=1 ;;
    --help | -h) usage && exit ;;
    -*) die "unknown option $1; see $0 --help" ;;
    *) names+=("$1") ;;
    esac
    shift
done

# all_names: every benchmark; lib* are only sourced.
all_names() {
    local script
    for script in "$root"/tests/bench/*.sh; do
        script=$(basename "$script" .sh)
        [[ $script == lib* ]] || echo "$script"
    done
}
[ -z "$list" ] || { all_names && exit; }
for name in "${names[@]}"; do
    [ -e "$root/tests/bench/$name.sh" ] ||
        die "no benchmark '$name'; there are: $(all_names | tr '\n' ' ')"
done
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(all_names | grep -vx lm_eval)
out=$(realpath -m "${out:-$root/../bench-results}")
folder=$(cd "$root" && realpath -m "$folder")

# warn_if_busy WHEN
warn_if_busy() {
    local load
    load=$(cut -d ' ' -f 1 /proc/loadavg 2>/dev/null || echo 0)
    ! awk "BEGIN { exit !($load > 0.3 * $(n_jobs)) }" ||
        say "warning: $1 the load is $load on $(n_jobs) processors; the times are not to be trusted"
}

# describe: what describes this machine and build, as figures.
describe() {
    local cpu
    cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
    printf 'machine\t%s\t%s\n' "$(n_jobs) processors" "${cpu:-$(uname -m)}, $(uname -sr)"
    printf 'version\t%s\t%s\n' "$("$EVALRUN" --version | tr '\n' ' ')" \
        "$(git -C "$root" describe --always --dirty 2>/dev/null || echo 'no git')"
}

say "building in $folder ..."
logged "$folder/configure.log" cmake -S "$root" -B "$folder" \
    -DCMAKE_BUILD_TYPE=Release -DEVALRUN_ENGINE="$engine"
logged "$folder/build.log" cmake --build "$folder" --target bench -j "$(n_jobs)"

export SRC=$root BIN=$folder SHARED=${SHARED:-$root/../shared} EVALRUN=$folder/evalrun
export EVALRUN_SHARE=$root LC_ALL=C.UTF-8 NO_COLOR=1 THREADS=$threads QUICK=$quick
MODEL=${model:-$("$root/scripts/setup.sh" --where model)}
LLAMA_SERVER=$("$root/scripts/setup.sh" --engine "$engine" --where server)
F16=$folder/tests/SmolLM2-135M-Instruct.F16.gguf
export MODEL LLAMA_SERVER F16

[ -e "$MODEL" ] || die "$MODEL: no such model; scripts/setup.sh gets the default one"
MODEL=$(realpath "$MODEL")
[ ! -x "$folder/tests/bin/requantize" ] || "$folder/tests/bin/requantize" \
    "$("$root/scripts/setup.sh" --where model)" "$F16"

warn_if_busy "before the benchmarks"
mkdir -p "$out"
tsv=$out/$(date +%Y-%m-%d-%H%M%S).tsv
describe >"$tsv"
failed=0
for name in "${names[@]}"; do
    say "== $name"
    status=0
    bash "$root/tests/bench/$name.sh" >"$tsv.part" || status=$?
    case $status in
    0) ;;
    77) printf '%s\tskipped\n' "$name" >>"$tsv" ;;
    *)
        say "failed with status $status: $name"
        printf '%s\tfailed\n' "$name" >>"$tsv"
        failed=1
        ;;
    esac
    sed "s/^/$name: /" "$tsv.part" >>"$tsv"
    rm "$tsv.part"
done
awk -F '\t' '{ printf "%-44s %12s %-9s %s\n", $1, $2, $3, $4 }' "$tsv"
say "written to $tsv"
exit $failed
