/* What the files of this layer know of the catalog and nobody else does. */
#ifndef HF_RESOURCE_CATALOG_INTERNAL_H
#define HF_RESOURCE_CATALOG_INTERNAL_H

#include "base/intern.h"
#include "base/map64.h"
#include "base/vec.h"
#include "resource/catalog.h"
#include "resource/cons.h"

/* Blocks of ranges and sets by size class: class c holds 16 << c bytes of elements. */
#define HF_POOL_CLASSES 24

typedef struct HfPoolBlock {
    struct HfPoolBlock *next;
} HfPoolBlock;

typedef struct HfStackNode {
    HfReservation top;
    HfStackId below;
    uint32_t depth;
} HfStackNode;

typedef struct HfLabelList {
    const HfLabel *at; /* [count], owned */
    uint32_t count;
} HfLabelList;

#define HF_PARCELS_RECENT 512

/* An answer of hf_parcel_less(): three references, of which `rest` may be NULL; all NULL = vacant.
 */
typedef struct HfParcelStep {
    struct HfParcel *whole, *part, *rest;
} HfParcelStep;
#define HF_PARCEL_STEPS 256 /* a power of two */

struct HfCatalogTables {
    HfIntern *texts;               /* HfTextId - 1 */
    HfIntern *roles;               /* HfRoleId */
    HfIntern *kind_names;          /* -> kind_of_name */
    HF_VEC(HfKindId) kind_of_name; /* [name * 3 + type], HF_KIND_NONE where there is none */
    uint32_t kind_room, role_room, meta_room;
    HfCons stacks;                /* HfStackNode; row 0 is a dummy */
    HfCons disks;                 /* HfDisk; row 0 is a dummy */
    HfCons metas;                 /* HfMeta; row 0 is HF_META_INIT */
    HfMap64 allocated;            /* id << 32 | role -> the id allocated to that role */
    HF_VEC(HfLabelList) labels;   /* row 0 is a dummy */
    HF_VEC(uint32_t) label_slots; /* open addressing: id, 0 = vacant; power of two */
    HfPoolBlock *pool[HF_POOL_CLASSES];
    struct HfParcel *recent_parcels[HF_PARCELS_RECENT]; /* each may be NULL */
    HfParcelStep parcel_steps[HF_PARCEL_STEPS];         /* by the numbers of whole and part */
    struct HfParcel *vacant_parcels;                    /* linked by `allocated` */
    HF_VEC(struct HfParcel *) parcel_blocks;            /* owned */
};

/* Parts of hf_catalog_new/free that live with the metadata. */
void hf_meta__init(HfCatalog *catalog);
void hf_meta__clear(HfCatalog *catalog);

/* Parts that live with the values: give the pool back to the system. */
void hf_value__clear_pool(HfCatalog *catalog);

/* Text made fit for a message: shortened to 80 bytes, what is not printable ASCII escaped. */
char *hf_text__shown(const char *text);

/* Parts that live with the parcels: all must have been dropped. */
void hf_parcel__clear(HfCatalog *catalog);

#endif
