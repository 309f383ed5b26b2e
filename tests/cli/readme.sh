#!/bin/sh
# What the README shows must be so: its scenario runs and holds, its commands exist, its links lead somewhere.
. "$(dirname "$0")/lib.sh"

awk '/^    name: two-tenants/ {on = 1} on && /^[^ ]/ {exit} on {sub(/^    /, ""); print}' README.md >"$dir/two-tenants.yaml"
file "$dir/two-tenants.yaml"
run "the README's scenario" 0 "$holdfast" run "$dir/two-tenants.yaml" -o "$dir/result"
out "utilization.cpus.allocated > 0.75"

"$holdfast" --help >"$dir/help"
sed -n 's/^| `holdfast \([a-z-]*\).*/\1/p' README.md >"$dir/commands"
[ "$(wc -l <"$dir/commands")" -ge 6 ] || { name=commands; complain "hardly any commands found in README.md"; }
while read -r command; do
    name=$command
    grep -q "^  $command " "$dir/help" || complain "README.md has a command that the program does not have"
done <"$dir/commands"
for command in $(sed -n 's/^  \([a-z-]*\)  .*/\1/p' "$dir/help"); do
    name=$command
    grep -qx -- "$command" "$dir/commands" || complain "README.md lacks a command of the program"
done

for target in $(grep -o '](\([^)]*\))' README.md | sed 's/](\(.*\))/\1/'); do
    name=$target
    [ -e "$target" ] || complain "README.md links to what is not there"
done
finish
