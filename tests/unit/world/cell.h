/*
 * A small cluster for tests: a scenario in text, its world, and every record of it kept. Each is
 * under audit from its first event to its last.
 */
#ifndef HF_TESTS_UNIT_WORLD_CELL_H
#define HF_TESTS_UNIT_WORLD_CELL_H

#include "support/test.h"

#include <string.h>

#include "allocator/policy.h"
#include "audit/audit.h"
#include "resource/text.h"
#include "world/metrics.h"
#include "world/tables.h"
#include "world/world_internal.h"

#define S HF_NS_PER_SECOND

typedef struct Cell {
    HfScenarioSet *set;
    HfWorld *world;
    HfAudit *audit;
    gboolean is_made_up;  /* set it where records are made by hand: no audit */
    HF_VEC(HfRecord) log; /* resources are left out */
} Cell;

/* What models there are: whoever includes this defines it. */
static const HfScenarioRegistry *cell_registry(void);

static inline HfScenarioSet *cell_parse(const char *text)
{
    GError *error = NULL;
    HfScenarioSet *set =
        hf_scenario_parse(text, strlen(text), "cell.yaml",
                          &(HfScenarioOptions){.registry = cell_registry()}, NULL, &error);
    if (set == NULL) fail_msg("%s", error->message);
    return set;
}

static inline void cell_keep(void *context, const HfRecord *record)
{
    Cell *cell = context;
    hf_vec_push(&cell->log, *record);
    hf_vec_last(&cell->log)->resources = NULL;
}

/* `text`: the whole scenario but its name. */
static inline Cell *cell_new(const char *text)
{
    g_autofree char *whole = g_strconcat("name: cell\n", text, NULL);
    Cell *cell = g_new0(Cell, 1);
    cell->set = cell_parse(whole);
    GError *error = NULL;
    cell->world = hf_world_new(cell->set->arms[0], &error);
    if (cell->world == NULL) fail_msg("%s", error->message);
    hf_trace_listen(hf_world_trace(cell->world), cell_keep, cell);
    HfAuditConfig audit = {.registry_takes_time = hf_world_registry_takes_time(cell->world),
                           .executor_registration_timeout =
                               hf_world_executor_registration_timeout(cell->world),
                           .allocation_interval = cell->set->arms[0]->master.allocation_interval,
                           .era = cell->set->arms[0]->era,
                           .names = hf_world_names(cell->world)};
    cell->audit = hf_audit_new(hf_world_catalog(cell->world), &audit);
    hf_trace_listen(hf_world_trace(cell->world), hf_audit_listen, cell->audit);
    return cell;
}

static inline void cell_check_audit(const Cell *cell)
{
    const HfAuditBreach *breach = hf_audit_breach(cell->audit);
    if (breach && !cell->is_made_up) fail_msg("%s: %s", breach->invariant, breach->sentence);
}

static inline void cell_free(Cell *cell)
{
    hf_audit_finish(cell->audit);
    cell_check_audit(cell);
    hf_audit_free(cell->audit);
    hf_world_free(cell->world);
    hf_scenario_set_free(cell->set);
    hf_vec_clear(&cell->log);
    g_free(cell);
}

static inline void cell_run(Cell *cell, HfTime until)
{
    hf_world_run(cell->world, until);
    assert_int_equal(hf_world_now(cell->world), until);
    hf_world_check(cell->world);
    cell_check_audit(cell);
}

/* The n-th record (from 0) of a type; NULL when there are fewer. */
static inline const HfRecord *cell_record(const Cell *cell, HfRecordType type, uint32_t n)
{
    for (guint32 i = 0; i < cell->log.count; i++)
        if (cell->log.at[i].type == type && n-- == 0) return &cell->log.at[i];
    return NULL;
}

static inline uint32_t cell_count(const Cell *cell, HfRecordType type)
{
    uint32_t count = 0;
    for (guint32 i = 0; i < cell->log.count; i++) count += cell->log.at[i].type == type;
    return count;
}

static inline double cell_metric(const HfMetrics *metrics, const char *name)
{
    double value = 0;
    if (!hf_metrics_find(metrics, name, &value)) fail_msg("no metric %s", name);
    return value;
}

#endif
