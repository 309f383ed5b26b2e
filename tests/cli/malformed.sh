#!/bin/sh
# Every malformed scenario, through the program: one clear complaint with its place, status 2, and nothing written.
. "$(dirname "$0")/lib.sh"

count=0
for path in tests/scenario/malformed/*.yaml; do
    count=$((count + 1))
    run "$path" 2 "$holdfast" run -o "$dir/result" "$path"
    out none
    err "holdfast: error: $path"
    [ "$(grep -c '^holdfast: error: ' "$dir/err")" = 1 ] || complain "not one complaint"
    [ ! -e "$dir/result" ] || complain "something was written"
done
[ "$count" -ge 60 ] || { name=all; complain "only $count malformed scenarios"; }

run "an empty file" 2 "$holdfast" check /dev/null
err "/dev/null"
run "a directory" 2 "$holdfast" check "$dir"
err "$dir"
printf 'name: \0x\n' >"$dir/nul.yaml"
run "a NUL byte" 2 "$holdfast" check "$dir/nul.yaml"
err "nul.yaml:1"
printf 'name: \377x\n' >"$dir/utf8.yaml"
run "bytes that are no UTF-8" 2 "$holdfast" check "$dir/utf8.yaml"
err "utf8.yaml:1"
awk 'BEGIN { for (i = 0; i < 10 * 1024 * 1024; i++) printf "[" }' >"$dir/deep.yaml"
run "10 MB of nesting" 2 "$holdfast" check "$dir/deep.yaml"
err "deep.yaml"
awk 'BEGIN { printf "name: \""; for (i = 0; i < 17 * 1024 * 1024; i++) printf "x" }' >"$dir/large.yaml"
run "17 MB of text" 2 "$holdfast" check "$dir/large.yaml"
err "large.yaml"
finish
