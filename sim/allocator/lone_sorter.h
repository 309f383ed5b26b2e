/*
 * One sorter by itself, outside any allocator: clients, what they are allocated, and their order by
 * dominant share. It is the allocator's own sorter (Mesos's DRFSorter); this is for who wants that
 * part alone, as a benchmark does.
 */
#ifndef HF_ALLOCATOR_LONE_SORTER_H
#define HF_ALLOCATOR_LONE_SORTER_H

#include <glib.h>
#include <stdint.h>

#include "resource/catalog.h"
#include "resource/resources.h"

typedef struct HfLoneSorter HfLoneSorter;

/* The catalog is borrowed. Free: hf_lone_sorter_free(), NULL allowed. */
HfLoneSorter *hf_lone_sorter_new(HfCatalog *catalog);
void hf_lone_sorter_free(HfLoneSorter *sorter);

/* What there is to share grows by an agent's scalars. */
void hf_lone_sorter_total_add(HfLoneSorter *sorter, const HfResources *agent);

/* An active client; `path` is a role name such as "a/b", not added yet. Returns what names it from
 * now on. */
uint32_t hf_lone_sorter_add(HfLoneSorter *sorter, const char *path);
void hf_lone_sorter_remove(HfLoneSorter *sorter, uint32_t client);

/* One allocation to a client, or the end of one. Shared volumes are counted like other disk. */
void hf_lone_sorter_allocated(HfLoneSorter *sorter, uint32_t client, const HfResources *resources);
void hf_lone_sorter_unallocated(HfLoneSorter *sorter, uint32_t client,
                                const HfResources *resources);

/* Write the clients in order; clients_out has room for all of them. Returns how many there are. */
uint32_t hf_lone_sorter_sort(HfLoneSorter *sorter, uint32_t *clients_out);

#endif
