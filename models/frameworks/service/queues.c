/*
 * Where instances of a service wait (in the queue of their kind, or in the list of a host), and on
 * which hosts they count. See service.h.
 */
#include <string.h>

#include "base/assert.h"
#include "models/frameworks/service/service.h"

/* ---- queues and lists ---- */

static guint32 place_of(const HfService *service, uint32_t kind)
{
    guint32 low = 0, high = service->active.count;
    while (low < high) {
        guint32 middle = (low + high) / 2;
        if (service->active.at[middle] < kind)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void activate(HfService *service, uint32_t kind)
{
    guint32 at = place_of(service, kind);
    hf_vec_push(&service->active, kind);
    memmove(service->active.at + at + 1, service->active.at + at,
            (service->active.count - 1 - at) * sizeof *service->active.at);
    service->active.at[at] = kind;
}

void hf_service__want(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    node->phase = HF_PHASE_WANTED;
    node->since = hf_driver_now(driver);
    node->next = HF_NO_NODE;
    node->prev = kind->last_wanted;
    if (kind->last_wanted == HF_NO_NODE)
        kind->first_wanted = row;
    else
        service->nodes[kind->last_wanted].next = row;
    kind->last_wanted = row;
    if (kind->wanted++ == 0) activate(service, node->kind);
    service->waiting++;
}

void hf_service__wait_at_host(HfService *service, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    uint32_t first = hf_map64_get(&service->host_lists, node->host);
    node->prev = HF_NO_NODE;
    node->next = HF_NO_NODE;
    if (first == HF_MAP64_NONE) {
        hf_map64_set(&service->host_lists, node->host, row);
    } else { /* at the end: the one that waits longest comes first; lists are short */
        while (service->nodes[first].next != HF_NO_NODE) first = service->nodes[first].next;
        service->nodes[first].next = row;
        node->prev = first;
    }
    service->waiting++;
}

void hf_service__unwait(HfService *service, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfNodeKind *kind = &service->kinds[node->kind];
    gboolean is_queued = node->phase == HF_PHASE_WANTED;
    HF_ASSERT(is_queued || node->phase == HF_PHASE_SUSPENDED || node->phase == HF_PHASE_RESERVING);
    if (node->next != HF_NO_NODE) service->nodes[node->next].prev = node->prev;
    if (node->prev != HF_NO_NODE) service->nodes[node->prev].next = node->next;
    if (is_queued) {
        if (kind->first_wanted == row) kind->first_wanted = node->next;
        if (kind->last_wanted == row) kind->last_wanted = node->prev;
        if (--kind->wanted == 0) hf_vec_remove(&service->active, place_of(service, node->kind));
    } else if (node->prev == HF_NO_NODE) {
        if (node->next == HF_NO_NODE)
            hf_map64_remove(&service->host_lists, node->host);
        else
            hf_map64_set(&service->host_lists, node->host, node->next);
    }
    node->wait++;
    service->waiting--;
}

/* ---- hosts ---- */

HfTextId hf_service__rack_of(const HfService *service, uint32_t host)
{
    const HfAttribute *rack =
        hf_attributes_find(hf_world_host_attributes(service->env.world, host), service->rack);
    return rack != NULL && rack->value.type == HF_VALUE_TEXT ? rack->value.text : HF_TEXT_NONE;
}

static void count_at(HfMap64 *map, uint64_t where, int by)
{
    uint32_t before = hf_map64_get(map, where);
    uint32_t now = (before == HF_MAP64_NONE ? 0 : before) + (uint32_t)by;
    if (now == 0)
        hf_map64_remove(map, where);
    else
        hf_map64_set(map, where, now);
}

void hf_service__count_at(HfService *service, HfNodeKind *kind, uint32_t host, int by)
{
    if (kind->rules.max_per_host > 0) count_at(&kind->on_host, host, by);
    if (kind->rules.max_per_rack > 0)
        count_at(&kind->on_rack, hf_service__rack_of(service, host), by);
    hf_constraints__count(&kind->constraints, service->env.world, host, by);
}

static void count_bound(HfService *service, const HfNode *node, int by)
{
    hf_service__count_at(service, &service->kinds[node->kind], node->host, by);
}

void hf_service__bind(HfService *service, uint32_t row, uint32_t host, uint32_t agent)
{
    HfNode *node = &service->nodes[row];
    HF_ASSERT(!node->is_bound);
    node->is_bound = TRUE;
    node->host = host;
    node->agent = agent;
    count_bound(service, node, 1);
}

void hf_service__unbind(HfService *service, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    if (!node->is_bound) return;
    count_bound(service, node, -1);
    node->is_bound = FALSE;
}

void hf_service__abandon_home(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    HfCatalog *catalog = service->env.catalog;
    if (hf_resources_is_empty(&node->home)) return;
    hf_driver_note_disowned(driver, node->host, &node->home);
    if (service->kinds[node->kind].rules.cleaning == HF_CLEAN_WHEN_OFFERED)
        hf_map64_set(&service->stray_stacks,
                     hf_meta(catalog, hf_resources_at(&node->home, 0)->meta)->stack, 1);
    hf_resources_clear(catalog, &node->home);
    node->is_at_home = FALSE;
    node->attempt++;
}
