/*
 * What a service does with an offer: first those that wait for its host (their reservation is in
 * it, or their data lies there), then what nobody wants any more is cleaned away, then those that
 * may go anywhere, kind by kind. What is left over comes back.
 */
#include <math.h>

#include "base/assert.h"
#include "models/frameworks/service/service.h"

static HfTime refuse_of(const HfService *service)
{
    return service->waiting > 0 || service->is_leaving ? service->rules.refuse
                                                       : service->rules.refuse_idle;
}

/* The first operation on an offer opens its ACCEPT. */
static void open_accept(HfService *service, HfDriver *driver, const HfOfferInfo *offer)
{
    if (service->is_accepting) return;
    service->is_accepting = TRUE;
    hf_driver_accept_begin(driver, &offer->id, 1, hf_time_to_seconds(service->rules.refuse));
}

/* ---- what may be used ---- */

static gboolean is_free(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    return !hf_meta_has(catalog, entry->meta, HF_META_DYNAMIC);
}

/* `offered` without allocation role; `pool` without what is reserved to one instance. */
static void unpack(HfService *service, const HfOfferInfo *offer)
{
    HfCatalog *catalog = service->env.catalog;
    hf_resources_copy(catalog, &service->offered, hf_parcel_resources(offer->resources));
    hf_resources_unallocate(catalog, &service->offered);
    if (hf_resources_any(catalog, &service->offered, HF_META_DYNAMIC))
        hf_resources_filter(catalog, &service->offered, is_free, NULL, &service->pool);
    else
        hf_resources_copy(catalog, &service->pool, &service->offered);
}

gboolean hf_service__allows(const HfService *service, HfNodeKind *kind, uint32_t host)
{
    if (kind->rules.max_per_host > 0) {
        uint32_t here = hf_map64_get(&kind->on_host, host);
        if (here != HF_MAP64_NONE && here >= kind->rules.max_per_host) return FALSE;
    }
    if (kind->rules.max_per_rack > 0) {
        uint32_t here = hf_map64_get(&kind->on_rack, hf_service__rack_of(service, host));
        if (here != HF_MAP64_NONE && here >= kind->rules.max_per_rack) return FALSE;
    }
    return hf_constraints__allow(&kind->constraints, service->env.world, host,
                                 (uint32_t)kind->rules.count);
}

static gboolean is_mount(const HfCatalog *catalog, const HfResource *entry)
{
    if (entry->kind != HF_KIND_DISK || !hf_meta_is_unreserved(catalog, entry->meta) ||
        hf_meta_is_persistent(catalog, entry->meta))
        return FALSE;
    const HfDisk *disk = hf_disk(catalog, hf_meta(catalog, entry->meta)->disk);
    return disk != NULL && disk->source == HF_DISK_MOUNT;
}

/* The smallest whole disk that is large enough, or NULL. */
static const HfResource *mount_for(const HfCatalog *catalog, const HfNodeKind *kind,
                                   const HfResources *pool)
{
    const HfResource *best = NULL;
    for (uint32_t i = 0; i < hf_resources_count(pool); i++) {
        const HfResource *entry = hf_resources_at(pool, i);
        if (is_mount(catalog, entry) && entry->milli >= kind->rules.disk &&
            (best == NULL || entry->milli < best->milli))
            best = entry;
    }
    return best;
}

gboolean hf_service__fits(const HfService *service, const HfNodeKind *kind, const HfResources *pool)
{
    HfCatalog *catalog = service->env.catalog;
    HfResource disks[HF_VOLUMES_MAX];
    if (hf_demand_fits(catalog, &kind->demand, pool, 1) == 0) return FALSE;
    gboolean is_whole = kind->volume_count == 0 && hf_resources_is_empty(&kind->fixed);
    if (is_whole) return kind->rules.place != HF_DATA_MOUNT || mount_for(catalog, kind, pool);
    HfResources rest = {0}, taken = {0};
    hf_resources_copy(catalog, &rest, pool);
    gboolean is_good = hf_resources_contains(catalog, &rest, &kind->fixed);
    if (is_good) hf_resources_subtract(catalog, &rest, &kind->fixed);
    is_good = is_good && hf_volumes__cut(service, kind, &rest, disks) &&
              hf_demand_fits(catalog, &kind->demand, &rest, 1) > 0;
    hf_resources_clear(catalog, &rest);
    hf_resources_clear(catalog, &taken);
    return is_good;
}

static void cut(HfService *service, const HfNodeKind *kind, HfResources *pool, HfResources *out)
{
    HfCatalog *catalog = service->env.catalog;
    if (kind->volume_count > 0) hf_volumes__cut(service, kind, pool, service->disks);
    hf_resources_subtract(catalog, pool, &kind->fixed);
    hf_demand_cut(catalog, &kind->demand, pool, out);
    hf_resources_add(catalog, out, &kind->fixed);
    for (uint32_t i = 0; i < kind->volume_count; i++)
        hf_resources_add_one(catalog, out, &service->disks[i]);
    if (kind->rules.place != HF_DATA_MOUNT || kind->volume_count > 0) return;
    HfResource disk = *mount_for(catalog, kind, pool);
    hf_resources_add_one(catalog, out, &disk);
    hf_resources_subtract_one(catalog, pool, &disk);
}

/* ---- launching ---- */

static void send_launches(HfService *service, HfDriver *driver, const HfOfferInfo *offer)
{
    if (service->tasks.count == 0) return;
    open_accept(service, driver, offer);
    hf_driver_launch(driver, service->tasks.at, service->tasks.count);
    hf_vec_reset(&service->tasks);
}

/* It is launched: what is told of it beside. `before`: its last task, 0 = none. */
static void note_launch(HfService *service, HfDriver *driver, uint32_t row,
                        const HfOfferInfo *offer, uint64_t before, gboolean is_like_before,
                        gboolean same_host)
{
    const HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    hf_overdue__on_launched(service, driver, row);
    if (kind->data != NULL) hf_service__data_launched(service, row);
    hf_deploy__note(service, kind);
    if (before != 0 && kind->rules.identity != HF_IDENTITY_NONE && is_like_before)
        for (uint32_t i = 0; i < MAX(node->parts, 1); i++)
            hf_driver_note_follows(driver, node->task + i, before + i);
    if (node->ended_at >= 0)
        hf_driver_note_replaced(driver, node->task, offer->host,
                                hf_driver_now(driver) - node->ended_at, same_host);
}

/* A task for an instance that waits no more; `resources` are taken over. */
static void launch(HfService *service, HfDriver *driver, uint32_t row, const HfOfferInfo *offer,
                   HfResources *resources)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    HfTime now = hf_driver_now(driver);
    gboolean same_host = node->ran_on == offer->host;
    if (!node->is_bound) hf_service__bind(service, row, offer->host, offer->agent);
    node->agent = offer->agent;
    node->ran_on = offer->host;
    uint64_t before = node->task;
    gboolean is_like_before = node->parts == kind->part_count;
    node->phase = HF_PHASE_LAUNCHED;
    hf_service__forget_tasks(service, row); /* one that was out of reach */
    node->task = service->next_task + 1;
    node->parts = kind->part_count;
    node->up = node->over = 0;
    service->next_task += MAX(node->parts, 1);
    kind->reference = now;
    hf_service__remember_tasks(service, row);
    HfTaskInfo pod = {0}, *info = &pod;
    if (node->parts == 0) {
        hf_vec_push_zero(&service->tasks);
        info = hf_vec_last(&service->tasks);
    }
    info->id = node->task;
    info->job = kind->rules.period > 0 ? node->run : kind->job;
    info->end = kind->rules.period > 0 ? HF_TASK_FINISHED : HF_TASK_FAILED;
    info->duration = HF_TIME_NEVER;
    info->has_kill_grace = kind->has_kill_grace;
    info->kill_grace = kind->kill_grace;
    if (node->parts > 0) {
        send_launches(service, driver, offer); /* in the order of what is offered */
        open_accept(service, driver, offer);
        hf_pods__launch(service, driver, row, info, resources);
        note_launch(service, driver, row, offer, before, is_like_before, same_host);
        return;
    }
    if (kind->lifetime.kind)
        info->duration = hf_time_from_seconds(hf_law_draw(&kind->lifetime, &node->stream));
    double usage = kind->usage.kind ? hf_law_draw(&kind->usage, &node->stream) : 1;
    info->usage_milli = (uint32_t)floor(usage * 1000 + 0.5);
    hf_writes_draw(&kind->writes, service->env.seed, service->env.entity, info);
    if (kind->data != NULL && kind->rules.place == HF_DATA_SANDBOX)
        info->sandbox_mib += (uint32_t)MIN(kind->rules.data / 1000, UINT32_MAX - info->sandbox_mib);
    info->resources = hf_parcel_take(service->env.catalog, resources);
    note_launch(service, driver, row, offer, before, is_like_before, same_host);
}

/* ---- reservations ---- */

/* Ids are unique in the cell, and among the attempts of one instance. */
static HfTextId name_of(const HfService *service, uint32_t row, uint32_t number)
{
    const HfNode *node = &service->nodes[row];
    g_autofree char *id = node->attempt == 0
                              ? g_strdup_printf("%s-%u", service->env.name, row)
                              : g_strdup_printf("%s-%u.%u", service->env.name, row, node->attempt);
    if (number > 0) { /* the first volume has the instance's name */
        g_autofree char *numbered = g_strdup_printf("%s#%u", id, number);
        return hf_text_intern(service->env.catalog, numbered);
    }
    return hf_text_intern(service->env.catalog, id);
}

/* The volume that an instance's reserved disk becomes. */
static HfMetaId volume_of(const HfService *service, uint32_t row, uint32_t number, HfMetaId disk)
{
    HfCatalog *catalog = service->env.catalog;
    HfMeta meta = *hf_meta(catalog, disk);
    HfDisk volume = {0};
    if (meta.disk != 0) volume = *hf_disk(catalog, meta.disk);
    volume.persistence = name_of(service, row, number);
    volume.has_volume = TRUE;
    volume.container_path = hf_text_intern(catalog, "data");
    if (service->env.principal != NULL)
        volume.persistence_principal = hf_text_intern(catalog, service->env.principal);
    meta.disk = hf_disk_intern(catalog, &volume);
    return hf_meta_intern(catalog, &meta);
}

static HfReservation reservation_of(const HfService *service, uint32_t row, HfRoleId role)
{
    HfCatalog *catalog = service->env.catalog;
    HfLabel label = {hf_text_intern(catalog, "instance"), name_of(service, row, 0)};
    HfReservation reservation = {.type = HF_RESERVATION_DYNAMIC,
                                 .role = role,
                                 .labels = hf_labels_intern(catalog, &label, 1)};
    if (service->env.principal != NULL)
        reservation.principal = hf_text_intern(catalog, service->env.principal);
    return reservation;
}

/* All of the reserved disk is one volume, or each of its disks. */
static void make_volume(HfService *service, uint32_t row, const HfResources *reserved,
                        HfResources *volumes)
{
    HfCatalog *catalog = service->env.catalog;
    HfNode *node = &service->nodes[row];
    for (uint32_t i = 0; i < hf_resources_count(reserved); i++) {
        HfResource entry = *hf_resources_at(reserved, i);
        if (entry.kind == HF_KIND_DISK) {
            entry.meta = volume_of(service, row, 0, entry.meta);
            hf_resources_add_one(catalog, volumes, &entry);
        }
        hf_resources_add_one(catalog, &node->home, &entry);
    }
}

/* Those that its kind lists, out of service->disks; what is left of its disk is for its sandbox. */
static void make_volumes(HfService *service, uint32_t row, const HfReservation *reservation,
                         const HfResources *reserved, HfResources *volumes)
{
    HfCatalog *catalog = service->env.catalog;
    HfNode *node = &service->nodes[row];
    hf_resources_copy(catalog, &node->home, reserved);
    for (uint32_t i = 0; i < service->kinds[node->kind].volume_count; i++) {
        HfResources one = {0};
        hf_resources_add_one(catalog, &one, &service->disks[i]);
        hf_resources_push_reservation(catalog, &one, reservation);
        HfResource entry = *hf_resources_at(&one, 0);
        hf_resources_subtract_one(catalog, &node->home, &entry);
        entry.meta = volume_of(service, row, i, entry.meta);
        hf_resources_add_one(catalog, volumes, &entry);
        hf_resources_add_one(catalog, &node->home, &entry);
        hf_resources_clear(catalog, &one);
    }
}

/* Leave in `taken` what the kind reserves; the rest goes to `loose_out`. */
static void keep_reserved(HfCatalog *catalog, const HfNodeKind *kind, HfResources *taken,
                          HfResources *loose_out)
{
    if (kind->rules.reserve == HF_RESERVE_ALL) return;
    for (uint32_t i = 0; i < hf_resources_count(taken); i++) {
        HfResource entry = *hf_resources_at(taken, i);
        if (entry.kind != HF_KIND_DISK) hf_resources_add_one(catalog, loose_out, &entry);
    }
    hf_resources_subtract(catalog, taken, loose_out);
}

/* One operation for each resource provider among the resources, and one for what is of none: Mesos
 * takes no other. They are moved out of `all`. */
static void by_provider(HfCatalog *catalog, HfDriver *driver,
                        void (*operate)(HfDriver *, uint64_t, HfResources *), HfResources *all)
{
    while (!hf_resources_is_empty(all)) {
        HfTextId provider = hf_meta(catalog, hf_resources_at(all, 0)->meta)->provider;
        HfResources part = {0}, rest = {0};
        for (uint32_t i = 0; i < hf_resources_count(all); i++) {
            const HfResource *entry = hf_resources_at(all, i);
            gboolean is_its = hf_meta(catalog, entry->meta)->provider == provider;
            hf_resources_add_one(catalog, is_its ? &part : &rest, entry);
        }
        hf_resources_move(catalog, all, &rest);
        operate(driver, 0, &part);
    }
}

/* The first time: what is cut from the offer is reserved, its disk made a volume. */
static void settle(HfService *service, HfDriver *driver, uint32_t row, const HfOfferInfo *offer,
                   HfResources *reserved)
{
    HfCatalog *catalog = service->env.catalog;
    HfNode *node = &service->nodes[row];
    const HfNodeRules *rules = &service->kinds[node->kind].rules;
    HfResources volumes = {0}, used = {0};
    keep_reserved(catalog, &service->kinds[node->kind], reserved, &used);
    HfReservation reservation = reservation_of(service, row, hf_offer_role(catalog, offer));
    hf_resources_push_reservation(catalog, reserved, &reservation);
    hf_resources_clear(catalog, &node->home);
    if (service->kinds[node->kind].volume_count > 0)
        make_volumes(service, row, &reservation, reserved, &volumes);
    else
        make_volume(service, row, reserved, &volumes);
    node->is_at_home = FALSE;
    send_launches(service, driver, offer); /* operations stand in the order of what needs them */
    open_accept(service, driver, offer);
    by_provider(catalog, driver, hf_driver_reserve, reserved);
    by_provider(catalog, driver, hf_driver_create, &volumes);
    hf_service__bind(service, row, offer->host, offer->agent);
    if (rules->reserve_wait > 0) { /* no answer will come: its offer is the answer */
        node->phase = HF_PHASE_RESERVING;
        node->wait++;
        hf_service__wait_at_host(service, row);
        hf_driver_after(driver, rules->reserve_wait, HF_SERVICE_TIMER_RESERVE,
                        hf_service__timer_arg(service, row));
        hf_resources_clear(catalog, &used);
        return;
    }
    hf_resources_add(catalog, &used, &node->home);
    launch(service, driver, row, offer, &used);
}

/* ---- those that wait for this host ---- */

static gboolean has_loose(const HfService *service, const HfNodeKind *kind, const HfResources *pool)
{
    return kind->rules.reserve == HF_RESERVE_ALL ||
           hf_demand_fits(service->env.catalog, &kind->loose, pool, 1) > 0;
}

/* Is there what it waits for? `pool`: of what is offered, what is nobody's. */
static gboolean is_home(const HfService *service, const HfNode *node, const HfResources *offered,
                        const HfResources *pool)
{
    const HfNodeKind *kind = &service->kinds[node->kind];
    if (hf_resources_is_empty(&node->home)) return hf_service__fits(service, kind, pool);
    return hf_resources_contains(service->env.catalog, offered, &node->home) &&
           has_loose(service, kind, pool);
}

/* What it has not reserved, out of the pool. `out` is replaced. */
static void cut_loose(HfService *service, const HfNodeKind *kind, HfResources *out)
{
    if (kind->rules.reserve == HF_RESERVE_ALL) return;
    hf_demand_cut(service->env.catalog, &kind->loose, &service->pool, out);
    hf_resources_subtract(service->env.catalog, &service->offered, out);
}

static void come_home(HfService *service, HfDriver *driver, const HfOfferInfo *offer)
{
    HfCatalog *catalog = service->env.catalog;
    uint32_t next;
    for (uint32_t row = hf_map64_get(&service->host_lists, offer->host); row != HF_MAP64_NONE;
         row = next) {
        HfNode *node = &service->nodes[row];
        const HfNodeKind *kind = &service->kinds[node->kind];
        HfResources used = {0};
        next = node->next == HF_NO_NODE ? HF_MAP64_NONE : node->next;
        if (!is_home(service, node, &service->offered, &service->pool)) continue;
        if (!hf_resources_is_empty(&node->home)) {
            cut_loose(service, kind, &used);
            hf_resources_add(catalog, &used, &node->home);
            hf_resources_subtract(catalog, &service->offered, &node->home);
        } else {
            cut(service, kind, &service->pool, &used);
            hf_resources_subtract(catalog, &service->offered, &used);
        }
        hf_service__unwait(service, row);
        launch(service, driver, row, offer, &used);
    }
}

/* ---- what nobody wants any more ---- */

static gboolean is_stray(const HfService *service, const HfResource *entry)
{
    HfStackId stack = hf_meta(service->env.catalog, entry->meta)->stack;
    return stack != 0 && hf_map64_get(&service->stray_stacks, stack) != HF_MAP64_NONE;
}

static void clean(HfService *service, HfDriver *driver, const HfOfferInfo *offer)
{
    HfCatalog *catalog = service->env.catalog;
    HfResources volumes = {0}, reserved = {0};
    for (uint32_t i = 0; i < hf_resources_count(&service->offered); i++) {
        HfResource entry = *hf_resources_at(&service->offered, i);
        if (entry.meta == HF_META_PLAIN || !is_stray(service, &entry)) continue;
        if (hf_meta_is_persistent(catalog, entry.meta)) {
            hf_resources_add_one(catalog, &volumes, &entry);
            entry.meta = hf_meta_strip_volume(catalog, entry.meta);
        }
        hf_resources_add_one(catalog, &reserved, &entry);
    }
    if (hf_resources_is_empty(&reserved)) return;
    for (uint32_t i = 0; i < hf_resources_count(&reserved); i++)
        hf_map64_remove(&service->stray_stacks,
                        hf_meta(catalog, hf_resources_at(&reserved, i)->meta)->stack);
    send_launches(service, driver, offer);
    open_accept(service, driver, offer);
    by_provider(catalog, driver, hf_driver_destroy, &volumes);
    by_provider(catalog, driver, hf_driver_unreserve, &reserved);
}

/* ---- those that may go anywhere ---- */

static gboolean needs_reservation(const HfNodeKind *kind)
{
    return kind->rules.place == HF_DATA_VOLUME || kind->rules.place == HF_DATA_MOUNT;
}

static gboolean is_reserved(const HfCatalog *catalog, const HfResource *entry, const void *data)
{
    return !hf_meta_is_unreserved(catalog, entry->meta);
}

/* Of the pool, the part that a new instance of the kind may use; FALSE: all of it, and nothing is
 * in `part_out`. */
static gboolean take_part(const HfService *service, const HfNodeKind *kind, const HfResources *pool,
                          HfResources *part_out)
{
    HfCatalog *catalog = service->env.catalog;
    if ((needs_reservation(kind) || kind->accepts == HF_ACCEPTS_UNRESERVED) &&
        hf_resources_any(catalog, pool, HF_META_RESERVED)) {
        /* only what is reserved to nobody can be reserved to an instance */
        hf_resources_unreserved(catalog, pool, part_out);
        return TRUE;
    }
    if (kind->accepts != HF_ACCEPTS_RESERVED) return FALSE;
    hf_resources_filter(catalog, pool, is_reserved, NULL, part_out);
    return TRUE;
}

gboolean hf_service__would_launch(const HfService *service, const HfNodeKind *kind,
                                  const HfNode *node, const HfResources *offered)
{
    HfCatalog *catalog = service->env.catalog;
    HfResources pool = {0}, part = {0};
    hf_resources_filter(catalog, offered, is_free, NULL, &pool);
    gboolean would = node != NULL
                         ? is_home(service, node, offered, &pool)
                         : hf_service__fits(service, kind,
                                            take_part(service, kind, &pool, &part) ? &part : &pool);
    hf_resources_clear(catalog, &pool);
    hf_resources_clear(catalog, &part);
    return would;
}

static gboolean place(HfService *service, HfDriver *driver, HfNodeKind *kind,
                      const HfOfferInfo *offer)
{
    HfCatalog *catalog = service->env.catalog;
    HfResources taken = {0}, bare = {0};
    uint32_t row = kind->first_wanted;
    if (!hf_service__allows(service, kind, offer->host)) return FALSE;
    gboolean is_part = take_part(service, kind, &service->pool, &bare);
    HfResources *pool = is_part ? &bare : &service->pool;
    gboolean has_room = hf_service__fits(service, kind, pool);
    if (has_room) {
        cut(service, kind, pool, &taken);
        hf_resources_subtract(catalog, &service->offered, &taken);
        if (is_part) hf_resources_subtract(catalog, &service->pool, &taken);
        hf_service__unwait(service, row);
        if (needs_reservation(kind))
            settle(service, driver, row, offer, &taken);
        else
            launch(service, driver, row, offer, &taken);
    }
    hf_resources_clear(catalog, &taken);
    hf_resources_clear(catalog, &bare);
    return has_room;
}

gboolean hf_service__fill(HfService *service, HfDriver *driver, const HfOfferInfo *offer)
{
    service->is_accepting = FALSE;
    unpack(service, offer);
    come_home(service, driver, offer);
    if (service->stray_stacks.count > 0) clean(service, driver, offer);
    for (guint32 i = 0; i < service->active.count;) {
        uint32_t k = service->active.at[i];
        while (service->kinds[k].wanted > 0 && place(service, driver, &service->kinds[k], offer))
            continue;
        /* A kind whose queue is empty has left the list. */
        if (i < service->active.count && service->active.at[i] == k) i++;
    }
    send_launches(service, driver, offer);
    if (service->is_accepting) hf_driver_accept_end(driver);
    return service->is_accepting;
}

void hf_service__on_offers(void *model, HfDriver *driver, const HfOfferInfo *offers, uint32_t count)
{
    HfService *service = model;
    hf_vec_reset(&service->declines);
    if (service->is_dying) return;
    for (uint32_t i = 0; i < count; i++)
        if (hf_held__is_deadly(service, &offers[i])) return;
    for (uint32_t i = 0; i < count; i++)
        if (!hf_service__fill(service, driver, &offers[i]) &&
            !hf_held__keep(service, driver, &offers[i]))
            hf_vec_push(&service->declines, offers[i].id);
    hf_driver_decline(driver, service->declines.at, service->declines.count,
                      hf_time_to_seconds(refuse_of(service)));
    hf_service__note_waiting(service, driver);
    hf_service__leave(service, driver);
    if (service->waiting > 0 || service->is_suppressed || !service->rules.suppress) return;
    if (service->is_leaving) return;
    service->is_suppressed = TRUE;
    hf_driver_suppress(driver);
}
