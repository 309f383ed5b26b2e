/* Names of the expected outcomes. */
#include "base/status.h"

const char *hf_status_name(HfStatus status)
{
    switch (status) {
    case HF_OK:
        return "ok";
    case HF_SHORT:
        return "short";
    case HF_UNKNOWN:
        return "unknown";
    case HF_EXISTS:
        return "exists";
    case HF_INVALID:
        return "invalid";
    case HF_CONFLICT:
        return "conflict";
    case HF_DENIED:
        return "denied";
    }
    return "?";
}
