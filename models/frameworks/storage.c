/*
 * A storage service, as the DC/OS Storage Service was one: it makes disks of one profile out of the
 * raw storage of resource providers (CREATE_DISK) for others to use, and may give them back later
 * (DESTROY_DISK). It launches nothing.
 *
 * Each disk is asked for with an id of its own and waits for its answer. What was dropped is asked
 * for again; what a provider fails is not, for it would fail again. After a new master, or a time
 * away, it asks about everything that is still to be answered. A host that is lost takes its disks
 * along: when an agent fails it looks at what that host offers next, and if that is under another
 * agent id the disks are no more, and others are made in their place.
 */
#include "base/assert.h"
#include "models/frameworks/frameworks.h"

typedef struct StorageConfig {
    const char *profile;
    int type; /* HfDiskSource */
    int64_t size;
    int64_t count, per_agent;
    HfTime remove_at;
} StorageConfig;

static const HfKeyWord type_words[] = {
    {"mount", HF_DISK_MOUNT, "with a file system, to be mounted; services store volumes there"},
    {"block", HF_DISK_BLOCK, "as a device"},
    {0}};

static const HfKey storage_keys[] = {
    {.name = "profile",
     .type = HF_KEY_NAME,
     .is_required = TRUE,
     .offset = offsetof(StorageConfig, profile),
     .help =
         "Which raw disks: those that have this profile, and those that have none (volumes that "
         "were there before, which get it)."},
    {.name = "type",
     .type = HF_KEY_ENUM,
     .offset = offsetof(StorageConfig, type),
     .fallback = "mount",
     .words = type_words,
     .help = "What is made of them."},
    {.name = "size",
     .type = HF_KEY_MEMORY,
     .is_required = TRUE,
     .offset = offsetof(StorageConfig, size),
     .minimum = 1,
     .maximum = 1e9,
     .help = "Size of each disk, in MB; of one that was there before, the least."},
    {.name = "disks",
     .type = HF_KEY_INT,
     .is_required = TRUE,
     .offset = offsetof(StorageConfig, count),
     .minimum = 1,
     .maximum = 1e6,
     .help = "How many disks there are to be."},
    {.name = "per_agent",
     .type = HF_KEY_INT,
     .offset = offsetof(StorageConfig, per_agent),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1e6,
     .help = "At most so many of them on one agent; 0 = any number."},
    {.name = "remove_at",
     .type = HF_KEY_DURATION,
     .offset = offsetof(StorageConfig, remove_at),
     .fallback = "0s",
     .help =
         "From then on every disk of the profile that is offered, with nothing reserved or stored "
         "on it, is given back; 0s = never."},
    {0}};
static const HfKeyTable storage_table = {"storage", sizeof(StorageConfig), storage_keys,
                                         "Disks are made out of raw storage, for others to use.",
                                         NULL};

typedef struct Asked {
    uint64_t id;
    uint32_t agent, host;
    gboolean is_removal;
} Asked;

/* What it has on a host. */
typedef struct Place {
    int64_t disks;        /* there, or asked for, */
    uint32_t agent;       /* on this agent */
    gboolean is_in_doubt; /* which has failed since */
} Place;

typedef struct Storage {
    HfModelEnv env;
    const StorageConfig *config;
    HfTextId profile;
    int64_t wanted; /* to be asked for */
    HF_VEC(Asked) asked;
    HF_VEC(Place) places; /* [host] */
    uint32_t doubts;      /* places in doubt */
    uint64_t next_id;
    gboolean is_removing, is_suppressed;
} Storage;

enum { TIMER_REMOVE, TIMER_ASK_AGAIN };

static Place *place_of(Storage *storage, uint32_t host)
{
    while (storage->places.count <= host) hf_vec_push_zero(&storage->places);
    return &storage->places.at[host];
}

static int64_t *on_host(Storage *storage, uint32_t host)
{
    return &place_of(storage, host)->disks;
}

/* A host offers something again: are its disks still there? What is asked for there has an answer
 * of its own. */
static void look_at(Storage *storage, const HfOfferInfo *offer)
{
    Place *place = place_of(storage, offer->host);
    if (place->is_in_doubt) storage->doubts--;
    place->is_in_doubt = FALSE;
    if (place->disks > 0 && place->agent != offer->agent) {
        int64_t asked = 0;
        for (guint32 i = 0; i < storage->asked.count; i++)
            asked += storage->asked.at[i].host == offer->host && !storage->asked.at[i].is_removal;
        if (!storage->is_removing) storage->wanted += place->disks - asked;
        place->disks = asked;
    }
    place->agent = offer->agent;
}

/* ---- offers ---- */

static const HfDisk *disk_of(const Storage *storage, const HfResource *entry)
{
    const HfMeta *meta = hf_meta(storage->env.catalog, entry->meta);
    if (meta->provider == HF_TEXT_NONE || !hf_meta_is_unreserved(storage->env.catalog, entry->meta))
        return NULL;
    return hf_disk(storage->env.catalog, meta->disk);
}

/* How many disks can be made of this entry, none of which is smaller than asked for? */
static int64_t fits(const Storage *storage, const HfResource *entry)
{
    const HfDisk *disk = disk_of(storage, entry);
    if (disk == NULL || disk->source != HF_DISK_RAW || entry->milli < storage->config->size)
        return 0;
    if (disk->profile == storage->profile) return entry->milli / storage->config->size;
    return disk->profile == HF_TEXT_NONE && disk->id != HF_TEXT_NONE ? 1 : 0;
}

static void ask(Storage *storage, HfDriver *driver, const HfOfferInfo *offer, gboolean *is_open,
                const HfResource *entry, gboolean is_removal)
{
    HfCatalog *catalog = storage->env.catalog;
    HfResources one = {0};
    hf_resources_add_one(catalog, &one, entry);
    hf_resources_unallocate(catalog, &one);
    if (!*is_open) hf_driver_accept_begin(driver, &offer->id, 1, 0);
    *is_open = TRUE;
    Asked asked = {++storage->next_id, offer->agent, offer->host, is_removal};
    hf_vec_push(&storage->asked, asked);
    const HfDisk *disk = disk_of(storage, entry);
    if (is_removal)
        hf_driver_destroy_disk(driver, asked.id, &one);
    else
        hf_driver_create_disk(driver, asked.id, &one, (HfDiskSource)storage->config->type,
                              disk->profile == HF_TEXT_NONE ? storage->profile : HF_TEXT_NONE);
}

static void make(Storage *storage, HfDriver *driver, const HfOfferInfo *offer, gboolean *is_open)
{
    const HfResources *offered = hf_parcel_resources(offer->resources);
    int64_t limit = storage->config->per_agent;
    for (uint32_t i = 0; i < hf_resources_count(offered); i++) {
        HfResource entry = *hf_resources_at(offered, i);
        int64_t many = MIN(fits(storage, &entry), storage->wanted);
        if (limit > 0) many = MIN(many, MAX(0, limit - *on_host(storage, offer->host)));
        if (hf_meta_is_divisible(storage->env.catalog, entry.meta))
            entry.milli = storage->config->size;
        for (int64_t k = 0; k < many; k++) ask(storage, driver, offer, is_open, &entry, FALSE);
        storage->wanted -= many;
        *on_host(storage, offer->host) += many;
    }
}

static void remove_all(Storage *storage, HfDriver *driver, const HfOfferInfo *offer,
                       gboolean *is_open)
{
    const HfResources *offered = hf_parcel_resources(offer->resources);
    for (uint32_t i = 0; i < hf_resources_count(offered); i++) {
        const HfResource *entry = hf_resources_at(offered, i);
        const HfDisk *disk = disk_of(storage, entry);
        if (disk != NULL && disk->profile == storage->profile && disk->id != HF_TEXT_NONE &&
            disk->source == (HfDiskSource)storage->config->type)
            ask(storage, driver, offer, is_open, entry, TRUE);
    }
}

/* Nothing more is wanted: it is offered nothing, until something is. */
static void rest(Storage *storage, HfDriver *driver)
{
    gboolean is_idle = storage->wanted == 0 && storage->doubts == 0 && !storage->is_removing;
    if (is_idle == storage->is_suppressed) return;
    storage->is_suppressed = is_idle;
    if (is_idle)
        hf_driver_suppress(driver);
    else
        hf_driver_revive(driver);
}

static void on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers, uint32_t count)
{
    Storage *storage = model;
    for (uint32_t i = 0; i < count; i++) {
        gboolean is_open = FALSE;
        look_at(storage, &offers[i]);
        if (storage->is_removing)
            remove_all(storage, driver, &offers[i], &is_open);
        else
            make(storage, driver, &offers[i], &is_open);
        if (is_open)
            hf_driver_accept_end(driver);
        else
            hf_driver_decline(driver, &offers[i].id, 1, HF_REFUSE_DEFAULT);
    }
    rest(storage, driver);
}

/* ---- answers ---- */

/* It will not be: asked for again, unless a provider has said that it cannot. */
static void give_up(Storage *storage, const Asked *asked, gboolean again)
{
    if (asked->is_removal) return;
    --*on_host(storage, asked->host);
    if (again && !storage->is_removing) storage->wanted++;
}

static void on_operation(void *model, HfDriver *driver, const HfOperationStatus *status)
{
    Storage *storage = model;
    guint32 i = 0;
    while (i < storage->asked.count && storage->asked.at[i].id != status->id) i++;
    if (i == storage->asked.count) return;
    gboolean is_over = hf_operation_state_is_terminal(status->state);
    if (!is_over && status->state != HF_OPERATION_UNKNOWN) return; /* it is out of reach, for now */
    if (status->state != HF_OPERATION_FINISHED)
        give_up(storage, &storage->asked.at[i],
                status->state != HF_OPERATION_FAILED && status->state != HF_OPERATION_ERROR);
    else if (storage->asked.at[i].is_removal)
        --*on_host(storage, storage->asked.at[i].host);
    hf_vec_remove(&storage->asked, i);
    rest(storage, driver);
}

/* Which are not answered may have been lost; those that a master does not know yet are asked about
 * again. */
static void ask_about_all(Storage *storage, HfDriver *driver)
{
    HF_VEC(HfOperationStatus) all = {0};
    for (guint32 i = 0; i < storage->asked.count; i++)
        hf_vec_push(&all, (HfOperationStatus){.id = storage->asked.at[i].id,
                                              .agent = storage->asked.at[i].agent});
    if (all.count > 0) {
        hf_driver_reconcile_operations(driver, all.at, all.count);
        hf_driver_after(driver, HF_NS_PER_MINUTE, TIMER_ASK_AGAIN, 0);
    }
    hf_vec_clear(&all);
}

/* ---- the rest of a scheduler's life ---- */

static void on_subscribed(void *model, HfDriver *driver)
{
    Storage *storage = model;
    HfTime remove_at = storage->config->remove_at, now = hf_driver_now(driver);
    if (remove_at > 0) hf_driver_after(driver, MAX(0, remove_at - now), TIMER_REMOVE, 0);
}

static void on_resubscribed(void *model, HfDriver *driver)
{
    Storage *storage = model;
    storage->is_suppressed = FALSE; /* a new connection begins without */
    ask_about_all(storage, driver);
    rest(storage, driver);
}

static void on_failure(void *model, HfDriver *driver, uint32_t agent)
{
    Storage *storage = model;
    for (guint32 h = 0; h < storage->places.count; h++) {
        Place *place = &storage->places.at[h];
        if (place->disks == 0 || place->agent != agent || place->is_in_doubt) continue;
        place->is_in_doubt = TRUE;
        storage->doubts++;
    }
    rest(storage, driver);
}

static void on_timer(void *model, HfDriver *driver, uint32_t kind, uint64_t arg)
{
    Storage *storage = model;
    if (kind == TIMER_ASK_AGAIN) {
        ask_about_all(storage, driver);
        return;
    }
    storage->is_removing = TRUE;
    storage->wanted = 0;
    rest(storage, driver);
}

static gboolean check(const Storage *storage, GError **error)
{
    if (hf_era_check(storage->env.era, HF_RULE_DISK_OPERATIONS, error)) return TRUE;
    g_prefix_error(error, "model: ");
    return FALSE;
}

static void destroy(void *model)
{
    Storage *storage = model;
    hf_vec_clear(&storage->asked);
    hf_vec_clear(&storage->places);
    g_free(storage);
}

static void *create(const HfModelEnv *env, const void *config, GError **error)
{
    Storage *storage = g_new0(Storage, 1);
    storage->env = *env;
    storage->config = config;
    storage->profile = hf_text_intern(env->catalog, storage->config->profile);
    storage->wanted = storage->config->count;
    if (check(storage, error)) return storage;
    destroy(storage);
    return NULL;
}

static const HfSchedulerOps ops = {.subscribed = on_subscribed,
                                   .offers = on_offers,
                                   .operation = on_operation,
                                   .failure = on_failure,
                                   .resubscribed = on_resubscribed,
                                   .timer = on_timer};

const HfFrameworkModel hf_framework_storage = {
    .keys = {"storage",
             "A storage service makes disks out of the raw storage of resource providers.",
             &storage_table},
    .ops = &ops,
    .create = create,
    .destroy = destroy,
};
