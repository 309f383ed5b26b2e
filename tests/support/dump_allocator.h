/* The allocator's part of a dump; see dump.h. Apart because both layers have an HfAgent. */
#ifndef HF_TESTS_SUPPORT_DUMP_ALLOCATOR_H
#define HF_TESTS_SUPPORT_DUMP_ALLOCATOR_H

#include "allocator/allocator.h"

#define HF_DUMP_FAR (1000 * HF_NS_PER_SECOND)

void hf_dump_allocator(HfAllocator *allocator, HfCatalog *catalog, HfTime now, GString *out);

#endif
