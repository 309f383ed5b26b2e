#!/bin/sh
# What people type wrong, and files that are not whole: one clear message each, with its place, and the right status.
. "$(dirname "$0")/lib.sh"

cat >"$dir/cell.yaml" <<'EOF'
name: cell
duration: 1h
roles:
  it: {weight: 1}
agents: [{name: n, count: 2, resources: "cpus:4;mem:8192"}]
frameworks:
  - {name: work, model: batch, role: it, arrivals: {law: exponential, mean: 20s}, duration: 60s, cpus: 1, mem: 512}
EOF
cell="$dir/cell.yaml"

# one NAME STATUS TEXT COMMAND...: one complaint that holds the text, and nothing on standard output.
one() {
    title=$1 expected=$2 text=$3
    shift 3
    run "$title" "$expected" "$@"
    err "$text"
    out none
    [ "$(grep -c '^holdfast: error: ' "$dir/err")" = 1 ] || complain "not one complaint"
}

one "no such scenario, but a near one" 2 \
    "quickstrat: there is no such file, and no scenario of that name comes with the program; did you mean quickstart?" \
    "$holdfast" run quickstrat -o "$dir/x"
one "no such scenario at all" 2 "(see 'holdfast list scenarios')" "$holdfast" check zzzzzzzzzz
one "no name" 2 "expected the name of a scenario file, got an empty text" "$holdfast" run '' -o "$dir/x"
run "no such scenario, as JSON" 2 "$holdfast" check quickstrat --format json
out "did you mean quickstart?"
one "no time at all" 2 "--until: expected more than nothing, not '0s'" "$holdfast" run "$cell" --until 0s -o "$dir/x"
[ ! -e "$dir/x" ] || complain "something was written"
run "one name twice" 2 "$holdfast" run "$cell" "$cell" -o "$dir/twice" -f -q
err "$cell: it is called cell, as one before it is, so the results of both would be $dir/twice/cell"
file "$dir/twice/cell/run.json"

# Expectations are read before anything runs: their metrics must be there, and what has no value is not met.
printf 'expect: [tasks.finished > 1,\n  framework.wrok.running > 0]\n' >"$dir/tail"
cat "$cell" "$dir/tail" >"$dir/expect.yaml"
for command in check "run -o $dir/x"; do
    # shellcheck disable=SC2086  # words
    one "a framework that is not there: $command" 2 \
        'expect.yaml:9:3: expect[1]: unknown metric "framework.wrok.running"; did you mean "framework.work.running"?' \
        "$holdfast" $command "$dir/expect.yaml"
done
one "a resource's level misspelt" 2 'did you mean "utilization.cpus.used"?' "$holdfast" run "$cell" -o "$dir/x" \
    --set 'expect=[utilisation.cpus.used > 0]'
one "a resource that no agent has" 2 'did you mean "utilization.cpus.used"?' "$holdfast" run "$cell" -o "$dir/x" \
    --set 'expect=[utilization.cpu.used > 0]'
one "a role that is not there" 2 'unknown metric "role.its.share"; did you mean "role.it.share"?' \
    "$holdfast" run "$cell" -o "$dir/x" --set 'expect=[role.its.share > 0]'
[ ! -e "$dir/x" ] || complain "something was written"
cat >"$dir/roles.yaml" <<'EOF'
name: roles
duration: 1h
roles: {a/b: {weight: 2}}
agents: [{name: n, count: 2, resources: "cpus(c):1;cpus:4;mem:8192;disks(d/e):7"}]
frameworks:
  - {name: work, model: batch, role: "h{index}", count: 3, arrivals: 20s, duration: 60s, cpus: 1, mem: 512}
operators: [{at: 1s, update_weights: {weight_infos: [{role: late, weight: 2}]}}]
expect: [role.h2.share > 0, role.a.share > 0, '"role.a/b.share" > 0', role.c.reserved_idle.cpus > 0, role.late.share > 0,
         '"role.d/e.reserved_idle.disks" > 0', '"role.*.share" > 0', utilization.disks.allocated > 0]
EOF
run "roles of all sorts" 0 "$holdfast" check "$dir/roles.yaml"
sed -i 's/h2/h3/; s/late.share/lat.share/; s/\*/b/; s/disks.alloc/disk.alloc/' "$dir/roles.yaml"
run "none of them" 2 "$holdfast" check "$dir/roles.yaml"
for at in 8:10:\ expect\[0] 8:102:\ expect\[4] 9:48:\ expect\[6] 9:70:\ expect\[7]; do err "roles.yaml:$at: unknown metric"; done
[ "$(wc -l <"$dir/err")" = 4 ] || complain "more than those"
err '"utilization.disk.allocated"; did you mean "utilization.cpus.allocated"?'
# Which of them a run gets to see is found when it is over: nothing of it is lost for that.
for reps in 1 2; do
    run "a role that was never allocated anything, $reps" 3 "$holdfast" run "$cell" -o "$dir/idle-$reps" \
        --set roles.idle.weight=1 --set 'expect=[role.idle.share > 0, tasks.finished > 1]' --reps $reps
    out "role.idle.share > 0: not met"
    out "there is no metric role.idle.share"
    out "tasks.finished > 1: met"
    file "$dir/idle-$reps/summary.json"
done
one "nothing near" 2 '`holdfast list metrics` shows all' "$holdfast" run "$cell" -o "$dir/x" --set 'expect=[zzz.zzz > 0]'
run "divided by nothing" 3 "$holdfast" run "$cell" -o "$dir/zero" --set 'expect=[tasks.finished / tasks.lost > 1]'
out "tasks.finished / tasks.lost > 1: not met, for a side of it has no value"
run "divided by nothing, twice" 3 "$holdfast" run "$cell" -o "$dir/zeros" --reps 2 \
    --set 'expect=[tasks.finished / tasks.lost > 1]'
out "there is no value in 2 of 2 replications"
cat >"$dir/arms.yaml" <<'EOF'
name: arms
duration: 10m
agents: [{name: n, count: 2, resources: "cpus:4;mem:8192"}]
frameworks: [{name: work, model: batch, arrivals: {law: exponential, mean: 20s}, duration: 60s, cpus: 1, mem: 512}]
arms:
  - {name: a, expect: [framework.work.lunched > 0]}
  - {name: b}
expect: [a.tasks.finished == b.tasks.finisched]
EOF
run "metrics of arms" 2 "$holdfast" check "$dir/arms.yaml"
err 'arms.yaml:6:24: arms[0].expect[0]: unknown metric "framework.work.lunched"; did you mean "framework.work.launched"?'
err 'arms.yaml:8:10: expect[0]: unknown metric "tasks.finisched"; did you mean "tasks.finished"?'
sed -e 's/name: work/&, count: 3/' -e '/^arms:/,$d' "$dir/arms.yaml" >"$dir/alike.yaml"
printf 'expect: [framework.work.launched > 0]\n' >>"$dir/alike.yaml"
run "frameworks made alike have one name in metrics" 0 "$holdfast" run "$dir/alike.yaml" -o "$dir/alike"
one "and none for each" 2 'unknown metric "framework.work-0.launched"; did you mean "framework.work.launched"?' \
    "$holdfast" run "$dir/alike.yaml" -o "$dir/x" --set 'expect=[framework.work-0.launched > 0]'

# Names that are known elsewhere, or in part.
sed 's/^roles:/failures:\n  - {what: burst, domain: rack, at: 1h, mtbf: 9h, down: 1m}\n  - {what: network-partition}\n  - {what: outage, at: 1h, for: 1m, agents: n}\n&/' \
    "$cell" >"$dir/others.yaml"
run "what others have" 2 "$holdfast" check "$dir/others.yaml"
err 'others.yaml:4:33: failures[0].at: unknown key; known here: name, what, domain, '
grep -q 'failures\[0].at: .*; agent-crash, .*, .*, .* and others have it$' "$dir/err" || complain "not the failures that have the key"
err 'failures[1].what: unknown failure "network-partition"; did you mean "partition"?'
err 'failures[2].agents: expected a list of texts, got "n"; write [n]'
sed 's/^roles:/failures:\n  - {what: outage, at: 1h, for: 1m, agents: [n-7]}\n&/' "$cell" >"$dir/group.yaml"
one "an agent for its group" 2 'agents: there is no group of agents named "n-7"' "$holdfast" check "$dir/group.yaml"
sed -i 's/n-7/node-7/; s/name: n,/name: node,/' "$dir/group.yaml"
one "an agent for its group, which is near" 2 'named "node-7"; did you mean "node"?' "$holdfast" check "$dir/group.yaml"
sed 's/^roles:/failures:\n  - {what: task-failure, frameworks: [wrok], mtbf: 1h}\n&/' "$cell" >"$dir/framework.yaml"
one "no such framework" 2 'there is no framework named "wrok"; did you mean "work"?' "$holdfast" check "$dir/framework.yaml"

# Names of arms keep apart in the table, which is several where there are many.
cat >"$dir/wide.yaml" <<'EOF'
name: wide
duration: 1m
agents: [{name: n, count: 2, resources: "cpus:4;mem:8192"}]
frameworks: [{name: work, model: batch, arrivals: 20s, duration: 60s}]
arms: [{name: short}, {name: a-rather-long-name}, {name: c}, {name: d}, {name: e}, {name: f}, {name: g}, {name: h}]
EOF
run "long names of arms" 0 "$holdfast" run "$dir/wide.yaml" -o "$dir/wide"
out " short  a-rather-long-name "
[ "$(grep -c '^  capacity.cpus ' "$dir/out")" = 2 ] || complain "eight wide columns are not in two tables"
[ "$(awk '{ if (length($0) > most) most = length($0) } END { print most < 170 }' "$dir/out")" = 1 ] || complain "a line is too long"
run "five of them" 0 "$holdfast" run "$dir/wide.yaml" -o "$dir/wide" -f --arm short --arm a-rather-long-name --arm c --arm d --arm e
[ "$(grep -c '^  capacity.cpus ' "$dir/out")" = 1 ] || complain "five are not in one"

# What is to happen after the end is no mistake, but told.
cat >"$dir/late.yaml" <<'EOF'
name: late
duration: 1h
agents: [{name: n, count: 2, resources: "cpus:4;mem:8192"}]
frameworks:
  - {name: work, model: batch, start: 2h, arrivals: 20s, duration: 60s}
  - {name: in-time, model: batch, start: 1h, arrivals: 20s, duration: 60s}
failures:
  - {what: agent-crash, mtbf: 9h, down: 1m}
  - {what: outage, at: 90m, for: 1m}
  - {what: master-failover, at: 3h}
operators: [{at: 30m, get_roles: {}}, {at: 100m, get_roles: {}}]
EOF
run "what never happens" 0 "$holdfast" check "$dir/late.yaml"
for late in '5:5: frameworks[0].start: 2h is after the end of the run, which is at 1h' \
    '9:5: failures[1].at: 90m is after' '10:5: failures[2].at: 3h is after' '11:39: operators[1].at: 100m is after'; do
    err "holdfast: $dir/late.yaml:$late"
done
[ "$(wc -l <"$dir/err")" = 4 ] || complain "not these four"
run "as JSON" 0 "$holdfast" check "$dir/late.yaml" --format json
out 'operators[1].at: 100m is after'
run "quietly" 0 "$holdfast" check "$dir/late.yaml" -q
err none
run "told by run, too" 0 "$holdfast" run "$dir/late.yaml" -o "$dir/late"
err "failures[2].at: 3h is after the end"
printf 'arms: [{name: short}, {name: long, set: {duration: 2h}}]\n' >>"$dir/late.yaml"
run "an arm that is longer" 0 "$holdfast" check "$dir/late.yaml"
err "failures[2].at: 3h"
[ "$(wc -l <"$dir/err")" = 1 ] || complain "what happens in one arm is told"
run "where that arm does not run" 0 "$holdfast" run "$dir/late.yaml" --arm short -o "$dir/late-short"
err "operators[1].at: 100m is after the end"

# What only building the world finds has a place, too.
sed 's/it: {weight: 1}/it: {guarantee: "cpus:100"}/' "$cell" >"$dir/guarantee.yaml"
one "more guaranteed than there is" 2 "guarantee.yaml:4:3: roles.it.guarantee: guarantees add up to" \
    "$holdfast" check "$dir/guarantee.yaml"
printf 'node,up_s\n' >"$dir/outages.csv"
{ cat "$cell"; printf 'failures:\n  - {what: recorded, file: outages.csv}\n'; } >"$dir/recorded.yaml"
one "a record of outages in another form" 2 "recorded.yaml:9:5: failures[0]: $dir/outages.csv:1: expected the header" \
    "$holdfast" check "$dir/recorded.yaml"
sed 's/cpus: 1/cpus: 40/' "$cell" >"$dir/large.yaml"
one "too large for every host" 2 "asks for cpus:40; mem:512; n-0 has cpus:4; mem:8192" "$holdfast" check "$dir/large.yaml"

{ cat "$cell"; echo 'operators: [{at: 10m, get_roles: {x: 1}}]'; } >"$dir/call.yaml"
one "a key of a call that takes none" 2 "call.yaml:8:38: operators[0].get_roles.x: unknown key; it has none" \
    "$holdfast" check "$dir/call.yaml"
printf '[{"id": "/a", "cmd": "x"},\n {"id": "/b", "cmd": "x", "constraints": [' >"$dir/app.json"
sed 's/model: batch.*/model: marathon, apps: [{id: \/a, constraints: [[rack, UNIQUE]]}]}/' "$cell" >"$dir/inline.yaml"
one "a key of Marathon's beside an app" 2 \
    'apps[0].constraints: is a key of the file that "file" names: write it there' "$holdfast" check "$dir/inline.yaml"
sed 's/model: batch.*/model: marathon, apps: [app.json]}/' "$cell" >"$dir/file.yaml"
one "half a file of Marathon's" 2 \
    "app.json:2:42: not valid JSON: the file ends inside the object or list that begins here" "$holdfast" check "$dir/file.yaml"

# Scripts of the allocator.
printf '{"op":"init","alocation_interval_ms":7}\n' >"$dir/field.jsonl"
one "a field that an operation does not have" 2 \
    'field.jsonl:1: init has no field "alocation_interval_ms"; did you mean "allocation_interval_ms"?' \
    "$holdfast" replay "$dir/field.jsonl"
printf '{"op":"init"}\n\0\n' >"$dir/nul.jsonl"
one "a script with a NUL byte" 2 "nul.jsonl: byte 15 is NUL" "$holdfast" replay "$dir/nul.jsonl"
one "no such script" 2 "none.jsonl" "$holdfast" replay "$dir/none.jsonl"
one "a directory as script" 2 "Is a directory" "$holdfast" replay "$dir"
one "nothing to compare with" 2 "none.out" "$holdfast" replay "$dir/field.jsonl" --compare "$dir/none.out"

# A terminal that closes ends a run as SIGINT does, and leaves nothing half-written; under nohup the run goes on.
sed 's/duration: 1h/duration: 3000d/' "$cell" >"$dir/long.yaml"
name="hang-up" code=0
"$holdfast" run "$dir/long.yaml" -o "$dir/long" --set record.tasks=none >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 1
kill -HUP "$pid"
wait "$pid" || code=$?
[ "$code" = 1 ] || complain "expected exit 1, got $code"
err "interrupted"
grep -q '"partial" : true' "$dir/long/run.json" || complain "run.json does not say that it is partial"
for left in "$dir"/long.partial*; do [ ! -e "$left" ] || complain "left behind: $left"; done
name="hang-up under nohup" code=0
(
    trap '' HUP
    exec "$holdfast" run "$cell" --set duration=20d -o "$dir/nohup" -q >"$dir/out" 2>"$dir/err"
) &
pid=$!
sleep 0.2
kill -HUP "$pid"
wait "$pid" || code=$?
[ "$code" = 0 ] || complain "expected exit 0, got $code"
finish
