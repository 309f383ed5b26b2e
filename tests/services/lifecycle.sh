#!/bin/sh
# Runs a small scenario of one service, audited, and compares what became of its instances and data, as text with times,
# with the trace that was agreed on. Whoever changes one says why.
#
#   lifecycle.sh HOLDFAST SCENARIO.yaml        the trace is SCENARIO.txt; UPDATE=1 in the environment writes it anew
set -eu
holdfast=$1
scenario=$2
expected=${scenario%.yaml}.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$holdfast" run "$scenario" -o "$work/out" --audit --no-progress --events jsonl >"$work/said" 2>&1 || {
    cat "$work/said"
    exit 1
}
# One line for each event: seconds, what, and its fields without quotes, resources and usage.
awk '
/"ev":"(job_|input_read|tasks_|agent_crashed|agent_returned|agent_unreachable|disk_lost|scheduler_|framework_re(moved|fused)|operation|task_begun|task_started|task_ended|executor_begun|executor_started|executor_ended|deployment_|service_|member_replaced|replica_|data_lost|copy_|volume_|placement_|share_|store_state|store_lost|store_clients|store_degraded|store_recovered|store_surplus)/ {
    sub(/,"resources":.*/, "") # the last field
    gsub(/,"usage_milli":[0-9]*/, "")
    gsub(/[{}"]/, "")
    count = split($0, field, ",")
    line = ""
    for (i = 1; i <= count; i++) {
        if (split(field[i], pair, ":") < 2) continue
        if (pair[1] == "t") line = sprintf("%11.3f", pair[2] / 1e9)
        else if (pair[1] == "ev") line = line " " pair[2]
        else if (pair[1] != "framework" && pair[1] != "role") line = line " " pair[1] "=" pair[2]
    }
    print line
}' "$work/out/events.jsonl" >"$work/trace"
if [ "${UPDATE:-}" = 1 ]; then
    cp "$work/trace" "$expected"
fi
diff -u "$expected" "$work/trace"
