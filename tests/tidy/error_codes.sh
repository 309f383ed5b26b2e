#!/bin/sh
# error_codes.sh SOURCE_DIR: each error code of resources and operations is named by some test, and each function of the
# allocator that gives a status is called by the test of calls that are refused.
set -eu
cd "$1"
codes=$(sed -n 's/^ *HF_RESOURCE_ERROR_\([A-Z_]*\).*/\1/p' sim/resource/error.h | grep -vx CODES)
[ "$(echo "$codes" | wc -l)" -gt 50 ] || { echo "FAILED: sim/resource/error.h was not understood"; exit 1; }
status=0
for code in $codes; do
    grep -rqwE "(HF_RESOURCE_ERROR_)?$code" --include='*.c' tests/unit || { echo "FAILED: no test names $code"; status=1; }
done
calls=$(sed -n 's/^HfStatus \(hf_allocator_[a-z_]*\)(.*/\1/p' sim/allocator/allocator.h)
[ "$(echo "$calls" | wc -l)" -gt 20 ] || { echo "FAILED: sim/allocator/allocator.h was not understood"; exit 1; }
for call in $calls; do
    grep -q "return $call(\|= *$call(\|^ *$call(" tests/unit/control/test_refused_calls.c ||
        { echo "FAILED: test_refused_calls.c does not call $call"; status=1; }
done
exit $status
