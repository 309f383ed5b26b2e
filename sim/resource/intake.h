/*
 * Where parsed resources of every form come together: checks what one entry must keep, and the
 * limits that make sums safe, and merges it into a list.
 */
#ifndef HF_RESOURCE_INTAKE_H
#define HF_RESOURCE_INTAKE_H

#include "resource/error.h"
#include "resource/resources.h"

typedef struct HfIntake {
    HfCatalog *catalog;
    HfResources list;  /* what was taken in so far */
    HfQuantities sums; /* by name, so that no sum of the list passes HF_MILLI_MAX */
    uint32_t entries;
    uint32_t copies; /* of all shared volumes, at most UINT16_MAX */
} HfIntake;

void hf_intake__init(HfIntake *intake, HfCatalog *catalog);

/* Begin with what `list` holds already; it is copied. */
void hf_intake__resume(HfIntake *intake, HfCatalog *catalog, const HfResources *list);

void hf_intake__clear(HfIntake *intake);

/* The list replaces `out`; the intake is cleared. */
void hf_intake__finish(HfIntake *intake, HfResources *out);

/*
 * Take in one entry. The value is borrowed; zero and empty ones vanish when they are valid.
 * Errors: FALSE and HF_RESOURCE_ERROR_*; the list is unchanged.
 */
gboolean hf_intake__add(HfIntake *intake, const char *name, const HfMeta *meta,
                        const HfValue *value, uint32_t copies, GError **error);

/* Take in canonical entries separated by `;` (canonical.c). On error the list may be longer. */
gboolean hf_intake__add_canonical(HfIntake *intake, const char *text, GError **error);

/* Set an error whose message is "'text': what"; always FALSE. */
gboolean hf_intake__fail(GError **error, HfResourceErrorCode code, const char *text,
                         const char *what);

/* The text up to the next of `marks`, newly allocated, and *rest moved past it; NULL at the end. */
char *hf_intake__next(const char **rest, const char *marks);

/* Is the whole text of acceptable length and encoding? */
gboolean hf_intake__check_text(const char *text, GError **error);

#endif
