#!/bin/sh
# What is installed must serve somebody who has nothing else: the program finds its data, a small program builds
# against the library by pkg-config alone, every header compiles by itself, the manual page is well formed.
#   install.sh BINARY_DIR CMAKE LIBDIR
set -eu
binary_dir=$1 cmake=$2 libdir=$3
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT

"$cmake" --install "$binary_dir" --prefix "$prefix" >"$prefix/log" || { cat "$prefix/log"; exit 1; }

source_dir=$PWD
cd "$prefix"
for file in bin/holdfast "$libdir/libholdfast.a" "$libdir/pkgconfig/holdfast.pc" include/holdfast/base/time.h \
    share/man/man1/holdfast.1 share/bash-completion/completions/holdfast share/holdfast/holdfast.schema.json \
    share/holdfast/plots/common.gp share/holdfast/scenarios/quickstart.yaml; do
    [ -s "$file" ] || { echo "not installed: $file"; exit 1; }
done

echo "the program finds its scenarios"
bin/holdfast list scenarios >list.txt
grep -q "^quickstart " list.txt || { cat list.txt; exit 1; }
bin/holdfast check quickstart

echo "every header compiles by itself"
PKG_CONFIG_PATH="$prefix/$libdir/pkgconfig"
export PKG_CONFIG_PATH
cflags=$(pkg-config --cflags holdfast)
find include/holdfast -name '*_internal.h' | grep . && { echo "an internal header is installed"; exit 1; }
for header in $(cd include/holdfast && find . -name '*.h'); do echo "#include \"$header\""; done >all.txt
mkdir each
n=0
while read -r line; do
    n=$((n + 1))
    echo "$line" >"each/h$n.c"
done <all.txt
# shellcheck disable=SC2086  # flags are words
cc -std=c17 -D_POSIX_C_SOURCE=200809L -Wall -Werror -fsyntax-only $cflags each/*.c
echo "$n headers"

echo "a small program builds against the library"
cat >small.c <<'END'
#include <stdio.h>

#include "allocator/policy.h"
#include "base/time.h"
#include "scenario/expect.h"
int main(void)
{
    char text[32];
    HfExpect *expect = hf_expect_parse("utilization.cpus.used > 75%", NULL);
    printf("%s %s %s\n", hf_policies[0]->name, hf_time_print(90 * HF_NS_PER_SECOND, text, sizeof text),
           hf_expect_names(expect)[0]);
    hf_expect_free(expect);
    return 0;
}
END
# shellcheck disable=SC2046,SC2086  # flags are words
cc -std=c17 -o small small.c $cflags $(pkg-config --libs holdfast)
[ "$(./small)" = "drf 90s utilization.cpus.used" ] || { echo "printed: $(./small)"; exit 1; }

echo "a policy builds as a library against one header, and decides"
cc -std=c17 -pedantic -Wall -Wextra -Werror -shared -fPIC -Iinclude/holdfast -o fair_mem.so "$source_dir/tests/policies/fair_mem.c"
cp "$source_dir/tests/policies/mirrored.yaml" .
bin/holdfast run mirrored.yaml -o mirrored >mirrored.txt 2>&1 || { cat mirrored.txt; exit 1; }

if command -v man >/dev/null 2>&1; then
    echo "the manual page is well formed"
    complaints=$(LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -l share/man/man1/holdfast.1 2>&1 >page </dev/null)
    [ -z "$complaints" ] || { echo "$complaints"; exit 1; }
    grep -q 'EXIT STATUS' page
fi
echo "all as expected"
