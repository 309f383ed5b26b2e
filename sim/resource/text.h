/*
 * Resources as text, in and out.
 *
 * Mesos's own form, as in `--resources`:  cpus:8;mem(db):1024;ports:[31000-32000];zones:{a,b}
 * The canonical form, which can say everything that a resource may carry, one string per entry:
 *
 *     name { "(" reservation ")" } [ "[" volume "]" ] [ "{" flag {"," flag} "}" ] [ "@" role ] ":"
 * value reservation = ("S:" | "D:") role [",p=" principal] [",l=" [label {"&" label}]]   label =
 * key["=" value] volume      = [persistence id] ":" [container path] [",p=" persistence principal]
 *     flag        = "src=" (PATH | MOUNT | BLOCK | RAW) ["/" root] | "rev" | "shared" ["*" copies]
 *     value       = decimal | "[" a-b {"," a-b} "]" | "{" item {"," item} "}"
 *
 * Reservations stand base first. Input also takes "(role)" for a static reservation and "(*)" for
 * none. Beyond that, so that nothing is lost: a flag "ro" (read-only volume), "host=" path,
 * "vendor=" text, "id=" text, "profile=" text, "meta=" labels, "prov=" provider. There is no
 * escape: a name that holds one of the marks can be carried by JSON only.
 *
 * Limits on input, so that garbage costs little: HF_TEXT_MAX bytes, HF_ENTRIES_MAX entries.
 */
#ifndef HF_RESOURCE_TEXT_H
#define HF_RESOURCE_TEXT_H

#include <glib.h>

#include "resource/resources.h"

#define HF_TEXT_MAX    (4U << 20)
#define HF_ENTRIES_MAX 20000U

enum {
    /* What `--resources` of an agent refuses: volumes, revocable, dynamic, one name of two types.
     */
    HF_PARSE_AGENT = 1
};

/*
 * Parse Mesos's text form, or its JSON array if the text starts with `[`. A part without
 * parentheses is reserved statically to `default_role` unless that is HF_ROLE_STAR.
 * Source: Mesos 1.11.0, src/common/resources.cpp, fromString(). We are stricter where it passes
 *         over what it does not understand: a ':' too many (`cpus::1`), what follows a role's
 *         parentheses (`cpus(a)(b):1`, `cpus(a)x:1`), members of JSON objects that nobody knows.
 * Errors: FALSE and HF_RESOURCE_ERROR_*; `out` (legal, replaced on success) is left alone. Names
 * met before the error stay in the catalog.
 */
gboolean hf_resources_parse(HfCatalog *catalog, const char *text, HfRoleId default_role,
                            unsigned flags, HfResources *out, GError **error);

/* Parse entries of the canonical form separated by `;`. Errors: as above. */
gboolean hf_resources_parse_canonical(HfCatalog *catalog, const char *text, HfResources *out,
                                      GError **error);

/* Parse one entry of the canonical form and add it to `to`. On error `to` is unchanged. */
gboolean hf_resources_add_canonical(HfCatalog *catalog, HfResources *to, const char *entry,
                                    GError **error);

/* Mesos's printing: objects joined with "; ", `{}` for none. Labels stand in the order of their
 * text, not in that in which they were given. Free with g_free. */
char *hf_resources_print(const HfCatalog *catalog, const HfResources *resources);

/* Canonical entries, sorted bytewise; NULL-terminated; free with g_strfreev. */
char **hf_resources_print_canonical(const HfCatalog *catalog, const HfResources *resources);

/* Append one entry in canonical form. */
void hf_resource_print_canonical(const HfCatalog *catalog, const HfResource *entry,
                                 GString *text_out);

/* The entries of hf_resources_print_canonical joined with `;`. Free with g_free. */
char *hf_resources_to_text(const HfCatalog *catalog, const HfResources *resources);

#endif
