#!/usr/bin/env bash
# What `cmake --install` puts in place works from any directory, without the
# source tree: program, task files, catalogs, sample data, man page, completions.
. "$SRC/tests/e2e/lib.sh" || exit 1
unset EVALRUN_SHARE
expect 0 cmake --install "$BIN" --prefix "$work/usr"
for file in bin/evalrun share/evalrun/tasks/zh/cmmlu.json share/evalrun/datasets/en/mmlu.json \
    share/evalrun/datasets/sample/cmmlu.test.jsonl.gz share/evalrun/evaluator/models/qwen.json \
    share/man/man1/evalrun.1 share/doc/evalrun/LICENSE \
    share/bash-completion/completions/evalrun share/zsh/site-functions/_evalrun \
    share/fish/vendor_completions.d/evalrun.fish; do
    n_check=$((n_check + 1))
    [ -s "usr/$file" ] || fail "not installed: $file"
done

mkdir -p elsewhere/deep
cd elsewhere/deep || exit 1
EVALRUN=$work/usr/bin/evalrun
expect 0 evalrun --task cmmlu,mmlu --sample --model fake: --limit 1 --quiet --out run
has out "sample"
# it is the installed files that are read, not the sources: one more task there
sed 's/"task": "mmlu"/"task": "planted"/' "$work/usr/share/evalrun/tasks/en/mmlu.json" \
    >"$work/usr/share/evalrun/tasks/en/planted.json"
expect 0 evalrun list tasks
has out "planted"
expect 0 env PATH="$work/usr/bin:$PATH" evalrun check
cd "$work" || exit 1
finish
