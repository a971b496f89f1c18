#!/usr/bin/env bash
# Answers that are there already: a stored run replayed, answers made elsewhere
# scored, and the cache across runs.
. "$SRC/tests/e2e/lib.sh" || exit 1
export XDG_CACHE_HOME="$work/cache"
small=(--task cmmlu --sample --quiet --limit 2)
answers=cache/evalrun/answers

# A task that writes text, three draws of it; recipes that ask the same and score
# otherwise, and that ask otherwise.
recipe() { # NAME MAX_TOKENS SCORE
    printf '"%s": {"source": "this test", "average": "micro", "steps": [{"name": "answer",
      "ask": "model", "prompt": ["{{Question}}", "A. {{A}}", "答案："],
      "target": "{{Answer}}", "max_tokens": %s, "temperature": 0.5, "draws": 3}],
      "score": [{"use": "exact"%s}]}' "$1" "$2" "$3"
}
{
    echo '{"task": "letters", "version": 1, "lang": "zh", "about": "a letter, written",'
    echo '"dataset": "cmmlu", "split": "test", "default": "plain", "recipes": {'
    recipe plain 8 ""
    echo ,
    recipe loose 8 ', "ignore_case": true'
    echo ,
    recipe longer 9 ""
    echo '}}'
} >letters.json
text=(--task letters.json --sample --quiet --limit 2)

# value RUN: the first figure of the table
value() {
    evalrun report "$1" | grep -m1 -oE '[0-9]+\.[0-9]+ \[[^]]*\]' || echo "no figure of $1"
}
# outs RUN: the answers of all samples, without times; what is known comes first
outs() {
    sed -E 's/,"ms":[0-9]+//g; s/,"cached":true//g' "$1"/*.jsonl | sort
}
is() { # WANT GOT WHAT
    n_check=$((n_check + 1))
    [ "$1" = "$2" ] || fail "$3: $2, not $1"
}

# --- replay: the same figures, from nobody
expect 0 evalrun "${small[@]}" --model fake:skill=0.6 --out run
expect 0 evalrun "${text[@]}" --model fake:skill=0.6 --out text
for run in run text; do
    task=("${small[@]}")
    [ $run = text ] && task=("${text[@]}")
    expect 0 evalrun "${task[@]}" --model replay:$run --out again-$run
    outs $run >a
    outs again-$run >b
    same a b "journal of $run replayed"
    is "$(value $run)" "$(value again-$run)" "accuracy of $run replayed"
done
# other scoring, same questions
expect 0 evalrun "${text[@]}" --recipe loose --model replay:text --out loose
is "$(value text)" "$(value loose)" "accuracy under another scorer"
# other questions are mismatches, and the likely reason is said once
expect 1 evalrun "${text[@]}" --recipe longer --model replay:text --out longer
has err "32 of 32 questions were never asked by text (letters, recipe plain, 0 shots)"
has err "the prompts are the run's"
expect 1 evalrun "${small[@]}" --shots 1 --model replay:run --out one-shot
has err "the samples are the run's, the prompts are not"
expect 1 evalrun "${small[@]/2/3}" --model replay:run --out wider
has err "16 of 48 questions were never asked by run"
has err "the samples are not those of the run"

# --- answers made elsewhere: the plain form, from a run's own samples
expect 0 evalrun samples run
cp out mine.jsonl
expect 0 evalrun "${small[@]}" --model answers:mine.jsonl --out mine
is "$(value run)" "$(value mine)" "accuracy of the run's answers"
n_check=$((n_check + 1))
grep -q belong err && fail "all answers were used: $(cat err)"
has mine/run.json '"theirs": true'
has mine/run.json '"label": "mine.jsonl"'
gzip -kc mine.jsonl >mine.jsonl.gz
expect 0 evalrun "${small[@]}" --model answers:mine.jsonl.gz --out zipped
is "$(value run)" "$(value zipped)" "accuracy of compressed answers"
# some missing, some of nobody
sed '3d' mine.jsonl >less.jsonl
echo '{"id":"nobody/1","logprobs":[0]}' >>less.jsonl
expect 1 evalrun "${small[@]}" --model answers:less.jsonl --out less
has err "1 of 32 answers of less.jsonl belong to no sample asked, e.g. 'nobody/1' (line 32)"
expect 0 evalrun samples less --failed
has out "less.jsonl has no answer for"
{ cat mine.jsonl; sed -n 5p mine.jsonl; } >twice.jsonl
expect 2 evalrun "${small[@]}" --model answers:twice.jsonl --out twice
has err "twice.jsonl: line 33: "
has err "has its answer in line 5 already"
expect 3 evalrun "${text[@]}" --model answers:mine.jsonl --out wrong-kind
has err "cannot answer what task letters asks"
expect 2 evalrun "${small[@]}" --model answers:nowhere.jsonl --out nowhere
has err "nowhere.jsonl"

# --- texts, from the journal
sed -E 's/^\{"id":("[^"]*").*"outs":\[(.*)\],"ms".*/{"id":\1,"texts":[\2]}/
    s/\{"text":("[^"]*")[^}]*\}/\1/g' text/*.jsonl >texts.jsonl
expect 0 evalrun "${text[@]}" --model answers:texts.jsonl --out texts
is "$(value text)" "$(value texts)" "accuracy of the texts"
# human-eval's form: a line per draw, in order
sed -E 's/"texts":\["([^"]*)","([^"]*)","([^"]*)"\]/\1 \2 \3/' texts.jsonl |
    sed -E 's/^\{"id":("[^"]*"),(.*)\}$/\1 \2/' | while read -r id a b c; do
    for answer in "$a" "$b" "$c"; do
        printf '{"task_id": %s, "completion": "%s"}\n' "$id" "$answer"
    done
done >human.jsonl
is 96 "$(wc -l <human.jsonl)" "lines of human-eval's form"
expect 0 evalrun "${text[@]}" --model answers:human.jsonl --out human
is "$(value text)" "$(value human)" "accuracy of human-eval's form"
sed '1d' human.jsonl >short.jsonl
expect 1 evalrun "${text[@]}" --model answers:short.jsonl --out short
expect 0 evalrun samples short --failed
has out "has 2 texts, the recipe draws 3"

# --- a sample log of lm-evaluation-harness: one sub-task, counted from 0
sed -nE '/"subset":"anatomy"/{
    s/.*"subset_index":([0-9]+).*"outs":\[(.*)\],"ms".*/{"doc_id": \1, "resps": [\2], "filter": "none"}/
    s/\{"logprob":([^,]*),"tokens":1,"greedy":(true|false)\}/[["\1", "\2"]]/g
    s/"true"/"True"/g
    s/"false"/"False"/g
    p
}' run/*.jsonl >bare.jsonl
is 2 "$(wc -l <bare.jsonl)" "documents of one subset"
one=("${small[@]}" --subset anatomy)
# without its documents nothing tells which rows they are
expect 1 evalrun "${one[@]}" --model answers:bare.jsonl --out bare
expect 0 evalrun samples bare --failed
has out "has no 'doc'; in a data set with subsets its place alone does not tell the row"
questions() { # of the sample data's rows of one subset
    gzip -dc "$SRC"/datasets/sample/cmmlu*test*.gz | grep '"anatomy' | head -2 |
        sed -E 's/.*("Question": ?"[^"]*").*/{\1}/'
}
questions >doc
is 2 "$(wc -l <doc)" "rows of one subset"
paste -d'\t' doc bare.jsonl |
    sed -E 's/^(\{.*\})\t\{(.*)\}$/{\2, "doc": \1}/' >samples_cmmlu_anatomy.jsonl
expect 0 evalrun "${one[@]}" --model answers:samples_cmmlu_anatomy.jsonl --out harness
expect 0 evalrun "${one[@]}" --model fake:skill=0.6 --out anatomy
is "$(value anatomy)" "$(value harness)" "accuracy of a harness' log"
sed 's/"Question": *"/&other /' samples_cmmlu_anatomy.jsonl >other.jsonl
expect 1 evalrun "${one[@]}" --model answers:other.jsonl --out other
expect 0 evalrun samples other --failed
has out "is about another row"

# --- the cache: off by default; the second run asks nobody
n_check=$((n_check + 1))
[ ! -e $answers ] || fail "answers were kept without --cache"
cached=("${text[@]}" --cache --log=info)
expect 0 evalrun "${cached[@]}" --model fake:skill=0.6 --out c1
has err "0 questions answered, 32 asked, 32 known now"
expect 0 evalrun "${cached[@]}" --model fake:skill=0.6,slow=1 --out c2
has err "32 questions answered, 0 asked"
is 32 "$(grep -c '"cached":true' c2/*.jsonl)" "turns marked as cached"
is 0 "$(grep -c '"cached":true' c1/*.jsonl)" "turns marked as cached at first"
outs c1 >a
outs c2 >b
same a b "journal from the cache"
outs text >b
same a b "journal with a cache and without"
is "$(grep -o '"identity": "[^"]*"' c1/run.json)" "$(grep -o '"identity": "[^"]*"' text/run.json)" \
    "identity with a cache"
# the same question of another recipe is the same question
expect 0 evalrun "${cached[@]}" --recipe loose --model fake:skill=0.6 --out c3
has err "32 questions answered, 0 asked"
# another model, another decoding: nothing is known
expect 0 evalrun "${cached[@]}" --model fake:skill=0.7 --out c4
has err "0 questions answered, 32 asked"
expect 0 evalrun "${cached[@]}" --recipe longer --model fake:skill=0.6 --out c5
has err "0 questions answered, 32 asked, 64 known now"
# failures are not kept
expect 1 evalrun "${cached[@]}" --model fake:skill=0.6,fail=0.5 --out c6
expect 1 evalrun "${cached[@]}" --model fake:skill=0.6,fail=0.5 --out c7
n=$(grep -c '"failed":"remote"' c6/*.jsonl)
has err "$((32 - n)) questions answered, $n asked"
# answers from files need none
expect 3 evalrun "${text[@]}" --cache --model replay:text --out c8
has err "leave --cache out"
expect 3 evalrun "${text[@]}" --cache --model answers:texts.jsonl --out c9
has err "leave --cache out"

# --- killed in the middle: what was answered is known, the rest is asked
rm -rf cache
expect 137 evalrun "${cached[@]}" --model fake:skill=0.6,kill=10 --out k1
expect 0 evalrun "${cached[@]}" --model fake:skill=0.6 --out k2
has err "9 questions answered, 23 asked, 32 known now"
outs k2 >b
same a b "journal after a kill"

# --- two processes at once share one file
rm -rf cache
"$EVALRUN" "${cached[@]}" --model fake:skill=0.6,slow=3 --out p1 >out.p1 2>err.p1 </dev/null &
expect 0 evalrun "${cached[@]}" --model fake:skill=0.6,slow=3 --out p2
wait $! || fail "the first of two processes failed"
is 32 "$(cat $answers/*.jsonl | wc -l)" "lines in a file shared by two"
for run in p1 p2; do
    outs $run >b
    same a b "journal of $run"
done

# --- a damaged file costs its answers, never a run or a figure
file=$(echo $answers/*.jsonl)
sed -i -E '3s/"text":"[^"]*"/"text":"!"/; 5s/^.{20}//' "$file"
printf '{"question":"' >>"$file"
expect 0 evalrun "${cached[@]}" --model fake:skill=0.6 --out d1
has err "2 damaged lines were skipped"
has err "30 questions answered, 2 asked, 32 known now"
outs d1 >b
same a b "journal with a damaged cache"
expect 0 evalrun "${cached[@]}" --model fake:skill=0.6 --out d2
has err "32 questions answered, 0 asked"
# a folder that cannot be made is said before anything is asked
rm -rf cache/evalrun/answers
echo >cache/evalrun/answers
expect 2 evalrun "${cached[@]}" --model fake:skill=0.6 --out d3
has err "--cache: "
finish
