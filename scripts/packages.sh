# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables come from and go to others
# What the build needs from the system, and how to get it. Sourced by setup.sh.
#
# A need is looked for by what it does, not by its package: a library built by
# hand counts. One line each: how to look, what to give it, the Debian package.
needs_build='
command gcc build-essential
command g++ build-essential
command make build-essential
command cmake cmake
command pkg-config pkg-config
module libcjson libcjson-dev
module libutf8proc libutf8proc-dev
module libpcre2-8 libpcre2-dev
module zlib zlib1g-dev
module libcurl libcurl4-openssl-dev
module libarchive libarchive-dev
module libcrypto libssl-dev
header uthash.h uthash-dev'
needs_download='
command python3 python3
pip - python3-pip
file /etc/ssl/certs/ca-certificates.crt ca-certificates'
needs_tests='
command clang clang
command shellcheck shellcheck
module cmocka libcmocka-dev
command bwrap bubblewrap
command node nodejs
file /usr/include/boost/any.hpp libboost-dev'

is_there() {
    case $1 in
    command) have "$2" ;;
    module) have pkg-config && pkg-config --exists "$2" ;;
    header) have gcc && echo "#include <$2>" | gcc -E -x c - >/dev/null 2>&1 ;;
    pip) have python3 && python3 -m pip --version >/dev/null 2>&1 ;;
    file) [ -e "$2" ] || [ "$(uname)" != Linux ] ;;
    esac
}

# packages_missing NEEDS...: prints the packages to install, each once.
packages_missing() {
    local how what package
    printf '%s\n' "$@" | while read -r how what package; do
        if [ -n "$how" ] && ! is_there "$how" "$what"; then
            echo "$package"
        fi
    done | sort -u
}

# packages_how: prints "apt-get" or why packages cannot be installed from here.
packages_how() {
    if ! have apt-get; then
        echo "there is no apt-get on this system; install by hand what these are called here (the names are Debian's)"
    elif [ "$(id -u)" = 0 ]; then
        echo apt-get
    elif ! have sudo; then
        echo "neither root nor sudo; ask an administrator to install"
    elif [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
        echo "sudo wants a password and there is no terminal to ask on; install first"
    else
        echo apt-get
    fi
}

packages_install() {
    local how as_root=()
    how=$(packages_how)
    [ "$how" = apt-get ] || die "$how: $*"
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    as_root+=(env DEBIAN_FRONTEND=noninteractive
        apt-get -qq -o DPkg::Lock::Timeout=300)
    say "installing packages ..."
    "${as_root[@]}" update >/dev/null ||
        say "apt-get update failed; trying with the package lists there are"
    logged "$cache/packages.log" \
        "${as_root[@]}" install -y --no-install-recommends "$@"
}
