#!/bin/sh
# Commands, options and exit codes.
. "$(dirname "$0")/lib.sh"

run "no command" 2 "$holdfast"
err "holdfast: error: no command given"
out none

run "help" 0 "$holdfast" --help
out "Usage: holdfast COMMAND"
out "Exit status"
err none
run "help as a command" 0 "$holdfast" help plot
out "Usage: holdfast plot"
run "short help" 0 "$holdfast" plot -h
out "--term svg|png|pdf"
run "help before the command" 0 "$holdfast" --help plot
out "Usage: holdfast plot"

run "version" 0 "$holdfast" --version
out "holdfast 0."
run "version behind a command" 0 "$holdfast" plot --version
out "holdfast 0."

run "unknown command" 2 "$holdfast" plto
err "unknown command 'plto'; did you mean 'plot'?"
run "unknown command, nothing near" 2 "$holdfast" frobnicate
err "unknown command 'frobnicate' (see 'holdfast --help')"
run "help of an unknown command" 2 "$holdfast" help chekc
err "did you mean 'check'?"

run "unknown option" 2 "$holdfast" plot --trem png x
err "unknown option '--trem'; did you mean '--term'? (see 'holdfast plot --help')"
run "unknown option before the command" 2 "$holdfast" --fromat json list models
err "unknown option '--fromat'; did you mean '--format'?"
run "bad choice" 2 "$holdfast" plot --term gif x
err "--term: expected one of svg, png, pdf, not 'gif'"
run "value for a flag" 2 "$holdfast" list --quiet=no models
err "--quiet takes no value"
run "missing argument" 2 "$holdfast" check
err "expected a scenario file"
run "unknown list" 2 "$holdfast" list model
err "cannot list 'model'; did you mean 'models'?"
run "a list of nothing known" 2 "$holdfast" list everything
err "cannot list 'everything'; expected one of"
run "keys of a model that is nearly there" 2 "$holdfast" list models --keys btch
err "there is no model 'btch'; did you mean 'batch'?"
run "the calls of operators" 0 "$holdfast" explain-key operators
out ", drain_agent, "
run "inner keys as JSON" 0 "$holdfast" explain-key --format json operators
out '"drain_agent"'

run "global option before" 0 "$holdfast" --format json list policies
cp "$dir/out" "$dir/before"
run "global option behind" 0 "$holdfast" list policies --format json
cmp -s "$dir/out" "$dir/before" || complain "differs from the option before the command"
out '"name" : "drf"'

run "policies" 0 "$holdfast" list policies
out "static"
[ "$(head -n 1 "$dir/out" | tr -s ' ')" = "NAME HELP" ] || complain "no headings"
run "services" 0 "$holdfast" list services
head -n 1 "$dir/out" | grep -q "^MODEL .*VARIANT .*MEM_MB .*SAME_WAIT .*SOURCE" || complain "no headings"
run "scenarios, without their traces" 0 env HOLDFAST_TRACES=/nonexistent "$holdfast" list scenarios
grep -q "^openb-inflation  *how full" "$dir/out" || complain "a scenario without its question"
err none
err none
run "models" 0 "$holdfast" list models
run "keys" 0 "$holdfast" list keys
out "master.allocation_interval"
run "a key" 0 "$holdfast" explain-key master.allocation_interval
out "allocation_interval"
run "no such key" 2 "$holdfast" explain-key master.allocation_intervall
err "allocation_interval"
run "keys as JSON" 0 "$holdfast" explain-key --format json master.allocation_interval failures.down
out '"key" : "master.allocation_interval"'
out '"default" : "1s"'
out '"key" : "failures[agent-crash].down"'
run "a word of a key as JSON" 0 "$holdfast" explain-key --format json era
out '"word" : "0.23"'
run "schema" 0 "$holdfast" schema
out '"$schema"'
run "manual page" 0 "$holdfast" man
out ".TH HOLDFAST 1"
out "allocation_interval"
run "completion" 0 "$holdfast" completion
out "complete -o filenames -F _holdfast holdfast"

run "scenario that is not there" 2 "$holdfast" check "$dir/none.yaml"
err "none.yaml"
printf 'nmae: x\n' >"$dir/bad.yaml"
run "scenario with a mistake" 2 "$holdfast" check "$dir/bad.yaml"
err "holdfast: error: $dir/bad.yaml:1:1"
out none
run "the same as JSON" 2 "$holdfast" check --format json "$dir/bad.yaml"
out '"ok" : false'

if [ -w /dev/full ]; then
    run "full disk" 1 sh -c "'$holdfast' list keys >/dev/full"
    err "cannot write to standard output"
fi
if command -v bash >/dev/null 2>&1; then
    "$holdfast" completion >"$dir/completion"
    # What would be proposed for the words given, the last one being completed.
    cat >"$dir/complete.sh" <<'END'
. "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_holdfast
echo "${COMPREPLY[*]}"
END
    run "complete a command" 0 bash "$dir/complete.sh" "$dir/completion" holdfast pl
    out "plot"
    run "complete an option" 0 bash "$dir/complete.sh" "$dir/completion" holdfast plot --te
    out "--term"
    run "complete a choice" 0 bash "$dir/complete.sh" "$dir/completion" holdfast plot --term p
    out "png pdf"
fi
finish
