/* CSV tables from what the recorder kept; see tables.h. */
#include "world/tables.h"

#include <math.h>

#include "base/assert.h"
#include "world/operators.h"
#include "world/recorder_internal.h"
#include "world/tables_internal.h"

void hf_table__number(GString *out, double value)
{
    if (!isfinite(value)) return;
    char text[64];
    g_ascii_formatd(text, sizeof text, "%.6f", value);
    char *end = text + strlen(text);
    while (end[-1] == '0') end--;
    if (end[-1] == '.') end--;
    *end = '\0';
    g_string_append(out, g_strcmp0(text, "-0") == 0 ? "0" : text);
}

void hf_table__seconds(GString *out, HfTime time)
{
    if (time >= 0) hf_table__number(out, hf_time_to_seconds(time));
}

void hf_table__name(GString *out, const char *text)
{
    if (text == NULL) return;
    if (strpbrk(text, ",\"\n") == NULL) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"') g_string_append_c(out, '"');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

/* A column named by something of the scenario: ",cpus_total", ",share_web". */
static void column(GString *out, const char *before, const char *text, const char *after)
{
    g_autofree char *whole = g_strconcat(before, text, after, NULL);
    g_string_append_c(out, ',');
    hf_table__name(out, whole);
}

static void print_timeseries(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    g_string_append(out, "time_s,agents_up,tasks_running,tasks_waiting,offers_outstanding,volumes,"
                         "volumes_orphaned,orphaned_disk_mb,executors_running,offers_"
                         "sent,offers_accepted,"
                         "offers_declined,offers_rescinded,offers_expired");
    static const char *const disk_part[HF_DISK_PARTS] = {
        [HF_DISK_RUNNING] = "sandboxes",     [HF_DISK_DEAD] = "ended_sandboxes",
        [HF_DISK_VOLUMES] = "volumes",       [HF_DISK_PATHS] = "paths",
        [HF_DISK_PATHS_LEFT] = "paths_left", [HF_DISK_OUT_OF_BAND] = "out_of_band"};
    for (int p = 0; p < HF_DISK_PARTS; p++) column(out, "real_", disk_part[p], "_mb");
    static const char *const suffix[HF_RESOURCE_LEVELS] = {
        "_total", "_allocated", "_used", "_used_unreachable", "_offered", "_reserved_idle"};
    for (uint32_t k = 0; k < recorder->kinds; k++)
        for (int l = 0; l < HF_RESOURCE_LEVELS && hf_recorder__is_shown(recorder, k); l++)
            column(out, "", recorder->catalog->kind[k].name, suffix[l]);
    for (guint32 r = 0; r < recorder->roles.count; r++)
        if (recorder->roles.at[r].is_used)
            column(out, "share_", hf_role_path(recorder->catalog, r), "");
    g_string_append_c(out, '\n');
    const double *shares = recorder->role_shares.at;
    for (guint32 row = 0; row < recorder->row_times.count; row++) {
        const double *value = recorder->rows.at + (size_t)row * recorder->row_width;
        hf_table__seconds(out, recorder->row_times.at[row]);
        for (uint32_t c = 0; c < HF_ROW_RESOURCES; c++) {
            g_string_append_c(out, ',');
            hf_table__number(out, *value++);
        }
        for (uint32_t k = 0; k < recorder->kinds; k++) {
            for (int l = 0; l < HF_RESOURCE_LEVELS; l++, value++) {
                if (!hf_recorder__is_shown(recorder, k)) continue;
                g_string_append_c(out, ',');
                hf_table__number(out, *value / 1000);
            }
        }
        for (guint32 r = 0; r < recorder->roles.count; r++) {
            if (!recorder->roles.at[r].is_used) continue;
            g_string_append_c(out, ',');
            hf_table__number(out, r < recorder->role_counts.at[row] ? shares[r] : 0);
        }
        shares += recorder->role_counts.at[row];
        g_string_append_c(out, '\n');
    }
}

static double quantile_seconds(const HfHistogram *times, double q)
{
    return times && hf_histogram_count(times) > 0 ? (double)hf_histogram_quantile(times, q) / 1e9
                                                  : NAN;
}

static void print_frameworks(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    g_string_append(
        out,
        "framework,model,role,tasks_launched,tasks_finished,tasks_failed,tasks_lost,tasks_killed,"
        "offers_received,offers_accepted,offers_declined,wait_p50_s,wait_p95_s,dominant_share_"
        "mean\n");
    static const HfCounter counters[] = {HF_COUNT_TASKS_LAUNCHED,  HF_COUNT_TASKS_FINISHED,
                                         HF_COUNT_TASKS_FAILED,    HF_COUNT_TASKS_LOST,
                                         HF_COUNT_TASKS_KILLED,    HF_COUNT_OFFERS_SENT,
                                         HF_COUNT_OFFERS_ACCEPTED, HF_COUNT_OFFERS_DECLINED};
    for (guint32 f = 0; f < recorder->frameworks.count; f++) {
        const HfFrameworkStats *framework = &recorder->frameworks.at[f];
        uint32_t row = hf_master_framework_peer(recorder->master, f);
        hf_table__name(out, hf_master_framework_name(recorder->master, f));
        g_string_append_printf(out, ",%s,",
                               recorder->scenario->frameworks.at[row].model.model->name);
        hf_table__name(out, hf_role_path(recorder->catalog, framework->role));
        for (size_t c = 0; c < G_N_ELEMENTS(counters); c++)
            g_string_append_printf(out, ",%" G_GUINT64_FORMAT,
                                   (guint64)framework->count[counters[c]]);
        g_string_append_c(out, ',');
        hf_table__number(out, quantile_seconds(framework->waits, 0.5));
        g_string_append_c(out, ',');
        hf_table__number(out, quantile_seconds(framework->waits, 0.95));
        g_string_append_c(out, ',');
        hf_table__number(out, hf_recorder__share(recorder, framework->allocated));
        g_string_append_c(out, '\n');
    }
}

static void print_quantiles(const HfHistogram *waits, const char *framework, GString *out)
{
    if (waits == NULL || hf_histogram_count(waits) == 0) return;
    for (int i = 0; i <= 200; i++) {
        hf_table__number(out, i / 200.0);
        g_string_append_c(out, ',');
        hf_table__number(out, quantile_seconds(waits, i / 200.0));
        g_string_append_c(out, ',');
        hf_table__name(out, framework);
        g_string_append_c(out, '\n');
    }
}

static void print_waits(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    g_string_append(out, "quantile,wait_s,framework\n");
    g_autoptr(HfHistogram) waits = hf_recorder__waits(recorder);
    print_quantiles(waits, "all", out);
    for (guint32 f = 0; f < recorder->frameworks.count; f++)
        print_quantiles(recorder->frameworks.at[f].waits,
                        hf_master_framework_name(recorder->master, f), out);
}

static void print_instances(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    HfTraceNames names = hf_world_names(world);
    g_string_append(out, "framework,task,ended_s,relaunched_s,after_s,host,same_agent\n");
    for (guint32 i = 0; i < recorder->relaunches.count; i++) {
        const HfRelaunch *relaunch = &recorder->relaunches.at[i];
        hf_table__name(out, hf_master_framework_name(recorder->master, relaunch->framework));
        g_string_append_printf(out, ",%" G_GUINT64_FORMAT ",", (guint64)relaunch->task);
        hf_table__seconds(out, relaunch->at - relaunch->after);
        g_string_append_c(out, ',');
        hf_table__seconds(out, relaunch->at);
        g_string_append_c(out, ',');
        hf_table__seconds(out, relaunch->after);
        g_string_append_c(out, ',');
        hf_table__name(out, names.host(names.context, relaunch->host));
        g_string_append_printf(out, ",%d\n", relaunch->same_host);
    }
}

static void print_refusals(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    g_string_append(out, "refusal,time_s,tasks_launched");
    for (uint32_t k = 0; k < recorder->kinds; k++)
        if (hf_recorder__is_shown(recorder, k))
            column(out, "", recorder->catalog->kind[k].name, "_allocated");
    g_string_append_c(out, '\n');
    for (guint32 i = 0; i < recorder->refusals.count; i++) {
        const HfRefusal *refusal = &recorder->refusals.at[i];
        g_string_append_printf(out, "%" G_GINT64_FORMAT ",", (gint64)refusal->number);
        hf_table__seconds(out, refusal->at);
        g_string_append_printf(out, ",%" G_GUINT64_FORMAT, (guint64)refusal->launched);
        for (uint32_t k = 0; k < recorder->kinds; k++) {
            if (!hf_recorder__is_shown(recorder, k)) continue;
            g_string_append_c(out, ',');
            hf_table__number(out, refusal->allocated[k]);
        }
        g_string_append_c(out, '\n');
    }
}

static void print_operators(HfWorld *world, GString *out)
{
    const HfScenario *scenario = hf_world_scenario(world);
    g_string_append(out, "time_s,entry,call,principal,status,message\n");
    for (uint32_t i = 0; i < hf_world_answers(world); i++) {
        const HfOperatorAnswer *answer = hf_world_answer(world, i);
        hf_table__seconds(out, answer->at);
        g_string_append_printf(out, ",%u,%s,", answer->entry, hf_call_type_name(answer->type));
        hf_table__name(out, scenario->operators.at[answer->entry].principal);
        g_string_append_printf(out, ",%d,", answer->status);
        hf_table__name(out, answer->why);
        g_string_append_c(out, '\n');
    }
}

const HfTable hf_tables[] = {
    {"timeseries.csv", "levels and offers, one row for each record interval", print_timeseries},
    {"frameworks.csv", "one row for each framework", print_frameworks},
    {"waits.csv", "quantiles of the waits of tasks, by framework and for all", print_waits},
    {"instances.csv", "each time an instance of a service was launched again after its task ended",
     print_instances},
    {"relaunches.csv",
     "each end, of a task that held a reservation or volume, that nobody asked for, and what came "
     "of it",
     hf_table__print_relaunches},
    {"relaunch_times.csv",
     "quantiles of the times from such an end until its successor ran, by framework and for all",
     hf_table__print_relaunch_times},
    {"volumes.csv", "the life of each persistent volume", hf_table__print_volumes},
    {"services.csv", "availability of each group of instances of the services",
     hf_table__print_services},
    {"deployments.csv",
     "each change of an app while it ran: how long it took, the fewest instances that were healthy "
     "and the most that were launched",
     hf_table__print_deployments},
    {"stores.csv",
     "each store out of band over time, one row for each record interval: what is in it, what "
     "moves, "
     "who is served, and outages so far",
     hf_table__print_stores},
    {"refusals.csv", "allocated shares at the first and each hundredth refused placement",
     print_refusals},
    {"operators.csv", "each call of an operator, and what the master answered", print_operators},
    {NULL, NULL, NULL},
};

void hf_table_tasks_header(GString *out)
{
    g_string_append(
        out,
        "framework,role,job,task,agent,submit_s,launch_s,start_s,end_s,wait_s,state,cpus,mem_mb\n");
}

void hf_table_tasks_row(HfWorld *world, const HfTaskRecord *task, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    HfTraceNames names = hf_world_names(world);
    hf_table__name(out, hf_master_framework_name(recorder->master, task->framework));
    g_string_append_c(out, ',');
    hf_table__name(out, hf_role_path(recorder->catalog, task->role));
    g_string_append_printf(out, ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",", (guint64)task->job,
                           (guint64)task->task);
    hf_table__name(out,
                   names.host(names.context, hf_master_agent_host(recorder->master, task->agent)));
    const HfTime times[] = {task->submit, task->launch, task->start, task->end,
                            task->start >= 0 && task->submit >= 0 ? task->start - task->submit
                                                                  : -1};
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_string_append_c(out, ',');
        hf_table__seconds(out, times[i]);
    }
    g_string_append_printf(out, ",%s,", hf_task_state_name(task->state));
    hf_table__number(out, (double)task->cpus_milli / 1000);
    g_string_append_c(out, ',');
    hf_table__number(out, (double)task->mem_milli / 1000);
    g_string_append_c(out, '\n');
}
