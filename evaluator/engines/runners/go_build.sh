#!/bin/sh
# Makes a program of solution.go, tests.go and main.go: $1 is go.
go=$1
export GOCACHE="$PWD/cache" GOTOOLCHAIN=local GO111MODULE=off
mkdir -p cache
tar xf std.tar
"$go" tool compile -p main -importcfg std/importcfg -o main.a solution.go tests.go main.go >&2 ||
    exit 1
"$go" tool link -importcfg std/importcfg -o program main.a >&2 && cat program >&5
