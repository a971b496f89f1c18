#!/usr/bin/env bash
# Sets this machine up, then builds and tests evalrun in four ways: with gcc,
# with clang, with the address and undefined-behaviour sanitizers, and without
# libllama. The full test run with gcc comes last, and its count ends the output.
#
#   scripts/test.sh [--yes] [--quick] [--engine NAME]
#
#   --yes          do not ask before installing and downloading
#   --quick        only the build with gcc, and all its tests
#   --engine NAME  cpu, portable, cuda, ...: see scripts/setup.sh --help
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options=() quick='' engine=auto
while [ $# -gt 0 ]; do
    case $1 in
    --yes | -y) options+=(--yes) ;;
    --quick) quick=1 ;;
    --engine) engine=$(argument "$@"); shift ;;
    --engine=*) engine=${1#*=} ;;
    --help | -h) usage && exit ;;
    *) die "unknown option $1; see $0 --help" ;;
    esac
    shift
done

# build FOLDER OPTION...: configures and builds, every warning an error.
build() {
    local folder=$1
    shift
    say "== $folder"
    logged "$folder/configure.log" cmake -S . -B "$folder" \
        -DEVALRUN_WERROR=ON -DEVALRUN_ENGINE="$engine" "$@"
    logged "$folder/build.log" cmake --build "$folder" -j "$(n_jobs)"
}

# check FOLDER OPTION...: runs its tests.
check() {
    local folder=$1
    shift
    ctest --test-dir "$folder" --output-on-failure --no-tests=error \
        --no-label-summary -j "$(n_jobs)" "$@"
}

cd "$root"
scripts/setup.sh --tests --engine "$engine" "${options[@]}"
if have npm; then
    scripts/setup.sh --parquet --engine "$engine" "${options[@]}" ||
        say "no DuckDB: the tests of Parquet files are skipped"
fi
scripts/setup.sh --jieba --engine "$engine" "${options[@]}" ||
    say "no jieba: the metrics over its words are not tested"
scripts/setup.sh --language --engine "$engine" "${options[@]}" ||
    say "no langdetect, no Punkt: instructions are not tested"
for what in model vocab server; do # without them tests would be skipped
    [ -e "$(scripts/setup.sh --where $what)" ] || die "set-up made no $what"
done

build build-gcc -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++
check build-gcc -L lint
if [ -z "$quick" ]; then
    build build-clang -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++
    check build-clang -LE 'slow|e2e|lint|fixture'
    build build-nollama -DCMAKE_C_COMPILER=gcc -DEVALRUN_LLAMA=OFF
    check build-nollama -LE 'slow|lint|fixture'
    build build-sanitize -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ \
        -DEVALRUN_SANITIZE=address,undefined
    check build-sanitize -LE 'slow|lint|fixture'
fi
say "== build-gcc: all tests"
check build-gcc
