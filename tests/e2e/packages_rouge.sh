#!/usr/bin/env bash
# ROUGE and Chinese words beside rouge-score, rouge-chinese and jieba: the same values
# and the same words, in less time. ctest: labels=slow timeout=900
# shellcheck source=tests/e2e/lib_packages.sh
. "$SRC/tests/e2e/lib_packages.sh"
# shellcheck source=tests/e2e/lib.sh
. "$SRC/tests/e2e/lib.sh"
packages_need
export PYTHONDONTWRITEBYTECODE=1
program=$BIN/tests/bin/scorers.test_segmenter
jieba=$("$packages_python" -c 'import jieba; print(jieba.__path__[0])')

# The program finds the files where setup.sh would leave them.
export XDG_CACHE_HOME=$work/cache
mkdir -p "$XDG_CACHE_HOME/evalrun"
ln -s "$jieba" "$XDG_CACHE_HOME/evalrun/jieba-0.42.1"

expect 0 "$packages_python" "$SRC/tests/fixtures/packages_rouge.py" "$EVALRUN" "$program" \
    "$jieba" "$work" "$SHARED/data"
cat out
grep -v DeprecationWarning err | tail -5

# The recorded vectors are still what the packages say.
mkdir cases
expect 0 "$packages_python" "$SRC/tests/fixtures/rouge_vectors.py" cases
for name in segment.jsonl porter.txt rouge.jsonl jieba/dict.txt jieba/finalseg/prob_emit.py; do
    same "cases/$name" "$SRC/tests/cases/$name" "tests/cases/$name is not what the packages make"
done
finish
