#!/bin/sh
# `holdfast run --reps --jobs`: the same numbers however many processes, intervals, verdicts, and how it ends badly.
. "$(dirname "$0")/lib.sh"

cat >"$dir/small.yaml" <<'END'
name: small
duration: 1h
warm_up: 10m
seed: 5
replications: 4
agents: [{name: node, count: 4, resources: "cpus:4;mem:8192"}]
frameworks:
  - {name: work, model: batch, arrivals: {law: exponential, mean: 20s}, tasks: 2,
     duration: {law: exponential, mean: 60s}, cpus: 1, mem: 512}
arms:
  - {name: few, set: {agents.node.count: 4}}
  - {name: many, set: {agents.node.count: 8}}
expect:
  - utilization.cpus.used > 0.1
  - few.utilization.cpus.used ~ many.utilization.cpus.used * 2 +- 0.02
  - few.capacity.cpus == 16
END
same() { cmp -s "$1" "$2" || complain "$1 and $2 differ"; }

run "in one process" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/one"
out "4 of 4 replications"
out " +- "
run "in three" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/three" --jobs 3 -q
for table in replications.csv intervals.csv verdicts.json arms.csv few/summary.json many/timeseries.csv; do
    same "$dir/one/$table" "$dir/three/$table"
done
[ ! -e "$dir/one/few/0" ] || complain "folders of replications"
# Replication 2 is the run under seed 5 + 2: the same digest and numbers.
run "that seed alone" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/seven" --seed 7 --reps 1 -q
digest=$(sed -n 's/.*"trace_digest" : "\([0-9a-f]*\)".*/\1/p' "$dir/seven/few/run.json")
grep -q "^few,2,7,$digest,utilization.cpus.used," "$dir/one/replications.csv" || complain "replication 2 is not the run of seed 7"
[ "$(grep -c ',utilization.cpus.used,' "$dir/one/replications.csv")" = 8 ] || complain "not 2 x 4 rows of a metric"
# The mean of the four, worked out by awk from the other table.
mean=$(awk -F, '$1 == "few" && $5 == "wait.mean" {s += $6; n++} END {printf "%.9g", s / n}' "$dir/one/replications.csv")
told=$(awk -F, '$1 == "few" && $2 == "wait.mean" {printf "%.9g", $5}' "$dir/one/intervals.csv")
[ "$mean" = "$told" ] || complain "mean of wait.mean is $told, not $mean"

run "arms at once, one replication" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/arms" --reps 1 --jobs 2 -q
run "arms one after another" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/serial" --reps 1 -q
for table in verdicts.json arms.csv few/summary.json many/tasks.csv; do same "$dir/arms/$table" "$dir/serial/$table"; done
[ ! -e "$dir/arms/intervals.csv" ] || complain "intervals of one replication"

run "not shown" 3 "$holdfast" run "$dir/small.yaml" -o "$dir/x" --set 'expect=[few.wait.p50 > many.wait.p50]' -j 2
out "! few.wait.p50 > many.wait.p50: not met (left = "
run "JSON" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/json" -j 2 --format json
out '"half_width"'
out '"seed" : "8"'
run "an unknown metric" 2 "$holdfast" run "$dir/small.yaml" -o "$dir/y" --set 'expect=[utilisation.cpus.used > 0]' -j 2
err "utilization.cpus.used"
[ ! -e "$dir/y" ] || complain "something was written"
run "no replications" 2 "$holdfast" run "$dir/small.yaml" -o "$dir/y" --reps 0
run "arms with replications of their own" 2 "$holdfast" run "$dir/small.yaml" -o "$dir/y" \
    --set 'arms.few.set={replications: 2}'
err "equal in all arms"
run "no room" 1 sh -c "trap '' XFSZ; ulimit -f 4; exec '$holdfast' run '$dir/small.yaml' -o '$dir/full' -j 2"
err "holdfast: error: "
for left in "$dir"/full*; do [ ! -e "$left" ] || complain "left behind: $left"; done

# A signal to the first process alone: all end, what there is is kept and said to be partial.
sed 's/duration: 1h/duration: 3000d/' "$dir/small.yaml" >"$dir/long.yaml"
name="a signal" code=0
"$holdfast" run "$dir/long.yaml" -o "$dir/long" --set record.tasks=none -j 2 >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 1
kill -TERM $pid
wait $pid || code=$?
[ "$code" = 1 ] || complain "exit $code"
err "interrupted"
grep -q '"partial" : true' "$dir/long/few/run.json" || complain "the run that was cut short does not say so"
grep -q '"partial" : true' "$dir/long/run.json" || complain "the whole of them does not say so"
grep -q '"partial" : false' "$dir/arms/run.json" || complain "runs that are whole are said to be partial"
name="a signal in the first of two arms" code=0
"$holdfast" run "$dir/long.yaml" -o "$dir/first" --reps 1 --set record.tasks=none >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 1
kill -TERM $pid
wait $pid || code=$?
[ "$code" = 1 ] || complain "exit $code"
file "$dir/first/few/summary.json"
[ ! -e "$dir/first/many" ] || complain "an arm that did not run left a directory"
finish
