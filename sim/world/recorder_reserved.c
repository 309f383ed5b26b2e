/*
 * What agents have, and what of it is reserved and lies idle. An agent comes, goes and returns with
 * a total that may have changed, and operations change what is reserved in between; so the recorder
 * keeps for each agent the amounts that it has counted: by number of a total that agents alike
 * share, and a list of the reserved entries only where there are any.
 *
 * Reserved but idle = reserved on the agents in the master's book - reserved and given to tasks. By
 * role it is that of the reservation; by framework, that of the framework which made the first
 * reservation of this kind (role, principal and labels).
 */
#include <string.h>

#include "resource/operation.h"
#include "world/recorder_internal.h"

static gboolean is_counted_kind(const HfRecorder *recorder, const HfResource *entry)
{
    return entry->kind < recorder->kinds &&
           recorder->catalog->kind[entry->kind].type == HF_TYPE_SCALAR;
}

/* ---- stepping ---- */

static HfTracked *idle_of_role(HfRecorder *recorder, HfRoleId role)
{
    HfRoleStats *stats = hf_recorder__role(recorder, role);
    if (stats->reserved_idle == NULL) stats->reserved_idle = hf_recorder__levels(recorder);
    return stats->reserved_idle;
}

/* NULL when no framework made such a reservation. */
static HfTracked *idle_of_reserver(HfRecorder *recorder, HfMetaId meta)
{
    HfStackId stack = hf_meta(recorder->catalog, meta)->stack;
    if (stack >= recorder->reserver.count || recorder->reserver.at[stack] == 0) return NULL;
    HfFrameworkStats *stats = hf_recorder__framework(recorder, recorder->reserver.at[stack] - 1);
    if (stats->reserved_idle == NULL) stats->reserved_idle = hf_recorder__levels(recorder);
    return stats->reserved_idle;
}

void hf_recorder__step_reserved(HfRecorder *recorder, HfTime now, const HfResources *resources,
                                int sign)
{
    const HfResource *entry = hf_resources_entries(resources);
    for (uint32_t i = 0; i < hf_resources_count(resources); i++, entry++) {
        if (entry->meta == HF_META_PLAIN || !is_counted_kind(recorder, entry) ||
            hf_meta_is_unreserved(recorder->catalog, entry->meta))
            continue;
        int64_t change = sign * entry->milli;
        hf_level_add(&hf_recorder__resource(recorder, entry->kind, HF_LEVEL_RESERVED_IDLE)->level,
                     now, change);
        HfRoleId role = hf_meta_reservation_role(recorder->catalog, entry->meta);
        hf_level_add(&idle_of_role(recorder, role)[entry->kind].level, now, change);
        HfTracked *reserver = idle_of_reserver(recorder, entry->meta);
        if (reserver != NULL) hf_level_add(&reserver[entry->kind].level, now, change);
    }
}

/* ---- totals ---- */

static uint64_t hash_of(const int64_t *amounts, uint32_t count)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);
    for (uint32_t i = 0; i < count; i++)
        hash = (hash ^ (uint64_t)amounts[i]) * UINT64_C(0xff51afd7ed558ccd), hash ^= hash >> 32;
    return hash;
}

/* The number under which these amounts are kept, each kind of agent once. */
static uint32_t total_number(HfRecorder *recorder, const HfResources *total)
{
    uint32_t kinds = recorder->kinds;
    g_autofree int64_t *amounts = g_new0(int64_t, kinds + 1);
    for (uint32_t k = 0; k < kinds; k++)
        if (recorder->catalog->kind[k].type == HF_TYPE_SCALAR)
            amounts[k] = total ? hf_resources_milli(total, (HfKindId)k) : 0;
    uint64_t hash = hash_of(amounts, kinds);
    for (;; hash++) { /* two totals of one hash stand side by side */
        uint32_t at = hf_map64_get(&recorder->total_rows, hash);
        if (at == HF_MAP64_NONE) break;
        if (memcmp(recorder->totals.at + (size_t)at * kinds, amounts, kinds * sizeof *amounts) == 0)
            return at;
    }
    uint32_t at = kinds > 0 ? recorder->totals.count / kinds : 0;
    for (uint32_t k = 0; k < kinds; k++) hf_vec_push(&recorder->totals, amounts[k]);
    hf_map64_set(&recorder->total_rows, hash, at);
    return at;
}

static void step_total(HfRecorder *recorder, HfTime now, uint32_t total, int sign)
{
    for (uint32_t k = 0; k < recorder->kinds; k++)
        hf_level_add(&hf_recorder__resource(recorder, k, HF_LEVEL_TOTAL)->level, now,
                     sign * recorder->totals.at[(size_t)total * recorder->kinds + k]);
}

/* What is reserved on an agent, as counted; made at first need. */
static HfResources *reserved_on(HfRecorder *recorder, uint32_t agent)
{
    while (recorder->reserved.count <= agent) hf_vec_push(&recorder->reserved, NULL);
    HfResources **reserved = &recorder->reserved.at[agent];
    if (*reserved == NULL) *reserved = g_new0(HfResources, 1);
    return *reserved;
}

static HfResources *known_reserved(const HfRecorder *recorder, uint32_t agent)
{
    return agent < recorder->reserved.count ? recorder->reserved.at[agent] : NULL;
}

void hf_recorder__count_agent(HfRecorder *recorder, const HfRecord *record, gboolean is_counted)
{
    uint32_t agent = record->agent;
    while (recorder->agent_total.count <= agent) hf_vec_push(&recorder->agent_total, 0);
    uint32_t before = recorder->agent_total.at[agent];
    uint32_t now = is_counted ? total_number(recorder, record->resources) + 1 : 0;
    if (before != now) {
        if (before != 0) step_total(recorder, record->at, before - 1, -1);
        if (now != 0) step_total(recorder, record->at, now - 1, 1);
        recorder->agent_total.at[agent] = now;
        if ((before != 0) != (now != 0))
            hf_recorder__count_use(recorder, record->at, (uint32_t)record->value, now ? 1 : -1);
    }
    HfResources *reserved = known_reserved(recorder, agent);
    gboolean has_any = is_counted && record->resources &&
                       hf_resources_any(recorder->catalog, record->resources, HF_META_RESERVED);
    if (reserved != NULL) {
        hf_recorder__step_reserved(recorder, record->at, reserved, -1);
        hf_resources_reset(recorder->catalog, reserved);
    }
    if (!has_any) return;
    reserved = reserved_on(recorder, agent);
    hf_resources_reserved(recorder->catalog, record->resources, reserved);
    hf_recorder__step_reserved(recorder, record->at, reserved, 1);
}

/* ---- operations ---- */

/* The first framework to reserve like this is whose reservation it is. */
static void note_reserver(HfRecorder *recorder, const HfRecord *record)
{
    for (uint32_t i = 0; i < hf_resources_count(record->resources); i++) {
        HfMetaId meta = hf_resources_at(record->resources, i)->meta;
        HfStackId stack = hf_meta(recorder->catalog, meta)->stack;
        if (stack == 0) continue;
        while (recorder->reserver.count <= stack) hf_vec_push(&recorder->reserver, 0);
        if (recorder->reserver.at[stack] == 0) recorder->reserver.at[stack] = record->framework + 1;
    }
}

void hf_recorder__on_conversion(HfRecorder *recorder, const HfRecord *record)
{
    if (record->type == HF_RECORD_OPERATION) {
        recorder->operation = record->state;
        return;
    }
    gboolean is_made = record->type == HF_RECORD_CONVERTED;
    if (is_made && recorder->operation == HF_OPERATION_RESERVE && record->framework != HF_ROW_NONE)
        note_reserver(recorder, record);
    HfResources plain = {0}, changed = {0};
    hf_resources_copy(recorder->catalog, &plain, record->resources);
    hf_resources_unallocate(recorder->catalog, &plain);
    hf_resources_reserved(recorder->catalog, &plain, &changed);
    HfResources *reserved = reserved_on(recorder, record->agent);
    if (is_made)
        hf_resources_add(recorder->catalog, reserved, &changed);
    else
        hf_resources_subtract(recorder->catalog, reserved, &changed);
    hf_recorder__step_reserved(recorder, record->at, &changed, is_made ? 1 : -1);
    hf_resources_clear(recorder->catalog, &plain);
    hf_resources_clear(recorder->catalog, &changed);
}

void hf_recorder__reserved_clear(HfRecorder *recorder)
{
    for (guint32 i = 0; i < recorder->reserved.count; i++) {
        if (recorder->reserved.at[i] == NULL) continue;
        hf_resources_clear(recorder->catalog, recorder->reserved.at[i]);
        g_free(recorder->reserved.at[i]);
    }
    hf_vec_clear(&recorder->reserved);
    hf_vec_clear(&recorder->reserver);
    hf_vec_clear(&recorder->agent_total);
    hf_vec_clear(&recorder->totals);
    hf_map64_clear(&recorder->total_rows);
}
