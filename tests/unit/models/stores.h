/*
 * What the tests of stores share: a cell with one store s and one service f. Latency is 0;
 * instances of f have 100 MB each, in one part that nobody else has.
 */
#ifndef HF_TESTS_UNIT_MODELS_STORES_H
#define HF_TESTS_UNIT_MODELS_STORES_H

#include "unit/models/lab.h"

#include <math.h>

#include "world/data.h"
#include "world/tables.h"

#define MB (INT64_C(1) << 20)

static inline Cell *lab(uint32_t hosts, const char *store, const char *service, const char *more)
{
    g_autofree char *text = g_strdup_printf(
        "duration: 1d\nnetwork: {latency: 0s}\nmaster: {agent_order: sorted}\n"
        "agents: [{name: n, count: %u, resources: 'cpus:8;mem:4096', network_bandwidth: 0}]\n"
        "stores: [{name: s, %s}]\n"
        "frameworks:\n"
        "- {name: f, model: service, variant: stateful-centralized, role: r, cpus: 1, mem: 64,\n"
        "   disk: 0, data: 100, store: s, %s}\n%s",
        hosts, store, service, more);
    return cell_new(text);
}

static inline HfTime when(const Cell *cell, HfRecordType type, uint32_t n)
{
    const HfRecord *record = cell_record(cell, type, n);
    if (record == NULL) fail_msg("%s never came the %u. time", hf_record_shapes[type].name, n + 1);
    return record->at;
}

/* When the service was last out of service, or was so no more; -1 = never. */
static inline HfTime quorum_at(const Cell *cell, gboolean is_out)
{
    HfTime at = -1;
    for (guint32 i = 0; i < cell->log.count; i++)
        if (cell->log.at[i].type == HF_RECORD_SERVICE_QUORUM &&
            (cell->log.at[i].value > 0) == is_out)
            at = cell->log.at[i].at;
    return at;
}

#endif
