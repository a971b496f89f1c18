# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables come from and go to others
# Small helpers of the other scripts. Sourced, never run.
#
# Everything downloaded or built for all clones lies under $cache.
HOME=${HOME:-~}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/evalrun
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() {
    say "error: $*"
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# argument OPTION [VALUE] ...: prints the value that the option wants.
argument() {
    [ $# -gt 1 ] || die "$1 wants an argument; see $0 --help"
    echo "$2"
}

# n_jobs: how many processes may build or test at once.
n_jobs() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

# run COMMAND...: runs it, or with --dry-run only shows it.
run() {
    if [ -n "${dry_run:-}" ]; then
        say "would run: $*"
    else
        "$@"
    fi
}

# logged LOG COMMAND...: the same, quietly; the output is kept in LOG.
logged() {
    local log=$1
    shift
    if [ -n "${dry_run:-}" ]; then
        run "$@"
        return
    fi
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        die "this failed, and $log has all it said: $*"
    }
}

# sha256 FILE: prints its hash; - is the standard input.
sha256() {
    if have sha256sum; then
        sha256sum "$1"
    else
        shasum -a 256 "$1"
    fi | cut -d ' ' -f 1
}

# usage: prints the comment that the calling script opens with.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }
