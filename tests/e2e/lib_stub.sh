# shellcheck shell=bash
# Servers that misbehave (tests/fixtures/openai_stub.c), for the scripts of
# tests/e2e and tests/bench: BIN is where the build is.
stub_pids=()

# stub_start NAME KEY=VALUE...: starts one whose log is NAME.log; sets url.
stub_start() {
    local name=$1 waited=0
    shift
    rm -f "$name.port"
    "$BIN/tests/bin/openai_stub" "$name.port" "log=$name.log" "count=$name.count" "$@" \
        </dev/null >>stub.err 2>&1 &
    stub_pid=$!
    stub_pids+=("$stub_pid")
    until [ -s "$name.port" ]; do
        if ! kill -0 "$stub_pid" 2>/dev/null || [ $((waited += 1)) -gt 1000 ]; then
            cat stub.err >&2
            exit 1
        fi
        sleep 0.01
    done
    port=$(cat "$name.port")
    # shellcheck disable=SC2034 # for whoever sources this
    url=http://127.0.0.1:$port
}

# stub_stop: ends all that were started; one that did not end well is a failure.
stub_stop() {
    local pid got
    for pid in "${stub_pids[@]}"; do
        got=0
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || got=$?
        [ $got = 0 ] && continue
        cat stub.err >&2
        n_bad=$((${n_bad:-0} + 1)) # of lib.sh
    done
    stub_pids=()
}

# quiz_make ROWS: a data set "quiz" of so many rows and tasks for it, in a share
# folder of its own. Every prompt holds its number (q0007) and what the stub
# shall answer; two of three answers are right.
quiz_make() {
    local rows=$1
    mkdir -p share/evaluator
    cp -r "$SRC/tasks" "$SRC/datasets" share
    cp -r "$SRC/evaluator/models" share/evaluator
    export EVALRUN_SHARE=$PWD/share
    cat >share/datasets/en/quiz.json <<END
{ "dataset": "quiz", "lang": "en", "about": "questions with the stub's answers in them",
  "licence": "CC0-1.0", "source": "written for this test", "reader": "jsonl",
  "fields": [ { "name": "prompt", "required": true }, { "name": "answer", "required": true } ],
  "splits": [ { "name": "test", "files": "{split}.jsonl", "rows": $rows } ] }
END
    local head='"version": 1, "lang": "en", "about": "for tests", "dataset": "quiz", "split": "test"'
    local ask='"name": "answer", "ask": "model", "prompt": "{{prompt}}", "target": "{{answer}}"'
    local from='"source": "written for this test", "average": "micro"'
    cat >share/tasks/en/quiz.json <<END
{ "task": "quiz", $head, "default": "chat",
  "recipes": {
    "chat": { $from, "chat": true,
      "steps": [ { $ask, "max_tokens": 16,
      "think": { "open": "<think>", "close": "</think>" } } ], "score": [ { "use": "exact" } ] },
    "raw": { $from, "steps": [ { $ask, "max_tokens": 16, "stop": ["\n"] } ],
      "score": [ { "use": "exact" } ] },
    "draws": { $from, "chat": true,
      "steps": [ { $ask, "max_tokens": 16, "temperature": 0.8, "draws": 5 } ],
      "score": [ { "use": "exact" } ] },
    "letters": { $from, "steps": [ { $ask, "choices": ["A", "B", "C", "D"] } ],
      "score": [ { "use": "choice", "show": ["acc"] } ] } } }
END
    awk -v rows="$rows" 'BEGIN {
        for (i = 0; i < rows; i++) {
            right = substr("ABCD", i % 4 + 1, 1)
            wrong = substr("BCDA", i % 4 + 1, 1)
            printf "{\"prompt\":\"q%04d: which letter is it? [[answer:%s]]\",\"answer\":\"%s\"}\n",
                i, i % 3 == 2 ? wrong : right, right
        }
    }' >test.jsonl
    "$EVALRUN" data import quiz test.jsonl --quiet >/dev/null || exit 1
}
