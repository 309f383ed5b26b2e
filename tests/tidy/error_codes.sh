#!/bin/sh
# error_codes.sh SOURCE_DIR: each error code of resources and operations is named by some test.
set -eu
cd "$1"
codes=$(sed -n 's/^ *HF_RESOURCE_ERROR_\([A-Z_]*\).*/\1/p' sim/resource/error.h | grep -vx CODES)
[ "$(echo "$codes" | wc -l)" -gt 50 ] || { echo "FAILED: sim/resource/error.h was not understood"; exit 1; }
status=0
for code in $codes; do
    grep -rqwE "(HF_RESOURCE_ERROR_)?$code" --include='*.c' tests/unit || { echo "FAILED: no test names $code"; status=1; }
done
exit $status
