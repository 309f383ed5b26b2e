#!/bin/sh
# tools/setup on machines that lack things: each is a PATH with nothing but what the case names.
#   setup.sh SOURCE_DIR
set -eu
setup=$1/tools/setup
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT

# machine TOOL...: a PATH with the shell's helpers and the tools named; each tool is a script from the caller's text.
machine() {
    rm -rf "$bin"
    mkdir -p "$bin"
    for helper in sh id mktemp tail rm env cat chmod; do ln -s "$(command -v $helper)" "$bin/$helper"; done
    tool true 'exit 0'
}
# The helpers are links to the real programs: never write through one.
tool() {
    rm -f "$bin/$1"
    printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
    chmod +x "$bin/$1"
}
# expect NAME STATUS TEXT [ARGUMENT]: run setup there.
expect() {
    name=$1 status=$2 text=$3
    shift 3
    code=0
    out=$(PATH=$bin /bin/sh "$setup" "$@" 2>&1 </dev/null) || code=$?
    case $code:$out in
    "$status:"*"$text"*) echo "$name: as expected" ;;
    *)
        printf '%s: expected exit %s and "%s", got exit %s:\n%s\n' "$name" "$status" "$text" "$code" "$out"
        exit 1
        ;;
    esac
}

all="build-essential cmake ninja-build pkg-config libglib2.0-dev libgsl-dev libyaml-dev libjson-glib-dev"
all="$all libcmocka-dev gnuplot-nox clang-format valgrind"

machine
expect "no apt" 1 "$all"
expect "dry run" 1 "setup: missing: $all" --dry-run
expect "unknown option" 2 "usage:" --nonsense

machine
tool apt-get 'exit 1'
tool id 'echo 1000'
expect "no sudo" 1 "there is no sudo"
tool sudo 'exit 1'
expect "sudo refuses" 1 "sudo refused"

machine
tool apt-get 'echo "E: no network"; exit 100'
tool id 'echo 0'
expect "no network" 1 "E: no network"

machine
for command in cc ninja pkg-config gnuplot clang-format valgrind; do tool $command 'exit 0'; done
tool id 'echo 1000'
tool sudo 'shift; exec "$@"'
tool apt-get "case \$* in *install*) printf '#!/bin/sh\n' >$bin/cmake; chmod +x $bin/cmake; echo \$* >>$bin/asked;; esac"
expect "one missing, installed" 0 "setup: installed: cmake"
case $(cat "$bin/asked") in
*" cmake
"*" afl++") ;; # the extra one comes last
*) echo "asked apt for: $(cat "$bin/asked")"; exit 1 ;;
esac
expect "nothing missing" 0 "every package needed is here"
tool apt-get 'exit 100'
expect "no extras" 0 "afl++ cannot be installed"
