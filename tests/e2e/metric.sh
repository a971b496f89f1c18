#!/usr/bin/env bash
# `evalrun metric`: figures, lines, signatures, files of every form, wrong files and
# wrong names. The figures are sacrebleu's 2.6.0.
. "$SRC/tests/e2e/lib.sh" || exit 1

printf 'The cat sat on the mat.\n\nhello world\n' >pred.txt
printf 'The cat is sitting on the mat.\nnot empty\nhello world\n' >ref.txt
printf 'A cat sat on the mat.\nno\nhello, world\n' >more.txt

# The figure, its interval, how many, how.
expect 0 evalrun metric 'bleu[13a]' --pred pred.txt --ref ref.txt
has out 'bleu[13a] = 35.9679 ['
has out ' n = 3  nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0'
expect 0 evalrun metric 'bleu[13a],chrf++,ter' --lines --pred pred.txt --ref ref.txt
has out "$(printf '1\t42.3837\t54.2552\t28.5714')"
has out "$(printf '2\t0.0000\t0.0000\t100.0000')"
has out "$(printf '3\t100.0000\t100.0000\t0.0000')"
has out 'chrf++ = 56.5566 ['
has out 'ter = 36.3636 ['
expect 0 evalrun metric 'bleu[13a]' --pred pred.txt --ref ref.txt --ref more.txt
has out 'nrefs:2|'

# JSON lines: texts, lists, objects; several right answers of some.
printf '"a b c d e"\n\n{"text": "x"}\n' >pred.jsonl
printf '["a b c d e", "b"]\n{"text": ["x"], "id": 3}\n' >ref.jsonl
expect 0 evalrun metric 'bleu[none]' --json --pred pred.jsonl --ref ref.jsonl
has out '{"metric":"bleu[none]","score":100.00000000000004,"signature":"nrefs:var|'
has out '"n":2,"interval":{"low":'
has out '"level":0.95,"kind":"bootstrap"},"lines":[100.00000000000004,'
gzip -k pred.jsonl
expect 0 evalrun metric chrf --json --pred pred.jsonl.gz --ref ref.jsonl
expect 0 evalrun metric chrf,ter --json --pred pred.jsonl --ref ref.jsonl
has out '[{"metric":"chrf",'
has out ',{"metric":"ter",'
printf '"a"\n' >one.jsonl
expect 0 evalrun metric chrf --json --pred one.jsonl --ref one.jsonl
has out '"interval":{"low":null,"high":null,'

# A byte order mark and Windows line ends are not part of a text.
printf '\xef\xbb\xbfsame text\r\n' >windows.txt
printf 'same text' >unix.txt
expect 0 evalrun metric 'bleu[none]' --lines --pred windows.txt --ref unix.txt
has out "$(printf '1\t100.0000')"

# The language completes a name, and that is said.
printf '今天天气很好。\n' >zh.txt
expect 0 evalrun metric bleu,chrf --lang zh --pred zh.txt --ref zh.txt
has out 'bleu[zh] = 100.0000'
has err 'evalrun: bleu is bleu[zh] here'
! grep -q chrf err || fail "chrf is as it was typed"
expect 0 evalrun metric bleu --lang en --pred zh.txt --ref zh.txt
has out 'bleu[13a] = '
expect 0 evalrun metric rouge-l,f1,chrf --pred zh.txt --ref zh.txt
has err "rouge-l does not part into words; rouge-l[zh-char] does"
has err "f1 does not part into words; f1[zh-char] does"
! grep -q "chrf does not" err || fail "chrf knows Chinese"
expect 0 evalrun metric 'rouge-l[zh-char]' --pred zh.txt --ref zh.txt
! grep -q "part into words" err || fail "a name that says its tokens"
expect 0 evalrun metric 'bleu[char]' --lang zh --pred zh.txt --ref zh.txt
has out 'bleu[char] = 100.0000'
expect 0 evalrun metric exact --pred pred.txt --ref ref.txt
has out 'exact_match = 0.3333'

# Keys of the scorer.
expect 0 evalrun metric 'bleu[13a]' --with '{"smooth": "floor"}' --pred pred.txt --ref ref.txt
has out 'smooth:floor[0.10]'

# The same in a run and its reports.
expect 0 evalrun --task flores-zh-en --sample --model fake:skill=0.6,seed=1 --out run --quiet
expect 0 evalrun report run --format json
has out '"signature": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"'
has out '"interval": "bootstrap"'
expect 0 evalrun score run

# wrong STATUS TEXT ARGUMENT...
wrong() {
    local status=$1 text=$2
    shift 2
    expect "$status" evalrun metric "$@"
    has err "$text"
}
files=(--pred pred.txt --ref ref.txt)
wrong 3 'which metric?'
wrong 3 'one list of metrics is wanted' chrf ter "${files[@]}"
wrong 3 '--pred FILE is missing' chrf --ref ref.txt
wrong 3 '--ref FILE is missing' chrf --pred pred.txt
wrong 3 "unknown metric 'chfr' (did you mean chrf?)" chfr "${files[@]}"
wrong 3 "unknown metric 'blue[zh]' (did you mean bleu[13a], bleu[zh]," 'blue[zh]' "${files[@]}"
wrong 3 "unknown metric 'bleu[spm]' (did you mean bleu[13a], bleu[zh]," 'bleu[spm]' "${files[@]}"
wrong 3 "unknown metric 'acc_pmi'; \`evalrun list scorers\`" acc_pmi "${files[@]}"
wrong 3 'metric bleu: which tokenization? bleu[13a], bleu[zh], bleu[char]' bleu "${files[@]}"
wrong 3 'the list of metrics has an empty name' chrf,,ter "${files[@]}"
wrong 3 'the list of metrics has an empty name' chrf, "${files[@]}"
wrong 3 "--with: an object of a scorer's keys" chrf --with '["x"]' "${files[@]}"
wrong 3 "--with: an object of a scorer's keys" chrf --with '{"use": "x"}' "${files[@]}"
wrong 2 '--with: ' chrf --with '{' "${files[@]}"
wrong 2 "chrf: " chrf --with '{"smoot": 1}' "${files[@]}"
wrong 2 'no.txt' chrf --pred no.txt --ref ref.txt
: >empty.txt
wrong 2 'empty.txt: no text is in it' chrf --pred empty.txt --ref ref.txt
printf 'a\nb\n' >two.txt
wrong 2 'two.txt has 2 texts and ref.txt has 3; they belong together line by line' chrf \
    --pred two.txt --ref ref.txt
printf 'good\nb\xffd\nx\n' >latin.txt
wrong 2 'latin.txt: line 2: byte 2 is not UTF-8' chrf --pred latin.txt --ref ref.txt
printf 'good\n\0\nx\n' >binary.txt
wrong 2 'binary.txt: line 2: a NUL byte is in it' chrf --pred ref.txt --ref binary.txt
printf '"a"\n{"txt": "b"}\n' >form.jsonl
wrong 2 'form.jsonl: line 2: a text is wanted, a list of texts, or an object' chrf \
    --pred form.jsonl --ref form.jsonl
printf '"a"\n[]\n' >form.jsonl
wrong 2 'form.jsonl: line 2: a text is wanted' chrf --pred form.jsonl --ref form.jsonl
printf '"a"\n["b", 1]\n' >form.jsonl
wrong 2 'form.jsonl: line 2: a text is wanted' chrf --pred form.jsonl --ref form.jsonl
printf '"a"\nb\n' >form.jsonl
wrong 2 'form.jsonl: line 2: ' chrf --pred form.jsonl --ref form.jsonl
wrong 2 'ref.jsonl: line 1: one text is wanted, not 2' chrf --pred ref.jsonl --ref ref.jsonl
many=()
for _ in $(seq 17); do many+=(--ref ref.txt); done
wrong 3 '--ref: given more than 16 times' chrf --pred pred.txt "${many[@]}"
finish
