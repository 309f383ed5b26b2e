#!/bin/sh
# Equal scenario and seed give an equal trace digest, whatever is written beside; another seed gives another.
#
#   digest.sh HOLDFAST SCENARIO [EXPECTED-DIGEST]     the last: of the committed run, the same in every build
set -eu
holdfast=$1
scenario=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
digest() { # digest NAME OPTION...
    name=$1
    shift
    "$holdfast" run "$scenario" -o "$work/$name" --no-progress "$@" >"$work/$name.txt"
    grep -o 'trace digest [0-9a-f]*' "$work/$name.txt"
}
first=$(digest one)
[ -n "$first" ]
[ "$first" = "$(digest two)" ]
[ "$first" = "$(digest logged --events jsonl --set record.interval=7s --set record.tasks=none)" ]
[ "$first" = "$(digest audited --audit)" ]
[ "$first" != "$(digest other --seed 4711)" ] || [ "$(basename "$scenario")" = drf-paper.yaml ]
if [ $# -gt 2 ]; then
    echo "$first"
    [ "$first" = "trace digest $3" ]
fi
