#!/bin/sh
# selftest.sh LINT: does every rule of the lint still bite, and nothing else?
#
# It builds a small tree with each rule broken at a known place and demands just
# those violations; then a tree of borderline cases that must pass.
# Words the lint looks for are cut in two here, because it reads this file too.
set -eu

lint=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cc=${CC:-cc}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

die()
{
    echo "selftest: $*" >&2
    sed 's/^/  | /' "$tmp/out" >&2
    exit 1
}

# run STATUS: the lint over $tree must leave with it.
run()
{
    status=0
    (cd "$tmp" && "$lint" "$tree" --cc "$cc" --include extra) \
        > "$tmp/out" 2> "$tmp/err" || status=$?
    [ "$status" -eq "$1" ] || die "exit $status instead of $1 for $tree"
}

# file PATH < text
file()
{
    mkdir -p "$tmp/$tree/$(dirname "$1")"
    cat > "$tmp/$tree/$1"
}

# header PATH < body: with the guard it should have
header()
{
    guard=EVALRUN_$(echo "$1" | tr 'a-z/.' 'A-Z__')
    { printf '#ifndef %s\n#define %s\n' "$guard" "$guard"
      cat
      echo '#endif'; } | file "$1"
}

# want PATH LINE TEXT: the line must be reported, with this text in the message
want()
{
    printf '%s\t%s\t%s\n' "$1" "$2" "$3" >> "$tmp/want"
}

# bad PATH TEXT CODE: a file of this one line, and what is wrong with it
bad()
{
    printf '%s\n' "$3" | file "$1"
    want "$1" 1 "$2"
}

# body LINES: a function that is so long, from its signature to its brace
body()
{
    echo "int long_$1(void)"
    echo "{"
    i=4
    while [ "$i" -lt "$1" ]; do echo "    ;"; i=$((i + 1)); done
    echo "    return 0;"
    echo "}"
}

lines()
{
    i=0
    while [ "$i" -lt "$1" ]; do echo "/* a line */"; i=$((i + 1)); done
}

# columns N: a comment of N characters, most of them Chinese
columns()
{
    printf '/* '
    i=6
    while [ "$i" -lt "$1" ]; do printf '字'; i=$((i + 1)); done
    echo ' */'
}

mkdir -p "$tmp/extra/base"
echo 'struct generated { int x; };' > "$tmp/extra/base/version.h"

# --- a tree with everything wrong
tree=bad

# Who may include whom: a room, what it may not see.
n=0
while read -r folder other; do
    n=$((n + 1))
    bad "$folder/layer$n.c" "$folder may not include \"$other/x.h\"" \
        "#include \"$other/x.h\""
done << 'END'
base datasets
base evaluator
datasets tasks
datasets evaluator/journal
tasks scorers
tasks evaluator/engines
scorers tasks
scorers datasets
evaluator/engines scorers
evaluator/engines evaluator
evaluator/engines evaluator/models
evaluator/journal scorers
evaluator/journal evaluator/engines
evaluator/models tasks
evaluator/models evaluator/engines
evaluator/cluster scorers
evaluator/cluster evaluator
reports evaluator
reports scorers
reports datasets
evaluator tests
cmake base
END
bad datasets/near.c 'not written from the root' '#include "reader.h"'
bad evaluator/near.c 'not written from the root' '#include "engines/engine.h"'
bad base/macro.c 'other than a file name' '#include SOMETHING'
bad base/angle.c 'belongs in quotes' '#include <base/err.h>'
bad plugins/x.c 'outside the rooms' 'int x(void);'
bad top.c 'outside the rooms' 'int x(void);'

# Foreign headers: where each must not be.
while read -r path name; do
    bad "$path" "<$name> is confined to" "#include <$name>"
done << 'END'
datasets/json1.c cJSON.h
tasks/json2.c cjson/cJSON.h
base/regex.c pcre2.h
base/strbuf.c utf8proc.h
datasets/gz.c zlib.h
tasks/zip.c archive.h
scorers/zip.c archive_entry.h
evaluator/sha.c openssl/evp.h
evaluator/run.c llama.h
evaluator/models/gguf.c gguf.h
base/ggml.c ggml-backend.h
reports/net.c curl/curl.h
datasets/dataset.c curl/curl.h
base/unit.c cmocka.h
END
header evaluator/engines/llama_text.h << 'END'
#include <llama.h>
END
want evaluator/engines/llama_text.h 3 'in a header: only .c files may see it'
echo 'struct llama_model;' > "$tmp/extra/llama.h"

# Lengths.
{ body 80; body 81; body 100; body 101; } | file base/long.c
want base/long.c 262 'function long_101 of 101 lines, at most 100'
lines 601 | file base/file.c
want base/file.c 601 'file of 601 lines, at most 600'
lines 901 | file tests/file.c
want tests/file.c 901 'file of 901 lines, at most 900'
columns 101 | file base/line.c
want base/line.c 1 'line of 101 columns, at most 100'
printf '\tint x(void);\n' | file base/tab.c
want base/tab.c 1 'tab'
printf 'int x(void); \n' | file base/blank.c
want base/blank.c 1 'blanks at the end'
printf 'echo x\r\n' | file scripts/dos.sh
want scripts/dos.sh 1 'blanks at the end'
printf 'int x(void);' | file base/end.c
want base/end.c 1 'no newline at the end'
printf 'int x(void);\000\n' | file base/nul.c
want base/nul.c 1 'NUL byte'

# Banned functions.
n=0
for name in strcpy strcat strncpy strncat sprintf vsprintf strtok gets atoi \
    atol atoll atof rand srand random srandom scanf sscanf fscanf asctime \
    ctime gmtime localtime setjmp longjmp alloca system popen tmpnam mktemp \
    cJSON_GetObjectItem cJSON_HasObjectItem cJSON_DetachItemFromObject \
    cJSON_DeleteItemFromObject cJSON_ReplaceItemInObject; do
    n=$((n + 1))
    echo "void f_$n(char *a) { $name(a); }" >> "$tmp/banned"
    want base/calls.c "$n" "$name is banned: "
done
file base/calls.c < "$tmp/banned"
bad base/pointer.c 'strcpy is banned' 'char *(*const f)(char *) = strcpy;'
bad base/hidden.c 'atoi is banned' '#define NUMBER(x) atoi(x)'

# Headers.
printf '#pragma once\nint x(void);\n' | file base/once.h
want base/once.h 1 'no guard: begin with #ifndef EVALRUN_BASE_ONCE_H'
printf '#ifndef ONE_H\n#define ONE_H\n#endif\n' | file base/named.h
want base/named.h 1 'no guard: begin with #ifndef EVALRUN_BASE_NAMED_H'
header tests/unit/behind.h < /dev/null
echo 'int behind(void);' >> "$tmp/$tree/tests/unit/behind.h"
want tests/unit/behind.h 4 'behind the #endif'
echo 'size_t count(void);' | header base/alone.h
want base/alone.h 3 'does not compile alone: '
printf '#include "base/absent.h"\n' | header base/lost.h
want base/lost.h 3 'does not compile alone: '

# Names of benchmarks.
n=0
while read -r code; do
    n=$((n + 1))
    printf '%s\n' "$code" >> "$tmp/names"
    want tasks/names.c "$n" 'named in C'
done << 'END'
static const char *const a = "cmmlu";
static const char *const b = "run MMLU-Pro now";
int load_ceval(void);
int load_c_eval_rows(void);
static const char *const c = "C-Eval";
static const char *const d = "gsm8k", *const dd = "x";
static const char *const e = "openai\\nHumanEval\\n";
static const char *const f = "HellaSwag";
static const char *const g = "winogrande_xl";
static const char *const h = "boolq";
int arc_challenge(void);
static const char *const i = "tasks/en/arc_easy.json";
static const char *const j = "AGIEval";
static const char *const k = "longbench-v2";
static const char *const l = "mt_bench";
static const char *const m = "MT-Bench";
static const char *const n = "cmrc2018";
static const char *const o = "lcsts";
int squad(void); /* example */
#define NAME "mbpp"
END
file tasks/names.c < "$tmp/names"
bad scorers/score_bbh.c 'in the name of a C file' 'int x(void);'

# Places and hosts, in any text file.
n=0
for text in '/ro''ot/x' '"/wo''rk/y"' 'see /ho''me/z' 'pypi''.org' \
    'https://files.python''hosted.org/a' 'deb.debi''an.org' \
    'registry.npm''js.org' 'static.crates''.io'; do
    n=$((n + 1))
    echo "$text" >> "$tmp/places"
done
file docs/places.md < "$tmp/places"
for i in 1 2 3; do
    want docs/places.md "$i" 'path of one machine'
done
for i in 4 5 6 7 8; do
    want docs/places.md "$i" 'host of a package registry'
done

# Types, variables, open ends.
n=0
while read -r code; do
    n=$((n + 1))
    printf '%s\n' "$code" >> "$tmp/types"
    want base/types.c "$n" 'write the tag'
done << 'END'
typedef struct point { int x; } point;
typedef const struct point *view;
typedef union { int x; } either;
END
file base/types.c < "$tmp/types"
n=0
while read -r code; do
    n=$((n + 1))
    printf '%s\n' "$code" >> "$tmp/state"
    want scorers/state.c "$n" 'outlives its function and is not const'
done << 'END'
static int counter;
int exported = 3;
static const char *current = "x";
static const char *list[] = { "a", "b" };
static struct { int x; } pair;
static struct pair_of *first;
static int (*hook)(int);
static int (*hooks[2])(int) = { 0 };
static _Thread_local unsigned long n;
static char __attribute__((aligned(8))) buffer[100];
int f(void) { static int calls; return calls++; }
END
file scorers/state.c < "$tmp/state"
bad tests/state.c 'outlives its function' 'static int counter;'
bad base/later.c 'finish it' '/* TO''DO: later */'
bad base/repair.c 'finish it' '// FIX''ME'
bad scripts/odd.sh 'finish it' '# XX''X odd'

# Data files.
printf '\357\273\277{}\n' | file tasks/zh/bom.json
want tasks/zh/bom.json 1 'byte order mark'
printf '{\n"a": "\377"}\n' | file datasets/en/latin.json
want datasets/en/latin.json 2 'byte 0xFF is not UTF-8'
printf '{ "a": "\355\240\200" }\n' | file tasks/en/surrogate.json
want tasks/en/surrogate.json 1 'byte 0xED is not UTF-8'
printf '{ "a": "\300\200" }\n' | file tasks/en/overlong.json
want tasks/en/overlong.json 1 'byte 0xC0 is not UTF-8'
printf '{\n}' | file evaluator/models/end.json
want evaluator/models/end.json 2 'no newline'

run 1
grep -v -e ': warning: ' -e '^lint: ' "$tmp/out" > "$tmp/found"
awk -F '\t' '
    NR == FNR { at[NR] = $1 ":" $2 ": "; text[NR] = $3; n = NR; next }
    {
        for (i = 1; i <= n; i++)
            if (!seen[i] && index($0, at[i]) == 1 && index($0, text[i])) break
        if (i <= n) seen[i] = 1
        else print "not wanted: " $0
    }
    END { for (i = 1; i <= n; i++)
            if (!seen[i]) print "not reported: " at[i] text[i] }
    ' "$tmp/want" "$tmp/found" > "$tmp/differences"
wanted=$(wc -l < "$tmp/want" | tr -d ' ')
grep -q "; $wanted violations, 2 warnings" "$tmp/out" ||
    echo "another closing line: $(tail -n 1 "$tmp/out")" >> "$tmp/differences"
if [ -s "$tmp/differences" ]; then
    mv "$tmp/differences" "$tmp/out"
    die "the tree with everything wrong"
fi
grep -q 'long.c:81: warning: function long_81 of 81 lines' "$tmp/out" ||
    die "no warning for 81 lines"
grep -q 'long.c:162: warning: function long_100 of 100 lines' "$tmp/out" ||
    die "no warning for 100 lines"

# --- a tree with nothing wrong, though it looks so
tree=good
{ echo '#include "scorers/scorer.h"'; echo '#include "scorers/stats.h"'
  echo '#include "evaluator/journal/journal.h"'; } | file reports/report.c
{ echo '#include "reports/report.h"'; echo '#include "tasks/task.h"'
  echo '#include "evaluator/engines/engine.h"'; } | file evaluator/run.c
{ echo '#include <curl/curl.h>'; echo '#include <llama.h>'
  echo '#include <uthash.h>'; echo '#include <time.h>'; } |
    file evaluator/engines/http.c
echo '#include <curl/curl.h>' | file datasets/pull.c
echo '#include <pcre2.h>' | file base/pattern.c
{ echo '#include <setjmp.h>'; echo '#include <cmocka.h>'
  echo '#include "tasks/task.c"'
  echo 'static const char *const name = "cmmlu";'
  echo 'int once(void) { static int n; return n++; }'; } | file tests/t/test_x.c
echo '#include "base/version.h"' | header base/about.h
printf '#define %s strcpy\n' a | header base/banned.h
echo 'static int level;' | file base/log.c
lines 900 | file tests/long.c
{ echo '/* Generated by a script. */'; lines 700; } | file base/table.c
columns 100 | file base/line.c
file base/calm.c << 'END'
/* strcpy(a, b), cmmlu and static int x are words of a comment here. */
// so is sprintf(\
   "x"), and system("y")
static const char text[] = "strcpy(a, \"sprintf(b)\") /* not a comment */";
static const char quote = '"', slash = '\\', more = '\'';
struct options { const char *system; int (*random)(void); };
static const char *const usage = "run cmmlu"; /* example */
static int (*const table[])(int) = { 0 };
static const struct { int x; } pairs[] = { { 1 }, { 2 } };
extern int elsewhere;
struct forward;
struct whole { int x; };
enum { ONE, TWO };
typedef int (*callback)(void *payload);
static int (*pick(int which))(int);
int declared(int a, int b) __attribute__((pure));
_Static_assert(sizeof(int) == 4, "int");
#ifdef __cplusplus
extern "C" {
#endif
int use(struct options *o, const char *system)
{
#ifdef ONE_WAY
    if (o->system) {
#else
    if (system) {
#endif
        return o->random() + (*o).random();
    }
    static const int zero = 0;
    return zero;
}
#ifdef __cplusplus
}
#endif
int fork_in_the_road(int system)
{
#if ONE_WAY
    if (system) {
#elif ANOTHER
    while (system) {
#else
    for (;;) {
#endif
        return 1;
    }
}
int arcs(void), parc_x(void), boolqs(void), strmmlu(void);
END
{ echo "build/ro""ot/x \$HOME/wo""rk/ ../ho""me/ \${a}/ho""me/ /root /works/"
  echo "https://example.org/wo""rk/ mycrates"".iox"; } | file docs/places.md
echo 'mktemp /tmp/XXXXXX' | file scripts/ok.sh
printf 'two blanks  \n' | file docs/break.md
printf '{ "a": "\364\217\277\277 \357\277\275 \340\240\200" }\n' |
    file tasks/zh/ok.json
printf '\000\001' | file datasets/sample/x.gz
run 0
grep -q '; 0 violations, 0 warnings' "$tmp/out" || die "warnings in $tree"
grep -q ', 3 functions checked;' "$tmp/out" || die "functions miscounted"

# --- which files: tracked and new ones, not ignored ones; no build trees
if command -v git > /dev/null; then
    git -C "$tmp/good" init -q
    echo '/out/' | file .gitignore
    printf 'int x;\t' | file out/x.c
    run 0
    printf 'int x(void);\t\n' | file base/new.c
    run 1
    rm -rf "$tmp/good/.git" "$tmp/good/base/new.c" "$tmp/good/out"
fi
printf 'int x;\t' | file build/x.c
: | file build/CMakeCache.txt
run 0

# --- a compiler that is not there is an error, not a pass
cc=$tmp/absent
run 1
grep -q 'headers not compiled' "$tmp/out" || die "a missing compiler passes"
tree=nowhere
run 2
echo "selftest: $wanted violations found, nothing else"
