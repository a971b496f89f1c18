# shellcheck shell=bash
# shellcheck disable=SC2154 # variables come from the others
# What tells languages and English sentences apart: langdetect's profiles, and the
# English parameters of NLTK's Punkt, which lie in a wheel of llama-index-core.
# Fetched by pip, pinned, kept under $cache/langdetect-VERSION and
# $cache/punkt-english. Sourced by setup.sh.
langdetect_version=1.0.9
langdetect_name=langdetect-$langdetect_version
langdetect_file=$langdetect_name.tar.gz
langdetect_pin=langdetect==$langdetect_version
langdetect_sha=cbc1fef89f8d062739774bd51eda3da3274006b3661d199c2655f6b3f6d605a0
langdetect=$cache/$langdetect_name
punkt_file=llama_index_core-0.14.25-py3-none-any.whl
punkt_pin=llama-index-core==0.14.25
punkt_sha=caa7d9c5ac9b13dc33400cf8d5e92e689b6d1e4497eb9bfa50d6f52ca2eb22a1
punkt=$cache/punkt-english

has_language() {
    [ -e "$langdetect/profiles/zh-cn" ] && [ -e "$punkt/ortho_context.tab" ]
}

get_langdetect() {
    local part=$langdetect.part inside=$langdetect_name/langdetect
    [ ! -e "$langdetect/profiles/zh-cn" ] || return 0
    download "$langdetect_file" "$langdetect_pin" "$langdetect_sha" setuptools.build_meta
    rm -rf "$part"
    mkdir -p "$part"
    tar -xzf "$cache/downloads/$langdetect_file" -C "$part" "$inside/profiles" \
        "$inside/utils/messages.properties"
    rm -rf "$langdetect"
    mv "$part/$inside" "$langdetect"
    rm -rf "$part"
}

get_punkt() {
    local part=$punkt.part
    [ ! -e "$punkt/ortho_context.tab" ] || return 0
    download "$punkt_file" "$punkt_pin" "$punkt_sha"
    rm -rf "$part"
    mkdir -p "$part"
    python3 - "$cache/downloads/$punkt_file" "$part" <<'END'
import io, os, sys, zipfile
cache = "llama_index/core/_static/nltk_cache/tokenizers/punkt_tab.zip"
inner = zipfile.ZipFile(io.BytesIO(zipfile.ZipFile(sys.argv[1]).read(cache)))
for name in ("abbrev_types.txt", "collocations.tab", "ortho_context.tab", "sent_starters.txt"):
    with open(os.path.join(sys.argv[2], name), "wb") as f:
        f.write(inner.read("punkt_tab/english/" + name))
END
    rm -rf "$punkt"
    mv "$part" "$punkt"
}

get_language() {
    get_langdetect
    get_punkt
}
