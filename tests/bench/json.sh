#!/bin/sh
# json.sh HOLDFAST VALID_JSON SANITIZED: what the allocator's benchmark prints for programs, and what it refuses.
. "$(dirname "$0")/../cli/lib.sh"
valid=$2

run "quick" 0 "$holdfast" bench allocator --quick --json
"$valid" <"$dir/out" || complain "not JSON"
for word in '"workload" : "DeclineOffers"' '"workload" : "MultiFrameworkAllocations"' \
    '"workload" : "HierarchyFullSort"' '"variant" : "shared"' '"ms_median"' '"frameworks_tried"'; do
    out "$word"
done
out '"peak_mib"'
out '"ns_per_offer"'

run "one workload, at a size that Mesos was measured at" 0 \
    "$holdfast" bench allocator declineoffers --agents 1000 --frameworks 50 --passes 1
out "DeclineOffers: 1000 agents x 50"
out " 79.0 " # Mesos's milliseconds for one run
run "the same as JSON" 0 "$holdfast" bench allocator DeclineOffers --agents 1000 --frameworks 50 --passes 1 --json
out '"mesos_ms" : 79'
out '"ratio"'

run "growth" 0 "$holdfast" bench allocator --growth --quick
out "time grows with the power"
run "growth as JSON" 0 "$holdfast" bench allocator --growth --quick --json
"$valid" <"$dir/out" || complain "not JSON"
out '"is_slope" : true'
run "growth of one workload" 2 "$holdfast" bench allocator DeclineOffers --growth
err "--growth takes --quick alone"

run "unknown workload" 2 "$holdfast" bench allocator NoSuchThing
err "unknown workload 'NoSuchThing'; known: "
err "DeclineOffers, OfferLife, "
run "frameworks without agents" 2 "$holdfast" bench allocator --frameworks 5
err "--frameworks needs --agents"
run "agents for another suite" 2 "$holdfast" bench hold --agents 5
err "are for allocator"
run "too many agents" 2 "$holdfast" bench allocator --agents 1000000
err "--agents: at most 100000"
run "two sizes" 2 "$holdfast" bench allocator --full --quick
err "exclude each other"
run "more than a workload" 2 "$holdfast" bench allocator DeclineOffers Metrics
err "expected at most one workload"
finish
