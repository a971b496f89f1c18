# shellcheck shell=bash
# Shared by the measurements of this folder, and by tests that want much data:
# only functions. They want EVALRUN (the program) and SRC (the sources) in the
# environment. A measurement prints lines of four fields, apart by tabs:
#
#   name   value   unit   note

# bench_start: an empty folder to work in, gone at the end
bench_start() {
    set -u
    : "${EVALRUN:?the program to measure}" "${SRC:?the root of the sources}"
    EVALRUN=$(realpath "$EVALRUN") SRC=$(realpath "$SRC") work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work" || exit 1
    export EVALRUN SRC EVALRUN_DATA="$work/data" HOME="$work" LC_ALL=C
}

say() { printf '%s\t%s\t%s\t%s\n' "$@"; }

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# made_up N: N questions of four options, some 200 bytes each, in 50 subsets
made_up() {
    awk -v n="$1" 'BEGIN {
        for (i = 0; i < n; i++)
            printf "{\"subject\":\"subject_%02d\",\"question\":\"Which of these four numbers is" \
                   " the remainder of %d divided by seventeen, written in base ten?\"," \
                   "\"A\":\"%d\",\"B\":\"%d\",\"C\":\"%d\",\"D\":\"%d\",\"answer\":\"%s\"}\n",
                   int(i * 50 / n), i * 7919, i % 17, (i + 3) % 17, (i + 5) % 17, (i + 11) % 17,
                   substr("ABCD", 1 + i % 4, 1)
    }'
}

# make_share: ./share with one task, "many", over made-up data; to be used
make_share() {
    export EVALRUN_SHARE="$PWD/share"
    mkdir -p share/tasks/en share/datasets/en share/evaluator
    ln -s "$SRC/evaluator/models" share/evaluator/models
    cat >share/datasets/en/many.json <<'END'
{ "dataset": "many", "lang": "en", "about": "made-up questions", "licence": "none",
  "source": "made by tests/bench/lib_many.sh", "reader": "jsonl", "subset_field": "subject",
  "fields": [ { "name": "question", "required": true }, { "name": "A" }, { "name": "B" },
              { "name": "C" }, { "name": "D" },
              { "name": "answer", "required": true, "one_of": "A|B|C|D" } ],
  "splits": [ { "name": "test", "files": "{split}.jsonl" },
              { "name": "dev", "files": "{split}.jsonl" } ] }
END
    cat >share/tasks/en/many.json <<'END'
{ "task": "many", "version": 1, "lang": "en", "about": "made-up questions", "dataset": "many",
  "split": "test", "default": "plain",
  "recipes": { "plain": {
    "source": "tests/bench/lib_many.sh", "average": "micro",
    "shots": { "n": 0, "split": "dev", "pick": "first", "same": "subset" },
    "fit": { "rule": "cut_left" }, "delimiter": " ", "shot_separator": "\n\n",
    "steps": [ { "name": "answer", "ask": "model",
      "prompt": ["{{question}}", "A. {{A}}", "B. {{B}}", "C. {{C}}", "D. {{D}}", "Answer:"],
      "choices": ["A", "B", "C", "D"], "target": "{{answer}}" } ],
    "score": [{ "use": "choice", "show": ["acc"] }] } } }
END
}

# make_data N DIR: an imported data set of N questions
make_data() {
    mkdir -p "upstream.$1"
    made_up "$1" >"upstream.$1/test.jsonl"
    made_up 250 >"upstream.$1/dev.jsonl"
    "$EVALRUN" data import many "upstream.$1" --data-dir "$2" >import.log 2>&1 ||
        die "import of $1 questions: $(cat import.log)"
    rm -r "upstream.$1"
}

# measure COMMAND...: runs it; peak (kB), seconds (wall) and cpu (user + system)
measure() {
    /usr/bin/time -o measured -f '%M %e %U %S' "$@" >run.log 2>&1 </dev/null ||
        die "$*: $(tail -3 run.log)"
    # shellcheck disable=SC2034 # for whoever called
    read -r peak seconds user system < <(tail -1 measured)
    # shellcheck disable=SC2034
    cpu=$(awk -v u="$user" -v s="$system" 'BEGIN { printf "%.2f", u + s }')
}
