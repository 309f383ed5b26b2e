/* The allocator's part of a dump; see dump.h. Apart because both layers have an HfAgent. */
#ifndef HF_TESTS_SUPPORT_DUMP_ALLOCATOR_H
#define HF_TESTS_SUPPORT_DUMP_ALLOCATOR_H

#include "allocator/allocator.h"

#define HF_DUMP_FAR (1000 * HF_NS_PER_SECOND)

void hf_dump_allocator(HfAllocator *allocator, HfCatalog *catalog, HfTime now, GString *out);

/* The memory of its tables, byte for byte in hexadecimal: what must not change between two moments
 * of one process. Left out is what has no meaning between calls (scratch), is kept to be fast
 * (alike), or counts work. What the tables point to is for hf_dump_allocator and
 * hf_allocator_state. */
void hf_dump_allocator_tables(const HfAllocator *allocator, GString *out);

#endif
