#!/usr/bin/env bash
# From a fresh clone to a first table of results, on Debian 12 or Ubuntu 22.04
# and later: installs what is missing, builds evalrun into build/, and runs two
# benchmarks' sample questions with a small model. A second run takes seconds.
#
#   scripts/quickstart.sh [--yes] [--dry-run] [--engine NAME]
#
#   --yes          do not ask before installing and downloading
#   --dry-run      say what would be done, and do nothing
#   --engine NAME  cpu, portable, cuda, ...: see scripts/setup.sh --help
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options=() dry_run='' engine=auto
while [ $# -gt 0 ]; do
    case $1 in
    --yes | -y) options+=(--yes) ;;
    --dry-run) options+=(--dry-run) && dry_run=1 ;;
    --engine) engine=$(argument "$@"); shift ;;
    --engine=*) engine=${1#*=} ;;
    --help | -h) usage && exit ;;
    *) die "unknown option $1; see $0 --help" ;;
    esac
    shift
done

cd "$root"
scripts/setup.sh --engine "$engine" "${options[@]}"
say "building evalrun into build/ ..."
logged build/configure.log cmake -S . -B build -DEVALRUN_TESTS=OFF \
    -DEVALRUN_ENGINE="$engine"
logged build/build.log cmake --build build -j "$(n_jobs)"
# Answers that are there already are not asked for again. A run of another
# version, which --resume refuses with its reasons, makes way for a new one.
ask=(build/evalrun --task "cmmlu,mmlu" --model smollm2 --sample)
if [ -e runs/quickstart/run.json ]; then
    run build/evalrun --resume runs/quickstart || run "${ask[@]}"
else
    run "${ask[@]}" --out runs/quickstart
fi
say "
What to try next, the real questions:
  build/evalrun data pull cmmlu
  build/evalrun --task cmmlu --model smollm2 --limit 5"
