#!/bin/sh
# Files of other programs that those would refuse: each ends with status 2, one complaint with its place in the file, and nothing
# written. NAME.json is loaded by a scenario as an app of Marathon's (deployment-NAME.json: as what an app becomes; chronos-NAME.json and metronome-NAME.json: as a job of theirs); NAME.err is what is said.
#
#   malformed.sh HOLDFAST DIRECTORY        UPDATE=1 in the environment writes NAME.err anew
set -eu
holdfast=$(realpath "$1")
cd "$2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
count=0
for file in *.json; do
    name=${file%.json}
    count=$((count + 1))
    cp "$file" "$work/$file"
    case $name in
    metronome-*) framework="model: metronome, jobs: [$file]" ;;
    chronos-*) framework="model: chronos, jobs: [$file]" ;;
    deployment-*) framework="model: marathon, apps: [{id: /a}], deployments: [{at: 30m, upgrade: $file}]" ;;
    *) framework="model: marathon, apps: [$file]" ;;
    esac
    cat >"$work/cell.yaml" <<EOF
name: cell
question: is it refused?
duration: 1h
agents: [{name: node, count: 1, resources: "cpus:8;mem:32768;disk:100000;gpus:2;ports:[31000-31099]"}]
frameworks: [{name: f, role: it, $framework}]
EOF
    rc=0
    (cd "$work" && "$holdfast" run cell.yaml -o out --no-progress >said 2>err) || rc=$?
    sed -n '/the file ends\|there is more/!s/\(not valid JSON: \).*/\1.../; 1s/^holdfast: error: //p' "$work/err" >"$work/first"
    [ "${UPDATE:-}" != 1 ] || cp "$work/first" "$name.err"
    if [ "$rc" != 2 ] || [ "$(grep -c '^holdfast: error: ' "$work/err")" != 1 ] || [ -e "$work/out" ] || [ -s "$work/said" ]; then
        echo "$file: status $rc, and not one complaint:"
        cat "$work/err"
        status=1
    fi
    diff -u "$name.err" "$work/first" || status=1
done
[ "$count" -ge 40 ] || { echo "only $count files"; status=1; }
exit $status
