#!/bin/sh
# The gate on the speed of the event list, of a run under quota and of a task's life: instructions for one event of the
# hold model, for one offer (list "quota", with so many agents), and of a whole run for one task that it launches (list
# "task", task_life.yaml), counted by callgrind, which knows no noise. Against what is kept in
# instructions.tsv they may grow by 2 % (figures of one compiler; under another only the ratio is compared), and the
# ladder may take at most 0.30 of the heap's.
#   instructions.sh HOLD_STEPS QUOTA_STEPS HOLDFAST TASK_LIFE_YAML INSTRUCTIONS_TSV COMPILER
# Without valgrind, the test is skipped. To accept a change on purpose, keep what is printed.
set -eu
hold_steps=$1 quota_steps=$2 holdfast=$3 task_life=$4 kept=$5 compiler=$6
slack=2 ratio_most=0.30
if ! command -v valgrind >/dev/null 2>&1; then
    echo "skipped: valgrind not found"
    exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# count_tasks: instructions for each task.
count_tasks() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$holdfast" run "$task_life" --no-progress \
        -o "$dir/run" >"$dir/table" 2>"$dir/log" || { cat "$dir/log"; exit 1; }
    tasks=$(awk '$1 == "tasks.launched" { print $2 }' "$dir/table")
    sed -n "s/^==[0-9]*== Collected : //p" "$dir/log" | awk -v n="$tasks" '{ printf "%.1f", $1 / n }'
    rm -r "$dir/run"
}

# count LIST PENDING: instructions for each of the last events, or offers.
count() {
    [ "$1" != task ] || { count_tasks; return; }
    steps=$hold_steps events=200000
    [ "$1" != quota ] || steps=$quota_steps events=$2
    valgrind --tool=callgrind --toggle-collect=measured --callgrind-out-file=/dev/null \
        "$steps" "$1" "$2" "$events" >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
    sed -n "s/^==[0-9]*== Collected : //p" "$dir/log" | awk -v n="$events" '{ printf "%.1f", $1 / n }'
}

kept_for=$(sed -n 's/^# compiler: //p' "$kept")
[ "$kept_for" = "$compiler" ] || echo "figures are of $kept_for, this is $compiler: only the ratio is compared"
grep -v '^#' "$kept" >"$dir/kept"
failures=0
while read -r list pending before; do
    now=$(count "$list" "$pending")
    printf '%s\t%s\t%s\n' "$list" "$pending" "$now"
    [ "$pending" != 10000 ] || eval "at_$list=$now"
    [ "$kept_for" = "$compiler" ] || continue
    if ! awk -v now="$now" -v before="$before" -v slack="$slack" \
        'BEGIN { exit !(now > 0 && now <= before * (1 + slack / 100)) }'; then
        echo "FAILED: $list with $pending pending: $now instructions each, more than $before and $slack %"
        failures=$((failures + 1))
    fi
done <"$dir/kept"
# shellcheck disable=SC2154  # at_ladder and at_heap: by eval above
if ! awk -v a="$at_ladder" -v b="$at_heap" -v most="$ratio_most" 'BEGIN { exit !(a > 0 && a <= b * most) }'; then
    echo "FAILED: with 10000 pending the ladder takes $at_ladder, the heap $at_heap: more than $ratio_most of it"
    failures=$((failures + 1))
fi
[ "$failures" = 0 ]
