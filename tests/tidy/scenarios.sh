#!/bin/sh
# Each scenario is without mistakes, says what it asks, where its numbers come from and what decides it, and is run by a test. Each variant of each service, and
# each framework model, has a trace that was agreed on.
#
#   scenarios.sh SOURCE HOLDFAST
set -eu
source=$1
holdfast=$2
status=0
complain() {
    echo "$1"
    status=1
}
for file in "$source"/scenarios/*.yaml; do
    name=$(basename "$file" .yaml)
    grep -q '^question: ' "$file" || complain "$name: no question"
    grep -q '^sources:' "$file" || complain "$name: no sources"
    grep -qi '^# *oracle: ' "$file" || complain "$name: no oracle in its header"
    grep -q '^expect:' "$file" || complain "$name: it expects nothing"
    "$holdfast" check "$file" >/dev/null 2>"${TMPDIR:-/tmp}/check.$$" ||
        grep -q HOLDFAST_TRACES "${TMPDIR:-/tmp}/check.$$" || complain "$(cat "${TMPDIR:-/tmp}/check.$$")"
    grep -qE "^ *hf_scenario\([^ ]+ $name[ )]" "$source/tests/scenario/CMakeLists.txt" || complain "$name: no test runs it"
done
rm -f "${TMPDIR:-/tmp}/check.$$"
lives="$source/tests/services"
"$holdfast" list models | awk '$2 == "framework" { print $1 }' | while read -r model; do
    grep -lqE "model: $model([,}]|\$)" "$lives"/*.yaml || echo "no life of model $model in tests/services"
done >"${TMPDIR:-/tmp}/lives.$$"
# A variant is named, or its era chooses it: the files of a model are as many as it has variants, at least.
"$holdfast" list services | awk '!/^[A-Z]/ { print $1, $2 }' | sort -u | while read -r model variant; do
    grep -lqE "model: $model, variant: $variant[,}]" "$lives"/*.yaml && continue
    files=$(grep -lE "model: $model([,}]|\$)" "$lives"/*.yaml | wc -l)
    variants=$("$holdfast" list services | awk -v model="$model" '$1 == model { print $2 }' | sort -u | wc -l)
    [ "$files" -ge "$variants" ] || echo "no life of variant $variant of $model in tests/services"
done >>"${TMPDIR:-/tmp}/lives.$$"
if [ -s "${TMPDIR:-/tmp}/lives.$$" ]; then
    cat "${TMPDIR:-/tmp}/lives.$$"
    status=1
fi
rm -f "${TMPDIR:-/tmp}/lives.$$"
exit $status
