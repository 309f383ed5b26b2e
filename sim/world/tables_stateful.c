/* The tables about what is kept on agents: relaunches.csv, relaunch_times.csv and volumes.csv. */
#include <stdlib.h>

#include "base/checked.h"
#include "world/recorder_internal.h"
#include "world/tables_internal.h"

/* 1/1000 MB to bytes; MB are Mesos's, 2^20. */
static void bytes(GString *out, int64_t milli)
{
    g_string_append_printf(out, ",%" G_GINT64_FORMAT, (gint64)(hf_mul(milli, 1048576) / 1000));
}

static void comma_seconds(GString *out, HfTime time)
{
    g_string_append_c(out, ',');
    hf_table__seconds(out, time);
}

static void comma_name(GString *out, const char *text)
{
    g_string_append_c(out, ',');
    hf_table__name(out, text);
}

static const char *host_name(const HfTraceNames *names, uint32_t host)
{
    return host == HF_ROW_NONE ? NULL : names->host(names->context, host);
}

static const char *framework_name(const HfRecorder *recorder, uint32_t framework)
{
    return framework == HF_ROW_NONE ? NULL : hf_master_framework_name(recorder->master, framework);
}

void hf_table__print_relaunches(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    HfTraceNames names = hf_world_names(world);
    g_string_append(out, "framework,role,task,host,launched_s,started_s,ended_s,state,reason,"
                         "volumes,ran_again_s,after_s,next_task,next_host,same_agent,data_bytes,"
                         "kept_bytes,lost_bytes,left_bytes,copied_bytes\n");
    for (guint32 i = 0; i < recorder->failures.count; i++) {
        const HfStatefulFailure *failure = &recorder->failures.at[i];
        gboolean is_over = failure->ran_again >= 0;
        hf_table__name(out, framework_name(recorder, failure->framework));
        comma_name(out, hf_role_path(recorder->catalog, failure->role));
        g_string_append_printf(out, ",%" G_GUINT64_FORMAT, (guint64)failure->task);
        comma_name(out, host_name(&names, failure->host));
        comma_seconds(out, failure->launched);
        comma_seconds(out, failure->started);
        comma_seconds(out, failure->ended);
        g_string_append_printf(out, ",%s,%s,%u", hf_task_state_name((HfTaskState)failure->state),
                               hf_task_reason_name((HfTaskReason)failure->reason),
                               failure->volumes);
        comma_seconds(out, failure->ran_again);
        comma_seconds(out, is_over ? failure->ran_again - failure->ended : -1);
        if (is_over) {
            g_string_append_printf(out, ",%" G_GUINT64_FORMAT, (guint64)failure->successor);
            comma_name(out, host_name(&names, failure->new_host));
            g_string_append_printf(out, ",%d", failure->new_host == failure->host);
        } else {
            g_string_append(out, ",,,");
        }
        bytes(out, failure->milli);
        bytes(out, failure->kept_milli);
        bytes(out, failure->lost_milli);
        bytes(out, failure->left_milli);
        g_string_append_printf(out, ",%" G_GINT64_FORMAT "\n", (gint64)failure->bytes_copied);
    }
}

static int by_size(const void *a, const void *b)
{
    const HfTime *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* Times from failure to running again: of one framework, or of all (HF_ROW_NONE). */
static void print_times(const HfRecorder *recorder, uint32_t framework, const char *called,
                        GString *out)
{
    g_autofree HfTime *times = g_new(HfTime, recorder->failures.count + 1);
    uint32_t count = 0;
    for (guint32 i = 0; i < recorder->failures.count; i++) {
        const HfStatefulFailure *failure = &recorder->failures.at[i];
        if (failure->ran_again >= recorder->marked_at && failure->ran_again >= 0 &&
            (framework == HF_ROW_NONE || failure->framework == framework))
            times[count++] = failure->ran_again - failure->ended;
    }
    if (count == 0) return;
    qsort(times, count, sizeof *times, by_size);
    for (uint32_t i = 0; i <= 200; i++) { /* the least time that so many did not exceed */
        uint64_t rank = ((uint64_t)i * count + 199) / 200;
        hf_table__number(out, i / 200.0);
        comma_seconds(out, times[rank > 0 ? rank - 1 : 0]);
        comma_name(out, called);
        g_string_append_c(out, '\n');
    }
}

void hf_table__print_relaunch_times(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    g_string_append(out, "quantile,after_s,framework\n");
    print_times(recorder, HF_ROW_NONE, "all", out);
    for (guint32 f = 0; f < recorder->frameworks.count; f++)
        print_times(recorder, f, framework_name(recorder, f), out);
}

void hf_table__print_volumes(HfWorld *world, GString *out)
{
    static const char *const ends[] = {[HF_VOLUME_IS_THERE] = "there",
                                       [HF_VOLUME_DESTROYED] = "destroyed",
                                       [HF_VOLUME_LOST] = "lost",
                                       [HF_VOLUME_UNDONE] = "undone"};
    const HfRecorder *recorder = hf_world_recorder(world);
    HfTraceNames names = hf_world_names(world);
    g_string_append(out, "persistence_id,role,principal,host,size_mb,created_s,created_by,state,"
                         "ended_s,tasks,used_by,used_s,in_use,orphaned_since_s\n");
    for (guint32 i = 0; i < recorder->volumes.count; i++) {
        const HfVolume *volume = &recorder->volumes.at[i];
        HfTime used = volume->used;
        if (volume->users > 0) used += recorder->ended_at - volume->used_since;
        hf_table__name(out, hf_text(recorder->catalog, volume->persistence));
        comma_name(out, hf_role_path(recorder->catalog, volume->role));
        comma_name(out, hf_text(recorder->catalog, volume->principal));
        comma_name(out, host_name(&names, volume->host));
        g_string_append_c(out, ',');
        hf_table__number(out, (double)volume->milli / 1000);
        comma_seconds(out, volume->created);
        comma_name(out, volume->creator != HF_ROW_NONE ? framework_name(recorder, volume->creator)
                        : volume->is_found             ? "(agent)"
                                                       : "(operator)");
        g_string_append_printf(out, ",%s", ends[volume->end]);
        comma_seconds(out, volume->ended);
        g_string_append_printf(out, ",%u", volume->tasks);
        comma_name(out, framework_name(recorder, volume->used_by));
        comma_seconds(out, used);
        g_string_append_printf(out, ",%d", volume->users > 0);
        comma_seconds(out, volume->orphaned);
        g_string_append_c(out, '\n');
    }
}

void hf_table__print_services(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    double span = hf_time_to_seconds(recorder->ended_at - recorder->marked_at);
    g_string_append(out, "framework,model,group,members,running,below_target_s,unavailable_s,"
                         "unavailable_share\n");
    for (guint32 g = 0; g < recorder->groups.count; g++) {
        const HfGroupStats *group = &recorder->groups.at[g];
        uint32_t row = hf_master_framework_peer(recorder->master, group->framework);
        hf_table__name(out, hf_master_framework_name(recorder->master, group->framework));
        g_string_append_printf(
            out, ",%s,%" G_GUINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",",
            recorder->scenario->frameworks.at[row].model.model->name, (guint64)group->group,
            (gint64)group->wanted, (gint64)group->running);
        hf_table__number(out, hf_recorder__mean(recorder, &group->below) * span);
        g_string_append_c(out, ',');
        hf_table__number(out, hf_recorder__mean(recorder, &group->unavailable) * span);
        g_string_append_c(out, ',');
        hf_table__number(out, hf_recorder__mean(recorder, &group->out) / 1e6);
        g_string_append_c(out, '\n');
    }
}
