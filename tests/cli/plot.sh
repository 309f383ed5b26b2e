#!/bin/sh
# `holdfast plot` on run directories made by hand.
. "$(dirname "$0")/lib.sh"

# make_run DIR ROWS: a run of so many one-minute intervals.
make_run() {
    mkdir -p "$1"
    printf '{"name": "it'"'"'s a test", "seed": 1}\n' >"$1/run.json"
    printf '{"metrics": [{"name": "run.warm_up", "value": 600.0}]}\n' >"$1/summary.json"
    awk -v rows="$2" 'BEGIN {
        printf "time_s,agents_up,tasks_running,tasks_waiting,offers_outstanding,offers_sent,offers_accepted,"
        printf "offers_declined,offers_rescinded,offers_expired,volumes,volumes_orphaned,orphaned_disk_mb,cpus_total,cpus_allocated,cpus_used,cpus_offered,"
        printf "cpus_reserved_idle,mem_total,mem_allocated,mem_used,mem_offered,mem_reserved_idle,share_a/b,share_*,real_sandboxes_mb,real_volumes_mb,real_out_of_band_mb\n"
        for (i = 1; i <= rows; i++)
            printf "%d,%d,%d,0,1,5,2,3,0,0,9,%d,5120,64,%g,20,4,0,4096,%g,900,100,0,%g,0.25,%d,4000,0\n", i * 60, 10 - (i % 50 == 0), i % 9, i % 4,
                30 + 10 * sin(i / 9), 2000 + 500 * sin(i / 7), 0.5 + 0.1 * sin(i / 5), i * 20
    }' >"$1/timeseries.csv"
    awk 'BEGIN {
        print "quantile,wait_s,framework"
        for (q = 0; q <= 200; q++) printf "%g,%g,all\n", q / 200, q < 20 ? 0 : q / 10
        for (q = 0; q <= 200; q++) printf "%g,%g,one\n", q / 200, q / 20
        for (q = 0; q <= 200; q++) printf "%g,%g,two\n", q / 200, q * q
    }' >"$1/waits.csv"
    awk 'BEGIN {
        print "quantile,after_s,framework"
        for (q = 0; q <= 200; q++) printf "%g,%g,all\n", q / 200, 60 + q
        for (q = 0; q <= 200; q++) printf "%g,%g,one\n", q / 200, 60 + q
    }' >"$1/relaunch_times.csv"
}

run "not a directory of a run" 2 "$holdfast" plot "$dir"
err "is no run directory: it has no run.json"
run "no directory" 2 "$holdfast" plot
err "expected one run directory"

make_run "$dir/run" 1500
run "no gnuplot" 1 env PATH=/nonexistent "$holdfast" plot "$dir/run"
err "holdfast: error: gnuplot not found in PATH"
[ ! -e "$dir/run/plots" ] || complain "something was written"

if ! command -v gnuplot >/dev/null 2>&1; then
    [ "$failures" = 0 ] || finish
    echo "skipped: gnuplot not found"
    exit 77
fi

make_run "$dir/lone" 20 # only one framework launched anything, so it is not drawn beside all
grep -v ',two$' "$dir/lone/waits.csv" >"$dir/waits" && mv "$dir/waits" "$dir/lone/waits.csv"
run "waits of one framework" 0 "$holdfast" plot "$dir/lone"
out "plots/waits.svg"

run "figures" 0 "$holdfast" plot "$dir/run"
err none
for figure in utilization-cpus utilization-mem shares offers tasks agents waits volumes disk relaunches; do
    out "$dir/run/plots/$figure.svg"
    file "$dir/run/plots/$figure.svg"
    file "$dir/run/plots/$figure.gp"
    grep -q "it's a test" "$dir/run/plots/$figure.svg" || complain "$figure does not name the scenario"
    grep -qi '[ ,]nan' "$dir/run/plots/$figure.svg" && complain "$figure draws what is no number"
done
for name in "warm-up ends" "allocated" "used" "reserved but idle" "offered, unanswered" "simulated time (hours)"; do
    grep -qF "$name" "$dir/run/plots/utilization-cpus.svg" || complain "utilization does not name: $name"
done
for name in "in volumes" "in sandboxes" "really used" ">GB<"; do # 34,000 MB at the end
    grep -qF -- "$name" "$dir/run/plots/disk.svg" || complain "disk does not name: $name"
done
grep -qF "orphaned (GB)" "$dir/run/plots/volumes.svg" || complain "no unit of what orphaned volumes hold"
grep -q "written by others" "$dir/run/plots/disk.svg" && complain "a part of nothing is drawn"
grep -q "allocated or reserved" "$dir/run/plots/disk.svg" && complain "agents without disk have some allocated"
grep -q "failures repaired after at most so long" "$dir/run/plots/relaunches.svg" || complain "relaunches has no axis"
for part in "$dir/run/plots/"*.part; do [ ! -e "$part" ] || complain "left behind: $part"; done

rm "$dir/run/plots/waits.svg"
run "drawn again by hand" 0 sh -c "cd '$dir/run/plots' && gnuplot waits.gp"
file "$dir/run/plots/waits.svg"

# Tasks that never started are in no quantile: the figure says how many.
make_run "$dir/left" 20
printf '{"metrics": [{"name": "run.warm_up", "value": 0}, {"name": "tasks.waiting_at_end", "value": 1900}]}\n' >"$dir/left/summary.json"
sed -i 's/,9,[0-9],5120,64,/,9,0,0,64,/' "$dir/left/timeseries.csv"
sed -i '10!s/,5,2,3,0,0,/,0,0,0,0,0,/' "$dir/left/timeseries.csv" # offers in one minute alone
awk 'BEGIN { print "quantile,wait_s,framework"; for (q = 0; q <= 200; q++) printf "%g,%g,all\n", q / 200, 0.006 * exp(q / 10.6) }' >"$dir/left/waits.csv"
run "tasks that still wait" 0 "$holdfast" plot "$dir/left"
err none
grep -qF "without the 1,900 that still waited when the run ended" "$dir/left/plots/waits.svg" || complain "waits does not say what is left out"
grep -q "still waited" "$dir/run/plots/waits.svg" && complain "waits leaves out what there is not"
grep -q "still waited" "$dir/left/plots/relaunches.svg" && complain "relaunches leaves out what there is not"
grep -q "^wait_tics = .*10 h.*10 d" "$dir/left/plots/waits.gp" || complain "the axis of waits has not the tics of so long ones"
grep -q '^wait_tics = .*"1 d"' "$dir/left/plots/waits.gp" && complain "1 d would stand on 10 h"
grep -q "stroke='rgb(184, 190, 200)'" "$dir/left/plots/offers.svg" || complain "offers of one bin alone are not seen"
grep -qF "at no time was there one nobody would use" "$dir/left/plots/volumes.svg" || complain "volumes does not say that none was orphaned"
grep -qF "orphaned (" "$dir/left/plots/volumes.svg" && complain "volumes has a panel of nothing"

run "other form" 0 "$holdfast" plot --term pdf --format json "$dir/run"
out '"figure" : "'"$dir/run/plots/agents.pdf"
file "$dir/run/plots/agents.pdf"

make_run "$dir/stores" 3
printf '%s\n' "time_s,store_a_capacity_mb,store_a_used_mb,store_a_left_mb,store_a_moved_mb_per_s,store_a_stalled,store_b_used_mb,store_b_left_mb,store_b_moved_mb_per_s,store_b_stalled,store_c_used_mb,store_c_left_mb" \
    60,,1000,0,20,0,3000000,0,0,0,0,0 120,,1000,500,0,4,3000000,0,0,0,0,0 180,,1000,500,0,0,3000000,0,0,0,0,0 >"$dir/stores/stores.csv"
run "stores" 0 "$holdfast" plot "$dir/stores"
file "$dir/stores/plots/stores.svg"
for name in ">a<" ">b<" "in it (TB)" "moved (MB/s)" ">waiting instances<" "left behind (dashed)"; do
    grep -qF -- "$name" "$dir/stores/plots/stores.svg" || complain "stores does not name: $name"
done
grep -q ">c<" "$dir/stores/plots/stores.svg" && complain "a store of nothing is drawn"
grep -q "^store_names = 'b a'" "$dir/stores/plots/stores.gp" || complain "the largest store does not come first"

mkdir -p "$dir/arms"
# A run of before there were any: neither figure is drawn, nor missed.
make_run "$dir/old" 10
sed 's/,volumes,volumes_orphaned,orphaned_disk_mb//; s/,9,[0-9],5120,64,/,64,/; s/,real_.*//; s/,0.25,.*/,0.25/' "$dir/old/timeseries.csv" >"$dir/series" &&
    mv "$dir/series" "$dir/old/timeseries.csv"
rm "$dir/old/relaunch_times.csv"
run "without volumes" 0 "$holdfast" plot "$dir/old"
err none
[ ! -e "$dir/old/plots/disk.svg" ] || complain "a figure of disks of which nothing is known"
[ ! -e "$dir/old/plots/volumes.svg" ] || complain "a figure of no volumes"
[ ! -e "$dir/old/plots/relaunches.svg" ] || complain "a figure of no relaunches"

# metrics NAME VALUE...: the text of a summary.json.
metrics() {
    printf '{"metrics": [{"name": "run.warm_up", "value": 0.0}'
    while [ $# -gt 0 ]; do
        printf ', {"name": "%s", "value": %s}' "$1" "$2"
        shift 2
    done
    printf ']}\n'
}
# table FILE LINE...: it must have these lines below its header, and no others.
table() {
    expected=$1
    shift
    printf '%s\n' "$@" >"$dir/wanted"
    tail -n +2 "$expected" | diff - "$dir/wanted" >"$dir/out" || complain "$expected is another one"
}

make_run "$dir/services" 10
metrics framework.web.unavailable 0.0 framework.web.below_target 90 framework.web.copied 0 framework.web.left_behind 0 \
    framework.db.unavailable 7200 framework.db.below_target 9000 framework.db.copied 512000 framework.db.left_behind 0 \
    framework.night.launched 3 >"$dir/services/summary.json"
run "services" 0 "$holdfast" plot "$dir/services"
err none
out "$dir/services/plots/unavailability.svg"
out "$dir/services/plots/copied.svg"
table "$dir/services/plots/unavailability.csv" "1,1,0.5,120,120,120,120 min" "1,1,1.5,0,0,0,0" "2,1,0.5,150,150,150,150 min" "2,1,1.5,1.5,1.5,1.5,1.5 min"
table "$dir/services/plots/copied.csv" "1,1,0.5,500,500,500,500 GB"
for name in ">db<" ">500 GB<" "copied between instances" "1 more service:"; do
    grep -qF -- "$name" "$dir/services/plots/copied.svg" || complain "copied does not name: $name"
done
grep -q "left on disks" "$dir/services/plots/copied.svg" && complain "a panel of nothing is drawn"
metrics framework.db.unavailable 0 framework.db.below_target 0 framework.db.copied 0 framework.db.left_behind 0 >"$dir/services/summary.json"
rm "$dir/services/plots/"*
run "services that were always there" 0 "$holdfast" plot "$dir/services"
err "every service had its quorum"
err "no service copied anything"
[ ! -e "$dir/services/plots/copied.svg" ] || complain "a figure of nothing"

make_run "$dir/arms/static" 10
make_run "$dir/arms/shared" 10
make_run "$dir/arms/idle" 10
printf 'quantile,after_s,framework\n' >"$dir/arms/idle/relaunch_times.csv"
metrics stateful.same_agent.ratio 0.875 relaunch.same_agent.ratio 1.0 utilization.cpus.reserved_idle 0.1 \
    utilization.mem.reserved_idle 0.0 framework.db.unavailable 60 framework.db.below_target 0 framework.db.copied 1 \
    >"$dir/arms/static/summary.json"
metrics relaunch.same_agent.ratio 0.25 utilization.cpus.reserved_idle 0.0 utilization.mem.reserved_idle 0.0 \
    framework.db.unavailable 30 framework.db.below_target 0 framework.db.copied 0 >"$dir/arms/shared/summary.json"
cp "$dir/run/run.json" "$dir/arms/run.json"
printf '%s\n' arm,resource,allocated,used,offered,reserved_idle static,cpus,0.4,0.3,0.01,0.1 \
    static,mem,0.5,0.2,0,0 static,disk,0,0,0.01,0 shared,cpus,0.9,0.6,0.02,0 shared,mem,0.7,0.3,0,0 \
    idle,cpus,0.1,0.1,0,0 >"$dir/arms/arms.csv"
run "arms" 0 "$holdfast" plot "$dir/arms"
err none
file "$dir/arms/plots/arms.svg"
file "$dir/arms/plots/relaunches.svg"
grep -q "static: 87.5 % same agent" "$dir/arms/plots/relaunches.svg" || complain "no ratio of the arm static"
grep -q ">shared<" "$dir/arms/plots/relaunches.svg" || complain "an arm without the metric is not named alone"
grep -q "idle:\|>idle<" "$dir/arms/plots/relaunches.svg" && complain "an arm without relaunches is drawn"
grep -q Disk "$dir/arms/plots/arms.svg" && complain "a panel of nothing is drawn"
table "$dir/arms/plots/guarantee.csv" 1,1,10,0,87.5,0 1,2,0,0,25,0
grep -q ">CPUs<" "$dir/arms/plots/guarantee.svg" || complain "the guarantee has no panel of CPUs"
grep -q ">Memory<" "$dir/arms/plots/guarantee.svg" && complain "the guarantee has a panel of nothing"
table "$dir/arms/plots/unavailability.csv" "1,1,0.233333333,60,60,60,60 s" "1,2,0.5,30,30,30,30 s"
file "$dir/arms/plots/copied.svg"
[ ! -e "$dir/arms/static/plots/unavailability.svg" ] || complain "an arm has a figure of its own"
[ ! -e "$dir/arms/plots/crossover.svg" ] || complain "a figure of no crossover"
grep -q ">90<" "$dir/arms/plots/arms.svg" || complain "bars without numbers where there is room"
mkdir "$dir/many"
cp "$dir/run/run.json" "$dir/many/run.json"
echo arm,resource,allocated,used,offered,reserved_idle >"$dir/many/arms.csv"
for arm in a b c d e f g h i j k l; do
    make_run "$dir/many/$arm" 2
    printf '%s\n' $arm,cpus,0.65,0.65,0,0 $arm,mem,0.65,0.65,0,0 $arm,disk,0.0049,0.0049,0,0 >>"$dir/many/arms.csv"
done
run "many arms" 0 "$holdfast" plot "$dir/many"
grep -q ">65<" "$dir/many/plots/arms.svg" && complain "numbers stand on each other"
grep -q Disk "$dir/many/plots/arms.svg" && complain "a panel of what no percentage shows"
cat >"$dir/arms/crossover.csv" <<'END'
framework,others,arm,wait_s,missing_s,missing_half_width_s,copying_s,copying_half_width_s,crossover_s,crossover_half_width_s,cost_s
db,"data: 50GB, rate: 20",a,0,100,,8000,,1800,600,3000
db,"data: 50GB, rate: 20",b,1200,2000,200,4000,300,1800,600,3000
db,"data: 50GB, rate: 20",c,2400,4000,,2000,,1800,600,3000
db,"data: 50GB, rate: 20",d,inf,9000,,0,,1800,600,3000
ring,,e,0,1,,2,,,,
ring,,f,60,2,,4,,,,
ring,,g,120,3,,6,,,,
END
run "crossover" 0 "$holdfast" plot "$dir/arms"
err none
table "$dir/arms/plots/crossover.csv" 1,0,1.66666667,0,133.333333,0 1,1,33.3333333,3.33333333,66.6666667,5 \
    1,2,66.6666667,0,33.3333333,0 1,3,150,0,0,0 2,0,0.0166666667,0,0.0333333333,0 2,1,0.0333333333,0,0.0666666667,0 2,2,0.05,0,0.1,0
grep -qx 'cross_x\[1\] = 1.5' "$dir/arms/plots/crossover.gp" || complain "the crossover is not half-way between 20 and 40 min"
grep -qx 'cross_x\[2\] = NaN' "$dir/arms/plots/crossover.gp" || complain "a crossover where there is none"
for name in "db, data: 50GB, rate: 20" ">ring<" "for ever" ">20 min<" "30 min .* 10 min" ">waiting<" ">rebuilding<"; do
    grep -q -- "$name" "$dir/arms/plots/crossover.svg" || complain "crossover does not name: $name"
done
printf '%s\n' arm,metric,unit,replications,mean,half_width,least,greatest static,framework.db.unavailable,s,4,60,20,1,90 \
    shared,framework.db.unavailable,s,4,10,20,1,90 shared,framework.db.copied,MB,1,3,inf,3,3 \
    idle,framework.db.unavailable,s,0,,,, >"$dir/arms/intervals.csv"
run "arms with replications" 0 "$holdfast" plot "$dir/arms"
table "$dir/arms/plots/unavailability.csv" "1,1,0.233333333,60,40,80,60 s" "1,2,0.5,10,0,30,10 s"
table "$dir/arms/plots/copied.csv" "1,2,0.5,3,3,3,3 MB"
grep -q "confidence intervals" "$dir/arms/plots/unavailability.svg" || complain "intervals are not named"
file "$dir/arms/static/plots/utilization-cpus.svg"
file "$dir/arms/shared/plots/waits.svg"

make_run "$dir/short" 1
printf 'quantile,wait_s,framework\n' >"$dir/short/waits.csv"
sed 's/,mem_/,disk_/g; s/,4096,[^,]*,900,100,0/,4096,0,0,100,0/' "$dir/short/timeseries.csv" >"$dir/disk"
mv "$dir/disk" "$dir/short/timeseries.csv"
run "one interval, no task, no disk" 0 "$holdfast" plot "$dir/short"
err "no task of a batch framework or service was started"
err "nothing ever held any disk"
[ ! -e "$dir/short/plots/utilization-disk.svg" ] || complain "a figure of nothing is drawn"
file "$dir/short/plots/agents.svg"
grep -q "allocated or reserved" "$dir/short/plots/disk.svg" || complain "disk is not compared with what is accounted"

rm "$dir/short/summary.json"
run "no summary" 1 "$holdfast" plot "$dir/short"
err "summary.json"
printf '60,1\n' >>"$dir/run/timeseries.csv"
run "broken table" 1 "$holdfast" plot "$dir/run"
err "timeseries.csv:1502: 2 fields, but the header has 28"
rm "$dir/run/timeseries.csv"
run "missing table" 1 "$holdfast" plot "$dir/run"
err "timeseries.csv: No such file"
finish
