#!/bin/sh
# tools/check-layers must find what it exists to find: plants one bad include of each sort in a small tree.
#   layers_self.sh SOURCE_DIR
set -eu
source_dir=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

reset_tree() {
    rm -rf "$tree/sim" "$tree/models" "$tree/tools"
    mkdir -p "$tree/sim/base" "$tree/sim/engine" "$tree/sim/allocator" "$tree/models/frameworks" "$tree/tools"
    cp "$source_dir/sim/LAYERS" "$tree/sim/LAYERS"
    printf '#include <glib.h>\n#include <sys/types.h>\n' >"$tree/sim/base/good.h"
    printf '#include "base/good.h"\n\n  #  include "engine/good.h" /* own */\n' >"$tree/sim/engine/good.c"
    printf '#include "world/any.h"\n' >"$tree/tools/good.c"
}

# refused NAME FILE LINE CONTENT: the planted file must be refused at that line, and nothing else.
refused() {
    reset_tree
    mkdir -p "$tree/$(dirname "$2")"
    printf '%b' "$4" >"$tree/$2"
    if out=$(sh "$source_dir/tools/check-layers" "$tree"); then
        echo "$1: not found: $4"
        exit 1
    fi
    case $out in
    "$2:$3: "*"1 of "*) echo "$1: found" ;;
    *)
        printf '%s: expected %s:%s, got:\n%s\n' "$1" "$2" "$3" "$out"
        exit 1
        ;;
    esac
}

reset_tree
sh "$source_dir/tools/check-layers" "$tree"
refused "upward include" sim/allocator/bad.c 2 '#include "base/good.h"\n#include "engine/good.h"\n'
refused "upward include in a header, with blanks" sim/base/bad.h 1 '\t# include "engine/good.h"\n'
refused "upward include in angle brackets" sim/base/bad.c 1 '#include <engine/good.h>\n'
refused "models see no engine" models/frameworks/bad.c 3 '\n\n#include "engine/good.h"\n'
refused "sim sees no models" sim/engine/bad.c 1 '#include "models/frameworks/x.h"\n'
refused "climbing include" sim/engine/bad.c 1 '#include "../allocator/x.h"\n'
refused "include without a layer" sim/engine/bad.c 1 '#include "good.h"\n'
refused "internal header of another layer" sim/engine/bad.c 1 '#include "base/x_internal.h"\n'
refused "include through a macro" sim/engine/bad.c 1 '#include HEADER\n'
refused "directory outside the table" sim/extra/bad.c 0 '#include "base/good.h"\n'
