# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables come from and go to others
# The engine: llama.cpp as static libraries. Sourced by setup.sh.
#
# Builds lie side by side under $cache/engine, each named by version, kind and
# a hash of its options and, where it is made for this processor alone, of what
# that processor can do: a home directory shared by unlike machines is safe.
vocab=$cache/vocab-$engine_version

# engine_choose WANTED: what "auto" means on this machine.
engine_choose() {
    local prefix prefixes config=cmake/llama/llama-config.cmake
    if [ "$1" != auto ]; then
        echo "$1"
        return
    fi
    IFS=: read -r -a prefixes <<<"${CMAKE_PREFIX_PATH:-}"
    for prefix in "${prefixes[@]}" /usr/local /usr; do
        if compgen -G "$prefix/lib*/$config" >/dev/null ||
            compgen -G "$prefix/lib/*/$config" >/dev/null; then
            echo system
            return
        fi
    done
    echo cpu
}

# engine_options ENGINE: prints what CMake is told.
engine_options() {
    local options=-DGGML_NATIVE=ON
    case $1 in
    cpu) ;;
    portable)
        options=-DGGML_NATIVE=OFF
        case $(uname -m) in
        x86_64 | amd64) # x86-64-v3: Intel since 2013, AMD since 2015
            options+=" -DGGML_SSE42=ON -DGGML_AVX=ON -DGGML_AVX2=ON"
            options+=" -DGGML_BMI2=ON -DGGML_FMA=ON -DGGML_F16C=ON"
            ;;
        esac
        ;;
    cuda) options+=" -DGGML_CUDA=ON" ;;
    rocm) options+=" -DGGML_HIP=ON" ;;
    vulkan) options+=" -DGGML_VULKAN=ON" ;;
    metal) options+=" -DGGML_METAL=ON -DGGML_METAL_EMBED_LIBRARY=ON" ;;
    *) die "no engine '$1'; there are: auto system cpu portable cuda rocm vulkan metal" ;;
    esac
    echo "$options${EVALRUN_ENGINE_OPTIONS:+ $EVALRUN_ENGINE_OPTIONS}"
}

# engine_flags: what the compilers are told besides. The tile unit (AMX) is left
# out: on some virtual machines it is announced but faults when it is used, and
# with it the same model gives other bits than on all other processors.
engine_flags() {
    local flags="-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
    case $(uname -m) in
    x86_64 | amd64)
        # shellcheck disable=SC2086 # flags are words
        if ${CC:-cc} $flags -x c -fsyntax-only /dev/null 2>/dev/null; then
            echo "$flags"
        fi
        ;;
    esac
}

# engine_prefix ENGINE: where its build lies, or will.
engine_prefix() {
    local options processor='' key
    options=$(engine_options "$1") || exit
    if [[ $options == *GGML_NATIVE=ON* ]]; then
        processor=$(grep -m 1 -E '^(flags|Features)' /proc/cpuinfo 2>/dev/null ||
            sysctl -n machdep.cpu.brand_string 2>/dev/null || true)
    fi
    key=$(printf '%s\n' "$(uname -sm)" "$options" "no-amx" "$processor" | sha256 -)
    echo "$cache/engine/$engine_version-$1-${key:0:12}"
}

# unpack FOLDER PATH...: parts of llama.cpp, as FOLDER/llama.cpp/...
unpack() {
    local folder=$1
    shift
    download "$engine_file" "$engine_pin" "$engine_sha"
    mkdir -p "$folder"
    tar -xzf "$cache/downloads/$engine_file" -C "$folder" \
        --strip-components=2 "${@/#/$engine_name/vendor/llama.cpp}"
}

# server_program ENGINE: where the server of the same build lies, or will.
server_program() {
    local prefix
    prefix=$(engine_prefix "$1") || exit
    echo "$cache/server/$(basename "$prefix")/llama-server"
}

# engine_work ENGINE: the folder its build is made in; engine and server share
# it, since the server's program needs the very same objects.
engine_work() {
    local prefix
    prefix=$(engine_prefix "$1") || exit
    echo "$cache/work/$(basename "$prefix")"
}

# engine_configure ENGINE ON|OFF: the sources and their build folder, with or
# without the server. An interrupted build goes on where it was.
engine_configure() {
    local work flags
    work=$(engine_work "$1")
    flags=$(engine_flags)
    if [ ! -e "$work/unpacked" ]; then
        rm -rf "$work"
        unpack "$work" ''
        touch "$work/unpacked"
    fi
    # The server's web page would come from the network; nobody looks at it.
    # shellcheck disable=SC2046 # options are words
    CFLAGS="${CFLAGS:-} $flags" CXXFLAGS="${CXXFLAGS:-} $flags" \
        logged "$work/configure.log" cmake -S "$work/llama.cpp" -B "$work/build" \
        -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
        -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_COMMON="$2" \
        -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_TOOLS="$2" \
        -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER="$2" \
        -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_OPENSSL=OFF \
        -DLLAMA_BUILD_COMMIT="llama-cpp-python-$engine_version" \
        -DLLAMA_BUILD_NUMBER=0 $(engine_options "$1")
}

# get_engine ENGINE: builds and installs it, unless that was done before.
get_engine() {
    local prefix work flags
    prefix=$(engine_prefix "$1")
    flags=$(engine_flags)
    [ ! -e "$prefix/evalrun-engine.txt" ] || return 0
    work=$(engine_work "$1")
    say "building llama.cpp ($1), some four minutes of processor time ..."
    engine_configure "$1" OFF
    logged "$work/build.log" cmake --build "$work/build" -j "$(n_jobs)"
    logged "$work/install.log" cmake --install "$work/build" \
        --prefix "$work/prefix"
    cp -r "$work/llama.cpp/LICENSE" "$work/llama.cpp/licenses" "$work/prefix"
    echo "$1 $(engine_options "$1")${flags:+ $flags}" >"$work/prefix/evalrun-engine.txt"
    mkdir -p "$(dirname "$prefix")"
    rm -rf "$prefix"
    mv "$work/prefix" "$prefix"
}

# get_server ENGINE: the same for its server, which the tests talk to.
get_server() {
    local program work
    program=$(server_program "$1")
    [ ! -e "$program" ] || return 0
    work=$(engine_work "$1")
    say "building llama-server ($1), up to nine minutes of processor time ..."
    engine_configure "$1" ON
    logged "$work/server.log" cmake --build "$work/build" \
        --target llama-server -j "$(n_jobs)"
    logged "$work/version.log" "$work/build/bin/llama-server" --version
    mkdir -p "$(dirname "$program")"
    mv "$work/build/bin/llama-server" "$program"
}

# engine_tidy ENGINE: removes what is needed only while building.
engine_tidy() { rm -rf "$(engine_work "$1")"; }

# get_vocab: tokenizers and chat templates that the tests use.
get_vocab() {
    local part=$vocab.part
    [ ! -e "$vocab" ] || return 0
    rm -rf "$part"
    unpack "$part" /models/templates \
        /models/ggml-vocab-{qwen2,llama-bpe,llama-spm}.gguf{,.inp,.out}
    mv "$part/llama.cpp/models" "$vocab"
    rm -rf "$part"
}
