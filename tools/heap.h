/*
 * The heap of a run in huge pages, where the system offers them (Linux, transparent huge pages
 * "madvise" or "always"; glibc's malloc): a run reads here and there in tens of megabytes, and a
 * tenth of omega-lock's time went into page tables. Elsewhere nothing happens. No result changes.
 */
#ifndef HF_TOOLS_HEAP_H
#define HF_TOOLS_HEAP_H

typedef struct HfHeap {
    char *advised; /* up to where huge pages were asked for; NULL = they are not to be had */
} HfHeap;

/* From now on the heap grows in large steps, and what it grows by may be huge pages. Costs address
 * space, no memory that is not used; a page that is used is 2 MiB then. */
HfHeap hf_heap_begin(void);

/* It may have grown. To be called now and then: O(1) when it has not. */
void hf_heap_follow(HfHeap *heap);

#endif
