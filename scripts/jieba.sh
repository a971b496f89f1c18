# shellcheck shell=bash
# shellcheck disable=SC2154 # variables come from the others
# jieba's dictionary and tables, with which Chinese text is cut into words: fetched
# by pip, pinned, kept under $cache/jieba-VERSION. Sourced by setup.sh.
jieba_version=0.42.1
jieba_name=jieba-$jieba_version
jieba_file=$jieba_name.tar.gz
jieba_pin=jieba==$jieba_version
jieba_sha=055ca12f62674fafed09427f176506079bc135638a14e23e25be909131928db2
jieba=$cache/$jieba_name

# get_jieba: leaves the files in $jieba, as they lie in the package.
get_jieba() {
    local part=$jieba.part inside=$jieba_name/jieba
    [ ! -e "$jieba/dict.txt" ] || return 0
    download "$jieba_file" "$jieba_pin" "$jieba_sha" setuptools.build_meta
    rm -rf "$part"
    mkdir -p "$part"
    tar -xzf "$cache/downloads/$jieba_file" -C "$part" "$inside/dict.txt" \
        "$inside/finalseg/prob_start.py" "$inside/finalseg/prob_trans.py" \
        "$inside/finalseg/prob_emit.py"
    rm -rf "$jieba"
    mv "$part/$inside" "$jieba"
    rm -rf "$part"
}
