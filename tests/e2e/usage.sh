#!/usr/bin/env bash
# Wrong command lines, each with the exact line and exit status it gets: the
# line goes to stderr alone, and nothing to stdout. At the end, what must work.
set -u
bad=0 n=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work EVALRUN_DATA=$work/data XDG_CACHE_HOME=$work/cache
unset XDG_DATA_HOME EVALRUN_OFFLINE
cd "$work" || exit 1

complain() {
    echo "FAILED: evalrun $*"
    bad=$((bad + 1))
}

# expect STATUS LINE ARGUMENT...
expect() {
    local status=$1 line=$2 rc=0
    shift 2
    n=$((n + 1))
    "$EVALRUN" "$@" >out 2>err </dev/null || rc=$?
    if [ "$rc" != "$status" ] || [ -s out ] || [ "$(cat err)" != "evalrun: $line" ]; then
        complain "$@"
        echo "  wanted $status: evalrun: $line"
        echo "  got    $rc: $(cat err)"
        [ ! -s out ] || echo "  and $(wc -l <out) lines on stdout"
    fi
}
wrong() { expect 3 "$@"; }
fails() { expect 2 "$@"; }

# --- the first word
wrong "unknown command 'rum' (did you mean 'run'?)" rum
wrong "unknown command 'repotr' (did you mean 'report'?)" repotr runs/a
wrong "unknown command 'Show' (did you mean 'show'?)" Show
wrong "unknown command 'evaluate'; \`evalrun help\` lists them" evaluate --help
wrong "unknown command ''; \`evalrun help\` lists them" ''
wrong "'cmmlu' is no option and no command; \`evalrun help\` shows both" run cmmlu
wrong "'extra' is no option and no command; \`evalrun help\` shows both" \
    --limit 1 extra

# --- options of every command
wrong "--log: a value is missing (LEVEL)" --log
wrong "--log: a value is missing (LEVEL)" list tasks --log
wrong "--log: a value is missing (LEVEL)" --log --task cmmlu
wrong "--log: 'loud' is none of error|warn|info|debug|trace" --log loud list tasks
wrong "--log: '' is none of error|warn|info|debug|trace" --log= list tasks
wrong "unknown option --logg (did you mean --lang?)" --logg=debug
wrong "unknown option --hlep; see --help" list tasks --hlep

# --- options of a run
wrong "unknown option --taks (did you mean --task?)" --taks cmmlu
wrong "unknown option --modle (did you mean --model?)" run --modle=x
wrong "unknown option --limits (did you mean --limit?)" --limits 5
wrong "unknown option --no-such-thing; see --help" --no-such-thing
wrong "unknown option -x; see --help" -x
wrong "unknown option -1; see --help" --limit 5 -1
wrong "--limit: a value is missing (N)" --limit
wrong "--limit: a value is missing (N)" --task cmmlu -n
wrong "--out: a value is missing (DIR)" --out --sample
wrong "--model: a value is missing (M[,M])" --task cmmlu --model --sample
wrong "--limit: 'many' is not a whole number" --limit many
wrong "--limit: '1e3' is not a whole number" --limit=1e3
wrong "--limit: '' is not a whole number" --limit ''
wrong "--shots: '5x' is not a whole number" -k5x
wrong "--seed: '99999999999999999999' is not a whole number" \
    --seed 99999999999999999999
wrong "--format: 'pdf' is none of text|json|csv|markdown" --format pdf
wrong "--by: 'subject' is none of category|subset" --by subject
wrong "--kv-type: 'q3' is none of f32|f16|q8_0|q4_0" --kv-type q3
wrong "--flash-attn: 'yes' is none of auto|on|off" --flash-attn yes
wrong "--lang: 'de' is none of en|zh" --lang de
wrong "--sample takes no value" --sample=yes
wrong "--quiet takes no value" -qn
wrong "unknown option --no-limit (did you mean --limit?)" --no-limit

# --- list
wrong "list: say what: tasks, groups, recipes, models, data, engines, scorers, formats or rules" list
wrong "list: there are no 'task' (did you mean 'tasks'?)" list task
wrong "list: there are no 'benchmarks'; see \`evalrun help list\`" list benchmarks
wrong "list tasks: 'cmmlu' is one word too many" list tasks cmmlu
wrong "list recipes: 'mmlu' is one word too many" list recipes cmmlu mmlu
wrong "list: --names or --json, not both" list tasks --names --json
wrong "unknown option --name (did you mean --names?)" list tasks --name
wrong "unknown task 'cmlu' (did you mean 'cmmlu'? \`evalrun list tasks\` names all)" \
    list recipes cmlu

# --- help
wrong "help: there is no command 'lst' (did you mean 'list'?)" help lst
wrong "help: there is no command 'everything'" help everything
wrong "help: one thing at a time" help run list
wrong "help: one thing at a time" help --man --all
wrong "help: one thing at a time" help run --keys
wrong "--completion: 'tcsh' is none of bash|zsh|fish" help --completion tcsh
wrong "--completion: a value is missing (SHELL)" help --completion

# --- arguments of the other commands
wrong "show one task: \`evalrun show TASK --subset S --index N\`" show
wrong "show one task: \`evalrun show TASK --subset S --index N\`" show cmmlu mmlu
wrong "--index -1: counted from 0" show cmmlu --index -1
wrong "--turn -2: counted from 0" show cmmlu --turn -2
wrong "--turn 1: a row has 1 question, counted from 0" show cmmlu --sample --turn 1
wrong "which run? \`evalrun samples RUN\`" samples
wrong "which run? \`evalrun samples RUN\`" samples a b
wrong "which runs? \`evalrun score RUN...\`" score
wrong "which runs? \`evalrun report RUN...\`" report
wrong "data wants one of import, import-custom, pull, list, verify, path, remove" data
wrong "data has no 'lst' (did you mean 'list'?)" data lst
wrong "data import takes a name and a path: evalrun data import NAME PATH" \
    data import cmmlu
wrong "data pull takes one name: evalrun data pull NAME" data pull
fails "nowhere: no such run directory" report nowhere
fails "nowhere: no such run directory" samples nowhere

wrong "no data set 'cmlu' (did you mean 'cmmlu'?)" data path cmlu
wrong "no data set 'nosuch'; 'evalrun data list' shows all" data verify nosuch
wrong "/etc/x: is no task file; its name must end in .json" show /etc/x
wrong "--permute must be from 2 to the number of options" \
    --task cmmlu --model fake: --sample --permute 1
wrong "--permute must be from 2 to the number of options" show cmmlu --sample --permute 1
wrong "model list: no family is called 'nosuch'; \`evalrun list models\` names all" \
    model list nosuch
fails "no data for 'ppl-zh' in $work/data: 'evalrun data import ppl-zh PATH' takes it from your\
 own files, '--sample' uses the small built-in set" show ppl-zh

# --- written answers: what is not here, not allowed, not known
fails "lcsts: rouge[chinese] cuts Chinese into words with jieba's dictionary, which is not at\
 $work/cache/evalrun/jieba-0.42.1; get it with scripts/setup.sh --jieba" \
    --task lcsts --recipe opencompass --sample --model fake: --quiet
fails "ifeval: instructions tells languages and sentences apart by files that are not at\
 $work/cache/evalrun/langdetect-1.0.9; get them with scripts/setup.sh --language" \
    --task ifeval --sample --model fake: --quiet
consent="humaneval: runs programs that the model writes, in a sandbox; --allow-exec says that it may"
wrong "$consent" --task humaneval --sample --model fake: --quiet
wrong "$consent" --task gsm8k,humaneval --sample --model fake: --quiet --out none
wrong "--exec-unsafe and --exec-jobs go with --allow-exec" \
    --task humaneval --sample --model fake: --exec-unsafe
wrong "--exec-unsafe and --exec-jobs go with --allow-exec" \
    --task gsm8k --sample --model fake: --exec-jobs 2
wrong "tasks/en/gsm8k.json: unknown recipe 'cot8shot' (did you mean 'cot-8shot'? it has lm-eval,\
 cot-8shot, cot-zeroshot, self-consistency, opencompass, chat)" \
    --task gsm8k --recipe cot8shot --sample --model fake:
wrong "'humaneval-x' has no subset or category 'rustt' (did you mean the subset 'rust'?)" \
    --task humaneval-x --subset rustt --sample --model fake: --allow-exec
printf 'a\n' >text
wrong "metric bleu: which tokenization? bleu[13a], bleu[zh], bleu[char], bleu[intl], bleu[none];\
 or --lang zh|en" metric bleu --pred text --ref text
wrong "unknown metric 'blue[13a]' (did you mean bleu[13a], bleu[zh], bleu[char], bleu[intl],\
 bleu[none]?)" metric 'blue[13a]' --pred text --ref text
wrong "the list of metrics has an empty name" metric f1,em, --pred text --ref text
wrong "--ref FILE is missing" metric f1 --pred text
wrong "--pred FILE is missing" metric f1 --ref text
fails "nowhere: cannot be opened: No such file or directory" metric f1 --pred nowhere --ref text
fails "rouge[zh-jieba] cuts Chinese into words with jieba's dictionary, which is not at\
 $work/cache/evalrun/jieba-0.42.1; get it with scripts/setup.sh --jieba" \
    metric 'rouge-l[zh-jieba]' --pred text --ref text
wrong "which rules? \`evalrun extract RULES --in FILE\`" extract
wrong "which texts? \`evalrun extract plain-letter --in FILE\`" extract plain-letter
fails "nowhere: cannot be opened: No such file or directory" extract plain-letter --in nowhere
fails "unknown rule set 'plain-lettr' (did you mean 'plain-letter'?)" extract plain-lettr --in text
wrong "list: there are no 'rule' (did you mean 'rules'?)" list rule
wrong "unknown option --unextractd (did you mean --unextracted?)" samples text --unextractd
fails "nowhere: no such run directory" score nowhere --extract plain-letter

# --- where things are
EVALRUN_SHARE=/nowhere fails \
    "EVALRUN_SHARE=/nowhere: no tasks/ and datasets/ there" list tasks
HOME='' EVALRUN_DATA='' wrong \
    "neither XDG_DATA_HOME nor HOME is set; give --data-dir DIR" list data

# --- an argument cannot make two lines of one
wrong "unknown command 'a b'; \`evalrun help\` lists them" $'a\nb'

# --- what must work
works() {
    local rc=0
    n=$((n + 1))
    "$EVALRUN" "$@" >out 2>err </dev/null || rc=$?
    if [ $rc != 0 ] || [ ! -s out ] || [ -s err ]; then
        complain "$@"
        echo "  got $rc: $(cat err)"
    fi
}
# holds TEXT: the last output has it.
holds() { grep -qF -e "$1" out || complain "(last): no '$1'"; }

works
holds 'usage: evalrun --task'
works --help
works help
cp out overview
works --log debug
cmp -s out overview || complain "without a command is not the overview"
works --version
holds 'evalrun '
holds 'engine: '
for command in $("$EVALRUN" help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    works help "$command"
    cp out asked
    for form in --help -h; do
        works "$command" "$form"
        cmp -s out asked || complain "$command $form differs from help $command"
    done
    works --help "$command"
    holds 'usage: evalrun '
    awk 'length > 80 { exit 1 }' out || complain "help $command: wider than 80"
done
for kind in tasks recipes models data engines scorers formats; do
    works list $kind
    works list $kind --names
    works list $kind --json
    holds '"'
done
works list tasks --names
holds cmmlu
works list recipes mmlu
holds lm-eval
works list data --data-dir nowhere
works --log=debug list tasks
works list --names -- tasks
if [ -e /dev/full ]; then
    rc=0
    "$EVALRUN" help --all >/dev/full 2>err || rc=$?
    if [ $rc != 2 ] || ! grep -q 'standard output: No space left' err; then
        complain "a full disk behind stdout: $rc, $(cat err)"
    fi
fi

echo "$n command lines, $bad failed"
[ $bad = 0 ]
