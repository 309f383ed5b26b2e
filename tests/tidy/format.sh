#!/bin/sh
# clang-format must have nothing to change. Another major version formats differently, so only the one the tree is
# kept in counts; without it the test is skipped.
#   format.sh SOURCE_DIR
set -eu
major=14
cd "$1"

formatter=
for candidate in clang-format-$major clang-format; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" --version | grep -q "version $major\."; then
        formatter=$candidate
        break
    fi
done
if [ -z "$formatter" ]; then
    echo "skipped: clang-format $major not found"
    exit 77
fi

list=$(mktemp)
trap 'rm -f "$list" "$list.complaints"' EXIT
if [ -e .git ] && command -v git >/dev/null 2>&1; then
    git ls-files -- 'sim/*.[ch]' 'models/*.[ch]' 'tools/*.[ch]' 'tests/*.[ch]' >"$list"
else
    find sim models tools tests -name '*.[ch]' -type f >"$list"
fi
if ! xargs "$formatter" --dry-run -Werror <"$list" 2>"$list.complaints"; then
    echo "$formatter -i would change:"
    sed -n 's/^\([^:]*\):\([0-9]*\):.*error: code should be.*/\1 \2/p' "$list.complaints" |
        awk '!seen[$1]++ {print "    " $1 ":" $2}'
    grep -v 'clang-format-violations' "$list.complaints" | grep 'error:' || :
    exit 1
fi
echo "$(wc -l <"$list") files formatted"
