# shellcheck shell=bash
# llama-server on this machine alone, for the scripts of tests/e2e and
# tests/bench: LLAMA_SERVER is the program that scripts/setup.sh --tests built.

# server_healthy: 0 when it says that its model is loaded.
server_healthy() {
    local address=${server_url#http://} line=''
    exec 7<>"/dev/tcp/${address%:*}/${address##*:}" || return 1
    printf 'GET /health HTTP/1.0\r\n\r\n' >&7
    read -r line <&7 || true
    exec 7>&-
    [[ $line == *' 200 '* ]]
}

# server_start MODEL OPTION...: starts it on a free port of the loopback and
# waits until it answers; sets server_url. Its log is server.log.
server_start() {
    local model=$1 waited=0
    shift
    server_url=''
    "$LLAMA_SERVER" --model "$model" --host 127.0.0.1 --port 0 --offline \
        --no-ui --log-colors off "$@" >server.log 2>&1 </dev/null &
    server_pid=$!
    while [ $((waited += 1)) -le 1200 ]; do
        kill -0 "$server_pid" 2>/dev/null || break
        server_url=$(sed -n 's|.*listening on \(http://[0-9.:]*\).*|\1|p' server.log | tail -n 1)
        if [ -n "$server_url" ] && (server_healthy) 2>/dev/null; then
            return 0
        fi
        sleep 0.1
    done
    tail -n 20 server.log >&2
    server_stop
    return 1
}

# server_stop: ends it, if one was started.
server_stop() {
    [ -n "${server_pid:-}" ] || return 0
    kill "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    server_pid=''
}
