#!/bin/sh
# Policies of libraries, through the program: the example decides, and whatever is wrong with a library is one complaint
# that names the file and the reason, with status 2, and nothing written.
#   library.sh HOLDFAST DIR CASE
. tests/cli/lib.sh
libraries=$2
case=$3
cp tests/policies/mirrored.yaml "$dir"
scenario=$dir/mirrored.yaml
cp "$libraries/fair_mem.so" "$dir"

# refuse FILE REASON: by option and by scenario
refuse() {
    run "--policy $1" 2 "$holdfast" run "$scenario" -o "$dir/result" --policy "$1"
    out none
    err "holdfast: error: --policy $1: $2"
    run "master.policy: $1" 2 "$holdfast" check "$scenario.bad"
    err "$2"
    err "mirrored.yaml.bad:"
    [ ! -e "$dir/result" ] || complain "something was written"
}

# a scenario that names the library
name_it() { sed "s|\./fair_mem\.so|$1|" "$scenario" >"$scenario.bad"; }

case $case in
example) # as an arm, by a path relative to the scenario
    run "arms" 0 "$holdfast" run "$scenario" -o "$dir/result" --audit
    out "framework.A.running_at_end == 7"
    run "check" 0 "$holdfast" check "$scenario"
    ;;
option) # for all arms, by a path relative to the working directory; the built-in arm then fails its expectation
    here=$(pwd)
    cd "$dir"
    run "library" 3 "$holdfast" run mirrored.yaml -o result --policy ./fair_mem.so
    out "framework.A.running_at_end == 5"
    grep -q -- "A.running_at_end == 7.*7" "$dir/out" || complain "the library did not decide"
    run "library without slash" 3 "$holdfast" run mirrored.yaml -o result2 --policy fair_mem.so
    cmp -s result/library/summary.json result2/library/summary.json || complain "not the same run"
    run "built-in" 3 "$holdfast" run mirrored.yaml -o result3 --policy asset-fair
    run "unknown" 2 "$holdfast" run mirrored.yaml -o result4 --policy dfr
    err "--policy dfr: there is no such policy; did you mean drf?"
    mkdir "it's a dir"
    cp fair_mem.so "it's a dir"
    run "a path with a quote" 3 "$holdfast" run mirrored.yaml -o result5 --policy "it's a dir/fair_mem.so"
    err none
    cd "$here"
    ;;
setting) # --set takes what the file takes
    run "name" 3 "$holdfast" run "$scenario" -o "$dir/result" --set master.policy=fair-cpu
    run "path" 3 "$holdfast" run "$scenario" -o "$dir/result2" --set master.policy=./fair_mem.so
    grep -q -- "A.running_at_end == 7.*7" "$dir/out" || complain "the library did not decide"
    ;;
missing)
    name_it ./nowhere.so
    run "missing" 2 "$holdfast" run "$scenario" -o "$dir/result" --policy "$dir/nowhere.so"
    err "holdfast: error: --policy $dir/nowhere.so: it cannot be opened: No such file or directory"
    run "missing in a scenario" 2 "$holdfast" check "$scenario.bad"
    err "master.policy: no such file: \"./nowhere.so\""
    ;;
directory)
    run "directory" 2 "$holdfast" run "$scenario" -o "$dir/result" --policy "$dir"
    err "--policy $dir: it is a directory, not a library"
    ;;
text)
    echo "this is a text, and long enough to hold the header of a library, which it does not" >"$dir/text.so"
    name_it ./text.so
    refuse "$dir/text.so" "it is no library that can be loaded: "
    ;;
answer) # it is loaded, and then breaks the rules: not a bug in Holdfast
    run "no number" 1 "$holdfast" run "$scenario" -o "$dir/result" --policy "$libraries/broken_answer.so"
    out none
    err "holdfast: error: policy broken: client_key gives no NaN: the policy of the library broke the rules of allocator/policy.h"
    err "holdfast: the same again: holdfast run $scenario"
    grep -q "bug in Holdfast" "$dir/err" && complain "called a bug in Holdfast"
    ;;
*)
    name_it "$libraries/broken_$case.so"
    case $case in
    symbol) reason="it is no policy: it does not export hf_policy_library" ;;
    version) reason="it is made for version 4711 of the policy interface, this program has version 1" ;;
    null) reason="the policy that it exports is NULL" ;;
    function) reason="its policy is not valid: it orders by key, but its function client_key is missing" ;;
    name) reason="its policy is not valid: its name is not " ;;
    twin) reason="its policy has the name of a built-in one: drf" ;;
    link) reason="it is no library that can be loaded: undefined symbol: there_is_no_such_function" ;;
    esac
    refuse "$libraries/broken_$case.so" "$reason"
    ;;
esac
finish
