#!/bin/sh
# What could never run is refused before the run: each NAME.yaml ends with status 2, by `check` as by `run`, with one complaint,
# which is in NAME.err, and nothing is written. A host that may become larger is waited for.
#
#   impossible.sh HOLDFAST DIRECTORY        UPDATE=1 in the environment writes NAME.err anew
set -eu
holdfast=$(realpath "$1")
cd "$2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
count=0
for file in *.yaml; do
    name=${file%.yaml}
    count=$((count + 1))
    for command in check "run --no-progress -o $work/out"; do
        rc=0
        "$holdfast" $command "$file" >"$work/said" 2>"$work/err" || rc=$?
        sed -n '1s/^holdfast: error: //p' "$work/err" >"$work/first"
        [ "${UPDATE:-}" != 1 ] || cp "$work/first" "$name.err"
        if [ "$rc" != 2 ] || [ "$(grep -c '^holdfast: error: ' "$work/err")" != 1 ] || [ -e "$work/out" ]; then
            echo "$command $file: status $rc, and not one complaint:"
            cat "$work/err"
            status=1
            rm -rf "$work/out"
        fi
        diff -u "$name.err" "$work/first" || status=1
    done
done
[ "$count" -ge 15 ] || { echo "only $count files"; status=1; }

cat >"$work/later.yaml" <<'EOF'
name: later
duration: 1h
agent: {reconfiguration_policy: additive}
agents: [{name: n, count: 1, resources: "cpus:4;mem:8192"}]
frameworks: [{name: f, role: it, model: batch, arrivals: 1m, jobs: 1, duration: 1m, cpus: 5}]
operators: [{at: 10m, restart_agent: {agent_id: n-0, resources: "cpus:8;mem:8192"}}]
expect: [tasks.finished == 1]
EOF
"$holdfast" run --no-progress -q -o "$work/later" "$work/later.yaml" || { echo "a host that grows: status $?"; status=1; }
exit $status
