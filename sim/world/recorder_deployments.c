/*
 * Deployments as they were: how long each took, how few instances were healthy meanwhile, and how
 * many were launched at once.
 */
#include "base/assert.h"
#include "world/data.h"
#include "world/recorder_internal.h"
#include "world/tables_internal.h"
#include "world/world_internal.h"

static HfDeploymentRow *open_row(HfRecorder *recorder, const HfRecord *record)
{
    for (guint32 i = recorder->deployments.count; i > 0; i--) {
        HfDeploymentRow *row = &recorder->deployments.at[i - 1];
        if (row->framework == record->framework && row->group == record->id && row->ended < 0 &&
            !row->is_refused)
            return row;
    }
    return NULL;
}

void hf_recorder__on_deployment(HfRecorder *recorder, const HfRecord *record)
{
    HfDeploymentRow *row = open_row(recorder, record);
    if (record->type == HF_RECORD_DEPLOYMENT_STARTED ||
        record->type == HF_RECORD_DEPLOYMENT_REFUSED) {
        hf_vec_push(&recorder->deployments,
                    (HfDeploymentRow){.framework = record->framework,
                                      .group = record->id,
                                      .number = record->value,
                                      .started = record->at,
                                      .ended = -1,
                                      .healthy_first = -1,
                                      .is_refused = record->type == HF_RECORD_DEPLOYMENT_REFUSED});
        return;
    }
    HF_ASSERT(row != NULL);
    if (record->type == HF_RECORD_DEPLOYMENT_HEALTHY) {
        if (row->healthy_first < 0) row->healthy_first = row->healthy_least = record->value;
        row->healthy_least = MIN(row->healthy_least, record->value);
    } else if (record->type == HF_RECORD_DEPLOYMENT_INSTANCES) {
        row->most = MAX(row->most, record->value);
    } else {
        row->ended = record->at;
        row->end = (HfDeploymentEnd)record->value;
    }
}

void hf_recorder__name_deployment(HfRecorder *recorder, const char *app)
{
    HF_ASSERT(recorder->deployments.count > 0);
    hf_vec_last(&recorder->deployments)->app = app;
}

void hf_world_note_deployment(HfWorld *world, uint32_t framework, HfRecordType type, uint64_t group,
                              int64_t value, const char *app)
{
    HF_ASSERT(type >= HF_RECORD_DEPLOYMENT_STARTED && type <= HF_RECORD_DEPLOYMENT_REFUSED);
    hf_trace_emit(world->trace,
                  &(HfRecord){.at = hf_world__now(world),
                              .type = (uint16_t)type,
                              .agent = HF_ROW_NONE,
                              .framework = hf_driver_framework(world->guests[framework].driver),
                              .id = group,
                              .value = value});
    if (app != NULL) hf_recorder__name_deployment(hf_world_recorder(world), app);
}

static const char *end_of(const HfDeploymentRow *row)
{
    if (row->is_refused) return "refused";
    if (row->ended < 0) return "unfinished";
    return row->end == HF_DEPLOYMENT_DONE ? "done" : "replaced";
}

void hf_table__print_deployments(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    g_string_append(out, "framework,app,deployment,started_s,ended_s,took_s,end,healthy_before,"
                         "healthy_min,launched_max\n");
    for (guint32 i = 0; i < recorder->deployments.count; i++) {
        const HfDeploymentRow *row = &recorder->deployments.at[i];
        gboolean is_over = row->ended >= 0;
        hf_table__name(out, hf_master_framework_name(recorder->master, row->framework));
        g_string_append_c(out, ',');
        hf_table__name(out, row->app);
        g_string_append_printf(out, ",%" G_GINT64_FORMAT ",", (gint64)row->number);
        hf_table__seconds(out, row->started);
        g_string_append_c(out, ',');
        hf_table__seconds(out, row->ended);
        g_string_append_c(out, ',');
        hf_table__seconds(out, is_over ? row->ended - row->started : -1);
        g_string_append_printf(out, ",%s", end_of(row));
        if (row->is_refused)
            g_string_append(out, ",,,\n");
        else
            g_string_append_printf(
                out, ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "\n",
                (gint64)row->healthy_first, (gint64)row->healthy_least, (gint64)row->most);
    }
}
