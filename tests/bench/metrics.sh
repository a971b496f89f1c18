#!/usr/bin/env bash
# Metrics of written text beside the Python packages that they agree with, on the same
# pairs of upstream's texts: BLEU, chrF, TER, ROUGE, F1.
# shellcheck source=tests/bench/lib.sh
. "$SRC/tests/bench/lib.sh"
# shellcheck source=tests/e2e/lib_packages.sh
. "$SRC/tests/e2e/lib_packages.sh"
packages_need
needs "$SHARED/data/dialogsum" "$SHARED/data/cmrc2018" "$SHARED/data/c3"
export PYTHONDONTWRITEBYTECODE=1
"$packages_python" "$SRC/tests/bench/metrics.py" "$EVALRUN" "$SRC/tests/fixtures" "$work" \
    "$SHARED/data" ${QUICK:+quick} 2>messages || { cat messages >&2 && exit 1; }
