#!/usr/bin/env bash
# Real benchmark data in upstream's own layout: imported as a user would, every row
# asked in every recipe with the fake engine; right answers made of the rows have full
# figures, empty ones none (tests/fixtures/right_answers.py). For programs, code.sh.
# ctest: timeout=900
. "$SRC/tests/e2e/lib.sh" || exit 1
upstream=$SHARED/data
[ -d "$upstream" ] || skip "no $upstream"
command -v python3 >/dev/null || skip "python3 is not here"
bring_dictionary

# shellcheck disable=SC2317 # called by expect
answers() { python3 "$SRC/tests/fixtures/right_answers.py" "$@"; }
answers recipes >known
can_isolate || printf 'NOT TESTED: programs; apt install bubblewrap\n' >&2

# ask NAME RECIPE OUT ARGUMENTS...
ask() {
    expect 0 evalrun --task "$1" --recipe "$2" --quiet --format json --by subset --out "$3" "${@:4}"
    n_check=$((n_check + 1))
    grep -q '"failed":"' "$3"/*.jsonl && fail "$1 $2: samples failed"
}
# answered NAME RECIPE SPLIT...: right answers, then empty ones
answered() {
    local name=$1 recipe=$2 stored=("$EVALRUN_DATA/$1/$3"-*.jsonl.gz)
    shift 3
    expect 0 answers write "$name" "$recipe" "${stored[0]}"
    cp out right.jsonl
    ask "$name" "$recipe" "run/$name.$recipe.right" --model answers:right.jsonl "$@"
    cp out report.json
    expect 0 answers check "$name" "$recipe" report.json
    expect 0 answers empty "$name" "$recipe" "${stored[0]}"
    cp out empty.jsonl
    ask "$name" "$recipe" "run/$name.$recipe.empty" --model answers:empty.jsonl "$@"
    cp out report.json
    expect 0 answers none report.json
}

while read -r name folder split rows; do
    extra=()
    [ "$split" = trial ] && extra=(--split trial)
    expect 0 evalrun data import "$name" "$upstream/$folder"
    has out "$name: $rows"
    expect 0 evalrun data verify "$name"
    expect 0 evalrun list recipes "$name" --names
    mapfile -t recipes <out
    for recipe in "${recipes[@]}"; do
        case "$name $recipe" in
        "gsm8k cot-8shot" | "gsm8k self-consistency") # the examples stand elsewhere
            expect 2 evalrun --task "$name" --recipe "$recipe" --model fake: --quiet
            has err "split 'cot' of 'gsm8k' was not imported: the source had no file of it"
            continue
            ;;
        "agieval-zh "*-multi) # nor are its subsets here
            expect 2 evalrun --task "$name" --recipe "$recipe" --model fake: --quiet
            has err "none of the 3 subsets that the recipe asks of 'agieval-zh' is here"
            continue
            ;;
        humaneval*)
            can_isolate || continue
            extra=(--allow-exec --limit 1)
            ;;
        esac
        ask "$name" "$recipe" "run/$name.$recipe" --model fake:skill=0.6 "${extra[@]}"
        has out "\"task\": \"$name\""
        if grep -qx "$name $recipe" known; then
            answered "$name" "$recipe" "$split" "${extra[@]}"
        fi
    done
done <<'END'
agieval-zh agieval test 769 test
agieval-en agieval test 1177 test
agieval-zh-cloze agieval test 118 test
c3 c3 dev 3816 dev
cmmlu cmmlu test 3354 test, 100 dev
cmrc2018 cmrc2018 trial 1002 trial
dialogsum dialogsum test 300 test
gaokao gaokao test 534 test
bbh bbh test 1178 test, 15 cot
gsm8k gsm8k test 200 test, 7473 train
mgsm-zh mgsm test 250 test, 8 train
mgsm-en mgsm test 250 test, 8 train
humaneval humaneval test 164 test
humaneval-x humaneval-x test 328 test
END
# every recipe of that table was met
n_check=$((n_check + 1))
while read -r name recipe; do
    [ -d "run/$name.$recipe.empty" ] || fail "there is no $name $recipe"
done <known

# --- the same items in Chinese and English
expect 0 evalrun --task mgsm-zh,mgsm-en --recipe cot --model fake:skill=0.6 --quiet --out pair \
    --format json
has out '"pair": "mgsm"'
finish
