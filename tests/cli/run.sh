#!/bin/sh
# `holdfast run`: what it leaves, what repeats, and how it ends when something is in the way.
. "$(dirname "$0")/lib.sh"

# A cell of four machines for one hour, and room for expectations.
cat >"$dir/small.yaml" <<'END'
name: small
duration: 1h
warm_up: 10m
agents: [{name: node, count: 4, resources: "cpus:4;mem:8192"}]
frameworks:
  - {name: work, model: batch, arrivals: {law: exponential, mean: 20s}, tasks: 2,
     duration: {law: exponential, mean: 60s}, cpus: 1, mem: 512}
END
digest() { sed -n 's/.*"trace_digest" : "\([0-9a-f]*\)".*/\1/p' "$1/run.json"; }

run "a run" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/one"
out "utilization.cpus.used"
out "$dir/one"
grep -q "utilization.cpus.allocated" "$dir/out" || complain "no utilization"
grep -qE " 0\.0%$|reserved_idle|relaunch|volumes" "$dir/out" && complain "rows of nothing but zeros"
out "(all "
for table in run.json summary.json timeseries.csv tasks.csv frameworks.csv waits.csv; do file "$dir/one/$table"; done
[ "$(wc -l <"$dir/one/timeseries.csv")" = 61 ] || complain "timeseries.csv is not a header and 60 rows"
[ "$(digest "$dir/one" | wc -c)" = 33 ] || complain "no trace digest of 32 digits"

run "again" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/two" --quiet
out none
err none
[ "$(digest "$dir/one")" = "$(digest "$dir/two")" ] || complain "equal scenario and seed, another digest"
for table in summary.json timeseries.csv tasks.csv frameworks.csv waits.csv; do
    cmp -s "$dir/one/$table" "$dir/two/$table" || complain "$table differs"
done
run "with every record" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/events" --events jsonl -q
[ "$(digest "$dir/one")" = "$(digest "$dir/events")" ] || complain "writing records changed the digest"
file "$dir/events/events.jsonl"
run "another seed" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/seed" --seed 7 -q
[ "$(digest "$dir/one")" != "$(digest "$dir/seed")" ] || complain "another seed, the same digest"
run "an override" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/set" --set 'agents[0].count=1' --format json
out '"trace_digest"'
[ "$(digest "$dir/one")" != "$(digest "$dir/set")" ] || complain "the override changed nothing"
run "cut short" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/until" --until 30m
grep -q '"partial" : true' "$dir/until/run.json" || complain "run.json does not say that it is partial"

run "a directory that is there" 1 "$holdfast" run "$dir/small.yaml" -o "$dir/one"
err "$dir/one"
run "replaced by request" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/one" --force -q
mkdir "$dir/mine"
echo precious >"$dir/mine/file"
run "not ours to replace" 1 "$holdfast" run "$dir/small.yaml" -o "$dir/mine" --force
file "$dir/mine/file"

sed 's/^name: small/name: hopes\nexpect: [utilization.cpus.used > 0.1, tasks.launched > 1000000]/' "$dir/small.yaml" \
    >"$dir/hopes.yaml"
run "an expectation that fails" 3 "$holdfast" run "$dir/hopes.yaml" -o "$dir/hopes"
out "tasks.launched > 1000000"
out "tasks.launched = "
file "$dir/hopes/summary.json"
run "a metric that does not exist" 2 "$holdfast" run "$dir/small.yaml" -o "$dir/x" --set 'expect=[utilisation.cpus.used > 0]'
err "utilisation.cpus.used"
err "utilization.cpus.used"
[ ! -e "$dir/x" ] || complain "something was written"

sed 's/^name: small/name: other/' "$dir/small.yaml" >"$dir/other.yaml"
cat >"$dir/arms.yaml" <<'END'
name: arms
duration: 2m
agents: [{name: a, count: 1, resources: "cpus:4;mem:4096"}]
frameworks: [{name: f, model: marathon, apps: [{id: /a, cpus: 1, mem: 100}]}]
arms:
  - {name: one, set: {seed: 3}}
  - {name: two, set: {agents.a.count: 2}, expect: [agents.total == 2]}
  - {name: three, set: {agents.a.count: 3}}
expect: [two.agents.total == 2 * one.agents.total, three.agents.total > two.agents.total]
END
run "some arms" 0 "$holdfast" run "$dir/arms.yaml" -o "$dir/some" --arm three --arm two
err "arms: 1 expectation over arms that do not run is left out"
file "$dir/some/two/summary.json"
file "$dir/some/three/summary.json"
[ -e "$dir/some/one" ] && complain "an arm ran that was not asked for"
grep -q "three.agents.total > two.agents.total" "$dir/some/verdicts.json" || complain "an expectation of both is not checked"
grep -q "one.agents" "$dir/some/verdicts.json" && complain "an expectation of an absent arm is checked"
run "no such arm" 2 "$holdfast" run "$dir/arms.yaml" -o "$dir/none" --arm on
err "there is no arm \"on\"; there are one, two, three"
[ -e "$dir/none" ] && complain "results of an arm that is not there"

run "two files" 0 "$holdfast" run "$dir/small.yaml" "$dir/other.yaml" -o "$dir/both" --set duration=20m -q
file "$dir/both/small/run.json"
file "$dir/both/other/run.json"

echo text >"$dir/plain"
run "a path through a file" 1 "$holdfast" run "$dir/small.yaml" -o "$dir/plain/result"
err "plain"
# With a limit on the size of files every write fails halfway, as on a full disk.
run "no room" 1 sh -c "trap '' XFSZ; ulimit -f 4; exec '$holdfast' run '$dir/small.yaml' -o '$dir/full'"
err "holdfast: error: "
for left in "$dir"/full*; do [ ! -e "$left" ] || complain "left behind: $left"; done

# A folder here does not hide the scenario of that name: -o quickstart leaves one.
mkdir -p "$dir/here/drf-paper"
run "a folder of that name" 0 sh -c "cd '$dir/here' && '$holdfast' run drf-paper -q -o result"
file "$dir/here/result/run.json"

# Long enough to be running when the signal comes.
sed 's/duration: 1h/duration: 3000d/' "$dir/small.yaml" >"$dir/long.yaml"
# A shell in the background ignores SIGINT unless job control gives the job its own group; SIGTERM is taken the same way.
name="a signal" code=0
"$holdfast" run "$dir/long.yaml" -o "$dir/long" --set record.tasks=none >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 1
kill -TERM "$pid"
wait "$pid" || code=$?
[ "$code" = 1 ] || complain "expected exit 1, got $code"
err "interrupted"
grep -q '"partial" : true' "$dir/long/run.json" || complain "run.json does not say that it is partial"
finish
