#!/bin/sh
# How runs end: in parts that add up to the whole, by signals, on full and unwritable disks; what is left is either whole
# or does not look so.
#
#   endings.sh HOLDFAST VALID_JSON
. "$(dirname "$0")/../cli/lib.sh"
valid_json=$2

cat >"$dir/small.yaml" <<'END'
name: small
duration: 1h
warm_up: 10m
agents: [{name: node, count: 4, resources: "cpus:4;mem:8192"}]
frameworks:
  - {name: work, model: batch, arrivals: {law: exponential, mean: 20s}, tasks: 2,
     duration: {law: exponential, mean: 60s}, cpus: 1, mem: 512}
END
sed 's/^name: small/name: long/; s/duration: 1h/duration: 12000d/' "$dir/small.yaml" >"$dir/long.yaml"
digest() { sed -n 's/.*"trace_digest" : "\([0-9a-f]*\)".*/\1/p' "$1/run.json"; }
json() { "$valid_json" <"$1" || complain "$1 is not JSON"; }

# What the program writes and prints as JSON is JSON.
run "json" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/one" --format json --events jsonl
json "$dir/out"
json "$dir/one/run.json"
json "$dir/one/summary.json"
head -n 1 "$dir/one/events.jsonl" >"$dir/line"
json "$dir/line"
sed 's/^name: small/name: other/' "$dir/small.yaml" >"$dir/other.yaml"
run "json of two" 0 "$holdfast" run "$dir/small.yaml" "$dir/other.yaml" --format json -o "$dir/both" --set duration=20m
json "$dir/out"
run "one name twice" 2 "$holdfast" run "$dir/small.yaml" "$dir/small.yaml" --format json -o "$dir/twice" --set duration=20m
json "$dir/out"
err "it is called small, as one before it is"
run "json of a failed expectation" 3 "$holdfast" run "$dir/small.yaml" -o "$dir/unmet" --format json \
    --set 'expect=[tasks.launched > 1000000]'
json "$dir/out"
out '"holds" : false'

# A part of a run is marked so, and says nothing about expectations; the whole afterwards is as ever.
run "a part" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/part" --until 30m --set 'expect=[tasks.launched > 1000000]'
grep -q '"partial" : true' "$dir/part/run.json" || complain "run.json does not say that it is partial"
[ "$(tail -n 1 "$dir/part/timeseries.csv" | cut -d, -f1)" = 1800 ] || complain "the series does not end at 30 min"
run "the whole" 0 "$holdfast" run "$dir/small.yaml" -o "$dir/whole" -q
grep -q '"partial" : false' "$dir/whole/run.json" || complain "run.json says that it is partial"
[ "$(digest "$dir/whole")" = "$(digest "$dir/one")" ] || complain "another digest than with every record"
[ "$(digest "$dir/whole")" != "$(digest "$dir/part")" ] || complain "the part has the digest of the whole"

# Signals. The program takes SIGINT although a shell without a terminal starts background jobs that ignore it.
signalled() { # signalled SIGNAL DIRECTORY
    name="SIG$1" code=0
    "$holdfast" run "$dir/long.yaml" -o "$dir/$2" --set record.tasks=none >"$dir/out" 2>"$dir/err" </dev/null &
    pid=$!
    sleep 1
    kill -"$1" "$pid"
    wait "$pid" || code=$?
}
for signal in INT TERM; do
    signalled "$signal" "by-$signal"
    [ "$code" = 1 ] || complain "expected exit 1, got $code"
    err interrupted
    json "$dir/by-$signal/run.json"
    json "$dir/by-$signal/summary.json"
    grep -q '"partial" : true' "$dir/by-$signal/run.json" || complain "run.json does not say that it is partial"
    file "$dir/by-$signal/timeseries.csv"
done
signalled KILL killed
[ ! -e "$dir/killed" ] || complain "a killed run left a directory that looks whole"

# Disks. The kernel's own folders take no directories, whoever asks.
run "unwritable" 1 "$holdfast" run "$dir/small.yaml" -o /proc/holdfast-result
err "/proc/holdfast-result"
mkdir "$dir/tiny"
if mount -t tmpfs -o size=64k none "$dir/tiny" 2>/dev/null; then
    run "a full disk" 1 "$holdfast" run "$dir/small.yaml" -o "$dir/tiny/result" --events jsonl
    err "holdfast: error: "
    err "No space left"
    [ ! -e "$dir/tiny/result" ] || complain "a run without room left a directory that looks whole"
    umount "$dir/tiny"
else
    echo "a full disk: not tried, for a small one cannot be mounted here"
fi
if [ -w /dev/full ]; then
    run "no room for what is printed" 1 sh -c "'$holdfast' run '$dir/small.yaml' -o '$dir/printed' --format json >/dev/full"
    err "cannot write to standard output"
fi
finish
