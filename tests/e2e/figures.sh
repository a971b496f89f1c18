#!/usr/bin/env bash
# Every number of a report, computed once more in Python from run.json and the
# journals (tests/fixtures/figures.py): averages, groups, pairs, draws, published
# figures, orders of the options, texts; failed, missing and merged samples; written
# answers: labels, F1, ROUGE, BLEU, instructions, votes, programs that pass.
# ctest: timeout=600
. "$SRC/tests/e2e/lib.sh" || exit 1
bring_dictionary
command -v python3 >/dev/null || skip "python3 is not here"

# shellcheck disable=SC2317 # called by expect
figures() { python3 "$SRC/tests/fixtures/figures.py" "$@"; }
# run STATUS ARGUMENTS...: a run on the sample data
run() {
    local status=$1
    shift
    expect "$status" evalrun --sample --quiet "$@"
}
# agrees RUN...: by report, and by category and subset
agrees() {
    local by
    for by in category subset; do
        expect 0 evalrun report "$@" --format json --by $by
        cp out report.json
        expect 0 figures check report.json "$@"
        cat out
    done
}
# rescored RUN...: the same after their answers were changed
rescored() {
    expect 1 evalrun score "$@" --format json --by subset
    has err "come out differently"
    cp out report.json
    expect 0 figures check report.json "$@"
    cat out
}

# --- all tasks, two models, failures
run 0 --task zh,en,perplexity --model fake:skill=0.6 --out good
run 1 --task zh,en,perplexity --model fake:skill=0.4,seed=2,fail=0.05 --out bad
agrees good bad

# --- shards: one is missing, then all; two recipes of one task
for i in 0 2; do run 0 --task zh,en --model fake:skill=0.5 --shard $i/3 --out part; done
run 0 --task zh,en --model fake:skill=0.5 --shard 1/3 --out rest
agrees part
agrees part rest
run 0 --task cmmlu,belebele-zh,belebele-en,mmlu --recipe lm-eval --model fake:skill=0.5 --out other
agrees other part rest

# --- draws of the shots
run 0 --task mmlu,lambada --model fake:skill=0.5 --shots 2 --shots-seed 1,2,3 --limit 3 --out drawn
agrees drawn

# --- orders of the options, the questions' own texts
run 1 --task mmlu,ceval --model fake:skill=0.5,fail=0.05 --permute 3 --contamination --out turned
run 0 --task cmmlu,openbookqa --recipe opencompass-ppl --model fake:skill=0.5 --permute 4 --out whole
run 0 --task c3,arc-easy,piqa --model fake:skill=0.5 --contamination --out known
agrees turned whole known

# --- written answers that are nearly right, or another sample's: one run each
bring_language || printf 'NOT TESTED: instructions; scripts/setup.sh --language\n' >&2
while read -r task recipe; do
    file=$task.jsonl
    case $task in
    ifeval*) bring_language || continue ;;
    mgsm-*) file=mgsm.jsonl ;; # the same numbers: one row, with their pair
    esac
    run 0 --task "$task" --recipe "$recipe" --model fake:skill=1 --out "known/$task.$recipe"
    expect 0 figures mangle "known/$task.$recipe" 5
    cp out "$file"
    run 0 --task "$task" --recipe "$recipe" --model "answers:$file" --out "mangled/$task"
done <<'END'
squad1 plain
squad2 plain
drop lm-eval
triviaqa lm-eval
narrativeqa helm
cmrc2018 plain
chinese-simpleqa gen
dialogsum mean
xsum opencompass
cnn-dailymail lm-eval
lcsts char
chnsenticorp gen
emotion-zh gen
emotion-en gen
flores-zh-en plain
flores-en-zh plain
ifeval lm-eval
ifeval-zh plain
mgsm-zh cot
mgsm-en cot
gsm8k self-consistency
cmath chat
math minerva
END
agrees mangled/*
# intervals by bootstrap are those of the samples, not of the order of their lines
expect 0 evalrun report mangled --format json
cp out first.json
for journal in mangled/*/*.jsonl; do
    sort -r "$journal" >reversed
    cp reversed "$journal"
done
expect 0 evalrun report mangled --format json
same out first.json "the order of the journals' lines matters"

# --- programs: the shares of several draws
if can_isolate; then
    run 0 --task humaneval,mbpp --model fake:skill=0.6 --allow-exec --out programs
    run 0 --task humaneval --recipe simple-evals --model fake:skill=0.4 --allow-exec --limit 6 \
        --out several
    run 0 --task humaneval-x --model fake:skill=1 --allow-exec --limit 2 --out passed
    agrees programs several passed
else
    printf 'NOT TESTED: programs; apt install bubblewrap\n' >&2
fi

# --- answers that the fake engine never gives: ties, several right options or
# none, options of many bytes and no length; two scorers of one kind
for name in good turned whole known; do
    expect 0 figures stir $name 7
    expect 0 figures twice $name
done
expect 0 figures publish good
rescored good
rescored turned whole known
finish
