#!/usr/bin/env bash
# Metrics over Chinese words, with jieba's dictionary and without it.
. "$SRC/tests/e2e/lib.sh" || exit 1
debian=/usr/lib/python3/dist-packages/jieba
empty=$work/empty
mkdir -p "$empty"
printf '%s\n' 北京大学的学生在图书馆学习 今天天气很好 >pred
printf '%s\n' 学生在北京大学图书馆里学习 今天天气不错 >ref
ask=(metric 'rouge-l[zh-jieba]' --pred pred --ref ref)
cure="cuts Chinese into words with jieba's dictionary, which is not at $empty/evalrun/jieba-0.42.1; get it with scripts/setup.sh --jieba"

# --- without it: refused, with the command that gets it, before anything is asked
if [ ! -e "$debian/dict.txt" ]; then
    export XDG_CACHE_HOME=$empty
    expect 2 evalrun "${ask[@]}"
    has err "rouge[zh-jieba] $cure"
    expect 2 evalrun --task lcsts --recipe opencompass --model fake: --sample --out run
    has err "rouge[chinese] $cure"
    [ ! -e run ] || fail "a run began without the dictionary"
fi
expect 0 evalrun metric 'rouge-l[zh-char]' --pred pred --ref ref # wants none

# --- other words than jieba's
mkdir -p "$work/other/evalrun"
cp -r "$SRC/tests/cases/jieba" "$work/other/evalrun/jieba-0.42.1"
XDG_CACHE_HOME=$work/other expect 2 evalrun "${ask[@]}"
has err "these are not the files of jieba 0.42.1; get them with scripts/setup.sh --jieba"

# --- with it
unset XDG_CACHE_HOME
if bring_dictionary; then
    expect 0 evalrun "${ask[@]}" --json
    has out '"metric":"rouge-l[zh-jieba]"'
    has out '|tok:jieba-0.42.1|'
    # 北京大学 的 学生 在 图书馆 学习 and 学生 在 北京大学图书馆 里 学习: 3 of 6, 3 of 5
    has out '"lines":[0.5454545454545454,0.4]'
    expect 0 evalrun --task lcsts --recipe opencompass --model fake: --sample --quiet --out run
    has out "rouge-1[chinese]"
    expect 0 evalrun score run
    export XDG_CACHE_HOME=$empty
    expect 0 evalrun report run # from what is stored
    [ -e "$debian/dict.txt" ] || expect 2 evalrun score run
else
    printf 'NOT TESTED: the dictionary itself; scripts/setup.sh --jieba gets it\n' >&2
fi
finish
