# shellcheck shell=bash
# Shared by the scripts of this folder: `. "$SRC/tests/e2e/lib.sh"`.
# Each script runs in an empty folder of its own, with EVALRUN, SRC, SHARED,
# MODEL, F16 and TINY_DIR in the environment (see tests/CMakeLists.txt).
set -u
work=$(mktemp -d)
fetched=${XDG_CACHE_HOME:-${HOME:-}/.cache}/evalrun
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export EVALRUN_DATA="$work/data" HOME="$work"
n_check=0
n_bad=0

evalrun() { "$EVALRUN" "$@"; }

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    n_bad=$((n_bad + 1))
}

skip() {
    printf 'SKIPPED: %s\n' "$*" >&2
    exit 77
}

# bring NAME: what setup.sh has fetched under this name is found here too. Without
# this what needs it is refused: HOME is elsewhere.
bring() {
    [ -e "$fetched/$1" ] || return
    export XDG_CACHE_HOME=$work/cache
    mkdir -p "$XDG_CACHE_HOME/evalrun"
    ln -sfn "$fetched/$1" "$XDG_CACHE_HOME/evalrun/$1"
}

# bring_dictionary: for metrics over Chinese words (setup.sh --jieba)
bring_dictionary() { bring jieba-0.42.1; }

# bring_language: for instructions that name a language (setup.sh --language)
bring_language() { bring langdetect-1.0.9 && bring punkt-english; }

# can_isolate: bubblewrap is here and may make namespaces
can_isolate() { bwrap --ro-bind / / --unshare-all true 2>/dev/null; }

# same FILE FILE WHAT: both files hold the same bytes
same() {
    n_check=$((n_check + 1))
    cmp -s "$1" "$2" && return 0
    fail "$3"
    diff "$1" "$2" | head -20 >&2
}

# has FILE TEXT: the file holds the text
has() {
    n_check=$((n_check + 1))
    grep -qF -- "$2" "$1" && return 0
    fail "$1 does not hold: $2"
    head -5 "$1" >&2
}

# expect STATUS COMMAND...: runs it with output in out and err
expect() {
    local want=$1 got=0
    shift
    n_check=$((n_check + 1))
    "$@" >out 2>err </dev/null || got=$?
    [ "$got" = "$want" ] && return 0
    fail "exit status $got, not $want, of: $*"
    tail -5 err >&2
}

finish() {
    printf '%d checks, %d failed\n' "$n_check" "$n_bad"
    [ "$n_check" -gt 0 ] && [ "$n_bad" = 0 ]
    exit $?
}
