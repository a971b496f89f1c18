#!/usr/bin/env bash
# Programs that try to get out of the sandbox, to outlast it, to eat the machine or
# to be scored as right without being so: tests/fixtures/attacks, each as the answer
# of a model to a task, through the whole program. As root the same is done once more
# as an ordinary user.
# ctest: timeout=300 processors=2
. "$SRC/tests/e2e/lib.sh" || exit 1
command -v python3 >/dev/null || skip "there is no python3"

mark=98765$$ # of processes that would be left behind
secret=$work/home/secret
mkdir -p home runs data/custom/{datasets,tasks}/{zh,en}
echo 'not for programs' >"$secret"
export EVALRUN_ESCAPE_SECRET=1 HOME="$work/home"

# --- somebody who listens outside; what is written to him has escaped
python3 - "$work" >port <<'END' &
import select, socket, sys
tcp, udp, six = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM), None
tcp.bind(("127.0.0.1", 0))
port = tcp.getsockname()[1]
udp.bind(("127.0.0.1", port))
path, name = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
path.bind(sys.argv[1] + "/socket")
name.bind("\0evalrun-escape")
for s in tcp, path, name:
    s.listen()
print(port, flush=True)
while True:
    for s in select.select([tcp, udp, path, name], [], [])[0]:
        open(sys.argv[1] + "/heard", "a").write("%s\n" % s)
        if s is udp:
            s.recv(100)
        else:
            s.accept()
END
listener=$!
trap 'kill $listener 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 100); do
    [ -s port ] && break
    sleep 0.05
done

# --- tasks: one row an attack
# make_task NAME ATTACK...: data set and task file of these attacks (all)
make_task() {
    cat >"data/custom/datasets/en/$1.json" <<END
{ "dataset": "$1", "lang": "en", "about": "attacks", "licence": "our own",
  "source": "written for this test", "reader": "jsonl", "id_fields": ["name"],
  "fields": [ { "name": "name", "required": true }, { "name": "answer", "required": true },
              { "name": "check", "required": true } ],
  "splits": [ { "name": "test", "files": "$1.jsonl" } ] }
END
    cat >"$1.task.json" <<END
{ "task": "$1", "version": 1, "lang": "en", "about": "attacks", "dataset": "$1",
  "split": "test", "default": "plain", "recipes": { "plain": { "source": "written for this test",
    "average": "micro",
    "steps": [
      { "name": "code", "ask": "model", "prompt": "{{name}}", "target": "{{answer}}" },
      { "name": "run", "ask": "sandbox", "language": "python", "solution": "{{out}}",
        "test": "{{check}}", "entry": "attack", "limit_s": 2, "memory_mb": 256 } ],
    "score": [ { "use": "exact", "on": "code" } ] } } }
END
    python3 - "$SRC/tests/fixtures/attacks" "$work" "$(cat port)" "$mark" "$@" <<'END'
import glob, json, os, re, sys
folder, work, port, mark, task, *only = sys.argv[1:]
checks = {"escape": "assert attack() is True",
          "grade": "# SECRET_OF_THE_TESTS\nfor n in range(1, 6):\n"
                   "    assert attack(n) == n * n + 7\n"}
with open(task + ".jsonl", "w") as rows, open(task + ".ends", "w") as ends:
    for path in sorted(glob.glob(folder + "/*.py")):
        name, text = os.path.basename(path)[:-3], open(path).read()
        if only and name not in only:
            continue
        check = re.search("^# check: (.*)", text, re.M)
        ends.write("%s %s\n" % (name, re.search("^# ends: (.*)", text, re.M)[1]))
        for key, value in ("PORT", port), ("WORK", work), ("HOME", work + "/home"), ("MARK", mark):
            text = text.replace("@%s@" % key, value)
        rows.write(json.dumps({"name": name, "answer": text,
                               "check": checks[check[1] if check else "escape"]}) + "\n")
END
    expect 0 evalrun data import "$1" "$1.jsonl"
}

# outside: what must be the same afterwards
outside() {
    find / /usr /etc /var/tmp /home /root /opt "$HOME" -maxdepth 1 -xdev -printf '%p %m %u %s\n' \
        2>/dev/null | grep -v "^/ \|^/tmp " | sort
    cat "$secret" escape.jsonl
    ls /dev /dev/shm
    ls -d /tmp/evalrun-escape* /tmp/link0 /tmp/x 2>/dev/null
}

# left: processes of an attack, or of a sandbox without a parent, that still run
left() {
    pgrep -af "sleep $mark"
    ps -eo ppid,stat,comm,args |
        awk '$1 == 1 && $2 !~ /Z/ && ($3 == "bwrap" || $3 == "evalrun-warden")'
}

# attack WHO COMMAND...: all of them, by an evalrun that is begun with the command
attack() {
    local who=$1 begun=$SECONDS
    shift
    outside >before
    expect 0 "$@" --task "$work/escape.task.json" --model fake:skill=1 --allow-exec --quiet \
        --out "$work/runs/$who" --exec-jobs 4
    sleep 0.2
    outside >after
    same before after "as $who: something outside was changed"
    left >alive
    n_check=$((n_check + 1))
    [ ! -s alive ] || fail "as $who: left running: $(cat alive)"
    n_check=$((n_check + 1))
    [ ! -e heard ] || fail "as $who: somebody outside was spoken to: $(cat heard)"
    n_check=$((n_check + 1))
    [ $((SECONDS - begun)) -lt 60 ] || fail "as $who: it took $((SECONDS - begun)) s"
    python3 - "$work/runs/$who/escape.plain.0-of-1.jsonl" >verdicts <<'END'
import json, sys
for line in open(sys.argv[1]):
    record = json.loads(line)
    turn = record["turns"][1]
    out = turn["outs"][0]
    print(record["id"].split("/")[-1], out.get("fault", "pass"), turn.get("ms", 0),
          " ".join(out.get("text", "").split())[-300:])
END
    check_verdicts "$who"
}

check_verdicts() {
    local name ends fault ms said
    while read -r name ends; do
        n_check=$((n_check + 1))
        read -r fault ms said < <(sed -n "s/^$name //p" verdicts)
        case " $ends " in
        *" ${fault:-missing} "*) ;;
        *) fail "as $1: $name: ${fault:-no verdict} ($said), not $ends" ;;
        esac
        [ "${ms:-0}" -lt 30000 ] || fail "as $1: $name took $ms ms"
    done <escape.ends
}

make_task escape
evalrun --task escape.task.json --model fake: --allow-exec --dry-run >try 2>&1 ||
    skip "$(tail -1 try)"
[ "$(id -u)" = 0 ] && me=root || me=user
attack "$me" "$EVALRUN"

# --- as an ordinary user, with a copy of the program where that one can read it
if [ "$me" = root ]; then
    mkdir bin lib
    cp "$EVALRUN" bin/evalrun
    ldd "$EVALRUN" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | while read -r library; do
        case $library in
        /usr/* | /lib*) ;;
        *) cp "$library" lib/ ;;
        esac
    done
    other=(setpriv --reuid 4321 --regid 4321 --clear-groups env HOME="$work/home"
        LD_LIBRARY_PATH="$work/lib" EVALRUN_SHARE="$EVALRUN_SHARE" EVALRUN_DATA="$work/data"
        EVALRUN_ESCAPE_SECRET=1 "$work/bin/evalrun")
    chmod 755 "$work" && chown -R 4321 runs home data
    if "${other[@]}" list tasks >try 2>&1; then
        attack user "${other[@]}"
    else
        printf 'NOT DONE as an ordinary user: %s\n' "$(tail -1 try)" >&2
    fi
fi

# --- the tests have teeth: without isolation the same programs do get out
make_task teeth network read_secrets
expect 0 evalrun --task teeth.task.json --model fake:skill=1 --allow-exec --exec-unsafe --quiet \
    --out runs/teeth
has err "WITHOUT ISOLATION"
has runs/teeth/run.json '"exec_unsafe": true'
n_check=$((n_check + 1))
[ "$(grep -c '"fault"' runs/teeth/teeth.plain.0-of-1.jsonl)" = 0 ] ||
    fail "no escape without isolation: $(cat runs/teeth/teeth.plain.0-of-1.jsonl)"
n_check=$((n_check + 1))
[ -s heard ] || fail "nobody outside was spoken to"

# --- a run that is stopped, or killed, leaves nothing
make_task stopped sleeper ignore_sigterm daemon fork_bomb
for signal in INT KILL; do
    "$EVALRUN" --task stopped.task.json --model fake:skill=1 --allow-exec --quiet \
        --exec-jobs 4 --out runs/$signal >log 2>&1 &
    run=$!
    sleep 0.7
    kill -$signal $run
    [ $signal = KILL ] || { sleep 0.2 && kill -$signal $run; } # the second ends it at once
    wait $run 2>/dev/null
    sleep 1
    left >alive
    n_check=$((n_check + 1))
    [ ! -s alive ] || fail "after $signal: left running: $(cat alive)"
done

# --- systems on which programs cannot be isolated
run=(--task teeth.task.json --model fake: --allow-exec --quiet --out runs/none)
mkdir -p nothing
ln -s "$(command -v env)" nothing/
expect 2 env PATH="$work/nothing" "$EVALRUN" "${run[@]}"
has err "there is no 'bwrap' command; install the package bubblewrap"
if unshare -Ur true 2>/dev/null; then
    expect 2 unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && "$@"' sh \
        "$EVALRUN" "${run[@]}"
    has err "programs cannot be isolated here (bwrap: "
    has err "; sysctl user.max_user_namespaces=15000"
fi
finish
