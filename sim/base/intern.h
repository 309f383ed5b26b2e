/*
 * Names to small numbers: each distinct string gets the next id, from 0, in order of first
 * appearance, so ids are the same in every run of one scenario. Strings are copied and live as long
 * as the table.
 */
#ifndef HF_BASE_INTERN_H
#define HF_BASE_INTERN_H

#include <glib.h>
#include <stdint.h>

typedef struct HfIntern HfIntern;
#define HF_INTERN_NONE UINT32_MAX

HfIntern *hf_intern_new(void);
void hf_intern_free(HfIntern *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfIntern, hf_intern_free)

/* The id of `name`, given a new one at first sight. Cost: one hash lookup. */
uint32_t hf_intern(HfIntern *table, const char *name);

/* The id of `name`, or HF_INTERN_NONE. */
uint32_t hf_intern_find(const HfIntern *table, const char *name);

/* The string of an id that was handed out; borrowed for the life of the table. O(1). */
const char *hf_intern_name(const HfIntern *table, uint32_t id);

uint32_t hf_intern_count(const HfIntern *table);

#endif
