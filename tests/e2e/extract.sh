#!/usr/bin/env bash
# shellcheck disable=SC2016 # backquotes are Markdown's, not the shell's
# Answers found by rules: the ledger in every format, the samples without an answer,
# a stored run scored by two sets of rules, rules alone on a file, and wrong input.
. "$SRC/tests/e2e/lib.sh" || exit 1

# counts FILE RULE N OF: the ledger's line says that the rule found N of OF
counts() { has "$1" "$2: $3/$4"; }

cat >own.json <<'END'
{ "task": "own", "version": 1, "lang": "zh", "about": "a", "dataset": "cmmlu", "split": "test",
  "default": "marked", "recipes": { "marked": { "source": "written for this test",
    "average": "micro",
    "steps": [ { "name": "answer", "ask": "model", "prompt": "{{Question}}\n答案：",
      "options": ["{{A}}", "{{B}}", "{{C}}", "{{D}}"], "target": "{{Answer}}" } ],
    "score": [ { "use": "exact", "show": ["exact_match", "extracted"], "extract": [
      { "name": "marked", "regex": "答案是([ABCD])" }, { "regex": "^([ABCD])$" },
      { "regex": "^(a+)+$" } ] } ] } } }
END
expect 0 evalrun check ./own.json
right=$(zcat "$SRC"/datasets/sample/cmmlu.test.jsonl.gz | head -8 |
    sed 's/.*"id":"\([^"]*\)".*"B":"\([^"]*\)".*"Answer":"\(.\)".*/\1 \2 \3/')
n_row=$(echo "$right" | grep -c .)
[ "$n_row" = 8 ] || fail "the sample data are not as expected"
i=0
while read -r id b letter; do
    case $i in
    0) text="答案是$letter" ;;
    1) text="$letter" ;;
    2) text="<think>答案是A？答案是B？</think>应选 $letter" ;;
    3) text="正确的选项是：$letter。" ;;
    4) text="我不知道。" ;;
    5) text="" ;;
    6) text="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" ;;
    7) text="选 $b" ;;
    esac
    printf '{"id":"%s","text":"%s"}\n' "$id" "$text" >>answers.jsonl
    i=$((i + 1))
done <<<"$right"
subset=$(echo "$right" | cut -d/ -f1 | sort -u)
expect 0 evalrun --task ./own.json --sample --quiet --model answers:answers.jsonl \
    --subset "$subset" --limit 8 --out run

# --- the ledger, in every format
expect 0 evalrun report run
has out "how answers were found (by rule)"
counts out marked 1 8
counts out "regex 2" 1 8
counts out "no answer" 5 8
counts out "given up" 1 8
counts out "thoughts taken out" 1 8
expect 0 evalrun report run --lang zh
has out "答案的提取（按规则）"
has out "marked：1/8"
has out "未找到答案：5/8"
expect 0 evalrun report run --format markdown
has out "marked: 1/8"
expect 0 evalrun report run --format csv
grep ',ledger,' out >ledger.csv
has ledger.csv ",ledger,marked,exact,rule,1,,,8,"
has ledger.csv ",ledger,,exact,none,5,,,8,"
has ledger.csv ",ledger,,exact,gave_up,1,,,8,"
has ledger.csv ",ledger,,exact,thoughts,1,,,8,"
expect 0 evalrun report run --format json
tr -d ' \n' <out >flat
has flat '"ledger":[{"scorer":"exact","extract":null,"n":8,"rules":[{"rule":"marked","n":1},{"rule":"regex2","n":1},{"rule":"regex3","n":0}],"none":5,"gave_up":1,"thoughts":1}]'

# --- the samples in which nothing was found, and by which rule the others were
expect 0 evalrun samples run --unextracted
n_check=$((n_check + 1))
[ "$(grep -c . out)" = 6 ] || fail "$(grep -c . out) samples without an answer, not 6"
has out '"prediction":null,"correct":false,"rules":{"exact":null},"texts":["我不知道。"]'
expect 0 evalrun samples run
has out '"correct":true,"rules":{"exact":"marked"}'
has out '"correct":true,"rules":{"exact":"regex 2"}'

# --- the same run by other rules: both figures, both ledgers
expect 0 evalrun score run
expect 0 evalrun score run --extract plain-letter
has out "plain-letter"
has out "exact_match"
grep -F exact_match out | grep -qF 25.0 || fail "the stored figure is not shown"
grep -F exact_match out | grep -qF 50.0 || fail "the new figure is not shown"
grep -F exact_match out | grep -qF +25.0 || fail "the change is not shown"
counts out marked 1 8
counts out "no answer" 5 8
counts out "answer word" 3 8
expect 0 evalrun score run --extract plain-letter --format markdown
has out "| task | model | metric | stored | plain-letter | change |"
counts out "answer word" 3 8
expect 0 evalrun score run --extract plain-letter --lang zh
has out "原结果"
expect 0 evalrun score run --extract plain-letter --json
tr -d ' \n' <out >flat
has flat '{"stored":{"schema":'
has flat '"extract":{"rules":"plain-letter","version":1,"sha256":"'
has flat '"extract":"plain-letter","n":8,'
if command -v python3 >/dev/null; then
    n_check=$((n_check + 1))
    python3 -c '
import json, sys
both = json.load(open(sys.argv[1]))
value = lambda r: r["models"][0]["results"][0]["value"]
assert value(both["stored"]) == 0.25 and value(both["extract"]["report"]) == 0.5
' out || fail "the JSON is not as it should be"
fi
# --- rules of a file; nothing in the run changes
cat >mine.json <<'END'
[ { "name": "option", "option_text": true }, { "regex": "[ABCD]", "pick": "last" } ]
END
find run -type f -exec sha256sum {} + | sort >before
expect 0 evalrun score run --extract ./mine.json
counts out "regex 2" 4 8
find run -type f -exec sha256sum {} + | sort >after
same before after "scoring by other rules changed the run"

# --- a named set in a recipe is recorded, and named in the ledger
sed 's/"extract": \[.*/"extract": "plain-letter" } ] } } }/; /"name": "marked"/,/regex.*a+/d' \
    own.json >named.json
expect 0 evalrun check ./named.json
expect 0 evalrun --task ./named.json --sample --quiet --model answers:answers.jsonl \
    --subset "$subset" --limit 8 --out named
expect 0 evalrun report named
has out "plain-letter: "
counts out "answer word" 3 8
expect 0 evalrun score named

# --- rules alone
printf '答案是：Ｂ。\n选C\n\nno idea\n<think>A</think>B\n' >texts.txt
expect 0 evalrun extract plain-letter --in texts.txt
printf 'answer word\tB\n选\tC\nnone\t\nnone\t\nbeginning\tB\n' >want
same out want "what the rules find in lines of text"
has err "none: 2 of 5"
has err "thoughts taken out of 1 of 5"
cat >texts.jsonl <<'END'
"答案是A"
{"text": "应该选上海\n因为……", "options": ["北京", "上海"]}
{"text": "【答案】 A <eoa>\n【答案】C", "target": "AC"}
END
expect 0 evalrun extract plain-letter --in texts.jsonl --json
tr -d ' \n' <out >flat
has flat '"lines":[{"answer":"A","rule":"answerword"},{"answer":"B","rule":"onlyoption"},'
has flat '"rules":"plain-letter","version":1,"sha256":"'
has flat '"none":1,"gave_up":0,"thoughts":0'
expect 0 evalrun extract gaokao-multi-question --in texts.jsonl
has out "【答案】	AC"
printf '"```py\\na = 1\\n  b\\n```"\n' >code.jsonl
expect 0 evalrun extract code-fence --in code.jsonl
has out 'block	a = 1\n  b'
printf '" x "\n' >blank.jsonl
cat >whole.json <<'END'
[ { "regex": "^ x" } ]
END
expect 0 evalrun extract ./whole.json --in blank.jsonl
has out "none"
expect 0 evalrun extract ./whole.json --in blank.jsonl --whole
has out "regex 1	x"

expect 0 evalrun list rules
has out "plain-letter"
has out "cmmlu-original"

# --- wrong input
expect 3 evalrun extract --in texts.txt
has err 'which rules? `evalrun extract RULES --in FILE`'
expect 3 evalrun extract plain-letter
has err 'which texts? `evalrun extract plain-letter --in FILE`'
expect 2 evalrun extract plain-lettr --in texts.txt
has err "unknown rule set 'plain-lettr' (did you mean 'plain-letter'?)"
expect 2 evalrun extract plain-letter --in none.txt
has err "none.txt"
printf '1\n' >bad.jsonl
expect 2 evalrun extract plain-letter --in bad.jsonl
has err "bad.jsonl:1: a text, or an object with \`text\`, is wanted"
printf '{"txt": 1}\n' >bad.jsonl
expect 2 evalrun extract plain-letter --in bad.jsonl
has err "bad.jsonl:1: key 'text' is missing"
printf '{"text": "a", "options": "b"}\n' >bad.jsonl
expect 2 evalrun extract plain-letter --in bad.jsonl
has err "bad.jsonl:1: options: a list of texts is wanted"
printf '{"text": "a", "options": [1]}\n' >bad.jsonl
expect 2 evalrun extract plain-letter --in bad.jsonl
has err "bad.jsonl:1: options[0]: a text is wanted"
printf 'a\xff\n' >bad.txt
expect 2 evalrun extract plain-letter --in bad.txt
has err "bad.txt:1: byte 1 is no UTF-8"
printf '[{"regx": "a"}]\n' >bad.json
expect 2 evalrun score run --extract ./bad.json
has err "./bad.json: extract[0]: unknown key 'regx' (did you mean 'regex'?)"
expect 3 evalrun score run --extract plain-letter --format csv
has err "--format csv: it holds one figure of each metric, and --extract makes two; take json"
expect 3 evalrun score run --extract plain-letter --by subset
has err "--by: with --extract, only --format json has it"
expect 0 evalrun --task cmmlu --recipe lm-eval --sample --quiet --limit 1 \
    --model fake:skill=0.5,seed=1 --out choice
expect 3 evalrun score choice --extract plain-letter
has err "--extract: no scorer of these runs finds answers in texts"
expect 0 evalrun samples choice --unextracted
n_check=$((n_check + 1))
[ -s out ] && fail "a choice among options has texts without an answer"
finish
