#!/usr/bin/env bash
# A server over HTTP and all that goes wrong on the way: whatever happens, no
# answer is lost, nothing that was answered is asked again, the exit status and
# one line on stderr say what to do, and the key is in none of it.
. "$SRC/tests/e2e/lib.sh" || exit 1
. "$SRC/tests/e2e/lib_stub.sh" || exit 1
trap 'stub_stop; rm -rf "$work"' EXIT
unset OPENAI_API_KEY http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
export EVALRUN_HTTP_BACKOFF_MS=20
secret=sk-stub-5f3a9c1e77d04b28
secret_new=sk-stub-0b8e6d2f99a14c73
export EVALRUN_API_KEY=$secret
rows=12
quiz_make $rows

# quiz NAME STATUS OPTION...: a run in the folder NAME, asking the stub of `url`
quiz() {
    local name=$1 want=$2
    shift 2
    rm -rf "$name"
    expect "$want" evalrun --task quiz --model "$url#stub" --out "$name" --quiet \
        --concurrency 4 "$@"
    cat out err >>said
}

# resume NAME STATUS OPTION...
resume() {
    local name=$1 want=$2
    shift 2
    expect "$want" evalrun --resume "$name" --quiet "$@"
    cat out err >>said
}

# equal A B WHAT: two figures
equal() {
    n_check=$((n_check + 1))
    [ "$1" = "$2" ] || fail "$3: $1, not $2"
}

# within LOW VALUE HIGH WHAT
within() {
    n_check=$((n_check + 1))
    if [ -z "$2" ] || [ "$2" -lt "$1" ] || [ "$2" -gt "$3" ]; then
        fail "$4: $2, not from $1 to $3"
    fi
}

# answers RUN: its journal without what a retry may change, sorted
answers() {
    sed -E 's/"(ms|retries)":[0-9]+,?//g; s/,\}/}/g' "$1"/*.jsonl | sort
}

# whole RUN: the same answers as without any fault, and a report can be made
whole() {
    answers "$1" >a
    same a clean.answers "answers of $1"
    expect 0 evalrun report "$1"
}

# question LOG: the lines of questions; answered LOG: of those well answered
question() { grep -E ' POST /(v1/(chat/)?completions|completion) ' "$1.log"; }
answered() { question "$1" | awk '$6 == 200 && $7 == "-"'; }

# once LOG [N]: each of the N prompts (default: all) was answered once
once() {
    answered "$1" | awk '{ print $5 }' | sort | uniq -c | awk '{ print $1 }' >a
    equal "$(sort -u a | tr '\n' ' ')" "1 " "$1.log: times a prompt was answered"
    equal "$(wc -l <a)" "${2:-$rows}" "$1.log: prompts answered"
}

# until_answered LOG N: waits until so many questions were answered
until_answered() {
    local waited=0
    while [ "$(answered "$1" | wc -l)" -lt "$2" ] && [ $((waited += 1)) -lt 1000 ]; do
        sleep 0.02
    done
}

# line TEXT...: the last command said one line to stderr, which holds all of these
line() {
    local text
    equal "$(grep -vc '^evalrun: warning: ' err)" 1 "lines on stderr ($(cat err))"
    for text in "$@"; do
        has err "$text"
    done
}

# classes RUN: "2 remote 1 timeout": what its failed samples failed of
classes() {
    sed -n 's/.*"failed":"\([a-z_]*\)","why".*/\1/p' "$1"/*.jsonl | sort | uniq -c |
        awk '{ printf "%s%s %s", (NR > 1 ? " " : ""), $1, $2 }'
}

# --- without faults: the answers that everything below is compared with
stub_start clean key=$secret
quiz clean 0
answers clean >clean.answers
equal "$(wc -l <clean.answers)" $rows "answers of the run without faults"
[ $n_bad = 0 ] || finish # everything below compares with it
once clean
equal "$(awk '$4 == 0' clean.log | wc -l)" 0 "requests without the key"
expect 0 evalrun report clean --format csv
has out 0.66666
for n in 1 64; do
    quiz "at$n" 0 --concurrency $n
    whole "at$n"
done
stub_stop

# --- faults that pass: asked again, and the waits that the server wishes are kept
for kind in 408 429 500 502 503 reset cut truncated wrongjson notjson badgzip errorjson; do
    stub_start "$kind" key=$secret "fault=$kind:1@q0000" "fault=$kind:1@q0004" \
        "fault=$kind:1@q0011"
    quiz "run.$kind" 0
    whole "run.$kind"
    once "$kind"
    equal "$(question "$kind" | wc -l)" $((rows + 3)) "questions asked, fault $kind"
    low=3
    [ $kind = reset ] && low=0 # libcurl itself tries again when a kept connection is gone
    within $low "$(cat "run.$kind"/*.jsonl | grep -o '"retries":[0-9]*' |
        awk -F: '{ n += $2 } END { print n + 0 }')" 3 "retries journalled, fault $kind"
    stub_stop
done

# waited LOG: milliseconds from the 429 to the same prompt's next question
waited() {
    question "$1" | sort -n | awk '$6 == 429 { at[$5] = $1; next }
        $5 in at { print $1 - at[$5]; delete at[$5] }'
}
stub_start after fault=429after:1@q0003
quiz run.after 0
whole run.after
within 1000 "$(waited after)" 9000 "milliseconds waited, Retry-After: 1"
stub_stop
stub_start date fault=429date:1@q0003
quiz run.date 0
whole run.date
within 900 "$(waited date)" 9000 "milliseconds waited, Retry-After: a date"
stub_stop
stub_start burst fault=500:10
quiz run.burst 0
whole run.burst
once burst
stub_stop
within 1 "$(awk '$1 == "open_at_once" { print $2 }' burst.count)" 4 "connections at once"
within 1 "$(awk '$1 == "connections" { print $2 }' burst.count)" 8 "connections of one run"

# --- other ways to say the same: gzip, chunks, a byte at a time, old and new names
stub_start anyone
expect 0 env -u EVALRUN_API_KEY "$EVALRUN" --task quiz --model "openai:stub@$url/v1" --quiet \
    --out run.anyone
whole run.anyone
equal "$(awk '$4 == 1' anyone.log | wc -l)" 0 "requests with a key, there being none"
stub_stop
for way in gzip=1 chunked=1 "delay=30" refuse=max_tokens; do
    stub_start "way.$way" key=$secret "$way"
    quiz "run.$way" 0
    whole "run.$way"
    once "way.$way"
    stub_stop
done
for way in think=hm reasoning=hm; do # thoughts are told from the answer
    stub_start "$way" "$way"
    quiz "run.$way" 0
    equal "$(cat "run.$way"/*.jsonl | grep -c '"outs":\[{"text":"[A-D]","thinking":"')" $rows \
        "answers with thoughts, $way"
    stub_stop
done
stub_start length fault=length@q0003
quiz run.length 0
equal "$(cat run.length/*.jsonl | grep -c '"cut":true')" 1 "texts that max_tokens ended"
stub_stop
stub_start u8 fault=badutf8@q0003
quiz run.u8 0
n_check=$((n_check + 1))
iconv -f UTF-8 -t UTF-8 run.u8/*.jsonl >a 2>/dev/null || fail "a journal that is not UTF-8"
stub_stop

# --- questions that have no answer: a class each, the rest is asked all the same
while read -r kind class want; do
    stub_start "no.$kind" "fault=$kind@q0003"
    quiz "no.$kind" 1 --timeout "${want:-600}"
    equal "$(classes "no.$kind")" "1 $class" "classes, fault $kind"
    equal "$(cat "no.$kind"/*.jsonl | wc -l)" $rows "journal, fault $kind"
    once "no.$kind" $((rows - 1)) # the others
    expect 0 evalrun report "no.$kind"
    has out "$class"
    # and with a server that has recovered, only that one is asked again
    stub_stop
    stub_start "no.$kind" "port=$port"
    resume "no.$kind" 0 --retry-failed
    once "no.$kind"
    stub_stop
done <<'END'
400 remote
413 remote
too_long too_long
filter refused
refused refused
stall timeout 2
drip timeout 2
429 timeout 2
500 remote
notjson remote
big remote
endless remote
bomb remote
END

# --- answers that hold none: wrong, not failed, and counted
while read -r kind class; do
    stub_start "none.$kind" "fault=$kind@q0003"
    quiz "none.$kind" 0
    equal "$(cat "none.$kind"/*.jsonl | grep -c "\"fault\":\"$class\"")" 1 "faults, $kind"
    equal "$(classes "none.$kind")" "" "classes, fault $kind"
    expect 0 evalrun report "none.$kind"
    has out "answer: 1 $class"
    stub_stop
done <<'END'
empty empty
think thinking
END

# --- servers that no question gets through: halt, say why, go on later
# halts NAME KIND TEXT...: status 2 and one line that names the address and TEXT
halts() {
    local name=$1 kind=$2
    shift 2
    stub_start "$name" delay=30 "fault=$kind:1@q0005"
    quiz "run.$name" 2
    line "$url" "$@"
    stub_stop
    stub_start "$name" "port=$port"
    resume "run.$name" 0
    whole "run.$name"
    once "$name"
    stub_stop
}
halts key 401 401 EVALRUN_API_KEY
halts forbidden 403 403
halts unknown 404 404
halts quota quota quota
halts money 402 402

# the key expires in the middle; the run goes on with another one
stub_start expires delay=20 key=$secret newkey=$secret_new auth_after=5
quiz run.expires 2
line "$url" 401 EVALRUN_API_KEY
equal "$(cat run.expires/*.jsonl | wc -l)" 5 "answers before the key expired"
EVALRUN_API_KEY=$secret_new resume run.expires 0
whole run.expires
once expires
stub_stop

# no model of that name: found out before anything is journalled as failed
stub_start name model=other
quiz run.name 2
line "$url" other
equal "$(cat run.name/*.jsonl 2>/dev/null | wc -l)" 0 "answers of a model that is not there"
stub_stop

# nobody there, from the beginning and in the middle
quiz run.nobody 2 --timeout 2
line "$url"
stub_start dies delay=300
"$EVALRUN" --task quiz --model "$url#stub" --out run.dies --quiet --concurrency 2 \
    --timeout 3 >out 2>err </dev/null &
child=$!
until_answered dies 4
stub_stop
got=0
wait $child || got=$?
equal $got 2 "exit status when the server dies"
cat out err >>said
line "$url"
stub_start dies "port=$port"
resume run.dies 0
whole run.dies
once dies
stub_stop

# --- a redirect to another server takes neither the key nor the question there
stub_start there
there=$url
stub_start here "redirect=$there/v1/chat/completions" fault=redirect
quiz run.astray 2
line "$url" "$there"
equal "$(wc -l <there.log)" 0 "requests at the other server"
stub_stop
# but on the same server it is followed
stub_start moved redirect=/v1/chat/completions fault=redirect:3
quiz run.moved 0
whole run.moved
stub_stop

# --- memory: 100 MB for an answer, plain, without a length, or packed
stub_start fat fault=big@q0003 fault=endless@q0004 fault=bomb@q0005
expect 0 "$BIN/tests/bin/measure" cost.small "$EVALRUN" report clean
n_check=$((n_check + 1)) # a sanitizer would keep what was freed
ASAN_OPTIONS=${ASAN_OPTIONS:-}:quarantine_size_mb=1 \
    "$BIN/tests/bin/measure" cost.large "$EVALRUN" --task quiz --model "$url#stub" --out run.fat \
    --quiet --concurrency 4 >out 2>err </dev/null
equal $? 1 "exit status after answers of 100 MB"
cat out err >>said
equal "$(classes run.fat)" "3 remote" "classes after answers of 100 MB"
read -r _ _ small <cost.small
read -r _ _ large <cost.large
within 0 $(((large - small) / 1024)) 64 "MiB that answers of 100 MB took"
stub_stop

# --- limits: requests a minute, tokens a minute, money
stub_start rpm
quiz run.rpm 0 --rpm 300 --concurrency 12
whole run.rpm
span() { question "$1" | sort -n | awk 'NR == 1 { a = $1 } { b = $1 } END { print b - a }'; }
within 1150 "$(span rpm)" 15000 "milliseconds for 12 requests at 300 a minute"
stub_stop
stub_start tpm
quiz run.tpm 0 --tpm 6000 --concurrency 12
whole run.tpm
within 500 "$(span tpm)" 15000 "milliseconds at 6000 tokens a minute"
stub_stop

# a question costs about 10 tokens in and 1 out, at prices of the catalog
stub_start cost delay=20
cat >share/evaluator/models/priced.json <<END
{ "family": "priced", "title": "for a test",
  "licences": [ { "name": "none", "commercial": "yes", "terms": "a test", "url": "$url" } ],
  "models": [
    { "name": "priced", "about": "a server", "kind": "chat", "licence": "none",
      "languages": ["en"], "url": "$url/v1", "remote": "stub", "context": 8192,
      "price_in": 1000, "price_out": 2000 } ] }
END
expect 130 evalrun --task quiz --model priced --out run.cost --quiet --max-cost 0.1
has err "run.cost"
cat out err >>said
n=$(cat run.cost/*.jsonl | wc -l)
within 1 "$n" 9 "answers for 0.1"
equal "$(answered cost | wc -l)" "$n" "questions paid for"
expect 0 evalrun --resume run.cost --quiet --max-cost 10
whole run.cost
once cost
rm share/evaluator/models/priced.json
stub_stop

# --- draws: each one asked by itself, with a seed of its own
stub_start draws
quiz run.draws 0 --recipe draws
equal "$(question draws | wc -l)" $((rows * 5)) "questions for 5 draws"
equal "$(grep -o '"text":' run.draws/*.jsonl | wc -l)" $((rows * 5)) "texts of 5 draws"
answers run.draws >one
quiz run.draws 0 --recipe draws --concurrency 64
answers run.draws >a
same a one "draws at another concurrency"
stub_stop

# --- Ctrl-C: what is under way is answered, the rest asked by --resume
stub_start stop delay=300
"$EVALRUN" --task quiz --model "$url#stub" --out run.stop --quiet --concurrency 2 \
    >out 2>err </dev/null &
child=$!
until_answered stop 4
kill -TERM $child # what Ctrl-C does, but the shell makes its jobs deaf to INT
got=0
wait $child || got=$?
equal $got 130 "exit status when stopped"
cat out err >>said
has err "--resume run.stop"
within 4 "$(cat run.stop/*.jsonl | wc -l)" 8 "answers when stopped"
resume run.stop 0
whole run.stop
once stop
stub_stop

# --- likelihoods: believed only when the server really gives them
stub_start echo loglik=echo
quiz run.echo 0 --recipe letters
answers run.echo >echo.answers
for n in 1 64; do
    quiz run.echo 0 --recipe letters --concurrency $n
    answers run.echo >a
    same a echo.answers "likelihoods at concurrency $n"
done
stub_stop
for way in prompt_logprobs nprobs; do
    stub_start "$way" loglik=$way
    quiz "run.$way" 0 --recipe letters
    grep -o '"logprob":[-0-9.e]*' run.$way/*.jsonl | sort >a
    grep -o '"logprob":[-0-9.e]*' run.echo/*.jsonl | sort >b
    sed -i 's/.*://' a b
    same a b "likelihoods by echo and by $way"
    stub_stop
done
for way in ignore none; do
    stub_start "$way" loglik=$way
    quiz "run.$way" 3 --recipe letters
    line "does not score"
    equal "$(cat "run.$way"/*.jsonl 2>/dev/null | wc -l)" 0 "likelihoods that are none"
    stub_stop
done

# --- the key: starred where the server sends it back, whatever is logged
stub_start wrong key=another
quiz run.wrong 2 --log trace
has err "$url"
has err EVALRUN_API_KEY
stub_stop
# from a file that is nobody else's business, and kept to itself
stub_start file key=$secret_new
printf '%s\n' "$secret_new" >key
chmod 644 key
quiz run.open 3 --key-file key
line key "chmod 600"
chmod 600 key
quiz run.file 0 --key-file key
whole run.file
stub_stop
rm key
for text in $secret $secret_new; do
    n_check=$((n_check + 1))
    grep -rlF "$text" . >a && fail "a key is written in $(tr '\n' ' ' <a)"
done
finish
