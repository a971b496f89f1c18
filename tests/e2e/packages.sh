#!/usr/bin/env bash
# BLEU, chrF and TER beside sacrebleu: the same figures, lines, tokens and signatures.
# ctest: labels=slow timeout=900
# shellcheck source=tests/e2e/lib_packages.sh
. "$SRC/tests/e2e/lib_packages.sh"
# shellcheck source=tests/e2e/lib.sh
. "$SRC/tests/e2e/lib.sh"
packages_need
export PYTHONDONTWRITEBYTECODE=1

expect 0 "$packages_python" "$SRC/tests/fixtures/packages_sacrebleu.py" "$EVALRUN" \
    "$BIN/tests/bin/text_tokens" "$work" "$SHARED/data"
cat out
grep -E 'FAILED|SKIPPED' err >&2

# The recorded vectors are still what the package says.
expect 0 "$packages_python" "$SRC/tests/fixtures/sacrebleu_vectors.py" vectors
same vectors "$SRC/tests/cases/sacrebleu.jsonl" "tests/cases/sacrebleu.jsonl is not what sacrebleu makes"
finish
