#!/bin/sh
# Waiting for a host against rebuilding elsewhere: from arms that differ in same_wait to a number, a table and a figure.
. "$(dirname "$0")/lib.sh"

# Seven of eight hosts are away for an hour, one after the other; a rebuild copies 36,000 MB at 10 MB/s, an hour, too. So up to an hour of waiting costs
# as long as it lasts and the rebuild on top of it, and more than an hour costs the hour alone.
cat >"$dir/wait.yaml" <<'END'
name: wait
seed: 1
duration: 4d
warm_up: 1h
agents:
  - {name: node, count: 8, resources: "cpus:4;mem:8192;disk:100000", attributes: "rack:r{index}"}
frameworks:
  - {name: db, model: service, variant: stateful-distributed, role: db, principal: db, nodes: 7, cpus: 1, mem: 1024, disk: 50000, data: 36000,
     replicas: 3, rate: 10, streams: 1, max_per_host: 1, place: volume, identity: reservation}
failures:
  - {what: outage, at: 5h, attribute: "rack:r0", for: 1h}
  - {what: outage, at: 17h, attribute: "rack:r1", for: 1h}
  - {what: outage, at: 29h, attribute: "rack:r2", for: 1h}
  - {what: outage, at: 41h, attribute: "rack:r3", for: 1h}
  - {what: outage, at: 53h, attribute: "rack:r4", for: 1h}
  - {what: outage, at: 65h, attribute: "rack:r5", for: 1h}
  - {what: outage, at: 77h, attribute: "rack:r6", for: 1h}
record: {interval: 1h, tasks: none}
arms:
  - {name: forever, set: {frameworks.db.same_wait: forever}}
  - {name: none, set: {frameworks.db.same_wait: 0s}}
  - {name: half, set: {frameworks.db.same_wait: 30m}}
  - {name: two, set: {frameworks.db.same_wait: 2h}}
  - {name: other, set: {frameworks.db.same_wait: 2h, frameworks.db.rate: 20}}
END

run "run" 0 "$holdfast" run "$dir/wait.yaml" -o "$dir/run" --no-progress
out "db: waiting costs as much as rebuilding at same_wait "
# Only the four arms that differ in nothing else, in order of their waits.
cut -d, -f1-4 "$dir/run/crossover.csv" >"$dir/out"
printf '%s\n' framework,others,arm,wait_s 'db,"",none,0' 'db,"",half,1800' 'db,"",two,7200' 'db,"",forever,inf' | diff - "$dir/out" ||
    complain "other arms, or another order"
awk -F, 'NR > 1 && !($9 > 2400 && $9 < 4800) { bad = 1 }
    $3 == "none" && !($5 < 1800 && $7 > 3 * 3600) { bad = 1 }
    $3 == "forever" && !($5 > 3 * 3600 && $7 == 0) { bad = 1 }
    END { exit bad }' "$dir/run/crossover.csv" || { cp "$dir/run/crossover.csv" "$dir/out"; complain "the costs are others"; }
tr -d ' \n' <"$dir/run/run.json" >"$dir/out"
out '"crossovers":[{"framework":"db","others":"","same_wait_s":'
tr -d ' \n' <"$dir/run/other/run.json" >"$dir/out"
out '"set":{"frameworks.db.same_wait":"2h","frameworks.db.rate":"20"}'
if command -v gnuplot >/dev/null 2>&1; then
    run "plot" 0 "$holdfast" plot "$dir/run"
    out "$dir/run/plots/crossover.svg"
fi

run "three replications, as JSON" 0 "$holdfast" run "$dir/wait.yaml" -o "$dir/many" --no-progress --reps 3 --format json
tr -d ' \n' <"$dir/out" >"$dir/text" && mv "$dir/text" "$dir/out"
out '"crossovers":[{"framework":"db"'
awk -F, 'NR > 1 && $10 == "" { exit 1 }' "$dir/many/crossover.csv" || complain "no interval of the crossover"

sed '/name: none/d; /name: half/d' "$dir/wait.yaml" >"$dir/two.yaml"
run "two points are no curve" 0 "$holdfast" run "$dir/two.yaml" -o "$dir/two" --no-progress
[ ! -e "$dir/two/crossover.csv" ] || complain "a table of no curve"
finish
