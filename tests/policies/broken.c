/* Libraries that cannot be used, one for each way; built with BROKEN_... defined. */
#include "allocator/policy.h"

#include <math.h>
#include <stddef.h>

static HfPolicyKey key(const HfPolicyClient *client)
{
#ifdef BROKEN_ANSWER
    return (HfPolicyKey){client->dominant > 0.1 ? NAN : client->dominant, 0.0};
#else
    return (HfPolicyKey){client->dominant, 0.0};
#endif
}

#ifndef BROKEN_NAME
#define BROKEN_NAME "broken"
#endif

extern const HfPolicyOps broken_policy;
const HfPolicyOps broken_policy = {
    .name = BROKEN_NAME,
    .help = "not to be used",
    .role_order = HF_SORTER_KEY,
#ifdef BROKEN_FUNCTION
    .client_key = NULL,
#else
    .client_key = key,
#endif
};

#if defined BROKEN_LINK
void there_is_no_such_function(void);
__attribute__((constructor)) static void begin(void)
{
    there_is_no_such_function();
}
#endif

#if defined BROKEN_VERSION
extern const HfPolicyLibrary hf_policy_library;
const HfPolicyLibrary hf_policy_library = {BROKEN_VERSION, &broken_policy};
#elif defined BROKEN_NULL
extern const HfPolicyLibrary hf_policy_library;
const HfPolicyLibrary hf_policy_library = {HF_POLICY_VERSION, NULL};
#elif !defined BROKEN_SYMBOL
HF_POLICY_EXPORT(broken_policy);
#endif

/* The key is used by some of them only. */
extern HfPolicyKey (*const broken_key)(const HfPolicyClient *client);
HfPolicyKey (*const broken_key)(const HfPolicyClient *client) = key;
