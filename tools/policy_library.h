/*
 * Policies outside the tree: shared libraries that export an HfPolicyLibrary (allocator/policy.h).
 * Opening one runs its code, so a scenario that names one is a program as much as it is data.
 */
#ifndef HF_TOOLS_POLICY_LIBRARY_H
#define HF_TOOLS_POLICY_LIBRARY_H

#include <glib.h>

#include "allocator/policy.h"

typedef struct HfOpenLibrary {
    char *path;   /* absolute */
    void *handle; /* of dlopen */
    const HfPolicyOps *policy;
} HfOpenLibrary;

/*
 * Open the library at `path` and check what it exports.
 * Errors: NULL, and one sentence without the path: the file cannot be opened, is no library, lacks
 *         the symbol, is for another version of the interface, its policy is not valid, or it has
 *         the name of a built-in one.
 */
HfOpenLibrary *hf_policy_library_open(const char *path, GError **error);

/* Nothing of its policy may be in use. NULL allowed. */
void hf_policy_library_close(HfOpenLibrary *library);

#endif
