#!/usr/bin/env bash
# The shipped rule sets `lm-eval-*` beside lm-evaluation-harness's own filters, which read
# their patterns from its task files: over every text of tests/cases/rules, and over
# random texts made of their pieces. Installs the harness into a virtual environment in
# the cache, which takes some minutes; run by hand, not by ctest:
#
#   tests/parity/rules.sh [PATH OF evalrun]     (default: build/evalrun)
set -euo pipefail
SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/lm_eval.sh
. "$SRC/scripts/lm_eval.sh"
evalrun=$(realpath "${1:-$SRC/build/evalrun}")
[ -x "$evalrun" ] || die "$evalrun: no such program; build it, or give its path"
lm_eval_install harness
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export EVALRUN_SHARE=$SRC
"$lm_eval_python" "$SRC/tests/parity/rules.py" --evalrun "$evalrun" --share "$SRC" \
    --work "$work"
