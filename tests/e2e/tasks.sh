#!/usr/bin/env bash
# Every shipped task in every recipe: listed, shown, checked and run on the sample
# data with the fake engine; groups; options in other orders, drawn examples and
# the likelihood of the questions' own texts.
# ctest: timeout=600
. "$SRC/tests/e2e/lib.sh" || exit 1

# Names that scripts rely on.
names="ceval agieval-zh agieval-en c3 mmlu-pro arc-easy arc-challenge hellaswag winogrande
truthfulqa-mc1 truthfulqa-mc2 boolq piqa openbookqa lambada bbh chnsenticorp eprstmt sst2
belebele-zh belebele-en xnli-zh xnli-en xcopa-zh xstorycloze-zh xstorycloze-en ppl-zh ppl-en
ocnli cmnli afqmc cluewsc chid cmmlu mmlu
gsm8k mgsm-zh mgsm-en math humaneval humaneval-x mbpp cmrc2018 drcd squad2 lcsts cnn-dailymail
xsum xlsum-zh xlsum-en dialogsum csds flores-zh-en flores-en-zh ifeval"

expect 0 evalrun list tasks --names
cp out listed
for name in $names; do
    n_check=$((n_check + 1))
    grep -qx "$name" listed || fail "$name is not listed"
done
expect 0 evalrun check
n_check=$((n_check + 1))
grep -q '^bad' out && fail "evalrun check: $(grep '^bad' out)"

# --- every recipe: shown, run, reported again from its journal to the same bytes
lacking=
lack() { # lack WHAT: recipes that want it are not tested
    lacking=1
    printf 'NOT TESTED: %s\n' "$1" >&2
}
bring_dictionary || lack "recipes over Chinese words; scripts/setup.sh --jieba"
bring_language || lack "instructions; scripts/setup.sh --language"
can_isolate || lack "programs; apt install bubblewrap"
# is_refused TASK RECIPE: for want of what is lacking
is_refused() {
    evalrun --task "$1" --recipe "$2" --sample --model fake: --quiet --limit 1 --allow-exec \
        --out refused 2>&1 | grep -qE 'setup.sh --(jieba|language)|bubblewrap'
}
mapfile -t all <listed
for name in "${all[@]}"; do
    expect 0 evalrun list recipes "$name" --names
    mapfile -t recipes <out
    for recipe in "${recipes[@]}"; do
        expect 0 evalrun show "$name" --recipe "$recipe" --sample
        has out "recipe $recipe"
        if [ "$lacking" ] && is_refused "$name" "$recipe"; then
            continue
        fi
        limit=3
        case "$name $recipe" in # many draws, of which each is run
        "humaneval original" | "humaneval lm-eval-64") limit=1 ;;
        esac
        expect 0 evalrun --task "$name" --recipe "$recipe" --sample --model fake:skill=0.6 --quiet \
            --limit $limit --allow-exec --out "run/$name.$recipe"
        has out "$name"
        cp out table
        expect 0 evalrun report "run/$name.$recipe"
        same table out "$name $recipe: the table at the end and by report"
        expect 0 evalrun score "run/$name.$recipe"
        same table out "$name $recipe: scored anew"
    done
done

# --- groups
expect 0 evalrun list groups
for group in zh en knowledge leaderboard-v1; do
    has out "$group"
done
n_check=$((n_check + 1))
[ -z "$(awk 'length > 80' out)" ] || fail "list groups is wider than 80 columns"
expect 0 evalrun --task zh,en --sample --limit 2 --model fake:skill=0.6 --quiet --out grouped --json
has out '"groups"'
has grouped/run.json '"groups"'
# a member that cannot be asked so is left out in so many words; one that is named is not
expect 0 evalrun --task zh --recipe gen --sample --limit 1 --model fake: --quiet --out written
has err "warning: task: cmrc2018 is left out of its group: "
has out "18 of 28 tasks"
cp out table
expect 0 evalrun --resume written --quiet
same table out "a group with members left out, resumed"
expect 3 evalrun --task zh,cmrc2018 --recipe gen --sample --model fake: --quiet --out none
has err "cmrc2018.json: unknown recipe 'gen'"
expect 3 evalrun --task en --recipe nothing --sample --model fake: --quiet --out none
has err "--task en: none of its tasks can be asked so"
expect 3 evalrun --task knowlege --sample --model fake: --out none
has err "unknown task 'knowlege' (did you mean"

# --- all subsets of a category; another split of the data set
expect 0 evalrun show mmlu --sample --subset stem --index 76
has out "row        high_school_biology/test/"
expect 3 evalrun show mmlu --sample --subset stem --index 77
has err "--index 77: stem has 77 rows in split 'test' of the sample, counted from 0"
expect 3 evalrun show mmlu --sample --subset stme
has err "'mmlu' has no subset or category 'stme' (did you mean the category 'stem'?)"
expect 3 evalrun show mmlu --sample --subset STEM
has err "'mmlu' has no subset or category 'STEM' (did you mean the category 'stem'?)"
expect 3 evalrun --task mmlu,c3 --sample --subset stem --model fake: --out none
has err "'c3' has no subset or category 'stem'"
expect 0 evalrun --task mmlu --sample --subset stem,anatomy --split dev --shots 2 --model fake: \
    --quiet --out split
has split/run.json '"split": "dev"'
has split/run.json '"subset": "stem,anatomy"'
has split/run.json '"name": "anatomy"'
n_check=$((n_check + 1))
grep -q '"id":"anatomy/dev/' split/*.jsonl || fail "no row of the other split in the journal"
cp out table
expect 0 evalrun --resume split --quiet
same table out "another split resumed"
expect 0 evalrun samples split --prompts
has out '"prompt"'
expect 2 evalrun --resume split --split test
has err 'tasks[0].split: "dev" / "test"'
expect 0 evalrun show mmlu --sample --split dev --shots 2
has out "row        abstract_algebra/dev/0 of the sample data"
expect 0 evalrun show mmlu --sample --split dev --shots 2 --json
n_check=$((n_check + 1))
python3 -c 'import json
shown = json.load(open("out"))["messages"]
question = [m["text"] for m in shown if m["piece"] == "question"][0]
assert not any(m["text"].startswith(question) for m in shown if m["piece"] == "shot")
' || fail "a question is its own worked example"
expect 3 evalrun --task mmlu --sample --split vla --model fake: --out none
has err "data set 'mmlu' has no split 'vla' (it has test, dev"
expect 3 evalrun --task xnli-zh --sample --contamination --model fake: --out none
has err "--contamination: recipe 'lm-eval' has no question with a prompt"

# --- options in other orders
expect 0 evalrun --task mmlu --sample --limit 2 --model fake:skill=0.6 --quiet --permute 4 --out turned
has out "circular"
has turned/run.json '"permute": 4'
n_check=$((n_check + 1))
[ "$(grep -c '"step":"answer~3"' turned/*.jsonl)" -gt 0 ] || fail "no fourth order in the journal"
cp out table
expect 0 evalrun score turned
same table out "orders scored anew"
expect 0 evalrun samples turned --prompts
has out '"prompt"'
expect 3 evalrun --task mmlu --sample --model fake: --permute 5 --out none
has err "--permute"
expect 3 evalrun --task mmlu --sample --model fake: --permute -1 --out none
has err "--permute must be from 2"

# --- examples drawn with several seeds
expect 0 evalrun --task mmlu,lambada --sample --limit 2 --model fake:skill=0.6 --quiet --shots 2 \
    --shots-seed 1,2,3 --out drawn --json
for seed in 1 2 3; do
    has out "@$seed\""
done
expect 0 evalrun --task mmlu --sample --limit 2 --model fake:skill=0.6 --quiet --shots 2 \
    --shots-seed 2 --out again
strip() { sed 's/,"ms":[0-9]*//g' "$1"; }
strip "$(ls drawn/mmlu.*@2.0-of-1.jsonl)" >a
strip "$(ls again/mmlu.*@2.0-of-1.jsonl)" >b
same a b "one seed among three and by itself"
# ... of the recipe that is asked for
expect 0 evalrun --task mmlu --recipe lm-eval --shots 1 --sample --limit 1 --model fake: --quiet \
    --shots-seed 4 --out of
n_check=$((n_check + 1))
[ -e of/mmlu.lm-eval@4.0-of-1.jsonl ] || fail "not the recipe: $(ls of)"
# ... tasks without examples once, whatever the seeds
expect 0 evalrun --task gsm8k,lambada --sample --limit 1 --model fake: --quiet --shots-seed 1,2 \
    --out mixed
n_check=$((n_check + 1))
[ "$(cd mixed && echo *.jsonl | wc -w)" = 3 ] || fail "not three journals: $(ls mixed)"
expect 3 evalrun --task mmlu --sample --model fake: --shots-seed x --out none
has err "--shots-seed x: a whole number from 0 to 2^53 is wanted"
expect 3 evalrun --task mmlu --sample --model fake: --shots-seed 7,07 --out none
has err "--shots-seed 07: a whole number from 0 to 2^53 is wanted"

# --- a category of subsets, another split: both are marked
expect 0 evalrun --task mmlu --subset stem --sample --limit 1 --model fake: --quiet --out stem
has out "partial"
expect 0 evalrun --task gsm8k --split train --sample --limit 2 --model fake: --quiet --out train
has out "split train"
has train/run.json '"split_asked": true'

# --- the questions' own texts
expect 0 evalrun --task mmlu --sample --limit 2 --model fake:skill=0.6 --quiet --contamination \
    --out known
has out "min_k"
has known/run.json '"contamination": true'
expect 0 evalrun show mmlu --sample --contamination --turn 1
has out "step       order"

# --- prompts made again, where another subset than those asked has no examples
mkdir -p copy/test copy/dev
for subject in anatomy virology; do
    printf ',Question,A,B,C,D,Answer\n0,问,甲,乙,丙,丁,A\n' >"copy/test/$subject.csv"
done
cp copy/test/anatomy.csv copy/dev
expect 0 evalrun data import cmmlu copy
expect 0 evalrun --task cmmlu --subset anatomy --shots 1 --model fake: --quiet --out one
expect 0 evalrun samples one --prompts
has out '"prompt"'
sed -i 's/甲/戊/' copy/dev/anatomy.csv
expect 0 evalrun data import cmmlu copy
expect 2 evalrun samples one --prompts
has err "the few-shot data is not that of the run"

# --- a task that is named, and in a group too, is asked once
expect 0 evalrun --task pairs,belebele-zh --sample --limit 1 --model fake: --quiet --out once
n_check=$((n_check + 1))
[ "$(cd once && echo belebele-zh.* | wc -w)" = 1 ] || fail "not one journal: $(ls once)"
expect 3 evalrun --task cmmlu --sample --subset '' --model fake: --out none
has err "--subset : an empty name in the list"
finish
