#!/usr/bin/env bash
# The README tells the truth: its task file works as it stands, its commands
# exist, its links lead somewhere, and the Chinese page says the same.
. "$SRC/tests/e2e/lib.sh" || exit 1

block() { # block FILE LANGUAGE: the fenced blocks of a language, unindented
    awk -v fence="\`\`\`$2" '$1 == fence { on = 1; next } $1 == "```" { on = 0 } on' "$1" |
        sed 's/^   //'
}

block "$SRC/README.md" json >mine.json
expect 0 evalrun check mine.json
expect 0 evalrun show mine.json --sample --index 0
has out "Answer:"
expect 0 evalrun --task mine.json --model fake: --sample --quiet
has out "mine"

block "$SRC/README.zh.md" json >mine.zh.json
same mine.json mine.zh.json "the task file of README.zh.md"
block "$SRC/README.md" sh | sed 's/ *#.*//' >commands
block "$SRC/README.zh.md" sh | sed 's/ *#.*//' >commands.zh
same commands commands.zh "the commands of README.zh.md"

# every option that is named exists: a wrong one ends with status 3
[ "$(grep -c '^evalrun ' commands)" -ge 9 ] || fail "README has lost its commands"
"$EVALRUN" help --all >options
while read -r _ line; do
    case $line in
    --task* | data* | model* | report* | samples* | show* | check* | tokens* | --resume*) ;;
    score* | metric*) ;;
    *) fail "README: what is '$line'?" ;;
    esac
    while read -r option; do
        n_check=$((n_check + 1))
        grep -qF -- "$option" options || fail "no option $option"
    done < <(grep -oE -- '--[a-z-]+' <<<"$line")
done < <(grep '^evalrun ' commands)

# every task stands in the tables, every data set among the licences
while read -r task; do
    for page in README.md README.zh.md docs/protocols.md; do
        has "$SRC/$page" "\`$task\`"
    done
done < <("$EVALRUN" list tasks --names)
for entry in "$SRC"/datasets/{zh,en}/*.json; do
    licence=$(sed -n 's/^  "licence": "\(.*\)",$/\1/p' "$entry")
    has "$SRC/docs/licenses.md" "| \`$(basename "$entry" .json)\` | $licence |"
done

while read -r page; do
    while read -r link; do
        n_check=$((n_check + 1))
        [ -e "$(dirname "$SRC/$page")/$link" ] || fail "$page: dead link $link"
    done < <(grep -oE '\]\([^)#: ]+[)# ]' "$SRC/$page" | sed 's/^..//; s/.$//')
done < <(cd "$SRC" && ls README.md README.zh.md CONTRIBUTING.md docs/*.md)
finish
