#!/bin/sh
# Shared by the tests of the program; sourced with $1 = the program.
set -eu
holdfast=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
LC_ALL=C
export LC_ALL
failures=0

# run NAME STATUS COMMAND...: runs it, keeps $dir/out and $dir/err, and complains about another status.
run() {
    name=$1 status=$2
    shift 2
    code=0
    "$@" >"$dir/out" 2>"$dir/err" </dev/null || code=$?
    [ "$code" = "$status" ] || complain "expected exit $status, got $code"
}

# out TEXT, err TEXT: the last run must have printed it; none: nothing at all on that stream.
out() { [ "$1" = none ] && { [ ! -s "$dir/out" ] || complain "standard output is not empty"; return; }
    grep -qF -- "$1" "$dir/out" || complain "not on standard output: $1"; }
err() { [ "$1" = none ] && { [ ! -s "$dir/err" ] || complain "standard error is not empty"; return; }
    grep -qF -- "$1" "$dir/err" || complain "not on standard error: $1"; }

# file PATH: it must exist and hold something.
file() { [ -s "$1" ] || complain "missing or empty: $1"; }

complain() {
    echo "FAILED $name: $1"
    sed 's/^/    out: /' "$dir/out" | head -n 20
    sed 's/^/    err: /' "$dir/err" | head -n 20
    failures=$((failures + 1))
}

finish() {
    [ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
    echo "all as expected"
}
