/* The auditor listening to a run; see run_audit.h. */
#include "tools/run_audit.h"

#include "audit/audit.h"

struct HfRunAudit {
    HfWorld *world;
    HfAudit *audit;
    HfQuantities *minimum; /* [minimum_count] */
    uint32_t minimum_count;
};

static void on_record(void *context, const HfRecord *record)
{
    HfRunAudit *audit = context;
    hf_audit_listen(audit->audit, record);
    if (G_UNLIKELY(hf_audit_breach(audit->audit) != NULL)) hf_world_stop(audit->world);
}

/* Of the fastest interface; 0 when one has no limit. */
static int64_t copy_limit(const HfScenario *scenario)
{
    int64_t most = 0;
    for (uint32_t g = 0; g < scenario->agents.count; g++) {
        int64_t mb = scenario->agents.at[g].network_bandwidth / 1000;
        if (mb == 0) return 0;
        most = MAX(most, mb * 1048576);
    }
    return most;
}

/* What an offer must hold at least; none when that is not the same for all. */
static void set_minimum(HfRunAudit *audit, HfAuditConfig *config)
{
    const HfScenario *scenario = hf_world_scenario(audit->world);
    const char *text = scenario->master.min_allocatable_resources;
    gboolean is_for_all = text != NULL && scenario->master.offer_scope != HF_OFFER_CELL;
    for (uint32_t f = 0; f < scenario->frameworks.count; f++)
        is_for_all = is_for_all && scenario->frameworks.at[f].min_allocatable_resources == NULL;
    if (!is_for_all) return;
    g_auto(GStrv) sets = g_strsplit(text, "|", -1);
    audit->minimum = g_new0(HfQuantities, g_strv_length(sets) + 1);
    for (guint i = 0; sets[i] != NULL; i++)
        if (hf_quantities_parse(hf_world_catalog(audit->world), sets[i],
                                &audit->minimum[audit->minimum_count], NULL))
            audit->minimum_count++;
    config->minimum = audit->minimum;
    config->minimum_count = audit->minimum_count;
}

HfRunAudit *hf_run_audit_new(HfWorld *world)
{
    HfRunAudit *audit = g_new0(HfRunAudit, 1);
    HfAuditConfig config = {
        .allocation_interval = hf_world_scenario(world)->master.allocation_interval,
        .era = hf_world_scenario(world)->era,
        .copy_bytes_per_second = copy_limit(hf_world_scenario(world)),
        .executor_registration_timeout = hf_world_executor_registration_timeout(world),
        .registry_takes_time = hf_world_registry_takes_time(world),
        .names = hf_world_names(world)};
    audit->world = world;
    set_minimum(audit, &config);
    audit->audit = hf_audit_new(hf_world_catalog(world), &config);
    hf_trace_listen(hf_world_trace(world), on_record, audit);
    return audit;
}

void hf_run_audit_free(HfRunAudit *audit)
{
    if (audit == NULL) return;
    hf_audit_free(audit->audit);
    for (uint32_t i = 0; i < audit->minimum_count; i++) hf_quantities_clear(&audit->minimum[i]);
    g_free(audit->minimum);
    g_free(audit);
}

gboolean hf_run_audit_is_broken(const HfRunAudit *audit)
{
    return audit != NULL && hf_audit_breach(audit->audit) != NULL;
}

static void check_shares(HfRunAudit *audit)
{
    const HfScenarioMaster *keys = &hf_world_scenario(audit->world)->master;
    HfCatalog *catalog = hf_world_catalog(audit->world);
    const HfAllocator *allocator = hf_master_allocator(hf_world_master(audit->world));
    HF_VEC(HfKindId) excluded = {0};
    const char **names = keys->fair_sharing_excluded_resource_names;
    for (; names != NULL && *names != NULL; names++) {
        HfKindId kind = hf_kind_find(catalog, *names);
        if (kind != HF_KIND_NONE) hf_vec_push(&excluded, kind);
    }
    for (HfRoleId role = 0; role < catalog->role_count; role++)
        if (hf_role_depth(catalog, role) <= 1) /* nested ones have another pool in early eras */
            hf_audit_share(audit->audit, role, keys->offer_scope != HF_OFFER_CELL, excluded.at,
                           excluded.count, hf_allocator_role_share(allocator, role));
    hf_vec_clear(&excluded);
}

gboolean hf_run_audit_finish(HfRunAudit *audit, const char *replay, GError **error)
{
    HfEngineStats stats;
    hf_engine_stats(hf_world_engine(audit->world), &stats);
    hf_audit_events(audit->audit, stats.scheduled, stats.fired, stats.cancelled, stats.pending);
    check_shares(audit);
    hf_audit_finish(audit->audit);
    const HfAuditBreach *breach = hf_audit_breach(audit->audit);
    if (breach == NULL) return TRUE;
    char at[32];
    hf_time_print(breach->at, at, sizeof at);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "invariant %s is broken at %s: %s\n  rule: %s\n  records:\n",
                           breach->invariant, at, breach->sentence, breach->rule);
    for (guint i = 0; i < breach->records->len; i++)
        g_string_append_printf(text, "    %s\n",
                               (const char *)g_ptr_array_index(breach->records, i));
    g_string_append_printf(
        text, "  This is a bug in Holdfast. To see it again:\n    %s --until %s --audit", replay,
        at);
    g_set_error_literal(error, HF_RUN_AUDIT_ERROR, 1, text->str);
    return FALSE;
}
