#!/bin/sh
# Runs one scenario as a user would, audited, and wants exit status 0: every expectation met, no invariant broken.
#
#   run.sh HOLDFAST SCENARIO [OPTION...]       exit 77 (skipped) when a trace that it names is not there
set -eu
holdfast=$1
scenario=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! "$holdfast" check "$scenario" >"$work/check" 2>&1; then
    if grep -q 'Data: ' "$work/check"; then
        echo "skipped: $scenario needs a trace that is not here (HOLDFAST_TRACES):"
        cat "$work/check"
        exit 77
    fi
    cat "$work/check"
    exit 1
fi
"$holdfast" run "$scenario" -o "$work/out" --audit --no-progress "$@"
