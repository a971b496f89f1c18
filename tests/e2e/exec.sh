#!/usr/bin/env bash
# Tasks that run what the model writes: consent, verdicts, what is kept, resuming,
# named rules, and languages that are not here.
. "$SRC/tests/e2e/lib.sh" || exit 1
[ -x /usr/bin/bwrap ] || skip "there is no bwrap: apt install bubblewrap"
bwrap --ro-bind / / --unshare-all true 2>/dev/null || skip "bwrap may make no namespaces here"
command -v python3 >/dev/null || skip "there is no python3"

mkdir -p data/custom/{datasets,tasks}/{zh,en}
cat >data/custom/datasets/en/prog.json <<'END'
{ "dataset": "prog", "lang": "en", "about": "small programs", "licence": "our own",
  "source": "written for this test", "reader": "jsonl", "subset_field": "language",
  "subsets": [ { "name": "python", "title_en": "Python" },
               { "name": "cobol", "title_en": "COBOL" } ],
  "fields": [ { "name": "language", "required": true }, { "name": "question", "required": true },
    { "name": "answer", "required": true }, { "name": "check", "required": true },
    { "name": "entry", "required": true } ],
  "splits": [ { "name": "test", "files": "prog.jsonl", "rows": 6 } ] }
END
row() {
    printf '{"language":"%s","question":"%s","answer":"%s","check":"%s","entry":"%s"}\n' "$@"
}
{
    row python 'def add(a, b):\n' '    return a + b\n' 'assert add(1, 2) == 3' add
    row python 'def neg(a):\n' '    return -a\n' 'assert neg(1) == -1' neg
    row python 'def two():\n' '    return 2\n' 'assert two() == 2' two
    row python 'def cat(a, b):\n' '    return a + b\n' "assert cat('x', 'y') == 'xy'" cat
    row python 'def one():\n' '    return 1\n' 'assert one() == 1' one
    row cobol 'ADD' 'A TO B.' 'STOP' add
} >prog.jsonl
# task NAME KEYS: a task whose programs are found by these keys
task() {
    cat >"$1" <<END
{ "task": "prog", "version": 1, "lang": "en", "about": "a", "dataset": "prog", "split": "test",
  "default": "plain", "recipes": { "plain": { "source": "written for this test",
    "average": "micro",
    "steps": [
      { "name": "code", "ask": "model", "prompt": "{{question}}", "target": "{{answer}}",
        "temperature": 0.8, "draws": 3 },
      { "name": "run", "ask": "sandbox", "language": "{{subset.name}}",
        "solution": "{{question}}{{out}}", "test": "{{check}}", "entry": "{{entry}}",
        "limit_s": 5$2 } ],
    "score": [ { "use": "exact", "on": "code" } ] } } }
END
}
task prog.task.json ''
ask=(--task prog.task.json --quiet)
model=fake:skill=0.5,seed=2
expect 0 evalrun data import prog prog.jsonl

# --- nothing runs without consent
expect 3 evalrun "${ask[@]}" --model $model --out none
has err "prog: runs programs that the model writes, in a sandbox; --allow-exec says that it may"
[ ! -e none ] || fail "a refused run left a folder"
expect 3 evalrun "${ask[@]}" --model $model --exec-unsafe
has err "--exec-unsafe and --exec-jobs go with --allow-exec"
expect 3 evalrun "${ask[@]}" --model $model --allow-exec --exec-jobs -1
has err "--exec-jobs must be from 1 to 1024"
expect 3 evalrun "${ask[@]}" --model $model --allow-exec --numerics 2
has err "prog: --numerics compares no task that runs programs"
expect 3 evalrun "${ask[@]}" --model $model --allow-exec --subset cobol
has err "prog: cannot be run here: no runner for this language"
expect 0 evalrun "${ask[@]}" --model $model --allow-exec --dry-run
has out "programs run in {\"engine\":\"sandbox\",\"isolation\":\"bubblewrap\""
has out "       not run: cobol (no runner for this language)"

# --- verdicts, and what is kept of them
expect 0 evalrun "${ask[@]}" --model $model --allow-exec --exec-jobs 2 --out whole
has err "task: prog: not run: cobol (no runner for this language)"
has out "partial 1/2 subjects"
has whole/run.json '"why": "no runner for this language"'
has whole/run.json '"isolation": "bubblewrap"'
journal=whole/prog.plain.0-of-1.jsonl
python3 - $journal >counts <<'END' || fail "verdicts are not those of the draws"
import json, sys
passed = 0
for line in open(sys.argv[1]):
    code, run = json.loads(line)["turns"]
    assert run["ask"] == "exec" and run["role"] == "sandbox"
    assert run["exec"] == {"language": "python", "limit_s": 5}, run["exec"]
    assert len(run["outs"]) == len(code["outs"]) == 3
    for draw, verdict in zip(code["outs"], run["outs"]):
        assert (draw["text"] in code["target"]) == ("fault" not in verdict)
        assert "tokens" not in verdict
        passed += "fault" not in verdict
print(passed)
END
n_check=$((n_check + 1))
case $(cat counts) in
[3-9] | 1[0-2]) ;;
*) fail "$(cat counts) of 15 passed" ;;
esac
expect 0 evalrun report whole --format csv
cp out whole.csv
# the sandbox writes no tokens: prompts of 5 samples, 15 draws
expect 0 evalrun report whole
has out "15 written"
expect 0 evalrun score whole --format csv
same out whole.csv "scored again, the figures differ"

# --- stopped in between, and replayed
lines() { sed 's/,"ms":[0-9]*//g' "$1"/*.jsonl | sort; }
lines whole >whole.lines
expect 137 evalrun "${ask[@]}" --model $model,kill=4 --allow-exec --out part
expect 0 evalrun --resume part --model $model --quiet
lines part >part.lines
same part.lines whole.lines "interrupted, the journals differ"
expect 0 evalrun "${ask[@]}" --model replay:whole --allow-exec --out again
lines again >again.lines
same again.lines whole.lines "replayed, the journals differ"
expect 0 evalrun "${ask[@]}" --model $model --allow-exec --keep-prompts --out kept
has kept/prog.plain.0-of-1.jsonl '"solutions":["def '
has kept/prog.plain.0-of-1.jsonl '"test":"assert add(1, 2) == 3"'

expect 0 evalrun samples whole
has out '"verdicts":["passed"'
has out '"compile"'
has out '"gold":"    return a + b\n"'

# --- without isolation: loud, recorded, and never mixed
expect 0 evalrun "${ask[@]}" --model $model --allow-exec --exec-unsafe --out unsafe
has err "--exec-unsafe: programs that a model wrote run WITHOUT ISOLATION"
has unsafe/run.json '"exec_unsafe": true'
for format in text csv json markdown; do
    expect 0 evalrun report unsafe --format $format
    has out "not isolated"
    has out "not run: cobol"
done
expect 0 evalrun report whole unsafe --format csv
n_check=$((n_check + 1))
[ "$(grep -c ",exact_match," out)" = 2 ] || fail "with and without isolation are one figure"
expect 2 evalrun --resume unsafe --quiet
has err "tasks[0].exec_unsafe: true / absent"
expect 2 evalrun --resume whole --exec-unsafe --quiet
has err "tasks[0].exec_unsafe: absent / true"
expect 0 evalrun --resume unsafe --exec-unsafe --quiet

# --- shown
expect 0 evalrun show prog.task.json
has out "then       step run; --turn 1 shows it"
expect 0 evalrun show prog.task.json --turn 1
has out "asked      whether a program in python passes its tests within 5 s"
has out "===== solution, of the right answer, "
has out "===== test, 21 bytes"
expect 0 evalrun show prog.task.json --turn 1 --json
has out '"ask":"exec"'
has out '"exec":{"language":"python","solution":"def add(a, b):\n    return a + b\n","given":""'

# --- a check reads the tests of every row too
task wrong.task.json ''
sed -i 's/"dataset": "prog"/"dataset": "gsm8k"/; s/{{subset.name}}/python/; s/{{check}}/{{chek}}/' \
    wrong.task.json
expect 2 evalrun check wrong.task.json
has out "steps[1].test: unknown field 'chek'"

# --- rules find the program; a file of them is kept, and is part of the task
printf '%s\n' '[ { "regex": "^\\s+return[^\\n]*" } ]' >own.json
task rules.task.json ', "clean": "own.json"'
expect 0 evalrun --task rules.task.json --model $model --allow-exec --quiet --out rules
has rules/run.json '"at": "steps[1].clean"'
n_check=$((n_check + 1))
grep -q '"fault":"empty"' rules/prog.plain.0-of-1.jsonl || fail "a draw without a program was run"
mv own.json other.json
expect 0 evalrun score rules
expect 0 evalrun samples rules --prompts # the task is read again, with the run's own rules
has out "def add(a, b):"
expect 2 evalrun --resume rules --quiet
has err "own.json"
echo '[ { "regex": "return" } ]' >own.json
expect 2 evalrun --resume rules --quiet
has err "tasks[0].rules[0].sha256"
finish
