#!/bin/sh
# Compiles what programs may import, and packs it: $1 is go. A minute's work, done once
# for each version of Go.
go=$1
export GOCACHE="$PWD/cache" GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-mod=mod GO111MODULE=off
mkdir -p cache std
"$go" list -export -deps -f '{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}' \
    bufio bytes cmp container/heap container/list crypto/md5 encoding/hex errors flag fmt io \
    math math/big math/bits math/cmplx math/rand os reflect regexp runtime slices maps sort \
    strconv strings sync testing testing/internal/testdeps time unicode unicode/utf8 >exports || exit 1
n=0
while IFS='=' read -r name file; do
    n=$((n + 1))
    cp "$file" "std/$n.a" || exit 1
    echo "packagefile $name=std/$n.a"
done <exports >std/importcfg
"$go" tool compile -p github.com/stretchr/testify/assert -importcfg std/importcfg \
    -o std/assert.a assert.go || exit 1
echo "packagefile github.com/stretchr/testify/assert=std/assert.a" >>std/importcfg
tar cf std.tar std && cat std.tar >&5
