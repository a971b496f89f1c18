#!/usr/bin/env bash
# The same CMMLU questions as lm-evaluation-harness asks them: its own building of
# requests, one full pass for each over llama.cpp through llama-cpp-python, nothing
# shared. Seconds a question, beside evalrun's. Installs both packages, once, into
# a virtual environment in the cache, which takes some ten minutes; runs only when
# it is named: scripts/bench.sh lm_eval
. "$SRC/tests/bench/lib.sh"
needs f16 python3 "$SHARED/data/cmmlu"
# shellcheck source=scripts/lib.sh
. "$SRC/scripts/lib.sh"
# shellcheck source=scripts/downloads.sh
. "$SRC/scripts/downloads.sh"
# shellcheck source=scripts/engine.sh
. "$SRC/scripts/engine.sh"
harness=0.4.13
n=20
[ -z "${QUICK:-}" ] || n=1

venv=$cache/lm-eval-$harness-$engine_version
if [ ! -e "$venv/whole" ]; then
    rm -rf "$venv"
    logged "$cache/lm-eval.log" python3 -m venv "$venv"
    download "$engine_file" "$engine_pin" "$engine_sha"
    say "installing lm_eval $harness and building llama-cpp-python $engine_version ..."
    logged "$cache/lm-eval.log" "$venv/bin/pip" install --disable-pip-version-check \
        "lm_eval==$harness"
    flags=$(engine_flags) # the same compiler flags as the linked engine's
    CMAKE_ARGS="-DLLAVA_BUILD=OFF" CMAKE_BUILD_PARALLEL_LEVEL=$(n_jobs) \
        CFLAGS="${CFLAGS:-} $flags" CXXFLAGS="${CXXFLAGS:-} $flags" \
        logged "$cache/lm-eval-build.log" "$venv/bin/pip" install \
        --disable-pip-version-check "$cache/downloads/$engine_file"
    touch "$venv/whole"
fi

"$EVALRUN" data import cmmlu "$SHARED/data/cmmlu" >import.txt 2>&1
ask=(--task cmmlu --recipe lm-eval --shots 5 --subset anatomy --model "$F16" --ctx 4096 --limit "$n")
asked evalrun "${ask[@]}"
ours=$(calc "$(total ms evalrun) / 1000 / $n")
"$EVALRUN" samples evalrun --prompts >samples.jsonl

cat "$SHARED"/data/cmmlu/test/anatomy.csv >text
raw "raw prompt 1x512" "$F16" prompt 512 --text text
used=$(sed -n 's/.* \([0-9]*\) threads,.*/\1/p' raw.tsv) # as many as the linked engine takes

"$venv/bin/python" "$SRC/tests/bench/lm_eval_inprocess.py" --model "$F16" --subject anatomy \
    --data "$SHARED/data/cmmlu" --limit $n --threads "$used" --check samples.jsonl \
    >lm_eval.tsv 2>lm_eval.log || { cat lm_eval.log >&2 && exit 1; }
cat lm_eval.tsv
theirs=$(awk -F '\t' '$1 == "lm-eval question" { print $2 }' lm_eval.tsv)
figure "evalrun question" "$ours" s "the same $n questions, engine time"
figure "evalrun faster by" "$(calc "$theirs / $ours")" times
