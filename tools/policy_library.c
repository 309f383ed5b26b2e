/* See policy_library.h. */
#include "tools/policy_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void *refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void *refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, text);
    return NULL;
}

/* dlerror() repeats the path in front, which the caller knows. */
static const char *load_error(const char *path)
{
    const char *text = dlerror();
    if (text == NULL) return "unknown reason";
    size_t length = strlen(path);
    return strncmp(text, path, length) == 0 && strncmp(text + length, ": ", 2) == 0
               ? text + length + 2
               : text;
}

static void *load(const char *path, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return refuse(error, "it is a directory, not a library");
    if (g_access(path, R_OK) != 0)
        return refuse(error, "it cannot be opened: %s", g_strerror(errno));
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return refuse(error, "it is no library that can be loaded: %s", load_error(path));
    return handle;
}

static const HfPolicyOps *policy_of(void *handle, GError **error)
{
    const HfPolicyLibrary *library = dlsym(handle, HF_POLICY_SYMBOL);
    if (library == NULL)
        return refuse(error, "it is no policy: it does not export " HF_POLICY_SYMBOL
                             " (HF_POLICY_EXPORT)");
    if (library->version != HF_POLICY_VERSION)
        return refuse(error,
                      "it is made for version %u of the policy interface, this program has version "
                      "%u: compile it anew",
                      library->version, HF_POLICY_VERSION);
    if (library->policy == NULL) return refuse(error, "the policy that it exports is NULL");
    const char *why = hf_policy_invalid(library->policy);
    if (why != NULL) return refuse(error, "its policy is not valid: %s", why);
    if (hf_policy_find(library->policy->name) != NULL)
        return refuse(error, "its policy has the name of a built-in one: %s",
                      library->policy->name);
    return library->policy;
}

HfOpenLibrary *hf_policy_library_open(const char *path, GError **error)
{
    /* a name without a slash would be looked for in the system's directories */
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    void *handle = load(absolute, error);
    if (handle == NULL) return NULL;
    const HfPolicyOps *policy = policy_of(handle, error);
    if (policy == NULL) {
        dlclose(handle);
        return NULL;
    }
    HfOpenLibrary *library = g_new0(HfOpenLibrary, 1);
    library->path = g_steal_pointer(&absolute);
    library->handle = handle;
    library->policy = policy;
    return library;
}

void hf_policy_library_close(HfOpenLibrary *library)
{
    if (library == NULL) return;
    dlclose(library->handle);
    g_free(library->path);
    g_free(library);
}
